"""Whatever lies around the lines, the events are the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.log.helpers import DATA, SAMPLES, facts, problems, read
from sestriage.formats.log import parse_text
from sestriage.model.source import SourceRef

Wrap = Callable[[Sequence[str]], list[str]]
STAMP = "2026-11-24T03:31:33.569123456Z"


def docker_json(lines: Sequence[str]) -> list[str]:
    return [json.dumps({"log": line + "\n", "stream": "stdout", "time": STAMP}) for line in lines]


def docker_json_split(lines: Sequence[str]) -> list[str]:
    """Docker splits lines over 16 KiB; here after 40 characters."""
    wrapped: list[str] = []
    for line in lines:
        parts = [line[at : at + 40] for at in range(0, len(line), 40)] or [""]
        parts[-1] += "\n"
        wrapped += [json.dumps({"log": part, "stream": "stdout", "time": STAMP}) for part in parts]
    return wrapped


def docker_timestamps(lines: Sequence[str]) -> list[str]:
    return [f"{STAMP} {line}" for line in lines]


def compose(lines: Sequence[str]) -> list[str]:
    return [f"sw-response-mgmt-1  | {line}" for line in lines]


def cri(lines: Sequence[str]) -> list[str]:
    return [f"{STAMP} stdout F {line}" for line in lines]


def cri_partial(lines: Sequence[str]) -> list[str]:
    wrapped: list[str] = []
    for line in lines:
        if len(line) > 50:
            wrapped.append(f"{STAMP} stdout P {line[:50]}")
            line = line[50:]
        wrapped.append(f"{STAMP} stdout F {line}")
    return wrapped


def rsyslog(lines: Sequence[str]) -> list[str]:
    return [f"Nov 24 03:31:33 smc sw-response-mgmt[812]: {line}".replace("\t", "#011") for line in lines]


def rsyslog_iso(lines: Sequence[str]) -> list[str]:
    return [
        f"2026-11-24T03:31:33.569123+00:00 smc sw-response-mgmt[812]: {line}".replace("\t", "#011") for line in lines
    ]


def rfc5424(lines: Sequence[str]) -> list[str]:
    return [f"<14>1 2026-11-24T03:31:33.569123+00:00 smc sw-response-mgmt 812 - - {line}" for line in lines]


def kubectl(lines: Sequence[str]) -> list[str]:
    return [f"[pod/resp-0/sw-response-mgmt] {line}" for line in lines]


def ansi(lines: Sequence[str]) -> list[str]:
    return [f"\x1b[32m{line[:10]}\x1b[0m{line[10:]}" for line in lines]


def crlf(lines: Sequence[str]) -> list[str]:
    return [line + "\r" for line in lines]


def journal_short(lines: Sequence[str]) -> list[str]:
    """`journalctl -o short` indents what follows the first line of a message."""
    prefix = "Nov 24 03:31:33 smc sw-response-mgmt[812]: "
    return [(" " * len(prefix) if line[:1] in ("\t", "C", "") else prefix) + line for line in lines]


def journal_json(lines: Sequence[str]) -> list[str]:
    return [
        json.dumps({"MESSAGE": line, "__REALTIME_TIMESTAMP": "1795491093569123", "_HOSTNAME": "smc", "_PID": "1"})
        for line in lines
    ]


def service_wrapper(lines: Sequence[str]) -> list[str]:
    return [f"INFO   | jvm 1    | 2026/11/24 03:31:33 | {line}" for line in lines]


def quoted(lines: Sequence[str]) -> list[str]:
    """A log in a mail that was answered: an empty line is quoted without a blank (RFC 3676, 4.5)."""
    return [f"> {line}" if line else ">" for line in lines]


def quoted_twice(lines: Sequence[str]) -> list[str]:
    return [f">> {line}" for line in lines]


WRAPS: list[Wrap] = [
    *(docker_json, docker_json_split, docker_timestamps, compose, cri, cri_partial, rsyslog, rsyslog_iso, rfc5424),
    *(kubectl, ansi, crlf, journal_short, journal_json, service_wrapper, quoted, quoted_twice),
]
LOGS = sorted(
    [*SAMPLES.glob("*/sw-response-mgmt.log"), *(path for path in DATA.glob("*.log") if "debug" not in path.name)]
)


def lines_of(data: bytes) -> list[str]:
    return data.decode("utf-8").removesuffix("\n").split("\n")


def joined(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


@cache
def plain_facts(path: Path) -> list[object]:
    """What the log says without a wrapping; the same for each of them."""
    return [facts(event) for event in read(path.read_bytes())]


@pytest.mark.campaign(3)
@pytest.mark.parametrize("wrap", WRAPS, ids=lambda wrap: wrap.__name__)
def test_wrapping_changes_nothing(wrap: Wrap) -> None:
    for path in LOGS:
        plain = plain_facts(path)
        wrapped = [facts(event) for event in read(joined(wrap(lines_of(path.read_bytes()))))]
        assert plain, path
        assert wrapped == plain, path


@pytest.mark.parametrize("outer", [docker_json, rsyslog, compose], ids=lambda wrap: wrap.__name__)
@pytest.mark.parametrize("inner", WRAPS, ids=lambda wrap: wrap.__name__)
def test_wrappings_on_top_of_each_other(outer: Wrap, inner: Wrap) -> None:
    for case in ("pkix-root-missing", "several-attempts-success", "leaf-only-chain"):
        data = (SAMPLES / case / "sw-response-mgmt.log").read_bytes()
        plain = [facts(event) for event in read(data)]
        assert [facts(event) for event in read(joined(outer(inner(lines_of(data)))))] == plain


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_change_nothing(encoding: str) -> None:
    data = (SAMPLES / "credentials-invalid" / "sw-response-mgmt.log").read_bytes()
    assert [facts(event) for event in read(data.decode().encode(encoding))] == [facts(event) for event in read(data)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WRAPS), min_size=2, max_size=6), st.data())
def test_the_wrapping_may_change_in_the_middle_of_a_file(wraps: list[Wrap], data: st.DataObject) -> None:
    """Cut between events: each run of lines has its own wrapping."""
    source = (SAMPLES / "several-attempts-success" / "sw-response-mgmt.log").read_bytes()
    lines = lines_of(source)
    starts = [number for number, line in enumerate(lines) if line.startswith("2026-")]
    cuts = sorted(data.draw(st.lists(st.sampled_from(starts), max_size=len(wraps) - 1, unique=True)))
    borders = [0, *cuts, len(lines)]
    text: list[str] = []
    for number, (begin, end) in enumerate(pairwise(borders)):
        text += wraps[number % len(wraps)](lines[begin:end])
    assert [facts(event) for event in read(joined(text))] == [facts(event) for event in read(source)]


def test_two_containers_interleaved_line_by_line() -> None:
    first = lines_of((SAMPLES / "pkix-root-missing" / "sw-response-mgmt.log").read_bytes())
    second = lines_of((SAMPLES / "credentials-invalid" / "sw-response-mgmt.log").read_bytes())
    mixed: list[str] = []
    for number in range(max(len(first), len(second))):
        mixed += [f"one-1  | {first[number]}"] if number < len(first) else []
        mixed += [f"two-1  | {second[number]}"] if number < len(second) else []
    found = {facts(event) for event in read(joined(mixed))}
    assert found == {facts(event) for log in (first, second) for event in read(joined(log))}


def test_a_stack_trace_interrupted_by_another_thread() -> None:
    text = (
        "2026-11-24 03:31:33.569 ERROR [exec-3] c.h.Mailer - Could not send e-mail\n"
        "javax.mail.MessagingException: Could not convert socket to TLS\n"
        "\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2140)\n"
        "2026-11-24 03:31:33.570 INFO [exec-4] c.h.Poller - Polled 0 alarms\n"
        "Caused by: javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure\n"
        "\tat sun.security.ssl.Alert.createSSLException(Alert.java:131)\n"
    )
    failure = next(event for event in read(text.encode()) if event.outcome == "failure")
    assert (failure.alert, failure.connection_mode) == ("handshake_failure", "starttls")


@pytest.mark.parametrize(
    ("reader", "mode"),
    [
        ("java.base/sun.security.ssl.SSLSocketInputRecord.read(SSLSocketInputRecord.java:484)", "wrapper"),
        ("sun.security.ssl.SSLSocketImpl.readRecord(SSLSocketImpl.java:973)", "wrapper"),
        ("java.base/java.net.Socket$SocketInputStream.read(Socket.java:966)", None),
    ],
)
@pytest.mark.parametrize(("method", "step"), [("openServer", "greeting"), ("ehlo", "ehlo")])
def test_a_greeting_that_javas_tls_waits_for_was_asked_for_with_smtps(
    reader: str, mode: str | None, method: str, step: str
) -> None:
    text = (
        "2026-11-24 03:31:33.569 ERROR [exec-3] c.h.Mailer - Could not send e-mail\n"
        "javax.mail.MessagingException: Exception reading response\n"
        "\tat com.sun.mail.smtp.SMTPTransport.readServerResponse(SMTPTransport.java:2476)\n"
        f"\tat com.sun.mail.smtp.SMTPTransport.{method}(SMTPTransport.java:2172)\n"
        "Caused by: java.net.SocketTimeoutException: Read timed out\n"
        f"\tat {reader}\n"
        "\tat com.sun.mail.util.TraceInputStream.read(TraceInputStream.java:102)\n"
    )
    failure = next(event for event in read(text.encode()) if event.outcome == "failure")
    assert failure.smtp_step == step
    assert failure.connection_mode == (mode if step == "greeting" else None)


def test_zone_of_the_wrapping_is_used_when_the_line_has_none() -> None:
    line = "2026-11-24 04:31:33.569 ERROR [m] c.h.Mailer - Unable to send email"
    (event,) = read(joined(docker_json([line])))
    assert event.time is not None
    assert event.time.isoformat() == "2026-11-24T03:31:33.569123+00:00"
    (event,) = read(joined(docker_json([line.replace("569 ", "569+01:00 ")])))
    assert event.time is not None
    assert event.time.isoformat() == "2026-11-24T04:31:33.569000+01:00"


def test_dropped_lines_are_reported() -> None:
    lines = ["Nov 24 03:31:33 smc rsyslogd[1]: imjournal: 512 messages lost due to rate-limiting (20000 allowed)"]
    lines += ["Nov 24 03:31:33 smc app[2]: Unable to send email"]
    assert any("rate limit" in text for text in problems(joined(lines)))


@pytest.mark.parametrize(
    "record",
    [
        {"timeMillis": 1795491093569, "thread": "m", "level": "ERROR", "loggerName": "c.h.M", "message": "Mail failed",
         "thrown": {"name": "javax.mail.MessagingException", "message": "Could not convert socket to TLS",
                    "extendedStackTrace": [{"class": "com.sun.mail.smtp.SMTPTransport", "method": "startTLS"}],
                    "cause": {"name": "javax.net.ssl.SSLHandshakeException", "message": "PKIX path building failed:"
                        " x"}}},
        {"@timestamp": "2026-11-24T03:31:33.569Z", "log": {"level": "ERROR", "logger": "c.h.M"},
         "message": "Mail failed",
         "error": {"type": "javax.mail.MessagingException", "message": "Could not convert socket to TLS",
                   "stack_trace": "javax.mail.MessagingException: Could not convert socket to TLS\n\tat"
                       " com.sun.mail.smtp."
                   "SMTPTransport.startTLS(S.java:1)\nCaused by: javax.net.ssl.SSLHandshakeException: PKIX path"
                       " building "
                   "failed: x\n"}},
        {"timestamp": 1795491093.569, "level": 3, "short_message": "Mail failed", "_log_logger": "c.h.M",
         "full_message": "Mail failed\n\njavax.mail.MessagingException: Could not convert socket to TLS\n\tat"
             " com.sun.mail."
         "smtp.SMTPTransport.startTLS(S.java:1)\nCaused by: javax.net.ssl.SSLHandshakeException: PKIX path building "
         "failed: x\n"},
    ],
    ids=["log4j2", "ecs", "gelf"],
)  # fmt: skip
def test_records_of_json_loggers(record: dict[str, object]) -> None:
    (event,) = read((json.dumps(record) + "\n").encode())
    assert (event.outcome, event.mail, event.level, event.logger) == ("failure", True, "ERROR", "c.h.M")
    assert event.exceptions == ("MessagingException", "SSLHandshakeException")
    assert (event.connection_mode, event.smtp_step) == ("starttls", "starttls")
    assert event.time is not None
    assert event.time.isoformat() == "2026-11-24T03:31:33.569000+00:00"


def test_the_key_of_structlog_holds_the_message_and_an_object_of_that_name_does_not() -> None:
    said = {"event": "send failed: 535 Authentication Credentials Invalid", "level": "error", "logger": "mailer"}
    (event,) = read(json.dumps({**said, "timestamp": "2026-11-24T03:31:33Z"}).encode())
    assert (event.message, event.outcome, event.reply_code) == (said["event"], "failure", 535)
    record: dict[str, object] = {"event": {"kind": "alert", "message": "Mail failed"}, "log": {"level": "ERROR"}}
    record["message"] = "Unable to send email"
    assert [each.message for each in read(json.dumps(record).encode())] == ["Unable to send email"]


def test_a_record_cut_in_the_middle_is_used_as_far_as_it_goes() -> None:
    line = (SAMPLES / "leaf-only-chain" / "sw-response-mgmt.log").read_bytes().split(b"\n")[2]
    at = line.index(b"Caused by: sun.security.validator")
    (event,) = read(line[:at])
    assert (event.outcome, event.phase) == ("failure", event.phase.CERTIFICATE if event.phase else None)


def test_a_clock_with_zone_after_one_without() -> None:
    """rsyslog's old and new form in one file: their times cannot be compared, the lines still can be read."""
    lines = ["2026-11-24 03:31:33.244 ERROR [x] c.h.M - Unable to send email", "further text", "more"]
    text = [*rsyslog(lines[:2]), *rsyslog_iso(lines[2:])]
    (event,) = read(joined(text))
    assert event.message == "Unable to send email\nfurther text\nmore"


