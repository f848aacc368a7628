"""A report that uses every part of the model, written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sestriage.model.capture import (
    Capture,
    DnsLookup,
    Endpoint,
    SmtpDialogue,
    Stream,
    TcpConnection,
    TlsAlert,
    TlsMessage,
    TlsSession,
    WireCommand,
    WireReply,
)
from sestriage.model.command import argument, joined, literal, prose
from sestriage.model.config import CipherList, CipherToken
from sestriage.model.log import LogEvent, SmtpReply, Throwable
from sestriage.model.phase import Phase
from sestriage.model.reference import Reference
from sestriage.model.source import InputNote, SourceRef
from sestriage.model.trust import Certificate, Comparison, Gap, StoreEntry, TrustPath, TrustStore
from sestriage.model.verdict import (
    Alternative,
    Attempt,
    Confidence,
    Contradiction,
    Evidence,
    Finding,
    FixStep,
    Ground,
    Need,
    Outcome,
    ProvenStep,
    Report,
    Verdict,
)

HOST = "email-smtp.us-east-1.amazonaws.com"
LOG = SourceRef("bundle.tgz", member="lancope/var/logs/containers/sw-response-mgmt.log")
PCAP = SourceRef("test-action.pcap")
STORE = SourceRef("truststore.p12")
START = datetime(2026, 11, 24, 3, 31, 33, 247000, tzinfo=UTC)
COMMAND = (
    "openssl s_client -connect email-smtp.us-east-1.amazonaws.com:587 -starttls smtp "
    "-servername email-smtp.us-east-1.amazonaws.com -showcerts -verify_return_error </dev/null 2>&1 | tee chain.txt"
)


def certificate(name: str, issuer: str, digit: str, **fields: object) -> Certificate:
    base = Certificate(
        sha256=digit * 64,
        der=b"\x30\x03DER",
        subject=f"CN={name},O=Amazon,C=US",
        issuer=f"CN={issuer},O=Amazon,C=US",
        subject_name_id=name,
        issuer_name_id=issuer,
        common_name=name,
        issuer_common_name=issuer,
        not_before=datetime(2025, 1, 2, tzinfo=UTC),
        not_after=datetime(2027, 1, 2, 12, 0, 5, tzinfo=UTC),
        key_type="RSA",
        key_bits=2048,
    )
    return replace(base, **fields)  # type: ignore[arg-type]


LEAF = certificate(HOST, "Amazon RSA 2048 M01", "1", dns_names=(HOST,))
ISSUING = certificate("Amazon RSA 2048 M01", "Amazon Root CA 1", "2", is_ca=True)
OTHER_ROOT = certificate("Amazon Root CA 1", "Amazon Root CA 1", "3", is_ca=True)
QUOTE = "Caused by: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path"


def stream() -> Stream:
    return Stream(
        source=PCAP.at_frame(1),
        client=Endpoint("127.10.0.1", 41234),
        server=Endpoint("2001:db8::17", 587),
        tcp=TcpConnection(established=True, syn_seen=True, synack_seen=True, syn_count=1, closed_by="client"),
        smtp=SmtpDialogue(
            banner="220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABC123DEF",
            greeting_code=220,
            ehlo_seen=True,
            starttls_offered=True,
            starttls_command=True,
            starttls_reply=220,
            auth_offered=("PLAIN", "LOGIN"),
            commands=(
                WireCommand("EHLO", "smc.customer.example", 5, START),
                WireCommand("STARTTLS", "", 7, START + timedelta(milliseconds=20)),
            ),
            replies=(
                WireReply(220, "email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABC123DEF", 4, START),
                WireReply(250, "email-smtp.amazonaws.com\nSTARTTLS\nOk", 6, START, "EHLO"),
                WireReply(220, "Ready to start TLS", 8, START + timedelta(milliseconds=21), "STARTTLS"),
            ),
        ),
        tls=TlsSession(
            version="TLSv1.2",
            cipher="TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
            sni=HOST,
            key_exchange="DHE",
            authentication="RSA",
            dh_bits=1024,
            certificates_visibility="clear",
            certificates=(LEAF, ISSUING),
            alerts=(TlsAlert("client", "fatal", 46, "certificate_unknown", 12),),
            messages=(
                TlsMessage("client", "ClientHello", 9, START + timedelta(milliseconds=30)),
                TlsMessage("server", "ServerHello", 10, START + timedelta(milliseconds=35)),
                TlsMessage("server", "Certificate", 10, START + timedelta(milliseconds=35)),
                TlsMessage("client", "Alert", 12, START + timedelta(milliseconds=40)),
            ),
            started_by="starttls",
            source=PCAP.at_frame(9),
        ),
        started=START,
        ended=START + timedelta(seconds=1),
        first_frame=1,
        last_frame=15,
    )


def event() -> LogEvent:
    return LogEvent(
        source=LOG.at_line(5, 60),
        time=START.replace(tzinfo=None),
        level="ERROR",
        logger="com.harbor.response.action.EmailActionExecutor",
        thread="action-exec-3",
        message="Test action 'Mail to SOC' failed",
        throwables=(
            Throwable(
                "javax.mail.MessagingException", "MessagingException", "Could not convert socket to TLS", "outer", 6
            ),
        ),
        text="Could not convert socket to TLS",
        quote=QUOTE,
        outcome="failure",
        mail=True,
        host=HOST,
        port=587,
        reply=SmtpReply(554, "Message rejected"),
        identities=("soc@customer.example",),
    )


def full_report() -> Report:
    step = FixStep(
        rule="ca-missing-from-trust-store",
        text="Import Amazon Root CA 1 into the Manager's trust store.",
        command=literal(COMMAND),
        risk="Adds a trust anchor on this appliance only.",
        verify=prose("Run Test Action again."),
        undo=prose("Delete the entry on the same page."),
    )
    primary = Finding(
        rule="ca-missing-from-trust-store",
        title="The Manager's trust store lacks the CA that issued the mail server's certificate",
        phase=Phase.CERTIFICATE,
        severity="critical",
        confidence=Confidence.CONFIRMED,
        explanation="Java found no path from the served certificate to a certificate in the store.",
        evidence=(Evidence(LOG.at_line(42), QUOTE, "log.event"), Evidence(PCAP.at_frame(12), "alert 46", "")),
        fixes=(step,),
        references=(Reference("Cisco 218118"), Reference("RFC 5280", "https://www.rfc-editor.org/rfc/rfc5280")),
        caution="One more cause may be hidden behind this one.",
    )
    warning = Finding(
        rule="dh-key-too-small",
        title="The server's DH key has 1024 bits",
        phase=Phase.TLS,
        severity="warning",
        confidence=Confidence.SUSPECTED,
        explanation="Another client may refuse it.",
        fixes=(FixStep("dh-key-too-small", "Nothing to do now."),),
    )
    pair = stream()
    newest = Attempt(
        started=START.replace(tzinfo=None),
        ended=None,
        events=(event(),),
        streams=(pair,),
        host=HOST,
        port=587,
        outcome=Outcome.FAILED,
        phase=Phase.CERTIFICATE,
        finding=primary,
        sources=(LOG.at_line(5), PCAP.at_frame(1)),
    )
    older = Attempt(started=START - timedelta(hours=2), ended=START - timedelta(hours=2), outcome=Outcome.ACCEPTED)
    gap = Gap(
        child=ISSUING,
        issuer=ISSUING.issuer,
        authority_key_id="8418cc85",
        wrong_entry=StoreEntry(OTHER_ROOT, "aws"),
        published="Amazon Root CA 1",
        published_sha256="8" * 64,
        importable=(ISSUING,),
    )
    path = TrustPath(
        store=STORE,
        chain=(LEAF, ISSUING),
        status="no-path",
        gap=gap,
        at=START,
        at_basis="capture",
        java_message="unable to find valid certification path to requested target",
        comparisons=(
            Comparison(LEAF, STORE, "absent"),
            Comparison(ISSUING, STORE, "same-name-other-key", StoreEntry(OTHER_ROOT, "aws")),
        ),
        frame_source=PCAP.at_frame(10),
        host=HOST,
        host_matches=True,
    )
    verdict = Verdict(
        outcome=Outcome.FAILED,
        confidence=Confidence.CONFIRMED,
        evidence=primary.evidence,
        primary=primary,
        alternatives=(Alternative("tls-inspection", "A proxy breaks TLS", "the issuer's name would tell"),),
        contributing=(warning,),
        proven=(
            ProvenStep(Phase.DNS, Ground.IMPLIED, "name-reached", PCAP.at_frame(1)),
            ProvenStep(Phase.TCP, Ground.OBSERVED, "handshake-seen", PCAP.at_frame(1)),
            ProvenStep(Phase.GREETING, Ground.OBSERVED, "reply-seen", PCAP.at_frame(4)),
            ProvenStep(Phase.STARTTLS, Ground.OBSERVED, "reply-seen", PCAP.at_frame(8)),
        ),
        contradictions=(Contradiction("Log and store disagree.", (Evidence(STORE, "3 entries"),)),),
        needs=(
            Need("the container's current store", "the one handed in may be another appliance's", literal(COMMAND)),
        ),
        notes=("The log's times were taken as UTC.",),
    )
    return Report(
        verdict=verdict,
        attempts=(older, newest),
        captures=(Capture(PCAP, (pair,), (DnsLookup(PCAP.at_frame(2), HOST, "NXDOMAIN"),), packets=15),),
        stores=(TrustStore(STORE, "pkcs12", (StoreEntry(OTHER_ROOT, "aws"),)),),
        paths=(path,),
        cipher_lists=(
            CipherList(
                SourceRef("tls-ciphers"), (CipherToken("EDH+AESGCM", "DHE"), CipherToken("aNULL", "other", "!")), True
            ),
        ),
        inputs=(
            InputNote(LOG, "log", size=4711),
            InputNote(SourceRef("x.bin"), "other", "neither log nor capture nor trust store", used=False),
        ),
        version="0.1.0",
    )


@pytest.fixture(scope="session")
def report() -> Report:
    """A failed case with everything in it."""
    return full_report()


@pytest.fixture(scope="session")
def make_quote_report() -> Callable[[str], Report]:
    """Makes a report whose log quotes, titles, commands, host names and notes carry the given text."""

    def make(text: str) -> Report:
        whole = full_report()
        primary = whole.verdict.primary
        assert primary is not None
        typed = joined("echo ", argument("word", text))
        found = replace(
            primary,
            evidence=(Evidence(LOG.at_line(1), text, "log.event"),),
            fixes=(FixStep("r", text, typed, text, prose(text), prose(text)),),
            caution=text,
            explanation=text,
        )
        verdict = replace(
            whole.verdict,
            primary=found,
            evidence=found.evidence,
            notes=(text,),
            needs=(Need(text, text, typed),),
            contradictions=(Contradiction(text, found.evidence),),
            alternatives=(Alternative("r", "t", text),),
        )
        return replace(whole, verdict=verdict, inputs=(InputNote(LOG, "log", text, detail=text),))

    return make
