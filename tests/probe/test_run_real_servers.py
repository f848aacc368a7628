"""The probe against real TLS servers on loopback: Python's ssl, openssl s_server, the lab's server, Postfix."""

from __future__ import annotations

import socket
import ssl
import tempfile
from pathlib import Path

import pytest

import mailserver as ms
from realservers import postfix, s_server
from sestriage.formats.transcript.probe import dump_probe, load_probe, stream_of, transcripts_of
from sestriage.model.capture import Stream, TlsSession
from sestriage.model.probe import Probe
from sestriage.model.source import SourceRef
from sestriage.model.vocabulary import ConnectionMode
from sestriage.probe import ProbeSettings, run
from support import need_tool

SOURCE = SourceRef("probe")
ONLY_12, ONLY_13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


@pytest.fixture(scope="module")
def pki() -> ms.Pki:
    return ms.make_pki(dns_name="localhost")


def ask(port: int, mode: ConnectionMode = "starttls", host: str = "127.0.0.1") -> Probe:
    return run(ProbeSettings(host, port, mode, timeout=5, total=20))


def streams(probe: Probe) -> dict[str, Stream]:
    found = {talk.offer: stream_of(talk, SOURCE) for talk in probe.talks}
    return {offer: stream for offer, stream in found.items() if stream is not None}


def session(probe: Probe, offer: str) -> TlsSession:
    tls = streams(probe)[offer].tls
    assert tls is not None
    return tls


def names(tls: TlsSession) -> list[str | None]:
    return [certificate.common_name for certificate in tls.certificates]


BOTH = [ms.HOST, "Example RSA 2048 M01"]


def test_server_with_both_versions(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        probe = ask(port)
    assert [(talk.offer, talk.end) for talk in probe.talks] == [
        ("default", "done"),
        ("tls12", "done"),
        ("dhe", "gave-up"),
    ]
    assert session(probe, "default").version == "TLSv1.3"
    assert session(probe, "default").group == "x25519"
    tls = session(probe, "tls12")
    assert (tls.version, tls.key_exchange, tls.certificates_visibility) == ("TLSv1.2", "ECDHE", "clear")
    assert names(tls) == BOTH
    alert = session(probe, "dhe").alert
    assert alert is not None
    assert (alert.sender, alert.description) == ("server", "handshake_failure")
    smtp = streams(probe)["default"].smtp
    assert smtp is not None
    assert (smtp.greeting_code, smtp.starttls_offered, smtp.starttls_reply) == (220, True, 220)


def test_tls13_only_server_shows_its_chain(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki, minimum=ONLY_13))) as port:
        probe = ask(port)
    assert [talk.offer for talk in probe.talks] == ["default", "tls12", "dhe", "tls13"]
    tls = session(probe, "tls13")
    assert (tls.version, tls.certificates_visibility, tls.completed) == ("TLSv1.3", "decrypted", True)
    assert names(tls) == BOTH


@pytest.mark.parametrize("bits", [1024, 2048])
def test_size_of_the_dh_key(bits: int, pki: ms.Pki, tmp_path: Path) -> None:
    need_tool("openssl", "openssl")
    try:
        context = ms.tls_context(tmp_path, pki, dh_bits=bits)
    except ssl.SSLError as error:
        pytest.skip(f"this OpenSSL serves no DH of {bits} bits: {error}")
    with ms.serving(ms.smtp(context)) as port:
        probe = ask(port)
    tls = session(probe, "dhe")
    assert (tls.version, tls.key_exchange, tls.dh_bits) == ("TLSv1.2", "DHE", bits)
    assert names(tls) == BOTH
    assert session(probe, "tls12").key_exchange == "ECDHE"


def test_wrapper_mode(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki), wrapper=True)) as port:
        probe = ask(port, "wrapper")
    assert names(session(probe, "tls12")) == BOTH
    assert session(probe, "tls12").started_by == "connect"


def test_ipv6(pki: ms.Pki, tmp_path: Path) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    try:
        with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki)), address="::1") as port:
            probe = run(ProbeSettings("::1", port, "starttls", ip_version=6, source="::1", timeout=5))
    except OSError as error:
        pytest.skip(f"no IPv6 loopback: {error}")
    assert probe.addresses == ("::1",)
    assert names(session(probe, "tls12")) == BOTH
    assert streams(probe)["tls12"].client.ip == "::1"


def test_the_other_address_of_a_name_is_tried(pki: ms.Pki, tmp_path: Path) -> None:
    """`localhost` is ::1 first where it is both; the server listens on 127.0.0.1 only."""
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        probe = ask(port, host="localhost")
    assert probe.talks[-1].address == "127.0.0.1"
    assert session(probe, "tls12").sni == "localhost"


def test_wrong_mode(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki))) as port:
        probe = ask(port, "wrapper")
    (talk,) = probe.talks
    assert (talk.end, talk.problem) == ("gave-up", "the answer is no TLS")
    reply = session(probe, "default").plaintext_reply
    assert reply is not None
    assert reply.startswith("220 email-smtp.amazonaws.com")


