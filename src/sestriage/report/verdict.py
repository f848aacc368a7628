"""From a report to the blocks that people read, the verdict first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sestriage.i18n import Say
from sestriage.locale.report import speaker_of
from sestriage.model.fault import INTERNAL
from sestriage.model.phase import Phase
from sestriage.model.source import InputNote
from sestriage.model.verdict import Attempt, Finding, HandMadeTest, Need, Outcome, Report, Verdict
from sestriage.report.blocks import Block, Headline, Link, Prose, Quote, Section, Table
from sestriage.report.common import clock, fixes_in_order
from sestriage.report.ladder import ladders
from sestriage.report.problems import problem_text
from sestriage.report.safe import one_line
from sestriage.report.steps import need_block, step_block
from sestriage.report.trust import certificate_blocks
from sestriage.report.words import ENGLISH, words_of

MAX_ATTEMPT_ROWS = 12
"""Rows of the history; equal attempts in a row share one."""

MAX_EVIDENCE = 12
"""Pieces of evidence that are quoted for the primary finding unless the report is verbose."""

MAX_EVIDENCE_CONTRIBUTING = 2
"""The same for each further finding."""

_TONES = {Outcome.FAILED: "bad", Outcome.ACCEPTED: "good", Outcome.UNDETERMINED: "open"}
_PHASE_WORDS = {Phase.CERTIFICATE: "phase-certificate", Phase.ACCEPTED: "phase-accepted"}

Words = Mapping[str, str]


def outline(
    report: Report, *, verbose: bool = False, conversations: bool = False, words: Words | None = None
) -> tuple[Block, ...]:
    """The whole report as blocks.

    `verbose` adds all evidence and the inputs that gave no problem, `conversations` the captured streams as ladders.
    `words` are those of the report's language unless others are given.
    """
    return tuple(_blocks(report, verbose, conversations, words or words_of(report.language)))


def _blocks(report: Report, verbose: bool, conversations: bool, words: Words) -> Iterator[Block]:
    verdict = report.verdict
    yield Headline(headline(verdict, words, only_tests=_only_tests(report)), _TONES[verdict.outcome])
    yield from _context(report, words)
    yield from _evidence(verdict, verbose, words)
    yield from _tests(report.tests, words)
    yield from _against(verdict, words)
    yield from certificate_blocks(report, words)
    yield from _steps(verdict, words)
    yield from _alternatives(verdict, words)
    yield from _needs(verdict.needs, words)
    yield from _contributing(verdict.contributing, None if verbose else MAX_EVIDENCE_CONTRIBUTING, words)
    yield from _attempts(report.attempts, words)
    yield from _inputs(report, verbose, words)
    if verdict.primary and verdict.primary.references:
        yield Section(words["references"])
        yield from map(Link._make, verdict.primary.references)
    if conversations:
        yield from ladders(report, words)


def _only_tests(report: Report) -> bool:
    """Nothing but tests by hand is in the evidence."""
    return bool(report.tests) and not report.attempts


def headline(verdict: Verdict, words: Words = ENGLISH, *, only_tests: bool = False) -> str:
    """The verdict in one line. `only_tests`: there is no attempt of the Manager, but tests by hand."""
    if only_tests and verdict.outcome is Outcome.UNDETERMINED:
        return words["undetermined-tests"]
    confidence = words[verdict.confidence.value if verdict.confidence else "no-confidence"]
    if verdict.outcome is not Outcome.FAILED:
        return words[verdict.outcome.value].format(confidence=confidence)
    if verdict.primary is None:
        return words["failed-unknown"]
    return words["failed"].format(confidence=confidence, title=one_line(verdict.primary.title))


def phase_word(phase: Phase, words: Words = ENGLISH) -> str:
    """Name of a phase for people."""
    return words[_PHASE_WORDS.get(phase, phase.value)]


def server_name(host: str | None, port: int | None) -> str:
    """`host:port` with what is known of it; `-` for nothing."""
    if host is None:
        return "-" if port is None else f":{port}"
    return host if port is None else f"{host}:{port}"


# --- parts -------------------------------------------------------------------------------------------------------


def _context(report: Report, words: Words) -> Iterator[Block]:
    verdict, primary = report.verdict, report.verdict.primary
    if report.case:
        yield Prose(report.case, words["case"])
    if report.attempts:
        newest = report.attempts[-1]
        known = [newest.started and clock(newest.started), newest.host and server_name(newest.host, newest.port)]
        if any(known):
            yield Prose(", ".join(part for part in known if part), words["attempt"])
    if primary:
        failed = report.attempts[-1].phase if report.attempts else primary.phase
        step = words["phase-unknown"] if failed is None else phase_word(failed, words)
        yield Prose(words["phase-rule"].format(phase=step, rule=primary.rule), words["phase"])
    if verdict.doubt:
        yield Prose(verdict.doubt, words["note"])
    if verdict.cleared:
        yield Prose(", ".join(phase_word(phase, words) for phase in verdict.cleared), words["cleared"])
    if verdict.not_used:
        yield Prose(", ".join(phase_word(phase, words) for phase in verdict.not_used), words["not-used"])
    if primary and primary.explanation:
        yield Prose(primary.explanation)
    if primary and primary.caution:
        yield Prose(primary.caution, words["caution"])
    for note in verdict.notes:
        yield Prose(note, words["note"])


def _evidence(verdict: Verdict, verbose: bool, words: Words) -> Iterator[Block]:
    evidence = (verdict.primary.evidence if verdict.primary else ()) or verdict.evidence
    if not evidence:
        return
    yield Section(words["evidence"])
    for item in evidence if verbose else evidence[:MAX_EVIDENCE]:
        yield Quote(str(item.source), item.quote)


def _tests(tests: Iterable[HandMadeTest], words: Words) -> Iterator[Block]:
    """What each test by hand shows of the server: told apart, and without advice for the Manager."""
    for number, test in enumerate(tests):
        if number == 0:
            yield Section(words["tests"])
        server = server_name(test.host, test.port) if test.host or test.port else words["server-unknown"]
        yield Prose(f"{one_line(test.program)}, {server} ({test.source})")
        if test.proven:
            steps = ", ".join(phase_word(step.phase, words) for step in test.proven)
            yield Prose(steps, words["worked-in-test"])
        for finding in test.findings:
            yield Prose(f"- {finding.title} ({finding.rule}, {words[finding.confidence.value]})")
            for item in finding.evidence[:1]:
                yield Quote(str(item.source), item.quote)
        for note in test.notes:
            yield Prose(note, words["note"])


def _against(verdict: Verdict, words: Words) -> Iterator[Block]:
    if not verdict.contradictions:
        return
    yield Section(words["against"])
    for contradiction in verdict.contradictions:
        yield Prose(contradiction.text)
        for item in contradiction.evidence:
            yield Quote(str(item.source), item.quote)


def _steps(verdict: Verdict, words: Words) -> Iterator[Block]:
    own = verdict.primary.rule if verdict.primary else None
    for number, step in enumerate(fixes_in_order(verdict), start=1):
        if number == 1:
            yield Section(words["steps"])
        text = step.text if step.rule == own else f"{step.text.rstrip()} [{step.rule}]"
        yield step_block(number, step, words, text)


def _alternatives(verdict: Verdict, words: Words) -> Iterator[Block]:
    if not verdict.alternatives:
        return
    yield Section(words["alternatives"])
    for other in verdict.alternatives:
        why = f": {other.why}" if other.why else ""
        yield Prose(f"- {other.title} ({other.rule}){why}")


def _needs(needs: Iterable[Need], words: Words) -> Iterator[Block]:
    for number, need in enumerate(needs, start=1):
        if number == 1:
            yield Section(words["needs"])
        yield need_block(number, need, words["why"])


def _contributing(findings: Iterable[Finding], limit: int | None, words: Words) -> Iterator[Block]:
    for number, finding in enumerate(findings):
        if number == 0:
            yield Section(words["contributing"])
        yield Prose(f"- {finding.title} ({finding.rule}, {words[finding.confidence.value]})")
        if finding.explanation:
            yield Prose(finding.explanation)
        for item in finding.evidence[:limit]:
            yield Quote(str(item.source), item.quote)


def _attempts(attempts: tuple[Attempt, ...], words: Words) -> Iterator[Block]:
    if len(attempts) < 2:
        return
    several_servers = len({(a.host, a.port) for a in attempts if a.host}) > 1
    rows = [_attempt_row(run, several_servers, words) for run in _runs(attempts)]
    yield Section(words["attempts"])
    columns = tuple(words[c] for c in ("started", "ended", "count", "outcome"))
    yield Table(columns, tuple(rows[-MAX_ATTEMPT_ROWS:]), flexible=3)
    if len(rows) > MAX_ATTEMPT_ROWS:
        yield Prose(words["earlier"].format(count=len(rows) - MAX_ATTEMPT_ROWS))


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
        result += f": {phase_word(first.phase, words)}"
    if with_server and (first.host or first.port):
        result += f", {server_name(first.host, first.port)}"
    since, until = clock(first.started), clock(last.ended or last.started)
    if until == since:
        until = ""
    elif until[:10] == since[:10]:
        until = until[11:]
    return since, until, str(len(run)), result


def _inputs(report: Report, verbose: bool, words: Words) -> Iterator[Block]:
    shown = [note for note in report.inputs if verbose or note.problem]
    if not shown:
        return
    say = speaker_of(report.language)
    yield Section(words["all-inputs" if verbose else "inputs"])
    for note in shown:
        state = _problem(note, words, say) or words["used" if note.used else "unused"]
        yield Prose(f"- {note.source.file} ({note.kind}): {state}")


def _problem(note: InputNote, words: Words, say: Say) -> str | None:
    """What is wrong with a piece of the input, in the language of the report as far as it is ours; None: nothing."""
    if note.problem is None:
        return None
    if note.fault is None:
        return problem_text(note.problem, say)
    told = words["fault"].format(kind=note.fault.kind, code=note.fault.code)
    return note.problem.replace(INTERNAL.format(kind=note.fault.kind, code=note.fault.code), told)
