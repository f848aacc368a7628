"""An explanation as JSON (`model.document.explain` says what the keys mean)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sestriage.model.explanation import Advice, Argv, Explanation, HandMade, Match, RuleSummary, Wanted
from sestriage.report.references import references

if TYPE_CHECKING:
    from sestriage.model.document import explain as shape
    from sestriage.model.document import parts


def render(explanation: Explanation, head: parts.Head) -> str:
    """The document, best match first, with a newline at its end."""
    document: shape.Explain = {
        "schema_version": 2,
        **head,
        "matches": [_match(match) for match in explanation.matches],
        "cleared": [phase.value for phase in explanation.cleared],
        "phase": explanation.phase.value if explanation.phase else None,
        "accepted": explanation.accepted,
        "word": explanation.word or None,
        "wrapper": explanation.wrapper or None,
        "nearest": [title.rule for title in explanation.nearest],
        "explanation": None if explanation.leaflet is None else _explained(explanation.leaflet),
        "needs": [_need(need) for need in explanation.attach],
        "tests": [_test(test) for test in explanation.tests],
        "notes": list(explanation.notes),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _match(match: Match) -> shape.Match:
    return {
        "rule": match.rule,
        "confidence": match.confidence,
        "quote": match.quote,
        "title": match.title,
        "source": match.place,
        "earlier": match.earlier,
    }


def _explained(rule: RuleSummary) -> shape.Explained:
    return {
        "rule": rule.rule,
        "title": rule.title,
        "phase": rule.phase.value,
        "any_step": rule.any_step,
        "severity": rule.severity,
        "explanation": rule.why,
        "caution": rule.caution,
        "fixes": [_fix(step) for step in rule.steps],
        "needs": [_need(need) for need in rule.needs],
        "proofs": [
            {"confidence": proof.confidence, "kinds": [list(kinds) for kinds in proof.evidence]}
            for proof in rule.proofs
        ],
        "contradiction": rule.against,
        "alternatives": [{"rule": title.rule, "title": title.title} for title in rule.alternatives],
        "applies": {"servers": list(rule.applies.servers), "clients": list(rule.applies.clients)},
        **references(rule.references),
        "not_translated": rule.not_translated,
    }


def _fix(step: Advice) -> parts.GeneralFix:
    return {
        "text": step.text,
        "command": step.command,
        "argv": _argv(step.argv),
        "risk": step.risk,
        "verify": step.verify,
        "undo": step.undo,
    }


def _need(need: Wanted) -> parts.GeneralNeed:
    return {"evidence": need.evidence, "why": need.why, "command": need.command, "argv": _argv(need.argv)}


def _argv(argv: Argv) -> list[list[str]] | None:
    return None if argv is None else [list(stage) for stage in argv]


def _test(test: HandMade) -> shape.ExplainedTest:
    return {
        "program": test.program,
        "server": test.server or None,
        "source": test.place,
        "notes": list(test.notes),
    }
