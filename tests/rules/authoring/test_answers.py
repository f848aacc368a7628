"""Every need of every packaged rule, answered with what its command prints: the verdict before, and the one after."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calibration.measure import lifted
from rules.examples import examples_of
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Report
from sestriage.rules import Rule, load_rules
from sestriage.rules.schema import Example

OPTIONS = TriageOptions(now=datetime(2026, 11, 25, tzinfo=UTC))
PROMPTS = ("[root@smc ~]# ", "root@smc:/tmp# ", "# ", "$ ")
"""Of the shells of RHEL and Debian, and of some that name nothing."""
OF_A_LOG = ("cp -p", "tail -n")
"""Commands that copy the log: their answer takes the place of what was at hand of it."""
CASES = [
    pytest.param(rule, example, id=f"{rule.id}:{example.need}:{example.expect}")
    for rule in load_rules().rules.values()
    for example in examples_of(rule.path)
    if example.answer is not None
]


def judged(folder: Path, example: Example, answer: str | None) -> Report:
    log = folder / "sw-response-mgmt.log"
    log.write_text(example.log or "", encoding="utf-8")
    paths = [str(log)]
    if answer is not None:
        (folder / "answer.txt").write_text(answer, encoding="utf-8")
        paths.append(str(folder / "answer.txt"))
    return triage(paths, OPTIONS)


def named(report: Report) -> tuple[str | None, str | None]:
    verdict = report.verdict
    rule = verdict.primary.rule if verdict.primary is not None else None
    return rule, verdict.confidence.value if verdict.confidence is not None else None


def command_of(rule: Rule, example: Example, report: Report) -> str:
    """The command as the report prints it."""
    wanted = rule.needs[(example.need or 1) - 1]
    start = wanted.command.partition("{")[0] or "timeout"
    return next(str(need.command) for need in report.verdict.needs if str(need.command).startswith(start))


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_the_output_alone_lifts_the_verdict(rule: Rule, example: Example, tmp_path: Path) -> None:
    before = judged(tmp_path, example, None)
    if rule.needs[(example.need or 1) - 1].command.startswith(OF_A_LOG):
        after = judged(tmp_path, replace(example, log=example.answer), None)
    else:
        after = judged(tmp_path, example, example.answer)
    assert named(before) == (rule.id, example.before)
    assert named(after) == (example.then or rule.id, example.expect)
    assert lifted(before, after)


@pytest.mark.parametrize(("rule", "example"), CASES)
def test_with_prompt_and_command_line(rule: Rule, example: Example, tmp_path: Path) -> None:
    """As it is copied from a terminal, with the next prompt below it."""
    answer = example.answer or ""
    if rule.needs[(example.need or 1) - 1].command.startswith(OF_A_LOG):
        pytest.skip("a log is copied, not printed")
    before = judged(tmp_path, example, None)
    command = command_of(rule, example, before)
    for prompt in random.Random(command).sample(PROMPTS, 2):
        pasted = answer if "openssl s_client" in answer else f"{prompt}{command}\n{answer}"
        after = judged(tmp_path, example, f"{pasted}{prompt}\n")
        assert named(after) == (example.then or rule.id, example.expect), prompt
        assert lifted(before, after)
        assert command not in [str(need.command) for need in after.verdict.needs], "it is asked for again"


def test_a_log_with_such_a_line_stays_a_log(tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(
        "2026-11-24 10:00:00,123 ERROR [Mailer] send failed\n"
        "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n\n"
        "length 40, starts with wJ\n",
        encoding="utf-8",
    )
    assert named(triage([str(log)], OPTIONS)) == ("smtp-credentials-invalid", "confirmed")


@pytest.mark.parametrize(
    "text",
    [
        "Subject: Weekly report\n",
        "length 40, starts with wJ\nand something else\n",
        "# cat tls-ciphers\nNo such file or directory\n",
        '{"EmailIdentities": "none"}\n',
        '{"EmailIdentities": []\n',
        "subject=\x00\x00\n\x00",
    ],
)
def test_other_texts_are_no_answers(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    assert all(note.kind != "transcript" for note in triage([str(path)], OPTIONS).inputs)


def test_the_form_of_a_password_says_nothing_of_another_server(tmp_path: Path) -> None:
    log = "javax.mail.AuthenticationFailedException: 535 5.7.8 Error: authentication failed\n"
    example = Example("confirmed", log=log)
    assert named(judged(tmp_path, example, "length 40, starts with wJ\n")) == ("login-refused", "confirmed")
