"""Traces of `-Djavax.net.debug` beside the log: whose handshake it was, and what it adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage import triage
from sestriage.engine.explain.text import explain_text
from sestriage.engine.reading import log_tail
from sestriage.engine.triage import TriageOptions
from sestriage.model.verdict import Outcome, Report
from sestriage.report.language import in_language
from sestriage.rules import load_rules

JSSE = Path(__file__).parent.parent.parent / "formats" / "transcript" / "jsse"
HOST = "email-smtp.us-east-1.amazonaws.com"


def trace(name: str) -> str:
    """A recorded trace without the exception behind it."""
    return (JSSE / f"{name}.txt").read_text().split("javax.mail.MessagingException")[0]


def failed(cause: str, at: str = "2026-11-29 09:32:33,000", thread: str = "action-executor-1") -> str:
    return (
        f"{at} ERROR [{thread}] com.lancope.mail.MailSender - Failed to send e-mail to {HOST}:587\n"
        f"javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n\t{cause}\n"
    )


PKIX = "javax.net.ssl.SSLHandshakeException: PKIX path building failed: no certification path"
WRAPPER = "java.io.IOException: handshake"


def report_of(tmp_path: Path, text: str, name: str = "sw-response-mgmt.log", language: str = "en") -> Report:
    (tmp_path / name).write_text(text)
    return triage([str(tmp_path / name)], TriageOptions(language=language))


def test_the_trace_beside_the_exception_of_its_thread(tmp_path: Path) -> None:
    report = report_of(tmp_path, trace("chain-refused-17") + failed(PKIX))
    (stream,) = report.attempts[-1].streams
    assert (stream.host, stream.tls and stream.tls.version) == (HOST, "TLSv1.2")
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "pkix-path-not-found"
    notes = " ".join(report.verdict.notes)
    for told in ("`CN=Lab Root,O=Lab,C=DE`", "trust manager refused the chain", "`other.p12`: 1 trusted"):
        assert told in notes
    assert any(capture.streams[0] is stream for capture in report.captures)


def test_the_size_of_the_dh_key_comes_from_the_trace(tmp_path: Path) -> None:
    words = "javax.net.ssl.SSLHandshakeException: DH ServerKeyExchange does not comply to algorithm constraints"
    text = trace("dh-too-small-17").replace("09:43:22", "09:32:32") + failed(words)
    primary = report_of(tmp_path, text).verdict.primary
    assert primary is not None
    assert primary.rule == "dh-key-too-small"
    assert any("1024 bits" in evidence.quote for evidence in primary.evidence)


@pytest.mark.parametrize("thread", ["ldap-1", "http-nio-443-exec-7"])
def test_the_trace_of_another_thread_does_not_count(tmp_path: Path, thread: str) -> None:
    report = report_of(tmp_path, trace("chain-refused-17") + failed(WRAPPER, thread=thread))
    assert report.attempts[-1].streams == ()
    assert "Nothing shows that it was made for a mail" in " ".join(report.verdict.notes)


def test_a_trace_behind_the_result_is_of_something_else(tmp_path: Path) -> None:
    report = report_of(tmp_path, failed(WRAPPER, at="2026-11-29 09:30:00,000") + trace("chain-refused-17"))
    assert report.attempts[-1].streams == ()


def test_a_finished_handshake_is_not_that_of_a_failed_one(tmp_path: Path) -> None:
    text = trace("finished-25").partition("OK TLS_")[0].replace("09:32:4", "09:32:3")
    assert report_of(tmp_path, text + failed(PKIX)).attempts[-1].streams == ()


def test_a_trace_alone_with_a_mail_server_is_an_attempt(tmp_path: Path) -> None:
    report = report_of(tmp_path, trace("protocol-version-25"), "java.txt")
    assert report.verdict.outcome is Outcome.FAILED
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == "tls-version-rejected"
    assert report.attempts[-1].port is None


@pytest.mark.parametrize("host", ["smtp.office365.com", "abcdefgh1234.hkph.mail-manager-smtp.amazonaws.com"])
def test_so_is_one_with_another_mail_service(tmp_path: Path, host: str) -> None:
    report = report_of(tmp_path, trace("protocol-version-25").replace(HOST, host), "java.txt")
    assert report.verdict.outcome is Outcome.FAILED


@pytest.mark.parametrize("host", ["ldap.example.net", "email.us-east-1.amazonaws.com"])
def test_a_trace_alone_with_another_host_is_told_and_does_not_count(tmp_path: Path, host: str) -> None:
    report = report_of(tmp_path, trace("protocol-version-25").replace(HOST, host), "java.txt")
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert not report.attempts
    assert f"a TLS handshake to {host}" in " ".join(report.verdict.notes)


def test_the_free_form_and_the_exception(tmp_path: Path) -> None:
    report = report_of(tmp_path, (JSSE / "free-form-8.txt").read_text())
    (stream,) = report.attempts[-1].streams
    assert stream.tls is not None
    assert stream.tls.dh_bits == 1024


def test_the_trace_in_another_file_by_thread_and_time(tmp_path: Path) -> None:
    (tmp_path / "wrapper.log").write_text(trace("chain-refused-17"))
    (tmp_path / "sw-response-mgmt.log").write_text(failed(WRAPPER, at="2026-11-29T09:32:33.000Z"))
    report = triage([str(tmp_path / "wrapper.log"), str(tmp_path / "sw-response-mgmt.log")])
    assert [stream.host for stream in report.attempts[-1].streams] == [HOST]


def test_in_german(tmp_path: Path) -> None:
    report = report_of(tmp_path, trace("chain-refused-17") + failed(PKIX), language="de")
    notes = " ".join(in_language(report.verdict.notes, "de"))
    assert "der Trust-Manager des Clients lehnte die Kette ab" in notes


def test_the_end_of_a_large_log_is_read_with_its_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_tail, "SMALL", 1 << 16)
    monkeypatch.setattr(log_tail, "ENOUGH", 20)
    monkeypatch.setattr(log_tail, "MAX_COMPARED", 5)
    older = "".join(failed(PKIX, at=f"2026-11-28 {n // 60:02}:{n % 60:02}:00,000") for n in range(1000))
    report = report_of(tmp_path, older + trace("chain-refused-17") + failed(PKIX))
    (stream,) = report.attempts[-1].streams
    assert stream.source.line is not None
    lines = (tmp_path / "sw-response-mgmt.log").read_text().splitlines()
    assert "Produced ClientHello" in lines[stream.source.line - 1]


def test_explain_tells_what_a_pasted_trace_shows() -> None:
    told = explain_text(trace("dh-too-small-17"), "paste", load_rules(()), (), lambda text: text)
    assert any("DH 1024 bits" in note for note in told.notes)


def test_explain_of_a_text_without_a_trace_tells_nothing_of_one() -> None:
    told = explain_text("javax.net.debug is off", "paste", load_rules(()), (), lambda text: text)
    assert told.notes == ()
