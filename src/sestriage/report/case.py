"""A few lines of plain text for the ticket: what happened, why, how sure that is, the evidence, what is next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sestriage.model.verdict import Report
from sestriage.report.common import clock, fixes_in_order
from sestriage.report.footer import PROGRAM, made_by, read_files
from sestriage.report.heading import headline, phase_word, server_name
from sestriage.report.safe import one_line, visible
from sestriage.report.words import words_of
from sestriage.report.wrapping import lead

MAX_LINE = 300
"""Characters of a line; a longer one is cut, and says so."""

Words = Mapping[str, str]


class CaseBlock(NamedTuple):
    """The parts of the block, one line each, in its order; empty for what is not known or does not apply."""

    outcome: str
    """The outcome with its confidence, and the cause's title."""
    cause: str
    """The rule, and the step that failed."""
    attempt: str
    """Time and server of the attempt."""
    evidence: str
    """The piece of evidence that counts most, with its place."""
    next_step: str
    """What to do first."""
    missing: str
    """The evidence that would help most."""
    read: str
    """The files that were handed in."""
    made_by: str
    """Version, rules and time."""


def case_block(report: Report, words: Words | None = None) -> CaseBlock:
    """The block of a report; `words` are those of its language unless others are given."""
    words = words or words_of(report.language)
    return CaseBlock(*(_cut(part) for part in _parts(report, words)))


def case_lines(report: Report, words: Words | None = None) -> list[str]:
    """The block as five to eight lines, each with its name; control characters are made visible."""
    words = words or words_of(report.language)
    named = case_block(report, words)._asdict().items()
    return [f"{words[f'block-{name}']}: {visible(value)}" for name, value in named if value]


def render(report: Report) -> str:
    """The block as plain text with a newline at its end."""
    return "\n".join(case_lines(report)) + "\n"


def brief_lines(report: Report) -> list[str]:
    """Five lines for a chat: verdict, attempt, cause, what to do first, what was read."""
    words = words_of(report.language)
    block = case_block(report, words)
    wanted = ("attempt", "cause", "next_step" if block.next_step else "missing", "made_by")
    named = block._asdict()
    rest = [f"{words[f'block-{name}']}: {visible(named[name] or '-')}" for name in wanted]
    return [visible(_cut(headline(report, words))), *rest]


def _parts(report: Report, words: Words) -> tuple[str, ...]:
    verdict, primary = report.verdict, report.verdict.primary
    evidence = (primary.evidence if primary else ()) or verdict.evidence
    steps = fixes_in_order(verdict)
    return (
        headline(report, words),
        _cause(report, words),
        _attempt(report),
        f"{evidence[0].source}: {evidence[0].quote}" if evidence else "",
        lead(steps[0].text, 0) if steps else "",
        lead(verdict.needs[0].evidence, 0) if verdict.needs else "",
        read_files(report, words),
        f"{PROGRAM} {made_by(report, words)}" if report.version else "",
    )


def _cause(report: Report, words: Words) -> str:
    primary = report.verdict.primary
    if primary is None:
        return ""
    phase = report.attempts[-1].phase if report.attempts else primary.phase
    step = words["phase-unknown"] if phase is None else phase_word(phase, words)
    return f"{primary.rule}; {words['phase']}: {step}"


def _attempt(report: Report) -> str:
    if not report.attempts:
        return ""
    newest = report.attempts[-1]
    known = [newest.started and clock(newest.started), newest.host and server_name(newest.host, newest.port)]
    return ", ".join(part for part in known if part)


def _cut(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 4].rsplit(" ", 1)[0] + " ..."
