"""Two faults in one piece of evidence: the second one is announced with its own ground, in the order of the repairs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from formats.capture.wire import (
    HELLO_DONE,
    Talk,
    alert,
    certificate,
    client_hello,
    dhe_key_exchange,
    pcap,
    record,
    server_hello,
)
from pki.certgen import CN, Name, Spec, ec_key
from pki.certgen import certificate as made
from pki.test_path import judged as on_path
from sestriage.engine.triage import TriageOptions, triage
from sestriage.formats.log import parse_text
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Report
from sestriage.report.common import fixes_in_order
from sestriage.report.language import in_language
from sestriage.rules import load_rules
from sestriage.rules.authoring.example_facts import fact_base

HOST = "mail.example.com"
NOW = datetime(2023, 11, 14, 22, 13, tzinfo=UTC)
"""The time of the captures of `wire`."""
ROOT: Name = ((CN, "Example Root"),)
OTHER: Name = ((CN, "Another Root"),)
KEYS = {name: ec_key(f"second {name}") for name in ("leaf", "root", "other")}
GOOD = Spec(((CN, HOST),), ROOT, KEYS["leaf"], KEYS["root"], dns=(HOST,), ca=False, not_after=NOW + timedelta(days=90))
EXPIRED = replace(GOOD, not_after=NOW - timedelta(days=30))
MISNAMED = replace(GOOD, dns=("other.example.com",))
STORES = {
    "right": Spec(ROOT, ROOT, KEYS["root"], KEYS["root"], ca=True, usage=("keyCertSign",)),
    "wrong": Spec(OTHER, OTHER, KEYS["other"], KEYS["other"], ca=True, usage=("keyCertSign",)),
}


def pem(der: bytes) -> str:
    from base64 import encodebytes

    return f"-----BEGIN CERTIFICATE-----\n{encodebytes(der).decode()}-----END CERTIFICATE-----\n"


def judged(tmp_path: Path, leaf: Spec, code: int, store: str, dh_bits: int | None = None) -> Report:
    talk = Talk().connect().s(b"220 mail.example.com ESMTP\r\n").c(b"EHLO smc\r\n")
    talk.s(b"250-mail.example.com\r\n250 STARTTLS\r\n").c(b"STARTTLS\r\n").s(b"220 go\r\n")
    talk.c(record(22, client_hello(HOST)))
    flight = server_hello(0x009E if dh_bits else 0xC02F) + certificate(made(leaf))
    flight += (dhe_key_exchange(dh_bits) if dh_bits else b"") + HELLO_DONE
    talk.s(record(22, flight)).c(alert(2, code)).fin(True).fin(False)
    (tmp_path / "a.pcap").write_bytes(pcap(talk.frames()))
    (tmp_path / "truststore.pem").write_text(pem(made(STORES[store])), encoding="ascii")
    return triage([str(tmp_path / "a.pcap"), str(tmp_path / "truststore.pem")], TriageOptions(now=NOW))


def further(report: Report) -> str:
    return " ".join(note for note in report.verdict.notes if note.startswith("The evidence shows a further fault"))


@pytest.mark.parametrize(
    ("leaf", "code", "store", "rule", "told"),
    [
        (EXPIRED, 46, "wrong", "ca-missing-from-trust-store", ["ended on 2023-10-15"]),
        (MISNAMED, 46, "wrong", "ca-missing-from-trust-store", ["does not name mail.example.com"]),
        (EXPIRED, 45, "wrong", "certificate-expired", ["no trust store at hand leads to the served chain"]),
        (
            replace(EXPIRED, dns=("o.example.com",)),
            46,
            "wrong",
            "ca-missing-from-trust-store",
            ["ended on", "not name"],
        ),
        (EXPIRED, 45, "right", "certificate-expired", []),
        (GOOD, 46, "wrong", "ca-missing-from-trust-store", []),
    ],
)
def test_what_will_bite_next(leaf: Spec, code: int, store: str, rule: str, told: list[str], tmp_path: Path) -> None:
    report = judged(tmp_path, leaf, code, store)
    assert report.verdict.primary is not None
    assert report.verdict.primary.rule == rule
    said = further(report)
    places = [said.find(text) for text in told]
    assert -1 not in places
    assert places == sorted(places), "in the order in which they bite"
    assert bool(said) is bool(told)
    steps = [step for step in fixes_in_order(report.verdict) if step.text.startswith("Once that is mended")]
    assert len(steps) == len(told)
    assert all(text in step.text for text, step in zip(told, steps, strict=True))
    assert rule not in {step.rule for step in steps}
    assert not said or "a.pcap" in said or "truststore.pem" in said


def test_a_small_key_behind_a_missing_root(tmp_path: Path) -> None:
    assert "DH key has 1024 bits" in further(judged(tmp_path, GOOD, 46, "wrong", dh_bits=1024))
    assert not further(judged(tmp_path, GOOD, 46, "wrong", dh_bits=2048))


NESTED = "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n\t"


@pytest.mark.parametrize(
    ("inner", "hidden"),
    [
        ("javax.net.ssl.SSLHandshakeException: No subject alternative DNS name matching mail.example.com found.", True),
        ("javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure", True),
        ("javax.net.ssl.SSLHandshakeException: Received fatal alert: certificate_required", False),
        (
            "javax.net.ssl.SSLHandshakeException: (certificate_required) Received fatal alert: certificate_required",
            False,
        ),
        ("java.io.IOException: Can't verify identity of server: mail.example.com", False),
    ],
)
def test_nothing_is_hidden_behind_a_handshake_that_was_finished(inner: str, hidden: bool, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(f"{NESTED}{inner}\n", encoding="ascii")
    report = triage([str(tmp_path / "a.log")], TriageOptions(now=NOW))
    assert report.verdict.primary is not None
    assert any(note.startswith("A second problem may be hidden") for note in report.verdict.notes) is hidden


def test_german(tmp_path: Path) -> None:
    judged(tmp_path, EXPIRED, 46, "wrong")
    paths = [str(tmp_path / name) for name in ("a.pcap", "truststore.pem")]
    notes = in_language(triage(paths, TriageOptions(now=NOW, language="de")).verdict.notes, "de")
    assert any("Die Belege zeigen einen weiteren Fehler" in note and "2023-10-15 abgelaufen" in note for note in notes)


def test_an_expired_cross_signed_root_is_cured_by_the_root() -> None:
    paths = {stored: on_path(("leaf", "M", "expired A1x", "G2x"), (stored,)) for stored in ("G2", "A1")}
    assert (paths["G2"].reason, paths["A1"].status) == ("expired", "trusted")
    log = (
        "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
        "\tjavax.net.ssl.SSLHandshakeException: PKIX path validation failed: validity check failed\n"
        "Caused by: java.security.cert.CertificateExpiredException: NotAfter: Thu Feb 01 23:59:59 UTC 2024\n"
    )
    facts = fact_base({}, {"log.event": tuple(parse_text(log, SourceRef("a.log"))), "trust.path": (paths["G2"],)})
    (finding,) = (f for f in load_rules().evaluate(facts) if f.rule == "certificate-expired")
    assert "Amazon Root CA 1" in finding.fixes[0].text
    assert "import the root" in finding.fixes[0].text
    assert not any("NTP, then" in step.text for step in finding.fixes)
