"""A fleet's report as JSON (`model.document.fleet` says what the keys mean)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sestriage.model.fleet.report import FleetReport
from sestriage.model.source import Run
from sestriage.report.json.layout import indented
from sestriage.report.json.parts import head_json

if TYPE_CHECKING:
    from sestriage.model.document import fleet as shape


def document(report: FleetReport) -> str:
    """The document of a report that could be made, pure ASCII with a newline at its end."""
    found: shape.Fleet = {
        "schema_version": 1,
        **head_json(Run(report.version, 0, report.made)),
        "bundles": report.bundles,
        "stopped": report.stopped,
        "managers": report.managers,
        "failed": report.failed,
        "accepted": report.accepted,
        "undetermined": report.undetermined,
        "breaking": report.breaking,
        "since": report.since,
        "tables": [
            {
                "query": table.name,
                "title": str(table.title),
                "columns": list(table.keys),
                "rows": [list(row) for row in table.rows],
            }
            for table in report.tables
        ],
    }
    return indented(found) + "\n"
