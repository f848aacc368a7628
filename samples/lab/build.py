"""Rebuilds the samples: ``python samples/lab/build.py [--case NAME ...] [--out samples]`` (as root, on Debian 12).

With ``--proven`` nothing is run: the ``proven`` lists of the expected.json files are written anew from the cases.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from seslab.bundle import build_bundle, current
from seslab.cases import CASES
from seslab.client import check_tools
from seslab.forecast import build_stores
from seslab.passed import rewrite_proven
from seslab.pki import Hierarchy
from seslab.readme import write_readme
from seslab.runner import build_case
from seslab.verify import verify_case

SAMPLES = Path(__file__).resolve().parent.parent
BUNDLE = "bundle"
STORES = "stores"


def main() -> int:
    """Builds, checks against tshark, writes the table; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", action="append", metavar="NAME", help="build this case only (repeatable)")
    parser.add_argument("--out", type=Path, default=SAMPLES, help="folder of the samples (default: %(default)s)")
    parser.add_argument("--proven", action="store_true", help="write the proven lists only; builds nothing")
    options = parser.parse_args()
    known = [*CASES, BUNDLE, STORES]
    wanted = options.case or known
    unknown = [name for name in wanted if name not in known]
    if options.proven and not unknown:
        for name in wanted:
            if name == STORES:
                continue  # no attempt, no steps
            rewrite_proven(CASES.get(name, current)(Hierarchy()), options.out / name / "expected.json")
        return 0
    missing = check_tools()
    if unknown or missing:
        print(f"unknown cases: {unknown}; missing tools: {missing}", file=sys.stderr)
        return 2
    faults = 0
    with tempfile.TemporaryDirectory(prefix="seslab-") as work:
        ca = Hierarchy()
        for name in wanted:
            folder = options.out / name
            if name == STORES:
                build_stores(folder)
                print(name, "ok", sep=": ", flush=True)
                continue
            if name == BUNDLE:
                build_bundle(ca, folder, Path(work))
            else:
                build_case(CASES[name](ca), folder, Path(work))
            problems = verify_case(folder)
            faults += len(problems)
            print(name, *(problems or ["ok"]), sep=": ", flush=True)
    write_readme(options.out, known)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
