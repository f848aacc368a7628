"""The documents of `sestriage certs`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.parts import Certificate, Entry, InputNote, Place, ReadHead
from sestriage.model.document.trust import TrustedKey
from sestriage.model.document.words import Digest, Sha256, Size, StoreFormat, Time
from sestriage.model.vocabulary import LinkState, StoreRelation, TrustStatus


class PlacedInput(InputNote, Place):
    """A file or archive member, and what became of it."""


class StoreSummary(Place):
    """A trust store."""

    format: Annotated[StoreFormat, "What it is; `keytool-listing` names certificates without holding them."]
    entry_count: Annotated[Size, "How many entries it holds."]
    anchor_count: Annotated[Size, "How many of them Java takes as trust anchors."]
    readable: Annotated[bool, "False: nothing can be said of its content."]
    integrity: Annotated[bool | None, "The password fits its checksum; null where that could not be checked."]
    problem: Annotated[str | None, "Why it could not be read whole."]
    problem_kind: Annotated[str | None, "`wrong-password`, `damaged`, `unsupported`, `no-trusted-entry`, `empty`, ..."]


class StoreWithEntries(StoreSummary):
    """A trust store with what it holds."""

    entries: Annotated[list[Entry], "Its entries, as far as they are wanted."]


class Chain(Place):
    """The certificates that a server sent."""

    origin: Annotated[str, "`capture`, `transcript`, or `files` (put in order)."]
    host: Annotated[str | None, "The server."]
    port: Annotated[int | None, "Its port."]
    time: Annotated[Time | None, "When they were sent."]
    problem: Annotated[str | None, "Why the chain cannot be judged, or only in part."]
    certificates: Annotated[list[Certificate], "The server's own first."]


class JavaAnswer(TypedDict):
    """What Java decides."""

    status: Annotated[TrustStatus, "The answer."]
    reason: Annotated[str | None, "For `invalid`: which check failed."]
    message: Annotated[str | None, "The text of Java's exception; null when it trusts the chain."]
    path: Annotated[list[Digest], "The certificates from the server's up to below the anchor."]
    anchor: Annotated[Certificate | None, "The anchor at which Java ends; null when it trusts none."]
    culprit: Annotated[Digest | None, "For `invalid`: the certificate that fails."]
    rests_on: Annotated[list[TrustedKey], "Each key in the store that alone completes a path."]


class OpensslAnswer(TypedDict):
    """What `openssl verify` decides."""

    default: Annotated[str | None, "`ok`, or the error; null when it was not computed."]
    partial_chain: Annotated[str | None, "The same with `-partial_chain`."]


class HostCheck(TypedDict):
    """The check of the server's name."""

    name: Annotated[str | None, "The name; null when none is known."]
    matches: Annotated[bool | None, "The certificate is valid for it, as Java has it."]
    javamail_matches: Annotated[bool | None, "The same as JavaMail's own check has it."]
    message: Annotated[str | None, "The text of Java's exception; null where the name fits or is not known."]


class CertsComparison(TypedDict):
    """A served certificate held against the store."""

    sha256: Annotated[Digest, "The served certificate."]
    relation: Annotated[StoreRelation, "How the store knows it; `same-key`: under another certificate."]
    alias: Annotated[str | None, "The alias of the entry that says so."]
    entry_sha256: Annotated[Digest | None, "That entry's certificate."]


class CertsGap(TypedDict):
    """Why no path exists."""

    child: Annotated[Digest, "The certificate whose issuer is missing."]
    issuer: Annotated[str, "The name of the missing issuer."]
    authority_key_id: Annotated[str | None, "The key identifier of the missing issuer, as the child's `aki` names it."]
    wrong_entry: Annotated[Entry | None, "An entry with the issuer's name and another key."]
    published: Annotated[str | None, "The published root whose import closes the gap."]
    published_sha256: Annotated[Sha256 | None, "Its fingerprint."]


class Link(TypedDict):
    """A certificate in the tree from the server's own up to what the store trusts."""

    label: Annotated[str, "Its name."]
    sha256: Annotated[Digest | None, "Its fingerprint; null for a missing one."]
    state: Annotated[LinkState, "What is known of it."]
    note: Annotated[str | None, "What more is to be said."]
    broken: Annotated[bool, "The first broken link of the tree."]
    above: Annotated[list[Link], "Its possible issuers."]


