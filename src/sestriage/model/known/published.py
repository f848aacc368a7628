"""The public roots that matter for Amazon SES, and the names by which their companies' CAs are known.

Grounds: the Mozilla bundle as packaged by Debian, checked with openssl; Amazon Trust Services lists the same keys.
A fingerprint says which certificate to import; it never chooses the cause of a failure (names do).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class PublishedRoot:
    """A self-signed root as its owner publishes it. Digests are lower-case hex without colons."""

    name: str
    subject: str
    """RFC 4514, as `Certificate.subject`."""
    sha256: str
    spki_sha256: str
    subject_key_id: str
    ends: datetime
    """When the self-signed certificate ends."""
    cross_sha256: tuple[str, ...] = ()
    """Fingerprints of the known certificates that other roots issued for the same key (served on the way up)."""
    recommended: bool = True
    """Amazon advises that trust stores hold it (and it is likely to close a gap under an SES endpoint)."""


_STARFIELD = "O=Starfield Technologies\\, Inc."
_SCOTTSDALE = f"{_STARFIELD},L=Scottsdale,ST=Arizona,C=US"

PUBLISHED_ROOTS: tuple[PublishedRoot, ...] = (
    PublishedRoot(
        "Amazon Root CA 1",
        "CN=Amazon Root CA 1,O=Amazon,C=US",
        "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
        "fbe3018031f9586bcbf41727e417b7d1c45c2f47f93be372a17b96b50757d5a2",
        "8418cc8534ecbc0c94942e08599cc7b2104e0a08",
        datetime(2038, 1, 17, tzinfo=UTC),
        ("87dcd4dc74640a322cd205552506d1be64f12596258096544986b4850bc72706",),  # by Starfield Services Root CA - G2
    ),
    PublishedRoot(
        "Amazon Root CA 2",
        "CN=Amazon Root CA 2,O=Amazon,C=US",
        "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
        "7f4296fc5b6a4e3b35d3c369623e364ab1af381d8fa7121533c9d6c633ea2461",
        "b00cf04c30f405580248fd33e552af4b84e36652",
        datetime(2040, 5, 26, tzinfo=UTC),
    ),
    PublishedRoot(
        "Amazon Root CA 3",
        "CN=Amazon Root CA 3,O=Amazon,C=US",
        "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
        "36abc32656acfc645c61b71613c4bf21c787f5cabbee48348d58597803d7abc9",
        "abb6dbd7069e37ac3086079170c79cc419b178c0",
        datetime(2040, 5, 26, tzinfo=UTC),
    ),
    PublishedRoot(
        "Amazon Root CA 4",
        "CN=Amazon Root CA 4,O=Amazon,C=US",
        "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
        "f7ecded5c66047d28ed6466b543c40e0743abe81d109254dcf845d4c2c7853c5",
        "d3ecc73a656ecce1da769a56fb9cf3866d57e581",
        datetime(2040, 5, 26, tzinfo=UTC),
    ),
    PublishedRoot(
        "Starfield Services Root CA - G2",
        f"CN=Starfield Services Root Certificate Authority - G2,{_SCOTTSDALE}",
        "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
        "2b071c59a0a0ae76b0eadb2bad23bad4580b69c3601b630c2eaf0613afa83f92",
        "9c5f00dfaa01d7302b3888a2b86d4a9cf2119183",
        datetime(2037, 12, 31, 23, 59, 59, tzinfo=UTC),
        ("28689b30e4c306aab53b027b29e36ad6dd1dcf4b953994482ca84bdc1ecac996",),  # by Starfield Class 2
    ),
    PublishedRoot(
        "Starfield Class 2 CA",
        f"OU=Starfield Class 2 Certification Authority,{_STARFIELD},C=US",
        "1465fa205397b876faa6f0a9958e5590e40fcc7faa4fb7c2c8677521fb5fb658",
        "15f14ac45c9c7da233d3479164e8137fe35ee0f38ae858183f08410ea82ac4b4",
        "bf5fb7d1cedd1f86f45b55acdcd710c20ea988e7",
        datetime(2034, 6, 29, 17, 39, 16, tzinfo=UTC),
        recommended=False,
    ),
    PublishedRoot(
        "Starfield Root CA - G2 (GoDaddy's, not Amazon's)",
        f"CN=Starfield Root Certificate Authority - G2,{_SCOTTSDALE}",
        "2ce1cb0bf9d2f9e102993fbe215152c3b2dd0cabde1c68e5319b839154dbb7f5",
        "808d68b3fab4884a5f971ace7d10550d7a95a163774f3ec36afffb213fbe4c74",
        "7c0c321fa7d9307fc47d68a362a8a1ceab075b27",
        datetime(2037, 12, 31, 23, 59, 59, tzinfo=UTC),
        recommended=False,
    ),
)

BY_KEY: dict[str, PublishedRoot] = {root.spki_sha256: root for root in PUBLISHED_ROOTS}
BY_SUBJECT: dict[str, PublishedRoot] = {root.subject: root for root in PUBLISHED_ROOTS}
BY_FINGERPRINT: dict[str, PublishedRoot] = {
    sha256: root for root in PUBLISHED_ROOTS for sha256 in (root.sha256, *root.cross_sha256)
}
BY_SHA1: dict[str, PublishedRoot] = {
    sha1: root
    for root, sha1 in zip(
        PUBLISHED_ROOTS,
        (
            "8da7f965ec5efc37910f1c6e59fdc1cc6a6ede16",
            "5a8cef45d7a69859767a8c8b4496b578cf474b1a",
            "0d44dd8c3c8c1a1a58756481e90f2e2affb3d26e",
            "f6108407d6f8bb67980cc2e244c2ebae1cef63be",
            "925a8f8d2c6d04e0665f596aff22d863e8256f3f",
            "ad7e1c28b064ef8f6003402014c3d0e3370eb58a",
            "b51c067cee2b0c3df855ab2d92f4fe39d4e70f0e",
        ),
        strict=True,
    )
}
"""By SHA-1 (lower-case hex), which short listings of keytool up to JDK 8 show."""
_BY_COMMON_NAME: dict[str, PublishedRoot] = {
    root.subject.partition(",")[0].removeprefix("CN="): root for root in PUBLISHED_ROOTS
}

_AMAZON_COMPANIES = re.compile(
    r"amazon(?:\.com)?(?:,? inc\.?)?|amazon (?:web|trust) services(?:,? (?:inc\.?|llc))?"
    r"|starfield technologies,? (?:inc\.?|llc)|starfield",
    re.I,
)
"""Organisation names of the CAs that may stand above an SES endpoint's certificate."""


def is_amazon_company(organization: str | None) -> bool:
    """True if the organisation (O of an issuer) is Amazon or Starfield, by name."""
    return organization is not None and _AMAZON_COMPANIES.fullmatch(organization.strip()) is not None


def published_name(spki_sha256: str) -> str | None:
    """The published root whose key has this digest; None when it is none of them."""
    root = BY_KEY.get(spki_sha256)
    return None if root is None else root.name


def root_named(subject: str, common_name: str | None) -> PublishedRoot | None:
    """The published root of this name, whatever the key."""
    return BY_SUBJECT.get(subject) or _BY_COMMON_NAME.get(common_name or "")


def has_other_key(subject: str, common_name: str | None, spki_sha256: str, subject_key_id: str | None) -> bool | None:
    """A certificate that bears the name of a published root has another key than that root.

    False for other names, and for the published key. None when the key is not known: a listing gives the key
    identifier alone, of which only a different one tells something (an equal one can be copied).
    """
    root = root_named(subject, common_name)
    if root is None:
        return False
    if spki_sha256:
        return spki_sha256 != root.spki_sha256
    return True if subject_key_id not in (None, root.subject_key_id) else None
