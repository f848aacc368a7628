"""`sestriage explain` for a pasted run of openssl, or scan of a server: a test by hand, told as a triage tells it.

It is never the Manager's failure: the rules that it would lead to are named as that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sestriage.engine.explain.fill import Clean, Hide, bound, keep, sparing
from sestriage.engine.explain.rule import leaflet_of
from sestriage.engine.hand_made import hand_made_tests, judge_runs
from sestriage.engine.other_clients import NOT_THE_MANAGER
from sestriage.engine.reading.inputs import Inputs
from sestriage.formats.transcript import looks_like_transcript
from sestriage.formats.transcript.runs import reader_of
from sestriage.model.explanation import Explanation, HandMade, Match
from sestriage.model.message import Message
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Confidence, Finding, HandMadeTest
from sestriage.rules.files import listing
from sestriage.rules.ruleset import RuleSet


def beside_hand_made(text: str) -> str | None:
    """What stands beside the tests by hand in a text; None when it holds none."""
    data = text.encode("utf-8", "replace")
    reader = reader_of(looks_like_transcript(data))
    return None if reader is None else reader.beside(data).decode("utf-8", "replace")


def explain_runs(
    text: str, name: str, rules: RuleSet, extra: Sequence[str], clean: Clean, hide: Hide = keep
) -> Explanation:
    """The runs, and the rules that they would lead to. `rules` are all of them: a run shows a conversation, not a log.

    Raises:
        RuleError: the best match cannot be read any more.
    """
    tests = _tests(text, name, rules)
    told = tuple(
        HandMade(test.program, clean(_server(test)), clean(str(test.source)), tuple(map(clean, test.notes)))
        for test in tests
    )
    findings = _distinct(finding for test in reversed(tests) for finding in test.findings)
    notes = (*(f"{problem}; skipped" for problem in rules.problems),)
    if tests:
        notes = (Message(NOT_THE_MANAGER, program=tests[0].program), *notes)
    if not findings:
        return Explanation(origin="excerpt", notes=notes, tests=told)
    files = listing(extra)
    clean = sparing(clean, rules.rules[findings[0].rule].path)
    leaflet, broken = leaflet_of(findings[0].rule, files, rules.language)
    leaflet = bound(leaflet, findings[0], files, clean, rules.language, hide)
    matches = tuple(_match(finding, clean) for finding in findings)
    return Explanation(matches, leaflet, origin="excerpt", notes=(*notes, *broken), tests=told)


def with_runs(explanation: Explanation, text: str, name: str, rules: RuleSet, clean: Clean) -> Explanation:
    """An explanation of what stands beside the runs, with the runs."""
    told = explain_runs(text, name, rules, (), clean).tests
    return explanation._replace(tests=told)


def _tests(text: str, name: str, rules: RuleSet) -> tuple[HandMadeTest, ...]:
    data = text.encode("utf-8", "replace")
    reader = reader_of(looks_like_transcript(data))
    collected = Inputs(transcripts=reader.read(data, SourceRef(name)) if reader is not None else [])
    judged = judge_runs(collected, rules, datetime.now(UTC))
    return hand_made_tests(collected, judged)


def _server(test: HandMadeTest) -> str:
    return ":".join(str(part) for part in (test.host, test.port) if part)


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Each rule once, warnings last."""
    kept: dict[str, Finding] = {}
    for finding in findings:
        kept.setdefault(finding.rule, finding)
    return sorted(kept.values(), key=lambda finding: finding.severity == "warning")


def _match(finding: Finding, clean: Clean) -> Match:
    """At most likely: another client met it, not the Manager."""
    evidence = next(iter(finding.evidence), None)
    quote = clean(evidence.quote) if evidence is not None else None
    place = str(evidence.source) if evidence is not None else None
    sure = "likely" if finding.confidence is Confidence.CONFIRMED else finding.confidence.value
    return Match(finding.rule, clean(finding.title), sure, quote, place)
