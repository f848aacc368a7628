"""Headers of many layouts."""

from __future__ import annotations

from datetime import datetime

import pytest

from sestriage.formats.log.header import parse_header, starts_event
from sestriage.formats.log.lines.certain_header import CERTAIN_HEADER
from sestriage.formats.log.timestamp import from_epoch, java_date, stamp_at

LAYOUTS = [
    ("2026-11-24 03:31:33.244  INFO 7 --- [  exec-3] com.h.Boot            : hello", "INFO", "com.h.Boot", "exec-3"),
    ("2026-11-24T03:31:33.244Z  INFO 7 --- [resp] [  main] c.h.X : hello", "INFO", "c.h.X", "main"),
    ("2023-01-04 00:27:50,497 INFO [SlicFeedGetter] hello", "INFO", "SlicFeedGetter", None),
    ("03:22:35.123 [main] ERROR c.h.X - hello", "ERROR", "c.h.X", "main"),
    ("INFO  [2026-11-24 03:22:35,123] c.h.X: hello", "INFO", "c.h.X", None),
    ("[2026-11-24T03:22:35,123][INFO ][o.e.n.Node] [node-1] hello", "INFO", "o.e.n.Node", "node-1"),
    ("24-Nov-2026 03:22:35.123 SEVERE [main] org.a.c.startup.Catalina.start"
        " hello", "ERROR", "org.a.c.startup.Catalina", "main"),
    ("24-Nov-2026 03:22:35.123 | INFO  | channel-2 | OutboundChannel | hello", "INFO", "OutboundChannel", "channel-2"),
    ("2026-11-24 03:22:35,123 | ERROR | main | c.h.X | hello", "ERROR", "c.h.X", "main"),
    ("1795491755123 [main] INFO  c.h.X - hello", "INFO", "c.h.X", "main"),
    ("[main] INFO c.h.X - hello", "INFO", "c.h.X", "main"),
    ("ERROR Postbox: hello", "ERROR", "Postbox", None),
    ("WARNING: hello", "WARN", None, None),
    ("Nov 24 03:22:35 ERROR [exec-1] c.h.X - hello", "ERROR", "c.h.X", "exec-1"),
    ('ts=2026-11-24T03:22:35Z level=error logger=x msg="hello"', "ERROR", "x", None),
    ("2026-11-24T03:22:35.123+01:00 ERROR (pool-1-thread-2) [com.foo] hello", "ERROR", "com.foo", "pool-1-thread-2"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "level", "logger", "thread"), LAYOUTS)
def test_layouts(line: str, level: str, logger: str | None, thread: str | None) -> None:
    assert starts_event(line)
    header = parse_header(line)
    assert header is not None
    assert (header.level, header.logger, header.thread, header.message) == (level, logger, thread, "hello")


@pytest.mark.parametrize(
    "line",
    [
        "\tat com.sun.mail.smtp.SMTPTransport.openServer(SMTPTransport.java:2)",
        "Caused by: java.net.ConnectException: Connection refused",
        "  nested exception is:",
        "535 Authentication Credentials Invalid",
        "250-SIZE 10485760",
        "; message exceptions (1) are:",
        "Failed message 1: x",
        "[SSL: DH_KEY_TOO_SMALL] dh key too small (_ssl.c:1)",
        "[EOF]",
        "Error while delivering message",
        "Maybe something",
        "",
    ],
)
def test_lines_that_begin_no_event(line: str) -> None:
    assert not starts_event(line)
    assert parse_header(line) is None


