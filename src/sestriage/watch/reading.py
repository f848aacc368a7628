"""New bytes to finished attempts. Imported only when there are new bytes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from itertools import islice

from sestriage.formats.guard import Guard
from sestriage.formats.log import LogReader
from sestriage.model.fault import Fault
from sestriage.model.log import LogEvent
from sestriage.model.message import Message, cut, together
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Attempt, Outcome
from sestriage.redact import strip_secrets_of
from sestriage.times.named import parse_since
from sestriage.times.zone import find_zone, parse_zone, place_times
from sestriage.watch import pending
from sestriage.watch.cursor import Cursor, Segment, holds, place, plan, settled
from sestriage.watch.incidents import UNCLASSIFIED, Cause, Seen
from sestriage.watch.judge import Judge, Judged
from sestriage.watch.news import News
from sestriage.watch.rotation import ATTEMPTS, Changed, LogUnreadable, OpenLog, close, open_family, open_member
from sestriage.watch.settings import WatchSettings
from sestriage.watch.tail import NewBytes, end_of_reading, patience, read_events

TAIL = 1 << 13
RESULTS = ("failure", "success")
MAX_QUOTE = 200
BATCH = 900
"""Events that are judged at a time, with those that are carried: fewer than the attempts that the engine judges of one
input (`engine.attempts.MAX_ATTEMPTS`; it leaves out older ones), since every attempt has an event of its own."""


def read_news(
    settings: WatchSettings, cursor: Cursor | None, carried: str, mail_before: bool, judge: Judge, now: float
) -> News:
    """Everything that came since the last run. Raises LogUnreadable."""
    for _ in range(ATTEMPTS):
        family = _family(settings.log, cursor)
        try:
            return _read(settings, family, cursor, carried, mail_before, judge, now)
        except Changed:
            continue
        finally:
            close(family)
    raise LogUnreadable(Message("the log {file} is cut while it is read, again and again", file=settings.log))


def _family(log: str, cursor: Cursor | None) -> list[OpenLog]:
    """The log alone if it still holds the place where reading stopped, since the rotated files are older; else all
    files."""
    if cursor is not None and cursor.offset:
        live = open_member(log)
        if holds(live, cursor):
            return [live]
        live.close()
    return open_family(log)


def _read(
    settings: WatchSettings,
    family: list[OpenLog],
    cursor: Cursor | None,
    carried: str,
    mail_before: bool,
    judge: Judge,
    now: float,
) -> News:
    live = family[-1]
    since = parse_since(settings.since, now) if cursor is None else None
    todo = plan(family, cursor, since if since is not None else 0.0)
    segments = _jump(todo.segments, since, settings)
    whole = settled(os.fstat(live.handle), cursor, patience(live, settings.grace), now)
    end = Segment(live, live.size, 0) if whole else end_of_reading(segments)
    stream = NewBytes(segments, end)
    told = _Told(judge, pending.load(carried), mail_before)
    placer = _Times(settings, live)
    first = True
    for fresh in batched(read_events(stream, SourceRef(settings.log), told.faults.append), BATCH):
        new = placer.timed(fresh, told.old[-1].when if told.old else None)
        if since is not None:
            new = _since(new, since)
        elif todo.again:
            new = _later(new, told.carried)
        goes_on = first and stream.goes_on
        told.add(_gone_on(new, told.old, segments[0].line + 1) if goes_on else new, segments[0].line + 1, goes_on)
        first = False
    after = place(family, stream.end(), not whole, cursor, now)
    if not all(member.intact() for member in family):
        raise Changed
    return News(
        attempts=_sorted(told.attempts),
        cursor=after,
        carry=pending.dump(strip_secrets_of(tuple(told.old))) if not told.faults else "",  # not to meet the fault again
        bytes_read=stream.bytes_read,
        files=tuple(segment.member.path for segment in segments),
        mail_seen=told.mail_seen,
        lost=todo.lost,
        faults=tuple(dict.fromkeys(together(settings.log, fault.sentence, between=": ") for fault in told.faults)),
        unsure=told.unsure,
    )


def batched(events: Iterator[LogEvent], size: int) -> Iterator[list[LogEvent]]:
    """The events in lists of a size, and the last ones; one empty list where there is no event."""
    batch = list(islice(events, size))
    yield batch
    while batch and (batch := list(islice(events, size))):
        yield batch


class _Told:
    """What the events tell, batch by batch. Between two batches only that is kept which a later run would need, too:
    so that memory does not grow with the log."""

    def __init__(self, judge: Judge, carried: Sequence[LogEvent], mail_before: bool) -> None:
        self._judge = judge
        self.carried = carried
        self.old: Sequence[LogEvent] = carried
        self.mail_seen = mail_before
        self.attempts: list[Seen] = []
        self.unsure: str | None = None
        self.faults: list[Fault] = []

    def add(self, new: Sequence[LogEvent], line: int, goes_on: bool) -> None:
        """The next events. `goes_on`: the first of them, in that line, may continue the last one of those before."""
        old = self.old
        kept = [*old, *_about_mail(new, old, self.mail_seen)]
        rest = _rest(new, old, line) if goes_on else None
        judged: Sequence[Judged] = ()
        with Guard(self.faults.append):
            judged = self._judge(kept) if len(kept) > len(old) else ()
            self.attempts += _thrifty(_attempts(judged, frozenset(old), rest))
        self.old = pending.worth_keeping(kept)
        self.mail_seen = self.mail_seen or any(event.mail for event in new)
        self.unsure = _unsure(new, judged) or self.unsure


def _thrifty(attempts: Sequence[Seen]) -> list[Seen]:
    """The attempts, where only the last failure before a success keeps its place and quote: an incident shows no other.

    Of the others only the rule counts: those of one incident with one rule become one, where the first of them was.
    """
    last: set[int] = set()
    later: set[str] = set()
    for index in range(len(attempts) - 1, -1, -1):
        seen = attempts[index]
        if seen.cause is None:
            later.clear()
        elif not seen.repeat and seen.scope not in later:
            later.add(seen.scope)
            last.add(index)
    found: list[Seen] = []
    alike: dict[tuple[str, str], int] = {}
    for index, seen in enumerate(attempts):
        if seen.cause is None:
            alike.clear()
        if seen.cause is None or seen.repeat or index in last:
            found.append(seen)
            continue
        key = (seen.scope, seen.cause.rule)
        if key in alike:
            first = found[alike[key]]
            found[alike[key]] = replace(first, times=first.times + 1)
        else:
            alike[key] = len(found)
            found.append(replace(seen, cause=replace(seen.cause, place="", quote=""), place=""))
    return found


def _jump(segments: Sequence[Segment], since: float | None, settings: WatchSettings) -> tuple[Segment, ...]:
    """On the first run: begin in a large plain file where the time begins that counts."""
    if since is None:
        return tuple(segments)
    from sestriage.watch.first_run import first_since

    jumped: list[Segment] = []
    for segment in segments:
        start = (
            segment.start
            if segment.start or segment.member.compressed
            else first_since(segment.member, since, settings.tz)
        )
        line = 0
        if start:
            line = sum(chunk.count(b"\n") for chunk in segment.member.chunks(0, start))
        jumped.append(Segment(segment.member, start, line))
    return tuple(jumped)


class _Times:
    """Gives events times that carry a zone."""

    def __init__(self, settings: WatchSettings, live: OpenLog) -> None:
        self._settings = settings
        self._live = live
        self._zone: tzinfo | None = None

    def timed(self, events: Sequence[LogEvent], before: datetime | None) -> list[LogEvent]:
        """`before`: the time of the event before them, if that is known."""
        if all(event.when is None or event.when.tzinfo is not None for event in events):
            return list(events)
        if self._zone is None:
            self._zone = parse_zone(self._settings.tz) or find_zone(_last_times(self._live), self._live.mtime)
        _, *times = place_times([before, *(event.when for event in events)], self._zone)
        return [event.with_times(partial(_given, time)) for event, time in zip(events, times, strict=True)]


def _given(time: datetime | None, _: datetime) -> datetime | None:
    return time


def _last_times(live: OpenLog) -> list[datetime]:
    """Times without zone in the last lines of the log."""
    tail = b"".join(live.chunks(max(0, live.size - TAIL)))
    reference = datetime.fromtimestamp(live.mtime, UTC)
    times: list[datetime] = []
    with Guard(lambda fault: None):  # it is told when the lines are read
        events = LogReader(SourceRef("-"), reference=reference, keep_all=True, as_written=True).events(
            [tail[tail.find(b"\n") + 1 :]]
        )
        times += [event.time for event in events if event.time is not None and event.time.tzinfo is None]
    return times


def _since(events: Sequence[LogEvent], since: float) -> list[LogEvent]:
    """The events from a moment on; one without a time goes with the line before it, else with the event before it."""
    kept: list[LogEvent] = []
    inside = True
    for event in events:
        if event.when is not None:
            inside = event.when.timestamp() >= since
        if inside:
            kept.append(event)
    return kept


def _later(events: Sequence[LogEvent], old: Sequence[LogEvent]) -> list[LogEvent]:
    """The events that are later than all of the `old` ones, which were told; all where times are missing."""
    times = [event.when.timestamp() for event in old if event.when is not None]
    return _since(events, max(times) + 0.001) if times else list(events)


def _about_mail(new: Sequence[LogEvent], old: Sequence[LogEvent], mail_before: bool) -> list[LogEvent]:
    """Without the trouble of other actions, once the log is known to tell of mail.

    The engine judges that by what it is given; here it is given only what is new.
    """
    if not mail_before or any(event.mail for event in (*old, *new)):
        return list(new)
    return []


def _rest(new: Sequence[LogEvent], old: Sequence[LogEvent], line: int) -> LogEvent | None:
    """The failure that continues in the first new line, when its first lines were judged in an earlier run because they
    had been there too long.

    Its trace tells the cause of that failure; it is not another failure. In a log without times that is not certain.
    """
    told = [event for event in old if event.perhaps != "named"]
    if not new or not told or new[0].source.line != line or new[0].time is not None:
        return None
    return new[0] if told[-1].outcome == "failure" and told[-1].time is not None else None


def _gone_on(new: list[LogEvent], old: Sequence[LogEvent], line: int) -> list[LogEvent]:
    """A trace that continues, from the first new line, a line of an action of unknown kind belongs to that action."""
    if not new or new[0].source.line != line or new[0].time is not None:
        return new
    begun = next((event for event in reversed(old) if event.perhaps != "named"), None)
    if begun is None or begun.perhaps != "failure":
        return new
    return [replace(new[0], time=begun.time, thread=begun.thread, action=begun.action), *new[1:]]


def _unsure(new: Sequence[LogEvent], judged: Sequence[Judged]) -> str | None:
    counted = {event.source for one in judged for event in one.attempt.events}
    found = [event for event in new if event.perhaps == "success" and event.source not in counted]
    return str(found[-1].source) if found else None


def _attempts(judged: Sequence[Judged], old: frozenset[LogEvent], rest: LogEvent | None) -> tuple[Seen, ...]:
    """Finished attempts with something new, in the order in which they ended."""
    found: list[Seen] = []
    for one in judged:
        attempt = one.attempt
        if attempt.outcome is Outcome.UNDETERMINED or all(event in old for event in attempt.events):
            continue
        index = next((i for i in range(len(attempt.events) - 1, -1, -1) if attempt.events[i].outcome in RESULTS), None)
        if index is None:
            continue
        results = [e for e in attempt.events if e.outcome in RESULTS]
        found.append(
            Seen(
                at=_aware(attempt.ended),
                cause=_cause(one, index) if attempt.outcome is Outcome.FAILED else None,
                action=next((e.action for e in one.shown.events if e.action is not None), None),
                place=str(one.shown.events[index].source),
                repeat=any(e in old for e in results) or results == [rest],
            )
        )
    return _sorted(found)


def _sorted(found: Iterable[Seen]) -> tuple[Seen, ...]:
    far = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(found, key=lambda seen: seen.at or far))


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def _cause(one: Judged, index: int) -> Cause:
    shown: Attempt = one.shown
    finding = shown.finding
    event = shown.events[index]
    source = event.source
    place = str(source.at_line(event.quote_line) if event.quote_line is not None else source)
    quote = cut(event.quote, MAX_QUOTE)
    if finding is None:
        why = event.root_exception or Message("no cause in the log")
        title = Message("Alarm mail failed: {why}", why=why)
        return Cause(UNCLASSIFIED, title, str(shown.phase or "unknown"), "error", "suspected", None, None, place, quote)
    step = finding.fixes[0] if finding.fixes else None
    return Cause(
        rule=finding.rule,
        title=finding.title,
        phase=str(finding.phase or "unknown"),
        severity=finding.severity,
        confidence=str(finding.confidence),
        step=step.text if step else None,
        command=str(step.command) if step and step.command else None,
        place=place,
        quote=quote,
        risk=step.risk if step else None,
        argv=step.command.argv if step and step.command else None,
    )
