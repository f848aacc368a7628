"""Facts about certificates, trust stores and the paths between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sestriage.model.known.published import has_other_key
from sestriage.model.message import Message
from sestriage.model.source import SourceRef
from sestriage.model.vocabulary import StoreRelation, TrustStatus

LISTING = "keytool-listing"
"""`TrustStore.format` of a listing by keytool, which names certificates without holding them."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate (RFC 5280), reduced to what a diagnosis needs.

    A certificate that cannot be parsed still has `sha256` and `der`; `problem` then says why, the other fields are
    empty or None. Names are RFC 4514 strings with control characters escaped, most specific attribute first.
    """

    sha256: str
    """SHA-256 of the DER encoding, lower-case hex without colons."""
    der: bytes
    subject: str = ""
    issuer: str = ""
    subject_name_id: str = ""
    """Digest of the subject in the canonical form by which names are compared (case folded, blanks collapsed):
    two names are the same exactly when these are equal."""
    issuer_name_id: str = ""
    common_name: str | None = None
    issuer_common_name: str | None = None
    organization: str | None = None
    issuer_organization: str | None = None
    serial: str = ""
    """Lower-case hex."""
    not_before: datetime | None = None
    """Aware, UTC; None when unreadable."""
    not_after: datetime | None = None
    spki_sha256: str = ""
    """SHA-256 of the SubjectPublicKeyInfo: the same CA under another (cross-signed) certificate has the same value."""
    subject_key_id: str | None = None
    """SKI extension, lower-case hex."""
    authority_key_id: str | None = None
    """keyIdentifier of the AKI extension, lower-case hex."""
    key_type: str | None = None
    """`RSA`, `EC`, `DSA`, `Ed25519`, …; None when unknown."""
    key_bits: int | None = None
    signature_algorithm: str | None = None
    """Name as Java prints it (`SHA256withRSA`), else the dotted OID."""
    version: int | None = None
    """1 or 3."""
    is_ca: bool | None = None
    """basicConstraints cA; None when the extension is absent."""
    path_length: int | None = None
    key_usage: tuple[str, ...] | None = None
    extended_key_usage: tuple[str, ...] | None = None
    """Dotted OIDs; None when the extension is absent."""
    dns_names: tuple[str, ...] = ()
    """dNSName entries of the SAN extension."""
    ip_addresses: tuple[str, ...] = ()
    has_san: bool = False
    critical_unknown: tuple[str, ...] = ()
    """Dotted OIDs of critical extensions that a PKIX validator would not process."""
    published_as: str | None = None
    """Name of the published root whose *key* this is (`Amazon Root CA 1`), from the table of public CAs."""
    source: SourceRef | None = None
    problem: str | None = None
    sha1: str = ""
    """SHA-1 of the DER encoding where a listing gives it, lower-case hex; empty elsewhere. `sha256` is then empty when
    the listing has no SHA-256."""
    signed_by_key: str | None = None
    """For a certificate that exists in thought only (what a server may send one day): `spki_sha256` of the key that
    has signed it, which stands for a signature that nobody here can make. None for every real one."""

    @property
    def self_issued(self) -> bool:
        """True if subject and issuer are the same name."""
        return bool(self.subject_name_id) and self.subject_name_id == self.issuer_name_id

    @property
    def published_name_other_key(self) -> bool | None:
        """It bears the name of a published root over another key; None when its key is not known."""
        return has_other_key(self.subject, self.common_name, self.spki_sha256, self.subject_key_id)

    @property
    def label(self) -> str:
        """Short name for a sentence: CN, else the subject, else the fingerprint's start."""
        return self.common_name or self.subject or f"certificate {(self.sha256 or self.sha1)[:16]}"

    def fits(self, host: str) -> bool:
        """True if the certificate is valid for a host name or address (RFC 6125): by its SAN entries, without any by
        its CN; a wildcard stands for the whole leftmost label."""
        wanted = host.strip().rstrip(".").lower()
        if ":" in wanted or wanted.replace(".", "").isdigit():
            return wanted in self.ip_addresses
        names = self.dns_names if self.has_san or self.dns_names else (self.common_name or "",)
        parent = wanted.partition(".")[2]
        return any(name.lower().rstrip(".") in (wanted, f"*.{parent}") for name in names)


