"""Java's own key stores, JKS and JCEKS (layout: `sun.security.provider.JavaKeyStore`, `com.sun.crypto.provider.
JceKeyStore` of OpenJDK).

Certificates in them are not encrypted, so that they are read with any password; the password only lets the digest at
the end be checked. Private keys are skipped, not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from sestriage.errors import ParseError
from sestriage.model.message import Message, said_by

JKS_MAGIC, JCEKS_MAGIC = b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"
MAX_ENTRIES = 100_000
MAX_CHAIN = 100
DIGEST_BYTES = 20
_SALT = b"Mighty Aphrodite"
_KEY, _TRUSTED, _SECRET = 1, 2, 3


@dataclass(frozen=True, slots=True)
class JksEntry:
    """A trusted certificate, or the first certificate of a key entry's chain (`is_key`)."""

    alias: str
    certificate: bytes
    is_key: bool

    @property
    def visible(self) -> bool:
        """True if Java finds the entry: it looks names up in lower case only, as it writes them (other writers may
        not)."""
        return self.alias == self.alias.lower()


@dataclass(slots=True)
class JksStore:
    """The entries that were read. `problem` is None if they are all; `integrity` as in `TrustStore`."""

    format: str
    entries: list[JksEntry] = field(default_factory=list)
    integrity: bool | None = None
    problem: str | None = None
    problem_kind: str | None = None
    """`damaged`, or `partial` for what is whole but not read."""


class SkippedError(ParseError):
    """An entry that is not read, behind which nothing can be read."""


class _Reader:
    """A cursor over the bytes in front of the digest."""

    def __init__(self, data: bytes, limit: int) -> None:
        self.data, self.at, self.limit = data, 4, limit

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > self.limit:
            raise ParseError(
                Message(
                    "{count} bytes are announced, {left} are there", count=count, left=max(self.limit - self.at, 0)
                ),
                self.at,
            )
        piece = self.data[self.at : self.at + count]
        self.at += count
        return piece

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size))

    def utf(self) -> str:
        """A string in Java's modified UTF-8."""
        raw = self.take(self.number(2))
        return raw.replace(b"\xc0\x80", b"\0").decode("utf-8", "backslashreplace")


def read_jks(data: bytes, passwords: Sequence[str]) -> JksStore:
    """The entries of a JKS or JCEKS store. Never raises: what cannot be read is told in `problem`."""
    store = JksStore("jceks" if data[:4] == JCEKS_MAGIC else "jks")
    reader = _Reader(data, max(len(data) - DIGEST_BYTES, 4))
    try:
        _read_entries(reader, store)
        if reader.at != reader.limit:
            store.problem_kind = "damaged"
            store.problem = Message(
                "{count} bytes too many before the digest (at byte {offset})",
                count=reader.limit - reader.at,
                offset=reader.at,
            )
    except ParseError as error:
        store.problem, store.problem_kind = said_by(error), "partial" if isinstance(error, SkippedError) else "damaged"
    if any(_digest(data, password) == data[-DIGEST_BYTES:] for password in passwords):
        store.integrity = True
    return store


def _digest(data: bytes, password: str) -> bytes:
    seed = password.encode("utf-16-be", "surrogatepass") + _SALT
    return hashlib.sha1(seed + data[:-DIGEST_BYTES], usedforsecurity=False).digest()


def _read_entries(reader: _Reader, store: JksStore) -> None:
    version = reader.number(4)
    if version not in (1, 2):
        raise ParseError(Message("version {version} of the format is unknown", version=version), 4)
    count = reader.number(4)
    if count > MAX_ENTRIES:
        raise ParseError(
            Message("{count} entries are announced, at most {most} are read", count=count, most=MAX_ENTRIES), 8
        )
    by_alias: dict[str, JksEntry] = {}
    try:
        for _ in range(count):
            entry = _read_entry(reader, version)
            if entry is not None:
                by_alias[entry.alias] = entry  # as Java: a second entry of the name replaces the first
    finally:
        store.entries = list(by_alias.values())


def _read_entry(reader: _Reader, version: int) -> JksEntry | None:
    start, tag = reader.at, reader.number(4)
    if tag not in (_KEY, _TRUSTED, _SECRET):
        raise ParseError(Message("an entry of unknown kind {kind}", kind=tag), start)
    alias = reader.utf()
    reader.take(8)  # creation date
    if tag == _TRUSTED:
        return JksEntry(alias, _read_certificate(reader, version), is_key=False)
    if tag == _SECRET:
        raise SkippedError(Message("a secret key (a serialised Java object) hides what follows it"), start)
    reader.take(reader.number(4))  # the protected private key
    length = reader.number(4)
    if length > MAX_CHAIN:
        raise ParseError(Message("a chain of {count} certificates", count=length), start)
    chain = [_read_certificate(reader, version) for _ in range(length)]
    return JksEntry(alias, chain[0], is_key=True) if chain else None


def _read_certificate(reader: _Reader, version: int) -> bytes:
    start = reader.at
    if version == 2 and (kind := reader.utf()) != "X.509":
        raise ParseError(Message("a certificate of type {kind}", kind=repr(kind[:20])), start)
    return reader.take(reader.number(4))
