"""The ladder of the steps of a submission: which worked and by what that is known, which failed, which is unknown."""

from __future__ import annotations

from collections.abc import Mapping

from sestriage.model.phase import Phase
from sestriage.model.verdict import Outcome, ProvenStep, Report
from sestriage.report.heading import phase_word
from sestriage.report.html.picture import Box, Label, Line, Mark, Picture, Shape, Style, fitting

WIDTH = 760
ROW = 30
SIGNS: Mapping[str, tuple[str, Style]] = {
    "worked": ("\u2713", "good"),
    "failed": ("\u2717", "bad"),
    "not-used": ("\u2013", "faint"),
    "unknown": ("?", "open"),
}
"""State of a step to its sign and look."""
SHOWN = tuple(phase for phase in Phase if phase not in (Phase.CONFIG, Phase.DELIVERY))
"""The steps of every ladder; the two at the ends stand there only when something is known of them."""


def picture(report: Report, words: Mapping[str, str]) -> Picture | None:
    """The ladder for the verdict; None where there was no attempt."""
    if not report.attempts:
        return None
    rows = [_row(phase, report, words) for phase in Phase if phase in SHOWN or _state(phase, report) != "unknown"]
    shapes: list[Shape] = [Line(20, 20, 20, len(rows) * ROW - 10, "faint")]
    told: list[str] = []
    for number, (state, name, ground) in enumerate(rows):
        middle = number * ROW + 18
        sign, style = SIGNS[state]
        if state == "failed":
            shapes.append(Box(0, middle - 14, WIDTH, ROW - 2, "bad"))
        shapes.append(Mark(20, middle, sign, style))
        shapes.append(Label(44, middle + 4, name, "strong" if state in ("worked", "failed") else "faint"))
        said = words[f"step-{state}"] + (f": {ground}" if ground else "")
        shapes.append(Label(220, middle + 4, fitting(said, WIDTH - 220), "plain" if state == "worked" else style))
        told.append(f"{name}: {said}")
    return Picture("steps", words["page-steps"], tuple(told), WIDTH, len(rows) * ROW + 8, tuple(shapes))


def _row(phase: Phase, report: Report, words: Mapping[str, str]) -> tuple[str, str, str]:
    proven = next((step for step in report.verdict.proven if step.phase is phase), None)
    return _state(phase, report), phase_word(phase, words), _ground(proven, words) if proven else ""


def _state(phase: Phase, report: Report) -> str:
    verdict = report.verdict
    if verdict.outcome is Outcome.FAILED and report.attempts[-1].phase is phase:
        return "failed"
    if phase in verdict.cleared:
        return "worked"
    return "not-used" if phase in verdict.not_used else "unknown"


def _ground(step: ProvenStep, words: Mapping[str, str]) -> str:
    place = str(step.source)
    return f"{words[f'ground-{step.ground.value}']}, {place.rpartition('/')[2] or place}"
