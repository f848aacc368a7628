"""Whole events of other services: not read with a dozen others each time, and never at the cost of a mail."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from sestriage.formats.log import LogReader, reader
from sestriage.formats.log.lines import scan
from sestriage.formats.log.lines.finder import python_finder
from sestriage.formats.log.lines.physical import Block, blocks
from sestriage.formats.log.lines.whole_events import EventBounds, EventWorth, WholeEvents
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.reader import _OPINION, worth_of_event
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef

FEED = (
    "ERROR [exec-{n}] o.a.c.c.C.[dispatcherServlet] - Servlet.service() threw exception",
    "java.net.SocketTimeoutException: Read timed out",
    "\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)",
    "\tat com.harbor.feed.FeedClient.poll(FeedClient.java:{n})",
)
DATABASE = (
    "WARN  [pool-{n}] c.zaxxer.hikari.pool.ProxyConnection - Connection marked as broken because of SQLSTATE(08006)",
    "org.postgresql.util.PSQLException: An I/O error occurred while sending to the backend.",
    "\tat org.postgresql.core.v3.QueryExecutorImpl.execute(QueryExecutorImpl.java:{n})",
    "Caused by: java.net.SocketException: Connection reset",
    "\tat java.base/java.net.SocketInputStream.read(SocketInputStream.java:186)",
    "\t... {n} common frames omitted",
)
DIRECTORY = (
    "ERROR [worker-{n}] c.h.ldap.DirectorySync - Sync of realm {n} failed",
    "javax.naming.CommunicationException: ldap{n}.corp.example:636",
    "\tat java.naming/com.sun.jndi.ldap.Connection.<init>(Connection.java:252)",
    "Caused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid path",
    "\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)",
)
RULES = ("INFO  [worker-{n}] c.h.rules.Evaluator - Evaluated {n} rules in {n} ms",)
MAIL = (
    "ERROR [action-{n}] c.h.response.Runner - Test Action failed",
    "javax.mail.MessagingException: Could not convert socket to TLS",
    "\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2155)",
    "Caused by: javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake",
)
ACTION = ("WARN  [action-{n}] c.h.response.Runner - Email action {n} could not be run",)
LATE = (
    "ERROR [action-1] c.h.response.Runner - java.net.SocketException: Connection reset",
    "\tat java.base/java.net.SocketInputStream.read(SocketInputStream.java:186)",
)
HANDSHAKE = (
    "ERROR [action-1] c.h.response.Runner - javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake",
    "\tat java.base/sun.security.ssl.SSLSocketImpl.handleEOF(SSLSocketImpl.java:1715)",
)
DIALOGUE = (
    'INFO  [action-1] c.h.Stdout - DEBUG SMTP: trying to connect to host "smtp.corp.example", port 587, isSSL false',
    "220 smtp.corp.example ESMTP",
    "EHLO mgr",
    "250-smtp.corp.example",
    "250 STARTTLS",
    "STARTTLS",
)
ANOTHER = (
    "INFO  [action-1] c.h.Stdout - 220 smtp.corp.example ESMTP",
    *DIALOGUE[2:],
)
PIECES = (FEED, DATABASE, DIRECTORY, RULES, RULES, RULES, MAIL, ACTION, LATE, HANDSHAKE, DIALOGUE, ANOTHER)
OTHERS = (FEED, DATABASE, RULES)


def stamped(pieces: Sequence[tuple[str, ...]]) -> str:
    """The pieces one after the other, a second apart, each with the numbers of its place."""
    lines = []
    for n, (head, *rest) in enumerate(pieces):
        stamp = f"2026-03-02 {4 + n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d},{n % 1000:03d}"
        lines += [
            f"{stamp} {head.replace('{n}', str(n % 9 + 1))}",
            *(line.replace("{n}", str(n % 90 + 10)) for line in rest),
        ]
    return "\n".join(lines) + "\n"


def read(text: str) -> list[LogEvent]:
    return list(LogReader(SourceRef("x.log")).events([text.encode()]))


def read_all(text: str, monkeypatch: pytest.MonkeyPatch) -> list[LogEvent]:
    with monkeypatch.context() as patch:
        patch.setattr(reader, "select", lambda found, *_: scan.every_line(found))
        return read(text)


def lines_read(text: str) -> int:
    found = blocks([text.encode()], Problems())
    return sum(line is not None for line in scan.select(found, python_finder(), _OPINION))


@pytest.mark.parametrize(
    ("piece", "worth"),
    [
        (FEED, EventWorth.NOTHING),
        (DATABASE, EventWorth.NOTHING),
        (DIRECTORY, EventWorth.APART),
        (MAIL, EventWorth.UNKNOWN),
        (HANDSHAKE, EventWorth.UNKNOWN),
        (("INFO [exec-{n}] c.h.Feed - Action {n} failed", *FEED[1:]), EventWorth.UNKNOWN),
    ],
)
def test_what_an_event_is_worth(piece: tuple[str, ...], worth: EventWorth) -> None:
    assert worth_of_event(stamped([piece])) is worth


def test_without_a_header_it_is_unknown() -> None:
    assert worth_of_event("java.net.SocketTimeoutException: Read timed out\n") is EventWorth.UNKNOWN


def test_events_of_others_are_not_read() -> None:
    rng = random.Random(7)
    pieces = [rng.choice(OTHERS) for _ in range(3000)]
    assert lines_read(stamped(pieces)) < 200  # those at the end, which may go on
    assert read(stamped(pieces)) == []


def test_those_that_matter_are_read_without_their_neighbours() -> None:
    pieces = [DIRECTORY if n % 10 == 0 else OTHERS[n % 3] for n in range(3000)]
    text = stamped(pieces)
    count = sum(piece is DIRECTORY for piece in pieces)
    assert len(read(text)) == count
    assert lines_read(text) < 1.3 * count * len(DIRECTORY)


@pytest.mark.parametrize("size", [1 << 13, 1 << 15, 1 << 20])
@pytest.mark.parametrize("seed", range(12))
def test_the_same_events_as_of_all_lines(seed: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of mail stand anywhere between those of others: right before, right behind, and far away."""
    rng = random.Random(seed)
    pieces: list[tuple[str, ...]] = []
    while len(pieces) < 700:
        pieces += [rng.choice(OTHERS) for _ in range(rng.choice((0, 1, 2, 5, 13, 60)))]
        pieces.append(rng.choice(PIECES))
    text = stamped(pieces)
    monkeypatch.setattr("sestriage.formats.log.lines.physical.BLOCK_BYTES", size)
    found = read(text)
    assert found == read_all(text, monkeypatch)
    assert any(event.mail for event in found)


