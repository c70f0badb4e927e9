"""``python -m benchmarks``: every benchmark that can run here, one after the other.

The whole way needs AMQP_URL and MONGO_URL; without them it is named and left out, and the exit code stays 0.
"""

import argparse
import json
import os
import subprocess
import sys

BENCHES: dict[str, tuple[str, ...]] = {
    "bench_obligations": (),
    "bench_timers": (),
    "bench_embedded_memory": (),
    "bench_lane": ("AMQP_URL", "MONGO_URL"),
    "bench_lifecycle": ("AMQP_URL", "MONGO_URL"),
    "bench_units": ("MONGO_URL",),
    "bench_work_list": (),
}
"""Each with what it needs in the environment."""


def main() -> None:
    """Run them; exit code 1 when one fails or misses its limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("only", nargs="*", help=f"some of: {', '.join(BENCHES)} (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object alone on stdout, by benchmark")
    asked = parser.parse_args()
    if unknown := set(asked.only) - set(BENCHES):
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}")
    found: dict[str, object] = {}
    failed = False
    for name in asked.only or BENCHES:
        missing = [variable for variable in BENCHES[name] if not os.environ.get(variable)]
        if missing:
            found[name] = {"left_out": f"needs {' and '.join(missing)}"}
            print(f"{name}: left out, it needs {' and '.join(missing)}", file=sys.stderr)
            continue
        print(f"{name} …", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *(["--json"] if asked.json else [])]
        ended = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        failed |= ended.returncode != 0
        if asked.json:
            found[name] = json.loads(ended.stdout) if ended.stdout.strip() else {"failed": ended.returncode}
        else:
            print(f"\n## {name}\n{ended.stdout}", flush=True)
    if asked.json:
        print(json.dumps(found, ensure_ascii=False))
    sys.exit(failed)


if __name__ == "__main__":
    main()
