"""The step that failed is named where the evidence shows it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage import triage
from sestriage.model.phase import Phase

LOST = "javax.mail.MessagingException: Exception reading response;\n  nested exception is:\n\tjava.net.{}\n"
FRAME = "\tat com.sun.mail.smtp.SMTPTransport.{}(SMTPTransport.java:1873)\n"
RESET, SILENCE = LOST.format("SocketException: Connection reset"), LOST.format("SocketTimeoutException: Read timed out")
SEND = "com.sun.mail.smtp.SMTPSendFailedException: {}\n"


@pytest.mark.parametrize(
    ("text", "rule", "step"),
    [
        (RESET, "closed-in-transaction", None),
        (RESET + FRAME.format("mailFrom"), "closed-in-transaction", Phase.MAIL),
        (RESET + FRAME.format("finishData"), "closed-in-transaction", Phase.DATA),
        (SEND.format("[EOF]"), "closed-in-transaction", None),
        (SILENCE, "reply-timed-out", None),
        (SILENCE + FRAME.format("rcptTo"), "reply-timed-out", Phase.RCPT),
        (SEND.format("451 Temporary service failure"), "temporary-service-failure", None),
        (SEND.format("552 5.3.4 Message size exceeds fixed limit"), "message-too-long", None),
        (SEND.format("552 Message is too long."), "message-too-long", Phase.DATA),
        ("javax.mail.MessagingException: 421 4.3.2 Service shutting down\n", "temporary-service-failure", None),
    ],
)
def test_a_rule_of_any_step_takes_it_from_the_evidence(
    text: str, rule: str, step: Phase | None, tmp_path: Path
) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(text, encoding="utf-8")
    report = triage([str(log)])
    primary = report.verdict.primary
    assert primary is not None
    assert primary.rule == rule
    assert (report.attempts[-1].phase, primary.phase) == (step, step)
