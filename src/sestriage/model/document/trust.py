"""Trust stores, and the decision on a served chain."""

from __future__ import annotations

from typing import Annotated, TypedDict

from sestriage.model.document.parts import Certificate, Entry
from sestriage.model.document.words import Digest, Number, Sha256, StoreFormat, Time
from sestriage.model.trust import AnchorKind
from sestriage.model.vocabulary import StoreRelation, TrustStatus


class StoreName(TypedDict):
    """A trust store by its place."""

    path: Annotated[str, "The file or folder."]
    member: Annotated[str | None, "The path inside an archive."]


class Store(StoreName):
    """A trust store."""

    format: Annotated[StoreFormat, "What it is; `keytool-listing` names certificates without holding them."]
    entries: Annotated[list[Entry], "All that it holds."]
    problem: Annotated[str | None, "Why it could not be read whole."]
    problem_kind: Annotated[str | None, "`wrong-password`, `damaged`, `unsupported`, `no-trusted-entry`, `empty`, ..."]
    readable: Annotated[bool, "False: nothing can be said of its content."]


class Comparison(TypedDict):
    """A served certificate held against a store."""

    path: Annotated[str, "The store."]
    member: Annotated[str | None, "The store's path inside an archive."]
    sha256: Annotated[Digest, "The served certificate."]
    subject: Annotated[str, "Its subject."]
    issuer: Annotated[str, "Its issuer."]
    not_after: Annotated[Time | None, "Valid until."]
    relation: Annotated[StoreRelation, "How the store knows it; `same-key`: under another certificate."]
    entry: Annotated[Entry | None, "The entry that says so; null for `absent`."]


class Gap(TypedDict):
    """Why no path exists, where an import would close it best."""

    child: Annotated[Certificate, "The certificate whose issuer is missing."]
    issuer: Annotated[str, "The name of the missing issuer."]
    authority_key_id: Annotated[str | None, "The key identifier of the missing issuer, as `child` names it (`aki`)."]
    served: Annotated[Certificate | None, "The issuer's certificate, where the server sent it."]
    wrong_entry: Annotated[Entry | None, "An entry of the store with the issuer's name and another key."]
    published: Annotated[str | None, "The published root whose import closes the gap."]
    published_sha256: Annotated[Sha256 | None, "Its fingerprint."]
    importable: Annotated[list[Certificate], "Served authorities whose import closes it, the most durable first."]


class TrustedKey(TypedDict):
    """A key in the store that alone completes a path: mail stops when the last of them is gone."""

    spki_sha256: Annotated[Sha256, "SHA-256 of its SubjectPublicKeyInfo; of the certificate where that is unknown."]
    kind: Annotated[AnchorKind, "What it is above the server's certificate; a `root` lasts."]
    subject: Annotated[str, "Its subject."]
    not_after: Annotated[Time | None, "Valid until, by the certificate in the store that lasts longest."]
    sha256: Annotated[list[Digest], "Its certificates in the store: a root and its cross-signed copies are one key."]
    aliases: Annotated[list[str], "The aliases of the entries that hold them."]


class Path(TypedDict):
    """What Java decides on a served chain with a store."""

    status: Annotated[TrustStatus, "The answer."]
    reason: Annotated[str | None, "For `invalid`: which check failed (`expired`, `signature`, ...)."]
    store: Annotated[StoreName, "The store."]
    host: Annotated[str | None, "The name that the certificate must be valid for."]
    host_matches: Annotated[bool | None, "It is valid for that name, as Java has it."]
    at: Annotated[Time | None, "The moment for which validity was judged."]
    at_basis: Annotated[str, "Where that moment is from: `capture`, `log`, `transcript`, `given`, or `now`."]
    chain: Annotated[list[Digest], "The served chain, by SHA-256."]
    path: Annotated[list[Digest], "The certificates from the server's up to below the anchor; empty without a path."]
    anchor: Annotated[Certificate | None, "The anchor at which Java ends; null when it trusts none."]
    rests_on: Annotated[
        list[TrustedKey],
        "Each key in the store that alone completes a path; empty unless Java trusts the chain, and where a listing by"
        " keytool leaves that open.",
    ]
    gap: Annotated[Gap | None, "Why there is no path."]
    culprit: Annotated[Certificate | None, "For `invalid`: the certificate that fails."]
    java_message: Annotated[str | None, "The text of Java's exception; null when it trusts the chain."]
    openssl_status: Annotated[str | None, "What `openssl verify` says."]
    frame: Annotated[Number | None, "The frame of the capture where the chain was seen."]


class Trust(TypedDict):
    """Served certificates and trust stores."""

    stores: Annotated[list[Store], "All trust stores in the evidence."]
    comparison: Annotated[list[Comparison], "Each served certificate held against each store."]
    path: Annotated[Path | None, "The decision for the attempt that the verdict is about."]
    paths: Annotated[list[Path], "All decisions, those of the newest attempt first."]
