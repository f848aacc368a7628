"""Rules as JSON (`model.document.rules` says what the keys mean)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sestriage.model.explanation import RuleSummary
from sestriage.model.judged.answers import (
    FactsReport,
    JudgedAttempt,
    ListedFact,
    ListedKind,
    SelectionAnswer,
    Step,
    WhyReport,
)
from sestriage.model.source import Run
from sestriage.report.common import iso_time
from sestriage.report.json.layout import indented
from sestriage.report.json.parts import all_evidence_json, place_json, read_head_json

if TYPE_CHECKING:
    from sestriage.model.document import rules as shape


def list_document(rules: Iterable[RuleSummary], version: str) -> str:
    """`rules list`."""
    document: shape.RulesList = {"schema_version": 2, "version": version, "rules": [_listed(rule) for rule in rules]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _listed(rule: RuleSummary) -> shape.ListedRule:
    return {
        "rule": rule.rule,
        "phase": rule.phase.value,
        "severity": rule.severity,
        "title": rule.title,
        "path": rule.path,
    }


def facts_document(report: FactsReport, run: Run) -> str:
    """`rules facts`, pure ASCII."""
    document: shape.RulesFacts = {
        "schema_version": 1,
        **read_head_json(run),
        "attempt": _attempt(report.judged),
        "attempts": report.judged.count,
        "kinds": [_kind(kind) for kind in report.kinds],
    }
    return _ascii(document)


def _attempt(judged: JudgedAttempt) -> shape.JudgedAttempt:
    attempt = judged.attempt
    if attempt is None:
        return {
            "number": 0,
            "started": None,
            "outcome": "undetermined",
            "phase": None,
            "rule": None,
            "sources": [],
        }
    return {
        "number": judged.number,
        "started": iso_time(attempt.started),
        "outcome": attempt.outcome.value,
        "phase": attempt.phase.value if attempt.phase else None,
        "rule": attempt.finding.rule if attempt.finding else None,
        "sources": [place_json(source) for source in attempt.sources],
    }


def _kind(kind: ListedKind) -> shape.FactKind:
    return {
        "kind": kind.kind,
        "handed_in": kind.handed_in,
        "facts": [_fact(fact) for fact in kind.facts],
        "left_out": kind.left_out,
    }


def _fact(fact: ListedFact) -> shape.Fact:
    return {
        "evidence": all_evidence_json(fact.evidence),
        "fields": [{"name": field.name, "value": field.value} for field in fact.fields],
    }


def why_document(report: WhyReport, run: Run) -> str:
    """`rules why`, pure ASCII."""
    document: shape.RulesWhy = {
        "schema_version": 1,
        **read_head_json(run),
        "rule": report.rule,
        "path": report.path,
        "attempt": _attempt(report.judged),
        "attempts": report.judged.count,
        "holds": report.holds,
        "confidence": report.confidence.value if report.confidence else None,
        "replaced_by": report.replaced_by,
        "verdict": [{"name": each.name, "answer": _step(each.answer)} for each in report.verdict],
        "selections": [_selection(selection) for selection in report.selections],
    }
    return _ascii(document)


def _selection(selection: SelectionAnswer) -> shape.SelectionAnswer:
    return {
        "name": selection.name,
        "kind": selection.kind,
        "handed_in": selection.handed_in,
        "holds": selection.holds,
        "looked_at": selection.looked_at,
        "evidence": all_evidence_json(selection.evidence),
        "nearest": None if selection.nearest is None else _step(selection.nearest),
    }


def _step(step: Step) -> shape.Step:
    return {
        "condition": step.condition,
        "holds": step.holds,
        "why": step.why,
        "operator": step.operator,
        "parts": [_step(part) for part in step.parts],
    }


def _ascii(document: object) -> str:
    return indented(document).replace("\x7f", "\\u007f") + "\n"
