"""Settings and delivered mails beside the log: what they add to a triage, and what they must not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage import triage
from sestriage.model.phase import Phase
from sestriage.model.verdict import Confidence, Outcome, Report
from support import SAMPLES

REFUSED = str(SAMPLES / "refused" / "sw-response-mgmt.log")
REJECTED = str(SAMPLES / "identity-not-verified" / "sw-response-mgmt.log")
DEBUG = SAMPLES / "success-debug" / "sw-response-mgmt.log"
GOOD = str(SAMPLES / "settings" / "smtp.toml")
SAMPLE_ID = "0100019e6a536084-fa246764-b234-4a11-8d5e-0c9a7a9d3b10-000000"


@pytest.fixture
def settings(tmp_path: Path) -> str:
    file = tmp_path / "smtp.toml"
    file.write_text(
        'server = "email-smtp.eu-west-1.amazonaws.com"\nfrom = "alarms@example.org"\nverified_domain = "example.com"\n',
        encoding="utf-8",
    )
    return str(file)


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.verdict.contributing]


def test_a_fault_of_the_settings_is_told_beside_the_cause(settings: str) -> None:
    report = triage([REJECTED, settings])
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "identity-not-verified"
    assert "settings-sender-not-verified" in rules(report)


def test_the_region_of_the_refusal_is_not_that_of_the_settings(settings: str) -> None:
    texts = [contradiction.text for contradiction in triage([REJECTED, settings]).verdict.contradictions]
    assert any("the refusal came from us-east-1" in text for text in texts)


def test_a_fault_of_the_settings_never_displaces_what_the_log_proves(settings: str) -> None:
    report = triage([REFUSED, settings])
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "connection-refused"


def test_faultless_settings_change_nothing() -> None:
    with_settings, without = triage([REFUSED, GOOD]).verdict, triage([REFUSED]).verdict
    assert (with_settings.primary and with_settings.primary.rule) == (without.primary and without.primary.rule)
    assert with_settings.contradictions == without.contradictions


def test_settings_do_not_make_a_success_fail(settings: str) -> None:
    report = triage([str(DEBUG), settings])
    assert report.verdict.outcome is Outcome.ACCEPTED
    assert report.verdict.primary is None


def test_a_password_file_in_a_bundle_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9", encoding="utf-8")
    file = tmp_path / "smtp.toml"
    file.write_text(
        'server = "email-smtp.us-east-1.amazonaws.com"\nport = 587\npassword_file = "secret"\n', encoding="utf-8"
    )
    report = triage([REFUSED, str(file)])
    assert "current" not in repr([f.evidence for f in report.verdict.contributing])


def test_a_delivered_mail_with_the_id_of_the_log(tmp_path: Path) -> None:
    log = DEBUG.read_text(encoding="utf-8")
    found = log.split("250 Ok 0", 1)[1].split()[0]
    mail = tmp_path / "mail.eml"
    text = (SAMPLES / "mail" / "us-east-1-gmail.eml").read_text(encoding="utf-8").replace(SAMPLE_ID, f"0{found}")
    mail.write_text(text, encoding="utf-8")
    report = triage([str(DEBUG), str(mail)])
    assert report.attempts[-1].phase is Phase.DELIVERY
    assert report.verdict.confidence is Confidence.CONFIRMED
    assert any(evidence.source.path == str(mail) for evidence in report.verdict.evidence)


def test_a_mail_with_another_id_is_none_of_this_attempt() -> None:
    report = triage([str(DEBUG), str(SAMPLES / "mail" / "us-east-1-gmail.eml")])
    assert report.attempts[-1].phase is Phase.ACCEPTED
    assert any("does not belong to the newest attempt" in note for note in report.verdict.notes)
