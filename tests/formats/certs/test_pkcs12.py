"""PKCS#12 of every generation, as keytool and openssl write it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.certs.keystores import PASSWORD, keytool, keytool_key, made_certificates, openssl, pem
from pki.certgen import integer, oid, sequence, tlv
from sestriage.formats.certs.pkcs12 import TRUSTED_KEY_USAGE, read_pkcs12
from sestriage.formats.certs.pkcs12_crypto import pkcs12_key
from sestriage.formats.certs.rc2 import decrypt_rc2_cbc

ONE, TWO, THREE = made_certificates(3)

GENERATIONS: dict[str, tuple[str, ...]] = {
    "today (PBES2, AES-256, HMAC-SHA-256)": (),
    "before 8u301 (RC2-40, SHA-1)": ("keystore.pkcs12.legacy",),
    "3DES": ("keystore.pkcs12.certProtectionAlgorithm=PBEWithSHA1AndDESede",),
    "RC2-128": ("keystore.pkcs12.certProtectionAlgorithm=PBEWithSHA1AndRC2_128",),
    "RC4-40": ("keystore.pkcs12.certProtectionAlgorithm=PBEWithSHA1AndRC4_40",),
    "AES-128, SHA-1": ("keystore.pkcs12.certProtectionAlgorithm=PBEWithHmacSHA1AndAES_128",),
    "AES-256, SHA-512": (
        "keystore.pkcs12.certProtectionAlgorithm=PBEWithHmacSHA512AndAES_256",
        "keystore.pkcs12.macAlgorithm=HmacPBESHA512",
    ),
    "encrypted, no MAC": ("keystore.pkcs12.macAlgorithm=NONE",),
    "clear, MAC": ("keystore.pkcs12.certProtectionAlgorithm=NONE",),
    "clear, no MAC": ("keystore.pkcs12.certProtectionAlgorithm=NONE", "keystore.pkcs12.macAlgorithm=NONE"),
}


@pytest.mark.parametrize("name", GENERATIONS)
def test_as_keytool_writes_it(name: str, tmp_path: Path) -> None:
    data = keytool(tmp_path / "store", "PKCS12", {"one": ONE, "two": TWO}, *GENERATIONS[name])
    store = read_pkcs12(data, ["wrong", "", PASSWORD])
    assert {entry.alias: entry.certificate for entry in store.entries} == {"one": ONE, "two": TWO}
    assert all(entry.visible for entry in store.entries)
    assert store.problem is None
    assert store.integrity is (None if "no MAC" in name else True)
    stranger = read_pkcs12(data, ["wrong"])
    assert stranger.integrity is None
    if "clear" in name:
        assert (len(stranger.entries), stranger.problem) == (2, None)
    else:
        assert (stranger.entries, stranger.problem_kind) == ([], "wrong-password")


def test_a_key_entrys_certificate_is_visible_to_java(tmp_path: Path) -> None:
    store = read_pkcs12(keytool_key(tmp_path / "store", "PKCS12"), [PASSWORD])
    (entry,) = store.entries
    assert (entry.alias, entry.visible, store.integrity) == ("mine", True, True)


def test_openssls_certificates_are_invisible_to_java(tmp_path: Path) -> None:
    (tmp_path / "two.pem").write_bytes(pem([ONE, TWO]))
    options = ("pkcs12", "-export", "-nokeys", "-in", "two.pem", "-passout", f"pass:{PASSWORD}")
    for more in ((), ("-legacy",), ("-certpbe", "NONE"), ("-nomac",)):
        store = read_pkcs12(openssl(tmp_path, *options, *more), [PASSWORD])
        assert [(entry.certificate, entry.visible) for entry in store.entries] == [(ONE, False), (TWO, False)]
        assert store.problem is None


@pytest.mark.parametrize("password", ["", "pässwörd€", "a b"])
def test_odd_passwords(password: str, tmp_path: Path) -> None:
    (tmp_path / "one.pem").write_bytes(pem([ONE]))
    (tmp_path / "password").write_text(f"{password}\n", encoding="utf-8")
    data = openssl(tmp_path, "pkcs12", "-export", "-nokeys", "-in", "one.pem", "-passout", "file:password")
    assert read_pkcs12(data, [password]).integrity is True
    assert len(read_pkcs12(data, [password]).entries) == 1


def test_an_openssl_file_with_a_key_has_its_own_certificate_visible(tmp_path: Path) -> None:
    openssl(tmp_path, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout", "key.pem")
    (tmp_path / "openssl.out").rename(tmp_path / "cert.pem")
    (tmp_path / "more.pem").write_bytes(pem([ONE]))
    data = openssl(
        tmp_path,
        *("pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-certfile", "more.pem"),
        *("-passout", f"pass:{PASSWORD}"),
    )
    store = read_pkcs12(data, [PASSWORD])
    assert {entry.certificate == ONE: entry.visible for entry in store.entries} == {False: True, True: False}


# made byte by byte: what no tool writes

DATA, CERT_BAG = oid("1.2.840.113549.1.7.1"), oid("1.2.840.113549.1.12.10.1.3")


def bag(encoded: bytes, alias: str | None = None, trusted: bool = False) -> bytes:
    attributes = b""
    if alias is not None:
        text = tlv(0x1E, alias.encode("utf-16-be"))
        attributes += sequence(oid("1.2.840.113549.1.9.20"), tlv(0x31, text))
    if trusted:
        attributes += sequence(oid(TRUSTED_KEY_USAGE), tlv(0x31, oid("2.5.29.37.0")))
    inner = sequence(oid("1.2.840.113549.1.9.22.1"), tlv(0xA0, tlv(4, encoded)))
    return sequence(CERT_BAG, tlv(0xA0, inner), tlv(0x31, attributes) if attributes else b"")


def clear(*bags: bytes, mac: bytes = b"") -> bytes:
    safe = sequence(sequence(DATA, tlv(0xA0, tlv(4, sequence(*bags)))))
    return sequence(integer(3), sequence(DATA, tlv(0xA0, tlv(4, safe))), mac)


def mac_data(iterations: int, kind: str = "1.3.14.3.2.26") -> bytes:
    info = sequence(sequence(oid(kind), tlv(5)), tlv(4, bytes(20)))
    return sequence(info, tlv(4, bytes(8)), integer(iterations))


def test_the_last_of_two_trusted_entries_of_one_alias_counts() -> None:
    store = read_pkcs12(clear(bag(ONE, "a", True), bag(TWO, "A", True), bag(THREE, None, True)), [])
    assert [entry.visible for entry in store.entries] == [False, True, True]


def test_an_absurd_iteration_count_is_refused_at_once() -> None:
    for iterations in (10**9, -1, 0, 2**80):
        store = read_pkcs12(clear(bag(ONE, "a", True), mac=mac_data(iterations)), [PASSWORD] * 3)
        assert store.problem_kind == "unsupported"
        assert "iteration count" in str(store.problem)


def test_an_unknown_mac_is_unsupported() -> None:
    store = read_pkcs12(clear(bag(ONE, "a", True), mac=mac_data(1, "1.2.3.4")), [PASSWORD])
    assert store.problem_kind == "unsupported"


def test_ber_with_indefinite_lengths() -> None:
    safe = sequence(sequence(DATA, tlv(0xA0, tlv(4, sequence(bag(ONE, "a", True))))))
    half = len(safe) // 2
    pieces = b"\x24\x80" + tlv(4, safe[:half]) + tlv(4, safe[half:]) + b"\0\0"
    data = b"\x30\x80" + integer(3) + b"\x30\x80" + DATA + b"\xa0\x80" + pieces + b"\0\0" * 3
    store = read_pkcs12(data, [])
    assert (store.problem, [entry.certificate for entry in store.entries]) == (None, [ONE])


def test_a_damaged_layer_under_a_right_password_is_damage(tmp_path: Path) -> None:
    data = bytearray(keytool(tmp_path / "store", "PKCS12", {"one": ONE, "two": TWO}))
    data[400] ^= 1  # inside the encrypted certificates, far from their end
    store = read_pkcs12(bytes(data), [PASSWORD])
    assert store.problem_kind == "damaged"
    assert store.integrity is False


def test_cut_anywhere(tmp_path: Path) -> None:
    data = keytool(tmp_path / "store", "PKCS12", {"one": ONE}, "keystore.pkcs12.legacy")
    for end in range(len(data)):
        store = read_pkcs12(data[:end], [PASSWORD])
        assert store.problem_kind == "damaged", end


def test_cut_anywhere_and_its_lengths_mended() -> None:
    """What is lost inside is damage too, not a traceback."""
    whole = clear(bag(ONE, "a", True), bag(TWO, "b", True))
    for end in range(10, len(whole)):
        store = read_pkcs12(sequence(whole[4:end]), [PASSWORD])
        assert store.problem_kind in ("damaged", "unsupported"), end


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_changed_bytes(data: st.DataObject) -> None:
    whole = bytearray(clear(bag(ONE, "a", True), bag(TWO, "b", True), mac=mac_data(3)))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    store = read_pkcs12(bytes(whole), ["", PASSWORD])
    assert store.problem is None or isinstance(store.problem, str)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    assert read_pkcs12(data, [PASSWORD]).problem_kind in ("damaged", "unsupported")


# primitives, with published vectors


@pytest.mark.parametrize(
    ("key", "plain", "sealed"),
    [
        ("ffffffffffffffff", "ffffffffffffffff", "278b27e42e2f0d49"),
        ("3000000000000000", "1000000000000001", "30649edf9be7d2c2"),
        ("88bca90e90875a7f0f79c384627bafb2", "0000000000000000", "2269552ab0f85ca6"),
    ],
)
def test_rc2_vectors_of_rfc_2268(key: str, plain: str, sealed: str) -> None:
    assert decrypt_rc2_cbc(bytes.fromhex(key), bytes(8), bytes.fromhex(sealed)).hex() == plain


def test_rc2_chains_its_blocks() -> None:
    key, block = bytes.fromhex("ff" * 8), bytes.fromhex("278b27e42e2f0d49")
    plain = decrypt_rc2_cbc(key, bytes.fromhex("ff" * 8), block * 2)
    assert plain[:8] == bytes(8)
    assert plain[8:] == bytes(a ^ b for a, b in zip(bytes.fromhex("ff" * 8), block, strict=True))


def test_key_derivation_vectors() -> None:
    """The vectors that circulate with RFC 7292 appendix B (password `smeg`, SHA-1)."""
    password = "smeg".encode("utf-16-be") + b"\0\0"
    salt = bytes.fromhex("0A58CF64530D823F")
    assert pkcs12_key("sha1", password, salt, 1, 1, 24).hex().upper() == (
        "8AAAE6297B6CB04642AB5B077851284EB7128F1A2A7FBCA3"
    )
    assert pkcs12_key("sha1", password, salt, 1, 2, 8).hex().upper() == "79993DFE048D3B76"
    assert hashlib.sha1(b"").digest_size == len(pkcs12_key("sha1", password, salt, 1, 3, 20))
