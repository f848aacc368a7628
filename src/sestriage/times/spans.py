"""Spans of time as a user writes and reads them: `90s`, `24h`, `7d`, `off`."""

from __future__ import annotations

import re

from sestriage.model.message import Message

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s?(s|min|m|h|d|w)\s?")
NEVER = ("off", "never", "none")


def parse_span(text: str) -> float:
    """Seconds in `90s`, `1h30m`, `7d`, or a bare number of seconds.

    Raises ValueError with a sentence for a user.
    """
    plain = text.strip().lower()
    if re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", plain):
        return float(plain)
    parts = _PART.findall(plain)
    if not parts or _PART.sub("", plain):
        raise ValueError(Message("{value} is no span of time such as 90s, 15m, 24h or 7d", value=repr(text)))
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def parse_optional_span(text: str) -> float | None:
    """As `parse_span`; None for `off`."""
    return None if text.strip().lower() in NEVER else parse_span(text)


def write_span(seconds: float) -> str:
    """The span so that `parse_span` reads it: `400d`, `90s`."""
    for unit in ("d", "h", "min", "s"):
        count = seconds / _UNITS[unit]
        if count >= 1 and count.is_integer():
            return f"{count:.0f}{unit}"
    return f"{seconds:g}s"


def show_span(seconds: float) -> str:
    """The span in at most two units: `3 d 4 h`, `25 min`, `12 s`."""
    left = max(0, round(seconds))
    parts: list[str] = []
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {name}")
        if len(parts) == 2 or (parts and not count):
            break
    return " ".join(parts) or "0 s"
