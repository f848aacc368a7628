"""The examples of the packaged rules: read once in a process, asked for by many tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sestriage.rules.reader import read_examples
from sestriage.rules.schema import Example


def examples_of(path: str | Path) -> tuple[Example, ...]:
    """The examples of a rule file that no test changes, in their order."""
    return _read(str(path))


@cache
def _read(path: str) -> tuple[Example, ...]:
    return tuple(read_examples(Path(path).read_bytes(), path))
