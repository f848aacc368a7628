"""Rules as JSON (`model.document.rules` says what the keys mean)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sestriage.model.explanation import RuleSummary

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
