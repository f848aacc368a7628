"""Tracebacks of Python: their source is no word of the log, and smtplib's frames tell the step."""

from __future__ import annotations

import pytest

from formats.log.helpers import only
from sestriage.formats.log import looks_like_log
from sestriage.formats.log.wording.python_trace import smtplib_step, without_traceback
from sestriage.model.phase import Phase

HEAD = "2026-11-20 09:12:44,310 ERROR site.report: sending mail failed\n"
OWN = """Traceback (most recent call last):
  File "/opt/site/report.py", line 18, in <module>
    server = smtplib.SMTP(host)
"""
LIB = '  File "/usr/lib/python3.11/smtplib.py", line %d, in %s\n    self.%s()\n'
CLOSED = "smtplib.SMTPServerDisconnected: Connection unexpectedly closed\n"


def trace(*functions: str, end: str = CLOSED) -> str:
    return OWN + "".join(LIB % (300 + n, name, name) for n, name in enumerate(functions)) + end


@pytest.mark.parametrize(
    ("functions", "step", "phase"),
    [
        (("__init__", "connect", "getreply"), "greeting", Phase.GREETING),
        (("__init__", "connect", "_get_socket"), "connect", Phase.TCP),
        (("starttls", "ehlo_or_helo_if_needed", "ehlo", "getreply"), "ehlo", Phase.STARTTLS),
        (("login", "auth", "docmd", "getreply"), "auth", Phase.AUTH),
        (("login", "auth", "auth_plain", "getreply"), "auth", Phase.AUTH),
        (("send_message", "sendmail", "mail", "getreply"), "mail", Phase.MAIL),
        (("sendmail", "data", "getreply"), "data", Phase.DATA),
    ],
)
def test_frames_of_smtplib_tell_the_step(functions: tuple[str, ...], step: str, phase: Phase) -> None:
    for text in (trace(*functions), HEAD + trace(*functions)):
        event = only(text)
        assert (event.outcome, event.mail, event.smtp_step, event.phase) == ("failure", True, step, phase)


@pytest.mark.parametrize(
    ("name", "said", "phase"),
    [
        ("SMTPSenderRefused", "(451, b'4.4.2 Timeout waiting for data from client.', 'a@example.com')", Phase.MAIL),
        ("SMTPRecipientsRefused", "{'a@example.com': (550, b'5.1.1 User unknown')}", Phase.RCPT),
        ("SMTPDataError", "(450, b'4.7.1 Sorry, too many requests per time unit')", Phase.DATA),
        ("SMTPAuthenticationError", "(535, b'5.7.8 Authentication failed')", Phase.AUTH),
    ],
)
def test_exceptions_of_smtplib_tell_the_step(name: str, said: str, phase: Phase) -> None:
    event = only(f"smtplib.{name}: {said}\n")
    assert (event.phase, event.exceptions) == (phase, (name,))


def test_source_is_not_read_as_words_of_the_log() -> None:
    event = only(HEAD + trace("connect", "getreply"))
    assert event.host is None
    assert event.text == f"sending mail failed\n{CLOSED.strip()}"


def test_a_traceback_by_itself_is_a_log() -> None:
    assert looks_like_log(trace("login", "auth", "docmd", "getreply").encode())
    assert not looks_like_log(b"import smtplib\n\nserver = smtplib.SMTP(host)\nserver.login(user, password)\n")


def test_marks_and_lost_blanks() -> None:
    marked = 'x\n  File "/a/smtplib.py", line 1, in login\n    self.auth(\n    ^^^^^^^^^\nsmtplib.SMTPException: y'
    assert without_traceback(marked)[0] == "x\nsmtplib.SMTPException: y"
    flat = 'x\nFile "/a/smtplib.py", line 1, in login\nself.auth()\n^^^^\nsmtplib.SMTPException: y'
    assert without_traceback(flat)[0] == "x\nsmtplib.SMTPException: y"
    assert without_traceback('the file File "x" was read') == ('the file File "x" was read', ())


def test_frames_of_other_files_tell_nothing() -> None:
    _, frames = without_traceback('x\n  File "/a/http.py", line 1, in login\n    y()')
    assert smtplib_step(frames) is None
