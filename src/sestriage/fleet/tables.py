"""The tables of a fleet, declared once: rows, columns, their types and what they mean.

`docs/fleet-tables.md` is written from these classes. A column that changes its meaning, or goes, raises
`SCHEMA_VERSION`; a new column does not.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

SCHEMA_VERSION = 1
"""Of the tables together; a folder of another version is refused."""

State = Literal["read", "time", "memory", "killed", "failed"]
"""What became of a bundle: it was read; it took more than its time or memory; it killed its worker; it met a fault of
sestriage itself. All but `read` have no row in any other table."""
Role = Literal["primary", "contributing", "attempt"]
"""A finding is the cause of the verdict, holds beside it, or is the cause of an older attempt."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One row for each case of a bundle: most bundles hold the evidence of one Manager, and so one case."""

    name: Annotated[str, "The name under which the bundle was first met, as it was given."]
    size: Annotated[int | None, "Bytes of the bundle; null for a folder or a URL that does not say."]
    modified: Annotated[datetime | None, "When the bundle was last written (UTC); null where it is not known."]
    state: Annotated[State, "What became of it."]
    detail: Annotated[str | None, "Why it was not read; null when it was."]
    outcome: Annotated[str | None, "`failed`, `accepted`, `undetermined`; null unless it was read."]
    confidence: Annotated[str | None, "How sure the cause is: `confirmed`, `likely`, `suspected`."]
    rule: Annotated[str | None, "The rule that names the cause; null where none does."]
    title: Annotated[str | None, "The cause in words."]
    phase: Annotated[str | None, "The step at which the newest attempt failed."]
    nothing: Annotated[str | None, "Why there was nothing to judge: `empty`, `unknown-files`."]
    host: Annotated[str | None, "The mail server of the newest attempt."]
    port: Annotated[int | None, "Its port."]
    region: Annotated[str | None, "The AWS region that the server's name or the log shows."]
    release: Annotated[str | None, "Release of the Manager, as the name of the bundle tells it (`--release-pattern`)."]
    attempt_at: Annotated[datetime | None, "When the newest attempt began (UTC where its zone is known)."]
    attempts: Annotated[int, "Attempts in the evidence."]
    stores: Annotated[int, "Trust stores in the evidence."]
    forecast: Annotated[str | None, "Over all stores: `safe`, `breaks`, `unknown`; null without a store."]
    breaks_by: Annotated[datetime | None, "The first day by which the store does not take the server's chain (UTC)."]
    breaks_event: Annotated[
        str | None,
        "That change, as `sestriage forecast` names it; `today`: none, the store does not take the chain as it is.",
    ]
    run_at: Annotated[datetime, "The beginning of the run that read it (UTC)."]
    seconds: Annotated[float, "Processor time that it took."]


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to send a mail."""

    number: Annotated[int, "From 1, the oldest first."]
    started: Annotated[datetime | None, "When it began."]
    zone_known: Annotated[bool, "The time is UTC; else it is the log's own time."]
    host: Annotated[str | None, "The mail server."]
    port: Annotated[int | None, "Its port."]
    outcome: Annotated[str, "`failed`, `accepted`, `undetermined`."]
    confidence: Annotated[str | None, "How sure that is."]
    phase: Annotated[str | None, "The step at which it failed."]
    rule: Annotated[str | None, "The rule that names the cause."]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds."""

    role: Annotated[Role, "What it is to the verdict."]
    rule: Annotated[str, "Its id."]
    title: Annotated[str, "What it says."]
    phase: Annotated[str | None, "The step that it is about."]
    severity: Annotated[str, "`critical`, `error`, `warning`."]
    confidence: Annotated[str, "`confirmed`, `likely`, `suspected`."]
    place: Annotated[str | None, "The first place of its evidence."]
    quote: Annotated[str | None, "What stands there."]


