"""A logged refusal held against the conversation of its time: one that never came to that step is another one's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from formats.capture.wire import Talk, alert, certificate, client_hello, pcap, record, server_hello
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.phase import Phase
from sestriage.model.verdict import Report
from support import SAMPLES

HOST = "email-smtp.us-east-1.amazonaws.com"
REFUSED_LOGIN = f"""2023-11-14 22:13:20,000 INFO [act-1] c.h.EmailAction - Sending test email via {HOST}:587
2023-11-14 22:13:21,000 ERROR [act-1] c.h.EmailAction - Sending failed
javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid
\tat com.sun.mail.smtp.SMTPTransport.authenticate(SMTPTransport.java:858)
"""


def greeted() -> Talk:
    return Talk().connect().s(b"220 mail.example.com ESMTP\r\n")


def in_tls(talk: Talk, host: str = HOST) -> Talk:
    talk.c(b"EHLO smc\r\n").s(b"250-mail.example.com\r\n250 STARTTLS\r\n").c(b"STARTTLS\r\n").s(b"220 go\r\n")
    return talk.c(record(22, client_hello(host)))


def judged(talk: Talk, tmp_path: Path) -> Report:
    (tmp_path / "a.log").write_text(REFUSED_LOGIN, encoding="utf-8")
    (tmp_path / "a.pcap").write_bytes(pcap(talk.frames()))
    now = TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC))
    return triage([str(tmp_path / "a.log"), str(tmp_path / "a.pcap")], now)


@pytest.mark.parametrize(
    "talk",
    [
        greeted().fin(False).fin(True),
        greeted().c(b"EHLO a\r\n").s(b"250 x\r\n").c(b"QUIT\r\n").s(b"221 x\r\n").fin(False).fin(True),
        greeted().c(b"EHLO a\r\n").s(b"502 x\r\n").fin(False).fin(True),
        in_tls(greeted()).s(alert(2, 70)).fin(False).fin(True),
    ],
    ids=["left at the greeting", "a test of a monitor", "refused at EHLO", "no common version"],
)
def test_a_session_that_never_came_to_the_login_is_not_that_of_a_refused_login(talk: Talk, tmp_path: Path) -> None:
    verdict = judged(talk, tmp_path).verdict
    assert len(verdict.contradictions) == 1
    assert str(verdict.confidence) == "likely"
    beside_each_other = {Phase.TCP, Phase.GREETING, Phase.STARTTLS}
    assert {step.phase for step in verdict.proven} <= beside_each_other, "the one's server lends the other no step"


@pytest.mark.parametrize(
    "talk",
    [
        greeted()
        .c(b"EHLO a\r\n")
        .s(b"250 AUTH PLAIN\r\n")
        .c(b"AUTH PLAIN AAA=\r\n")
        .s(b"535 no\r\n")
        .fin(False)
        .fin(True),
        greeted().c(b"EHLO a\r\n").s(b"250 x\r\n"),
        in_tls(greeted()),
    ],
    ids=["a login in clear text", "a capture that ends early", "a handshake that goes on"],
)
def test_one_that_may_have_come_to_it_is_no_contradiction(talk: Talk, tmp_path: Path) -> None:
    verdict = judged(talk, tmp_path).verdict
    assert verdict.contradictions == ()
    assert verdict.primary is not None
    assert (verdict.primary.rule, str(verdict.confidence)) == ("smtp-credentials-invalid", "confirmed")


def test_a_session_that_got_past_the_certificate_is_held_against_stores_however_it_ended() -> None:
    capture = SAMPLES / "clock-ahead-535-other" / "test-action.pcap"
    foreign, own = SAMPLES / "two-stores-pkix" / "truststore.p12", SAMPLES / "other-store-535" / "truststore-web.p12"
    for store in (foreign, own):
        verdict = triage([str(capture), str(store)]).verdict
        assert str(verdict.outcome) == "undetermined"
        assert any("got past the server's certificate" in each.text for each in verdict.contradictions)
    assert triage([str(capture)]).verdict.contradictions == ()


def test_the_captured_server_s_needs_are_not_those_of_the_logged_one(tmp_path: Path) -> None:
    """The log's refusal is a relay's, which needs no TLS; the capture beside it is of SES, which does."""
    log = REFUSED_LOGIN.replace(f"via {HOST}:587", "to 1 recipient(s)")
    refusal = "com.sun.mail.smtp.SMTPSendFailedException: 550 5.7.1 We do not relay\n"
    frame = "\tat com.sun.mail.smtp.SMTPTransport.mailFrom(SMTPTransport.java:1)\n"
    (tmp_path / "a.log").write_text(log[: log.index("javax")] + refusal + frame, encoding="utf-8")
    (tmp_path / "a.pcap").write_bytes(pcap(in_tls(greeted()).s(alert(2, 70)).fin(False).fin(True).frames()))
    files = [str(tmp_path / "a.log"), str(tmp_path / "a.pcap")]
    verdict = triage(files, TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC))).verdict
    assert len(verdict.contradictions) == 1
    assert {step.phase for step in verdict.proven} <= {Phase.TCP, Phase.GREETING}


PATH = (
    "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
    "\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath."
    "SunCertPathBuilderException: unable to find valid certification path to requested target\n"
)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def chain(name: str, ends: int) -> tuple[x509.Certificate, x509.Certificate]:
    """A CA, and its certificate for a server until the begin of that year."""
    key = ec.generate_private_key(ec.SECP256R1())

    def made(subject: str, until: int, ca: bool) -> x509.Certificate:
        own = key if ca else ec.generate_private_key(ec.SECP256R1())
        builder = x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named("Example Root"))
        builder = builder.public_key(own.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(until, 1, 1))
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
        return builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(
            key, hashes.SHA256()
        )

    return made("Example Root", 2040, True), made(name, ends, False)


@pytest.mark.parametrize(("ends", "host"), [(2022, HOST), (2022, "mail.example.com")])
def test_a_store_that_leads_to_an_expired_leaf_is_not_the_one_that_found_no_path(
    ends: int, host: str, tmp_path: Path
) -> None:
    """A client with that store would have told of the date."""
    root, leaf = chain(host, ends)
    text = REFUSED_LOGIN.replace(HOST, host)
    (tmp_path / "a.log").write_text(text[: text.index("javax")] + PATH, encoding="utf-8")
    (tmp_path / "truststore.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    served = record(22, server_hello()) + record(22, certificate(leaf.public_bytes(serialization.Encoding.DER)))
    talk = in_tls(greeted(), host).s(served + record(22, b"\x0e\0\0\0")).c(alert(2, 46)).fin(True).fin(False)
    (tmp_path / "a.pcap").write_bytes(pcap(talk.frames()))
    files = [str(tmp_path / name) for name in ("a.log", "a.pcap", "truststore.pem")]
    verdict = triage(files, TriageOptions(now=datetime(2023, 11, 15, tzinfo=UTC))).verdict
    assert verdict.primary is not None
    assert verdict.primary.rule == ("tls-inspection" if host == HOST else "pkix-path-not-found")
    told = any("does lead to the served chain" in each.text for each in verdict.contradictions)
    assert told == (host != HOST)
    assert host == HOST or "leads to the served chain" in verdict.primary.fixes[0].text
