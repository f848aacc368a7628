"""Traces of `-Djavax.net.debug`: recorded ones of JDK 17 and 25, one in the free form of JDK 8, and damaged ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.formats.transcript.jsse import TraceReader, read_traces
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.transcript import TlsTrace

FOLDER = Path(__file__).parent / "jsse"
US = "email-smtp.us-east-1.amazonaws.com"
EU = "email-smtp.eu-west-1.amazonaws.com"
GCM = "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"
ECDHE = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"


def traces(name: str) -> tuple[TlsTrace, ...]:
    return read_traces((FOLDER / f"{name}.txt").read_bytes(), SourceRef(f"{name}.txt"))


@dataclass(frozen=True)
class Row:
    """What record_jsse.py set server, store and client up for."""

    name: str
    version: str | None
    cipher: str | None
    served: int
    decision: str | None
    alert: tuple[str, str] | None
    phase: Phase | None
    dh_bits: int | None = None
    host: str = US
    store: str | None = "t.p12"


ROWS = [
    Row("dh-too-small-17", "TLSv1.2", GCM, 2, "trusted", ("client", "insufficient_security"), Phase.TLS, 1024),
    Row(
        *("chain-refused-17", "TLSv1.2", ECDHE, 2, "refused", ("client", "certificate_unknown"), Phase.CERTIFICATE),
        store="other.p12",
    ),
    Row("protocol-version-25", None, None, 0, None, ("server", "protocol_version"), Phase.TLS),
    Row("finished-25", "TLSv1.2", ECDHE, 2, "trusted", None, None),
    Row("finished-tls13-17", "TLSv1.3", "TLS_AES_256_GCM_SHA384", 2, "trusted", None, None, store=None),
    Row(
        *("free-form-8", "TLSv1.2", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256", 1, "trusted", ("client", "internal_error")),
        *(Phase.TLS, 1024, EU, None),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_trace_gives_what_a_capture_would(row: Row) -> None:
    (trace,) = traces(row.name)
    tls = trace.stream.tls
    assert tls is not None
    alert = (tls.alert.sender, tls.alert.description) if tls.alert else None
    assert (tls.version, tls.cipher, len(tls.certificates), trace.decision) == (
        *(row.version, row.cipher, row.served),
        row.decision,
    )
    assert (alert, tls.dh_bits, trace.stream.host, trace.store) == (row.alert, row.dh_bits, row.host, row.store)
    assert (trace.failure.phase if trace.failure else None) is row.phase
    assert tls.completed is (row.name.startswith("finished"))
    assert trace.thread == "action-executor-1"


def test_a_certificate_as_it_is_printed() -> None:
    (trace,) = traces("chain-refused-17")
    assert trace.stream.tls is not None
    leaf, root = trace.stream.tls.certificates
    assert (leaf.subject, leaf.issuer) == (f"CN={US}", "CN=Lab Root,O=Lab,C=DE")
    assert (leaf.serial, leaf.dns_names) == ("459c06e8674ff8e2a4efe4f8b1cd3cd047abc093", (US,))
    assert (leaf.not_before, leaf.not_after) == (
        datetime(2026, 11, 29, 9, 32, tzinfo=UTC),
        datetime(2027, 11, 29, 9, 32, tzinfo=UTC),
    )
    assert root.self_issued
    assert not leaf.self_issued
    assert trace.stream.tls.chain_length is None, "without its DER nobody can hold the chain against a store"


def test_dates_and_serial_of_the_free_form() -> None:
    (trace,) = traces("free-form-8")
    assert trace.stream.tls is not None
    (leaf,) = trace.stream.tls.certificates
    assert leaf.not_after == datetime(2017, 3, 11, 23, 59, 59, tzinfo=UTC)
    assert (leaf.serial, leaf.issuer_common_name, leaf.issuer_organization) == ("c1a2b3c4d5e6f70", "Amazon", "Amazon")


def test_places_are_lines_of_the_file() -> None:
    name = "chain-refused-17"
    lines = (FOLDER / f"{name}.txt").read_text().splitlines()
    (trace,) = traces(name)
    assert trace.failure is not None
    assert trace.failure.quote_line is not None
    assert "PKIX path building failed" in lines[trace.failure.quote_line - 1]
    assert trace.stream.tls is not None
    for message in trace.stream.tls.messages:
        assert message.name in lines[message.frame - 1]


def test_the_lines_before_what_was_read_count() -> None:
    reader = TraceReader(SourceRef("x"))
    reader.take((FOLDER / "chain-refused-17.txt").read_bytes(), 1)
    (moved,) = reader.traces(before=100)
    (here,) = traces("chain-refused-17")
    assert moved.source.line == (here.source.line or 0) + 100
    assert moved.stream.tls is not None
    assert here.stream.tls is not None
    assert [m.frame - 100 for m in moved.stream.tls.messages] == [m.frame for m in here.stream.tls.messages]


def test_two_threads_are_two_handshakes() -> None:
    text = (FOLDER / "chain-refused-17.txt").read_text()
    other = text.replace("|C0|action-executor-1|", "|C1|ldap-1|").replace(US, "ldap.example.net")
    records, others = (["javax.net.ssl|" + part for part in t.split("javax.net.ssl|")[1:]] for t in (text, other))
    mixed = "".join(a + b for a, b in zip(records, others, strict=True))
    found = read_traces(mixed.encode(), SourceRef("x"))
    assert sorted((t.thread, t.stream.host, t.decision) for t in found) == [
        ("action-executor-1", US, "refused"),
        ("ldap-1", "ldap.example.net", "refused"),
    ]


@pytest.mark.parametrize("prefix", ["{}", "2026-11-29T09:32:31.100200300Z {}", "sw-response-mgmt | {}", "> {}"])
def test_a_wrapping_around_each_line(prefix: str) -> None:
    lines = (FOLDER / "dh-too-small-17.txt").read_text().splitlines()
    found = read_traces("\n".join(prefix.format(line) for line in lines).encode(), SourceRef("x"))
    assert [(t.stream.tls.dh_bits if t.stream.tls else None, t.decision) for t in found] == [(1024, "trusted")]


def test_a_server_of_tls_is_no_client() -> None:
    text = (FOLDER / "chain-refused-17.txt").read_text().replace("Produced ClientHello", "Consuming ClientHello")
    assert read_traces(text.encode(), SourceRef("x")) == ()


def test_a_peer_that_went_away_got_no_alert() -> None:
    text = (FOLDER / "protocol-version-25.txt").read_text()
    head, _, _ = text.partition("javax.net.ssl|DEBUG|51|action-executor-1|2026-11-29 09:32:51.50")
    gone = "Fatal (HANDSHAKE_FAILURE): Couldn't kickstart handshaking (\n" + '"throwable" : {\n'
    gone += "  javax.net.ssl.SSLHandshakeException: Remote host terminated the handshake\n)\n"
    stamp = "javax.net.ssl|ERROR|51|action-executor-1|2026-11-29 09:32:51.600 UTC|TransportContext.java:368|"
    begun = text[: text.index("javax.net.ssl|", text.index('"ClientHello": {'))]
    (trace,) = read_traces((begun + stamp + gone).encode(), SourceRef("x"))
    assert trace.stream.tls is not None
    assert trace.stream.tls.alert is None
    assert (trace.stream.tcp.closed_by, trace.stream.tcp.closed_after) == ("server", "client:ClientHello")
    assert head


@pytest.mark.parametrize(
    "text",
    [
        "*** ClientHello of the cook ***\n*** Finished\n",
        "javax.net.ssl|DEBUG|10|main|2026-11-29 09:32:51.600 UTC|X.java:1|nothing of a handshake\n",
        "2026-11-29 09:32:51,600 INFO [main] Produced ClientHello handshake message (\n)\n",
    ],
)
def test_a_text_that_is_no_trace(text: str) -> None:
    assert read_traces(text.encode(), SourceRef("x")) == ()


NAMES = [row.name for row in ROWS]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.integers(0, 400), st.integers(0, 400), st.binary(max_size=40))
def test_damage_is_read_as_far_as_it_goes(name: str, start: int, cut: int, junk: bytes) -> None:
    lines = (FOLDER / f"{name}.txt").read_bytes().split(b"\n")
    damaged = b"\n".join([*lines[:start], junk, *lines[start + cut :]])
    for trace in read_traces(damaged, SourceRef("x")):
        assert (trace.source.line or 0) <= (trace.source.end_line or 0) <= damaged.count(b"\n") + 2
