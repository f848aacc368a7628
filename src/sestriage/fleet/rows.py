"""From the report of one case to the rows of the tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sestriage.fleet import signatures
from sestriage.fleet.tables import Attempt, Bundle, Finding, Input, Lack, Role, Row, State, Unknown
from sestriage.fleet.task import Source, Terms
from sestriage.fleet.trust_rows import Foreseen, foreseen, trust_rows, utc
from sestriage.model import verdict as model
from sestriage.model.known.ses import host_form
from sestriage.model.source import SourceRef
from sestriage.redact import Redactor, redact_report, strip_report

UNCLASSIFIED = "unclassified-error"
"""The rule of last resort: what it names, no rule knows."""
MAX_ATTEMPTS = 500
MAX_FINDINGS = 100
MAX_INPUTS = 200
MAX_UNKNOWN = 50
"""Rows of one case in a table; a hostile bundle may hold any number."""


@dataclass(frozen=True, slots=True)
class Places:
    """How places in the evidence are written: relative to the bundle, so that equal bundles have equal rows."""

    path: str

    def __call__(self, source: SourceRef | str) -> str:
        """A place without the bundle's own path."""
        text = str(source)
        for prefix in (f"{self.path}!/", f"{self.path.rstrip('/')}/", self.path):
            if text.startswith(prefix):
                return text.removeprefix(prefix).lstrip(":, ")
        return text


def case_rows(
    report: model.Report, source: Source, places: Places, terms: Terms, modified: datetime | None
) -> tuple[str, list[Row], Redactor | None]:
    """The name of the case in its bundle, its rows, and what knows its pseudonyms (None without).

    `modified` is when the bundle was last written.
    """
    redactor = Redactor() if terms.key is not None else None
    clean = redact_report(report, redactor) if redactor is not None else strip_report(report)
    future = foreseen(report, terms.now)
    rows: list[Row] = [
        _bundle(clean, source, terms, modified, future),
        *_attempts(clean),
        *_findings(clean, places),
        *trust_rows(clean, future, places, redactor),
        *(Lack(str(need.evidence), str(need.why)) for need in clean.verdict.needs),
        *_unknown(clean, places),
        *_inputs(clean, places),
    ]
    return places(report.case) if report.case else "", rows, redactor


def _bundle(
    report: model.Report, source: Source, terms: Terms, modified: datetime | None, future: Sequence[Foreseen]
) -> Bundle:
    verdict, newest = report.verdict, report.attempts[-1] if report.attempts else None
    primary = verdict.primary
    worst = first_break(future)
    return Bundle(
        name=source.name,
        size=source.size,
        modified=utc(modified),
        state="read",
        detail=None,
        outcome=verdict.outcome.value,
        confidence=primary.confidence.value if primary else None,
        rule=primary.rule if primary else None,
        title=str(primary.title) if primary else None,
        phase=primary.phase.value if primary and primary.phase else None,
        nothing=report.nothing,
        host=newest.host if newest else None,
        port=newest.port if newest else None,
        region=_region(newest) if newest else None,
        release=release_of(source.name, terms.release_pattern),
        attempt_at=utc(newest.started or newest.ended) if newest else None,
        attempts=len(report.attempts),
        stores=len(report.stores),
        forecast=_worst(future),
        breaks_by=utc(worst.found.first_break) if worst else None,
        breaks_event=worst.found.broken.event if worst and worst.found.broken else None,
        run_at=terms.now.astimezone(UTC).replace(tzinfo=None),
        seconds=0.0,
    )


def release_of(name: str, pattern: str | None) -> str | None:
    """What the pattern finds in the name of a bundle: its first group, else all of it; None where it finds nothing."""
    found = re.search(pattern, name[:4096]) if pattern else None
    return (found[1] if found.re.groups else found[0]) if found else None


def first_break(future: Iterable[Foreseen]) -> Foreseen | None:
    """The store whose mail breaks first: one that does not trust the server today comes before all others, one that
    may break on any day without a last one behind them."""
    return min((each for each in future if each.found.broken is not None), key=_breaks_at, default=None)


def _breaks_at(each: Foreseen) -> datetime:
    broken, latest = each.found.broken, each.found.first_break
    if broken is not None and broken.event == "today":
        return each.found.at
    return latest or datetime.max.replace(tzinfo=UTC)


