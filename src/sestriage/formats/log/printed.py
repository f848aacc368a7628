"""What tells that a line goes on with the exception before it, also where that reaches the log in pieces: a header on
each line, or broken at colons and commas."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sestriage.formats.log.chain import is_trace_line
from sestriage.formats.log.header import LineHeader
from sestriage.formats.log.wording.classnames import HEAD

_PAUSE = timedelta(seconds=2)
"""A pause of the wrapping's clock after which a line without header is no continuation."""
_BROKEN_OFF = (":", ";", ",")


def was_wrapped(before: str, text: str) -> bool:
    """An exception's text that something broke at its colons and commas (ticket systems do) goes on in this line."""
    if is_trace_line(before):
        return False
    return before.rstrip().endswith((*_BROKEN_OFF, "nested")) or text.strip() in (
        "nested",
        "exception is:",
    )


_TRACE_SIGNS = ("at ", "...", "nested exc", "aused by:", ".java:")


def may_be_frame(text: str) -> bool:
    """Cheaply: a line with a header may hold a line of the trace before it."""
    return any(sign in text for sign in _TRACE_SIGNS)


def same_place(before: LineHeader, now: LineHeader) -> bool:
    """Level, logger and thread are the same."""
    return (before.level, before.logger, before.thread) == (now.level, now.logger, now.thread)


def one_moment(before: LineHeader, now: LineHeader) -> bool:
    """Two lines were written in one second, as far as their stamps tell."""
    if before.stamp is None or now.stamp is None:
        return before.stamp is now.stamp
    first, second = before.time, now.time
    if first is None or second is None:
        return before.stamp.clock is not None and before.stamp.clock == now.stamp.clock
    return (first.tzinfo is None) == (second.tzinfo is None) and abs(second - first) <= timedelta(seconds=1)


def opens_trace(text: str) -> bool:
    """Lines after it may be of a stack trace, or continue an exception's text."""
    return HEAD.match(text) is not None or is_trace_line(text) or names_exception(text)


def names_exception(text: str) -> bool:
    """The text quotes an exception, so that lines after it may continue its text."""
    return "Exception" in text or "Ausnahme" in text


def paused(before: datetime | None, now: datetime | None) -> bool:
    """The wrapping's clock says that time went by between two lines."""
    if before is None or now is None or (before.tzinfo is None) != (now.tzinfo is None):
        return False
    return now - before > _PAUSE


_OF_MAIL = re.compile(r"(?:[a-z]\w{0,30}\.){0,4}mail\.(?:[a-z]\w{0,30}\.){0,2}[A-Z]\w{1,60}(?<=Exception):")


def begins_another(first: str, before: str, text: str) -> bool:
    """An exception of a mail library behind one that has no header and no stack trace either: of another mail, where
    the line before it announces nothing (`grep Exception`)."""
    return (
        _OF_MAIL.match(text) is not None
        and _OF_MAIL.match(first) is not None
        and not before.rstrip().endswith((";", ":"))
    )
