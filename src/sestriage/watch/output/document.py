"""The result as JSON, and the history as JSON. Times are ISO 8601 in UTC; a new field may come, none changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sestriage import __version__
from sestriage.watch.incidents import Cause, Change, Incident
from sestriage.watch.result import Summary

if TYPE_CHECKING:
    from sestriage.model.document import watch as shape


def render(summary: Summary, exit_status: int) -> str:
    """One JSON document for a run."""
    document: shape.Check = {
        "schema_version": 1,
        "version": __version__,
        "exit_status": exit_status,
        "log": summary.log,
        "time": _time(summary.now),
        "readable": summary.unreadable is None,
        "changes": [{"change": change.value, **incident(one)} for change, one in summary.changes],
        "condition_changes": [
            {"change": c.change.value, "name": c.name, "text": c.text, "since": _time(c.since)}
            for c in summary.condition_changes
        ],
        "open_incidents": [incident(one) for one in summary.open],
        "conditions": [{"name": c.name, "stage": c.stage, "text": c.text} for c in summary.conditions],
        "notes": list(summary.notes),
    }
    return _text(document)


def render_history(incidents: list[Incident], log: str) -> str:
    """The incidents as one JSON document."""
    document: shape.History = {
        "schema_version": 1,
        "version": __version__,
        "log": log,
        "incidents": [incident(one) for one in incidents],
    }
    return _text(document)


def incident(one: Incident) -> shape.Incident:
    """An incident as plain data."""
    cause = one.cause
    return {
        "number": one.number,
        "state": "open" if one.ended is None else "ended",
        "first_failure": _iso(one.started),
        "last_failure": _iso(one.last),
        "times_from_log": one.timed,
        "count": one.count,
        "scope": one.scope or None,
        "rule": cause.rule,
        "title": cause.title,
        "phase": cause.phase,
        "severity": cause.severity,
        "confidence": cause.confidence,
        "source": cause.place,
        "quote": cause.quote,
        "first_fix": _first_fix(cause),
        "causes": [{"rule": rule, "count": count} for rule, count in one.causes],
        "ended": _iso(one.ended) if one.ended is not None else None,
        "resolution": one.resolution,
    }


def _first_fix(cause: Cause) -> shape.FirstFix | None:
    if not cause.step:
        return None
    return {
        "text": cause.step,
        "command": cause.command,
        "argv": None if cause.argv is None else [list(stage) for stage in cause.argv],
        "risk": cause.risk,
    }


def change_names() -> tuple[str, ...]:
    """The values of `change`."""
    return tuple(str(change) for change in Change)


def _text(data: object) -> str:
    return json.dumps(data, indent=2) + "\n"


def _time(seconds: float) -> str:
    return _iso(datetime.fromtimestamp(seconds, UTC))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
