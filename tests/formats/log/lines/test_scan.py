"""The fast path gives what reading every line gives: same events, whatever the wrapping, the backend, the blocks."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.formats.log import LogReader, reader
from sestriage.formats.log.lines import finder as finders
from sestriage.formats.log.lines import scan
from sestriage.formats.log.lines.finder import Finder, hyperscan_finder, python_finder
from sestriage.formats.log.lines.gates import CODES, DIGITS, GATES, PATTERNS, WEAK, Pattern
from sestriage.formats.log.lines.physical import Block, blocks
from sestriage.formats.log.lines.relevant_lines import Looker
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.wording import openssl_error, phases, vocabulary
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef
from support import SAMPLES

SOURCE = SourceRef("x.log")
LOGS = sorted(SAMPLES.glob("*/sw-response-mgmt.log"))


def rsyslog(lines: list[str]) -> list[str]:
    escaped = (line.replace("\t", "#011") for line in lines)
    return [f"2026-11-24T03:31:{n % 60:02d}.123456+00:00 mgr sw-response-mgmt[7]: {t}" for n, t in enumerate(escaped)]


def docker(lines: list[str]) -> list[str]:
    return [
        json.dumps({"log": line + "\n", "stream": "stdout", "time": f"2026-11-24T03:31:{n % 60:02d}.5Z"})
        for n, line in enumerate(lines)
    ]


def docker_stamps(lines: list[str]) -> list[str]:
    return [f"2026-11-24T03:31:{n % 60:02d}.123456789Z {line}" for n, line in enumerate(lines)]


def windows(lines: list[str]) -> list[str]:
    return [line + "\r" for line in lines]


def plain(lines: list[str]) -> list[str]:
    return lines


WRAPPINGS: dict[str, Callable[[list[str]], list[str]]] = {
    f.__name__: f for f in (plain, rsyslog, docker, docker_stamps, windows)
}


def chatter(count: int, seed: int) -> list[str]:
    """Lines of a service; some hold words of mail actions, codes and numbers that are no replies."""
    rng = random.Random(seed)
    forms = (
        "Evaluated {} rules in {} ms",
        "Polled {} alarms, lag {}",
        "Rule {} has no action, ignored {}",
        "Outbound message queue depth {}, limit {}",
        "Fetched 454 records of {} in 535 ms, {} left",
        "Notification channel {} has {} subscribers",
    )
    return [
        f"2026-11-24 03:{n // 60 % 60:02d}:{n % 60:02d}.{rng.randrange(1000):03d} INFO [pool-{n % 5}] c.h.Worker - "
        + rng.choice(forms).format(rng.randrange(100), rng.randrange(1000))
        for n in range(count)
    ]


def fast(data: bytes) -> list[LogEvent]:
    return list(LogReader(SOURCE).events([data]))


def slow(data: bytes, monkeypatch: pytest.MonkeyPatch) -> list[LogEvent]:
    """Every line is read as if it held a gate."""
    with monkeypatch.context() as patch:
        patch.setattr(reader, "select", lambda found, *_: scan.every_line(found))
        return list(LogReader(SOURCE).events([data]))


@pytest.mark.campaign(28)
@pytest.mark.parametrize("wrap", WRAPPINGS.values(), ids=WRAPPINGS)
@pytest.mark.parametrize("path", LOGS, ids=lambda p: p.parent.name)
def test_samples_in_chatter(
    path: Path, wrap: Callable[[list[str]], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = path.read_text(encoding="utf-8").splitlines()
    lines = [*chatter(900, 1), *sample, *chatter(1300, 2), *sample, *chatter(40, 3)]
    data = ("\n".join(wrap(lines)) + "\n").encode()
    found = fast(data)
    assert found == slow(data, monkeypatch)
    assert found


@pytest.mark.parametrize("size", [1 << 12, 1 << 14, 1 << 16])
def test_the_size_of_blocks_does_not_matter(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    for number, path in enumerate(LOGS):
        lines += [*chatter(50, number), *path.read_text(encoding="utf-8").splitlines()]
    data = ("\n".join(lines) + "\n").encode()
    monkeypatch.setattr("sestriage.formats.log.lines.physical.BLOCK_BYTES", size)
    assert fast(data) == slow(data, monkeypatch)


def hot_lines(data: bytes, finder: Finder) -> set[int]:
    return {data.count(b"\n", 0, at) for at in Looker(finder).hot(Block(data))}


PIECES = [
    *GATES,
    *(b"454 ", b"535-", b" 5.7.1", b"action", b"message", b'"message":"', b'message",', b"failed", b"could", b"not"),
    *(b"\n", b"\n\t", b" ", b"x", b"MAIL", b"test", b"\xc3\xa9", b"\\u8ba4", b"9", b"temporary", b"[", b"3/4"),
]


def need_hyperscan() -> Finder:
    finder = hyperscan_finder()
    if finder is None:
        pytest.skip("needs the package hyperscan")
    return finder


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))
def test_both_finders_find_the_same_lines(data: bytes) -> None:
    assert hot_lines(data, need_hyperscan()) == hot_lines(data, python_finder())


@pytest.mark.parametrize("path", LOGS, ids=lambda p: p.parent.name)
def test_both_finders_find_the_same_lines_in_samples(path: Path) -> None:
    data = path.read_bytes()
    assert hot_lines(data, need_hyperscan()) == hot_lines(data, python_finder())


@pytest.mark.parametrize("before", [b"", b"x\n", b"x ", b" "])
@pytest.mark.parametrize("reply", ["454 テスト", "554-失敗", "535 \\u8ba4", "530 caf\u00e9"])
def test_a_reply_in_another_language_is_found_wherever_it_stands(before: bytes, reply: str) -> None:
    data = before + reply.encode() + b"\n"
    for finder in (python_finder(), need_hyperscan()):
        assert hot_lines(data, finder) == {before.count(b"\n")}


def test_a_code_alone_and_letters_of_the_next_line_are_no_reply() -> None:
    data = "Fetched 454 records\nété\nFetched 535 of them, \\n é\n".encode()
    for finder in (python_finder(), need_hyperscan()):
        assert hot_lines(data, finder) == {2}


# --- the gates follow from what is asked later -------------------------------------------------------------------


def gated(text: str) -> bool:
    data = text.encode()
    return bool(hot_lines(data, python_finder()))


def branches(pattern: re.Pattern[str]) -> Iterable[str]:
    """The alternatives of a pattern at its top level."""
    depth, begin, text = 0, 0, pattern.pattern
    for at, letter in enumerate(text):
        if letter == "\\" or (at and text[at - 1] == "\\"):
            continue
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and depth == 0:
            yield text[begin:at]
            begin = at + 1
    yield text[begin:]


ASKED = {
    "CERTIFICATE": phases.CERTIFICATE,
    "TLS": phases.TLS,
    "loose": openssl_error._LOOSE,
    "alert": openssl_error._ALERT_NUMBER,
    "verify": openssl_error._VERIFY,
    "accepted": vocabulary.ACCEPTED_REPLY,
}
EVERY_BRANCH = [
    pytest.param(branch, pattern.flags, id=f"{name}:{branch[:40]}")
    for name, pattern in ASKED.items()
    for branch in branches(pattern)
]
OUTSIDE_ASCII = "有效证书路径"
"""Only pastes hold it, and there the class names around it are gates."""


@pytest.mark.parametrize(("branch", "flags"), EVERY_BRANCH)
def test_every_text_that_a_pattern_finds_holds_a_gate(branch: str, flags: int) -> None:
    if branch == OUTSIDE_ASCII:
        pytest.skip("not ASCII: see OUTSIDE_ASCII")

    @settings(max_examples=20, deadline=None, database=None)
    @given(st.from_regex(re.compile(branch, flags & ~re.UNICODE | re.ASCII), fullmatch=True))
    def check(text: str) -> None:
        assert gated(text.replace("\n", " ")), text

    check()


@pytest.mark.parametrize(
    "literal", [each for each in vocabulary.MAIL_CLASS._literals if "." in each or "smtp" in each or "mail" in each]
)
def test_every_class_of_mail_holds_a_gate(literal: str) -> None:
    assert gated(f"{literal}.Some" if "." in literal else f"{literal}Exception")


@pytest.mark.parametrize("literal", vocabulary.MAIL_PLACE._literals)
def test_every_place_of_mail_holds_a_gate(literal: str) -> None:
    assert gated(literal)


def test_chatter_is_not_read() -> None:
    data = ("\n".join(chatter(20_000, 8)) + "\n").encode()
    read = [line for line in scan.select(blocks([data], Problems())) if line is not None]
    assert not read


def test_an_edge_between_blocks_does_not_cut_an_event_in_two() -> None:
    trace = [
        "2026-11-24 03:20:00.000 ERROR [a] c.h.Mail - Could not send mail",
        "javax.mail.MessagingException: no",
        *(f"\tat a.b.C{n}.call(C{n}.java:{n})" for n in range(700)),
        "Caused by: java.net.ConnectException: Connection refused",
        "\tat java.net.Socket.connect(Socket.java:1)",
    ]
    data = ("\n".join([*chatter(50, 1), *trace, *chatter(50, 2)]) + "\n").encode()
    whole = fast(data)
    assert len(whole) == 1
    caused = data.index(b"Caused by")
    for edge in range(caused - 3000, caused + 30, 97):
        assert list(LogReader(SOURCE).events([data[:edge], data[edge:]])) == whole, edge


def test_the_key_message_of_json_logs_is_no_gate() -> None:
    line = b'{"@timestamp":"2026-11-24T03:46:16.701Z","message":"queue failed","level":"INFO"}\n'
    assert hot_lines(line, python_finder()) == set()
    said = b'{"@timestamp":"2026-11-24T03:46:16.701Z","message":"failed to post message","level":"INFO"}\n'
    assert hot_lines(said, python_finder()) == {0}


@pytest.mark.parametrize("pattern", [*PATTERNS, *WEAK, *DIGITS, *CODES], ids=lambda p: repr(p.text)[:30])
def test_hints_of_a_pattern_are_in_all_that_it_finds(pattern: Pattern) -> None:
    @settings(max_examples=50, deadline=None, database=None)
    @given(st.from_regex(re.compile(pattern.text), fullmatch=True))
    def check(found: bytes) -> None:
        assert any(hint in found for hint in pattern.hints)

    check()


def test_places_of_events_are_those_of_the_file() -> None:
    def places(data: bytes, before: int) -> list[tuple[int, int | None]]:
        return [((e.source.line or 0) - before, e.quote_line and e.quote_line - before) for e in fast(data)]

    text = "\n".join([*chatter(5000, 4), *LOGS[0].read_text().splitlines(), ""]).encode()
    assert places(text, 5000) == places(LOGS[0].read_bytes(), 0)


def test_a_small_log_does_without_compiled_patterns_and_a_large_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """To compile them takes as long as Python takes to look at `SOON` bytes, of however many logs."""
    asked: list[int] = []

    def compiled() -> Finder | None:
        asked.append(1)
        return python_finder()

    monkeypatch.setattr(finders, "_LEFT", [finders.SOON])
    monkeypatch.setattr(finders, "hyperscan_finder", compiled)
    small = LOGS[0].read_bytes()
    assert len(list(LogReader(SOURCE).events([small]))) > 0
    assert not asked
    several = finders.SOON // len(small) + 1
    for _ in range(several):
        list(LogReader(SOURCE).events([small]))
    assert 0 < len(asked) <= 2
    asked.clear()
    monkeypatch.setattr(finders, "_LEFT", [finders.SOON])
    list(LogReader(SOURCE).events([small * several]))
    assert asked
