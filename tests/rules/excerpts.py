"""Texts as evidence: what a user pastes is taken to be about a failed attempt, whatever surrounds it."""

from __future__ import annotations

from dataclasses import replace

from sestriage.formats.log import parse_text
from sestriage.model.facts import FactBase
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Finding
from sestriage.rules import RuleSet, drop_superseded


def pasted(text: str) -> FactBase:
    """The facts of a pasted text, every event of it a failure."""
    events = parse_text(text, SourceRef("paste"))
    failures = tuple(replace(event, outcome="failure", mail=True) for event in events)
    return FactBase({"log.event": failures}, frozenset({"log.event"}))


def causes(rules: RuleSet, facts: FactBase) -> dict[str, Finding]:
    """The findings that are causes: superseded ones and warnings left out."""
    findings = drop_superseded(rules.evaluate(facts))
    return {finding.rule: finding for finding in findings if finding.severity != "warning"}