@pytest.mark.parametrize("name", ["exc", "fault", "details.trace"])
def test_json_with_the_stack_in_a_field_of_any_name(name: str) -> None:
    (whole,) = (event for event in read(AUTH_TRACE.encode()) if event.outcome == "failure")
    record = {"ts": 1795492801.123, "lvl": "ERROR", "src": "outbox", "text": "could not mail", name: AUTH_TRACE}
    (event,) = read(json.dumps(record).encode())
    assert [t.class_name for t in event.throwables] == [t.class_name for t in whole.throwables]
    assert (event.outcome, event.phase) == ("failure", whole.phase)


AUTH_TRACE = (
    "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n\n"
    "\tat com.sun.mail.smtp.SMTPTransport$Authenticator.authenticate(SMTPTransport.java:947)\n"
    "\tat com.sun.mail.smtp.SMTPTransport.authenticate(SMTPTransport.java:858)\n"
)


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ("INFO   | jvm 1    | 2027/01/08 19:32:29 | ", "08-Jan-2027 16:32:29.109"),  # both without a zone
        ("2026-11-30T00:50:01.000060+00:00 mgr svc[7]: ", "2026-11-30T01:05:59.461+05:30"),  # both with one
        ("INFO   | jvm 1    | 2026/11/29 22:35:59 | ", "2026-11-30T01:05:59.461+05:30"),  # the line's own alone
    ],
)
def test_lines_to_which_only_the_wrapping_lends_a_time_go_by_the_clock_of_the_others(outer: str, inner: str) -> None:
    lines = (
        f"{inner} INFO [task-1] c.h.response.MailSender - Sending test email",
        "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-1 abc",
        "EHLO smc.example.com",
        "250 Ok",
        f"{inner} ERROR [task-1] c.h.response.MailSender - Unable to send email",
        "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",
    )
    events = parse_text("".join(f"{outer}{line}\n" for line in lines), SourceRef("a.log"))
    assert len({event.time for event in events}) == 1
    assert {event.time for event in events} == {parse_text(lines[0], SourceRef("b.log"))[0].time}
