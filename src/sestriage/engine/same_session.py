"""Log and capture of one session tell so by what the server said in it alone: SES ends its greeting with a word that
it made for the session, and many servers name a queue id in their replies. Equal marks join whatever the clocks say,
and greetings that differ part what one moment would join."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.engine.order import Timed
    from sestriage.model.capture import Stream

T = TypeVar("T")

_TOKEN = re.compile(r"(?<![\w.@-])(?=[A-Za-z]{0,64}\d)(?=\d{0,64}[A-Za-z])[A-Za-z0-9]{12,64}(?![\w.@])")
"""A word that was made for one session or mail; no part of a host's name or an address."""
_SES_GREETING = re.compile(r"220 \S{1,255} ESMTP SimpleEmailService\S{0,40} [A-Za-z0-9]{12,64}$")
"""SES ends its greeting with a word of the session, which need not hold a digit."""
_ACCEPTED = 250
APART = timedelta(minutes=10)
"""Clocks that are further apart are said to be."""
SECONDS = timedelta(seconds=30)
"""What lies so near together is taken for one attempt by whoever collects it."""
ZONES_APART = timedelta(hours=26)
"""More than any two zones lie apart: a log without zone may be off by less."""


class Joined(Protocol):
    """An attempt in the making: what the log tells of it, and its conversations."""

    events: list[Timed]
    streams: list[Stream]


def other_session(draft: Joined, stream: Stream) -> bool:
    """Both have a greeting that was made for one session, and not the same one."""
    logged, seen = _greetings(draft), _greeting_of(stream)
    return bool(logged) and seen is not None and seen not in logged


def join_by_marks(drafts: Sequence[Joined], streams: Sequence[Stream]) -> list[Stream]:
    """Give each conversation to the attempt that holds a mark of it; returns the others. A mark that several attempts,
    or several conversations, have joins nothing."""
    by_mark = _unique((mark, draft) for draft in drafts for mark in _marks(draft))
    homes = _unique((mark, stream) for stream in streams for mark in _marks_of(stream))
    left: list[Stream] = []
    for stream in streams:
        home = next((by_mark[mark] for mark in _marks_of(stream) if mark in by_mark and mark in homes), None)
        if home is None:
            left.append(stream)
        else:
            home.streams.append(stream)
    return left


def _unique(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    found: dict[str, list[T]] = {}
    for mark, owner in pairs:
        if not any(owner is other for other in found.setdefault(mark, [])):
            found[mark].append(owner)
    return {mark: owners[0] for mark, owners in found.items() if len(owners) == 1}


def _greetings(draft: Joined) -> tuple[str, ...]:
    said = (timed.event.greeting for timed in draft.events)
    return tuple(dict.fromkeys(line for line in said if line is not None and _of_one_session(line)))


def _greeting_of(stream: Stream) -> str | None:
    banner = stream.smtp.banner if stream.smtp is not None else None
    line = banner.strip() if banner is not None else ""
    return line if _of_one_session(line) else None


def _of_one_session(greeting: str) -> bool:
    return _TOKEN.search(greeting) is not None or _SES_GREETING.match(greeting) is not None


def _marks(draft: Joined) -> Iterator[str]:
    yield from _greetings(draft)
    for timed in draft.events:
        reply = timed.event.reply
        if reply is not None:
            yield from _of_reply(reply.code, reply.text)


def _marks_of(stream: Stream) -> Iterator[str]:
    greeting = _greeting_of(stream)
    if greeting is not None:
        yield greeting
    for reply in stream.smtp.replies if stream.smtp is not None else ():
        yield from _of_reply(reply.code, reply.text)


def _of_reply(code: int, text: str) -> Iterator[str]:
    """The id under which an accepted mail was queued. The text of a refusal may hold what every session of an account
    has: the id of a user, the name of a role."""
    if code == _ACCEPTED:
        yield from (match[0] for match in _TOKEN.finditer(text))


def apart(draft: Joined) -> timedelta | None:
    """How far the log's clock is ahead of the captures' (behind: less than zero), where both hold one session; None
    where they agree, or do not both tell."""
    marks = set(_marks(draft))
    ends = [stream.ended for stream in draft.streams if stream.ended is not None and marks & set(_marks_of(stream))]
    logged = next((timed.at for timed in reversed(draft.events) if timed.at is not None), None)
    if not ends or logged is None:
        return None
    ahead = logged - max(ends)
    times = [timed.event.when for timed in draft.events]
    naive = any(time is not None and time.tzinfo is None for time in times)
    return ahead if abs(ahead) > (ZONES_APART if naive else APART) else None


def parted_notes(drafts: Sequence[Joined]) -> tuple[str, ...]:
    """The newest attempt that the log tells of, and a conversation of the same seconds that is another session's."""
    logged = next((draft for draft in reversed(drafts) if draft.events), None)
    streams = [stream for draft in drafts if not draft.events for stream in draft.streams]
    other = next((stream for stream in streams if logged and _beside(logged, stream)), None)
    if logged is None or other is None:
        return ()
    return (
        Message(
            "{capture} is of another session than the one that the log tells of in the same seconds: the server greeted"
            " the two differently. Take the capture on the Manager itself, during the attempt.",
            capture=str(other.source),
        ),
    )


def _beside(draft: Joined, stream: Stream) -> bool:
    times = [timed.at for timed in draft.events if timed.at is not None]
    if not other_session(draft, stream) or not times or stream.started is None or stream.ended is None:
        return False
    return times[0] - SECONDS <= stream.ended and stream.started <= times[-1] + SECONDS


def clock_notes(draft: Joined) -> tuple[str, ...]:
    """That the two clocks do not agree, and on which ground this is known."""
    ahead = apart(draft)
    if ahead is None:
        return ()
    return (
        Message(
            "The log and {capture} hold one session (the server's words in both were made for that session), but their"
            " times lie {apart} apart: one of the two clocks is wrong (compare `date -u` on the Manager with another"
            " clock). Whether a certificate is in date is decided by the Manager's own clock.",
            capture=str(draft.streams[-1].source),
            apart=_words(abs(ahead)),
        ),
    )


def _words(span: timedelta) -> Message:
    days = round(span / timedelta(days=1))
    if days >= 2:
        return Message("{days} days", days=days)
    return Message("{minutes} minutes", minutes=round(span / timedelta(minutes=1)))
