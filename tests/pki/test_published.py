"""The table of published roots, held against a public bundle where the system has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage.formats.certs.stores import read_store
from sestriage.model.known.published import PUBLISHED_ROOTS, has_other_key, is_amazon_company, published_name
from sestriage.model.source import SourceRef

BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")


def test_the_table_is_well_formed() -> None:
    for root in PUBLISHED_ROOTS:
        assert [len(root.sha256), len(root.spki_sha256), len(root.subject_key_id)] == [64, 64, 40]
        int(root.sha256 + root.spki_sha256 + root.subject_key_id, 16)
    for field in ("name", "subject", "sha256", "spki_sha256", "subject_key_id"):
        assert len({getattr(root, field) for root in PUBLISHED_ROOTS}) == len(PUBLISHED_ROOTS)
    assert sum(root.recommended for root in PUBLISHED_ROOTS) == 5


def test_the_table_agrees_with_a_public_bundle() -> None:
    if not BUNDLE.exists():
        pytest.skip("needs the system's CA bundle (Debian package ca-certificates)")
    store = read_store(BUNDLE.read_bytes(), SourceRef(str(BUNDLE)), [])
    assert store.problem is None
    by_digest = {entry.certificate.sha256: entry.certificate for entry in store.entries}
    present = [root for root in PUBLISHED_ROOTS if root.sha256 in by_digest]
    assert len(present) >= 5
    for root in present:
        found = by_digest[root.sha256]
        assert (found.subject, found.spki_sha256, found.subject_key_id) == (
            root.subject,
            root.spki_sha256,
            root.subject_key_id,
        )
        assert found.published_as == root.name


@pytest.mark.parametrize(
    ("organization", "expected"),
    [
        ("Amazon", True),
        ("Amazon.com, Inc.", True),
        ("Starfield Technologies, Inc.", True),
        ("Example Holdings", False),
        ("Not Amazon", False),
        ("Zscaler Inc.", False),
        ("", False),
        (None, False),
    ],
)
def test_whose_authority_by_name(organization: str | None, expected: bool) -> None:
    assert is_amazon_company(organization) is expected


def test_keys_that_nobody_published() -> None:
    assert published_name("00" * 32) is None


def test_a_name_over_another_key() -> None:
    root = PUBLISHED_ROOTS[0]
    assert has_other_key(root.subject, None, "00" * 32, None) is True
    assert has_other_key("CN=Amazon Root CA 1,O=Example", "Amazon Root CA 1", "00" * 32, None) is True
    assert has_other_key(root.subject, None, root.spki_sha256, "00" * 20) is False
    assert has_other_key("CN=Example Holdings Root CA", "Example Holdings Root CA", "00" * 32, None) is False


def test_a_key_that_a_listing_does_not_show_is_not_another_one() -> None:
    root = PUBLISHED_ROOTS[0]
    assert has_other_key(root.subject, None, "", root.subject_key_id) is None, "an identifier can be copied"
    assert has_other_key(root.subject, None, "", None) is None
    assert has_other_key(root.subject, None, "", "00" * 20) is True
