"""The whole way from paths to a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sestriage import __version__
from sestriage.engine.alternatives import alternatives_of
from sestriage.engine.attempts import MAX_ATTEMPTS, AttemptDraft, group_events
from sestriage.engine.clock import Alignment, align
from sestriage.engine.conversations.notes import ports_notes
from sestriage.engine.conversations.traces import Traced
from sestriage.engine.decide import Decision, decide_attempt
from sestriage.engine.duplicates import deduplicate
from sestriage.engine.hand_made import about_the_manager, hand_made_tests, judge_runs
from sestriage.engine.join import join, unique_streams
from sestriage.engine.managers import split_cases
from sestriage.engine.needs import needs_of
from sestriage.engine.order import has_naive_times, in_order, with_known_zones
from sestriage.engine.other_clients import as_captures
from sestriage.engine.proven import proven_by, proven_by_both
from sestriage.engine.reading.collect import Inputs, LogFile, Options, collect
from sestriage.engine.reading.fingerprint import fingerprints
from sestriage.engine.reading.lost import lost_notes
from sestriage.engine.reading.time_window import narrow, window_notes
from sestriage.engine.remarks.against import failure_against_wire
from sestriage.engine.remarks.notes import (
    bystander_notes,
    contradictions_of,
    mail_notes,
    notes_of,
    unread_notes,
    zone_doubts,
)
from sestriage.engine.remarks.second_faults import second_faults, second_faults_steps
from sestriage.engine.same_session import clock_notes, parted_notes
from sestriage.engine.shown import Shown, shown
from sestriage.engine.tries import tries_notes
from sestriage.engine.unsure import Unsure, capped, trouble_notes, with_doubts, with_order_doubt
from sestriage.errors import RuleError
from sestriage.ingest import Reading
from sestriage.model.message import Message
from sestriage.model.source import InputNote, SourceRef
from sestriage.model.verdict import (
    Attempt,
    Confidence,
    NothingToJudge,
    Outcome,
    Report,
    Verdict,
)
from sestriage.rules import RuleSet, load_rules

RULE_NOTE = "rule"
"""Kind of the input notes that name a rule file which could not be used."""


@dataclass(frozen=True, slots=True)
class TriageOptions:
    """What a user can set about a triage.

    `rule_dirs` are searched before the packaged rules. `utc_offset` is what a log without zone is ahead of UTC; None
    lets it be found from the captures. `now` stands for the current time where no evidence has one (tests set it).
    """

    reading: Options = field(default_factory=Options)
    rule_dirs: tuple[Path, ...] = ()
    utc_offset: timedelta | None = None
    now: datetime | None = None
    language: str = "en"
    """Of the sentences of the report: one of `i18n.LANGUAGES`."""
    whole_hash: bool = False
    """Hash files of any size as a whole, not only the ends of large ones."""


def triage(paths: Sequence[str], options: TriageOptions | None = None, stdin: BinaryIO | None = None) -> Report:
    """Read the evidence at `paths` and say what failed, how sure that is, and what to do.

    `-` among the paths reads `stdin`. When the input holds several Managers, this is the report of the first of
    `triage_cases`. Raises `InputError` for a path that cannot be used at all; everything else that is wrong with the
    input is reported in `Report.inputs`.
    """
    return triage_cases(paths, options, stdin)[0]


def triage_cases(
    paths: Sequence[str], options: TriageOptions | None = None, stdin: BinaryIO | None = None
) -> list[Report]:
    """The report of every Manager whose evidence is in the input: failed ones first, at least one."""
    return triage_inputs(paths, options, stdin).reports


@dataclass(frozen=True, slots=True)
class Triaged:
    """A triage with what it was made of: `collected` is everything that was read, before it was split into cases."""

    paths: tuple[str, ...]
    options: TriageOptions
    collected: Inputs
    reports: list[Report]


def triage_inputs(paths: Sequence[str], options: TriageOptions | None = None, stdin: BinaryIO | None = None) -> Triaged:
    """`triage_cases`, with what was read."""
    options = options or TriageOptions()
    collected = collect(paths, options.reading, stdin)
    return Triaged(tuple(paths), options, collected, reports_of(paths, collected, options))


def reports_of(paths: Sequence[str], collected: Inputs, options: TriageOptions) -> list[Report]:
    """The reports of what was read from `paths`, as `triage_cases` gives them."""
    rules = load_rules(options.rule_dirs, options.language)
    reports = [
        replace(conclude(case.collected, rules, options), case=case.name) for case in split_cases(collected, paths)
    ]
    listed, left_out = fingerprints(paths, whole=options.whole_hash)
    made = options.now or datetime.now(UTC)
    reports = [replace(report, analysed=made, read=listed, read_left_out=left_out) for report in reports]
    order = (Outcome.FAILED, Outcome.UNDETERMINED, Outcome.ACCEPTED)
    return sorted(reports, key=lambda report: order.index(report.verdict.outcome))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a case shows, as the rules see it.

    `decisions` has one for each draft of an attempt, the oldest first; `runs` those of other clients, where there is no
    attempt. `left_out` counts attempts that were not judged, `whole`: all logs were read whole.
    """

    collected: Inputs
    found: Shown
    alignment: Alignment | None
    traced: Traced
    drafts: Sequence[AttemptDraft]
    decisions: Sequence[Decision]
    runs: Sequence[Decision]
    left_out: int = 0
    whole: bool = True