@dataclass(frozen=True, slots=True)
class Store:
    """A trust store, and what is to come of it."""

    store: Annotated[str, "Its file in the bundle."]
    format: Annotated[str, "`jks`, `pkcs12`, `pem`, …"]
    readable: Annotated[bool, "Its content is known."]
    problem: Annotated[str | None, "What could not be read."]
    anchors: Annotated[int, "Trust anchors in it."]
    verdict: Annotated[str, "Of the forecast: `safe`, `breaks`, `unknown`."]
    ground: Annotated[str, "Whence the chain of the forecast is: `served`, `published`, `stored`."]
    breaks_by: Annotated[datetime | None, "The latest moment of the first change that ends the mail; null: no day."]
    event: Annotated[str | None, "The known change; `today`: none, the store does not take the chain as it is."]
    certainty: Annotated[str | None, "`certain` or `announced`."]
    subject: Annotated[str | None, "The certificate that ends or is left out."]
    until: Annotated[datetime | None, "When the last key ends on which the trust rests."]
    lacks: Annotated[str | None, "What is missing where nothing can be said."]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A certificate of a trust store."""

    store: Annotated[str, "The store's file in the bundle."]
    alias: Annotated[str | None, "Its name in the store."]
    trusted: Annotated[bool, "Java takes it as a trust anchor."]
    rests_on: Annotated[bool, "The trust in the server rests on this key: it alone completes a path."]
    subject: Annotated[str, "Its subject (RFC 4514)."]
    issuer: Annotated[str, "Its issuer."]
    sha256: Annotated[str, "Fingerprint of the certificate; empty where a listing has none."]
    spki_sha256: Annotated[str, "SHA-256 of the public key (SubjectPublicKeyInfo)."]
    subject_key_id: Annotated[str | None, "Subject key identifier."]
    authority_key_id: Annotated[str | None, "Authority key identifier."]
    published_as: Annotated[str | None, "The published root whose key this is."]
    not_before: Annotated[datetime | None, "Valid from (UTC)."]
    not_after: Annotated[datetime | None, "Valid until (UTC)."]
    key_type: Annotated[str | None, "`RSA`, `EC`, …"]
    key_bits: Annotated[int | None, "Its size."]


@dataclass(frozen=True, slots=True)
class Link:
    """A certificate that the mail server sent."""

    position: Annotated[int, "From 0, the server's own certificate."]
    host: Annotated[str | None, "The server."]
    subject: Annotated[str, "Its subject (RFC 4514)."]
    issuer: Annotated[str, "Its issuer."]
    sha256: Annotated[str, "Fingerprint of the certificate."]
    spki_sha256: Annotated[str, "SHA-256 of the public key (SubjectPublicKeyInfo)."]
    subject_key_id: Annotated[str | None, "Subject key identifier."]
    authority_key_id: Annotated[str | None, "Authority key identifier."]
    published_as: Annotated[str | None, "The published root whose key this is."]
    not_before: Annotated[datetime | None, "Valid from (UTC)."]
    not_after: Annotated[datetime | None, "Valid until (UTC)."]


@dataclass(frozen=True, slots=True)
class Lack:
    """Evidence that is missing."""

    evidence: Annotated[str, "What is missing."]
    why: Annotated[str, "Why it would help."]


@dataclass(frozen=True, slots=True)
class Unknown:
    """An exception of a failed attempt that no rule knows."""

    signature: Annotated[str, "Digest of classes, message and frame: equal errors have equal ones."]
    classes: Annotated[str, "The chain of classes, the outermost first, joined by ` > `."]
    message: Annotated[str, "The innermost message without numbers, names and quoted values."]
    frame: Annotated[str | None, "The first frame of the mail library or a mail class."]
    logged_at: Annotated[datetime | None, "When it was logged."]
    place: Annotated[str, "Where it stands in the bundle."]
    quote: Annotated[str, "The line that decides."]


@dataclass(frozen=True, slots=True)
class Input:
    """A file of the bundle that was used, or of which something could not be."""

    file: Annotated[str, "Its place in the bundle."]
    kind: Annotated[str, "`log`, `capture`, `trust-store`, …"]
    used: Annotated[bool, "It gave facts."]
    problem: Annotated[str | None, "What could not be used."]
    size: Annotated[int | None, "Its bytes."]


@dataclass(frozen=True, slots=True)
class Name:
    """A name under which a bundle was met."""

    name: Annotated[str, "Path, URL, or place in another bundle."]
    size: Annotated[int | None, "Bytes when it was met."]
    stamp: Annotated[int, "When it was last written, in nanoseconds since 1970; 0: not known."]
    seen: Annotated[datetime, "The beginning of the run that met it (UTC)."]


Row = Bundle | Attempt | Finding | Store | Anchor | Link | Lack | Unknown | Input | Name

TABLES: Mapping[str, type[Row]] = {
    "bundles": Bundle,
    "attempts": Attempt,
    "findings": Finding,
    "stores": Store,
    "anchors": Anchor,
    "chain": Link,
    "needs": Lack,
    "unknown": Unknown,
    "inputs": Input,
    "names": Name,
}
"""Table to the class of its rows."""

KEY: Mapping[str, tuple[str, str]] = {
    "bundle": ("VARCHAR", "SHA-256 of the bundle's bytes; of a folder, of the names and digests of its files."),
    "version": ("VARCHAR", "Version of sestriage that read it."),
    "rules": ("VARCHAR", "Digest of the rules that were used."),
    "manager": ("VARCHAR", "The Manager's folder or archive in the bundle; empty where the bundle holds one case."),
}
"""The columns that stand before those of every table: type and meaning. They name the row's bundle and case."""

_SQL = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", datetime: "TIMESTAMP"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: name, type of DuckDB, whether it may be null, and what it means."""

    name: str
    type: str
    optional: bool
    meaning: str


@cache
def columns(table: str) -> tuple[Column, ...]:
    """All columns of a table, those of the key first. Raises KeyError for a name that is no table."""
    own = TABLES[table]
    return (*(Column(name, kind, False, text) for name, (kind, text) in KEY.items()), *_own_columns(own))


def _own_columns(owner: type[Row]) -> Iterator[Column]:
    hints = get_type_hints(owner, include_extras=True)
    for field in fields(owner):
        kind, meaning = get_args(hints[field.name])
        choices = get_args(kind) if get_origin(kind) in (types.UnionType, typing.Union) else (kind,)
        plain = next(choice for choice in choices if choice is not type(None))
        sql = _SQL[str if get_origin(plain) is Literal else plain]
        yield Column(field.name, sql, type(None) in choices, meaning)
