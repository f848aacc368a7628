"""Lines of plain text for the ticket, and the foot of a report: by what it was made, when, and of which files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sestriage.model.command import Command, Instructions
from sestriage.model.source import InputDigest, InputNote
from sestriage.model.verdict import Outcome, Report
from sestriage.report.blocks import Block, Headline, Prose, Section, Step
from sestriage.report.common import clock, fixes_in_order, log_clock
from sestriage.report.heading import failed_step, headline, server_name, size_text
from sestriage.report.language import in_language
from sestriage.report.safe import one_line, visible
from sestriage.report.trust import SHORT_FINGERPRINT
from sestriage.report.words import words_of
from sestriage.report.wrapping import lead, paragraphs, to_reason

PROGRAM = "sestriage"
BRIEF_FILES = 4
"""Files that the brief report names."""
OTHER = "other"
"""The kind of a file of no kind that is known."""
MOST_LINES = 5
MAX_LINE = 300
"""Characters of a line; a longer one is cut, and says so."""

Words = Mapping[str, str]


class CaseBlock(NamedTuple):
    """The parts of the block, one line each, in its order; empty for what is not known or does not apply."""

    outcome: str
    """The outcome with its confidence."""
    cause: str
    """The cause, its rule, and the step that failed."""
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
    report = in_language(report, report.language)
    return CaseBlock(*(_cut(part) for part in _parts(report, words)))


def case_lines(report: Report, words: Words | None = None) -> list[str]:
    """The block as five to eight lines, each with its name; the cause stands behind the outcome, and what is not known
    of an attempt is told. Control characters are made visible."""
    words = words or words_of(report.language)
    block = case_block(report, words)
    if block.cause:
        block = block._replace(outcome=f"{block.outcome}: {block.cause}", cause="")
    if report.verdict.outcome is Outcome.UNDETERMINED and report.verdict.needs:
        collect = _with_command(words["collect"], report.verdict.needs[0].command, words)
        block = block._replace(next_step=_cut(collect))
    block = block._replace(attempt=block.attempt or "-")
    return [f"{words[f'block-{name}']}: {visible(value)}" for name, value in block._asdict().items() if value]


def render(report: Report) -> str:
    """The block as plain text with a newline at its end."""
    return "\n".join(case_lines(report)) + "\n"


def render_brief(report: Report) -> str:
    """The answer in five lines, with a newline at the end."""
    return "\n".join(brief_lines(report)) + "\n"


def brief_lines(report: Report) -> list[str]:
    """Five lines for a chat: verdict, attempt, cause, what to do first (or what is missing), version and time."""
    words = words_of(report.language)
    block = case_block(report, words)
    wanted = ("next_step" if block.next_step else "missing", "read", "made_by")
    named = block._asdict()
    rest = [f"{words[f'block-{name}']}: {visible(named[name] or '-')}" for name in wanted]
    where = "; ".join(part for part in (_cut(_attempt(report, words)), _step_and_rule(report, words)) if part)
    return [visible(_cut(headline(report, words))), f"{words['block-attempt']}: {visible(where or '-')}", *rest]


def _parts(report: Report, words: Words) -> tuple[str, ...]:
    verdict, primary = report.verdict, report.verdict.primary
    evidence = (primary.evidence if primary else ()) or verdict.evidence
    steps = fixes_in_order(verdict) if verdict.outcome is Outcome.FAILED else ()
    return (
        _outcome(report, words),
        _cause(report, words),
        _attempt(report, words),
        to_reason(f"{evidence[0].source}: {one_line(evidence[0].quote)}", MAX_LINE) if evidence else "",
        _with_command(lead(steps[0].text, 0), steps[0].command, words) if steps else "",
        lead(verdict.needs[0].evidence, 0) if verdict.needs else "",
        read_files(report, words),
        f"{PROGRAM} {made_by(report, words)}" if report.version else "",
    )


def _with_command(text: str, command: Command | Instructions | None, words: Words) -> str:
    """A sentence, with its command if that fits into the line unchanged."""
    shown = "" if command is None else str(command)
    whole = f"{text} {words['command']} {shown}".lstrip()
    return whole if shown and one_line(whole) == whole and len(whole) <= MAX_LINE else text


def _cause(report: Report, words: Words) -> str:
    primary = report.verdict.primary
    if primary is None:
        return ""
    return f"{primary.title} ({_step_and_rule(report, words)})"


def _step_and_rule(report: Report, words: Words) -> str:
    primary = report.verdict.primary
    if primary is None:
        return ""
    phase = report.attempts[-1].phase if report.attempts else primary.phase
    step = words["phase-unknown"] if phase is None else failed_step(phase, words)
    return f"{words['phase']}: {step}, {words['rule']}: {primary.rule}"


def _outcome(report: Report, words: Words) -> str:
    """The verdict without the cause, which has a line of its own."""
    verdict = report.verdict
    if verdict.outcome is not Outcome.FAILED or verdict.primary is None:
        return headline(report, words)
    confidence = words[verdict.confidence.value if verdict.confidence else "no-confidence"]
    return words["failed-outcome"].format(confidence=confidence)


def _attempt(report: Report, words: Words) -> str:
    if not report.attempts:
        return ""
    newest = report.attempts[-1]
    known = [newest.started and log_clock(newest.started, words), newest.host and server_name(newest.host, newest.port)]
    return ", ".join(part for part in known if part)


# --- any report in a few lines -------------------------------------------------------------------------------------


def render_few(blocks: Iterable[Block]) -> str:
    """At most five lines, with a newline at the end."""
    return "\n".join(few_lines(blocks)) + "\n"


def few_lines(blocks: Iterable[Block]) -> list[str]:
    """Headlines first, then the first sentences of what stands below the first one; the last line is the first step.

    Headings stand in for headlines where there is none.
    """
    known = tuple(blocks)
    step = next((_step(block) for block in known if isinstance(block, Step)), None)
    room = MOST_LINES - (step is not None)
    heads = [block.text for block in known if isinstance(block, Headline) and not block.closing]
    heads = heads or [block.title for block in known if isinstance(block, Section)]
    lines = [*heads, *(_sentences(known) if len(heads) < 2 else ())][:room]
    return [visible(_cut(line)) for line in (*lines, *([step] if step is not None else []))]


def _sentences(blocks: Iterable[Block]) -> Iterator[str]:
    """The first sentence of each paragraph before the first step."""
    for block in blocks:
        if isinstance(block, Step):
            return
        if isinstance(block, Prose) and not next((verbatim for _, verbatim in paragraphs(block.text)), True):
            said = lead(block.text, 0)
            yield f"{block.label}: {said}" if block.label else said


def _step(step: Step) -> str:
    """The first sentence of a step, with its command where that fits into the line unchanged."""
    text = f"{step.number}. {lead(step.text, 0)}"
    command = "" if step.command is None else str(step.command)
    whole = f"{text} {command}"
    return whole if command and one_line(command) == command and len(whole) <= MAX_LINE else text


def _cut(text: str) -> str:
    """One line of at most `MAX_LINE` characters."""
    line = one_line(text)
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 4].rsplit(" ", 1)[0] + " ..."


# --- the foot ----------------------------------------------------------------------------------------------------


def footer_blocks(report: Report, brief: bool, words: Words) -> Iterator[Block]:
    """What the lines for the ticket do not have: where there is more of a brief report, the files of a whole one with
    their whole digests. Nothing for a report that was not made of files."""
    if not report.analysed:
        return
    if brief:
        yield Prose(words["hint"], words["further"])
        return
    yield Section(words["read"])
    for digest in report.read:
        yield Prose(f"- {_file(digest, words, brief=False)}")
    if report.read_left_out:
        yield Prose(words["files-left-out"].format(count=report.read_left_out))
    yield Prose(made_by(report, words), PROGRAM)


def made_by(report: Report, words: Words) -> str:
    """Version, rules and time in one line."""
    parts = [report.version]
    if report.rules_digest:
        parts.append(words["rules-digest"].format(digest=report.rules_digest))
    for pack in report.rule_packs:
        name = f"{pack.name} {pack.version}".rstrip()
        parts.append(words["rule-pack"].format(name=name, digest=pack.digest))
    if report.analysed:
        parts.append(words["analysed"].format(time=clock(report.analysed)))
    return ", ".join(parts)


def read_files(report: Report, words: Words) -> str:
    """The files that were handed in, in one line, without their folders."""
    idle = {note.source.file for note in beside_the_point(report)}
    named = "; ".join(
        _file(digest, words, brief=True, used=digest.source.file not in idle) for digest in report.read[:BRIEF_FILES]
    )
    rest = len(report.read) - BRIEF_FILES + report.read_left_out
    return f"{named}; {words['files-more'].format(count=rest)}" if rest > 0 else named


def beside_the_point(report: Report) -> tuple[InputNote, ...]:
    """Files of no known kind, read whole, that gave nothing: those that the line of the files names and marks."""
    named = {digest.source.file for digest in report.read[:BRIEF_FILES] if digest.size is not None}
    if report.verdict.outcome is Outcome.UNDETERMINED:
        return ()  # it may be the very file that was meant to decide
    return tuple(
        note
        for note in report.inputs
        if note.kind == OTHER and not note.used and note.fault is None and note.source.file in named
    )


def _file(digest: InputDigest, words: Words, *, brief: bool, used: bool = True) -> str:
    name = digest.source.path
    if brief:
        name = name.rstrip("/").rpartition("/")[2] or name
    if digest.size is None:
        return name
    known = [size_text(digest.size)] if used else [size_text(digest.size), words["unused"]]
    if digest.sampled and digest.modified:
        known.append(clock(digest.modified))
    if digest.sha256:
        value = digest.sha256[:SHORT_FINGERPRINT] if brief else digest.sha256
        known.append(
            words[f"{'sampled' if digest.sampled else 'whole'}{'-brief' if brief else ''}"].format(digest=value)
        )
    return f"{name} ({', '.join(known)})"
