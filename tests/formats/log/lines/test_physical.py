"""Cutting bytes to blocks and numbering their lines: the same lines however the bytes come in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.formats.log.lines import physical
from sestriage.formats.log.lines.physical import Block, blocks, numbered
from sestriage.formats.log.lines.scan import every_line
from sestriage.formats.log.problems import Problems

NUL_NOTE = "NUL bytes"
LONG_NOTE = "is longer than"


@pytest.fixture(autouse=True)
def small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(physical, "BLOCK_BYTES", 64)
    monkeypatch.setattr(physical, "MAX_LINE_BYTES", 1 << 10)


def in_chunks(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([b"a", b"\n", b"\n", b"bc " * 9, b"\0", b"x" * 70]), max_size=60), st.integers(1, 200))
def test_lines_and_numbers_do_not_depend_on_the_chunks(pieces: list[bytes], size: int) -> None:
    data = b"x" + b"".join(pieces)
    if physical.wide_encoding(data)[0] is not None:
        return
    expected = [(number, line) for number, line in enumerate(data.replace(b"\0", b"").split(b"\n"), start=1) if line]
    given_out = [
        (line.number, line.data.rstrip(b"\n")) for line in every_line(blocks(in_chunks(data, size), Problems()))
    ]
    assert [(number, line) for number, line in given_out if line] == expected


def test_numbers_go_on_from_the_first_line() -> None:
    found = list(numbered(blocks(in_chunks(b"one\ntwo\nthree\n" * 50, 33), Problems(), 101)))
    assert found[0].first_line == 101
    assert sum(block.count() for block in found) == 150
    for block, after in pairwise(found):
        assert after.first_line == block.first_line + block.data.count(b"\n", block.start, block.end)


@pytest.mark.parametrize("counted", [True, False], ids=["counted by the reader", "not counted"])
@pytest.mark.parametrize("size", [7, 64, 5000])
def test_problems_are_at_their_lines(size: int, counted: bool) -> None:
    data = b"short\n" * 300 + b"with \0 in it\n" + b"short\n" * 41 + b"long" * 1000 + b"\nend\n"
    problems = Problems()
    for block in blocks(in_chunks(data, size), problems):
        if counted:
            block.count()
    lines = {next(note for note in (NUL_NOTE, LONG_NOTE) if note in text): line for line, text in problems.listed()}
    assert lines == {NUL_NOTE: 301, LONG_NOTE: 343}


def test_large_chunks_are_not_copied() -> None:
    data = b"0123456\n" * 100
    found = list(blocks([data], Problems()))
    assert all(block.data is data for block in found if block.end - block.start > 8)


def test_blocks_that_nobody_counts_are_not_kept() -> None:
    class Watched(Block):
        alive = 0

        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)  # type: ignore[arg-type]
            Watched.alive += 1

        def __del__(self) -> None:
            Watched.alive -= 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(physical, "Block", Watched)
        most = 0
        for _ in blocks((b"0123456\n" * 8 for _ in range(2000)), Problems()):
            most = max(most, Watched.alive)
    assert most <= physical._Passed.MOST + 3


def test_problems_are_told_in_the_order_of_the_lines() -> None:
    """Blocks are cut ahead of the lines that are decoded, how far ahead is left to chance."""
    problems = Problems()
    for line, sentence in ((700, "too long"), (30, "not UTF-8"), (800, "too long"), (None, "nowhere")):
        problems.add(sentence, line)
    assert problems.listed() == [(None, "nowhere"), (30, "not UTF-8"), (700, "too long (2 places)")]