def judge(collected: Inputs, rules: RuleSet, options: TriageOptions) -> Judged:
    """From everything that was read to a decision on every attempt."""
    window = options.reading.window
    if window is not None:
        whole_input = collected
        collected = narrow(collected, window, lambda logs: _alignment(logs, whole_input, options))
    found = shown(collected)
    logs = deduplicate(with_known_zones(found.counted))
    streams = unique_streams(collected.captures)
    alignment = _alignment(logs, collected, options)
    now = options.now or datetime.now(UTC)
    logged = group_events(in_order(logs, alignment or timedelta(0), now))
    lookups = [lookup for capture in collected.captures for lookup in capture.dns]
    joined = join(logged[-MAX_ATTEMPTS:], streams, lookups)
    drafts = joined[-MAX_ATTEMPTS:]
    traced = Traced.of(drafts, collected)
    drafts = drafts or traced.attempts
    left_out = max(0, len(logged) - MAX_ATTEMPTS) + max(0, len(joined) - len(drafts))
    reading = options.reading.reading or Reading()
    decisions = [decide_attempt(draft, collected, rules, now) for draft in reading.judging(drafts)]
    runs = [] if drafts else judge_runs(collected, rules, now)
    whole = all(log.whole for log in logs)
    return Judged(collected, found, alignment, traced, drafts, decisions, runs, left_out, whole)


def conclude(collected: Inputs, rules: RuleSet, options: TriageOptions) -> Report:
    """From everything that was read to the report."""
    judged = judge(collected, rules, options)
    collected, found, alignment, traced = judged.collected, judged.found, judged.alignment, judged.traced
    drafts, decisions, runs, window = judged.drafts, judged.decisions, judged.runs, options.reading.window
    problems = {str(error): error for error in (*rules.problems, *collected.rule_problems)}
    unsure = Unsure(found, in_order(deduplicate(with_known_zones(found.unsure)), alignment or timedelta(0)))
    verdict = _verdict(decisions, runs, collected, rules, alignment)
    if decisions:
        verdict = with_order_doubt(with_doubts(verdict, drafts[-1], unsure), drafts, decisions)
        remarks = (
            *clock_notes(drafts[-1]),
            *parted_notes(drafts),
            *tries_notes(drafts, decisions),
            *bystander_notes(drafts, unique_streams(collected.captures)),
        )
        verdict = replace(verdict, notes=(*verdict.notes, *remarks))
    else:
        verdict = replace(verdict, notes=(*verdict.notes, *trouble_notes(found.trouble)))
    notes = (*verdict.notes, *unsure.notes(), *traced.notes(), *ports_notes(collected.captures))
    verdict = _with_count(replace(verdict, notes=notes), judged.left_out, judged.whole)
    doubts = zone_doubts(collected, unique_streams(collected.captures), options.reading.zone)
    of_input = (*lost_notes(collected), *window_notes(collected, window), *doubts)
    verdict = replace(verdict, notes=(*of_input, *verdict.notes), on_top=(*of_input, *unread_notes(collected)))
    tests = hand_made_tests(collected, runs)
    return Report(
        verdict=verdict,
        attempts=tuple(_local_times(d.attempt, draft, alignment) for d, draft in zip(decisions, drafts, strict=True)),
        tests=tests,
        captures=(*collected.captures, *as_captures(collected), *traced.captures),
        stores=tuple(collected.stores),
        paths=tuple(path for decision in reversed(decisions or runs) for path in decision.paths),
        cipher_lists=tuple(collected.cipher_lists),
        settings=tuple(collected.settings),
        inputs=(*collected.notes, *map(_rule_note, problems.values()), *_translation_notes(rules)),
        version=__version__,
        language=rules.language,
        nothing=None if drafts or tests else _nothing(collected, options),
        rules_digest=rules.digest,
        rule_packs=rules.packs,
    )


