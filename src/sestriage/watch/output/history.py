"""The history as text."""

from __future__ import annotations

from collections.abc import Sequence

from sestriage.i18n import LANGUAGES, Say, speaker
from sestriage.model.message import Message
from sestriage.times.spans import show_span
from sestriage.watch.incidents import Incident
from sestriage.watch.output.text import safe, show_time


def render(incidents: Sequence[Incident], language: str = LANGUAGES[0]) -> str:
    """The incidents, newest first, a paragraph each; says so when there are none."""
    say = speaker(language)
    if not incidents:
        return say("No incident: no failed alarm mail was seen.") + "\n"
    return "\n".join(safe(_one(incident, say)) for incident in incidents)


def _one(incident: Incident, say: Say) -> str:
    cause = incident.cause
    end = incident.ended or incident.last
    span = show_span((end - incident.started).total_seconds())
    state = say("lasts")
    if incident.ended is not None:
        state = say("ended {time}, after {span}", time=show_time(incident.ended), span=span)
    rows = [
        f"#{incident.number}  {show_time(incident.started)}  {state}",
        f"    {cause.title} [{cause.rule}]",
        "    " + say(_failed(incident.count), count=incident.count, time=show_time(incident.last), place=cause.place),
    ]
    if incident.scope:
        rows.append("    " + say("only mail of the action {name}", name=repr(incident.scope)))
    if len(incident.causes) > 1:
        causes = ", ".join(f"{rule} ({count})" for rule, count in incident.causes)
        rows.append("    " + say("causes: {causes}", causes=causes))
    if incident.resolution:
        rows.append("    " + say("a mail was accepted: {place}", place=incident.resolution))
    return "\n".join(rows) + "\n"


def _failed(count: int) -> Message:
    if count == 1:
        return Message("failed 1 time, last {time}; {place}")
    return Message("failed {count} times, last {time}; {place}")
