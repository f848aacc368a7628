"""The result of a settings check as text, Markdown and JSON."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sestriage.model.message import Message
from sestriage.model.settingsreport import SettingsReport
from sestriage.model.source import Run
from sestriage.model.verdict import Finding
from sestriage.report.blocks import Block, Headline, Prose, Quote, Section, Table
from sestriage.report.clean import Clean, clean_leaves, keep
from sestriage.report.common import CONFIDENCES
from sestriage.report.json.parts import read_head_json, whole_finding_json
from sestriage.report.steps import step_block
from sestriage.report.words import STEP_LABELS

if TYPE_CHECKING:
    from sestriage.model.document import settings as shape


_SEVERITIES = {"critical": Message("CRITICAL"), "error": Message("ERROR"), "warning": Message("WARNING")}


def render_json(report: SettingsReport, run: Run, *, clean: Clean = keep) -> str:
    """As JSON, pure ASCII. User name and password appear as their class only."""
    settings = report.settings
    document: shape.Settings = {
        "schema_version": 1,
        **read_head_json(run),
        "settings": {
            "server": settings.server,
            "server_kind": settings.server_kind,
            "region": settings.server_region,
            "port": settings.port,
            "encryption": settings.encryption,
            "from": settings.sender,
            "user_shape": settings.user_shape,
            "password_shape": settings.password_shape,
            "to": list(settings.action.recipients) if settings.action else [],
            "verified_domains": list(settings.verified_domains),
            "verified_region": settings.verified_region,
            "sandbox": settings.sandbox,
            "on_ec2": settings.on_ec2,
        },
        "failed": report.failed,
        "findings": [whole_finding_json(finding, clean) for finding in report.findings],
        "missing": list(report.missing),
    }
    return json_module.dumps(clean_leaves(document, clean), indent=2, ensure_ascii=True) + "\n"


def outline(report: SettingsReport, values: Mapping[str, str]) -> Iterator[Block]:
    """The report as blocks, the answer first."""
    errors = sum(finding.severity != "warning" for finding in report.findings)
    warnings = len(report.findings) - errors
    if errors:
        found = {"errors": _errors(errors), "warnings": _warnings(warnings)}
        yield Headline(Message("{errors}, {warnings} in the settings", **found), "bad")
    elif warnings:
        yield Headline(Message("no error, {warnings} in the settings", warnings=_warnings(warnings)), "open")
    elif not values:
        yield Headline(Message("nothing to check: no value was given"), "open")
    else:
        yield Headline(Message("no fault found in the settings"), "good")
    yield Prose(
        Message(
            "Checked offline against {count} rules."
            " Only the server knows if the login is valid and the sender allowed.",
            count=report.rules,
        )
    )
    if values:
        yield Section(Message("Settings"))
        yield Table((Message("Field"), Message("Value")), tuple(values.items()), flexible=1)
    for finding in report.findings:
        yield from finding_blocks(finding)
    if report.missing and values:
        yield Section(Message("Not checked"))
        missing = ", ".join(report.missing)
        yield Prose(Message("Not given, so that checks which need it were left out: {fields}.", fields=missing))


def _errors(number: int) -> Message:
    return Message("1 error") if number == 1 else Message("{count} errors", count=number)


def _warnings(number: int) -> Message:
    return Message("1 warning") if number == 1 else Message("{count} warnings", count=number)


def finding_blocks(finding: Finding, *, evidence: bool = True) -> Iterator[Block]:
    """One finding: what, why, where (unless the report says it elsewhere), and what to do."""
    told = {"severity": _SEVERITIES[finding.severity], "confidence": CONFIDENCES[finding.confidence]}
    yield Section(Message("{severity} ({confidence}): {title}", title=finding.title, **told))
    yield Prose(finding.explanation)
    yield Prose(finding.rule, Message("Rule"))
    for item in finding.evidence if evidence else ():
        yield Quote(str(item.source), item.quote)
    for number, step in enumerate(finding.fixes, 1):
        yield step_block(number, step, STEP_LABELS)