def _nothing(collected: Inputs, options: TriageOptions) -> NothingToJudge | None:
    """Why no attempt is in the evidence, where the input itself is the reason."""
    notes = [note for note in collected.notes if note.kind not in ("folder", "archive")]
    if all(not note.used and note.kind == "other" for note in notes):
        return "unknown-files" if notes else "empty"
    return "window" if options.reading.window is not None else None


def _with_count(verdict: Verdict, left_out: int, whole: bool) -> Verdict:
    """With a note on the attempts that were not judged; how many they are is known of logs that were read whole."""
    if not left_out:
        return verdict
    if whole:
        note = Message(
            "Only the newest {count} attempts were judged; {left_out} older ones are not listed.",
            count=MAX_ATTEMPTS,
            left_out=left_out,
        )
    else:
        note = Message("Only the newest {count} attempts were judged; older ones are not listed.", count=MAX_ATTEMPTS)
    return replace(verdict, notes=(*verdict.notes, note))


def _rule_note(error: RuleError) -> InputNote:
    return InputNote(SourceRef(error.path, line=error.line), RULE_NOTE, error.reason, used=False)


def _translation_notes(rules: RuleSet) -> list[InputNote]:
    """Rules of the report that had to stay English; nothing else about them is wrong."""
    errors = rules.not_translated.values()
    return [InputNote(SourceRef(error.path, line=error.line), "translation", error.reason) for error in errors]


def _alignment(logs: Sequence[LogFile], collected: Inputs, options: TriageOptions) -> Alignment | None:
    """None when every time stamp carries its zone."""
    if not has_naive_times(logs):
        return None
    if options.utc_offset is not None:
        return Alignment(options.utc_offset, found=True)
    return align([e for log in logs for e in log.events], unique_streams(collected.captures))


def _local_times(attempt: Attempt, draft: AttemptDraft, alignment: Alignment | None) -> Attempt:
    """Without a zone in the log and without a capture to find it, times stay as the log has them, without zone."""
    if alignment is None or alignment.found or draft.streams or draft.lookups:
        return attempt
    times = [timed.event.when for timed in draft.events if timed.event.when is not None]
    if times and all(time.tzinfo is not None for time in times):
        return attempt  # another log, or other lines of this one, have no zone
    started, ended = attempt.started, attempt.ended
    return replace(
        attempt,
        started=started.replace(tzinfo=None) if started else None,
        ended=ended.replace(tzinfo=None) if ended else None,
    )


def _verdict(
    decisions: Sequence[Decision],
    runs: Sequence[Decision],
    collected: Inputs,
    rules: RuleSet,
    alignment: Alignment | None,
) -> Verdict:
    if not decisions:
        return _without_attempt(runs, collected, rules, alignment)
    newest = decisions[-1]
    attempt = newest.attempt
    primary, found = attempt.finding, attempt.finding
    cause = found.rule if found is not None else None
    others = tuple(f for f in newest.findings if f.rule not in (cause, "unclassified-error"))
    apart = bool(failure_against_wire(newest))
    proven = proven_by_both(attempt) if apart else proven_by(attempt)
    if primary is not None:
        told = frozenset(finding.rule for finding in (primary, *others))
        further = second_faults_steps(second_faults(attempt, newest.paths), told)
        primary = replace(primary, fixes=(*primary.fixes, *further))
    verdict = Verdict(
        outcome=attempt.outcome,
        confidence=attempt.outcome_confidence,
        evidence=attempt.outcome_evidence,
        primary=primary,
        alternatives=alternatives_of(primary, others, newest, proven.phases, rules),
        contributing=others,
        proven=proven.steps,
        not_used=proven.not_used,
        contradictions=contradictions_of(newest, collected),
        needs=needs_of(newest, collected),
        notes=notes_of(newest, decisions, collected, alignment),
    )
    return capped(verdict, Confidence.LIKELY) if apart else verdict


def _without_attempt(
    runs: Sequence[Decision], collected: Inputs, rules: RuleSet, alignment: Alignment | None
) -> Verdict:
    """No attempt of the Manager is in the evidence: nothing failed, and nothing is proven. What a run of another client
    shows together with the Manager's own store is told all the same."""
    needs = needs_of(None, collected)
    if not runs:
        return Verdict(Outcome.UNDETERMINED, None, needs=needs, notes=mail_notes(collected))
    newest = runs[-1]
    return Verdict(
        Outcome.UNDETERMINED,
        None,
        contributing=about_the_manager(newest),
        needs=needs,
        notes=notes_of(newest, runs, collected, alignment),
    )
