"""Faults as SARIF 2.1.0 (OASIS, sarif-v2.1.0-os), for editors and code scanning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple
from urllib.parse import quote

from sestriage.errors import RuleError
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Finding
from sestriage.report.clean import Clean, clean_leaves, keep
from sestriage.report.steps import told

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
LINT = "rule-file"
"""The rule of SARIF under which every fault of a rule file stands."""
_LEVELS = {"critical": "error", "error": "error", "warning": "warning"}


class Place(NamedTuple):
    """A place in a file. A name in angle or round brackets, or an option, is no file."""

    path: str
    line: int | None = None
    column: int | None = None


def lint_document(problems: Iterable[RuleError], version: str) -> str:
    """`rules lint`."""
    rule = {"id": LINT, "shortDescription": {"text": "A rule file of sestriage that is wrong or incomplete."}}
    results = [_result(LINT, "error", each.reason, [Place(each.path, each.line, each.column)]) for each in problems]
    return _document([rule], results, version)


def settings_document(findings: Sequence[Finding], version: str, clean: Clean = keep) -> str:
    """`settings`: a result for each finding, a rule for each rule that holds."""
    rules = {finding.rule: _rule(finding) for finding in findings}
    results = [
        _result(
            finding.rule,
            _LEVELS[finding.severity],
            "\n".join([finding.title, *(step.text for step in finding.fixes)]),
            [_place(evidence.source) for evidence in finding.evidence],
        )
        for finding in findings
    ]
    return _document(list(rules.values()), results, version, clean)


def _rule(finding: Finding) -> dict[str, Any]:
    help_lines = [line for step in finding.fixes for line in (step.text, told(step.verify)) if line]
    rule: dict[str, Any] = {
        "id": finding.rule,
        "shortDescription": {"text": finding.title},
        "fullDescription": {"text": finding.explanation},
        "help": {"text": "\n".join(help_lines) or finding.explanation},
    }
    url = next((reference.url for reference in finding.references if reference.url), None)
    return rule if url is None else {**rule, "helpUri": url}


def _place(source: SourceRef) -> Place:
    return Place(source.path, source.line)


def _result(rule: str, level: str, text: str, places: Sequence[Place]) -> dict[str, Any]:
    return {
        "ruleId": rule,
        "level": level,
        "message": {"text": text},
        "locations": [_location(place) for place in places],
    }


def _location(place: Place) -> dict[str, Any]:
    if place.path.startswith(("-", "(", "<")):
        return {"logicalLocations": [{"name": place.path}]}
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.path)}}
    if place.line is not None:
        column = {} if place.column is None else {"startColumn": place.column}
        physical["region"] = {"startLine": place.line, **column}
    return {"physicalLocation": physical}


def _uri(path: str) -> str:
    """A relative reference for a relative path (RFC 3986), a `file:` URI for an absolute one."""
    absolute = PurePath(path).is_absolute()
    return ("file://" if absolute else "") + quote(path.encode("utf-8", "surrogateescape"))


def _document(
    rules: Sequence[dict[str, Any]], results: Sequence[dict[str, Any]], version: str, clean: Clean = keep
) -> str:
    driver = {
        "name": "sestriage",
        "version": version,
        "rules": [clean_leaves(rule, _not_ids(rule, clean)) for rule in rules],
    }
    cleaned = [
        {**result, "message": clean_leaves(result["message"], clean), "locations": result["locations"]}
        for result in results
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": cleaned}
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _not_ids(rule: dict[str, Any], clean: Clean) -> Clean:
    """Ids and links of our own rules are public."""
    public = {rule["id"], rule.get("helpUri", "")}
    return lambda text: text if text in public else clean(text)
