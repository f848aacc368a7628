"""Two reports of one case: what is said of a change, and of a fix, and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sestriage.engine.compare.pair import compare, compare_all
from sestriage.engine.compare.steps import is_later
from sestriage.model.compared.comparison import CaseComparison
from sestriage.model.compared.snapshot import (
    PrintedStep,
    SeenAttempt,
    SeenCertificate,
    SeenCiphers,
    SeenStore,
    Snapshot,
)

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROOT = SeenCertificate("aa" * 32, "CN=Root", alias="root", trusted=True)
OTHER = SeenCertificate("bb" * 32, "CN=Other", alias="other", trusted=True)
IMPORT = PrintedStep("ca-missing", "Import the root.", "sestriage certs export x.pcap --to y")
CIPHERS = PrintedStep("dh-small", "Take DHE out.", "vi tls-ciphers")


def failed(at: datetime, rule: str = "ca-missing") -> SeenAttempt:
    return SeenAttempt(at, "failed", rule)


def accepted(at: datetime) -> SeenAttempt:
    return SeenAttempt(at, "accepted")


BEFORE = Snapshot(
    "monday.json",
    None,
    1,
    "0.1.0",
    NOON + timedelta(hours=1),
    "failed",
    "confirmed",
    "ca-missing",
    "A CA is missing",
    attempts=(failed(NOON),),
    stores=(SeenStore("store.p12", True, (OTHER,)),),
    steps=(IMPORT,),
    importable=frozenset({ROOT.sha256}),
)
WORKS = replace(
    BEFORE,
    name="tuesday",
    outcome="accepted",
    confidence="likely",
    rule=None,
    title=None,
    attempts=(failed(NOON), accepted(NOON + timedelta(days=1))),
    stores=(SeenStore("store.p12", True, (OTHER, ROOT)),),
    steps=(),
    importable=frozenset(),
)


def texts(result: CaseComparison) -> str:
    return "\n".join(str(change.text) for change in result.changes)


def test_equal_reports_have_no_change() -> None:
    result = compare(BEFORE, BEFORE)
    assert not result.changes
    assert not result.warnings


def test_a_fix_that_was_done_worked_by_a_later_accepted_attempt() -> None:
    result = compare(BEFORE, WORKS)
    (step,) = result.steps
    assert (step.done, step.effect) == ("done", "worked")
    assert "2026-11-25 12:00:00Z" in step.why
    assert "The trust store has gained: CN=Root" in texts(result)


@pytest.mark.parametrize(
    ("after", "done", "effect"),
    [
        (replace(WORKS, attempts=(accepted(NOON),)), "done", "no-attempt-since"),
        (
            replace(WORKS, attempts=(accepted(NOON.replace(tzinfo=None) + timedelta(hours=13)),)),
            "done",
            "no-attempt-since",
        ),
        (replace(WORKS, attempts=(SeenAttempt(None, "accepted"),)), "done", "no-attempt-since"),
        (replace(WORKS, stores=BEFORE.stores), "not-done", "accepted"),
        (replace(WORKS, stores=()), "not-visible", "accepted"),
        (replace(WORKS, stores=(SeenStore("store.p12", False),)), "not-visible", "accepted"),
        (
            replace(WORKS, stores=(SeenStore("s", True, (replace(ROOT, trusted=False),)),)),
            "not-done",
            "accepted",
        ),
        (replace(WORKS, attempts=(failed(NOON + timedelta(days=1)),)), "done", "still-fails"),
        (replace(WORKS, attempts=(failed(NOON + timedelta(days=1), "x"),)), "done", "fails-otherwise"),
        (
            replace(WORKS, attempts=(accepted(NOON + timedelta(hours=1)), failed(NOON + timedelta(days=1)))),
            "done",
            "still-fails",
        ),
        (replace(WORKS, attempts=(accepted(NOON - timedelta(days=1)),)), "done", "not-known"),
    ],
    ids=[
        *("same time", "time without zone", "no time", "not imported", "no store", "unreadable store", "no anchor"),
        *("same cause", "other cause", "accepted, then failed", "older"),
    ],
)
def test_nothing_else_is_called_a_fix_that_worked(after: Snapshot, done: str, effect: str) -> None:
    (step,) = compare(BEFORE, after).steps
    assert (step.done, step.effect) == (done, effect)
    assert "It worked" not in step.why


@pytest.mark.parametrize(("allowed", "done"), [(False, "done"), (True, "not-done")])
def test_a_cipher_list_without_dhe_is_a_step_that_was_done(allowed: bool, done: str) -> None:
    before = replace(BEFORE, rule="dh-small", steps=(CIPHERS,), ciphers=(SeenCiphers("f", ("DHE-RSA", "AES"), True),))
    after = replace(WORKS, ciphers=(SeenCiphers("f", ("AES",), allowed),))
    (step,) = compare(before, after).steps
    assert step.done == done


def test_a_step_that_leaves_no_trace_is_not_called_done() -> None:
    before = replace(BEFORE, steps=(PrintedStep("ca-missing", "Verify the identity in SES."),))
    (step,) = compare(before, WORKS).steps
    assert (step.done, step.effect) == ("not-visible", "accepted")


def test_a_step_of_another_finding_is_not_judged() -> None:
    before = replace(BEFORE, steps=(replace(IMPORT, rule="warning"),))
    assert not compare(before, WORKS).steps


def test_settings_that_no_longer_show_the_fault() -> None:
    step = PrintedStep("wrong-port", "Set the port to 587.")
    before = replace(BEFORE, rule="wrong-port", from_settings=True, steps=(step,), settings=(("port", "25"),))
    result = compare(before, replace(WORKS, settings=(("port", "587"),)))
    assert result.steps[0].done == "done"
    assert "Setting port: 25; now 587" in texts(result)
    unknown = compare(before, WORKS)
    assert unknown.steps[0].done == "not-visible"
    assert any("the settings; only BEFORE" in str(sentence) for sentence in unknown.not_compared)


# --- order, Manager, schema --------------------------------------------------------------------------------------


def test_an_after_that_is_older_is_told_and_proves_nothing() -> None:
    result = compare(WORKS, BEFORE)
    assert any("AFTER is older" in str(warning) for warning in result.warnings)
    assert not any("older" in str(warning) for warning in compare(BEFORE, WORKS).warnings)


def test_another_schema_version_is_told() -> None:
    result = compare(BEFORE, replace(WORKS, schema_version=99))
    assert any("AFTER has schema_version 99" in str(warning) for warning in result.warnings)


def test_mail_from_other_addresses_is_probably_another_manager() -> None:
    before, after = replace(BEFORE, clients=frozenset({"10.1.1.1"})), replace(WORKS, clients=frozenset({"10.9.9.9"}))
    assert any("Another Manager?" in str(warning) for warning in compare(before, after).warnings)
    both = replace(after, clients=frozenset({"10.1.1.1", "10.9.9.9"}))
    assert not compare(before, both).warnings


# --- pseudonyms --------------------------------------------------------------------------------------------------


def redacted(report: Snapshot, label: str, fingerprint: str | None, key: str | None = "k1") -> Snapshot:
    known = {label: fingerprint} if fingerprint else {}
    return replace(
        report,
        clients=frozenset({label}),
        settings=(("server", label),),
        names="keyed" if known else "pseudonyms",
        key_id=key if known else None,
        fingerprints=known,
    )


def test_pseudonyms_of_two_reports_are_not_compared_by_their_number() -> None:
    result = compare(redacted(BEFORE, "<ip-1>", None), redacted(WORKS, "<ip-2>", None))
    assert not result.warnings
    assert not any(change.subject == "settings" for change in result.changes)
    assert any("--key-file" in str(sentence) for sentence in result.not_compared)


def test_one_key_tells_equal_names_and_different_ones() -> None:
    before = redacted(BEFORE, "<ip-1>", "f00")
    same = compare(before, redacted(WORKS, "<ip-7>", "f00"))
    assert not same.warnings
    assert not any(change.subject == "settings" for change in same.changes)
    assert not any("--key-file" in str(sentence) for sentence in same.not_compared)
    other = compare(before, redacted(WORKS, "<ip-1>", "f11"))
    assert any("Another Manager?" in str(warning) for warning in other.warnings)
    assert any(change.subject == "settings" for change in other.changes)


def test_two_keys_are_no_key() -> None:
    result = compare(redacted(BEFORE, "<ip-1>", "f00"), redacted(WORKS, "<ip-1>", "f11", key="k2"))
    assert not result.warnings
    assert any("--key-file" in str(sentence) for sentence in result.not_compared)


# --- several cases -----------------------------------------------------------------------------------------------


def test_cases_are_paired_by_their_name_without_folders() -> None:
    before = [replace(BEFORE, case="/mon/a.tgz"), replace(BEFORE, case="/mon/b.tgz")]
    after = [replace(WORKS, case="/tue/b.tgz"), replace(WORKS, case="/tue/c.tgz")]
    pairs, alone = compare_all(before, after)
    assert [(pair.before.case, pair.after.case) for pair in pairs] == [("/mon/b.tgz", "/tue/b.tgz")]
    assert {case.case for case in alone} == {"/mon/a.tgz", "/tue/c.tgz"}


@pytest.mark.parametrize(
    ("hours", "later"), [(13, False), (14, False), (15, True), (24 * 45, True), (-15, False), (0, False)]
)
def test_a_time_without_zone_is_later_only_where_no_zone_makes_it_earlier(hours: int, later: bool) -> None:
    there = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    local = there.replace(tzinfo=None) + timedelta(hours=hours)
    assert is_later(local, there) is later
    assert is_later(there + timedelta(hours=hours), there.replace(tzinfo=None)) is later
