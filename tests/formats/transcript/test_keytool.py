"""Listings of keytool: recorded with OpenJDK 17, in English and German, long and short."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sestriage.formats.certs import pem
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.formats.transcript import looks_like_transcript
from sestriage.formats.transcript.keytool import read_listing
from sestriage.model.known.published import PUBLISHED_ROOTS
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate, TrustStore
from sestriage.pki.keytool_listing import decide_by_listing

RECORDED = Path(__file__).parent / "recorded"
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def listing(name: str) -> TrustStore:
    return read_listing((RECORDED / f"{name}.txt").read_bytes(), SourceRef(f"{name}.txt"))


def listed(name: str) -> Certificate:
    block = next(pem.blocks((RECORDED / f"listed-{name}.pem").read_bytes()))
    assert block.content is not None
    return parse_certificate(block.content, SourceRef(name))


@pytest.mark.parametrize("name", ["keytool-list-v", "keytool-list-v-de", "keytool-list-v-ja"])
def test_long_listing_agrees_with_the_certificates(name: str) -> None:
    store = listing(name)
    assert [entry.alias for entry in store.entries] == ["my mid", "root"]
    for entry, real in zip(store.entries, (listed("issuing"), listed("root")), strict=True):
        told = entry.certificate
        for field in (
            *("sha256", "subject", "issuer", "subject_name_id", "issuer_name_id", "common_name", "organization"),
            *(
                "serial",
                "not_before",
                "not_after",
                "subject_key_id",
                "authority_key_id",
                "signature_algorithm",
                "is_ca",
            ),
        ):
            assert getattr(told, field) == getattr(real, field), field
        assert told.der == b""
        assert told.spki_sha256 == ""
        assert (told.key_type, told.key_bits) == (real.key_type, real.key_bits)
    assert store.readable
    assert store.problem_kind == "partial"


@pytest.mark.parametrize("name", ["keytool-list", "keytool-list-ja"])
def test_short_listing_has_fingerprints_only(name: str) -> None:
    store = listing(name)
    assert [(e.alias, e.certificate.sha256) for e in store.entries] == [
        ("my mid", listed("issuing").sha256),
        ("root", listed("root").sha256),
    ]
    assert all(not entry.certificate.subject_name_id for entry in store.entries)


@pytest.mark.parametrize("name", [path.stem for path in sorted(RECORDED.glob("keytool-*.txt"))])
def test_recognised(name: str) -> None:
    assert looks_like_transcript((RECORDED / f"{name}.txt").read_bytes()) == "keytool"


def test_a_name_with_a_comma_and_a_key_entry() -> None:
    text = b"""Your keystore contains 1 entry

Alias name: server
Entry type: PrivateKeyEntry
Certificate chain length: 2
Certificate[1]:
Owner: CN=a, O="Starfield Technologies, Inc.", C=US
Issuer: CN=b
Certificate fingerprints:
\t SHA256: 00:%s
Certificate[2]:
Owner: CN=b
Issuer: CN=b
Certificate fingerprints:
\t SHA256: 01:%s
""" % ((b":".join([b"AB"] * 31),) * 2)
    store = read_listing(text, SourceRef("x"))
    first, second = store.entries
    assert first.certificate.organization == "Starfield Technologies, Inc."
    assert first.certificate.subject == "CN=a,O=Starfield Technologies\\, Inc.,C=US"
    assert (first.trusted, second.trusted) == (True, False)


# --- what a listing decides ---


CHAIN = (listed("leaf"), listed("issuing"))


def test_an_entry_that_was_served_is_an_anchor() -> None:
    path = decide_by_listing(CHAIN, listing("keytool-list"), NOW, "now", None)
    assert path.status == "trusted"
    assert path.anchor is not None
    assert path.anchor.sha256 == listed("issuing").sha256


def test_the_right_name_without_its_key_is_undecided() -> None:
    """The store holds the root by name; whether it is the one that signed cannot be seen."""
    store = listing("keytool-list-v")
    only_root = TrustStore(store.source, store.format, store.entries[1:])
    path = decide_by_listing(CHAIN, only_root, NOW, "now", None)
    assert (path.status, path.gap, path.java_message) == ("undecided", None, None)


def test_other_names_only_are_no_path() -> None:
    text = (RECORDED / "keytool-list-v.txt").read_text().replace("Example R", "Another R").replace(":", ":")
    store = read_listing(text.replace("D8:9C", "00:00").encode(), SourceRef("x"))
    path = decide_by_listing(CHAIN, store, NOW, "now", None)
    assert path.status == "no-path"
    assert [comparison.relation for comparison in path.comparisons] == ["absent", "absent"]


def test_unknown_names_leave_it_undecided() -> None:
    store = listing("keytool-list")
    root = TrustStore(store.source, store.format, store.entries[1:])
    assert decide_by_listing(CHAIN[:1], root, NOW, "now", None).status == "undecided"


@pytest.mark.parametrize("sha256", [PUBLISHED_ROOTS[0].sha256, *PUBLISHED_ROOTS[0].cross_sha256])
def test_a_published_root_has_the_published_key(sha256: str) -> None:
    """The cross-signed certificate, which SES sends, has another fingerprint and the same key."""
    root = PUBLISHED_ROOTS[0]
    digest = ":".join(sha256[at : at + 2].upper() for at in range(0, 64, 2))
    store = read_listing(f"amazon, May 26, 2015, trustedCertEntry, \nx (SHA-256): {digest}\n".encode(), SourceRef("x"))
    (entry,) = store.entries
    assert (entry.certificate.published_as, entry.certificate.spki_sha256) == (root.name, root.spki_sha256)


def test_cut_anywhere() -> None:
    data = (RECORDED / "keytool-list-v.txt").read_bytes()
    for end in range(0, len(data), 11):
        assert len(read_listing(data[:end], SourceRef("x")).entries) <= 2
