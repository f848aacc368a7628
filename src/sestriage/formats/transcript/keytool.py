"""Listings of `keytool -list` and `keytool -list -v`: what a trust store holds, without the certificates themselves.

Forms: keytool of JDK 17 and 25 in each of its eleven languages (run against real stores), and of JDK 8 and 11 from
public reports. The labels differ by language and by release, what stands behind them does not: kinds of entries, names,
Java's dates, hex numbers and the extensions are the same everywhere. So a line is known by its value and its place, not
by its label. A listing made with `-rfc` holds PEM blocks and is read as such elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sestriage.formats.certs.x509_names import cut, escape, name_id_of
from sestriage.model.known.published import BY_FINGERPRINT, BY_SHA1, PublishedRoot
from sestriage.model.message import Message
from sestriage.model.source import SourceRef
from sestriage.model.trust import LISTING, Certificate, StoreEntry, TrustStore

MAX_ENTRIES = 10_000
MAX_LINES = 2_000_000
MAX_TEXT = 1000

PARTIAL = Message(
    "a keytool listing names certificates without holding them: they are compared by SHA-256 fingerprint and by the "
    "published keys of public roots only"
)
SHORT = Message(
    "a short keytool listing names certificates by fingerprint only: they are compared by it. Make it again with"
    " `keytool -list -v`, which adds names, dates and key identifiers"
)
NOTHING = Message(
    "a keytool listing without any SHA-256 or SHA-1 fingerprint: nothing can be compared. Make it again with"
    " `keytool -list -v`"
)

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
    sha1: str = ""
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
    labelled: list[str] = field(default_factory=list)
    """The values of the last two labelled lines: an entry's alias and date stand above its kind."""
    broken: str = ""
    """A fingerprint of which the console broke the line off."""


def read_listing(data: bytes, source: SourceRef) -> TrustStore:
    """The store as the listing tells of it. Never raises; `readable` is False when it holds no SHA-256 and no SHA-1
    fingerprint.

    Its certificates have neither DER nor, unless they are published roots, a key.
    """
    state = _State()
    for number, raw in enumerate(data.split(b"\n", MAX_LINES), start=1):
        if number > MAX_LINES or len(state.items) > MAX_ENTRIES:
            break
        _line(state, number, raw[:MAX_TEXT].decode("utf-8", "replace").rstrip("\r"))
    told = [item for item in state.items[:MAX_ENTRIES] if item.sha256 or item.sha1]
    if not told:
        return TrustStore(source, LISTING, problem=NOTHING, problem_kind="unsupported", readable=False)
    problem = PARTIAL if any(item.values for item in told) else SHORT
    return TrustStore(
        source, LISTING, tuple(_entry(item, source) for item in told), problem=problem, problem_kind="partial"
    )


def _line(state: _State, number: int, text: str) -> None:
    text = _rejoined(state, text)
    for pattern, enter in _READERS:
        if match := pattern.match(text):
            enter(state, number, match)
            break
    if match := _LABELLED.match(text):
        state.labelled = [*state.labelled[-1:], match[1].strip()]


_LABELLED = re.compile(r"[^\s:=#\[][^:=]{1,60}?[ \u00a0]?: (.*)")
_BROKEN = re.compile(r".{1,100}[( ]?SHA[- ]?(?:256|1)(?:\)[^:]{0,40})? ?: [0-9A-Fa-f:]{2,93}$")
_REST = re.compile(r"[0-9A-Fa-f]{0,2}(?::[0-9A-Fa-f]{0,2})+$")


def _rejoined(state: _State, text: str) -> str:
    """The line with what a console of 80 columns broke off a fingerprint."""
    if state.broken and len(text) < 100 and _REST.match(text):
        text = state.broken + text
    state.broken = text if len(text) in (80, 160) and _BROKEN.match(text) else ""
    return text


def _type(state: _State, number: int, match: re.Match[str]) -> None:
    state.alias = state.labelled[0] if state.labelled else None
    state.key_entry, state.number, state.item = match[1] == "PrivateKeyEntry", 1, None


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


def _name(state: _State, number: int, match: re.Match[str]) -> None:
    """The owner, which begins a certificate, and below it the issuer."""
    if state.item is None or "owner" not in state.item.values:
        _begin(state, number).values["owner"] = match[1].strip()
    else:
        state.item.values.setdefault("issuer", match[1].strip())


def _value(name: str) -> Callable[[_State, int, re.Match[str]], None]:
    def enter(state: _State, number: int, match: re.Match[str]) -> None:
        if state.item is not None:
            state.item.values.setdefault(name, match[1].strip())
            if match.lastindex == 2:
                state.item.values.setdefault(f"{name}-2", match[2].strip())

    return enter


