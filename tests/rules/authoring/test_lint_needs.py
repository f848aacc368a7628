"""A need without an example that answers it, and an answer that changes nothing, are found where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.ruletext import GOOD
from sestriage.rules.authoring.lint import lint

NEED = """
[[need]]
evidence = "a capture"
why = "it shows the reply"
command = "tcpdump -i any -w a.pcap"
"""
ANSWERED = '''
[[example]]
need = 1
log = """
javax.mail.AuthenticationFailedException: 535 no
"""
before = "likely"
expect = "confirmed"
[[example.facts."smtp.dialogue"]]
replies = [{ code = 535 }]
'''


def found(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "small.toml"
    path.write_text(text, encoding="utf-8")
    return [f"{problem.line}:{problem.reason}" for problem in lint(tmp_path)]


def test_an_answered_need_is_clean(tmp_path: Path) -> None:
    assert found(tmp_path, GOOD + NEED + ANSWERED) == []


def test_a_need_without_its_example_is_found(tmp_path: Path) -> None:
    line = (GOOD + NEED).splitlines().index('evidence = "a capture"') + 1
    (problem,) = found(tmp_path, GOOD + NEED)
    assert problem.startswith(f"{line}:no [[example]] answers this need")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("need = 1", "need = 2", "the rule has no need 2"),
        ('before = "likely"\n', "", "the confidence `before`"),
        ('before = "likely"', 'before = "confirmed"', "the answer changes nothing"),
        ("need = 1\n", "", "belong to an [[example]] with `need`"),
        ('expect = "confirmed"', 'expect = "confirmed"\nanswer = "535 no"', "either `answer` or `facts`"),
    ],
)
def test_each_fault_of_such_an_example_is_found(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ANSWERED
    assert any(message in problem for problem in found(tmp_path, GOOD + NEED + ANSWERED.replace(old, new)))
