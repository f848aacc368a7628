"""The window of time that a user wants to see: what lies outside is as if it had not been handed in, and is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import partial

from sestriage.engine.clock import Alignment, to_utc
from sestriage.engine.duplicates import deduplicate
from sestriage.engine.order import with_known_zones
from sestriage.engine.reading.inputs import Inputs, LogFile, Portion
from sestriage.engine.shown import relevant_events, shown, with_the_rest
from sestriage.model.capture import Capture
from sestriage.model.log import LogEvent
from sestriage.model.message import Message
from sestriage.model.source import SourceRef
from sestriage.times.window import Window
from sestriage.times.zone import Local, instants

LISTED = 5
"""Files of which is told what was left out; more are counted."""

Aligner = Callable[[Sequence[LogFile]], Alignment | None]


def narrow(collected: Inputs, window: Window, aligned: Aligner) -> Inputs:
    """The logged events and the conversations in the window; everything else (stores, settings, …) as it is.

    Reading left out what is outside for certain; here the rest is decided. A log without zone is taken to be ahead of
    UTC by what `aligned` finds from the captures, else by what a wrapping shows, else as this machine is.
    """
    found_in = shown(collected)
    logs = deduplicate(with_known_zones(found_in.counted))
    alignment = aligned(logs)
    found = alignment if alignment is not None and alignment.found else None
    exact = _exact(window, found, logs)
    tally = _Tally(collected.portions)
    kept = with_the_rest(_Events(window, exact, found, tally).of(logs), found_in)
    return replace(
        collected,
        logs=kept if collected.logs else [],
        other_logs=collected.other_logs if collected.logs else kept,
        captures=[_capture(capture, exact, tally) for capture in collected.captures],
        portions=tally.portions,
        clock=found.text if found is not None else None,
    )


def _exact(window: Window, found: Alignment | None, logs: Sequence[LogFile]) -> Window:
    """The window with both ends in UTC; where the clock was changed in between, it is the wider one."""
    if window.zone is not None:
        return window
    known = [ahead for log in logs for ahead in (log.clock_ahead, *(e.clock_ahead for e in log.events)) if ahead]
    if found is not None:
        known = [found.offset, found.later if found.later is not None else found.offset]
    if not known:
        return window.in_zone(Local())
    begin, end = window.in_zone(timezone(max(known))), window.in_zone(timezone(min(known)))
    return Window(begin.since, end.until, timezone(known[0]))


class _Tally:
    """What was left out of each file, added to what reading left out."""

    def __init__(self, portions: Iterable[Portion]) -> None:
        self._portions = {(portion.kind, portion.source): portion for portion in portions}

    @property
    def portions(self) -> list[Portion]:
        """All of them, in the order of reading."""
        return list(self._portions.values())

    def cover(self, portion: Portion) -> None:
        """A file that has none yet."""
        self._portions.setdefault((portion.kind, portion.source), portion)

    def leave_out(self, kind: str, source: SourceRef, first: datetime | None, last: datetime | None) -> None:
        """One more event or conversation."""
        old = self._portions.get((kind, source)) or Portion(source, kind)
        self._portions[kind, source] = replace(
            old,
            left_out=old.left_out + 1,
            first_out=_edge((old.first_out, first), min),
            last_out=_edge((old.last_out, last), max),
        )


def _edge(times: Iterable[datetime | None], pick: Callable[..., datetime]) -> datetime | None:
    """The earliest or latest of some times; of times with and without zone, that of the first one's kind."""
    present = [time for time in times if time is not None]
    alike = [time for time in present if (time.tzinfo is None) == (present[0].tzinfo is None)]
    return pick(alike) if alike else None


class _Events:
    """Chooses the events of the window."""

    def __init__(self, window: Window, exact: Window, found: Alignment | None, tally: _Tally) -> None:
        self._window = window
        self._exact = exact
        self._found = found
        self._tally = tally
        self._count = 0

    def of(self, logs: Sequence[LogFile]) -> list[LogFile]:
        """The logs with their events in the window; times without zone get the one that was found."""
        return [
            replace(log, begins=self._zoned(log.begins, self._count), events=tuple(self._kept(log))) for log in logs
        ]

    def _kept(self, log: LogFile) -> Iterator[LogEvent]:
        inside = True
        for event in log.events:
            number, self._count = self._count, self._count + 1
            if event.when is not None:
                inside = self._holds(event.when, number)
            if not inside:
                self._tally.leave_out("log", log.source, event.when, event.when)
                continue
            yield event.with_times(partial(self._zoned, number=number))

    def _holds(self, time: datetime, number: int) -> bool:
        if time.tzinfo is not None:
            return self._exact.may_hold(time)
        # an end without zone was held against the log's own clock while that was read
        at = to_utc(time, self._found.at(number)) if self._found is not None else instants(time, Local())[0]
        since, until = self._window.since, self._window.until
        early = at is not None and since is not None and since.tzinfo is not None and at < since
        late = at is not None and until is not None and until.tzinfo is not None and at > until
        return not early and not late

    def _zoned(self, time: datetime | None, number: int) -> datetime | None:
        if time is None or time.tzinfo is not None or self._found is None:
            return time
        return time.replace(tzinfo=timezone(self._found.at(number)))


