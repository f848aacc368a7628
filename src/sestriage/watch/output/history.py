"""The history as text."""

from __future__ import annotations

from collections.abc import Sequence

from sestriage.times.spans import show_span
from sestriage.watch.incidents import Incident
from sestriage.watch.output.text import safe, show_time


def render(incidents: Sequence[Incident]) -> str:
    """The incidents, newest first, a paragraph each; says so when there are none."""
    if not incidents:
        return "No incident: no failed alarm mail was seen.\n"
    return "\n".join(safe(_one(incident)) for incident in incidents)


def _one(incident: Incident) -> str:
    cause = incident.cause
    end = incident.ended or incident.last
    span = show_span((end - incident.started).total_seconds())
    state = "lasts" if incident.ended is None else f"ended {show_time(incident.ended)}, after {span}"
    rows = [
        f"#{incident.number}  {show_time(incident.started)}  {state}",
        f"    {cause.title} [{cause.rule}]",
        f"    failed {incident.count} time{'s' * (incident.count != 1)}, last {show_time(incident.last)};"
        f" {cause.place}",
    ]
    if incident.scope:
        rows.append(f"    only mail of the action {incident.scope!r}")
    if len(incident.causes) > 1:
        rows.append("    causes: " + ", ".join(f"{rule} ({count})" for rule, count in incident.causes))
    if incident.resolution:
        rows.append(f"    a mail was accepted: {incident.resolution}")
    return "\n".join(rows) + "\n"
