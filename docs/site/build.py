"""``python -m docs.site.build``: the documents as static pages in ``out/docs``, readable without a network."""

import json
import re
import shutil
import sys
from pathlib import Path

from docs.site.rendering import asyncapi_page, openapi_page
from sphinx.cmd.build import main as sphinx

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE, PAGES = ROOT / "out" / "docs-source", ROOT / "out" / "docs"
GENERATED = {"openapi": openapi_page, "asyncapi": asyncapi_page}
_ELSEWHERE = re.compile(r"\]\((?!https?:|#)(?P<path>[^)#]+)(#[^)]*)?\)")


def gather(source: Path) -> None:
    """Copy every Markdown file, write the interface pages and the table of contents."""
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("conf.py"), source)
    contents: dict[str, list[str]] = {"Operating and rules": [], "Interfaces": [], "Runbooks": [], "Decisions": []}
    for path in sorted((ROOT / "docs").rglob("*.md")):
        name = path.relative_to(ROOT / "docs")
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_local(path.read_text(encoding="utf-8"), path), encoding="utf-8")
        part = {"decisions": "Decisions", "runbooks": "Runbooks"}.get(name.parts[0], "Operating and rules")
        contents[part].append(name.with_suffix("").as_posix())
    for kind, page in GENERATED.items():
        for path in sorted((ROOT / "docs" / kind).glob("*.json")):
            (source / kind).mkdir(exist_ok=True)
            document = json.loads(path.read_text(encoding="utf-8"))
            (source / kind / f"{path.stem}.md").write_text(page(document), encoding="utf-8")
            contents["Interfaces"].append(f"{kind}/{path.stem}")
    lines = ["# An open platform for 12345 hotlines", ""]
    for title, names in contents.items():
        if names:
            lines += ["```{toctree}", f":caption: {title}", ":maxdepth: 1", "", *names, "```", ""]
    (source / "index.md").write_text("\n".join(lines), encoding="utf-8")


def _local(text: str, path: Path) -> str:
    """Links to files that are no pages become their names."""

    def kept(found: "re.Match[str]") -> str:
        target = (path.parent / found["path"]).resolve()
        is_page = target.suffix == ".md" and target.is_relative_to(ROOT / "docs")
        return found[0] if is_page else "]()"

    return re.sub(r"\[([^\]]*)\]\(\)", r"\1", _ELSEWHERE.sub(kept, text))


def main() -> int:
    """Build; a warning of Sphinx is a failure."""
    gather(SOURCE)
    shutil.rmtree(PAGES, ignore_errors=True)
    status = sphinx(["-b", "html", "-q", "-W", "--keep-going", str(SOURCE), str(PAGES)])
    if status == 0:
        print(f"the pages are in {PAGES.relative_to(ROOT)}; begin with index.html")
    return status


if __name__ == "__main__":
    sys.exit(main())
