"""Handshake messages: every field, every cut, every lie about a length."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.capture.wire import (
    certificate,
    client_hello,
    dhe_key_exchange,
    extension,
    server_hello,
    vector,
)
from sestriage.formats.tls import handshake, registry
from support import need_tool

RICH = extension(43, vector(1, b"\x7a\x7a\x03\x04\x03\x03")) + extension(10, vector(2, b"\x0a\x0a\x00\x1d\x00\x17"))


def test_client_hello() -> None:
    hello = handshake.parse_client_hello(client_hello(extra=RICH)[4:])
    assert hello.problem is None
    assert hello.sni == "email-smtp.us-east-1.amazonaws.com"
    assert hello.ciphers == (0xC02F, 0x009E)
    assert hello.versions == (0x0304, 0x0303)  # without the greased one
    assert hello.groups == (29, 23)
    assert hello.random == bytes(range(32))


def test_client_hello_without_extensions() -> None:
    body = client_hello(sni=None)[4:-2]
    hello = handshake.parse_client_hello(body)
    assert (hello.problem, hello.sni, hello.ciphers) == (None, None, (0xC02F, 0x009E))


def test_a_client_hello_cut_at_every_byte() -> None:
    body = client_hello(extra=RICH)[4:]
    whole = handshake.parse_client_hello(body)
    for cut in range(len(body)):
        hello = handshake.parse_client_hello(body[:cut])
        assert hello.sni in (None, whole.sni)
        assert hello.ciphers in ((), whole.ciphers)
        if hello.problem is None:
            assert cut == 2 + 32 + 1 + 2 + 4 + 2  # a hello without extensions


def test_a_cipher_list_of_odd_length() -> None:
    body = client_hello()[4:]
    broken = body[:35] + b"\x00\x03" + body[37:]
    hello = handshake.parse_client_hello(broken)
    assert hello.sni is None
    assert hello.problem == "ClientHello with a cipher list of odd length"


def test_server_hello_versions() -> None:
    plain = handshake.parse_server_hello(server_hello()[4:])
    assert (plain.version, plain.cipher, plain.group, plain.retry) == (0x0303, 0xC02F, None, False)
    extra = extension(43, b"\x03\x04") + extension(51, b"\x00\x1d" + vector(2, b"key"))
    new = handshake.parse_server_hello(server_hello(0x1301, extra=extra)[4:])
    assert (new.version, new.cipher, new.group) == (0x0304, 0x1301, 29)


def test_hello_retry_request() -> None:
    body = bytearray(server_hello(0x1301, extra=extension(43, b"\x03\x04"))[4:])
    body[2:34] = handshake.RETRY_RANDOM
    assert handshake.parse_server_hello(bytes(body)).retry


def test_an_early_draft_has_no_session_id() -> None:
    body = b"\x7f\x12" + bytes(32) + b"\x13\x01" + vector(2, b"")
    hello = handshake.parse_server_hello(body)
    assert (hello.version, hello.cipher, hello.problem) == (0x7F12, 0x1301, None)


def test_a_server_hello_cut_at_every_byte() -> None:
    body = server_hello(0x1301, extra=extension(43, b"\x03\x04"))[4:]
    for cut in range(len(body)):
        hello = handshake.parse_server_hello(body[:cut])
        assert hello.cipher in (None, 0x1301)
        assert hello.problem is not None or cut == 38


@pytest.mark.parametrize("bits", [512, 768, 1024, 1023, 2048, 4096])
def test_dh_bits_are_true_bits(bits: int) -> None:
    body = dhe_key_exchange(bits)[4:]
    assert handshake.parse_server_key_exchange(body, "DHE").prime_bits == bits
    assert handshake.parse_server_key_exchange(body, "DH_anon").prime_bits == bits
    assert handshake.parse_server_key_exchange(body, "ECDHE").prime_bits is None
    assert handshake.parse_server_key_exchange(body, None).prime_bits is None
    assert handshake.parse_server_key_exchange(body[: bits // 16], "DHE").prime_bits is None


def test_a_prime_with_leading_zeros() -> None:
    body = vector(2, b"\0\0" + b"\xff" * 128)
    assert handshake.parse_server_key_exchange(body, "DHE").prime_bits == 1024


def test_a_named_curve() -> None:
    body = b"\x03\x00\x17" + vector(1, b"\x04" * 65)
    assert handshake.parse_server_key_exchange(body, "ECDHE").group == 23
    assert handshake.parse_server_key_exchange(b"\x01" + body[1:], "ECDHE").group is None


def test_certificates_cut_at_every_byte() -> None:
    ders = (b"A" * 30, b"B" * 20, b"C" * 10)
    body = certificate(*ders)[4:]
    for cut in range(len(body)):
        chain = handshake.parse_certificates(body[:cut])
        assert chain.cut
        assert chain.certificates == ders[: len(chain.certificates)]
        assert len(chain.certificates) == sum(cut >= end for end in (36, 59, 72))
    assert handshake.parse_certificates(body) == handshake.CertificateMessage(ders, False)


def test_certificates_of_tls13() -> None:
    body = vector(1, b"ctx") + vector(3, vector(3, b"AAAA") + vector(2, b"ext") + vector(3, b"BB") + vector(2, b""))
    assert handshake.parse_certificates(body, tls13=True) == handshake.CertificateMessage((b"AAAA", b"BB"), False)


def test_an_empty_chain() -> None:
    assert handshake.parse_certificates(certificate()[4:]) == handshake.CertificateMessage((), False)


@given(st.binary(max_size=200), st.sampled_from(["DHE", "ECDHE", "RSA", None]), st.booleans())
def test_any_bytes(data: bytes, exchange: str | None, tls13: bool) -> None:
    handshake.parse_client_hello(data)
    handshake.parse_server_hello(data)
    handshake.parse_server_key_exchange(data, exchange)
    handshake.parse_certificates(data, tls13=tls13)
    handshake.parse_ssl2_client_hello(data)
    handshake.parse_ssl2_server_hello(data)


def test_suites_agree_with_openssl() -> None:
    """Names, key exchange and authentication of every suite that this OpenSSL knows."""
    openssl = need_tool("openssl", "openssl")
    listed = subprocess.run(
        [openssl, "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    exchanges = {"ECDH": "ECDHE", "DH": "DHE", "DHEPSK": "DHE_PSK", "ECDHEPSK": "ECDHE_PSK", "RSAPSK": "RSA_PSK"}
    compared = 0
    for line in listed.splitlines():
        words = line.split()
        high, low = (int(part, 16) for part in words[0].split(","))
        suite = registry.suite(high << 8 | low)
        fields = dict(w.split("=") for w in words if w.startswith(("Kx=", "Au=")))
        assert suite.name == words[2]
        if fields["Kx"] == "any":
            assert suite.key_exchange is None
            continue
        kx = exchanges.get(fields["Kx"], fields["Kx"])
        if fields["Au"] == "None":
            kx = {"ECDHE": "ECDH_anon", "DHE": "DH_anon"}.get(kx, kx)
        assert suite.key_exchange == kx, line
        assert suite.authentication == {"None": "anon"}.get(fields["Au"], fields["Au"]), line
        compared += 1
    assert compared > 50


def test_names_of_numbers() -> None:
    assert registry.version_name(0x0303) == "TLSv1.2"
    assert registry.version_name(0x7F12) == "0x7f12"
    assert registry.is_tls13(0x7F12)
    assert registry.is_tls13(0xFB1A)
    assert not registry.is_tls13(0x0303)
    assert registry.suite(0x2175).name == "0x2175"
    assert registry.alert_name(40) == "handshake_failure"
    assert registry.alert_name(71) == "insufficient_security"
    assert registry.alert_name(200) == "alert(200)"
    assert registry.group_name(29) == "x25519"
    assert registry.group_exchange(256) == "DHE"
    assert registry.group_exchange(29) == "ECDHE"


DHE_HEX = """
0016 0032 0033 0038 0039 0040 0044 0045 0067 006A 006B 0087 0088 009E 009F 00A2 00A3 00BD 00BE 00C3 00C4 C052 C053
C056 C057 C09E C09F C0A2 C0A3 CCAA
"""
ANON_HEX = "0034 003A 0046 006C 006D 0089 00A6 00A7 00BF 00C5"


def test_the_dhe_suites() -> None:
    """The lists of docs/domain.md, section 7.2: DHE and anonymous DH by number."""
    assert {registry.suite(int(h, 16)).key_exchange for h in DHE_HEX.split()} == {"DHE"}
    assert {registry.suite(int(h, 16)).key_exchange for h in ANON_HEX.split()} == {"DH_anon"}
    assert {registry.suite(int(h, 16)).authentication for h in ANON_HEX.split()} == {"anon"}
