"""What does not count is said: lines that may report mail, and trouble that nothing shows to be of mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Confidence, Outcome, Report
from sestriage.report.language import in_language

FAILED = (
    "2026-05-01 10:00:01,000 ERROR [pool-1] Unable to send email\n"
    "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
    "\tat com.sun.mail.smtp.SMTPTransport$Authenticator.authenticate(SMTPTransport.java:965)\n"
)
MAYBE = "2026-05-01 10:{minute}:00,000 INFO [pool-2] Test action 'Alarms' completed successfully\n"
PKIX = (
    "2026-05-01 10:00:01,000 ERROR [pool-1] {said}\n"
    "javax.net.ssl.SSLHandshakeException: PKIX path building failed: "
    "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path\n"
    "\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)\n"
)


def judged(tmp_path: Path, text: str, name: str = "sw-response-mgmt.log", language: str = "en") -> Report:
    log = tmp_path / name
    log.write_text(text, encoding="utf-8")
    return triage([str(log)], TriageOptions(language=language))


def test_a_line_behind_the_failure_that_may_report_success_leaves_a_doubt(tmp_path: Path) -> None:
    alone = judged(tmp_path, FAILED).verdict
    assert (alone.confidence, alone.doubt) == (Confidence.CONFIRMED, None)
    verdict = judged(tmp_path, FAILED + MAYBE.format(minute="05")).verdict
    assert (verdict.outcome, verdict.confidence) == (Outcome.FAILED, Confidence.LIKELY)
    assert verdict.primary is not None
    assert verdict.primary.rule == "smtp-credentials-invalid"
    assert verdict.doubt is not None
    assert "sw-response-mgmt.log:4" in verdict.doubt
    assert any("not counted: 1, first at" in note for note in verdict.notes)


def test_a_line_in_front_of_the_failure_leaves_none(tmp_path: Path) -> None:
    text = MAYBE.format(minute="05").replace("10:05", "09:05") + FAILED
    verdict = judged(tmp_path, text).verdict
    assert (verdict.confidence, verdict.doubt) == (Confidence.CONFIRMED, None)


def test_trouble_that_only_the_logs_name_shows_is_suspected_and_proves_nothing(tmp_path: Path) -> None:
    verdict = judged(tmp_path, PKIX.format(said="Unexpected error")).verdict
    assert (verdict.outcome, verdict.confidence, verdict.cleared) == (Outcome.FAILED, Confidence.SUSPECTED, ())
    assert verdict.doubt is not None
    assert "another action of this container" in verdict.doubt


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Unexpected error", "some-service.log"),
        ("Failed to send syslog message to 198.51.100.7:6514", "sw-response-mgmt.log"),
        ("Webhook https://hooks.example.com failed", "sw-response-mgmt.log"),
    ],
)
def test_trouble_of_anything_else_is_remarked(tmp_path: Path, said: str, name: str, language: str) -> None:
    report = judged(tmp_path, PKIX.format(said=said), name, language)
    assert (report.verdict.outcome, report.attempts) == (Outcome.UNDETERMINED, ())
    wanted = "not shown to be mail" if language == "en" else "nicht als Mail belegt"
    assert any(wanted in note for note in in_language(report.verdict.notes, language))


@pytest.mark.parametrize(
    "shows",
    [
        "\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2140)\n",
        "\tat com.fernway.mail.Sender.open(Sender.java:21)\n",
    ],
)
def test_a_mail_frame_is_enough(tmp_path: Path, shows: str) -> None:
    verdict = judged(tmp_path, PKIX.format(said="Unexpected error") + shows, "some-service.log").verdict
    assert (verdict.outcome, verdict.doubt) == (Outcome.FAILED, None)
    assert verdict.primary is not None
    assert verdict.primary.rule == "pkix-path-not-found"


def test_a_port_of_mail_is_enough_and_another_is_none(tmp_path: Path) -> None:
    text = PKIX.format(said="No connection to relay.example.com port {}")
    assert judged(tmp_path, text.format(587), "some-service.log").verdict.outcome is Outcome.FAILED
    assert judged(tmp_path, text.format(636), "some-service.log").verdict.outcome is Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("host", "port", "told"),
    [
        ("email-smtp.eu-west-1.amazonaws.com", 443, True),
        ("email-smtp.eu-west-1.amazonaws.com", 465, False),
        ("email.eu-west-1.amazonaws.com", 443, False),
        ("mail.example.org", 443, False),
    ],
)
def test_a_client_of_the_api_at_an_smtp_endpoint_is_told_of(tmp_path: Path, host: str, port: int, told: bool) -> None:
    request = f'host = "{host}" port = {port} secure = True method = "POST"'
    trouble = "error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed"
    text = f"2025-02-03 07:08:09.100 ERROR [x] c.h.M - HttpExceptionRequest {request} {trouble}\n"
    notes = judged(tmp_path, text, name="api.log").verdict.notes
    assert any("client of the SES API (HTTPS)" in note for note in notes) is told
