"""The result as JSON, and the history as JSON. Times are ISO 8601 in UTC; a new field may come, none changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sestriage.watch.incidents import Cause, Change, Incident
from sestriage.watch.result import Summary

SCHEMA_VERSION = 1


def render(summary: Summary) -> str:
    """One JSON document for a run."""
    return _text(
        {
            "schema_version": SCHEMA_VERSION,
            "log": summary.log,
            "time": _time(summary.now),
            "readable": summary.unreadable is None,
            "changes": [{"change": str(change), **incident(one)} for change, one in summary.changes],
            "condition_changes": [
                {"change": str(c.change), "name": c.name, "text": c.text, "since": _time(c.since)}
                for c in summary.condition_changes
            ],
            "open_incidents": [incident(one) for one in summary.open],
            "conditions": [{"name": c.name, "stage": c.stage, "text": c.text} for c in summary.conditions],
            "notes": list(summary.notes),
        }
    )


def render_history(incidents: list[Incident], log: str) -> str:
    """The incidents as one JSON document."""
    return _text({"schema_version": SCHEMA_VERSION, "log": log, "incidents": [incident(one) for one in incidents]})


def incident(one: Incident) -> dict[str, object]:
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


def _first_fix(cause: Cause) -> dict[str, object] | None:
    if not cause.step:
        return None
    return {"text": cause.step, "command": cause.command, "argv": cause.argv, "risk": cause.risk}


def change_names() -> tuple[str, ...]:
    """The values of `change`."""
    return tuple(str(change) for change in Change)


def _text(data: object) -> str:
    return json.dumps(data, indent=2) + "\n"


def _time(seconds: float) -> str:
    return _iso(datetime.fromtimestamp(seconds, UTC))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