class ImportChoice(TypedDict):
    """A certificate to import."""

    file_name: Annotated[str, "What it is saved as."]
    friendly_name: Annotated[str, "What to enter beside it."]
    reason: Annotated[str, "Why this one."]
    origin: Annotated[str, "`served`, or the CA bundle that holds it."]
    warning: Annotated[str | None, "Why not to import it unchecked."]
    unpublished: Annotated[bool, "It has a public root's name over another key."]
    java_with_it: Annotated[str | None, "What Java says with it in the store."]
    openssl_with_it: Annotated[str | None, "What `openssl verify` says with it in the store."]
    certificate: Annotated[Certificate, "The certificate."]


class ImportAdvice(TypedDict):
    """What to import."""

    text: Annotated[str, "What to do, and why."]
    certificates: Annotated[list[ImportChoice], "The certificates to import."]


class CompareResult(TypedDict):
    """A served chain held against a store."""

    chain: Annotated[Chain, "The chain."]
    store: Annotated[StoreSummary, "The store."]
    trusted: Annotated[bool | None, "Java trusts it, and the name fits where it is known; null when that is open."]
    at: Annotated[Time | None, "The moment for which validity was judged."]
    at_basis: Annotated[str, "Where that moment is from: `capture`, `transcript`, `given`, or `now`."]
    java: Annotated[JavaAnswer, "Java's decision."]
    openssl: Annotated[OpensslAnswer, "OpenSSL's decision."]
    warning: Annotated[str | None, "Why the trust will not last."]
    differences: Annotated[list[str], "Where Java and OpenSSL do not say the same, and why."]
    host: Annotated[HostCheck, "The check of the server's name."]
    comparison: Annotated[list[CertsComparison], "Each served certificate held against the store."]
    gap: Annotated[CertsGap | None, "Why there is no path."]
    tree: Annotated[Link | None, "The tree from the server's certificate up."]


CompareImport = TypedDict(
    "CompareImport", {"import": Annotated[ImportAdvice, "What to import so that Java trusts the chain."]}
)
"""`import` cannot be the name of a field in a class."""


class Compared(CompareResult, CompareImport):
    """A served chain held against a store, and what to import."""


class CertsCompare(ReadHead):
    """What `sestriage certs compare --format json` prints."""

    schema_version: Annotated[Literal[2], "The version of this layout."]
    jdk: Annotated[str, "The generation of Java whose decision it is."]
    results: Annotated[list[Compared], "One for each chain and store."]
    unseen: Annotated[list[Chain], "Chains that cannot be seen or judged."]
    notes: Annotated[list[str], "Further sentences."]
    inputs: Annotated[list[PlacedInput], "Files with a problem, and what became of them."]


class CertsShow(ReadHead):
    """What `sestriage certs show --format json` prints."""

    schema_version: Annotated[Literal[2], "The version of this layout."]
    stores: Annotated[list[StoreWithEntries], "The stores."]
    chains: Annotated[list[Chain], "The served chains."]
    hidden: Annotated[Size, "How many entries --limit left out."]
    inputs: Annotated[list[PlacedInput], "Files with a problem, and what became of them."]


class FilePath(TypedDict):
    """A file or folder that is written."""

    path: Annotated[str | None, "The path; null where nothing was written."]


class ExportedFile(ImportChoice):
    """A certificate that was saved."""

    path: Annotated[str, "The file."]
    written: Annotated[bool, "False: it was there already, with this content."]


class CertsExport(ReadHead):
    """What `sestriage certs export --format json` prints."""

    schema_version: Annotated[Literal[2], "The version of this layout."]
    folder: Annotated[FilePath, "The folder of the files."]
    advice: Annotated[ImportAdvice, "What to import."]
    saved: Annotated[list[ExportedFile], "The files that were written."]
    refused: Annotated[list[ImportChoice], "Certificates that were not written because of their warning."]
    list: Annotated[FilePath, "The file with names and fingerprints."]
    problem: Annotated[str | None, "Why nothing was saved."]
