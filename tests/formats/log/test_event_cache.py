"""Events of equal bodies, built once, are those that building each of them gives."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.log.helpers import SOURCE, only
from sestriage.formats.log import LogReader, event_cache, header
from sestriage.formats.log.event_cache import Builder
from sestriage.model.log import LogEvent

HEADS = (
    "2026-03-02 04:{m:02d}:{s:02d}.{f:03d} ERROR 7 --- [action-exec-{t}] c.h.r.Executor : Action '{a}' failed",
    "2026-03-02T04:{m:02d}:{s:02d}.{f:03d}Z ERROR [pool-{t}] c.h.r.EmailActionExecutor - Action '{a}' failed",
    "Mar  2 04:{m:02d}:{s:02d} smc response[7]: 2026-03-02 04:{m:02d}:{s:02d},{f:03d} ERROR [J] email {a} failed",
    "ERROR Unable to send email to {a}",
)
TRACES = (
    ("javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",),
    (
        "javax.mail.MessagingException: Could not convert socket to TLS",
        "Caused by: javax.net.ssl.SSLHandshakeException: error:0A00018A:SSL routines::dh key too small",
    ),
    (
        "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: mail.example.com, 587",
        "Caused by: java.net.ConnectException: Connection refused",
    ),
    ("javax.mail.MessagingException: 12",),
    ("java.lang.IllegalStateException: rules not loaded",),
    ("250 Ok 0100018f5a1b2c3d-01234567-89ab-cdef-0123-456789abcdef-000000",),
)
FRAMES = (
    "\tat com.sun.mail.smtp.SMTPTransport.authenticate(SMTPTransport.java:{n})",
    "\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:{n}) ~[mail.jar:1.6.{t}]",
    "\tat java.base/java.net.ConnectException.<init>(ConnectException.java:{n})",
    "\tat java.lang.Thread.run",
    "\t... {t} more",
    "\t...",
    "  at x.y.Z.run(Z.java:{n})",
)


def made(seed: int, events: int) -> bytes:
    dice = random.Random(seed)
    lines: list[str] = []
    for number in range(events):
        numbers = {"m": number // 60 % 60, "s": number % 60, "f": dice.randrange(1000), "t": dice.randrange(3)}
        named = {**numbers, "a": dice.choice(("SOC", "NOC desk 12", "x")), "n": dice.choice((12, 535, 1367))}
        lines.append(dice.choice(HEADS).format(**named))
        for text in dice.choice(TRACES):
            lines.append(text)
            lines += [dice.choice(FRAMES).format(**named) for _ in range(dice.randrange(4))]
        if not dice.randrange(12):
            lines.append("")
    return "\n".join(lines).encode()


def events(data: bytes, *, keep_all: bool) -> list[LogEvent]:
    return list(LogReader(SOURCE, keep_all=keep_all).events([data]))


def each_built(monkeypatch: pytest.MonkeyPatch, data: bytes, *, keep_all: bool) -> list[LogEvent]:
    with monkeypatch.context() as patch:
        patch.setattr(Builder, "_key", lambda self, draft: None)
        return events(data, keep_all=keep_all)


@pytest.mark.campaign(3)
@pytest.mark.parametrize("keep_all", [False, True])
@pytest.mark.parametrize("bodies", [3, 256])
@pytest.mark.parametrize("seed", range(12))
def test_equal_bodies_give_what_each_gives(
    monkeypatch: pytest.MonkeyPatch, seed: int, bodies: int, keep_all: bool
) -> None:
    monkeypatch.setattr(event_cache, "MAX_BODIES", bodies)
    data = made(seed, 120)
    found = events(data, keep_all=keep_all)
    assert found == each_built(monkeypatch, data, keep_all=keep_all)
    assert any(event.outcome == "failure" for event in found)


def test_a_repeated_failure_keeps_its_own_time_place_and_quote() -> None:
    one = (
        "2026-03-02 04:00:01.000 ERROR 7 --- [exec-1] c.h.r.Mailer : Sending email failed\n"
        "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
        "\tat com.sun.mail.smtp.SMTPTransport.authenticate(SMTPTransport.java:{})\n"
    )
    first, second = events((one.format(12) + one.format(999).replace("04:00:01", "05:00:00")).encode(), keep_all=False)
    assert second.time is not None
    assert (second.time.hour, second.source.line, second.source.end_line, second.quote_line) == (5, 4, 6, 5)
    assert second.throwables[0].line == first.throwables[0].line + 3
    assert second.quote == "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid"
    same = replace(second, time=first.time, source=first.source, quote_line=2, throwables=first.throwables)
    assert same == first


def test_a_frame_is_never_quoted() -> None:
    event = only(
        "2026-03-02 04:00:01 ERROR [J] Sending email failed: javax.mail.MessagingException\n"
        "\tat javax.mail.MessagingException.<init>(MessagingException.java:1)\n"
    )
    assert event.quote_line == 1


# --- headers -----------------------------------------------------------------------------------------------------

PIECES = (
    *("INFO", "ERROR", "WARN ", "7", "---", "[main]", "[action-exec-1]", "[a : b]", "com.x.y.Foo", "Foo", "c.h.r.Bar"),
    *("UTC", "EST", "AM", "PM", "Z", "+0200", "|", "<1>", "(x)", "-", "x=1", "time=3", "[", "]", ":", ",", "  ", " : "),
    *("Exception", "java.lang.FooException", "[com.x.Foo]", "[12]", "ärger"),
)


@settings(max_examples=400, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_header_that_was_met_before_says_the_same(dice: random.Random) -> None:
    """The same fields in front of one message, then of another."""
    day, hour, second = dice.randrange(1, 33), dice.randrange(26), dice.randrange(62)
    stamp = f"2026-03-{day:02d} {hour:02d}:00:{second:02d},{dice.randrange(1000):03d}"
    fields = " ".join(dice.choice(PIECES) for _ in range(dice.randrange(1, 6)))
    for _ in range(2):
        text = f"{stamp} {fields} : " + " ".join(dice.choice(PIECES) for _ in range(dice.randrange(1, 5)))
        assert header.parse_header(text) == header._parse(text, None)


@pytest.mark.parametrize("message", ["- - PM", "- com.x.y.Foo PM java.lang.FooException", "a.b.c.D : x"])
def test_a_colon_behind_a_level_is_none_behind_a_logger(message: str) -> None:
    for said in ("sent", message):
        text = f"2026-03-15 07:00:24,525 --- [com.x.Foo] ERROR : {said}"
        assert header.parse_header(text) == header._parse(text, None)


def test_the_usual_header_is_met_again() -> None:
    header._FIELDS.clear()
    line = "2026-03-02 04:00:0{}.123 ERROR 7 --- [action-exec-1] c.h.r.Mailer  : {}"
    header.parse_header(line.format(1, "Sending email"))
    assert list(header._FIELDS.values()) == [("ERROR", "c.h.r.Mailer", "action-exec-1")]
    found = header.parse_header(line.format(2, "- two : parts"))
    assert found == header._parse(line.format(2, "- two : parts"), None)
    assert found is not None
    assert found.time is not None
    assert (found.message, found.time.second) == ("two : parts", 2)
