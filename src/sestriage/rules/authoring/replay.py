"""Replays the examples of whole folders of rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sestriage.errors import RuleError
from sestriage.rules.authoring.examples import ExampleResult, replay
from sestriage.rules.loader import load_file, read_bytes, rule_files
from sestriage.rules.reader import read_examples


@dataclass(frozen=True, slots=True)
class Replayed:
    """An example's result with the file that it stands in, or the error of a rule that could not be read."""

    path: str
    result: ExampleResult | None = None
    error: RuleError | None = None

    @property
    def failure(self) -> str | None:
        """One sentence with the place; None when all is well."""
        if self.error is not None:
            return str(self.error)
        result = self.result
        if result is None or result.passed:
            return None
        note = f" ({result.example.note})" if result.example.note else ""
        what = result.problem or f"expected {result.example.expect}, got {result.got}"
        return f"{self.path}:{result.example.line}:1: {result.rule}: {what}{note}"


def replay_folder(folder: Path) -> Iterator[Replayed]:
    """Every example of every rule below a folder, in the order of files.

    Raises:
        RuleError: the folder cannot be listed.
    """
    for path in rule_files(folder):
        try:
            rule = load_file(path, folder)
            examples = read_examples(read_bytes(path), str(path))
        except RuleError as error:
            yield Replayed(str(path), error=error)
            continue
        for example in examples:
            yield Replayed(str(path), replay(rule, example))
