"""A short report for a mail or a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sestriage.i18n import LANGUAGES, Say, speaker
from sestriage.model.command import argument, joined
from sestriage.model.message import Message, clock
from sestriage.times.spans import show_span
from sestriage.watch.conditions import ConditionChange
from sestriage.watch.incidents import UNCLASSIFIED, Change, Incident
from sestriage.watch.result import Summary

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HEADS = {
    Change.STARTED: Message("Alarm mail fails"),
    Change.CHANGED: Message("Alarm mail still fails, for another reason"),
    Change.REMINDED: Message("Reminder: alarm mail still fails"),
    Change.ENDED: Message("Alarm mail works again"),
    Change.PASSED: Message("Alarm mail failed for a time and works again"),
}
_CONDITIONS = {
    Change.STARTED: Message("Warning"),
    Change.CHANGED: Message("Warning, worse than before"),
    Change.REMINDED: Message("Reminder"),
    Change.ENDED: Message("No longer so"),
    Change.PASSED: Message("No longer so"),
}
_CONFIDENCES = {
    "confirmed": Message("confirmed"),
    "likely": Message("likely"),
    "suspected": Message("suspected"),
}
_PHASES = {
    "config": Message("config"),
    "dns": Message("dns"),
    "tcp": Message("tcp"),
    "greeting": Message("greeting"),
    "starttls": Message("ehlo or starttls"),
    "tls": Message("tls"),
    "certificate": Message("certificate"),
    "auth": Message("auth"),
    "mail": Message("mail"),
    "rcpt": Message("rcpt"),
    "data": Message("data"),
    "accepted": Message("accepted"),
    "delivery": Message("delivery"),
    "unknown": Message("unknown"),
}
_LABELS = {
    "since": Message("since"),
    "until": Message("until"),
    "failed": Message("failed"),
    "log": Message("log"),
    "sure": Message("sure"),
    "do": Message("do"),
    "": "",
    "risk": Message("risk"),
    "read": Message("read"),
    "number": Message("number"),
}


def render(summary: Summary, language: str = LANGUAGES[0]) -> str:
    """The report; an empty string when there is nothing to say."""
    say = speaker(language)
    parts = [_incident(change, incident, summary, say) for change, incident in summary.changes]
    parts.extend(_condition(change, say) for change in summary.condition_changes)
    parts.extend(say("Note: {note}", note=note) + "\n" for note in summary.notes)
    return "\n".join(safe(part) for part in parts)


def lines(summary: Summary, language: str = LANGUAGES[0]) -> list[str]:
    """One line for each thing that is new, for syslog."""
    say = speaker(language)
    found: list[str] = []
    for change, incident in summary.changes:
        tail = "" if change is Change.ENDED else f" [{incident.cause.rule}], {say(times(incident.count))}"
        head = say(
            "{what}: incident {number}: {title}",
            what=_HEADS[change],
            number=incident.number,
            title=incident.cause.title,
        )
        found.append(head + tail)
    found.extend(f"{say(_CONDITIONS[c.change])}: {c.text}" for c in summary.condition_changes)
    return [safe(line).replace("\n", " ") for line in found]


def show_time(at: datetime) -> str:
    """A time in the machine's zone, with its offset."""
    try:
        return clock(at.astimezone())
    except (OverflowError, ValueError, OSError):
        return clock(at)


def safe(text: str) -> str:
    """Without anything that could act on a terminal or turn the reading order."""
    return _CONTROL.sub("\ufffd", text)


def _incident(change: Change, incident: Incident, summary: Summary, say: Say) -> str:
    cause = incident.cause
    of = Message(" (action {name})", name=repr(incident.scope)) if incident.scope else ""
    told = {"what": _HEADS[change], "of": of, "title": cause.title}
    over = change in (Change.ENDED, Change.PASSED)
    head = Message("{what}{of}: {title}", **told)
    out = [say(Message("{what}{of}. The cause was: {title}", **told) if over else head)]
    read = "" if incident.timed else say(", by the time of reading (the log has no full times)")
    out.append(_row(say, "since", f"{show_time(incident.started)}{read}"))
    if over and incident.ended is not None:
        lasted = show_span((incident.ended - incident.started).total_seconds())
        ended = say(
            "{time}, after {span}: accepted, {place}",
            time=show_time(incident.ended),
            span=lasted,
            place=incident.resolution,
        )
        out.append(_row(say, "until", ended))
    last = say("{times}, last at {time}", times=times(incident.count), time=show_time(incident.last))
    out.append(_row(say, "failed", last + _several(incident)))
    out.append(_row(say, "log", f"{cause.place}: {cause.quote}"))
    if not over:
        sure = _CONFIDENCES.get(cause.confidence, cause.confidence)
        phase = _PHASES.get(cause.phase, cause.phase)
        out.append(_row(say, "sure", say("{sure}; stopped in the {phase} phase", sure=sure, phase=phase)))
        if cause.step:
            out.append(_row(say, "do", cause.step))
        if cause.command:
            out.append(_row(say, "", cause.command))
        if cause.step and cause.risk:
            out.append(_row(say, "risk", cause.risk))
        if cause.rule == UNCLASSIFIED:
            out.append(_row(say, "read", str(joined("sestriage triage ", argument("path", summary.log, "LOG_FILE")))))
        else:
            out.append(_row(say, "read", f"sestriage explain {cause.rule}"))
    elif change is Change.PASSED and cause.rule != UNCLASSIFIED:
        out.append(_row(say, "read", f"sestriage explain {cause.rule}"))
    out.append(_row(say, "number", say("{number} in sestriage history", number=incident.number)))
    return "\n".join(out) + "\n"


def _row(say: Say, name: str, text: str) -> str:
    width = max(len(say(label)) for label in _LABELS.values()) + 2
    body = text.strip().replace("\n", "\n" + " " * (width + 2))
    return f"  {say(_LABELS[name]):<{width}}{body}"


def times(count: int) -> Message:
    """How often."""
    return Message("once") if count == 1 else Message("{count} times", count=count)


def _several(incident: Incident) -> str:
    if len(incident.causes) < 2:
        return ""
    return " (" + ", ".join(f"{rule}: {count}" for rule, count in incident.causes) + ")"


def _condition(change: ConditionChange, say: Say) -> str:
    since = show_time(datetime.fromtimestamp(change.since, UTC))
    tail = say(" (since {time})", time=since) if change.change in (Change.REMINDED, Change.ENDED) else ""
    return f"{say(_CONDITIONS[change.change])}: {change.text}{tail}\n"
