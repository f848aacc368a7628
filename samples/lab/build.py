"""Rebuilds the samples: ``python samples/lab/build.py [--case NAME ...] [--out samples]`` (as root, on Debian 12)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from seslab.cases import CASES
from seslab.client import check_tools
from seslab.pki import Hierarchy
from seslab.runner import build_case

SAMPLES = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", action="append", metavar="NAME", help="build this case only (repeatable)")
    parser.add_argument("--out", type=Path, default=SAMPLES, help="folder of the samples (default: %(default)s)")
    options = parser.parse_args()
    wanted = options.case or list(CASES)
    unknown = [name for name in wanted if name not in CASES]
    missing = check_tools()
    if unknown or missing:
        print(f"unknown cases: {unknown}; missing tools: {missing}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="seslab-") as work:
        ca = Hierarchy()
        for name in wanted:
            print(name, flush=True)
            build_case(CASES[name](ca), options.out / name, Path(work))
    return 0


if __name__ == "__main__":
    sys.exit(main())
