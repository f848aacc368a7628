"""Lines that a container runtime split: what stands in one part of them is read with the others."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from formats.log.helpers import SOURCE
from sestriage.formats.log import LogReader
from sestriage.formats.log.lines import scan
from sestriage.formats.log.lines.physical import blocks
from sestriage.formats.log.lines.split_lines import is_part
from sestriage.formats.log.problems import Problems

FRAMES = "".join(f"\tat com.example.deep.Proxy{n}.invoke(Proxy{n}.java:{n})\n" for n in range(1100))
REPLY = "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
WRAPPER = "java.lang.RuntimeException: wrapper\n"
SOME = FRAMES[: FRAMES.index("\n", 30_000) + 1]
TRACES = {
    "first": REPLY + FRAMES,
    "last": WRAPPER + FRAMES + "Caused by: " + REPLY,
    "middle": WRAPPER + SOME + "Caused by: " + REPLY + SOME,
}
RECORD = {
    "@timestamp": "2026-03-29T10:00:00.123Z",
    "message": "Action 'Mail to SOC' failed",
    "level": "ERROR",
    "logger_name": "c.example.Action",
    "thread_name": "action-1",
}


def docker(text: str, size: int) -> bytes:
    line = text + "\n"
    parts = [line[at : at + size] for at in range(0, len(line), size)]
    time = "2026-03-29T10:00:00.123456789Z"
    return b"".join(json.dumps({"log": part, "stream": "stdout", "time": time}).encode() + b"\n" for part in parts)


def cri(text: str, size: int) -> bytes:
    parts = [text[at : at + size] for at in range(0, len(text), size)]
    flags = ["P"] * (len(parts) - 1) + ["F"]
    stamp = "2026-03-29T10:00:00.123456789Z stdout"
    return b"".join(f"{stamp} {flag} {part}\n".encode() for flag, part in zip(flags, parts, strict=True))


def log(split: Callable[[str, int], bytes], trace: str, size: int, before: int) -> bytes:
    def chatter(count: int) -> bytes:
        lines = (f"2026-03-29 10:00:00.{n % 1000:03d} INFO [p] c.P - poll {n}" for n in range(count))
        return b"".join(split(line, size) for line in lines)

    record = json.dumps({**RECORD, "stack_trace": TRACES[trace]})
    return chatter(before) + split(record, size) + chatter(400)


@pytest.mark.parametrize("block", [1 << 20, 1 << 16, 30_000, 9000])
@pytest.mark.parametrize("size", [1 << 13, 1 << 14])
@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("split", [docker, cri])
def test_a_split_record_is_one_event(
    split: Callable[[str, int], bytes], trace: str, size: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sestriage.formats.log.lines.physical.BLOCK_BYTES", block)
    (event,) = LogReader(SOURCE).events([log(split, trace, size, 400)])
    assert event.source.line == 401
    assert event.thread == "action-1"
    assert event.time is not None
    assert event.time.microsecond == 123_000
    assert event.message == "Action 'Mail to SOC' failed"
    assert "failed\njava" in event.text


def test_parts_without_end_are_not_read_to_the_end() -> None:
    part = cri("x" * (1 << 14) + "y", 1 << 14).splitlines(keepends=True)[0]
    hot = b"2026-03-29T10:00:00.123456789Z stdout P 535 Authentication\n"
    data = part * 200 + hot + part * 200
    assert 20 < sum(1 for line in scan.select(blocks([data], Problems())) if line is not None) < 120


@pytest.mark.parametrize(
    ("line", "part"),
    [
        (b'{"log":"x\\n","stream":"stdout","time":"t"}', False),
        (b'{"log":"x\\r\\n","stream":"stdout","attrs":{"tag":"a"},"time":"t"}', False),
        (b'{"log": "x\\\\\\n", "stream": "stdout"}', False),
        (b'{"log":"x","stream":"stdout","time":"t"}', True),
        (b'{"log":"x\\\\n","stream":"stdout","time":"t"}', True),
        (b'{"log":"say \\"x\\n\\", ","stream":"stdout","time":"t"}', True),
        (b'> {"log":"x","stream":"stdout","time":"t"}', True),
        (b"2026-03-29T10:00:00.123456789+02:00 stderr P x", True),
        (b"2026-03-29T10:00:00.123456789Z stdout F x", False),
        (b"2026-03-29 10:00:00.123 INFO stdout P x", False),
        (b"\tat x", False),
    ],
)
def test_what_is_a_part(line: bytes, part: bool) -> None:
    assert is_part(b"other\n" + line + b"\n", 6, 7 + len(line)) is part
