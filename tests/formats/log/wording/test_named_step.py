"""The command that nodemailer and smtplib name in an error decides the step, whatever the words of the reply."""

from __future__ import annotations

import json

import pytest

from formats.log.helpers import only
from sestriage.formats.log.wording.named_step import class_step, command_step
from sestriage.model.phase import Phase

STAMP = "2026-11-20T09:12:44.310Z [error] mailer failed\n"
REPLY = "454 4.7.0 Temporary authentication failure"


def error(command: str, words: str = "Mail command failed", code: str = "EENVELOPE") -> str:
    return (
        f"{STAMP}Error: {words}: {REPLY}\n"
        "    at SMTPConnection._formatError (/app/node_modules/nodemailer/lib/smtp-connection/index.js:790:19) {\n"
        f"  code: '{code}',\n  response: '{REPLY}',\n  responseCode: 454,\n  command: '{command}'\n}}\n"
    )


@pytest.mark.parametrize(
    ("command", "step", "phase"),
    [
        ("EHLO", "ehlo", Phase.STARTTLS),
        ("LHLO", "ehlo", Phase.STARTTLS),
        ("STARTTLS", "starttls", Phase.STARTTLS),
        ("AUTH PLAIN", "auth", Phase.AUTH),
        ("AUTH LOGIN", "auth", Phase.AUTH),
        ("AUTH XOAUTH2", "auth", Phase.AUTH),
        ("MAIL FROM", "mail", Phase.MAIL),
        ("RCPT TO", "rcpt", Phase.RCPT),
        ("DATA", "data", Phase.DATA),
    ],
)
def test_nodemailer_names_the_command(command: str, step: str, phase: Phase) -> None:
    event = only(error(command))
    assert (event.outcome, event.smtp_step, event.phase, event.reply_code) == ("failure", step, phase, 454)


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    ("command", "step"), [("MAIL FROM", "mail"), ("RCPT TO", "rcpt"), ("DATA", "data"), ("AUTH CRAM-MD5", "auth")]
)
def test_so_it_does_in_json(inside: bool, command: str, step: str) -> None:
    said = {"code": "EENVELOPE", "response": REPLY, "responseCode": 454, "command": command}
    fields: dict[str, object] = {"err": {"message": REPLY, **said}} if inside else said
    record = {"time": "2026-11-20T09:12:44Z", "level": "error", "msg": f"sending mail failed: {REPLY}", **fields}
    assert only(json.dumps(record) + "\n").smtp_step == step


def test_a_command_of_another_program_is_none() -> None:
    record = {"time": "2026-11-20T09:12:44Z", "level": "error", "msg": f"sending mail failed: {REPLY}"}
    assert only(json.dumps({**record, "command": "DATA"}) + "\n").smtp_step is None
    assert command_step("backup failed, command: 'DATA'") is None


def test_conn_is_the_greeting_only_where_the_words_say_so() -> None:
    greeted = error("CONN", "Invalid greeting. response=454 4.7.0 Temporary authentication failure", "EPROTOCOL")
    assert only(greeted).smtp_step == "greeting"
    assert command_step("Error: Unexpected socket close\n  code: 'ECONNECTION',\n  command: 'CONN'\n") is None


@pytest.mark.parametrize("quote", ["'", '"'])
def test_the_quotes_around_a_reply_are_not_the_servers(quote: str) -> None:
    text = (
        f"{STAMP}Error: no\n  code: 'EPROTOCOL',\n  response: {quote}554 No SMTP service{quote},\n  command: 'CONN'\n"
    )
    reply = only(text).reply
    assert reply is not None
    assert (reply.code, reply.text) == (554, "No SMTP service")


def test_what_was_never_sent_or_is_tls_names_no_step() -> None:
    assert command_step("Error: No recipients defined\n  code: 'EENVELOPE',\n  command: 'API'\n") is None
    assert command_step("Error: Error initiating TLS - read\n  code: 'ETLS',\n  command: 'STARTTLS'\n") is None


def test_several_commands_in_one_error_name_none() -> None:
    assert command_step("  code: 'EENVELOPE', command: 'RCPT TO'\n  command: 'DATA'\n") is None
    assert command_step("  code: 'EENVELOPE', command: 'RCPT TO'\n  command: 'RCPT TO'\n") == "rcpt"


@pytest.mark.parametrize("module", ["smtplib.", "aiosmtplib.errors."])
@pytest.mark.parametrize(
    ("name", "said", "step", "phase"),
    [
        ("SMTPConnectError", "(454, b'4.7.0 Temporary authentication failure')", "greeting", Phase.GREETING),
        ("SMTPHeloError", "(454, b'4.7.0 Temporary authentication failure')", "ehlo", Phase.STARTTLS),
        ("SMTPAuthenticationError", "(454, b'4.7.0 Temporary authentication failure')", "auth", Phase.AUTH),
        ("SMTPSenderRefused", "(454, b'4.7.0 Temporary authentication failure', 'a@example.com')", "mail", Phase.MAIL),
        (
            "SMTPRecipientsRefused",
            "{'a@example.com': (454, b'4.7.0 Temporary authentication failure')}",
            "rcpt",
            Phase.RCPT,
        ),
        ("SMTPDataError", "(454, b'4.7.0 Temporary authentication failure')", "data", Phase.DATA),
    ],
)
def test_so_does_the_class_of_python(module: str, name: str, said: str, step: str, phase: Phase) -> None:
    event = only(f"2026-11-20 09:12:44,310 ERROR mailer: could not send mail: {module}{name}: {said}\n")
    assert (event.outcome, event.smtp_step, event.phase, event.reply_code) == ("failure", step, phase, 454)


def test_connecting_without_a_reply_is_no_greeting() -> None:
    assert class_step("aiosmtplib.errors.SMTPConnectError: Error connecting to relay.example.com on port 25") is None
    assert class_step("com.sun.mail.smtp.SMTPSendFailedException: 454 4.7.0 Try again later") is None
