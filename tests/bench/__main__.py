"""All benches of logs, captures and special ways by one command, each with its tables; see README.md.

    python -m tests.bench --dir /tmp/bench [--runs 9] [--parts logs,captures,capture-families,ways] [--quick]

`--quick`: logs of 64 MiB, captures of 100,000 packets, three runs. For single tables call the benches themselves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import bench_capture  # noqa: E402  the benches are scripts beside this one
import bench_log  # noqa: E402
import bench_ways  # noqa: E402

ALWAYS = {"capture-families": ["--families"]}
QUICK = {
    "logs": ["--size", "64MiB"],
    "captures": ["--packets", "100000"],
    "capture-families": ["--packets", "100000"],
    "ways": ["--size", "64MiB"],
}
PARTS: dict[str, Callable[[], None]] = {
    "logs": bench_log.main,
    "captures": bench_capture.main,
    "capture-families": bench_capture.main,
    "ways": bench_ways.main,
}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True, help="folder for logs and captures (several GiB)")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    runs = given.runs or (3 if given.quick else 9)
    for name in given.parts.split(","):
        print(f"\n## {name}\n", flush=True)
        sys.argv = [
            name,
            "--dir",
            str(given.dir),
            "--runs",
            str(runs),
            *ALWAYS.get(name, []),
            *(QUICK[name] if given.quick else []),
        ]
        PARTS[name]()


if __name__ == "__main__":
    main()
