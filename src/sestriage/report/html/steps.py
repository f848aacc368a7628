"""The ladder of the steps of a submission: which worked and by what that is known, which failed, which is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sestriage.model.phase import Phase
from sestriage.model.verdict import Outcome, ProvenStep, Report
from sestriage.report.heading import failed_step, phase_word
from sestriage.report.html.picture import (
    LINE,
    WIDE,
    Box,
    Drawing,
    Label,
    Line,
    Mark,
    Picture,
    Shape,
    Style,
    drawn_twice,
    folded,
    labels,
)

ROW = 30
NAME, BESIDE = 44, 220
"""Where the name of a step begins, and what is known of it."""
SIGNS: Mapping[str, tuple[str, Style]] = {
    "worked": ("\u2713", "good"),
    "failed": ("\u2717", "bad"),
    "not-used": ("\u2013", "faint"),
    "unknown": ("?", "open"),
}
"""State of a step to its sign and look."""
SHOWN = tuple(phase for phase in Phase if phase not in (Phase.CONFIG, Phase.DELIVERY))
"""The steps of every ladder; the two at the ends stand there only when something is known of them."""


class _Row(NamedTuple):
    """A step: its state (a key of `SIGNS`), its name, and what is known of it."""

    state: str
    name: str
    said: str


def picture(report: Report, words: Mapping[str, str]) -> Picture | None:
    """The ladder for the verdict; None where there was no attempt."""
    if not report.attempts:
        return None
    rows = [_row(phase, report, words) for phase in Phase if phase in SHOWN or _state(phase, report) != "unknown"]
    told = [f"{row.name}: {row.said}" for row in rows]
    return drawn_twice("steps", words["page-steps"], told, lambda width: [_drawn(rows, width)])


def _drawn(rows: Sequence[_Row], width: int) -> Drawing:
    """What is known of a step stands beside its name, or below it where there is no room."""
    beside = width == WIDE
    column = BESIDE if beside else NAME
    shapes: list[Shape] = []
    y = 0
    for row in rows:
        sign, style = SIGNS[row.state]
        lines = folded(row.said, width - column - 8)
        height = max(ROW, LINE * (len(lines) + (not beside)) + ROW - LINE)
        if row.state == "failed":
            shapes.append(Box(1, y + 2, width - 2, height - 2, "bad"))
        shapes.append(Mark(20, y + 17, sign, style))
        shapes.append(Label(NAME, y + 21, row.name, "strong" if row.state in ("worked", "failed") else "faint"))
        below = y + 21 + (0 if beside else LINE)
        shapes += labels(column, below, lines, "plain" if row.state == "worked" else style)
        y += height
    return Drawing(width, y + 4, (Line(20, 20, 20, y - ROW / 2, "faint"), *shapes))


def _row(phase: Phase, report: Report, words: Mapping[str, str]) -> _Row:
    proven = next((step for step in report.verdict.proven if step.phase is phase), None)
    state = _state(phase, report)
    ground = f": {_ground(proven, words)}" if proven else ""
    name = failed_step(phase, words) if state == "failed" else phase_word(phase, words)
    return _Row(state, name, words[f"step-{state}"] + ground)


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
