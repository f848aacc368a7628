"""Stores of every kind through the one door."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.certs.keystores import PASSWORD, jks, keytool, made_certificates, openssl, pem
from growth import assert_even
from pki.certgen import oid, sequence, tlv
from sestriage.formats.certs.stores import DEFAULT_PASSWORDS, looks_like_store, merge_pem_folder, read_store
from sestriage.model.source import SourceRef
from sestriage.model.trust import TrustStore

ONE, TWO, THREE = made_certificates(3)
SOURCE = SourceRef("store", member="a/b")


def p7b(*certificates: bytes) -> bytes:
    data = sequence(oid("1.2.840.113549.1.7.1"))
    signed = sequence(b"\x02\x01\x01", tlv(0x31), data, tlv(0xA0, *certificates), tlv(0x31))
    return sequence(oid("1.2.840.113549.1.7.2"), tlv(0xA0, signed))


def digests(store: TrustStore) -> list[bytes]:
    return [entry.certificate.der for entry in store.entries]


WHOLE = {
    "pem": pem([ONE, TWO]),
    "jks": jks({"one": ONE, "two": TWO}),
    "jceks": jks({"one": ONE, "two": TWO}, magic=b"\xce\xce\xce\xce"),
    "der": ONE + TWO,
    "p7b": p7b(ONE, TWO),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_each_kind_is_recognised_and_read(kind: str) -> None:
    data = WHOLE[kind]
    assert looks_like_store(data) == kind
    assert looks_like_store(data[:64]) == kind, "the beginning of a file is enough"
    store = read_store(data, SOURCE, [PASSWORD])
    assert (store.format, store.problem, store.problem_kind, store.readable) == (kind, None, None, True)
    assert digests(store) == [ONE, TWO]
    assert store.anchor_count == 2
    assert all(entry.certificate.source is not None for entry in store.entries)


def test_where_a_certificate_stands() -> None:
    store = read_store(pem([ONE, TWO]), SOURCE, [])
    first, second = (entry.certificate.source for entry in store.entries)
    assert first is not None
    assert second is not None
    assert (first.file, first.line, first.sha256) == ("store!/a/b", 1, store.entries[0].certificate.sha256)
    assert second.line is not None
    assert second.line > 5


def test_pkcs12_is_recognised(tmp_path: Path) -> None:
    data = keytool(tmp_path / "store", "PKCS12", {"one": ONE})
    assert looks_like_store(data[:32]) == "pkcs12"
    store = read_store(data, SOURCE)
    assert (store.format, digests(store), store.integrity) == ("pkcs12", [ONE], True)
    wrong = read_store(data, SOURCE, ["wrong"])
    assert (wrong.problem_kind, wrong.readable, wrong.entries) == ("wrong-password", False, ())
    cut = read_store(data[:-30], SOURCE)
    assert (cut.problem_kind, cut.readable) == ("damaged", False)


def test_a_pkcs12_that_java_reads_as_empty(tmp_path: Path) -> None:
    (tmp_path / "one.pem").write_bytes(pem([ONE]))
    data = openssl(tmp_path, "pkcs12", "-export", "-nokeys", "-in", "one.pem", "-passout", f"pass:{PASSWORD}")
    store = read_store(data, SOURCE)
    assert (store.problem_kind, store.readable, store.anchor_count) == ("no-trusted-entry", True, 0)
    assert digests(store) == [ONE]


def test_a_trusted_certificate_block_of_openssl(tmp_path: Path) -> None:
    (tmp_path / "one.pem").write_bytes(pem([ONE]))
    data = openssl(tmp_path, "x509", "-in", "one.pem", "-trustout", "-addtrust", "serverAuth")
    assert b"TRUSTED" in data
    assert digests(read_store(data, SOURCE, [])) == [ONE]


def test_p7b_in_pem() -> None:
    import base64

    data = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(p7b(ONE, TWO)) + b"-----END PKCS7-----\n"
    assert looks_like_store(data) == "pem"
    assert digests(read_store(data, SOURCE, [])) == [ONE, TWO]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"CONNECTED(00000003)\n---\nCertificate chain\n" + pem([ONE]),
        b"\x1f\x8b\x08\0" + bytes(50),
        b"\x30\x03\x02\x01\x03",
        b"PK\x03\x04",
        bytes(100),
    ],
    ids=["empty", "text", "key only", "s_client", "gzip", "sequence", "zip", "zeros"],
)
def test_what_is_no_store(data: bytes) -> None:
    assert looks_like_store(data) is None


def test_what_is_named_as_a_store_is_read_all_the_same() -> None:
    transcript = b"CONNECTED(00000003)\n---\nCertificate chain\n" + pem([ONE])
    assert digests(read_store(transcript, SOURCE, [])) == [ONE]
    nothing = read_store(b"hello", SOURCE, [])
    assert (nothing.format, nothing.problem_kind, nothing.readable) == ("unknown", "damaged", False)
    assert read_store(b"", SOURCE, []).problem == "is an empty file"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("bks", b"\0\0\0\x02\0\0\0\x14" + bytes(60)),
        ("bks", b"\0\0\0\x01\0\0\0\x14" + bytes(60)),
        ("bcfks", sequence(sequence(sequence(oid("1.2.840.113549.1.5.13"), tlv(0x30)), tlv(4, bytes(9))))),
    ],
)
def test_bouncy_castle_is_refused_by_name(kind: str, data: bytes) -> None:
    assert looks_like_store(data) == kind
    store = read_store(data, SOURCE, [PASSWORD])
    assert (store.format, store.problem_kind, store.readable) == (kind, "unsupported", False)
    assert "BouncyCastle" in str(store.problem)


def test_an_empty_store() -> None:
    store = read_store(jks({}), SOURCE, [PASSWORD])
    assert (store.problem_kind, store.readable, store.integrity) == ("empty", True, True)


def test_one_bad_block_does_not_spoil_the_file() -> None:
    broken = pem([ONE]).replace(b"\nM", b"\n*", 1)
    store = read_store(broken + pem([TWO]), SOURCE, [])
    assert (digests(store), store.problem_kind, store.readable) == ([TWO], "partial", True)
    store = read_store(broken, SOURCE, [])
    assert (store.entries, store.problem_kind, store.readable) == ((), "damaged", False)


def test_an_unreadable_certificate_is_kept_with_its_digest() -> None:
    store = read_store(pem([b"\x30\x03abc", TWO]), SOURCE, [])
    assert len(store.entries) == 2
    assert store.entries[0].certificate.problem
    assert store.problem_kind == "partial"


def test_aliases_are_escaped_and_cut() -> None:
    store = read_store(jks({"a\x1b[2J\n" + "x" * 500: ONE}), SOURCE, [])
    alias = store.entries[0].alias
    assert alias is not None
    assert alias.startswith("a\\1B[2J\\0A")
    assert len(alias) <= 200


def test_folders() -> None:
    names = ("AmazonRootCA1.pem", "again.pem", "bad.pem", "key.pem")
    contents = (pem([ONE]), pem([ONE, TWO]), pem([THREE])[:200], b"-----BEGIN PRIVATE KEY-----\n")
    stores = [read_store(data, SourceRef(f"dir/{name}"), []) for name, data in zip(names, contents, strict=True)]
    merged = merge_pem_folder(stores[:2], SourceRef("dir"))
    assert (merged.format, digests(merged), merged.problem) == ("pem-folder", [ONE, TWO], None)
    assert [entry.alias for entry in merged.entries] == ["AmazonRootCA1.pem", "again.pem"]
    merged = merge_pem_folder(stores, SourceRef("dir"))
    assert (merged.problem_kind, merged.readable) == ("partial", True)
    assert "bad.pem" in str(merged.problem)
    assert merge_pem_folder([], SourceRef("dir")).problem_kind == "empty"


@pytest.mark.parametrize("kind", WHOLE)
def test_cut_anywhere(kind: str) -> None:
    data = WHOLE[kind]
    for end in range(len(data)):
        store = read_store(data[:end], SOURCE, [PASSWORD])
        assert set(digests(store)) <= {ONE, TWO} or store.problem is not None, end
        if kind == "jks":
            assert store.problem_kind == "damaged"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.integers(0, 100_000), st.binary(max_size=6))
def test_changed_anywhere(kind: str, at: int, noise: bytes) -> None:
    data = WHOLE[kind]
    at %= len(data)
    store = read_store(data[:at] + noise + data[at + len(noise) :], SOURCE, DEFAULT_PASSWORDS)
    assert store.problem is None or store.problem.isprintable()


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    looks_like_store(data)
    assert isinstance(read_store(data, SOURCE, [PASSWORD]), TrustStore)


@pytest.mark.slow
def test_ten_thousand_entries() -> None:
    three = pem([ONE, TWO, THREE])
    assert len(read_store(three * 3334, SOURCE, []).entries) == 10_002
    assert_even(lambda size: read_store(three * (size // 3), SOURCE, []), 10_002)
