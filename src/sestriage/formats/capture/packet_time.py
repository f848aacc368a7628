"""Packet times as calendar times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(nanoseconds: int) -> datetime | None:
    """Time since 1970 as an aware UTC time; None when no calendar has it."""
    try:
        return _EPOCH + timedelta(0, 0, nanoseconds // 1000)
    except OverflowError:
        return None
