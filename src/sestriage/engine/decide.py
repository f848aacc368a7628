"""From the findings of one attempt to its outcome, its primary cause and the phase at which it failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sestriage.engine.attempts import AttemptDraft, is_farewell
from sestriage.engine.facts import AttemptFacts, build, delivered_mails, trust_paths
from sestriage.engine.ranking import at_step, by_preference, without_superseded
from sestriage.engine.reading.inputs import Inputs
from sestriage.engine.reading.lost import cap_attempt, cap_findings, note_lost
from sestriage.engine.stream_phase import UNRESOLVED, accepted, failing_phase, is_reconnect
from sestriage.formats.guard import Guard
from sestriage.model.facts import FactBase
from sestriage.model.fault import Fault
from sestriage.model.log import LogEvent
from sestriage.model.message import Message
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Attempt, Confidence, Evidence, Finding, Outcome
from sestriage.rules import RuleSet

if TYPE_CHECKING:
    from sestriage.model.capture import Stream
    from sestriage.model.trust import TrustPath

SETTINGS = frozenset({"config.smtp", "config.action"})
"""Kinds of evidence that hold whatever the attempt shows."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An attempt with everything that was found about it.

    `findings` are those that hold, best first, superseded ones left out; `dropped_log` holds log events that were set
    aside because they report JavaMail's second connect, not the first.
    """

    attempt: Attempt
    findings: tuple[Finding, ...]
    paths: tuple[TrustPath, ...]
    dropped_log: tuple[LogEvent, ...] = ()
    facts: FactBase = field(default_factory=FactBase)
    """What the rules were held against."""


def decide_attempt(draft: AttemptDraft, collected: Inputs, rules: RuleSet, now: datetime) -> Decision:
    """Evaluate the rules over one attempt and choose. One that meets a fault of ours stays undetermined; it is noted
    in the evidence."""
    events, streams = tuple(t.event for t in draft.events), tuple(draft.streams)
    sources = _sources(events, draft)

    def lost(fault: Fault) -> None:
        note_lost(collected, sources[0], "log" if events else "capture", fault)

    with Guard(lost):
        return _decide_attempt(draft, collected, rules, now)
    bare = Attempt(draft.started, draft.ended, events, streams, draft.host, draft.port, sources=sources)
    return Decision(bare, (), ())


def _decide_attempt(draft: AttemptDraft, collected: Inputs, rules: RuleSet, now: datetime) -> Decision:
    events = tuple(t.event for t in draft.events)
    streams = tuple(draft.streams)
    first = _first_of_double(streams)
    if first is not None and _went_on(streams[-1]):
        first, streams = None, streams[-1:]
    if first is None:
        judged = AttemptFacts(streams, events, trust_paths(draft, streams, collected, now))
        return _decide(draft, collected, rules, judged)
    if _tells_of(first, events):
        judged = AttemptFacts((first,), events, trust_paths(draft, (first,), collected, now))
        decision = _decide(draft, collected, rules, judged)
        return replace(decision, attempt=replace(decision.attempt, streams=streams))
    by_capture = _judge_first(draft, collected, rules, now, first, events)
    judged = AttemptFacts(streams, events, trust_paths(draft, streams, collected, now))
    return by_capture or _decide(draft, collected, rules, judged)


def _first_of_double(streams: Sequence[Stream]) -> Stream | None:
    """The first connection when JavaMail connected twice (socket factory fallback); None otherwise."""
    if len(streams) >= 2 and is_reconnect(streams[0], streams[1]):
        return streams[0]
    return None


def _went_on(second: Stream) -> bool:
    """The client said something behind the handshake of the second connection: that one is the attempt."""
    return second.tls is not None and second.tls.client_application_bytes > 0


def _tells_of(first: Stream, events: Sequence[LogEvent]) -> bool:
    """The logged failure fits the first connection as well: it broke at the same phase, before it was finished."""
    finished = first.tls is not None and first.tls.client_finished
    return not finished and any(e.outcome == "failure" and e.phase is failing_phase(first) for e in events)


def _judge_first(
    draft: AttemptDraft,
    collected: Inputs,
    rules: RuleSet,
    now: datetime,
    first: Stream,
    events: tuple[LogEvent, ...],
) -> Decision | None:
    """Judge the first connection by the capture alone; None when it shows no cause by itself.

    The log holds only the exception of the second connection, which used the JVM's default trust store.
    """
    alone = AttemptDraft(streams=[first])
    judged = AttemptFacts((first,), (), trust_paths(draft, (first,), collected, now))
    decision = _decide(alone, collected, rules, judged)
    if decision.attempt.finding is None:
        return None
    attempt = decision.attempt
    merged = replace(
        attempt,
        started=draft.started,
        ended=draft.ended,
        events=events,
        streams=tuple(draft.streams),
        host=draft.host,
        port=draft.port,
        sources=_sources(events, draft),
    )
    misled = tuple(e for e in events if e.outcome == "failure")
    return replace(decision, attempt=merged, dropped_log=misled)


def _decide(draft: AttemptDraft, collected: Inputs, rules: RuleSet, judged: AttemptFacts) -> Decision:
    facts = build(judged, draft, collected)
    held = rules.evaluate(facts, collected.rule_problems)
    findings = cap_findings(without_superseded(held, judged.events), rules, collected)
    outcome, confidence, evidence = _outcome(draft, judged, findings)
    if draft.undecided:
        outcome = Outcome.UNDETERMINED
    if outcome is Outcome.ACCEPTED:
        findings = _without_farewell(findings, judged.events)
    phase = _failing_phase(draft, judged) if outcome is Outcome.FAILED else None
    free = {finding.rule for finding in findings if rules.rules[finding.rule].any_step}
    ranked = by_preference(findings, phase, judged.events, free)
    primary = None
    if outcome is Outcome.FAILED:
        primary = _primary(ranked)
        if primary is not None:
            primary = at_step(primary, phase, any_step=rules.rules[primary.rule].any_step)
            phase = primary.phase
        elif not judged.events:
            outcome, phase = Outcome.UNDETERMINED, None  # a capture that ends in a way that no rule knows
    attempt = Attempt(
        started=draft.started,
        ended=draft.ended,
        events=judged.events,
        streams=judged.streams,
        host=draft.host,
        port=draft.port,
        outcome=outcome,
        phase=Phase.ACCEPTED if outcome is Outcome.ACCEPTED else phase,
        finding=primary,
        outcome_confidence=primary.confidence if primary is not None else confidence,
        outcome_evidence=primary.evidence if primary is not None else evidence,
        sources=_sources(judged.events, draft),
    )
    attempt = cap_attempt(_with_delivery(attempt, collected), collected)
    return Decision(attempt, tuple(ranked), judged.paths, facts=facts)


def _without_farewell(findings: Sequence[Finding], events: Sequence[LogEvent]) -> list[Finding]:
    """The findings about a mail that was taken, without those that rest on nothing but a QUIT that failed behind it,
    but for the rules that are about that."""
    last = {event.quote_source for event in events if is_farewell(event)}
    return [
        finding
        for finding in findings
        if finding.phase is Phase.ACCEPTED
        or not finding.evidence
        or {evidence.source for evidence in finding.evidence} - last
    ]


def _with_delivery(attempt: Attempt, collected: Inputs) -> Attempt:
    """A delivered mail with the message id of the attempt proves more than acceptance."""
    if not collected.mails:
        return attempt
    from sestriage.engine.message_ids import delivery_evidence

    evidence = delivery_evidence(attempt, delivered_mails(collected))
    if not evidence:
        return attempt
    return replace(
        attempt,
        phase=Phase.DELIVERY,
        outcome_confidence=Confidence.CONFIRMED,
        outcome_evidence=(*attempt.outcome_evidence, *evidence),
    )


def _is_cause(finding: Finding) -> bool:
    """A finding that may explain a failure by itself: no warning, and more than a remark on the settings."""
    return finding.severity != "warning" and not _from_settings_alone(finding)


def _from_settings_alone(finding: Finding) -> bool:
    """Nothing but the settings speaks for the finding."""
    return bool(finding.evidence) and all(evidence.kind in SETTINGS for evidence in finding.evidence)


def _primary(ranked: Sequence[Finding]) -> Finding | None:
    """The best cause. A fault of the settings alone is one only where nothing else is: then it is a suspicion, for
    nothing ties it to this attempt."""
    best = next((f for f in ranked if _is_cause(f)), None)
    if best is not None:
        return best
    suspect = next((f for f in ranked if f.severity != "warning"), None)
    return replace(suspect, confidence=Confidence.SUSPECTED) if suspect is not None else None


def _outcome(
    draft: AttemptDraft, judged: AttemptFacts, findings: Sequence[Finding]
) -> tuple[Outcome, Confidence | None, tuple[Evidence, ...]]:
    """The newest result of the log decides; without any, what the capture shows."""
    by_log = _log_outcome(draft, judged)
    if by_log is not None:
        return by_log
    taken = next((s for s in judged.streams if accepted(s)), None)
    if taken is not None:
        return Outcome.ACCEPTED, Confidence.CONFIRMED, (_accepted_evidence(taken),)
    broken = any(failing_phase(stream) for stream in judged.streams)
    if broken or _only_unanswered(draft, judged) or any(_is_cause(f) for f in findings):
        return Outcome.FAILED, None, ()
    return Outcome.UNDETERMINED, None, ()


def _log_outcome(
    draft: AttemptDraft, judged: AttemptFacts
) -> tuple[Outcome, Confidence | None, tuple[Evidence, ...]] | None:
    if draft.result == "failure" and judged.events:
        return Outcome.FAILED, None, ()
    if draft.result != "success" or not judged.events:
        return None
    evidence = [Evidence(e.quote_source, e.quote, "log.event") for e in judged.events if e.outcome == "success"]
    grades = {e.success_grade for e in judged.events if e.outcome == "success"}
    taken = [s for s in judged.streams if accepted(s)]
    evidence += [_accepted_evidence(s) for s in taken]
    confirmed = "confirmed" in grades or bool(taken)
    return Outcome.ACCEPTED, Confidence.CONFIRMED if confirmed else Confidence.LIKELY, tuple(evidence)


def _accepted_evidence(stream: Stream) -> Evidence:
    reply = next((r for r in reversed(stream.smtp.replies) if r.after == "."), None) if stream.smtp else None
    if reply is None:
        return Evidence(stream.source, Message("the end of data was answered by 250"), "smtp.dialogue")
    return Evidence(stream.source.at_frame(reply.frame), f"{reply.code} {reply.text}", "smtp.dialogue")


def _failing_phase(draft: AttemptDraft, judged: AttemptFacts) -> Phase | None:
    for event in reversed(judged.events):
        if event.outcome == "failure" and event.phase is not None:
            return event.phase
    phases = [p for s in judged.streams if (p := failing_phase(s)) is not None]
    if phases:
        return phases[-1]
    return Phase.DNS if _only_unanswered(draft, judged) else None


def _only_unanswered(draft: AttemptDraft, judged: AttemptFacts) -> bool:
    """All that is known of the attempt are DNS questions that gave no address."""
    return (
        bool(draft.lookups)
        and not judged.streams
        and not judged.events
        and all(lookup.rcode in UNRESOLVED for lookup in draft.lookups)
    )


def _sources(events: Sequence[LogEvent], draft: AttemptDraft) -> tuple[SourceRef, ...]:
    lookups = tuple(lookup.source for lookup in draft.lookups)
    return tuple(event.source for event in events) + tuple(s.source for s in draft.streams) + lookups
