"""Listings of `keytool -list` and `keytool -list -v`: what a trust store holds, without the certificates themselves.

Forms: keytool of JDK 17 and 21 (run against real stores), in English, German and Japanese. A listing made with `-rfc`
holds PEM blocks and is read as such elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sestriage.formats.certs.x509_names import cut, escape, name_id_of
from sestriage.model.known.published import BY_FINGERPRINT, PublishedRoot
from sestriage.model.source import SourceRef
from sestriage.model.trust import LISTING, Certificate, StoreEntry, TrustStore

MAX_ENTRIES = 10_000
MAX_LINES = 2_000_000
MAX_TEXT = 1000

PARTIAL = (
    "a keytool listing names certificates without holding them: they are compared by SHA-256 fingerprint and by the "
    "published keys of public roots only"
)
NOTHING = "a keytool listing without any SHA-256 fingerprint: nothing can be compared"

_MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}
_DATE = re.compile(r"\w{3} (\w{3}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (UTC|GMT) (\d{4})")


@dataclass(slots=True)
class _Item:
    """One certificate of the listing while it is read."""

    line: int
    alias: str | None
    trusted: bool
    values: dict[str, str] = field(default_factory=dict)
    sha256: str = ""
    ski: list[str] = field(default_factory=list)
    aki: list[str] = field(default_factory=list)
    is_ca: bool | None = None


@dataclass(slots=True)
class _State:
    alias: str | None = None
    key_entry: bool = False
    number: int = 1
    item: _Item | None = None
    extension: str = ""
    items: list[_Item] = field(default_factory=list)


def read_listing(data: bytes, source: SourceRef) -> TrustStore:
    """The store as the listing tells of it. Never raises; `readable` is False when it holds no SHA-256 fingerprint.

    Its certificates have neither DER nor, unless they are published roots, a key.
    """
    state = _State()
    for number, raw in enumerate(data.split(b"\n", MAX_LINES), start=1):
        if number > MAX_LINES or len(state.items) > MAX_ENTRIES:
            break
        _line(state, number, raw[:MAX_TEXT].decode("utf-8", "replace").rstrip("\r"))
    entries = tuple(_entry(item, source) for item in state.items[:MAX_ENTRIES] if item.sha256)
    if not entries:
        return TrustStore(source, LISTING, problem=NOTHING, problem_kind="unsupported", readable=False)
    return TrustStore(source, LISTING, entries, problem=PARTIAL, problem_kind="partial")


def _line(state: _State, number: int, text: str) -> None:
    for pattern, enter in _READERS:
        if match := pattern.match(text):
            enter(state, number, match)
            return


def _alias(state: _State, number: int, match: re.Match[str]) -> None:
    state.alias, state.key_entry, state.number, state.item = match[1].strip(), False, 1, None


def _type(state: _State, number: int, match: re.Match[str]) -> None:
    state.key_entry = match[1] == "PrivateKeyEntry"


def _position(state: _State, number: int, match: re.Match[str]) -> None:
    state.number, state.item = int(match[1]), None


def _short(state: _State, number: int, match: re.Match[str]) -> None:
    state.alias, state.key_entry, state.number = match[1].strip(), match[2] == "PrivateKeyEntry", 1
    _begin(state, number)


def _begin(state: _State, number: int) -> _Item:
    item = _Item(number, state.alias, trusted=not state.key_entry or state.number == 1)
    state.item, state.extension = item, ""
    state.items.append(item)
    return item


def _owner(state: _State, number: int, match: re.Match[str]) -> None:
    _begin(state, number).values["owner"] = match[1].strip()


def _value(name: str) -> Callable[[_State, int, re.Match[str]], None]:
    def enter(state: _State, number: int, match: re.Match[str]) -> None:
        if state.item is not None:
            state.item.values.setdefault(name, match[1].strip())
            if match.lastindex == 2:
                state.item.values.setdefault(f"{name}-2", match[2].strip())

    return enter


def _fingerprint(state: _State, number: int, match: re.Match[str]) -> None:
    item = state.item or _begin(state, number)
    item.sha256 = item.sha256 or match[1].replace(":", "").lower()


def _extension(state: _State, number: int, match: re.Match[str]) -> None:
    state.extension = match[1]


def _bytes(state: _State, number: int, match: re.Match[str]) -> None:
    if state.item is None:
        return
    target = {"SubjectKeyIdentifier": state.item.ski, "AuthorityKeyIdentifier": state.item.aki}.get(state.extension)
    if target is not None and len(target) < 16:
        target.append(re.sub(r"[^0-9A-Fa-f]", "", match[1]).lower())


def _ca(state: _State, number: int, match: re.Match[str]) -> None:
    if state.item is not None and state.extension == "BasicConstraints":
        state.item.is_ca = match[1] == "true"


_READERS = tuple(
    (re.compile(pattern), enter)
    for pattern, enter in (
        (r"(?:Alias name|Aliasname|別名): (.*)", _alias),
        (r"(?:Entry type|Eintragstyp|エントリ・タイプ): (\w+)", _type),
        (r"(?:Certificate|Zertifikat|証明書)\[(\d{1,4})\]:", _position),
        (r"(.{1,200}?), ?[^,]{3,20}(?:, \d{4})?, (trustedCertEntry|PrivateKeyEntry), ?$", _short),
        (r"(?:Owner|Eigentümer|所有者): (.*)", _owner),
        (r"(?:Issuer|Aussteller|発行者): (.*)", _value("issuer")),
        (r"(?:Serial number|Seriennummer|シリアル番号): (-?[0-9a-fA-F]{1,80})", _value("serial")),
        (r"(?:Valid from|Gültig von|有効期間の開始日): (.*?)(?: until| bis|終了日): (.*)", _value("valid")),
        (r"\s*SHA-?256: ((?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})\s*$", _fingerprint),
        (r".*\(SHA-256\): ((?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})\s*$", _fingerprint),
        (r"(?:Signature algorithm name|Signaturalgorithmusname|署名アルゴリズム名): (\S{1,60})", _value("signature")),
        (
            r"(?:Subject Public Key Algorithm|.*Public[- ]Key-Algorithmus[^:]{0,20}|サブジェクト公開キー・アルゴリズム)"
            r": (\d{2,6})[- ]?(?:bit|Bit|ビット)[- ]?([A-Za-z0-9_]{1,12})",
            _value("key"),
        ),
        (
            r"(SubjectKeyIdentifier|AuthorityKeyIdentifier|BasicConstraints|KeyUsage|ExtendedKeyUsages) ?:? ?\[",
            _extension,
        ),
        (r"[0-9a-fA-F]{4}: ((?:[0-9A-Fa-f]{2} +){1,16})", _bytes),
        (r"\s*CA:(true|false)", _ca),
    )
)
"""Line forms, the first that fits counts, and what they tell."""


def _entry(item: _Item, source: SourceRef) -> StoreEntry:
    return StoreEntry(
        _certificate(item, source, BY_FINGERPRINT.get(item.sha256)), alias=_clean(item.alias), trusted=item.trusted
    )


def _certificate(item: _Item, source: SourceRef, published: PublishedRoot | None) -> Certificate:
    owner, issuer = (parse_dn(item.values.get(name, "")) for name in ("owner", "issuer"))
    bits = item.values.get("key", "")
    return Certificate(
        sha256=item.sha256,
        der=b"",
        subject=_rfc4514(owner),
        issuer=_rfc4514(issuer),
        subject_name_id=name_id_of(owner[::-1]),
        issuer_name_id=name_id_of(issuer[::-1]),
        common_name=_part(owner, "CN"),
        issuer_common_name=_part(issuer, "CN"),
        organization=_part(owner, "O"),
        issuer_organization=_part(issuer, "O"),
        serial=item.values.get("serial", "").lower(),
        not_before=_moment(item.values.get("valid", "")),
        not_after=_moment(item.values.get("valid-2", "")),
        spki_sha256=published.spki_sha256 if published else "",
        subject_key_id="".join(item.ski) or None,
        authority_key_id="".join(item.aki) or None,
        key_type=item.values.get("key-2"),
        key_bits=int(bits) if bits else None,
        signature_algorithm=item.values.get("signature"),
        is_ca=item.is_ca,
        published_as=published.name if published else None,
        source=source.at_line(item.line),
    )


def _clean(text: str | None) -> str | None:
    return None if text is None else cut(escape(text), 200)


def _moment(text: str) -> datetime | None:
    """Java's `Date.toString()`, in UTC only: names of other zones are ambiguous."""
    match = _DATE.match(text)
    if match is None or match[1] not in _MONTHS:
        return None
    try:
        day, hour, minute, second, year = (int(match[n]) for n in (2, 3, 4, 5, 7))
        return datetime(year, _MONTHS[match[1]], day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


# --- names -------------------------------------------------------------------------------------------------------

_ATTRIBUTE = re.compile(
    r'\s*([A-Za-z][A-Za-z0-9.-]*|\d+(?:\.\d+)+)\s*=\s*("(?:[^"\\]|\\.)*"|(?:[^,+"\\]|\\.)*)\s*([,+]|$)'
)


def parse_dn(text: str) -> list[list[tuple[str, str]]]:
    """The relative names of a name as Java prints it (RFC 1779), in the order of the text; empty when it is none."""
    names: list[list[tuple[str, str]]] = []
    at, joined = 0, False
    while at < len(text):
        match = _ATTRIBUTE.match(text, at)
        if match is None:
            return []
        value = match[2].strip()
        if value.startswith('"'):
            value = value[1:-1]
        pair = match[1].upper(), re.sub(r"\\(.)", r"\1", value)
        if joined:
            names[-1].append(pair)
        else:
            names.append([pair])
        joined, at = match[3] == "+", match.end()
    return names


def _rfc4514(rdns: list[list[tuple[str, str]]]) -> str:
    special = str.maketrans({char: "\\" + char for char in ',+"\\<>;'})
    text = ",".join("+".join(f"{key}={value.translate(special)}" for key, value in rdn) for rdn in rdns)
    return cut(escape(text), 512)


def _part(rdns: list[list[tuple[str, str]]], keyword: str) -> str | None:
    return next((_clean(value) for rdn in rdns for key, value in rdn if key == keyword), None)
