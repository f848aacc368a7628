"""Events that a later run needs again, as text: the result of an attempt may follow its start in the next run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sestriage.model.log import LogEvent, SmtpReply, Throwable
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef

MOST_EVENTS: Final = 16
LONGEST: Final = timedelta(minutes=15)
"""A result this long after the start still belongs to it (as in the engine)."""
MAX_TEXT: Final = 4000
"""Characters kept of long texts: enough to tell whether two events report one trouble."""


def worth_keeping(events: Sequence[LogEvent]) -> tuple[LogEvent, ...]:
    """The newest events whose attempt may continue, and the events that show which actions are mail actions.

    What may be about mail displaces nothing that is.
    """
    counted = [event for event in events if event.mail and event.outcome != "other"][-MOST_EVENTS:]
    unsure = [event for event in events if _may_count(event)][-MOST_EVENTS:]
    chosen = {id(event) for event in (*counted, *unsure)}
    recent = [event for event in events if id(event) in chosen]
    newest = next((event.time for event in reversed(recent) if event.time is not None), None)
    if newest is not None:
        recent = [event for event in recent if event.time is None or _within(event.time, newest)]
    return (*_named(events), *recent)


def _may_count(event: LogEvent) -> bool:
    return (event.outcome != "other" and not event.mail) or event.perhaps in ("success", "failure", "start")


def _named(events: Sequence[LogEvent]) -> tuple[LogEvent, ...]:
    """One event for each of the newest mail actions: it shows that the action of this name is one, and no more."""
    shown = {e.action: e for e in events if e.action is not None and (e.mail or e.perhaps == "named")}
    return tuple(
        replace(event, outcome="other", mail=False, perhaps="named", throwables=(), time=None, near=None)
        for event in list(shown.values())[-MOST_EVENTS:]
    )


def _within(time: datetime, newest: datetime) -> bool:
    return (time.tzinfo is None) != (newest.tzinfo is None) or newest - time <= LONGEST


def dump(events: Sequence[LogEvent]) -> str:
    """The events as JSON."""
    return json.dumps([_plain(_short(event)) for event in events])


def load(text: str) -> tuple[LogEvent, ...]:
    """The events of `dump`; none at all when another version wrote them."""
    try:
        return tuple(_event(item) for item in json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        return ()


def _short(event: LogEvent) -> LogEvent:
    return replace(
        event,
        message=event.message[:MAX_TEXT],
        text=event.text[:MAX_TEXT],
        throwables=tuple(replace(t, message=t.message[:MAX_TEXT], frames=()) for t in event.throwables[:8]),
    )


def _plain(event: LogEvent) -> dict[str, Any]:
    return {field.name: _value(getattr(event, field.name)) for field in fields(event)}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Phase):
        return value.value
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if isinstance(value, Throwable | SmtpReply | SourceRef):
        return {field.name: _value(getattr(value, field.name)) for field in fields(value)}
    return value


def _event(item: dict[str, Any]) -> LogEvent:
    values = dict(item)
    values["source"] = SourceRef(**item["source"])
    for name in ("time", "near", "not_after", "not_before"):
        values[name] = datetime.fromisoformat(item[name]) if item[name] is not None else None
    values["throwables"] = tuple(Throwable(**{**t, "frames": tuple(t["frames"])}) for t in item["throwables"])
    values["reply"] = SmtpReply(**item["reply"]) if item["reply"] is not None else None
    values["phase"] = Phase(item["phase"]) if item["phase"] is not None else None
    for name in ("phases", "answered"):
        values[name] = tuple(Phase(phase) for phase in item[name])
    values["exceptions"] = tuple(item["exceptions"])
    values["identities"] = tuple(item["identities"])
    return LogEvent(**values)