def test_in_a_dialogue_the_trouble_is_the_mails() -> None:
    agreed = (*DIALOGUE, "220 2.0.0 Ready to start TLS")
    pieces = [*[RULES] * 50, agreed, HANDSHAKE, *[RULES] * 50, *[FEED, RULES] * 50]
    assert any(event.outcome == "failure" and event.mail for event in read(stamped(pieces)))


def test_no_two_alike_are_not_read_twice() -> None:
    asked: list[str] = []

    def weigh(event: str) -> EventWorth:
        asked.append(event)
        return EventWorth.NOTHING

    words = [f"{a}{b}{c}" for a in "ghijklmnop" for b in "ghijklmnop" for c in "ghijklmnop"]
    text = stamped([(FEED[0] + f" {word}", *FEED[1:]) for word in words]).encode()
    block = Block(text)
    hits = [at for at in range(len(text)) if text.startswith(b"SocketTimeout", at)]
    WholeEvents(weigh).look(block, hits, [], hits)
    assert 0 < len(asked) < 100


@pytest.mark.parametrize(
    ("rest", "whole"),
    [
        (FEED[1:], True),
        (("java.net.SocketException: Connection reset", "of a message that has a second line"), False),
        ((FEED[1], "", FEED[2]), False),
        ((FEED[1],), True),
    ],
)
def test_what_is_a_whole_event(rest: tuple[str, ...], whole: bool) -> None:
    text = stamped([RULES, (FEED[0], *rest), RULES]).encode()
    found = EventBounds(Block(text)).around(text.index(b"java.net"))
    begin = text.index(b"\n") + 1
    assert found == ((begin, text.rindex(b"\n", 0, -1) + 1) if whole else None)


def test_the_last_event_may_go_on() -> None:
    text = stamped([RULES, FEED]).encode()
    assert EventBounds(Block(text)).around(text.index(b"java.net")) is None


def test_a_line_behind_a_wrapping_is_no_whole_event() -> None:
    """Each line has a stamp there, and looks like one."""
    stamp = "2026-03-02T04:00:00.123456789Z stdout F "
    lines = [f"{stamp}{line.replace('{n}', '1')}" for line in (*RULES, *DIRECTORY, *RULES)]
    text = ("\n".join(lines) + "\n").encode()
    assert EventBounds(Block(text)).around(text.index(b"PKIX")) is None
