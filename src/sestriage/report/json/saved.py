"""Read a report that was saved as JSON, of any version of sestriage, as far as it can be compared.

The file is input like any other: only what has the expected form is taken, and nothing in it is believed to be ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from sestriage.errors import ParseError
from sestriage.model.compared.snapshot import (
    Names,
    PrintedStep,
    SeenAttempt,
    SeenCertificate,
    SeenCiphers,
    SeenStore,
    Snapshot,
)
from sestriage.model.message import Message

MAX_BYTES = 256 << 20
"""Of a saved report. A thousand attempts with their captures take some ten MiB."""
PSEUDONYM = re.compile(r"<(?:address|ip|host|hostname|account|name)-\d{1,9}>")
_OUTCOMES = ("failed", "accepted", "undetermined")

Document = Mapping[str, object]


def read_saved(data: bytes, name: str) -> list[Snapshot]:
    """The cases of a saved report, in its order. `name` is what the user named.

    Raises:
        ParseError: it is no report of `sestriage triage --format json`.
    """
    if len(data) > MAX_BYTES:
        raise ParseError(Message("larger than {size} MiB", size=MAX_BYTES >> 20))
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        where = Message("no JSON (line {line})", line=line) if line else Message("no JSON")
        raise ParseError(where) from None
    return snapshots_of(document, name)


def snapshots_of(document: object, name: str) -> list[Snapshot]:
    """The same from a document that is loaded already. Raises `ParseError`."""
    verdict = _map(_map(document).get("verdict"))
    if verdict.get("outcome") not in _OUTCOMES:
        raise ParseError(Message("no report of `sestriage triage --format json`"))
    cases = [_map(document), *(_map(other) for other in _list(_map(document).get("other_cases")))]
    cases = [case for case in cases if _map(case.get("verdict")).get("outcome") in _OUTCOMES]
    return [_snapshot(case, name, several=len(cases) > 1) for case in cases]


def _snapshot(document: Document, name: str, *, several: bool) -> Snapshot:
    verdict, trust = _map(document.get("verdict")), _map(document.get("trust"))
    primary, case = _map(verdict.get("primary")), _text(document.get("case"))
    pseudonyms = _map(document.get("pseudonyms"))
    fingerprints = {label: value for label, value in _map(pseudonyms.get("fingerprints")).items() if _text(value)}
    version = document.get("schema_version")
    return Snapshot(
        name=f"{name}: {case}" if several and case else name,
        case=case,
        schema_version=version if type(version) is int else None,
        version=_text(document.get("version")),
        analysed=_time(document.get("analysed")),
        outcome=str(verdict["outcome"]),
        confidence=_text(verdict.get("confidence")),
        rule=_text(primary.get("rule")),
        title=_text(primary.get("title")),
        from_settings=_from_settings(primary),
        further=tuple(_further(verdict)),
        attempts=tuple(_attempts(document)),
        served=tuple(_served(document, trust)),
        stores=tuple(_stores(trust)),
        ciphers=tuple(_ciphers(document)),
        settings=_settings(document),
        steps=tuple(_steps(document)),
        importable=frozenset(_importable(trust)),
        clients=frozenset(_clients(document)),
        problems=tuple(_problems(document)),
        names=_names(document, fingerprints),
        key_id=_text(pseudonyms.get("key_id")),
        fingerprints=cast("dict[str, str]", fingerprints),
    )


def _names(document: Document, fingerprints: Mapping[str, object]) -> Names:
    if fingerprints:
        return "keyed"
    return "pseudonyms" if PSEUDONYM.search(json.dumps(document, ensure_ascii=False)) else "plain"


# --- parts -------------------------------------------------------------------------------------------------------


def _from_settings(primary: Document) -> bool:
    kinds = [_text(_map(item).get("kind")) or "" for item in _list(primary.get("evidence"))]
    return bool(kinds) and all(kind.startswith("config.") for kind in kinds)


def _further(verdict: Document) -> Iterator[tuple[str, str]]:
    for item in map(_map, _list(verdict.get("contributing"))):
        rule = _text(item.get("rule"))
        if rule:
            yield rule, _text(item.get("title")) or rule


def _attempts(document: Document) -> Iterator[SeenAttempt]:
    for item in map(_map, _list(document.get("attempts"))):
        outcome = item.get("outcome")
        if outcome in _OUTCOMES:
            started = _time(item.get("started")) or _time(item.get("ended"))
            yield SeenAttempt(
                started, str(outcome), _text(item.get("rule")), _text(item.get("host")), _number(item.get("port"))
            )


def _certificate(item: Document) -> SeenCertificate | None:
    digest = _text(item.get("sha256"))
    trusted = item.get("trusted")
    return digest and SeenCertificate(  # type: ignore[return-value]
        digest,
        _text(item.get("subject")) or "",
        _text(item.get("not_after")),
        _text(item.get("alias")),
        trusted if isinstance(trusted, bool) else None,
    )


def _certificates(items: object) -> tuple[SeenCertificate, ...]:
    found = (_certificate(_map(item)) for item in _list(items))
    return tuple(certificate for certificate in found if certificate)


def _streams(document: Document) -> Iterator[Document]:
    for capture in map(_map, _list(document.get("captures"))):
        yield from map(_map, _list(capture.get("streams")))


def _served(document: Document, trust: Document) -> tuple[SeenCertificate, ...]:
    """The chain of the newest conversation that shows one, else what was compared with the store."""
    shown = [
        (_text(stream.get("started")) or "", _certificates(_map(stream.get("tls")).get("certificates")))
        for stream in _streams(document)
    ]
    chains = [found for found in shown if found[1]]
    if chains:
        return max(chains, key=lambda found: found[0])[1]
    compared = _certificates(trust.get("comparison"))
    return tuple({each.sha256: each for each in compared}.values())


def _stores(trust: Document) -> Iterator[SeenStore]:
    for item in map(_map, _list(trust.get("stores"))):
        readable = item.get("readable")
        entries = _certificates(item.get("entries"))
        yield SeenStore(_file(item), readable if isinstance(readable, bool) else bool(entries), entries)


def _ciphers(document: Document) -> Iterator[SeenCiphers]:
    for item in map(_map, _list(_map(document.get("config")).get("tls_ciphers"))):
        tokens = tuple(token for token in _list(item.get("tokens")) if isinstance(token, str))
        yield SeenCiphers(_file(item), tokens, item.get("dhe_allowed") is True)


def _settings(document: Document) -> tuple[tuple[str, str], ...] | None:
    forms = _list(_map(document.get("config")).get("smtp"))
    if not forms:
        return None
    form = _map(forms[-1])
    return tuple((key, _shown(value)) for key, value in form.items() if key not in ("path", "member", "line"))


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "-" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _steps(document: Document) -> Iterator[PrintedStep]:
    for item in map(_map, _list(document.get("fixes"))):
        rule, text = _text(item.get("rule")), _text(item.get("text"))
        if text:
            yield PrintedStep(rule or "", text, _text(item.get("command")))


def _importable(trust: Document) -> Iterator[str]:
    gap = _map(_map(trust.get("path")).get("gap"))
    digests = [gap.get("published_sha256"), *(_map(item).get("sha256") for item in _list(gap.get("importable")))]
    yield from (digest for digest in digests if isinstance(digest, str) and digest)


def _clients(document: Document) -> Iterator[str]:
    for stream in _streams(document):
        client = (_text(stream.get("client")) or "").rpartition(":")[0]
        if client and client != "unknown":
            yield client


def _problems(document: Document) -> Iterator[tuple[str, str]]:
    for item in map(_map, _list(document.get("inputs"))):
        problem = _text(item.get("problem"))
        if problem:
            yield _file(item), problem


def _file(item: Document) -> str:
    path, member = _text(item.get("path")) or "-", _text(item.get("member"))
    return f"{path}!/{member}" if member else path


# --- values ------------------------------------------------------------------------------------------------------


def _map(value: object) -> Document:
    return cast(Document, value) if isinstance(value, dict) else {}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: object) -> int | None:
    return value if type(value) is int else None


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
