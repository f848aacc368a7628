"""The step that failed is named where the evidence shows it, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from formats.capture.wire import Talk, pcap
from sestriage import triage
from sestriage.model.phase import Phase

LOST = "javax.mail.MessagingException: Exception reading response;\n  nested exception is:\n\tjava.net.{}\n"
FRAME = "\tat com.sun.mail.smtp.SMTPTransport.{}(SMTPTransport.java:1873)\n"
RESET, SILENCE = LOST.format("SocketException: Connection reset"), LOST.format("SocketTimeoutException: Read timed out")
SEND = "com.sun.mail.smtp.SMTPSendFailedException: {}\n"
QUOTA = SEND.format("454 4.7.1 Daily message quota exceeded") + FRAME.format("finishData")
TO_SES = 'DEBUG SMTP: trying to connect to host "email-smtp.us-east-1.amazonaws.com", port 587, isSSL false\n'
DAILY = "daily-quota-exceeded"


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
        (SEND.format("550 5.7.60 Client does not have permissions to send as this sender"), "send-as-denied", None),
        (SEND.format("550 5.7.60 Sender not permitted") + FRAME.format("mailFrom"), "send-as-denied", Phase.MAIL),
        (SEND.format("554 5.2.252 SendAsDenied") + FRAME.format("finishData"), "send-as-denied", Phase.DATA),
        ("javax.mail.MessagingException: 421 4.3.2 Service shutting down\n", "temporary-service-failure", None),
        (SEND.format("550 5.7.1 Unable to relay"), "relaying-denied", None),
        (SEND.format("550 5.7.1 Unable to relay") + FRAME.format("rcptTo"), "relaying-denied", Phase.RCPT),
        (SEND.format("554 5.7.1 Message refused as spam"), "content-refused", Phase.DATA),
        (SEND.format("550 5.7.1 Message refused as spam"), "content-refused", None),
        (SEND.format("553 5.7.1 Sender address rejected: not owned by user a"), "sender-not-owned", Phase.MAIL),
        (SEND.format("550 5.7.1 Sender address rejected: not owned by user a"), "sender-not-owned", None),
        (SEND.format("550 5.1.8 Sender address rejected: Domain not found"), "sender-refused", None),
        ("javax.mail.MessagingException: 421 4.7.0 Too many failed logins\n", "too-many-logins", None),
        # one that is sure goes before one that only has its step
        (QUOTA, "sending-quota-exceeded", Phase.DATA),
        (TO_SES + QUOTA, DAILY, Phase.DATA),
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


MAIL_TO_DATA = (b"MAIL FROM:<a@example.com>\r\n", b"RCPT TO:<b@example.com>\r\n", b"DATA\r\n")
SLOW = b"421 4.4.2 mail.example.com Error: timeout exceeded\r\n"


@pytest.mark.parametrize(
    ("said", "step", "proven"),
    [
        (0, None, Phase.GREETING),
        (1, Phase.RCPT, Phase.MAIL),
        (2, Phase.DATA, Phase.RCPT),
        (3, Phase.DATA, Phase.RCPT),
    ],
)
def test_a_reply_that_no_command_asked_for_is_no_greeting(
    said: int, step: Phase | None, proven: Phase, tmp_path: Path
) -> None:
    """The server waited too long, and said so: at the step that it waited for."""
    talk = Talk(server=("192.0.2.25", 25)).connect().s(b"220 mail.example.com ESMTP\r\n")
    talk.c(b"EHLO manager.example.com\r\n").s(b"250 mail.example.com\r\n")
    for command in MAIL_TO_DATA[:said]:
        talk.c(command).s(b"354 go\r\n" if command == b"DATA\r\n" else b"250 ok\r\n")
    if said == len(MAIL_TO_DATA):
        talk.c(b"Subject: x\r\n\r\nhel")
    path = tmp_path / "test.pcap"
    path.write_bytes(pcap(talk.s(SLOW).fin(False).frames()))
    report = triage([str(path)])
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "client-too-slow"
    assert report.attempts[-1].phase == step
    assert proven in {each.phase for each in report.verdict.proven}


TAKEN = (
    'DEBUG SMTP: trying to connect to host "mail.example.com", port 587, isSSL false\n'
    "220 mail.example.com ESMTP\nEHLO smc\n250-mail.example.com\n250 SIZE 10485760\nMAIL FROM:<a@example.com>\n"
    "250 2.1.0 Ok\nRCPT TO:<ops@example.com>\n250 2.1.5 Ok\nDATA\n354 End data with <CR><LF>.<CR><LF>\nSubject: x\n\n"
    "test\n.\n250 2.0.0 Ok: queued as 4F1A2B3C5D\n"
)
DELIVERED = "DEBUG SMTP: message successfully delivered to mail server\n"


@pytest.mark.parametrize(
    ("dialogue", "confidence"),
    [
        (TAKEN + DELIVERED + "QUIT\n", "confirmed"),
        (TAKEN + "QUIT\n", "confirmed"),
        (TAKEN.partition("\n")[0] + "\n" + DELIVERED, "likely"),
    ],
    ids=["all of it", "without JavaMail's last word", "that word alone"],
)
def test_a_quit_that_fails_behind_a_mail_that_was_taken(dialogue: str, confidence: str, tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(dialogue + SILENCE + FRAME.format("readServerResponse") + FRAME.format("close"), encoding="utf-8")
    verdict = triage([str(log)]).verdict
    assert (verdict.outcome.value, verdict.confidence) == ("accepted", confidence)
    assert {finding.rule for finding in verdict.contributing} == {"broken-at-quit"}


NEXT = "MAIL FROM:<a@example.com>\n250 2.1.0 Ok\nRCPT TO:<ops@example.com>\n"


@pytest.mark.parametrize("after", [NEXT, NEXT.partition("\n")[0] + "\n"], ids=["RCPT", "MAIL"])
def test_a_mail_that_was_begun_behind_the_one_that_was_taken_fails_by_itself(after: str, tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    frames = FRAME.format("readServerResponse") + FRAME.format("close")
    log.write_text(TAKEN + DELIVERED + after + SILENCE + frames, encoding="utf-8")
    report = triage([str(log)])
    assert report.verdict.outcome.value == "failed"
    assert [attempt.outcome.value for attempt in report.attempts] == ["accepted", "failed"]
