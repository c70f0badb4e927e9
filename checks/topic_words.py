"""``python -m checks.topic_words``: pages name topics as the classifier's taxonomy does; ``--write`` makes them so.

Services share no code, and boards and reports of all of them show topics. The taxonomy stays the one source.
"""

import sys
from pathlib import Path

from classifier.data.loading import shipped_tables

TARGET = Path(__file__).resolve().parent.parent / "libs/chassis/src/chassis/pages/topics"


def texts() -> dict[str, str]:
    """File name to what it must hold: one line per topic, in the order of ids."""
    topics = sorted(shipped_tables().topics.values(), key=lambda topic: topic.id)
    made = {"zh": [f'"{topic.id}" = "{topic.zh}"' for topic in topics]}
    made["en"] = [f'"{topic.id}" = "{topic.en}"' for topic in topics]
    head = "# From the classifier's taxonomy, by checks/topic_words.py\n[topic]\n"
    return {f"{language}.toml": head + "\n".join(lines) + "\n" for language, lines in made.items()}


def main() -> int:
    """Zero when the files are as they must be."""
    wrong = [
        name
        for name, text in texts().items()
        if not (TARGET / name).exists() or (TARGET / name).read_text(encoding="utf-8") != text
    ]
    if "--write" in sys.argv:
        TARGET.mkdir(exist_ok=True)
        for name, text in texts().items():
            (TARGET / name).write_text(text, encoding="utf-8")
        return 0
    for name in wrong:
        sys.stderr.write(f"{name} is not what the taxonomy says; run python -m checks.topic_words --write\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
