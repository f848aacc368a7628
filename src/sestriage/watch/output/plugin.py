"""The result as a Monitoring Plugins check (Nagios, Icinga, Checkmk): status, one line, perfdata, long output.

Format and thresholds follow the Monitoring Plugins Development Guidelines.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from sestriage.i18n import LANGUAGES, Say, speaker
from sestriage.model.message import Message
from sestriage.times.spans import show_span
from sestriage.watch.incidents import Incident
from sestriage.watch.output.text import safe, show_time, times
from sestriage.watch.result import Summary

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
NAMES: Final = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_NUMBER: Final = r"-?\d{1,15}(?:\.\d{1,6})?"
_RANGE: Final = re.compile(rf"(?P<inside>@)?(?:(?P<start>~|{_NUMBER}):)?(?P<end>{_NUMBER})?")


@dataclass(frozen=True, slots=True)
class Range:
    """A threshold range: `10`, `10:`, `~:10`, `10:20`, `@10:20`. `text` is how the user wrote it."""

    start: float
    end: float
    inside: bool
    text: str

    @classmethod
    def parse(cls, text: str) -> Range:
        """Read a range. Raises ValueError with a sentence for a user."""
        match = _RANGE.fullmatch(text.strip())
        if match is None or not (match["start"] or match["end"]):
            raise ValueError(Message("{value} is no threshold range such as 0, 5, 1:, ~:10 or @5:10", value=repr(text)))
        start = 0.0 if match["start"] is None else -math.inf if match["start"] == "~" else float(match["start"])
        end = math.inf if match["end"] is None else float(match["end"])
        if start > end:
            raise ValueError(Message("{value}: the range begins above its end", value=repr(text)))
        return cls(start, end, match["inside"] is not None, text.strip())

    def alerts(self, value: float) -> bool:
        """True if the value is outside the range (inside it, for `@`)."""
        return (self.start <= value <= self.end) is self.inside


def render(summary: Summary, warning: str, critical: str, language: str = LANGUAGES[0]) -> tuple[int, str]:
    """Exit status and output. The thresholds hold for the failed mails since the last one that was accepted."""
    say = speaker(language)
    failures = sum(incident.count for incident in summary.open)
    status = OK
    if Range.parse(critical).alerts(failures):
        status = CRITICAL
    elif Range.parse(warning).alerts(failures) or summary.conditions:
        status = WARNING
    unreadable = summary.unreadable
    if unreadable is not None and status != CRITICAL:
        status = UNKNOWN
    values = _perfdata(summary, failures, warning, critical)
    head = f"SESTRIAGE {NAMES[status]} - {_line(summary, failures, say)} | {values}"
    rest = [_long(incident, say) for incident in summary.open]
    rest.extend(condition.text for condition in summary.conditions)
    rest.extend(summary.notes)
    return status, "\n".join((head, *(_clean(line) for line in rest))) + "\n"


def unknown(sentence: str) -> str:
    """The output when no statement is possible."""
    return f"SESTRIAGE UNKNOWN - {_clean(sentence)}\n"


def _line(summary: Summary, failures: int, say: Say) -> str:
    if summary.open:
        incident = max(summary.open, key=lambda i: i.last)
        since = show_time(incident.started)
        told = {"times": times(failures), "time": since, "title": incident.cause.title}
        return _clean(say("alarm mail failed {times} since {time}: {title}", **told))
    if summary.conditions:
        worst = summary.unreadable or summary.conditions[0]
        more = len(summary.conditions) - 1
        return _clean(worst.text + (say(" (and {count} more)", count=more) if more else ""))
    return say("no failed alarm mail")


def _perfdata(summary: Summary, failures: int, warning: str, critical: str) -> str:
    counters = summary.counters or {}
    values = [
        f"failures={failures};{warning};{critical};0;",
        f"incidents={len(summary.open)};;;0;",
        f"failed_total={counters.get('failed', 0):.0f}c;;;0;",
        f"accepted_total={counters.get('accepted', 0):.0f}c;;;0;",
    ]
    if summary.grown is not None:
        values.append(f"log_age={max(0.0, summary.now - summary.grown):.0f}s;;;0;")
    if summary.certificates:
        days = (min(end for *_, end in summary.certificates) - summary.now) / 86400
        values.append(f"cert_days={days:.1f};;;;")
    return " ".join(values)


def _long(incident: Incident, say: Say) -> str:
    lasted = show_span((incident.last - incident.started).total_seconds())
    return say(
        "#{number} {title}: {count} failed in {span}, last at {time}, {place}; sestriage explain {rule}",
        number=incident.number,
        title=incident.cause.title,
        count=incident.count,
        span=lasted,
        time=show_time(incident.last),
        place=incident.cause.place,
        rule=incident.cause.rule,
    )


def _clean(text: str) -> str:
    """One line without the bar that separates perfdata."""
    return safe(text).replace("\n", " ").replace("|", "/")
