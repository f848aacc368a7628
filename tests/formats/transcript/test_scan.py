"""Scans of a server: recorded ones of sslscan, testssl.sh and nmap, and texts that are none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.formats.transcript import looks_like_transcript
from sestriage.formats.transcript.scan import DHE_SUITES, read_scans
from sestriage.model.source import SourceRef
from sestriage.model.transcript import Transcript

SCANS = Path(__file__).parent / "scans"
OLD, NEW = ("TLSv1.0", "TLSv1.1"), ("TLSv1.2", "TLSv1.3")
GCM = "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"
RSA = "TLS_RSA_WITH_AES_128_CBC_SHA"
TLS13 = "TLS_AES_256_GCM_SHA384"


def scans(name: str) -> list[Transcript]:
    return read_scans((SCANS / f"{name}.txt").read_bytes(), SourceRef(f"{name}.txt"))


@dataclass(frozen=True)
class Row:
    """What the servers of record_scans.py were set up for: of what they prefer, and of their DHE suites."""

    name: str
    accepted: tuple[str, ...]
    version: str
    cipher: str
    dh_bits: int | None = None
    beside: int | None = None
    listed: int = 0


ROWS = [
    Row("sslscan-dhe-1024", ("TLSv1.2",), "TLSv1.2", GCM, 1024),
    Row("sslscan-mixed", NEW, "TLSv1.3", TLS13, None, 1024),
    Row("sslscan-certificate", NEW, "TLSv1.3", TLS13, None, 1024),
    Row("sslscan-old", OLD, "TLSv1.1", RSA),
    Row("sslscan-tls13", ("TLSv1.3",), "TLSv1.3", TLS13),
    Row("nmap-dhe-1024", ("TLSv1.2",), "TLSv1.2", GCM, 1024),
    Row("nmap-mixed", NEW, "TLSv1.3", TLS13, None, 1024),
    Row("nmap-old", OLD, "TLSv1.1", RSA),
    Row("nmap-tls13", ("TLSv1.3",), "TLSv1.3", TLS13),
    Row("testssl-dhe-1024", ("TLSv1.2",), "TLSv1.2", GCM, 1024, None, 2),
    Row("testssl-mixed", NEW, "TLSv1.3", TLS13, None, None, 2),
    Row("testssl-old", OLD, "TLSv1.1", RSA, None, None, 2),
    Row("testssl-tls13", ("TLSv1.3",), "TLSv1.3", TLS13, None, None, 1),
]
PROGRAMS = {"sslscan": "sslscan", "nmap": "nmap ssl-enum-ciphers", "testssl": "testssl.sh"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_the_server_takes(row: Row) -> None:
    assert looks_like_transcript((SCANS / f"{row.name}.txt").read_bytes()) == "scan"
    *dhe, best = scans(row.name)
    tls = best.stream.tls
    assert tls is not None
    assert (best.program, best.accepted, best.listed) == (
        PROGRAMS[row.name.split("-")[0]],
        row.accepted,
        row.listed,
    )
    assert (tls.version, tls.cipher, tls.dh_bits) == (row.version, row.cipher, row.dh_bits)
    assert [each.stream.tls.dh_bits for each in dhe if each.stream.tls] == ([row.beside] if row.beside else [])
    assert all((each.label, each.restricted) == (DHE_SUITES, True) for each in dhe)
    assert not best.restricted
    assert not tls.completed
    assert not best.whole_chain


def test_the_issuer_is_named_with_its_company() -> None:
    issuer = "C = US, O = Example Trust, CN = Example RSA 2048 M01"
    assert [scans("testssl-old")[-1].printed[0][1]] == [issuer]
    assert sorted(scans("nmap-old")[-1].printed[0][1].split(", ")) == sorted(issuer.split(", "))


def test_the_shown_certificate_is_the_servers_and_no_whole_chain() -> None:
    *_, best = scans("sslscan-certificate")
    tls = best.stream.tls
    assert tls is not None
    assert tls.leaf is not None
    assert tls.leaf.common_name == "email-smtp.us-east-1.amazonaws.com"
    assert tls.chain_length is None


def test_the_name_that_was_asked_for_is_the_host() -> None:
    assert [each.host for each in scans("sslscan-old")] == ["email-smtp.us-east-1.amazonaws.com"]


def test_a_scan_that_met_no_tls_shows_nothing() -> None:
    assert scans("sslscan-closed") == []


@pytest.mark.parametrize(
    "text",
    [
        b"We ran sslscan and testssl.sh; TLSv1.2 enabled, DHE 1024 bits.\n",
        b"2026-01-02 10:00:00 INFO Start of the mail service -->> ready <<--\n",
        b"nmap --script ssl-enum-ciphers -p 587 mail.example.com\n",
    ],
)
def test_talk_about_scanners_is_no_scan(text: bytes) -> None:
    assert looks_like_transcript(text) is None
    assert read_scans(text, SourceRef("x")) == []


def test_two_servers_in_one_text_are_two_scans() -> None:
    text = b"".join((SCANS / f"sslscan-{name}.txt").read_bytes() for name in ("old", "tls13"))
    assert [each.accepted for each in read_scans(text, SourceRef("x"))] == [OLD, ("TLSv1.3",)]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([row.name for row in ROWS]), st.data())
def test_damaged_scans_are_read_without_a_fault(name: str, data: st.DataObject) -> None:
    whole = (SCANS / f"{name}.txt").read_bytes()
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=8)) + re.sub(rb"\d", b"9", whole[at : at + 200])
    for each in read_scans(damaged, SourceRef("x")):
        assert each.accepted
