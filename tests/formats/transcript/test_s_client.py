"""Runs of openssl s_client: recorded ones (OpenSSL 3.0) and the forms of other releases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.formats.transcript import looks_like_transcript
from sestriage.formats.transcript.build import read_runs
from sestriage.formats.transcript.s_client import beside_runs
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef
from sestriage.model.transcript import Transcript

HERE = Path(__file__).parent
RECORDED, HANDMADE = HERE / "recorded", HERE / "handmade"
TEXTS = [path for folder in (RECORDED, HANDMADE) for path in sorted(folder.glob("*.txt")) if "keytool" not in path.name]


def runs(folder: Path, name: str) -> list[Transcript]:
    return read_runs((folder / f"{name}.txt").read_bytes(), SourceRef(f"{name}.txt"))


def run(folder: Path, name: str) -> Transcript:
    (only,) = runs(folder, name)
    return only


@dataclass(frozen=True)
class Row:
    """What the servers of record.py were set up for, or what stands in the hand-made text."""

    folder: Path
    name: str
    version: str | None
    cipher: str | None
    exchange: str | None
    dh_bits: int | None
    group: str | None
    listed: int
    held: int
    verify: int | None


GOOD = [
    Row(RECORDED, "tls13-starttls-showcerts", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "ECDHE", None, "x25519", 2, 2, 20),
    Row(
        *(RECORDED, "tls12-starttls-showcerts", "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE"),
        *(None, "x25519", 2, 2, 20),
    ),
    Row(RECORDED, "cisco-stdout-only", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "ECDHE", None, "x25519", 2, 2, 20),
    Row(
        *(RECORDED, "tls12-with-ca", "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE"),
        *(None, "x25519", 2, 1, 0),
    ),
    Row(
        *(RECORDED, "dhe-1024-seclevel-0", "TLSv1.2", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "DHE"),
        *(1024, None, 2, 1, 20),
    ),
    Row(RECORDED, "static-rsa", "TLSv1.2", "TLS_RSA_WITH_AES_128_GCM_SHA256", "RSA", None, None, 2, 1, 20),
    Row(RECORDED, "leaf-only", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "ECDHE", None, "x25519", 1, 1, 21),
    Row(RECORDED, "hostname-mismatch", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "ECDHE", None, "x25519", 2, 1, 62),
    Row(RECORDED, "brief", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "ECDHE", None, "x25519", 0, 0, 20),
    Row(
        *(HANDMADE, "1.0.2-starttls-showcerts", "TLSv1.2", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "DHE"),
        *(1024, None, 2, 2, 20),
    ),
    Row(HANDMADE, "3.5-peer-temp-key", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "ECDHE", None, "secp256r1", 1, 1, 21),
    Row(HANDMADE, "3.5-hybrid-group", "TLSv1.3", "TLS_AES_256_GCM_SHA384", "ECDHE", None, "X25519MLKEM768", 2, 2, 0),
]


@pytest.mark.parametrize("row", GOOD, ids=lambda row: row.name)
def test_finished_handshakes(row: Row) -> None:
    found = run(row.folder, row.name)
    tls = found.stream.tls
    assert tls is not None
    assert (tls.version, tls.cipher, tls.key_exchange) == (row.version, row.cipher, row.exchange)
    assert (tls.dh_bits, tls.group) == (row.dh_bits, row.group)
    assert (found.listed, len(tls.certificates), found.verify_code) == (row.listed, row.held, row.verify)
    assert tls.completed
    assert tls.client_finished
    assert not tls.alerts
    assert found.whole_chain == (row.held > 0 and row.held == row.listed)


def test_the_served_certificates_are_those_of_the_blocks_in_order() -> None:
    tls = run(RECORDED, "tls12-starttls-showcerts").stream.tls
    assert tls is not None
    assert [c.common_name for c in tls.certificates] == ["email-smtp.us-east-1.amazonaws.com", "Example RSA 2048 M01"]
    text = (RECORDED / "tls12-starttls-showcerts.txt").read_text().splitlines()
    for certificate in tls.certificates:
        assert certificate.source is not None
        assert certificate.source.line is not None
        assert text[certificate.source.line - 1] == "-----BEGIN CERTIFICATE-----"


def test_time_of_the_run() -> None:
    assert run(HANDMADE, "1.0.2-starttls-showcerts").stream.started == datetime(2022, 5, 27, 16, 46, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("folder", "name", "phase", "reason", "code"),
    [
        (RECORDED, "dhe-1024-refused", Phase.TLS, "dh key too small", "0A00018A"),
        (HANDMADE, "1.0.1-small-dh-refused", Phase.TLS, "dh key too small", "14082174"),
        (RECORDED, "dhe-not-offered", Phase.TLS, "sslv3 alert handshake failure", "0A000410"),
        (RECORDED, "wrapper-on-plain-port", Phase.TLS, "wrong version number", "0A00010B"),
        (RECORDED, "starttls-refused", Phase.TLS, "wrong version number", "0A00010B"),
    ],
)
def test_what_stopped_it(folder: Path, name: str, phase: Phase, reason: str, code: str) -> None:
    found = run(folder, name)
    (event,) = found.events
    assert (event.outcome, event.phase) == ("failure", phase)
    assert (event.openssl_reason, event.openssl_code) == (reason, code)
    text = (folder / f"{name}.txt").read_text().splitlines()
    assert event.source.line is not None
    assert event.quote == text[event.source.line - 1]
    assert found.stream.tls is not None
    assert not found.stream.tls.completed


def test_alert_of_the_server() -> None:
    tls = run(RECORDED, "dhe-not-offered").stream.tls
    assert tls is not None
    assert tls.alert is not None
    assert (tls.alert.sender, tls.alert.description, tls.alert.code) == ("server", "handshake_failure", 40)


@pytest.mark.parametrize("name", ["dhe-not-offered", "wrapper-on-plain-port", "closed-at-once", "starttls-refused"])
def test_verify_code_0_without_a_certificate_is_none(name: str) -> None:
    assert b"Verify return code: 0 (ok)" in (RECORDED / f"{name}.txt").read_bytes()
    found = run(RECORDED, name)
    assert found.verify_code is None
    assert all(event.verify_code is None for event in found.events)


def test_refused_connection() -> None:
    found = run(RECORDED, "refused")
    assert found.stream.tcp.refused
    assert not found.stream.tcp.established
    assert found.stream.tls is None
    (event,) = found.events
    assert event.phase is Phase.TCP
    assert "connect:errno=111" in event.text


def test_starttls_missing_in_the_answer_and_missing_answer() -> None:
    offered = run(RECORDED, "no-starttls").stream.smtp
    assert offered is not None
    assert offered.starttls_offered is False
    silent = run(RECORDED, "closed-at-once")
    assert silent.stream.smtp is not None
    assert silent.stream.smtp.starttls_offered is None
    (event,) = silent.events
    assert event.phase is Phase.GREETING
    assert "STARTTLS" not in event.text  # s_client says so although nothing came at all


@pytest.mark.parametrize(("name", "code"), [("leaf-only", 21), ("hostname-mismatch", 62)])
def test_faults_of_the_served_chain_are_failures(name: str, code: int) -> None:
    (event,) = run(RECORDED, name).events
    assert (event.verify_code, event.phase) == (code, Phase.CERTIFICATE)


@pytest.mark.parametrize("name", ["tls13-starttls-showcerts", "tls12-with-ca"])
def test_verify_codes_about_the_host_s_own_store_are_none(name: str) -> None:
    assert run(RECORDED, name).events == ()


def test_two_runs_and_their_command_lines() -> None:
    first, second = runs(HANDMADE, "1.1.1-two-runs")
    assert (first.host, first.stream.port) == ("email-smtp.us-east-1.amazonaws.com", 587)
    assert first.cipher_option == second.cipher_option == "DHE"
    assert first.stream.tls is not None
    assert first.stream.tls.completed
    assert second.stream.tls is not None
    assert second.stream.tls.alert is not None
    assert second.source.line is not None
    assert first.source.end_line is not None
    assert second.source.line > first.source.end_line


def test_recorded_runs_one_after_the_other_in_one_file() -> None:
    """Errors come before CONNECTED when both outputs go to one file: they must not land in the run before."""
    names = ["tls13-starttls-showcerts", "refused", "dhe-not-offered", "leaf-only", "no-starttls"]
    data = b"".join((RECORDED / f"{name}.txt").read_bytes() for name in names)
    found = read_runs(data, SourceRef("all.txt"))
    assert [len(t.events) for t in found] == [0, 1, 1, 1, 0]
    assert [t.stream.tcp.refused for t in found] == [False, True, False, False, False]
    assert [t.verify_code for t in found] == [20, None, None, 21, 20]


def test_windows_paste() -> None:
    data = (RECORDED / "tls12-starttls-showcerts.txt").read_text().replace("\n", "\r\n")
    for encoded in (data.encode(), data.encode("utf-16")):
        (found,) = read_runs(encoded, SourceRef("x"))
        assert found.stream.tls is not None
        assert len(found.stream.tls.certificates) == 2


def test_session_keys_are_never_quoted() -> None:
    for path in TEXTS:
        for found in read_runs(path.read_bytes(), SourceRef(path.name)):
            assert all("Master-Key" not in event.text and "PSK:" not in event.text for event in found.events)


def test_text_beside_the_runs_keeps_its_lines() -> None:
    run_text = (RECORDED / "dhe-1024-refused.txt").read_bytes()
    data = b"2026-11-24 03:46:04 first\n" + run_text + b"2026-11-24 03:46:05 second\n"
    lines = beside_runs(data).split(b"\n")
    assert lines[0] == b"2026-11-24 03:46:04 first"
    assert lines[data.count(b"\n") - 1] == b"2026-11-24 03:46:05 second"
    assert b"CERTIFICATE" not in b"".join(lines)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_recognised_by_content(path: Path) -> None:
    assert looks_like_transcript(path.read_bytes()) == "s_client"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"2026-11-24 03:46:04 INFO CONNECTED to broker\n",
        b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        b"javax.mail.MessagingException: connect:errno is not what this is\n",
    ],
)
def test_other_texts_are_not_recognised(text: bytes) -> None:
    assert looks_like_transcript(text) is None


@pytest.mark.parametrize("name", ["tls12-starttls-showcerts", "dhe-1024-refused", "refused"])
def test_cut_anywhere(name: str) -> None:
    data = (RECORDED / f"{name}.txt").read_bytes()
    for end in range(0, len(data), 7):
        for found in read_runs(data[:end], SourceRef("x")):
            tls = found.stream.tls
            assert tls is None or len(tls.certificates) <= 2


_WORDS = st.sampled_from(
    [
        *(
            "CONNECTED(00000003)\n",
            "---\n",
            "Certificate chain\n",
            " 0 s:CN = a\n",
            "   i:CN = b\n",
            "depth=0 CN = a\n",
        ),
        *(
            "connect:errno=111\n",
            "verify error:num=20:x\n",
            "Verify return code: 0 (ok)\n",
            "Start Time: 99999999999\n",
        ),
        *("Server Temp Key: DH, 999999 bits\n", "New, TLSv1.2, Cipher is X\n", "openssl s_client -connect 'x:1\n"),
        *("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "error:0A00018A:SSL routines::dh\n"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_WORDS | st.text(max_size=20), max_size=40))
def test_any_order_of_lines(parts: list[str]) -> None:
    data = "".join(parts).encode("utf-8", "surrogatepass")
    for found in read_runs(data, SourceRef("x")):
        assert found.source.line is not None
        assert found.source.line >= 1
        assert found.verify_code is None or found.stream.tls is not None
    assert beside_runs(data).count(b"\n") == data.count(b"\n")


def test_many_runs_are_bounded() -> None:
    assert len(read_runs(b"CONNECTED(00000003)\n" * 5000, SourceRef("x"))) == 200


def test_a_client_that_refused_the_certificate_did_not_finish() -> None:
    """With -verify_return_error TLS 1.3 has settled the suite, and prints it, before the client gives up."""
    text = (RECORDED / "tls13-starttls-showcerts.txt").read_bytes()
    error = (
        b"40D7CEC0B97F0000:error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:"
    )
    (found,) = read_runs(error + b"../ssl/statem/statem_clnt.c:1889:\n" + text, SourceRef("run.txt"))
    tls = found.stream.tls
    assert tls is not None
    assert (tls.cipher, len(tls.certificates)) == ("TLS_AES_256_GCM_SHA384", 2)
    assert (found.answered, tls.completed, tls.client_finished) == (True, False, False)


def test_a_session_that_is_taken_up_again() -> None:
    text = (RECORDED / "tls12-starttls-showcerts.txt").read_bytes()
    assert [each.stream.tls.resumed for each in read_runs(text, SourceRef("run.txt")) if each.stream.tls] == [False]
    again = text.replace(b"\nNew, TLSv1.2,", b"\nReused, TLSv1.2,")
    assert [each.stream.tls.resumed for each in read_runs(again, SourceRef("run.txt")) if each.stream.tls] == [True]


def test_verify_lines_between_command_and_connection_are_of_one_run() -> None:
    """Standard error is written first where both go into one file."""
    text = (
        "# openssl s_client -starttls smtp -connect mail.example.com:587 </dev/null > a 2>&1\n"
        "depth=0 CN = mail.example.com\nverify error:num=20:unable to get local issuer certificate\nverify return:1\n"
        "CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = mail.example.com\n   i:CN = Example CA\n---\n"
    )
    (only,) = read_runs(text.encode(), SourceRef("a"))
    assert (only.host, only.listed) == ("mail.example.com", 1)


def test_the_line_of_the_key_alone() -> None:
    (only,) = read_runs(b"Server Temp Key: DH, 1024 bits\n", SourceRef("a"))
    tls = only.stream.tls
    assert tls is not None
    assert (tls.key_exchange, tls.dh_bits, tls.completed, only.host) == ("DHE", 1024, False, None)
    assert looks_like_transcript(b"Server Temp Key: DH, 1024 bits\n") == "s_client"
    assert looks_like_transcript(b"the Server Temp Key: DH, 1024 bits was small\n") is None


def test_a_certificate_that_the_server_sends_twice_counts_once() -> None:
    """A common misconfiguration (the file of the chain begins with the server's certificate); what is listed and not
    printed is missing all the same."""
    text = (RECORDED / "tls12-starttls-showcerts.txt").read_text()
    first, second = text.index(" 0 s:"), text.index(" 1 s:")
    leaf, rest = text[first:second], text[second:].replace(" 1 s:", " 2 s:", 1)
    listed_only = leaf.partition("-----BEGIN")[0].replace(" 0 s:", " 1 s:")
    again = text[:second] + leaf.replace(" 0 s:", " 1 s:") + rest
    for data, count, visibility in ((again, 2, "clear"), (text[:second] + listed_only + rest, 3, "truncated")):
        (found,) = read_runs(data.encode(), SourceRef("s_client.txt"))
        assert found.stream.tls is not None
        assert (found.listed, len(found.printed)) == (count, 3)
        assert (len(found.stream.tls.certificates), found.stream.tls.certificates_visibility) == (2, visibility)