def _worst(future: Iterable[Foreseen]) -> str | None:
    verdicts = {each.found.verdict for each in future}
    return next((verdict for verdict in ("breaks", "unknown", "safe") if verdict in verdicts), None)


def _region(attempt: model.Attempt) -> str | None:
    """By the name of the server, else as the log names it."""
    form = host_form(attempt.host)
    if form is not None and form.region is not None:
        return form.region
    return next((event.region for event in reversed(attempt.events) if event.region), None)


def _attempts(report: model.Report) -> Iterator[Attempt]:
    newest = report.attempts[-MAX_ATTEMPTS:]
    for number, each in enumerate(newest, start=len(report.attempts) - len(newest) + 1):
        moment = each.started or each.ended
        yield Attempt(
            number=number,
            started=utc(moment),
            zone_known=moment is not None and moment.tzinfo is not None,
            host=each.host,
            port=each.port,
            outcome=each.outcome.value,
            confidence=each.outcome_confidence.value if each.outcome_confidence else None,
            phase=each.phase.value if each.phase else None,
            rule=each.finding.rule if each.finding else None,
        )


def _findings(report: model.Report, places: Places) -> Iterator[Finding]:
    verdict = report.verdict
    held: list[tuple[Role, model.Finding]] = [("primary", verdict.primary)] if verdict.primary else []
    held += [("contributing", each) for each in verdict.contributing]
    told = {each.rule for _, each in held}
    older: dict[str, model.Finding] = {}
    for attempt in reversed(report.attempts):
        if attempt.finding is not None and attempt.finding.rule not in told:
            older.setdefault(attempt.finding.rule, attempt.finding)
    held += [("attempt", each) for each in older.values()]
    for role, each in held[:MAX_FINDINGS]:
        first = each.evidence[0] if each.evidence else None
        yield Finding(
            role=role,
            rule=each.rule,
            title=str(each.title),
            phase=each.phase.value if each.phase else None,
            severity=each.severity,
            confidence=each.confidence.value,
            place=places(first.source) if first else None,
            quote=first.quote if first else None,
        )


def _unknown(report: model.Report, places: Places) -> Iterator[Unknown]:
    """Each signature once, as the newest attempt has it."""
    seen: dict[str, Unknown] = {}
    for attempt in reversed(report.attempts):
        if attempt.finding is None or attempt.finding.rule != UNCLASSIFIED:
            continue
        for event in signatures.exceptions(attempt.events):
            chain, frame = signatures.classes(event), signatures.mail_frame(event)
            message = signatures.normalised(_pseudonymised(event.root_message or ""))
            mark = signatures.signature(chain, message, frame)
            row = Unknown(mark, chain, message, frame, utc(event.when), places(event.quote_source), event.quote)
            seen.setdefault(mark, row)
            if len(seen) >= MAX_UNKNOWN:
                break
    yield from seen.values()


def _pseudonymised(message: str) -> str:
    """The names in it count as their kind alone, also where the report shows them."""
    return Redactor().redact(message)


def _inputs(report: model.Report, places: Places) -> Iterator[Input]:
    notes = [note for note in report.inputs if note.used or note.problem]
    notes.sort(key=lambda note: (not note.problem, not note.used))
    for note in notes[:MAX_INPUTS]:
        yield Input(places(note.source), note.kind, note.used, note.problem and str(note.problem), note.size)


def stopped(source: Source, terms: Terms, state: State, detail: str, modified: datetime | None) -> Bundle:
    """The row of a bundle that could not be read: it stands for itself alone."""
    return Bundle(
        name=source.name,
        size=source.size,
        modified=utc(modified),
        state=state,
        detail=detail,
        outcome=None,
        confidence=None,
        rule=None,
        title=None,
        phase=None,
        nothing=None,
        host=None,
        port=None,
        region=None,
        release=release_of(source.name, terms.release_pattern),
        attempt_at=None,
        attempts=0,
        stores=0,
        forecast=None,
        breaks_by=None,
        breaks_event=None,
        run_at=terms.now.astimezone(UTC).replace(tzinfo=None),
        seconds=0.0,
    )
