"""Which logged events count as attempts to mail: those that show it, and those that others show to be of one.

A line names an action of unknown kind, or only a thread goes on: it counts when another line shows that this action is
a mail action (a mail exception in its attempt, `(EMAIL)`, a reply), or that the thread is in the middle of an attempt
to mail. All else is remarked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sestriage.engine.reading.inputs import Inputs, LogFile
from sestriage.model.log import LogEvent
from sestriage.model.vocabulary import MailNews, SuccessGrade

ONE_ATTEMPT = timedelta(minutes=15)
"""A line of a thread this long after the beginning of its attempt still belongs to it."""
RESULTS: tuple[MailNews, ...] = ("failure", "success")
NEWS: tuple[MailNews, ...] = ("failure", "success", "start")


@dataclass(frozen=True, slots=True)
class Shown:
    """The logs with the events that count, with those that may be of mail, and with trouble that is not shown to be of
    mail. `weak`: what counts does so only because the log is that of response management."""

    counted: list[LogFile]
    unsure: list[LogFile]
    trouble: list[LogFile]
    weak: bool = False

    @property
    def left_over(self) -> list[LogEvent]:
        """What may be of mail and does not count, in the order of the files."""
        return [event for log in self.unsure for event in log.events]


def relevant_events(collected: Inputs, *, any_log: bool = False) -> list[LogFile]:
    """The logs with the events that count."""
    return shown(collected, any_log=any_log).counted


def shown(collected: Inputs, *, any_log: bool = False) -> Shown:
    """The response-management log's events, else those of other logs, by what they show.

    Trouble with TLS that nothing shows to be of mail, and nothing to be of another service, counts where nothing else
    does, in a log that has response management's name (`any_log`: in any, for somebody asks about that very text).
    """
    logs = collected.logs or collected.other_logs
    names = _mail_actions(logs)
    sorted_logs = [_sorted(log.events, names) for log in logs]
    more = names | {e.action for counted, _ in sorted_logs for e in counted if e.action is not None}
    if more != names:
        sorted_logs = [_sorted(log.events, more) for log in logs]
    counted = [replace(log, events=tuple(events)) for log, (events, _) in zip(logs, sorted_logs, strict=True)]
    rest = [replace(log, events=tuple(events)) for log, (_, events) in zip(logs, sorted_logs, strict=True)]
    unsure = [_only(log, lambda event: event.outcome == "other" and event.perhaps in NEWS) for log in rest]
    trouble = [_only(log, lambda event: event.outcome == "failure" or event.perhaps == "foreign") for log in rest]
    if collected.logs and not any(event.outcome in RESULTS for log in counted for event in log.events):
        weak = [_only(log, lambda event: _may_be_mail(event, any_log)) for log in trouble if any_log or _by_name(log)]
        if any(log.events for log in weak):
            return Shown(_merged(counted, weak), unsure, trouble, weak=True)
    return Shown(counted, unsure, trouble)


_REFUSED_AS_SERVER = frozenset(("certificate_unknown", "unknown_ca", "bad_certificate", "certificate_expired"))
"""Alerts that a TLS server receives whose client does not trust it: no client's trouble, and so no mail's."""


def _may_be_mail(event: LogEvent, any_log: bool) -> bool:
    if event.outcome != "failure":
        return False
    as_server = event.alert in _REFUSED_AS_SERVER or "no cipher suites in common" in event.text
    return any_log or not as_server


def with_the_rest(logs: Sequence[LogFile], found: Shown) -> list[LogFile]:
    """Logs with events that count, and again with those that do not: nothing that may be remarked is lost."""
    return _merged(logs, found.unsure) if found.weak else _merged(_merged(logs, found.unsure), found.trouble)


def _by_name(log: LogFile) -> bool:
    from sestriage.ingest.roles import is_response_log  # judging an excerpt needs no files

    return is_response_log(log.source)


def _only(log: LogFile, wanted: Callable[[LogEvent], bool]) -> LogFile:
    return replace(log, events=tuple(event for event in log.events if wanted(event)))


def _merged(logs: Sequence[LogFile], weak: Sequence[LogFile]) -> list[LogFile]:
    more = {log.source: log.events for log in weak}
    return [replace(log, events=tuple(sorted((*log.events, *more.get(log.source, ())), key=_line))) for log in logs]


def _line(event: LogEvent) -> int:
    return event.source.line or 0


def _counts(event: LogEvent) -> bool:
    return event.mail and event.outcome != "other"


def _mail_actions(logs: Iterable[LogFile]) -> set[str]:
    """Names and numbers of the actions that an event shows to be mail actions by itself."""
    return {
        event.action
        for log in logs
        for event in log.events
        if event.action is not None and (_counts(event) or event.perhaps == "named")
    }


def _sorted(events: Sequence[LogEvent], names: set[str]) -> tuple[list[LogEvent], list[LogEvent]]:
    """The events that count, in their order, and the others."""
    beginnings = _begun_by_mail(events)
    counted: list[LogEvent] = []
    others: list[LogEvent] = []
    open_at: dict[str | None, LogEvent] = {}
    for number, event in enumerate(events):
        begun = open_at.get(event.thread)
        if _counts(event):
            counts = event
        elif (
            number in beginnings
            or (event.action is not None and event.action in names and event.perhaps != "foreign")
            or (begun is not None and _goes_on(begun, event))
        ):
            counts = _as_mail(event)
        else:
            others.append(event)
            continue
        if counts.outcome == "other":
            continue
        counted.append(counts)
        if counts.outcome == "start":
            open_at[counts.thread] = counts
        else:
            open_at.pop(counts.thread, None)
    return counted, others


def _as_mail(event: LogEvent) -> LogEvent:
    """The event as one of mail, which others show it to be."""
    if event.outcome != "other":
        return replace(event, mail=True)
    if event.perhaps is None or event.perhaps == "named" or event.perhaps == "foreign":
        return event
    grade: SuccessGrade | None = "likely" if event.perhaps == "success" else None
    return replace(event, outcome=event.perhaps, mail=True, perhaps=None, success_grade=grade)


def _goes_on(begun: LogEvent, event: LogEvent) -> bool:
    """An event of the thread in which an attempt to mail has begun tells of that attempt."""
    if event.perhaps not in RESULTS and event.outcome != "failure":
        return False
    return _one_action(begun, event) and _soon(begun, event)


def _one_action(one: LogEvent, other: LogEvent) -> bool:
    return one.action is None or other.action is None or one.action == other.action


def _soon(earlier: LogEvent, later: LogEvent) -> bool:
    first, last = earlier.when, later.when
    if first is None or last is None or (first.tzinfo is None) != (last.tzinfo is None):
        return True
    return _within(first, last)


def _within(first: datetime, last: datetime) -> bool:
    return timedelta(0) <= last - first <= ONE_ATTEMPT


def _begun_by_mail(events: Sequence[LogEvent]) -> set[int]:
    """Places of beginnings of unknown kind whose thread goes on with a result that shows mail."""
    found: set[int] = set()
    pending: dict[str | None, int] = {}
    for number, event in enumerate(events):
        if event.perhaps == "start":
            pending[event.thread] = number
            continue
        if event.outcome == "other" and event.perhaps not in NEWS:
            continue
        begun = pending.pop(event.thread, None)
        if begun is None or not _counts(event) or event.outcome == "start":
            continue
        if _one_action(events[begun], event) and _soon(events[begun], event):
            found.add(begun)
    return found