def _key_first(state: _State, number: int, match: re.Match[str]) -> None:
    if state.item is not None:
        state.item.values.setdefault("key", match[2])
        state.item.values.setdefault("key-2", match[1])


def _fingerprint(state: _State, number: int, match: re.Match[str]) -> None:
    item = state.item or _begin(state, number)
    digest = match[1].replace(":", "").lower()
    if len(digest) == 64:
        item.sha256 = item.sha256 or digest
    elif len(digest) == 40:
        item.sha1 = item.sha1 or digest


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


_LABEL = r"[^\s:=#\[][^:=]{1,60}?[ \u00a0]?: "
_KEY = r"(?<![A-Za-z])(RSASSA-PSS|RSA|DSA|EC)(?![A-Z])"
_JAVA_DATE = r"\w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d \S{1,40} \d{4}"
_READERS = tuple(
    (re.compile(pattern), enter)
    for pattern, enter in (
        (_LABEL + r"(trustedCertEntry|PrivateKeyEntry)\s*$", _type),
        (r"\S.{0,40}\[(\d{1,4})\] ?:\s*$", _position),
        (r"(.{1,200}?), ?[^,]{3,30}(?:, \d{4})?, ?(trustedCertEntry|PrivateKeyEntry), ?$", _short),
        (rf"[^:=]{{1,60}}?(?:[ \u00a0]?: | )({_JAVA_DATE}).{{0,40}}?({_JAVA_DATE})\s*$", _value("valid")),
        (
            r".{0,60}\bSHA[- ]?(?:256|1)(?:\)[^:]{0,40})?[ \u00a0]?: ((?:[0-9A-Fa-f]{2}:){19,31}[0-9A-Fa-f]{2})\s*$",
            _fingerprint,
        ),
        (_LABEL + r"([A-Z][A-Za-z0-9.]{0,20}=.*)", _name),
        (_LABEL + r"([A-Za-z0-9-]{2,20}with[A-Za-z0-9-]{2,30})(?: .*)?$", _value("signature")),
        (_LABEL + rf"(\d{{3,6}})[^\d:]{{0,30}}?{_KEY}", _value("key")),
        (_LABEL + rf"[^\d:]{{0,30}}?{_KEY}[^\d:]{{0,30}}?(\d{{3,6}})(?!\w)", _key_first),
        (_LABEL + r"(-?[0-9a-fA-F]{1,80})\s*$", _value("serial")),
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
        _certificate(item, source, BY_FINGERPRINT.get(item.sha256) or BY_SHA1.get(item.sha1)),
        alias=_clean(item.alias),
        trusted=item.trusted,
    )


def _certificate(item: _Item, source: SourceRef, published: PublishedRoot | None) -> Certificate:
    owner, issuer = (parse_dn(item.values.get(name, "")) for name in ("owner", "issuer"))
    sha256 = item.sha256
    if published is not None and not owner:  # the fingerprint says what certificate it is
        owner = parse_dn(published.subject)
        itself = sha256 == published.sha256 or not sha256
        issuer, sha256 = (owner if itself else issuer), sha256 or published.sha256
    bits = item.values.get("key", "")
    return replace(
        certificate_named(owner, issuer),
        sha256=sha256,
        sha1=item.sha1,
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


def certificate_named(owner: list[list[tuple[str, str]]], issuer: list[list[tuple[str, str]]]) -> Certificate:
    """A certificate of which only the names were printed (most specific part first): no DER, no fingerprint."""
    return Certificate(
        sha256="",
        der=b"",
        subject=rfc4514_of(owner),
        issuer=rfc4514_of(issuer),
        subject_name_id=name_id_of(owner[::-1]),
        issuer_name_id=name_id_of(issuer[::-1]),
        common_name=part_of(owner, "CN"),
        issuer_common_name=part_of(issuer, "CN"),
        organization=part_of(owner, "O"),
        issuer_organization=part_of(issuer, "O"),
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


def rfc4514_of(rdns: list[list[tuple[str, str]]]) -> str:
    """Relative names, the most specific first, as RFC 4514 writes them."""
    special = str.maketrans({char: "\\" + char for char in ',+"\\<>;'})
    text = ",".join("+".join(f"{key}={value.translate(special)}" for key, value in rdn) for rdn in rdns)
    return cut(escape(text), 512)


def part_of(rdns: list[list[tuple[str, str]]], keyword: str) -> str | None:
    """The first value of an attribute; None when there is none."""
    return next((_clean(value) for rdn in rdns for key, value in rdn if key == keyword), None)
