"""A finished handshake without a command is no refused certificate where the certificate has the name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.remarks.test_second_faults import GOOD, HOST, MISNAMED, STORES, pem
from formats.capture.wire import (
    CCS,
    HELLO_DONE,
    Talk,
    certificate,
    client_hello,
    finished,
    message,
    pcap,
    record,
    server_hello,
)
from pki.certgen import Spec
from pki.certgen import certificate as made
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.phase import Phase
from sestriage.model.verdict import Report

LINE = (
    "2023-11-14T22:13:21.500Z ERROR [m] EmailActionExecutor - Test Action failed:"
    " email action 'M' via mail.example.com:587\n"
)
LOGIN = LINE + "javax.mail.AuthenticationFailedException: 535 5.7.8 Error: authentication failed\n"
PKIX = LINE + (
    "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
    "\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path\n"
)
UNUSED = "closed without a command"


def left(talk: Talk) -> Talk:
    return talk.fin(True).fin(False)


def used(talk: Talk) -> Talk:
    return left(talk.c(record(23, b"x" * 60)).s(record(23, b"y" * 60)))


def judged(
    tmp_path: Path, leaf: Spec, end: Callable[[Talk], Talk], stores: tuple[str, ...] = (), log: str = ""
) -> Report:
    talk = Talk().connect().s(b"220 mail.example.com ESMTP\r\n").c(b"EHLO smc\r\n")
    talk.s(b"250-mail.example.com\r\n250 STARTTLS\r\n").c(b"STARTTLS\r\n").s(b"220 go\r\n")
    talk.c(record(22, client_hello(HOST))).s(record(22, server_hello() + certificate(made(leaf)) + HELLO_DONE))
    talk.c(record(22, message(16, b"k" * 65)) + CCS + finished()).s(CCS + finished())
    (tmp_path / "a.pcap").write_bytes(pcap(end(talk).frames()))
    paths = [str(tmp_path / "a.pcap")]
    for name in stores:
        (tmp_path / name).mkdir()
        (tmp_path / name / "truststore.pem").write_text(pem(made(STORES[name])), encoding="ascii")
        paths.append(str(tmp_path / name / "truststore.pem"))
    if log:
        (tmp_path / "sw-response-mgmt.log").write_text(log, encoding="utf-8")
        paths.append(str(tmp_path / "sw-response-mgmt.log"))
    return triage(paths, TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC)))


@pytest.mark.parametrize(("stores", "told"), [((), False), (("right",), False), (("wrong",), True)])
def test_what_is_seen_is_said_and_the_store_is_looked_at(stores: tuple[str, ...], told: bool, tmp_path: Path) -> None:
    verdict = judged(tmp_path, GOOD, left, stores).verdict
    assert (str(verdict.outcome), verdict.primary) == ("undetermined", None)
    assert any(UNUSED in note for note in verdict.notes)
    assert any("does not lead to that chain" in note for note in verdict.notes) is told


def test_a_name_that_does_not_fit_is_the_reading(tmp_path: Path) -> None:
    verdict = judged(tmp_path, MISNAMED, left).verdict
    assert verdict.primary is not None
    assert (verdict.primary.rule, str(verdict.confidence)) == ("hostname-mismatch", "likely")
    assert not any(UNUSED in note for note in verdict.notes)


def test_a_session_that_was_used_is_none_of_that(tmp_path: Path) -> None:
    assert not any(UNUSED in note for note in judged(tmp_path, GOOD, used).verdict.notes)


@pytest.mark.parametrize(("stores", "told"), [(("wrong",), True), (("right",), False), ((), False)])
def test_a_refused_login_in_tls_is_held_against_the_store(stores: tuple[str, ...], told: bool, tmp_path: Path) -> None:
    verdict = judged(tmp_path, GOOD, used, stores, LOGIN).verdict
    assert verdict.primary is not None
    assert verdict.primary.rule == "login-refused"
    texts = [contradiction.text for contradiction in verdict.contradictions]
    assert any("mail.smtp.ssl.trust" in text and "another service or Manager" in text for text in texts) is told


@pytest.mark.parametrize("end", [used, left])
def test_a_pkix_log_beside_a_finished_handshake_is_not_confirmed(end: Callable[[Talk], Talk], tmp_path: Path) -> None:
    """The path is checked before the client finishes."""
    verdict = judged(tmp_path, GOOD, end, ("wrong",), PKIX).verdict
    assert any("do not tell of the same failure" in each.text for each in verdict.contradictions)
    assert str(verdict.confidence) != "confirmed"


def test_javamails_own_look_at_the_name_comes_after_the_handshake(tmp_path: Path) -> None:
    log = LINE + "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
    log += "\tjava.io.IOException: Can't verify identity of server: mail.example.com\n"
    verdict = judged(tmp_path, MISNAMED, left, (), log).verdict
    assert verdict.primary is not None
    assert (verdict.primary.rule, str(verdict.confidence)) == ("hostname-mismatch", "confirmed")
    assert not verdict.contradictions


@pytest.mark.parametrize(("log", "works"), [(PKIX, False), (LOGIN, True)])
def test_a_finished_handshake_does_not_show_that_of_an_attempt_whose_handshake_failed(
    log: str, works: bool, tmp_path: Path
) -> None:
    """The only session in the capture was left without a command: a test by hand beside the attempt, which the capture
    lacks. What it shows to work is not shown of the attempt."""
    verdict = judged(tmp_path, GOOD, left, log=log).verdict
    assert (Phase.TLS in {step.phase for step in verdict.proven}) is works
    assert Phase.STARTTLS in {step.phase for step in verdict.proven}
