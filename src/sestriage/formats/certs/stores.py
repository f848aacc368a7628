"""Trust stores of every kind: recognised by content, read with the passwords at hand, told as a `TrustStore`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sestriage.errors import ParseError
from sestriage.formats.certs import der, pem
from sestriage.formats.certs.derivation import DerivationBudget
from sestriage.formats.certs.jks import JCEKS_MAGIC, JKS_MAGIC, read_jks
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.formats.certs.x509_names import cut, escape, shown_problem
from sestriage.model.message import Message, said_by, together
from sestriage.model.source import SourceRef
from sestriage.model.trust import StoreEntry, TrustStore

DEFAULT_PASSWORDS: tuple[str, ...] = ("changeit", "changeme", "", "lancope", "password", "secret")
"""Usual passwords of trust stores, tried when the user names none."""
MAX_STORE_BYTES = 64 << 20
MAX_ENTRIES = 100_000
MAX_ALIAS = 200

_TRANSCRIPT = re.compile(rb"^(?:CONNECTED\(|---\r?\nCertificate chain|SSL-Session:|[^\S\n]*Verify return code:)", re.M)
"""Marks of an `openssl s_client` transcript, which holds the served chain and is no store."""
_BOUNCY_CASTLE = re.compile(rb"\0\0\0[\x01\x02]\0\0\0[\x08-\x40]", re.S)
"""BKS and UBER: version, then the length of a salt."""
_PKCS7_SIGNED, _PKCS7_DATA, _PBES2 = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1", "1.2.840.113549.1.5.13"
NO_TRUSTED_ENTRY = Message(
    "holds certificates, but none that Java takes as trusted (a PKCS#12 file made by openssl pkcs12 lacks the mark, "
    "a JKS file of another writer may have names in capitals); Java says: the trustAnchors parameter must be non-empty"
)
EMPTY = Message("holds no certificate; Java says: the trustAnchors parameter must be non-empty")


def looks_like_store(head: bytes) -> str | None:
    """The format (`jks`, `jceks`, `pkcs12`, `pem`, `der`, `p7b`, `bks`, `bcfks`) that the first bytes of a file claim.

    None when they are none of these: a text without a certificate, private keys only, an s_client transcript.
    """
    if head[:4] == JKS_MAGIC:
        return "jks"
    if head[:4] == JCEKS_MAGIC:
        return "jceks"
    if head[:1] == b"\x30":
        return _der_kind(head)
    if _BOUNCY_CASTLE.match(head):
        return "bks"
    if pem.holds_certificates(head) and not _TRANSCRIPT.search(pem.plain_text(head)):
        return "pem"
    return None


def _header(data: bytes, at: int) -> tuple[int, int]:
    """Tag and content offset at `at`, however long the content is; raises DerError."""
    if at + 2 > len(data):
        raise der.DerError(Message("too short"), at)
    length = data[at + 1]
    return data[at], at + 2 + (length - 0x80 if length > 0x80 else 0)


def _der_kind(head: bytes) -> str | None:
    """Classify a SEQUENCE by the tags at its beginning (the head may be cut anywhere behind them)."""
    try:
        _, first_at = _header(head, 0)
        tag, inner = _header(head, first_at)
        if tag == der.INTEGER:
            version = der.element(head, first_at)
            return "pkcs12" if der.integer(head, version) == 3 and head[version.end : version.end + 1] == b"0" else None
        if tag == der.OID:
            return "p7b" if der.oid(head, der.element(head, first_at)) == _PKCS7_SIGNED else None
        if tag != der.SEQUENCE:
            return None
        second, body = _header(head, inner)
        if second == der.SEQUENCE and head[body : body + 1] == b"\x06":
            return "bcfks" if der.oid(head, der.element(head, body)) == _PBES2 else None
        return "der" if second in (0xA0, der.INTEGER) else None
    except der.DerError:
        return None


def declared_cost(data: bytes, passwords: Sequence[str]) -> int:
    """The iterations that opening the store may take from a `DerivationBudget`, by its own declaration; 0 for most
    kinds."""
    if looks_like_store(data) != "pkcs12":
        return 0
    from sestriage.formats.certs.pkcs12 import (
        declared_cost as cost,
    )  # with its ciphers; most stores are of another kind

    return cost(data, passwords)


def read_store(
    data: bytes,
    source: SourceRef,
    passwords: Sequence[str] = DEFAULT_PASSWORDS,
    budget: DerivationBudget | None = None,
) -> TrustStore:
    """The trust store in `data`. Bad content never raises: what cannot be read is told in `problem`, the rest is there.

    The passwords are tried in their order, until the budget of all stores is spent (None: there is no other store).
    """
    kind = looks_like_store(data) or ("pem" if pem.holds_certificates(data) else None)
    if len(data) > MAX_STORE_BYTES:
        return _failed(
            source, kind, "unsupported", Message("{count} bytes are more than is read of one store", count=len(data))
        )
    reader = _READERS.get(kind or "")
    if reader is None:
        return _refused(data, source, kind)
    try:
        return _finished(reader(data, source, passwords, budget))
    except ParseError as error:
        return _failed(source, kind, "damaged", said_by(error))


_LISTED = Message(
    "{what} is not read itself. List it where BouncyCastle is at hand, and hand in the listing: keytool -list -v"
    " -storetype {kind} -providerclass org.bouncycastle.{provider} -providerpath {jar} -keystore FILE"
)
_HOW_TO_LIST = {
    "bcfks": Message(
        _LISTED,
        what=Message("a BCFKS key store (BouncyCastle FIPS)"),
        kind="BCFKS",
        provider="jcajce.provider.BouncyCastleFipsProvider",
        jar="bc-fips.jar",
    ),
    "bks": Message(
        _LISTED,
        what=Message("a BKS key store (BouncyCastle)"),
        kind="BKS",
        provider="jce.provider.BouncyCastleProvider",
        jar="bcprov.jar",
    ),
}
"""Ground: BouncyCastle's FIPS user guide and keytool's manual (-providerclass, -providerpath)."""


def _refused(data: bytes, source: SourceRef, kind: str | None) -> TrustStore:
    if kind in _HOW_TO_LIST:
        return _failed(source, kind, "unsupported", _HOW_TO_LIST[kind])
    sentence = Message("is no key store and holds no certificate") if data else Message("is an empty file")
    return _failed(source, None, "damaged", sentence)


def _failed(source: SourceRef, kind: str | None, problem_kind: str, sentence: str) -> TrustStore:
    return TrustStore(source, kind or "unknown", problem=sentence, problem_kind=problem_kind, readable=False)


def _finished(store: TrustStore) -> TrustStore:
    """The store with the problem that its content gives, unless it has one already."""
    if store.problem_kind is not None:
        return store
    if not store.entries:
        return replace(store, problem=EMPTY, problem_kind="empty")
    if not store.anchor_count:
        return replace(store, problem=NO_TRUSTED_ENTRY, problem_kind="no-trusted-entry")
    return store


def _entry(encoded: bytes, source: SourceRef, alias: str | None, trusted: bool, line: int | None = None) -> StoreEntry:
    certificate = parse_certificate(encoded, source if line is None else source.at_line(line))
    shown = None if alias is None else cut(escape(alias), MAX_ALIAS)
    return StoreEntry(certificate, shown, trusted)


def _read_jks(data: bytes, source: SourceRef, passwords: Sequence[str], budget: DerivationBudget | None) -> TrustStore:
    del budget
    found = read_jks(data, passwords)
    entries = tuple(_entry(each.certificate, source, each.alias, each.visible) for each in found.entries)
    return TrustStore(
        source,
        found.format,
        entries,
        problem=found.problem,
        problem_kind=found.problem_kind,
        readable=found.problem is None or bool(entries),
        integrity=found.integrity,
    )


def _read_pkcs12(
    data: bytes, source: SourceRef, passwords: Sequence[str], budget: DerivationBudget | None
) -> TrustStore:
    from sestriage.formats.certs.pkcs12 import read_pkcs12  # with its ciphers; most stores are of another kind

    found = read_pkcs12(data, passwords, budget)
    entries = tuple(_entry(each.certificate, source, each.alias, each.visible) for each in found.entries[:MAX_ENTRIES])
    return TrustStore(
        source,
        "pkcs12",
        entries,
        problem=found.problem,
        problem_kind=found.problem_kind,
        readable=bool(entries) or (found.opened and found.problem is None),
        integrity=found.integrity,
    )


def _read_pem(data: bytes, source: SourceRef, passwords: Sequence[str], budget: DerivationBudget | None) -> TrustStore:
    del passwords, budget
    entries: list[StoreEntry] = []
    problems: list[str] = []
    for block in pem.blocks(data):
        if block.problem is not None:
            problems.append(block.problem)
        if block.content is None or len(entries) >= MAX_ENTRIES:
            continue
        try:
            pieces = _pieces(block)
        except ParseError as error:
            problems.append(
                Message("the block at line {line} is damaged: {error}", line=block.line, error=said_by(error))
            )
            continue
        entries.extend(_entry(piece, source, None, trusted=True, line=block.line) for piece in pieces)
    return _with_problems(TrustStore(source, "pem", tuple(entries)), problems)


def _pieces(block: pem.PemBlock) -> list[bytes]:
    """The certificates of one block; raises ParseError."""
    content = block.content or b""
    if block.label in pem.PKCS7_LABELS:
        return certificates_of_pkcs7(content)
    if block.label == "TRUSTED CERTIFICATE":  # openssl's own: the certificate, then its trust settings
        return [content[: der.element(content).end]]
    return [content]


def _with_problems(store: TrustStore, problems: Sequence[str]) -> TrustStore:
    """The store with a sentence on the pieces that could not be read."""
    unreadable = [entry for entry in store.entries if not entry.certificate.subject_name_id]
    if unreadable:
        first = unreadable[0].certificate.problem
        said = Message("{count} certificates are unreadable: {problem}", count=len(unreadable), problem=first)
        problems = [*problems, said]
    if not problems:
        return store
    usable = len(store.entries) > len(unreadable)
    return replace(
        store,
        problem=_and_more(shown_problem(problems[0]), len(problems)),
        problem_kind="partial" if usable else "damaged",
        readable=usable,
    )


def _and_more(problem: str, count: int) -> str:
    return problem if count == 1 else Message("{problem} (and {count} more)", problem=problem, count=count - 1)


def _read_der(data: bytes, source: SourceRef, passwords: Sequence[str], budget: DerivationBudget | None) -> TrustStore:
    """One certificate, or several behind each other."""
    del passwords, budget
    entries: list[StoreEntry] = []
    problems: list[str] = []
    at = 0
    while at < len(data) and len(entries) < MAX_ENTRIES:
        try:
            end = der.expect(data, at, len(data), der.SEQUENCE).end
        except der.DerError as error:
            if data[at:].strip():
                problems.append(said_by(error))
            break
        entries.append(_entry(data[at:end], source, None, trusted=True))
        at = end
    return _with_problems(TrustStore(source, "der", tuple(entries)), problems)


def _read_p7b(data: bytes, source: SourceRef, passwords: Sequence[str], budget: DerivationBudget | None) -> TrustStore:
    del passwords, budget
    entries = tuple(_entry(piece, source, None, trusted=True) for piece in certificates_of_pkcs7(data))
    return _with_problems(TrustStore(source, "p7b", entries), [])


def certificates_of_pkcs7(data: bytes) -> list[bytes]:
    """The certificates of a PKCS#7 or CMS SignedData (RFC 5652 section 5.1); raises ParseError."""
    outer = der.children(data, der.expect(data, 0, len(data), der.SEQUENCE))
    if len(outer) < 2 or outer[0].tag != der.OID or der.oid(data, outer[0]) != _PKCS7_SIGNED:
        raise der.DerError(Message("PKCS#7 content that is no SignedData"))
    signed = der.expect(data, outer[1].body, outer[1].stop, der.SEQUENCE)
    for part in der.walk(data, signed.body, signed.stop):
        if part.tag == 0xA0:
            found = der.children(data, part)[:MAX_ENTRIES]
            return [data[each.at : each.end] for each in found if each.tag == der.SEQUENCE]
    return []


_READERS = {
    "jks": _read_jks,
    "jceks": _read_jks,
    "pkcs12": _read_pkcs12,
    "pem": _read_pem,
    "der": _read_der,
    "p7b": _read_p7b,
}


def merge_pem_folder(stores: Sequence[TrustStore], source: SourceRef) -> TrustStore:
    """One store from the certificate files of a folder, in their order; a certificate in two files counts once.

    An entry's alias is the name of its file.
    """
    entries: dict[str, StoreEntry] = {}
    for store in stores:
        name = store.source.name.rsplit("/", 1)[-1]
        for entry in store.entries:
            entries.setdefault(entry.certificate.sha256, replace(entry, alias=entry.alias or name))
    broken = [store for store in stores if store.problem_kind not in (None, "empty")]
    merged = _finished(TrustStore(source, "pem-folder", tuple(entries.values())))
    if not broken:
        return merged
    sentence = together(broken[0].source.name, broken[0].problem or "", between=": ")
    return replace(merged, problem=_and_more(sentence, len(broken)), problem_kind="partial", readable=bool(entries))