@dataclass(frozen=True, slots=True)
class StoreEntry:
    """One entry of a trust store.

    `trusted` is False for entries that Java does not use as trust anchors (PKCS#12 certificates without Oracle's
    trusted-key-usage attribute and without a private key, as `openssl pkcs12` writes them). The first certificate of a
    key entry is an anchor: Java's trust manager takes it. `alias` is None where the format has none.
    """

    certificate: Certificate
    alias: str | None = None
    trusted: bool = True


@dataclass(frozen=True, slots=True)
class TrustStore:
    """A trust store: a JKS, JCEKS or PKCS#12 file, a PEM or DER file, or a folder of them.

    `format` is `jks`, `jceks`, `pkcs12`, `pem`, `der`, `p7b`, `pem-folder`, `bks`, `bcfks` or `unknown`. `problem` is
    None when the store was read whole; else one sentence (wrong password, damaged at byte …, no trusted entry).
    `readable` is False when no statement about its content is possible. `integrity` is True/False when the password
    allowed to check the MAC or digest, None when it could not be checked.
    """

    source: SourceRef
    format: str
    entries: tuple[StoreEntry, ...] = ()
    problem: str | None = None
    problem_kind: str | None = None
    """`wrong-password`, `damaged`, `unsupported`, `no-trusted-entry`, `empty`, `partial`; None when there is no
    problem."""
    readable: bool = True
    integrity: bool | None = None

    @property
    def anchors(self) -> tuple[Certificate, ...]:
        """The certificates that Java takes as trust anchors."""
        return tuple(e.certificate for e in self.entries if e.trusted)

    @property
    def anchor_count(self) -> int:
        """How many trust anchors the store gives."""
        return len(self.anchors)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One served certificate compared with one store.

    `relation`: `present` (the very certificate), `same-key` (subject and key under another certificate: cross-signed),
    `same-name-other-key`, `absent`.
    """

    certificate: Certificate
    store: SourceRef
    relation: StoreRelation
    entry: StoreEntry | None = None
    """The entry that gave the relation; None for `absent`."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Why no path to an anchor exists, at the place where an import would close it best.

    `child` is the certificate whose issuer is missing: the one below an entry of the right name with another key,
    else the lowest one whose issuer bears the name of a recommended public root, else the topmost one on the way up
    from the leaf. `issuer` is the name of the missing issuer; `authority_key_id` its key identifier as the child
    names it. `served` is a certificate of the issuer that was served (it is then simply not in the store), None
    otherwise. `wrong_entry` is a store entry with the issuer's name and another key. `published` names the public
    root whose import would close the gap, with its SHA-256 fingerprint (`published_sha256`); None when the gap is not
    below a published root.
    """

    child: Certificate
    issuer: str
    authority_key_id: str | None = None
    served: Certificate | None = None
    wrong_entry: StoreEntry | None = None
    published: str | None = None
    published_sha256: str | None = None
    importable: tuple[Certificate, ...] = ()
    """Served CA certificates whose import makes a path, the most durable (closest to the root) first."""


AnchorKind = Literal["server", "issuing-ca", "starfield-class-2", "root"]
"""What an anchor is to the chain that ends at it. `root` lasts: a published root other than Starfield Class 2 (under
any of its certificates), or a self-signed one. `server` is the served certificate itself."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A key in a trust store that alone completes a path from a served chain: mail stops when the last one is gone.

    `spki_sha256` is the digest of the key (of the certificate, where its key is not known), `certificates` those of
    the store that hold it (a root and its cross-signed copies are one key).
    """

    spki_sha256: str
    certificates: tuple[Certificate, ...]
    kind: AnchorKind


@dataclass(frozen=True, slots=True)
class WeakAnchor:
    """What the trust rests on although it works: no root that lasts, but the server's own certificate, an issuing CA,
    or the root Starfield Class 2 alone. `ends` is when the certificate in `anchor` ends, `leaf_ends` when the served
    one does (its renewal comes before that); None when not known."""

    kind: AnchorKind
    anchor: Certificate
    ends: datetime | None = None
    leaf_ends: datetime | None = None


REASONS = {
    "expired": Message("expired"),
    "not-yet-valid": Message("not-yet-valid"),
    "signature": Message("signature"),
    "basic-constraints": Message("basic-constraints"),
    "path-length": Message("path-length"),
    "name-constraints": Message("name-constraints"),
    "key-usage": Message("key-usage"),
    "extended-key-usage": Message("extended-key-usage"),
    "critical-extension": Message("critical-extension"),
    "weak-key": Message("weak-key"),
    "weak-signature": Message("weak-signature"),
}
"""Which check refuses a path (`TrustPath.reason`), in words."""


@dataclass(frozen=True, slots=True)
class TrustPath:
    """Java's answer for one served chain and one store (PKIX as the JDK's trust manager decides it).

    `status`: `trusted`, `no-path` (`unable to find valid certification path` / `Path does not chain`), `invalid` (a
    path exists but a certificate in it fails: see `reason`), `empty-store`, `undecided` (limits reached, or
    unreadable certificates). `reason` for `invalid`: `expired`, `not-yet-valid`, `signature`, `basic-constraints`,
    `path-length`, `name-constraints`, `key-usage`, `extended-key-usage`, `critical-extension`, `weak-key`,
    `weak-signature`; else None.
    """

    store: SourceRef
    chain: tuple[Certificate, ...]
    status: TrustStatus
    reason: str | None = None
    path: tuple[Certificate, ...] = ()
    """Leaf first, without the anchor; empty when there is no path."""
    anchor: Certificate | None = None
    gap: Gap | None = None
    at: datetime | None = None
    """The moment for which validity was judged (aware)."""
    at_basis: str = "now"
    """`capture`, `log`, `transcript` or `now`."""
    culprit: Certificate | None = None
    """The certificate that fails, for `invalid`."""
    java_message: str | None = None
    """The exception text that Java would print, None when trusted."""
    openssl_status: str | None = None
    """The answer that `openssl verify` would give (`ok` or `error N text`); None if it was not computed."""
    openssl_partial_status: str | None = None
    """The same with `-partial_chain`."""
    comparisons: tuple[Comparison, ...] = ()
    frame_source: SourceRef | None = None
    """Where the served chain was seen."""
    entries: tuple[StoreEntry, ...] = ()
    """What this store holds: a rule that asks for its content asks here, so that it never asks another store."""

    leaf_self_signed: bool = False
    """The leaf is its own issuer (by name and key)."""
    only_leaf_served: bool = False
    """The server's certificate came alone, or with others of which none has the name of its issuer; it is not
    self-signed, and its issuer is not stored either."""
    issuer_other_key: bool = False
    """The server sent a certificate with the name of its own one's issuer, and none of that name has signed it."""
    anchor_key_mismatch: bool = False
    """The store holds the subject of a needed issuer with another key, and no anchor for the path."""
    private_ca: bool = False
    """No issuer in the served chain is Amazon's or Starfield's (by name, from the table)."""
    rests_on: tuple[TrustedKey, ...] = ()
    """Each key in the store that alone completes a path from this chain at `at`; empty unless trusted, and where an
    entry that may be one more is known by a listing only."""
    weak_anchor: WeakAnchor | None = None
    """Set when the path is trusted, and by nothing in the store that will outlive the next renewals."""
    host: str | None = None
    """Name for which the certificate was served (SNI, else configured host), None when unknown."""
    host_is_ses: bool = False
    """`host` is an Amazon SES SMTP endpoint."""
    host_matches: bool | None = None
    """The leaf is valid for `host` as Java's endpoint identification has it; None when `host` is unknown."""
    javamail_host_matches: bool | None = None
    """The same as JavaMail's own check has it (`mail.smtp.ssl.checkserveridentity`), which is more lenient with
    wildcards and never matches an IP address to an address entry."""
