"""What `sestriage forecast` found, as JSON-like values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sestriage.model.forecast.result import Ending, Forecast, ForecastReport, Step, WhatIf
from sestriage.model.source import Run
from sestriage.model.trust import TrustedKey
from sestriage.report.common import iso_time
from sestriage.report.json.certs import advice_dict, chain_dict, input_dict, store_dict
from sestriage.report.json.parts import read_head_json

if TYPE_CHECKING:
    from sestriage.model.document import forecast as shape


def document(report: ForecastReport, run: Run) -> shape.Forecast:
    """The whole report."""
    return {
        "schema_version": 1,
        **read_head_json(run),
        "horizon_days": report.horizon,
        "horizon_ends": iso_time(report.horizon_ends),
        "jdk": report.jdk,
        "verdict": report.verdict,
        "what_if": _what_if(report.what_if) if report.what_if.asked else None,
        "stores": [_forecast(found, report) for found in report.forecasts],
        "saved": [{"path": each.path, "written": each.written} for each in report.saved],
        "notes": list(report.notes),
        "inputs": [input_dict(note) for note in report.inputs],
    }


def _what_if(what_if: WhatIf) -> shape.ChangedWorld:
    return {
        "without": list(what_if.without),
        "without_cross_signed": what_if.without_cross_signed,
        "leaf_renewed": what_if.leaf_renewed,
        "intermediate_rotated": what_if.intermediate_rotated,
        "at": iso_time(what_if.at),
    }


def _forecast(found: Forecast, report: ForecastReport) -> shape.StoreForecast:
    return {
        "store": store_dict(found.store),
        "chain": chain_dict(found.chain) if found.chain is not None else None,
        "ground": found.ground,
        "at": iso_time(found.at),
        "verdict": found.verdict,
        "within_horizon": report.counts(found),
        "breaks": _step(found.broken) if found.broken is not None else None,
        "until": iso_time(found.until),
        "lacks": found.lacks,
        "warning": found.warning,
        "rests_on": [_key(key) for key in found.rests_on],
        "changes": [_step(step) for step in found.steps],
        "endings": [_ending(row) for row in found.endings],
        "advice": advice_dict(found.advice) if found.advice is not None else None,
        "missing_roots": list(found.missing_roots),
        "assumptions": list(found.assumptions),
    }


def _step(step: Step) -> shape.ForecastChange:
    return {
        "event": step.event,
        "text": step.text,
        "certainty": step.certainty,
        "source": step.known.source if step.known is not None else None,
        "since": step.known.since.isoformat() if step.known is not None else None,
        "earliest": iso_time(step.earliest),
        "latest": iso_time(step.latest),
        "trusted": step.trusted,
        "message": step.message,
        "rests_on": [key.spki_sha256 for key in step.rests_on],
    }


def _key(key: TrustedKey) -> shape.ForecastKey:
    return {
        "spki_sha256": key.spki_sha256,
        "kind": key.kind,
        "label": key.certificates[0].label,
        "sha256": [each.sha256 for each in key.certificates],
    }


def _ending(row: Ending) -> shape.ForecastEnding:
    return {"label": row.label, "sha256": row.sha256, "ends": iso_time(row.ends) or "", "where": row.place}
