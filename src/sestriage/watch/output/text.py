"""A short report for a mail or a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sestriage.model.command import argument, joined
from sestriage.times.spans import show_span
from sestriage.watch.conditions import ConditionChange
from sestriage.watch.incidents import UNCLASSIFIED, Change, Incident
from sestriage.watch.result import Summary

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HEADS = {
    Change.STARTED: "Alarm mail fails",
    Change.CHANGED: "Alarm mail still fails, for another reason",
    Change.REMINDED: "Reminder: alarm mail still fails",
    Change.ENDED: "Alarm mail works again",
    Change.PASSED: "Alarm mail failed for a time and works again",
}
_CONDITIONS = {
    Change.STARTED: "Warning",
    Change.CHANGED: "Warning, worse than before",
    Change.REMINDED: "Reminder",
    Change.ENDED: "No longer so",
    Change.PASSED: "No longer so",
}
_INDENT = " " * 10


def render(summary: Summary) -> str:
    """The report; an empty string when there is nothing to say."""
    parts = [_incident(change, incident, summary) for change, incident in summary.changes]
    parts.extend(_condition(change) for change in summary.condition_changes)
    parts.extend(f"Note: {note}\n" for note in summary.notes)
    return "\n".join(safe(part) for part in parts)


def lines(summary: Summary) -> list[str]:
    """One line for each thing that is new, for syslog."""
    found: list[str] = []
    for change, incident in summary.changes:
        tail = "" if change is Change.ENDED else f" [{incident.cause.rule}], {_times(incident.count)}"
        found.append(f"{_HEADS[change]}: incident {incident.number}: {incident.cause.title}{tail}")
    found.extend(f"{_CONDITIONS[c.change]}: {c.text}" for c in summary.condition_changes)
    return [safe(line).replace("\n", " ") for line in found]


def show_time(at: datetime) -> str:
    """A time in the machine's zone, with its offset."""
    try:
        return at.astimezone().isoformat(" ", "seconds")
    except (OverflowError, ValueError, OSError):
        return at.isoformat(" ", "seconds")


def safe(text: str) -> str:
    """Without anything that could act on a terminal or turn the reading order."""
    return _CONTROL.sub("\ufffd", text)


def _incident(change: Change, incident: Incident, summary: Summary) -> str:
    cause = incident.cause
    of = f" (action {incident.scope!r})" if incident.scope else ""
    over = change in (Change.ENDED, Change.PASSED)
    out = [f"{_HEADS[change]}{of}. The cause was: {cause.title}" if over else f"{_HEADS[change]}{of}: {cause.title}"]
    read = "" if incident.timed else ", by the time of reading (the log has no full times)"
    out.append(_row("since", f"{show_time(incident.started)}{read}"))
    if over and incident.ended is not None:
        lasted = show_span((incident.ended - incident.started).total_seconds())
        out.append(_row("until", f"{show_time(incident.ended)}, after {lasted}: accepted, {incident.resolution}"))
    out.append(_row("failed", f"{_times(incident.count)}, last at {show_time(incident.last)}{_several(incident)}"))
    out.append(_row("log", f"{cause.place}: {cause.quote}"))
    if not over:
        out.append(_row("sure", f"{cause.confidence}; stopped in the {cause.phase} phase"))
        if cause.step:
            out.append(_row("do", cause.step))
        if cause.command:
            out.append(_row("", cause.command))
        if cause.step and cause.risk:
            out.append(_row("risk", cause.risk))
        if cause.rule == UNCLASSIFIED:
            out.append(_row("read", str(joined("sestriage triage ", argument("path", summary.log, "LOG_FILE")))))
        else:
            out.append(_row("read", f"sestriage explain {cause.rule}"))
    elif change is Change.PASSED and cause.rule != UNCLASSIFIED:
        out.append(_row("read", f"sestriage explain {cause.rule}"))
    out.append(_row("number", f"{incident.number} in sestriage history"))
    return "\n".join(out) + "\n"


def _row(name: str, text: str) -> str:
    body = text.strip().replace("\n", "\n" + _INDENT)
    return f"  {name:<8}{body}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _several(incident: Incident) -> str:
    if len(incident.causes) < 2:
        return ""
    return " (" + ", ".join(f"{rule}: {count}" for rule, count in incident.causes) + ")"


def _condition(change: ConditionChange) -> str:
    since = show_time(datetime.fromtimestamp(change.since, UTC))
    tail = f" (since {since})" if change.change in (Change.REMINDED, Change.ENDED) else ""
    return f"{_CONDITIONS[change.change]}: {change.text}{tail}\n"