def test_no_starttls(pki: ms.Pki) -> None:
    with ms.serving(ms.smtp(None, capabilities=("relay.example.com", "8BITMIME", "Ok"))) as port:
        probe = ask(port)
    (talk,) = probe.talks
    assert (talk.end, talk.problem) == ("gave-up", "STARTTLS is not offered")
    smtp = streams(probe)["default"].smtp
    assert smtp is not None
    assert smtp.starttls_offered is False


def test_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    probe = ask(port)
    assert [talk.end for talk in probe.talks] == ["refused"]
    stream = streams(probe)["default"]
    assert stream.tcp.refused
    assert stream.server.port == port


def test_unknown_name() -> None:
    probe = run(ProbeSettings("no-such-host.invalid", 587, timeout=5))
    assert probe.unresolved
    assert probe.talks == ()
    (transcript,) = transcripts_of(probe, SOURCE)
    assert transcript.events[0].phase == "dns"


def test_a_saved_case_says_the_same(pki: ms.Pki, tmp_path: Path) -> None:
    with ms.serving(ms.smtp(ms.tls_context(tmp_path, pki, minimum=ONLY_13))) as port:
        probe = ask(port)
    again = load_probe(dump_probe(probe).encode())
    assert again == probe
    assert transcripts_of(again, SOURCE) == transcripts_of(probe, SOURCE)


# --- openssl s_server ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [1024, 2048])
def test_dh_of_s_server(bits: int, pki: ms.Pki, tmp_path: Path) -> None:
    need_tool("openssl", "openssl")
    file = ms.dh_parameters(tmp_path, bits)
    options = ("-dhparam", str(file), "-cipher", "DHE:@SECLEVEL=0", "-tls1_2")
    try:
        with s_server(tmp_path, pki, *options) as port:
            probe = ask(port, "wrapper")
    except AssertionError as error:
        pytest.skip(f"this OpenSSL serves no DH of {bits} bits: {error}")
    assert session(probe, "dhe").dh_bits == bits
    assert session(probe, "tls12").dh_bits == bits
    assert session(probe, "default").version == "TLSv1.2"
    assert names(session(probe, "dhe")) == BOTH


def test_tls13_of_s_server(pki: ms.Pki, tmp_path: Path) -> None:
    with s_server(tmp_path, pki, "-tls1_3", "-groups", "P-384") as port:
        probe = ask(port, "wrapper")
    tls = session(probe, "default")
    assert (tls.version, tls.group) == ("TLSv1.3", "secp384r1")  # by a HelloRetryRequest
    assert names(session(probe, "tls13")) == BOTH


def test_tls10_server(pki: ms.Pki, tmp_path: Path) -> None:
    with s_server(tmp_path, pki, "-tls1", "-cipher", "ALL:@SECLEVEL=0") as port:
        probe = ask(port, "wrapper")
    alert = session(probe, "default").alert
    assert alert is not None
    assert alert.description == "protocol_version"
    tls = session(probe, "tls12")
    assert tls.version == "TLSv1.0"
    assert names(tls) == BOTH


# --- other servers -------------------------------------------------------------------------------------------------


def test_the_lab_s_server() -> None:
    from seslab import pki as lab_pki
    from seslab import server as lab

    served = lab_pki.Hierarchy().ses("us-east-1")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with lab.serving(lab.Endpoint("127.0.0.1", port, lab.Tls(served, small_dh=True, ciphers="DHE"))):
        probe = ask(port)
    tls = session(probe, "dhe")
    assert tls.dh_bits == 1024
    assert [c.sha256 for c in tls.certificates] == [lab_pki.sha256(c) for c in served.chain]


def test_postfix(pki: ms.Pki) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name, postfix(Path(name), pki) as port:
        probe = ask(port)
    smtp = streams(probe)["default"].smtp
    assert smtp is not None
    assert (smtp.banner or "").startswith("220 mail.example.com ESMTP Postfix")
    assert (smtp.starttls_offered, smtp.starttls_reply) == (True, 220)
    assert session(probe, "default").version == "TLSv1.3"
    assert names(session(probe, "tls12")) == BOTH
    assert session(probe, "dhe").dh_bits == 2048  # Postfix's own default


# --- sizes that no OpenSSL serves ----------------------------------------------------------------------------------


def test_512_bits_from_a_scripted_server() -> None:
    """OpenSSL refuses to serve less than 1024 bits whatever it is told; the flight is made by hand."""

    def message(kind: int, body: bytes) -> bytes:
        return bytes([kind]) + len(body).to_bytes(3, "big") + body

    hello = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x33" + b"\x00"
    prime = b"\x00\x40" + b"\xff" * 64
    exchange = prime + b"\x00\x01\x02" + b"\x00\x40" + b"\x01" * 64 + b"\x04\x01\x00\x00"
    flight = message(2, hello) + message(11, bytes(3)) + message(12, exchange) + message(14, b"")

    def handle(sock: socket.socket) -> None:
        sock.recv(5000)
        sock.sendall(b"\x16\x03\x03" + len(flight).to_bytes(2, "big") + flight)
        sock.recv(100)

    with ms.serving(handle) as port:
        probe = ask(port, "wrapper")
    tls = session(probe, "dhe")
    assert (tls.cipher, tls.dh_bits) == ("TLS_DHE_RSA_WITH_AES_128_CBC_SHA", 512)
