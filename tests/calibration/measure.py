"""The runs: every subset of every sample, every need answered, and crossings of two samples."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from calibration.answers import answer
from calibration.evidence import Sample
from calibration.shift import at_the_time_of
from calibration.truth import Truth, is_listed, is_right, truth_of
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.phase import Phase
from sestriage.model.verdict import Confidence, Need, Outcome, Report

NOW = datetime(2026, 12, 1, tzinfo=UTC)
"""After all samples were made."""


@dataclass(frozen=True, slots=True)
class Run:
    """The report on some evidence of a sample, held against what is true."""

    sample: str
    kinds: frozenset[str]
    report: Report
    truth: Truth

    @property
    def right(self) -> bool:
        """The verdict names the cause or its class."""
        return is_right(self.report, self.truth)

    @property
    def wrong(self) -> bool:
        """The verdict says something else than what is true; saying that it does not know is not wrong."""
        return self.report.verdict.outcome is not Outcome.UNDETERMINED and not self.right

    @property
    def listed(self) -> bool:
        """The cause is the primary or another reading."""
        return is_listed(self.report, self.truth)

    def __str__(self) -> str:
        verdict = self.report.verdict
        named = verdict.primary.rule if verdict.primary is not None else "-"
        said = f"{verdict.outcome} {verdict.confidence} {named}"
        return f"{self.sample} [{'+'.join(sorted(self.kinds))}]: {said}, true: {self.truth.rule}"


@dataclass(frozen=True, slots=True)
class Answered:
    """A need that a run printed, and what became of the verdict when it was answered; `after` is None where the
    evidence that was asked for was at hand already."""

    before: Run
    need: Need
    after: Run | None

    @property
    def helped(self) -> bool:
        """The answer changed something."""
        return self.after is not None and lifted(self.before.report, self.after.report)


def lifted(before: Report, after: Report) -> bool:
    """The verdict is surer, sharper, or has fewer other readings; or more steps are shown to work; or the first step to
    take is another one."""
    old, new = before.verdict, after.verdict
    if len(new.proven) > len(old.proven):
        return True
    if old.outcome is not new.outcome:
        return old.outcome is Outcome.UNDETERMINED
    if _rank(new.confidence) != _rank(old.confidence):
        return _rank(new.confidence) > _rank(old.confidence)
    if old.primary is None or new.primary is None:
        return False
    sharper = old.primary.rule in new.primary.supersedes
    return sharper or len(new.alternatives) < len(old.alternatives) or new.primary.fixes != old.primary.fixes


@dataclass(frozen=True, slots=True)
class Crossing:
    """Evidence of one sample beside evidence of another one, as if of one moment.

    `kind` is what the other sample lends: its capture, shifted to the time of the log; or its store, beside log and
    capture of an attempt that got past the certificate.
    """

    first: str
    other: str
    kind: str
    report: Report

    @property
    def told(self) -> bool:
        """The report does not join what does not belong together: it is not sure, says what contradicts, or rests on
        the evidence of one sample. Stores that the attempt cannot have used are told wherever a path shows it, unless
        one beside them is such that it can."""
        verdict = self.report.verdict
        if self.kind == "store":
            newest = self.report.attempts[-1]
            if not any(stream.tls is not None and stream.tls.certificates for stream in newest.streams):
                return True  # a resumed session: what it was served is an older attempt's
            answers = {path.status for path in self.report.paths}
            return bool(verdict.contradictions) or "trusted" in answers or not answers & {"no-path", "invalid"}
        if verdict.confidence is not Confidence.CONFIRMED or verdict.contradictions:
            return True
        return len({evidence.source.path for evidence in verdict.evidence}) <= 1

    def __str__(self) -> str:
        verdict = self.report.verdict
        named = verdict.primary.rule if verdict.primary is not None else "-"
        return f"{self.first}, with the {self.kind} of {self.other}: {verdict.outcome} {verdict.confidence} {named}"


def run(sample: Sample, kinds: frozenset[str], further: Sequence[str] = ()) -> Run:
    """Triage of these pieces of a sample, and of further files."""
    report = triage([*sample.paths(kinds), *further], TriageOptions(now=NOW))
    return Run(sample.name, kinds, report, truth_of(sample.name))


def subsets(samples: Sequence[Sample], note: Callable[[str], object] = str) -> Iterator[Run]:
    """Every subset of every sample."""
    for sample in samples:
        note(sample.name)
        for kinds in sample.subsets():
            yield run(sample, kinds)


def answered(runs: Sequence[Run], samples: Sequence[Sample], scratch: Path) -> Iterator[Answered]:
    """What each need of right verdicts leads to, as far as the sample holds an answer: alone, else beside the answers
    to the needs above it (a store says nothing without a chain; where the sample has no chain to answer with, what the
    store would do beside it is not known)."""
    by_name = {sample.name: sample for sample in samples}
    whole = {each.sample: each.report for each in runs if each.kinds == frozenset(by_name[each.sample].pieces)}
    for before in runs:
        if before.wrong:
            continue
        sample = by_name[before.sample]
        above: list[str] = []
        chainless = False
        for need in before.report.verdict.needs:
            files = answer(need, sample, before.kinds, whole[before.sample], scratch)
            if files is None:
                chainless = chainless or "showcerts" in str(need.command)
                continue
            found = Answered(before, need, run(sample, before.kinds, files) if files else None)
            if above and files and not found.helped:
                both = run(sample, before.kinds, [*above, *files])
                found = Answered(run(sample, before.kinds, above), need, both)
            above += files
            if found.helped or not (chainless and found.after is not None):
                yield found


def crossings(samples: Sequence[Sample], count: int, seed: int, scratch: Path) -> Iterator[Crossing]:
    """Pairs of samples that are true of different things, chosen by the seed."""
    chance = random.Random(seed)
    pairs = [pair for pair in itertools.permutations(samples, 2) if _differ(*pair)]
    for first, other in chance.sample(pairs, min(count, len(pairs))):
        past = Phase.CERTIFICATE in truth_of(first.name).reached
        kind = chance.choice(("capture", "store")) if past and "store" in other.pieces else "capture"
        if kind == "store":
            paths = [*first.paths(frozenset({"log", "capture"})), *other.paths(frozenset({"store"}))]
        else:
            capture = at_the_time_of(other.pieces["capture"][0], first.pieces["capture"][0], scratch)
            paths = [*first.paths(frozenset({"log"})), str(capture)]
        yield Crossing(first.name, other.name, kind, triage(paths, TriageOptions(now=NOW)))


def _differ(first: Sample, other: Sample) -> bool:
    captured = all(sample.pieces["capture"][0].suffix == ".pcap" for sample in (first, other))
    return captured and truth_of(first.name).rule != truth_of(other.name).rule


def more_evidence(runs: Sequence[Run]) -> Iterator[tuple[Run, Run]]:
    """Pairs of runs of a sample of which the second one has all evidence of the first, and more."""
    for less in runs:
        yield from ((less, more) for more in runs if more.sample == less.sample and less.kinds < more.kinds)


def _rank(confidence: Confidence | None) -> int:
    return -1 if confidence is None else confidence.rank
