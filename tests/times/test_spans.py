"""Spans of time as a user writes and reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.times.spans import parse_span, show_span, write_span


@given(st.integers(1, 10**8))
def test_spans_are_read_as_written(seconds: int) -> None:
    assert parse_span(write_span(float(seconds))) == seconds


def test_spans() -> None:
    assert [parse_span(t) for t in ("90", "90s", "1h30m", "7d", "2w", "1.5h")] == [90, 90, 5400, 604800, 1209600, 5400]
    assert [show_span(s) for s in (0, 59, 60, 3599, 3600, 100_000)] == [
        *("0 s", "59 s", "1 min", "59 min 59 s", "1 h", "1 d 3 h")
    ]
    for bad in ("", "x", "-5s", "5 parsecs", "1h-"):
        with pytest.raises(ValueError, match="no span"):
            parse_span(bad)
