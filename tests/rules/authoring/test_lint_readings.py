"""A rule that claims more than its evidence carries is found: other readings, direct proof, facts of two stores or
conversations taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.ruletext import GOOD
from sestriage.rules.authoring.lint import lint

SURE = 'when = "logged or wire"\nlikely = "logged or wire"\nconfirmed = "logged and wire"'
SELECT = "[select]\n"


def found(tmp_path: Path, verdict: str, select: str = "", phase: str = "auth") -> list[str]:
    text = GOOD.replace(SURE, verdict).replace(SELECT, SELECT + select).replace('phase = "auth"', f'phase = "{phase}"')
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    return [problem.reason for problem in lint(tmp_path) if "nothing uses the selection" not in problem.reason]


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ('when = "logged or wire"', True),
        ('when = "logged or wire"\nlikely = "logged"', True),
        ('when = "logged or wire"\nlikely = "logged or wire"', False),
        ('when = "logged"\nconfirmed = "logged"', False),
    ],
)
def test_a_rule_that_can_be_suspected_names_another_reading(verdict: str, told: bool, tmp_path: Path) -> None:
    problems = found(tmp_path, verdict)
    assert any("names no other reading" in problem for problem in problems) is told


@pytest.mark.parametrize(
    ("phase", "confirmed", "told"),
    [
        ("auth", "logged", False),  # the line quotes the server's reply
        ("tls", "logged", True),  # the line says what the client concluded
        ("tls", "logged and wire", False),
        ("tls", "wire", False),
        ("tls", "store", True),
        ("tls", "store and logged", False),
    ],
)
def test_confirmed_needs_direct_proof_or_two_kinds(phase: str, confirmed: str, told: bool, tmp_path: Path) -> None:
    verdict = f'when = "{confirmed}"\nlikely = "{confirmed}"\nconfirmed = "{confirmed}"'
    problems = found(tmp_path, verdict, 'store = "trust.store where readable"\n', phase)
    assert any("`confirmed` rests on" in problem for problem in problems) is told


@pytest.mark.parametrize(
    ("select", "condition", "told"),
    [
        ('a = "trust.path where anchor_key_mismatch"\nb = "trust.store where readable"\n', "a and b", "two stores"),
        ('a = "trust.path where anchor_key_mismatch"\nb = "trust.path where private_ca"\n', "a and not b", ""),
        ('a = "tcp.stream where tcp.refused"\nb = "tcp.stream where port == 25"\n', "a and b", "two conversations"),
        ('a = "tcp.stream where tcp.refused"\nb = "smtp.dialogue where accepted"\n', "a and b", "two conversations"),
        ('a = "tcp.stream where tcp.refused"\nb = "tcp.stream where port == 25"\n', "a and not holds(b)", ""),
        ('a = "tcp.stream where tcp.refused"\nb = "tcp.stream where port == 25"\n', "a or b", ""),
    ],
)
def test_facts_of_two_are_not_taken_for_those_of_one(select: str, condition: str, told: str, tmp_path: Path) -> None:
    problems = found(tmp_path, f'when = "{condition}"\nlikely = "{condition}"', select)
    joined = [problem for problem in problems if " joins " in problem]
    assert bool(joined) is bool(told)
    assert all(told in problem for problem in joined)
