"""Runs a command as a process of its own would, in this one, which has imported it. Its streams are files."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryFile
from unittest.mock import patch

from sestriage.cli import language
from sestriage.cli.main import main
from support import ROOT

PROGRAM = str(ROOT / "src" / "sestriage" / "__main__.py")
"""As `python -m sestriage` names it."""


def ran(
    *arguments: str, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> CompletedProcess[str]:
    """What `sestriage ARGUMENTS` gave, started in a folder with exactly these variables (None: with those of this
    process); nothing is on standard input."""
    status: object = None
    with TemporaryFile() as out, TemporaryFile() as err:
        typed = patch.object(sys, "argv", [PROGRAM, *arguments])
        fed = patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        said = patch.object(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8", errors="surrogateescape"))
        complained = patch.object(sys, "stderr", io.TextIOWrapper(err, encoding="utf-8", errors="surrogateescape"))
        variables = patch.dict(os.environ, dict(os.environ if environment is None else environment), clear=True)
        with chdir(folder or "."), typed, fed, said, complained, variables:
            try:
                main()
            except SystemExit as end:
                status = end.code
            finally:
                language.choose([], {})
                sys.stdout.flush()
                sys.stderr.flush()
        assert isinstance(status, int)
        return CompletedProcess(arguments, status, _text(out), _text(err))


def _text(file: io.BufferedRandom) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "surrogateescape")