def _capture(capture: Capture, exact: Window, tally: _Tally) -> Capture:
    """Without the conversations and lookups that lie outside; one that reaches into the window stays whole."""
    source = capture.source
    tally.cover(Portion(source, "capture", covers_from=capture.started, covers_to=capture.ended))

    def inside(first: datetime | None, last: datetime | None) -> bool:
        if first is None or not (exact.after(first) or exact.before(last or first)):
            return True
        tally.leave_out("capture", source, first, last or first)
        return False

    return replace(
        capture,
        streams=tuple(stream for stream in capture.streams if inside(stream.started, stream.ended)),
        dns=tuple(lookup for lookup in capture.dns if inside(lookup.time, lookup.time)),
    )


# --- telling -----------------------------------------------------------------------------------------------------


def window_notes(collected: Inputs, window: Window | None) -> tuple[str, ...]:
    """What the window is, what lies outside of it, and, when nothing is left, what the evidence covers instead."""
    if window is None:
        return ()
    notes = [_extent(window)]
    if collected.clock is not None and collected.captures:
        notes.append(
            Message("The log has no time zone; its times fit the captures as {offset}.", offset=collected.clock)
        )
    nothing = _nothing_left(collected)
    if nothing:
        notes.append(Message("No mail attempt in that window."))
    told = [(portion, said) for portion in collected.portions if (said := list(_sentences(portion, nothing)))]
    notes += [sentence for _, said in told[:LISTED] for sentence in said]
    if len(told) > LISTED:
        notes.append(Message("Further files of which something was left out: {count}.", count=len(told) - LISTED))
    return tuple(notes)


def _extent(window: Window) -> str:
    since, until = (_shown(_in_zone(end, window)) for end in (window.since, window.until))
    if window.until is None:
        return Message("Only events from {since} onwards were used.", since=since)
    if window.since is None:
        return Message("Only events up to {until} were used.", until=until)
    return Message("Only events from {since} to {until} were used.", since=since, until=until)


def _nothing_left(collected: Inputs) -> bool:
    logged = any(log.events for log in relevant_events(collected))
    return not logged and not any(capture.streams or capture.dns for capture in collected.captures)


def _sentences(portion: Portion, nothing: bool) -> Iterator[str]:
    file = portion.source.file
    first, last = _shown(portion.covers_from), _shown(portion.covers_to)
    if portion.written is not None:
        yield Message("{file} was not read: it was last written to at {time}.", file=file, time=_shown(portion.written))
    elif portion.unread:
        yield Message(
            "{file} covers {first} to {last}; {unread} of {size} bytes were not read, because its times are in order"
            " ({probes} places were looked at).",
            file=file,
            first=first,
            last=last,
            unread=portion.unread,
            size=portion.size,
            probes=portion.probes,
        )
    elif portion.left_out:
        out = {"file": file, "first": _shown(portion.first_out), "last": _shown(portion.last_out)}
        if portion.kind == "capture":
            text = Message(
                "Left out of {file}: conversations and DNS lookups ({count}), from {first} to {last}.",
                count=portion.left_out,
                **out,
            )
        else:
            text = Message(
                "Left out of {file}: events about mail ({count}), from {first} to {last}.",
                count=portion.left_out,
                **out,
            )
        yield text
    elif nothing and portion.covers_from is not None:
        yield Message("{file} covers {first} to {last}.", file=file, first=first, last=last)
    if portion.timeless:
        yield Message(
            "Used of {file} although they carry no time: {count} events about mail.",
            file=file,
            count=portion.timeless,
        )


def _in_zone(time: datetime | None, window: Window) -> datetime | None:
    """In the user's zone, where he named one."""
    if time is None or time.tzinfo is None or window.zone is None or isinstance(window.zone, Local):
        return time
    try:
        return time.astimezone(window.zone)
    except OverflowError:
        return time


def _shown(time: datetime | None) -> str:
    """To the second; `Z` for UTC, the offset for other zones, neither where no zone is known."""
    if time is None:
        return "?"
    text = f"{time:%Y-%m-%d %H:%M:%S}"
    offset = time.utcoffset()
    return text if offset is None else text + ("Z" if offset == timedelta(0) else f"{time:%z}")
