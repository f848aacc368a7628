"""Evidence that was lost to a fault of sestriage itself: nothing that it could speak against is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sestriage.engine.reading.inputs import Inputs
from sestriage.model.fault import Fault
from sestriage.model.message import Message
from sestriage.model.source import InputNote, SourceRef
from sestriage.model.verdict import Attempt, Confidence, Finding, Outcome
from sestriage.rules import RuleSet

LISTED = 5
"""Files that are named in the note of the verdict; more are counted in the list of the input."""

_FACTS_OF = {
    "trust-store": frozenset({"trust.store", "trust.path"}),
    "certificates": frozenset({"trust.store", "trust.path", "tls.certificate", "server.chain"}),
    "tls-ciphers": frozenset({"config.tls_ciphers"}),
    "settings": frozenset({"config.smtp", "config.action"}),
    "mail": frozenset({"mail.delivered"}),
}
"""Kinds of facts that a lost piece could have held. One of any other kind could have held another attempt, too."""


def lost_note(source: SourceRef, kind: str, size: int | None, fault: Fault) -> InputNote:
    """The finding about a piece of which nothing could be used."""
    return InputNote(source, kind, fault.sentence, used=False, size=size, fault=fault)


def note_lost(collected: Inputs, source: SourceRef, kind: str, fault: Fault) -> None:
    """Enters a piece that met a fault while it was judged, once."""
    note = replace(lost_note(source, kind, None, fault), used=True)
    if note not in collected.notes:
        collected.notes.append(note)


def cap_findings(findings: Sequence[Finding], rules: RuleSet, collected: Inputs) -> list[Finding]:
    """The findings, at most likely where a lost piece could have held facts that their rule looks at."""
    lost = _lost(collected)
    return [
        replace(finding, confidence=Confidence.LIKELY)
        if finding.confidence is Confidence.CONFIRMED and _could_speak(lost, finding, rules)
        else finding
        for finding in findings
    ]


def cap_attempt(attempt: Attempt, collected: Inputs) -> Attempt:
    """An accepted attempt, at most likely accepted where a lost piece could tell otherwise."""
    if attempt.outcome is not Outcome.ACCEPTED or attempt.outcome_confidence is not Confidence.CONFIRMED:
        return attempt
    if all(note.kind in _FACTS_OF for note in _lost(collected)):
        return attempt
    return replace(attempt, outcome_confidence=Confidence.LIKELY)


def lost_notes(collected: Inputs) -> tuple[str, ...]:
    """What a reader must know of the verdict."""
    lost = list(dict.fromkeys(note.source.file for note in _lost(collected)))
    if not lost:
        return ()
    names = ", ".join(lost[:LISTED]) + (" …" if len(lost) > LISTED else "")
    return (
        Message(
            "Something of the input was lost to an internal fault of sestriage: {names}. What it could speak against is"
            " at most likely here, never confirmed.",
            names=names,
        ),
    )


def _lost(collected: Inputs) -> list[InputNote]:
    return [note for note in collected.notes if note.fault is not None]


def _could_speak(lost: Sequence[InputNote], finding: Finding, rules: RuleSet) -> bool:
    rule = rules.rules.get(finding.rule)
    wanted = None if rule is None else {selection.kind for selection in rule.selections.values()}
    for note in lost:
        held = _FACTS_OF.get(note.kind)
        if held is None or wanted is None or held & wanted:
            return True
    return False
