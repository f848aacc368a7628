"""Which lines are worth reading: counted, so that the cost of a log follows what it tells."""

from __future__ import annotations

import pytest

from sestriage.formats.log import LogReader
from sestriage.formats.log.lines import scan
from sestriage.formats.log.lines.finder import python_finder
from sestriage.formats.log.lines.physical import Block, blocks
from sestriage.formats.log.lines.relevant_lines import Looker
from sestriage.formats.log.lines.weigh import Scale, Worth
from sestriage.formats.log.problems import Problems
from sestriage.model.source import SourceRef

FOREIGN = [
    f"[2026-03-02T04:00:{n:02d}.100+0000][info   ][gc,heap      ] GC({n}) Eden regions: {n}->0" for n in range(60)
]
RETRIED = "[2026-03-02T04:00:30.500+0000][warning][gc,alloc     ] smtp-sender-3: Retried waiting for GCLocker"


def hot(lines: list[str]) -> set[int]:
    data = ("\n".join(lines) + "\n").encode()
    return {data.count(b"\n", 0, at) for at in Looker(python_finder()).hot(Block(data))}


def test_the_name_of_the_protocol_alone_says_nothing() -> None:
    assert hot([*FOREIGN[:20], RETRIED, *FOREIGN[20:]]) == set()


@pytest.mark.parametrize("events_between", [0, 3, 6])
def test_it_counts_beside_an_exception(events_between: int) -> None:
    trouble = "[2026-03-02T04:00:30.501+0000][warning][gc,alloc     ] java.io.IOException: Broken pipe"
    lines = [*FOREIGN[:20], RETRIED, *FOREIGN[20 : 20 + events_between], trouble, *FOREIGN[30:]]
    assert hot(lines) == {20}


def test_an_exception_in_the_next_line_makes_it_count() -> None:
    assert hot([*FOREIGN[:20], RETRIED, "java.io.IOException: Broken pipe", *FOREIGN[30:]]) == {20}


def test_an_exception_of_a_later_event_does_not() -> None:
    assert hot([*FOREIGN[:10], RETRIED, *FOREIGN[10:30], "java.io.IOException: Broken pipe"]) == set()


def test_the_end_of_a_block_leaves_it_open_whether_an_exception_follows() -> None:
    data = ("\n".join([*FOREIGN, RETRIED]) + "\n").encode()
    assert Looker(python_finder()).hot(Block(data))
    assert not Looker(python_finder()).hot(Block(data), last=True)


def sent(count: int) -> list[str]:
    """A report of a sent mail after every ninth line of chatter."""
    lines = []
    for n in range(count):
        stamp = f"2026-03-02 04:{n // 60 % 60:02d}:{n % 60:02d}"
        lines += [f"{stamp}.{m}00 INFO [pool-{m}] c.h.rules.Evaluator - Evaluated {n} rules" for m in range(9)]
        lines.append(f"{stamp}.950 INFO [action-1] c.h.response.Runner - Email to desk{n}@corp.example was sent")
    return lines


@pytest.mark.parametrize("count", [100, 400])
def test_a_line_that_is_a_whole_event_is_read_alone(count: int) -> None:
    data = ("\n".join(sent(count)) + "\n").encode()
    given = [line for line in scan.select(blocks([data], Problems()), python_finder()) if line is not None]
    assert count <= len(given) <= count + 40  # the last ones may go on in what is not there
    assert [line.number for line in given if line.hot] == [10 * n for n in range(1, count + 1)]
    events = list(LogReader(SourceRef("x")).events([data]))
    assert [event.source.line for event in events] == [10 * n for n in range(1, count + 1)]


@pytest.mark.parametrize("count", [100, 1000])
def test_a_kind_of_line_is_weighed_once(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[bytes] = []
    weigh = Scale._weighed

    def counted(scale: Scale, line: bytes) -> Worth:
        weighed.append(line)
        return weigh(scale, line)

    monkeypatch.setattr(Scale, "_weighed", counted)
    lines = [
        f"2026-03-02 04:00:00,{n % 1000:03d} INFO [audit-1] AUDIT - user{n}@corp.example action=LOGIN result=SUCCESS"
        f" session={n * 2654435761 % (1 << 40):010x}"
        for n in range(1, count + 1)
    ]
    assert hot(lines) == set()
    assert 1 <= len(weighed) <= 8


def test_lines_of_a_block_are_numbered_in_any_order() -> None:
    data = b"a\n\nbb\nccc\nd"
    block = Block(data, 2, len(data))
    block.first_line = 7
    starts = [2, 3, 6, 10]
    assert [block.line_at(at) for at in starts] == [7, 8, 9, 10]
    assert [block.line_at(at) for at in reversed(starts)] == [10, 9, 8, 7]
