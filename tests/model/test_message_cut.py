"""Cut texts keep what stood beside the cut until they are redacted."""

from __future__ import annotations

import pickle

import pytest

from sestriage.model.message import MARGIN, Cut, cut

TEXT = "".join(chr(0x61 + number % 26) for number in range(2000))


@pytest.mark.parametrize(("limit", "start"), [(10, 0), (600, 0), (10, 5), (300, 900), (1999, 0), (300, 1990)])
def test_it_is_as_long_as_asked_and_lies_between_its_margins(limit: int, start: int) -> None:
    shown = cut(TEXT, limit, start)
    assert isinstance(shown, Cut)
    assert len(shown) <= limit
    assert f"{shown.before}{shown.shown}{shown.after}" in TEXT
    assert len(shown.before) == min(start, MARGIN)
    assert shown == ("…" if start else "") + shown.shown + ("…" if shown.after else "")
    assert TEXT[start:].startswith(shown.shown)


def test_what_is_short_enough_stays_what_it_is() -> None:
    assert cut(TEXT, 2000) is TEXT
    once = cut(TEXT, 100, 50)
    assert cut(once, 100) is once


def test_a_text_that_is_cut_twice_keeps_both_margins() -> None:
    twice = cut(cut(TEXT, 600, 100), 200)
    assert isinstance(twice, Cut)
    assert f"{twice.before}{twice.shown}{twice.after}" in TEXT
    assert (len(twice.before), len(twice.after)) == (100, MARGIN)


def test_copies_are_whole() -> None:
    shown = cut(TEXT, 100, 50)
    copy = pickle.loads(pickle.dumps(shown))
    assert (copy, copy.before, copy.after) == (shown, shown.before, shown.after)  # type: ignore[attr-defined]
