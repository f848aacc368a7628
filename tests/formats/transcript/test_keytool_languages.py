"""Listings of keytool in every language that it speaks, made by the JDK at hand, and forms of older releases."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from seslab.stores import QUICK
from sestriage.formats.certs import pem
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.formats.transcript import looks_like_transcript
from sestriage.formats.transcript.keytool import read_listing
from sestriage.model.known.published import BY_SHA1, PUBLISHED_ROOTS
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate
from sestriage.pki.keytool_listing import decide_by_listing
from support import need_tool

RECORDED = Path(__file__).parent / "recorded"
LANGUAGES = ("en", "de", "es", "fr", "it", "ja", "ko", "pt_BR", "sv", "zh_CN", "zh_HK", "zh_TW")
"""The resource bundles of keytool in JDK 8 to 21."""
SOURCE = SourceRef("listing.txt")


def real(name: str) -> Certificate:
    block = next(pem.blocks((RECORDED / f"listed-{name}.pem").read_bytes()))
    assert block.content is not None
    return parse_certificate(block.content, SOURCE)


def keytool(language: str, *arguments: str) -> bytes:
    name, _, country = language.partition("_")
    options = [f"-J-Duser.language={name}", "-J-Dfile.encoding=UTF-8", "-J-Dstdout.encoding=UTF-8"]
    options += [f"-J-Duser.country={country}"] if country else []
    command = [need_tool("keytool", "default-jdk-headless"), *QUICK, *options, *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, timeout=120, env={**os.environ, "LC_ALL": "C.UTF-8"}
    ).stdout


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("store") / "trust.p12")
    for name in ("issuing", "root"):
        file = str(RECORDED / f"listed-{name}.pem")
        keytool("en", *f"-importcert -noprompt -alias my-{name} -file {file}".split(), "-keystore", path, *PASSWORD)
    return path


PASSWORD = ("-storetype", "PKCS12", "-storepass", "changeit")
FIELDS = ("sha256", "subject", "issuer", "subject_name_id", "serial", "not_before", "not_after", "subject_key_id")
MORE = ("authority_key_id", "key_type", "key_bits", "signature_algorithm", "is_ca")


@pytest.mark.campaign(3)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_listing_in_every_language(language: str, store: str) -> None:
    data = keytool(language, "-list", "-v", "-keystore", store, *PASSWORD)
    if b"IllegalFormatConversion" in data:
        pytest.skip("this JDK's keytool breaks off in this language")
    assert looks_like_transcript(data) == "keytool"
    entries = read_listing(data, SOURCE).entries
    assert [entry.alias for entry in entries] == ["my-issuing", "my-root"]
    for entry, name in zip(entries, ("issuing", "root"), strict=True):
        for field in (*FIELDS, *MORE):
            assert getattr(entry.certificate, field) == getattr(real(name), field), (name, field)


@pytest.mark.campaign(3)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_listing_in_every_language(language: str, store: str) -> None:
    data = keytool(language, "-list", "-keystore", store, *PASSWORD)
    assert looks_like_transcript(data) == "keytool"
    found = read_listing(data, SOURCE)
    assert [(e.alias, e.certificate.sha256) for e in found.entries] == [
        ("my-issuing", real("issuing").sha256),
        ("my-root", real("root").sha256),
    ]
    assert "-list -v" in (found.problem or "")


def colons(digest: str) -> str:
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2)).upper()


def sha1_listing(*aliases_and_digests: tuple[str, str], label: str = "Certificate fingerprint (SHA1)") -> bytes:
    lines = [b"Keystore type: JKS\nKeystore provider: SUN\n\nYour keystore contains 2 entries\n\n"]
    for alias, digest in aliases_and_digests:
        lines.append(f"{alias}, 20.1.2005, trustedCertEntry,\n{label}: {colons(digest)}\n".encode())
    return b"".join(lines)


def test_sha1_fingerprints_are_compared_with_the_served_chain() -> None:
    issuing, root, leaf = real("issuing"), real("root"), real("leaf")
    digest = hashlib.sha1(root.der, usedforsecurity=False).hexdigest()
    data = sha1_listing(("ours", digest), ("other", "ab" * 20))
    assert looks_like_transcript(data) == "keytool"
    found = read_listing(data, SOURCE)
    assert [e.certificate.sha1 for e in found.entries] == [digest, "ab" * 20]
    path = decide_by_listing((leaf, issuing, root), found, leaf.not_before or root.not_before, "log", None)  # type: ignore[arg-type]
    assert path.status == "trusted"
    strange = read_listing(sha1_listing(("other", "ab" * 20)), SOURCE)
    assert decide_by_listing((leaf, issuing, root), strange, path.at, "log", None).status == "undecided"  # type: ignore[arg-type]


def test_a_published_root_is_known_by_its_sha1() -> None:
    sha1, root = next((sha1, root) for sha1, root in BY_SHA1.items() if root.name == "Starfield Class 2 CA")
    entry = read_listing(sha1_listing(("starfieldclass2ca", sha1)), SOURCE).entries[0]
    assert entry.certificate.published_as == "Starfield Class 2 CA"
    assert (entry.certificate.sha256, entry.certificate.subject) == (root.sha256, root.subject)
    assert len(BY_SHA1) == len(PUBLISHED_ROOTS)


def test_published_sha1_are_those_of_the_installed_bundle() -> None:
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    if not bundle.exists():
        pytest.skip("no bundle of public roots on this machine")
    ders = [block.content for block in pem.blocks(bundle.read_bytes()) if block.content]
    by_sha256 = {hashlib.sha256(der).hexdigest(): der for der in ders}
    known = {root.sha256: sha1 for sha1, root in BY_SHA1.items() if root.sha256 in by_sha256}
    for sha256, sha1 in known.items():
        assert hashlib.sha1(by_sha256[sha256], usedforsecurity=False).hexdigest() == sha1


def test_a_fingerprint_that_a_console_broke_at_80_columns() -> None:
    line = f"Certificate fingerprint (SHA-256): {colons(real('root').sha256)}"
    data = f"root, Nov 24, 2026, trustedCertEntry, \n{line[:80]}\n{line[80:]}\n".encode()
    assert [e.certificate.sha256 for e in read_listing(data, SOURCE).entries] == [real("root").sha256]


def test_a_bcfks_listing_is_a_listing() -> None:
    data = (
        b"Keystore type: BCFKS\nKeystore provider: BCFIPS\n\n" + sha1_listing(("ours", "ab" * 20)).partition(b"\n\n")[2]
    )
    assert looks_like_transcript(data) == "keytool"
    assert [e.alias for e in read_listing(data, SOURCE).entries] == ["ours"]


def test_an_md5_listing_says_how_to_make_a_better_one() -> None:
    data = sha1_listing(("old", "cd" * 16), label="Certificate fingerprint (MD5)")
    assert looks_like_transcript(data) == "keytool"
    found = read_listing(data, SOURCE)
    assert not found.readable
    assert "-list -v" in (found.problem or "")


@pytest.mark.parametrize(
    "text",
    [
        b"2026-11-20 INFO cert check, trustedCertEntry, ok\nSHA1: da39a3ee\n",
        b"entries: trustedCertEntry is what keytool prints\n",
        b"sha256sum: SHA256: 12:34\n",
    ],
)
def test_look_alikes_are_no_listing(text: bytes) -> None:
    assert looks_like_transcript(text) is None
