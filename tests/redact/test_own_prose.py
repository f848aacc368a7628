"""What the rules say is no secret: no sentence of theirs is changed by what takes secrets out of a report."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sestriage.redact.secrets import strip_secrets

RULES = Path(__file__).resolve().parents[2] / "rules"
PROSE = ("title", "why", "caution", "contradiction", "text", "risk", "verify", "undo", "evidence")


def sentences(table: object) -> Iterator[str]:
    """The texts of a rule that are printed, its examples left out."""
    if isinstance(table, dict):
        for key, value in table.items():
            if isinstance(value, str) and key in PROSE:
                yield value
            elif key != "example":
                yield from sentences(value)
    elif isinstance(table, list):
        for item in table:
            yield from sentences(item)


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.toml")), ids=lambda path: str(path.relative_to(RULES)))
def test_no_sentence_of_a_rule_is_taken_for_a_secret(path: Path) -> None:
    for text in sentences(tomllib.loads(path.read_text("utf-8"))):
        joined = " ".join(text.split())
        assert strip_secrets(joined) == joined
