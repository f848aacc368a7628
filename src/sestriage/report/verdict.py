"""From a report to the blocks that people read, the verdict first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from itertools import groupby

from sestriage.i18n import Say, speaker
from sestriage.model.fault import INTERNAL
from sestriage.model.source import InputNote
from sestriage.model.verdict import Attempt, Contradiction, Finding, HandMadeTest, Need, Outcome, Report, Verdict
from sestriage.report.blocks import (
    Block,
    Entry,
    Grounds,
    Headline,
    Lines,
    Link,
    Prose,
    Quote,
    Section,
    Space,
    Table,
)
from sestriage.report.common import clock, fixes_in_order, log_clock
from sestriage.report.heading import failed_step, headline, phase_word, server_name
from sestriage.report.ladder import ladders
from sestriage.report.language import in_language
from sestriage.report.safe import one_line
from sestriage.report.steps import need_block, step_block
from sestriage.report.ticket import beside_the_point, case_lines, footer_blocks
from sestriage.report.trust import certificate_blocks
from sestriage.report.words import words_of
from sestriage.report.wrapping import lead

MAX_ATTEMPT_ROWS = 12
"""Rows of the history; equal attempts in a row share one."""

MAX_EVIDENCE = 12
"""Pieces of evidence that are quoted for the primary finding unless the report is verbose."""

MAX_EVIDENCE_CONTRIBUTING = 2
"""The same for each further finding."""

BRIEF_LEAD = 160
"""Characters of the cause in a few words."""
BRIEF_CAUSE = 3
"""Lines of it."""
BRIEF_EVIDENCE = 2
"""Pieces of evidence in the brief report."""
BRIEF_QUOTE = 2
"""Lines of each."""
BRIEF_INPUT = 1
"""Lines of a remark on a file."""
BRIEF_MORE = 3
"""Further steps, findings and kinds of missing evidence in the brief report: a line each."""
BRIEF_ROWS = 5
"""Rows of the history in the brief report."""
BRIEF_ON_TOP = 2
"""Remarks on the input above everything else in the brief report."""

_TONES = {Outcome.FAILED: "bad", Outcome.ACCEPTED: "good", Outcome.UNDETERMINED: "open"}

Words = Mapping[str, str]


class Detail(IntEnum):
    """How much of a report is shown."""

    BRIEF = 0
    """What a reader needs first: the first step of the fix whole, everything else in few lines."""
    FIXES = 1
    """The same with all steps whole."""
    WHOLE = 2
    """Everything that was found, with the evidence that counts."""
    ALL = 3
    """The same with all evidence, and with the inputs that gave no problem."""


def outline(
    report: Report, detail: Detail = Detail.WHOLE, *, conversations: bool = False, words: Words | None = None
) -> tuple[Block, ...]:
    """The report as blocks.

    `conversations` adds the captured streams as ladders. `words` are those of the report's language unless others are
    given.
    """
    report = in_language(report, report.language)
    return tuple(_blocks(report, detail, conversations, words or words_of(report.language)))


def _blocks(report: Report, detail: Detail, conversations: bool, words: Words) -> Iterator[Block]:
    verdict = report.verdict
    brief = detail < Detail.WHOLE
    yield Headline(headline(report, words), _TONES[verdict.outcome])
    yield from _context(report, brief, words)
    if verdict.outcome is not Outcome.FAILED:
        yield from _notes(verdict, words)
    if verdict.outcome is Outcome.UNDETERMINED:
        yield from _needs(verdict.needs, brief, words, first_whole=True)
    yield from _steps(verdict, detail, words)
    if verdict.outcome is Outcome.FAILED:
        yield from _cautions(verdict, brief, words)
    yield from _evidence(verdict, detail, words)
    yield from _tests(report.tests, words)
    yield from _against(verdict, words)
    if not brief:
        yield from _background(verdict, words)
        yield from certificate_blocks(report, words, tree=conversations)
    yield from _alternatives(verdict, words)
    yield from _contributing(verdict.contributing, detail, words)
    if verdict.outcome is not Outcome.UNDETERMINED:
        # where nothing can be done yet, the evidence to collect is what to do
        yield from _needs(verdict.needs, brief, words, first_whole=not fixes_in_order(verdict))
    yield from _attempts(report.attempts, BRIEF_ROWS if brief else MAX_ATTEMPT_ROWS, words)
    yield from _inputs(report, detail, words)
    if not brief:
        yield from _references(verdict, words)
    if conversations:
        yield from ladders(report, words)
    yield Section(words["case-block"])
    yield Lines(tuple(case_lines(report, words)))
    yield from footer_blocks(report, brief, words)
    if not brief:
        yield Space()
    yield Headline(headline(report, words), _TONES[verdict.outcome], closing=True)


# --- parts -------------------------------------------------------------------------------------------------------


def _context(report: Report, brief: bool, words: Words) -> Iterator[Block]:
    verdict, primary = report.verdict, report.verdict.primary
    if report.case:
        yield Prose(report.case, words["case"])
    on_top = verdict.on_top[:BRIEF_ON_TOP] if brief else verdict.on_top
    for note in on_top:  # whole: it can change the verdict
        yield Prose(note, words["input"])
    if verdict.doubt:
        yield Prose(verdict.doubt, words["note"])
    if report.attempts:
        newest = report.attempts[-1]
        known = [
            newest.started and log_clock(newest.started, words),
            newest.host and server_name(newest.host, newest.port),
        ]
        if any(known):
            yield Prose(", ".join(part for part in known if part), words["attempt"])
    if primary:
        failed = report.attempts[-1].phase if report.attempts else primary.phase
        step = words["phase-unknown"] if failed is None else failed_step(failed, words)
        yield Prose(words["phase-rule"].format(phase=step, rule=primary.rule), words["phase"])
    if verdict.cleared:
        yield Prose(", ".join(phase_word(phase, words) for phase in verdict.cleared), words["cleared"])
    if verdict.not_used:
        yield Prose(", ".join(phase_word(phase, words) for phase in verdict.not_used), words["not-used"])
    if primary and primary.explanation:
        limit = BRIEF_CAUSE if brief else 0
        yield Prose(lead(primary.explanation, BRIEF_LEAD), words["cause"], limit, _grounds(primary))


def _grounds(found: Finding | Contradiction) -> Grounds:
    return tuple((str(item.source), item.quote) for item in found.evidence)


def _cautions(verdict: Verdict, brief: bool, words: Words) -> Iterator[Block]:
    """What a reader must know before the advice is followed, below it."""
    if verdict.primary and verdict.primary.caution:
        caution = verdict.primary.caution
        yield Prose(lead(caution, 0) if brief else caution, words["caution"])
    yield from _notes(verdict, words)


def _notes(verdict: Verdict, words: Words) -> Iterator[Block]:
    for note in verdict.notes:
        if note not in verdict.on_top:
            yield Prose(note, words["note"])


def _background(verdict: Verdict, words: Words) -> Iterator[Block]:
    """The explanation whole, where the top had only its first sentences."""
    explanation = verdict.primary.explanation if verdict.primary else ""
    if explanation and " ".join(explanation.split()) != lead(explanation, BRIEF_LEAD):
        yield Section(words["background"])
        yield Prose(explanation, rests_on=_grounds(verdict.primary) if verdict.primary else ())


def _references(verdict: Verdict, words: Words) -> Iterator[Block]:
    if verdict.primary and verdict.primary.references:
        yield Section(words["references"])
        yield from map(Link._make, verdict.primary.references)


def _evidence(verdict: Verdict, detail: Detail, words: Words) -> Iterator[Block]:
    evidence = (verdict.primary.evidence if verdict.primary else ()) or verdict.evidence
    if not evidence:
        return
    yield Section(words["evidence"])
    if detail is Detail.ALL:
        yield from (Quote(str(item.source), item.quote) for item in evidence)
        return
    brief = detail < Detail.WHOLE
    limit = BRIEF_EVIDENCE if brief else MAX_EVIDENCE
    for item in evidence[:limit]:
        yield Quote(str(item.source), item.quote, BRIEF_QUOTE if brief else 0)


def _tests(tests: Iterable[HandMadeTest], words: Words) -> Iterator[Block]:
    """What each test by hand shows of the server: told apart, and without advice for the Manager."""
    for number, test in enumerate(tests):
        if number == 0:
            yield Section(words["tests"])
        server = server_name(test.host, test.port) if test.host or test.port else words["server-unknown"]
        # the program last: a line that begins with a command is taken to be one
        yield Prose(f"{server}: {one_line(test.program)} ({test.source})")
        if test.proven:
            steps = ", ".join(phase_word(step.phase, words) for step in test.proven)
            yield Prose(steps, words["worked-in-test"])
        for finding in test.findings:
            told = f"- {finding.title} ({finding.rule}, {words[finding.confidence.value]})"
            yield Prose(told, rests_on=_grounds(finding))
            for item in finding.evidence[:1]:
                yield Quote(str(item.source), item.quote)
        for note in test.notes:
            yield Prose(note, words["note"])


def _against(verdict: Verdict, words: Words) -> Iterator[Block]:
    if not verdict.contradictions:
        return
    yield Section(words["against"])
    for contradiction in verdict.contradictions:
        yield Prose(contradiction.text, rests_on=_grounds(contradiction))
        for item in contradiction.evidence:
            yield Quote(str(item.source), item.quote)


def _steps(verdict: Verdict, detail: Detail, words: Words) -> Iterator[Block]:
    """The steps of the fix; without a failure, what may be done about other findings stands under another heading."""
    own = verdict.primary.rule if verdict.primary else None
    steps = fixes_in_order(verdict)
    if not steps:
        return
    yield Section(words["steps" if verdict.outcome is Outcome.FAILED else "steps-other"])
    whole = 1 if detail is Detail.BRIEF else len(steps)
    findings = (*verdict.contributing, *((verdict.primary,) if verdict.primary else ()))
    grounds = {finding.rule: _grounds(finding) for finding in findings}
    for number, step in enumerate(steps[:whole], start=1):
        text = step.text if step.rule == own else f"{step.text.rstrip()} [{step.rule}]"
        yield step_block(number, step, words, text)._replace(rests_on=grounds.get(step.rule, ()))
    for number, step in enumerate(steps[whole : whole + BRIEF_MORE], start=whole + 1):
        yield Prose(f"{number}. {lead(step.text, 0)}", lines=1)
    rest = len(steps) - whole - BRIEF_MORE
    if rest > 0:
        yield Prose(words["more"].format(count=rest, option="--all-fixes"))


def _alternatives(verdict: Verdict, words: Words) -> Iterator[Block]:
    if not verdict.alternatives:
        return
    yield Section(words["alternatives"])
    for other in verdict.alternatives:
        why = f": {other.why}" if other.why else ""
        yield Prose(f"- {other.title} ({other.rule}){why}")


def _needs(needs: Iterable[Need], brief: bool, words: Words, *, first_whole: bool = False) -> Iterator[Block]:
    for number, need in enumerate(needs, start=1):
        if number == 1:
            yield Section(words["needs"])
        if brief and (number > 1 or not first_whole):
            yield Prose(f"{number}. {lead(need.evidence, 0)}", lines=1)
        else:
            yield need_block(number, need, words["why"])


def _contributing(findings: Iterable[Finding], detail: Detail, words: Words) -> Iterator[Block]:
    limit = None if detail is Detail.ALL else MAX_EVIDENCE_CONTRIBUTING
    for number, finding in enumerate(findings):
        if number == 0:
            yield Section(words["contributing"])
        told = f"- {finding.title} ({finding.rule}, {words[finding.confidence.value]})"
        yield Prose(told, rests_on=_grounds(finding))
        if detail < Detail.WHOLE:
            continue
        if finding.explanation:
            yield Prose(finding.explanation, rests_on=_grounds(finding))
        for item in finding.evidence[:limit]:
            yield Quote(str(item.source), item.quote)


def _attempts(attempts: tuple[Attempt, ...], limit: int, words: Words) -> Iterator[Block]:
    if len(attempts) < 2:
        return
    several_servers = len({(a.host, a.port) for a in attempts if a.host}) > 1
    rows = [_attempt_row(run, several_servers, words) for run in _runs(attempts)]
    yield Section(words["attempts"])
    naive = any(attempt.started is not None and attempt.started.tzinfo is None for attempt in attempts)
    columns = tuple(words[c] for c in ("started-log" if naive else "started", "ended", "count", "outcome"))
    yield Table(columns, tuple(rows[-limit:]), flexible=3)
    if len(rows) > limit:
        yield Prose(words["earlier"].format(count=len(rows) - limit))


def _runs(attempts: Iterable[Attempt]) -> list[list[Attempt]]:
    """Attempts in a row with the same result make one run."""
    runs: list[list[Attempt]] = []
    for attempt in attempts:
        if runs and _result(runs[-1][-1]) == _result(attempt):
            runs[-1].append(attempt)
        else:
            runs.append([attempt])
    return runs


def _result(attempt: Attempt) -> tuple[object, ...]:
    rule = attempt.finding.rule if attempt.finding else None
    return attempt.outcome, attempt.phase, rule, attempt.host, attempt.port


def _attempt_row(run: list[Attempt], with_server: bool, words: Words) -> tuple[str, ...]:
    first, last = run[0], run[-1]
    result = words[f"outcome-{first.outcome.value}"]
    if first.finding:
        result += f": {first.finding.rule}"
    elif first.phase and first.outcome is not Outcome.ACCEPTED:
        result += f": {failed_step(first.phase, words)}"
    if with_server and (first.host or first.port):
        result += f", {server_name(first.host, first.port)}"
    since, until = clock(first.started), clock(last.ended or last.started)
    if until == since:
        until = ""
    elif until[:10] == since[:10]:
        until = until[11:]
    return since, until, str(len(run)), result


def _inputs(report: Report, detail: Detail, words: Words) -> Iterator[Block]:
    verbose = detail is Detail.ALL
    named = beside_the_point(report) if detail < Detail.WHOLE else ()
    shown = [note for note in report.inputs if verbose or (note.problem and note not in named)]
    if not shown:
        return
    say = speaker(report.language)
    yield Section(words["all-inputs" if verbose else "inputs"])
    counts = Counter(_archive(note) for note in shown)
    headed = {note.source.file: note for note in shown if counts[note.source.file] > 1}
    listed = [note for note in shown if note is not headed.get(note.source.file)]
    for archive, notes in groupby(sorted(listed, key=_archive), _archive):
        if archive in headed:
            yield _input(archive, headed[archive], detail, words, say)
        elif counts[archive] > 1 and archive:
            yield Prose(f"- {archive}:")
        for note in notes:
            inside = bool(archive) and counts[archive] > 1
            name = note.source.file.removeprefix(f"{archive}!/") if inside else note.source.file
            yield _input(name, note, detail, words, say)._replace(inside=inside)


def _input(name: str, note: InputNote, detail: Detail, words: Words, say: Say) -> Entry:
    state = _problem(note, words, say) or words["used" if note.used else "unused"]
    cut = detail < Detail.WHOLE and note.fault is None  # the code of a fault is to be reported
    return Entry(name, f"({note.kind}): {state}", BRIEF_INPUT if cut else 0)


def _archive(note: InputNote) -> str:
    """The archive that a file lies in, innermost; empty for a file of its own."""
    return note.source.file.rpartition("!/")[0]


def _problem(note: InputNote, words: Words, say: Say) -> str | None:
    """What is wrong with a piece of the input, in the language of the report as far as it is ours; None: nothing."""
    if note.problem is None:
        return None
    if note.fault is None:
        return say(note.problem)
    told = words["fault"].format(kind=note.fault.kind, code=note.fault.code)
    return note.problem.replace(INTERNAL.format(kind=note.fault.kind, code=note.fault.code), told)