def test_an_exception_is_not_taken_for_the_logger() -> None:
    header = parse_header("2026-11-24 03:22:35,123 ERROR javax.mail.MessagingException: Could not connect")
    assert header is not None
    assert (header.logger, header.message) == (None, "javax.mail.MessagingException: Could not connect")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-24 03:22:35.1", "2026-11-24T03:22:35.100000"),
        ("2026-11-24T03:22:35,123456789+0530", "2026-11-24T03:22:35.123456+05:30"),
        ("2026-11-24 03:22:35 -0500", "2026-11-24T03:22:35-05:00"),
        ("2026-11-24T03:22:35.5Z", "2026-11-24T03:22:35.500000+00:00"),
        ("2026/11/24 03:22:35", "2026-11-24T03:22:35"),
        ("24.11.2026 03:22:35,5", "2026-11-24T03:22:35.500000"),
        ("24/Nov/2026:03:22:35 +0000", "2026-11-24T03:22:35+00:00"),
        ("Nov 24, 2026 3:22:35 PM", "2026-11-24T15:22:35"),
        ("Tue Nov 24 03:22:35 UTC 2026", "2026-11-24T03:22:35+00:00"),
        ("20261124T032235Z", "2026-11-24T03:22:35+00:00"),
        ("1795491755.5", "2026-11-24T03:42:35.500000+00:00"),
        ("Nov 24 03:22:35", "2025-11-24T03:22:35"),
        ("Feb 29 03:22:35", "2024-02-29T03:22:35"),
    ],
)
def test_time_stamps(text: str, expected: str) -> None:
    """The reference lends the year: the 24th of November is still to come in 2026-03."""
    stamp = stamp_at(text, 0, datetime(2026, 3, 1))
    assert stamp is not None
    assert stamp.when is not None
    assert (stamp.when.isoformat(), stamp.end) == (expected, len(text))


@pytest.mark.parametrize(
    "text", ["2026-13-24 03:22:35", "2026-11-31 03:22:35", "12", "x", "25:61:00", "Nov 44 03:22:35"]
)
def test_no_time_stamps(text: str) -> None:
    stamp = stamp_at(text)
    assert stamp is None or stamp.when is None


def test_dates_need_a_known_zone() -> None:
    assert java_date("Wed Nov 24 03:22:35 XYZT 2021") is None
    assert from_epoch(5.0) is None
    assert from_epoch(1e40) is None


def test_java_util_logging_spreads_over_two_lines() -> None:
    from formats.log.helpers import read

    (event,) = read(b"Nov 24, 2026 3:22:35 AM com.foo.Mailer send\nSEVERE: Unable to send email\n")
    assert (event.level, event.logger, event.message) == ("ERROR", "com.foo.Mailer", "Unable to send email")
    assert event.time == datetime(2026, 11, 24, 3, 22, 35)


def test_a_level_padded_to_five_characters_begins_a_line_without_time() -> None:
    """`%5p` of logback and Spring Boot, the time stamp cut off by whoever pasted the lines."""
    for padded in (" INFO 7 --- [ main] c.h.Runner : Test action completed", " WARN c.h.Runner - x"):
        header = parse_header(padded)
        assert header is not None
        assert header.level in ("INFO", "WARN")
    assert parse_header("   information about it follows") is None


@pytest.mark.parametrize(
    "client",
    ["10.9.52.7 - -", "::1 - admin", "fe80::1%eth0 - -", "desk7.corp.example - svc_smc"],
)
def test_a_line_of_an_access_log_is_an_event(client: str) -> None:
    line = f'{client} [02/Mar/2026:04:00:09 +0100] "POST /v1/actions/37/test HTTP/1.1" 202 59 "-" "curl/7.88.1"'
    assert starts_event(line)
    header = parse_header(line)
    assert header is not None
    assert header.time == datetime.fromisoformat("2026-03-02T04:00:09+01:00")
    assert (header.level, header.logger, header.thread) == (None, None, None)
    assert header.message.startswith('"POST /v1/actions/37/test')
    assert CERTAIN_HEADER.match(line.encode())


@pytest.mark.parametrize(
    "line",
    [
        '10.9.52.7 - - [at noon] "GET / HTTP/1.1" 200 3',
        'the client - - [99/Foo/2026:04:00:09 +0100] "GET / HTTP/1.1" 200 3',
        "a host - b [02/Mar/2026:04:00:09 +0100] GET /",
    ],
)
def test_what_only_looks_like_one_is_none(line: str) -> None:
    assert not starts_event(line)
    assert parse_header(line) is None
