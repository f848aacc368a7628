"""What `decide` says of the hierarchy that Amazon's is like: the table of observed answers, and the explanation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from pki.certgen import CN, Key, Name, O, Spec, certificate, ec_key, key_id, sequence, tlv
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate, StoreEntry, TrustPath, TrustStore
from sestriage.pki.java import EMPTY_STORE, NO_ANCHOR, NOT_FOUND
from sestriage.pki.path import decide

NOW = datetime(2024, 6, 1, tzinfo=UTC)
HOST = "email-smtp.us-east-1.amazonaws.com"
SOURCE = SourceRef("store.pem")
CA_USE = ("keyCertSign", "cRLSign")

AMAZON: Name = (("2.5.4.6", "US"), (O, "Amazon"), (CN, "Amazon Root CA 1"))
M01: Name = (("2.5.4.6", "US"), (O, "Amazon"), (CN, "Amazon RSA 2048 M01"))
STARFIELD = (O, "Starfield Technologies, Inc.")
G2: Name = (("2.5.4.6", "US"), STARFIELD, (CN, "Starfield Services Root Certificate Authority - G2"))
CLASS_2: Name = (("2.5.4.6", "US"), STARFIELD, ("2.5.4.11", "Starfield Class 2 Certification Authority"))
KEYS: dict[str, Key] = {role: ec_key(f"path {role}") for role in ("leaf", "M", "A1", "G2", "C2", "other", "other M")}


def ca(subject: Name, key: str, issuer: Name, signer: str, **changes: object) -> Spec:
    made = Spec(subject, issuer, KEYS[key], KEYS[signer], ca=True, usage=CA_USE)
    return replace(made, **changes)  # type: ignore[arg-type]


SPECS = {
    "leaf": Spec(((CN, HOST),), M01, KEYS["leaf"], KEYS["M"], usage=("digitalSignature",), dns=(HOST,), ca=False),
    "M": ca(M01, "M", AMAZON, "A1"),
    "A1": ca(AMAZON, "A1", AMAZON, "A1"),
    "A1x": ca(AMAZON, "A1", G2, "G2"),
    "G2": ca(G2, "G2", G2, "G2"),
    "G2x": ca(G2, "G2", CLASS_2, "C2"),
    "C2": ca(CLASS_2, "C2", CLASS_2, "C2"),
    "false A1": ca(AMAZON, "other", AMAZON, "other"),
    "false M": ca(M01, "other M", AMAZON, "A1"),
    "expired A1": ca(AMAZON, "A1", AMAZON, "A1", not_after=NOW - timedelta(days=1)),
    "expired A1x": ca(AMAZON, "A1", G2, "G2", not_after=NOW - timedelta(days=1)),
    "old leaf": Spec(((CN, HOST),), M01, KEYS["other"], KEYS["other M"], serial=7, dns=(HOST,)),
}
FULL = ("leaf", "M", "A1x", "G2x")


def read(*roles: str, plain: bool = False) -> list[Certificate]:
    """Certificates by role; `plain` leaves the key identifiers out."""
    return [parse_certificate(encoded(role, plain), SOURCE) for role in roles]


@cache
def encoded(role: str, plain: bool) -> bytes:
    return certificate(replace(SPECS[role], ski=False, aki=False) if plain else SPECS[role])


def store_of(certificates: Sequence[Certificate]) -> TrustStore:
    return TrustStore(SOURCE, "pem", tuple(StoreEntry(each) for each in certificates))


def judged(served: Sequence[str], stored: Sequence[str], plain: bool = False, host: str | None = HOST) -> TrustPath:
    return decide(read(*served, plain=plain), store_of(read(*stored, plain=plain)), NOW, "capture", host)


ROWS = [
    # served, store, Java accepts, openssl, openssl -partial_chain
    (FULL, ("C2",), True, "ok", "ok"),
    (FULL, ("G2x",), True, "error 2", "ok"),
    (FULL, ("G2",), True, "ok", "ok"),
    (FULL, ("A1x",), True, "error 2", "ok"),
    (FULL, ("A1",), True, "ok", "ok"),
    (FULL, ("M",), True, "error 2", "ok"),
    (FULL, ("leaf",), True, "error 20", "ok"),
    (FULL, ("false A1",), False, "error 20", "error 20"),
    (FULL, ("false M",), False, "error 20", "error 20"),
    (FULL, ("A1", "false A1"), True, "ok", "ok"),
    (FULL, ("expired A1",), True, "error 10", "error 10"),
    (("leaf",), ("A1",), False, "error 20", "error 20"),
    (("leaf",), ("M",), True, "error 2", "ok"),
    (("leaf", "G2x", "M", "A1x"), ("A1",), True, "ok", "ok"),
    (FULL, ("old leaf",), False, "error 20", "error 20"),
    (FULL, ("old leaf", "false M"), False, "error 20", "error 20"),
    (FULL, ("old leaf", "false M", "A1x"), True, "error 2", "ok"),
    (("leaf", "M", "expired A1x", "G2x"), ("A1",), True, "ok", "ok"),
]
"""What was observed with JavaMail on OpenJDK 17 and with OpenSSL 3.0."""


@pytest.mark.parametrize(("served", "stored", "java", "openssl", "partial"), ROWS)
def test_observed_answers(
    served: tuple[str, ...], stored: tuple[str, ...], java: bool, openssl: str, partial: str
) -> None:
    path = judged(served, stored)
    assert (path.status == "trusted") is java
    assert (path.java_message is None) is java
    assert str(path.openssl_status).startswith(openssl)
    assert str(path.openssl_partial_status).startswith(partial)


@pytest.mark.parametrize("stored", ["C2", "G2x", "G2", "A1x", "A1", "M", "leaf", "expired A1"])
def test_key_identifiers_are_not_needed(stored: str) -> None:
    assert judged(FULL, (stored,), plain=True).status == "trusted"


def test_the_path_and_the_anchor_are_told() -> None:
    path = judged(FULL, ("A1",))
    assert [each.common_name for each in path.path] == [HOST, "Amazon RSA 2048 M01"]
    assert path.anchor is not None
    assert path.anchor.common_name == "Amazon Root CA 1"
    assert path.host_matches is True
    assert path.host_is_ses is True
    assert path.private_ca is False
    assert path.gap is None


def test_an_expired_certificate_in_the_path_is_the_culprit() -> None:
    path = judged(("leaf", "M", "expired A1x", "G2x"), ("G2",))
    assert (path.status, path.reason) == ("invalid", "expired")
    assert path.culprit is not None
    assert path.culprit.common_name == "Amazon Root CA 1"
    assert str(path.java_message).endswith("CertPathValidatorException: validity check failed")


def test_an_expired_leaf_in_a_disordered_chain_is_expired_although_java_says_no_path() -> None:
    chain = read("leaf", "G2x", "M", "A1x")
    late = datetime(2039, 1, 1, tzinfo=UTC)
    path = decide(chain, store_of(read("A1")), late, "log", HOST)
    assert path.java_message == NOT_FOUND
    assert (path.status, path.reason) == ("invalid", "expired")


def test_root_missing() -> None:
    path = judged(FULL, ("old leaf",))
    assert path.status == "no-path"
    assert path.java_message == NOT_FOUND
    assert path.anchor_key_mismatch is False
    assert path.gap is not None
    assert path.gap.child.common_name == "Amazon RSA 2048 M01"
    assert path.gap.issuer == "CN=Amazon Root CA 1,O=Amazon,C=US", "the lowest issuer with a recommended root's name"
    assert path.gap.authority_key_id == key_id(KEYS["A1"]).hex()
    assert path.gap.served == path.chain[2]
    assert path.gap.wrong_entry is None
    assert path.gap.published is None, "throw-away keys are nobody's published root"
    assert [each.common_name for each in path.gap.importable] == [
        "Starfield Services Root Certificate Authority - G2",
        "Amazon Root CA 1",
        "Amazon RSA 2048 M01",
    ]


def test_a_served_root_that_the_store_lacks() -> None:
    path = judged(("leaf", "M", "A1"), ("C2",))
    assert path.gap is not None
    assert path.gap.child.common_name == "Amazon RSA 2048 M01"
    assert path.gap.served is not None
    assert path.gap.served.common_name == "Amazon Root CA 1"
    assert path.gap.importable[0].self_issued


def test_same_name_other_key() -> None:
    path = judged(FULL, ("false A1",))
    assert path.status == "no-path"
    assert path.anchor_key_mismatch is True
    assert path.gap is not None
    assert path.gap.wrong_entry is not None
    assert path.gap.wrong_entry.certificate.spki_sha256 != path.chain[2].spki_sha256
    assert path.gap.child == path.chain[1], "the gap is below the entry of the right name"
    assert [each.relation for each in path.comparisons] == ["absent", "absent", "same-name-other-key", "absent"]


@pytest.mark.parametrize("plain", [False, True])
def test_the_served_issuer_has_another_key(plain: bool) -> None:
    path = judged(("leaf", "false M"), ("A1",), plain=plain)
    assert path.status == "no-path"
    assert (path.issuer_other_key, path.only_leaf_served) == (True, False)
    assert judged(("leaf", "false M", "M"), ("C2",), plain=plain).issuer_other_key is False, "the right one came, too"
    assert judged(("leaf", "M"), ("false A1",), plain=plain).issuer_other_key is False
    assert judged(("leaf", "A1x"), ("C2",), plain=plain).issuer_other_key is False, "of another name"


def test_same_name_other_key_is_no_cause_beside_the_right_key() -> None:
    path = judged(FULL, ("A1", "false A1"))
    assert path.status == "trusted"
    assert path.anchor_key_mismatch is False


def test_java_names_the_anchor_when_the_root_is_not_served() -> None:
    assert judged(("leaf", "M"), ("false A1",)).java_message == NO_ANCHOR
    plain = judged(("leaf", "M"), ("false A1",), plain=True)
    assert str(plain.java_message).endswith("signature check failed")
    assert plain.status == "no-path"
    assert plain.anchor_key_mismatch is True


def test_comparison_finds_cross_signed_copies() -> None:
    path = judged(FULL, ("A1", "leaf"))
    assert [each.relation for each in path.comparisons] == ["present", "absent", "same-key", "absent"]


def test_only_the_leaf_came() -> None:
    path = judged(("leaf",), ("A1",))
    assert path.only_leaf_served is True
    assert path.leaf_self_signed is False
    assert path.gap is not None
    assert path.gap.child == path.chain[0]
    assert path.gap.importable == ()
    assert judged(("leaf",), ("M",)).only_leaf_served is False
    assert judged(("leaf", "A1x", "G2x"), ("A1",)).only_leaf_served is True  # none of the others issued it
    assert judged(("leaf", "A1x"), ("M",)).only_leaf_served is False
    assert judged(FULL, ("old leaf",)).only_leaf_served is False


def test_self_signed_leaf() -> None:
    name = ((CN, HOST),)
    leaf = parse_certificate(certificate(Spec(name, name, KEYS["leaf"], KEYS["leaf"], dns=(HOST,))), SOURCE)
    path = decide([leaf], store_of(read("A1")), NOW, "now", HOST)
    assert (path.leaf_self_signed, path.only_leaf_served, path.private_ca) == (True, False, True)
    assert path.openssl_status == "error 18 self-signed certificate"
    assert path.gap is not None
    assert path.gap.served == leaf
    assert decide([leaf], store_of([leaf]), NOW, "now", HOST).status == "trusted"


def test_self_issued_by_name_only_is_not_self_signed() -> None:
    name = ((CN, HOST),)
    leaf = parse_certificate(certificate(Spec(name, name, KEYS["leaf"], KEYS["M"])), SOURCE)
    assert decide([leaf], store_of(read("A1")), NOW, "now", HOST).leaf_self_signed is False


def test_inspection_shows_by_the_issuers_names() -> None:
    proxy = ((O, "Example Holdings"), (CN, "Inspection CA"))
    leaf = replace(SPECS["leaf"], issuer=proxy, signer=KEYS["other"])
    inspector = ca(proxy, "other", proxy, "other")
    chain = [parse_certificate(certificate(each), SOURCE) for each in (leaf, inspector)]
    path = decide(chain, store_of(read("A1")), NOW, "capture", HOST)
    assert path.private_ca is True
    assert path.gap is not None
    assert path.gap.published is None


def test_a_published_key_names_the_root_to_import() -> None:
    """The key identifiers of the published roots stand in a made-up chain: a name and an identifier are enough for
    the missing issuer."""
    real = bytes.fromhex("8418cc8534ecbc0c94942e08599cc7b2104e0a08")
    chain = [parse_certificate(certificate(each), SOURCE) for each in (SPECS["leaf"], replace(SPECS["M"], aki=real))]
    gap = decide(chain, store_of(read("G2")), NOW, "capture", HOST).gap
    assert gap is not None
    assert gap.published == "Amazon Root CA 1"
    assert gap.published_sha256 == "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e"


def test_empty_store() -> None:
    path = judged(FULL, ())
    assert (path.status, path.java_message) == ("empty-store", EMPTY_STORE)
    assert path.gap is not None
    assert len(path.gap.importable) == 3


def test_untrusted_entries_are_no_anchors() -> None:
    entries = tuple(StoreEntry(each, trusted=False) for each in read("A1"))
    path = decide(read(*FULL), TrustStore(SOURCE, "pkcs12", entries), NOW, "now", HOST)
    assert path.status == "empty-store"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"not_after": NOW - timedelta(days=1)}, "expired"),
        ({"not_before": NOW + timedelta(days=1)}, "not-yet-valid"),
        ({"broken_signature": True}, "signature"),
        ({"ca": False}, "basic-constraints"),
        ({"usage": ("digitalSignature",)}, "key-usage"),
        ({"extra": (("1.2.3.4", True, tlv(5)),)}, "critical-extension"),
        (
            {"extra": (("2.5.29.30", True, sequence(tlv(0xA0, sequence(tlv(0x82, b"example.org"))))),)},
            "name-constraints",
        ),
    ],
)
def test_reasons_of_an_intermediate(change: dict[str, object], reason: str) -> None:
    bad = replace(SPECS["M"], **change)  # type: ignore[arg-type]
    chain = [parse_certificate(certificate(each), SOURCE) for each in (SPECS["leaf"], bad)]
    path = decide(chain, store_of(read("A1")), NOW, "capture", HOST)
    assert (path.status, path.reason) == ("invalid", reason)
    expected = chain[0] if reason == "name-constraints" else chain[1]
    assert path.culprit == expected
    assert path.anchor_key_mismatch is False


def test_path_length() -> None:
    short = replace(SPECS["A1x"], path_length=0)
    chain = [parse_certificate(certificate(each), SOURCE) for each in (SPECS["leaf"], SPECS["M"], short)]
    path = decide(chain, store_of(read("G2")), NOW, "capture", HOST)
    assert (path.status, path.reason) == ("invalid", "path-length")


def test_an_anchor_that_is_no_ca() -> None:
    anchor = replace(SPECS["M"], ca=False)
    path = decide(read("leaf"), store_of([parse_certificate(certificate(anchor), SOURCE)]), NOW, "capture", HOST)
    assert (path.status, path.reason) == ("invalid", "basic-constraints")
    assert 'TrustAnchor with subject "CN=Amazon RSA 2048 M01, O=Amazon, C=US" is not a CA' in str(path.java_message)


def test_nothing_is_said_without_a_store_or_a_chain() -> None:
    unread = TrustStore(SOURCE, "pkcs12", problem="no password opens it", problem_kind="wrong-password", readable=False)
    path = decide(read(*FULL), unread, NOW, "now", HOST)
    assert (path.status, path.java_message, path.openssl_status) == ("undecided", None, None)
    assert decide([], store_of(read("A1")), NOW, "now", HOST).status == "undecided"
    broken = parse_certificate(b"\x30\x03abc", SOURCE)
    path = decide([*read("leaf"), broken], store_of(read("A1")), NOW, "now", HOST)
    assert path.status == "undecided"
    assert len(path.comparisons) == 2


def test_other_hosts() -> None:
    assert judged(FULL, ("A1",), host="email-smtp.eu-west-1.amazonaws.com").host_matches is False
    assert judged(FULL, ("A1",), host=None).host_matches is None
    assert judged(FULL, ("A1",), host="mail.example.com").host_is_ses is False


@pytest.mark.slow
def test_a_chain_made_to_explode_ends() -> None:
    """Twelve layers of four cross-signed CAs each: 4**12 ways up, and no anchor."""
    layers, width = 12, 4
    specs = [replace(SPECS["leaf"], issuer=((CN, "L0"),))]
    for layer in range(layers):
        for number in range(width):
            specs.append(
                Spec(
                    ((CN, f"L{layer}"),),
                    ((CN, f"L{layer + 1}"),),
                    KEYS["M"],
                    KEYS["M"],
                    serial=100 + number,
                    ca=True,
                    ski=False,
                    aki=False,
                    dns=(f"n{number}.example.com",),
                )
            )
    chain = [parse_certificate(certificate(each), SOURCE) for each in specs]
    path = decide(chain, store_of(read("A1")), NOW, "capture", HOST)
    assert path.status in ("undecided", "no-path")
    assert len(path.comparisons) == 1 + layers * width


def test_absurdly_many_anchors_of_one_name_are_left_undecided() -> None:
    specs = [replace(SPECS["false A1"], serial=number, ski=False, aki=False) for number in range(501)]
    store = store_of([parse_certificate(certificate(each), SOURCE) for each in specs])
    path = decide(read("leaf", "M", plain=True), store, NOW, "capture", HOST)
    assert (path.status, path.java_message) == ("undecided", None)
    few = decide(read("leaf", "M", plain=True), store_of(store.anchors[:20]), NOW, "capture", HOST)
    assert (few.status, few.anchor_key_mismatch) == ("no-path", True)
