"""Runs of openssl or the probe as what they are: tests by hand, which tell of the server and never of the Manager."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sestriage.engine.decide import Decision, decide_attempt
from sestriage.engine.other_clients import own_attempts, run_notes
from sestriage.engine.proven import proven_by
from sestriage.engine.reading.inputs import Inputs
from sestriage.model.known.ses import PORT_MODES
from sestriage.model.message import Message
from sestriage.model.transcript import Transcript
from sestriage.model.verdict import Finding, HandMadeTest
from sestriage.rules import RuleSet

MAX_TESTS = 12
"""Tests that are told of; of more, the ones that show most."""

OF_THE_TESTER = frozenset(
    {"smtps-on-starttls-port", "starttls-on-wrapper-port", "client-too-slow", "unclassified-error"}
)
"""Rules about what a client did: of a test by hand they say something about the tester, and nothing of the Manager."""


def judge_runs(collected: Inputs, rules: RuleSet, now: datetime) -> list[Decision]:
    """What the rules say of each run, the most telling one last; for cases without an attempt of the Manager."""
    return [decide_attempt(draft, collected, rules, now) for draft in own_attempts(collected)]


def hand_made_tests(collected: Inputs, judged: Sequence[Decision] = ()) -> tuple[HandMadeTest, ...]:
    """Every run in the order of the input; `judged` are the decisions on them, if they were judged at all."""
    by_stream = {id(decision.attempt.streams[0]): decision for decision in judged if decision.attempt.streams}
    runs = [each for each in collected.transcripts if not each.chain_only]
    return tuple(_test(each, by_stream.get(id(each.stream))) for each in runs[:MAX_TESTS])


def _test(each: Transcript, decision: Decision | None) -> HandMadeTest:
    findings = decision.findings if decision is not None else ()
    return HandMadeTest(
        source=each.source,
        program=each.program,
        host=each.host,
        port=each.stream.port or None,
        started=each.stream.started,
        proven=proven_by(decision.attempt).steps if decision is not None else (),
        findings=tuple(f for f in findings if f.rule not in OF_THE_TESTER and not rests_on_store(f)),
        notes=(*run_notes(each), *_mistakes(each)),
    )


def rests_on_store(finding: Finding) -> bool:
    """The finding is about the Manager's trust store held against the served chain: it holds whoever fetched that."""
    return any(evidence.kind.startswith("trust.") for evidence in finding.evidence)


def about_the_manager(decision: Decision) -> tuple[Finding, ...]:
    """What the newest run shows together with the Manager's own files."""
    return tuple(finding for finding in decision.findings if rests_on_store(finding))


def _mistakes(each: Transcript) -> list[str]:
    """What was wrong with the test itself."""
    text = "\n".join(event.text for event in each.events).lower()
    port = each.stream.port
    no_tls = "wrong version number" in text or "unknown protocol" in text or "packet length too long" in text
    tls = each.stream.tls
    if no_tls and tls is not None and tls.started_by != "starttls" and PORT_MODES.get(port) == "starttls":
        return [
            Message(
                "the test began with TLS on port {port}, where a server speaks clear text first: run it again with"
                " -starttls smtp.",
                port=port,
            )
        ]
    return []
