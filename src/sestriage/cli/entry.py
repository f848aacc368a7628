"""Start of the program: settings of the whole process, then the command line (`main`)."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def main() -> None:
    """Run the command line and exit."""
    triage = sys.argv[1:2] == ["triage"]
    try:
        from sestriage.cli.main import main as whole

        whole()
    except SystemExit as end:
        if triage and isinstance(end.code, int):
            _leave(end.code)
        raise
    except KeyboardInterrupt:  # before or behind the command itself, which says so too
        sys.stderr.write("sestriage: interrupted\n")
        sys.exit(130)


def _leave(status: int) -> NoReturn:
    """End at once, without freeing the evidence object by object as the interpreter would."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(status)
    os._exit(status)
