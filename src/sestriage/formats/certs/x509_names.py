"""Distinguished names: for the eye (RFC 4514) and for comparison (as Java's X500Principal compares)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sestriage.formats.certs import der
from sestriage.model.message import Message

MAX_SHOWN = 512
"""Characters of a name that are shown; the rest is cut with an ellipsis."""
MAX_PART_SHOWN = 256
MAX_PROBLEM = 300
MAX_NAME_BYTES = 1 << 20
MAX_ATTRIBUTES = 1000

COMMON_NAME, ORGANIZATION = "2.5.4.3", "2.5.4.10"

_JAVA_KEYWORDS = {
    COMMON_NAME: "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    ORGANIZATION: "O",
    "2.5.4.11": "OU",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
"""The attribute types that RFC 4514 section 3 gives a keyword; Java compares all others by their encoding."""

_SHOWN_KEYWORDS = _JAVA_KEYWORDS | {
    "2.5.4.4": "SURNAME",
    "2.5.4.5": "SERIALNUMBER",
    "2.5.4.12": "T",
    "2.5.4.42": "GIVENNAME",
    "2.5.4.43": "INITIALS",
    "2.5.4.44": "GENERATION",
    "2.5.4.46": "DNQ",
    "1.2.840.113549.1.9.1": "EMAILADDRESS",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
    "2.5.4.97": "organizationIdentifier",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A distinguished name. `text` has the most specific attribute first; `name_id` is equal for equal names only."""

    text: str
    name_id: str
    common_name: str | None
    organization: str | None
    """The most specific CN and O; None when the name has none."""
    rdns: tuple[str, ...] = ()
    """The canonical form of each relative name, the least specific first; empty for an empty name."""


@lru_cache(maxsize=4096)
def parse_name(raw: bytes) -> Name:
    """The name in a DER-encoded Name (RFC 5280 4.1.2.4); raises DerError."""
    if len(raw) > MAX_NAME_BYTES:
        raise der.DerError(Message("a name of {count} bytes", count=len(raw)))
    outer = der.expect(raw, 0, len(raw), der.SEQUENCE)
    shown: list[str] = []
    canonical: list[str] = []
    latest: dict[str, str] = {}
    count = 0
    for rdn in der.walk(raw, outer.body, outer.stop):
        if rdn.tag != der.SET:
            raise der.DerError(Message("a name part that is no SET"), rdn.at)
        pairs = []
        for attribute in der.walk(raw, rdn.body, rdn.stop):
            count += 1
            if count > MAX_ATTRIBUTES:
                raise der.DerError(Message("a name of more than {most} attributes", most=MAX_ATTRIBUTES), attribute.at)
            kind = der.expect(raw, attribute.body, attribute.stop, der.OID)
            value = der.element(raw, kind.end, attribute.stop)
            oid = der.oid(raw, kind)
            string = der.text(raw, value)
            pairs.append((_shown(oid, string, raw, value), _canonical(oid, raw, value)))
            if string is not None:
                latest[oid] = string
        shown.append("+".join(pair[0] for pair in pairs))
        canonical.append("+".join(sorted(pair[1] for pair in pairs)))
    digest = hashlib.sha256("\0".join(canonical).encode("utf-8", "surrogatepass")).hexdigest()
    return Name(
        text=cut(",".join(reversed(shown)), MAX_SHOWN),
        name_id=digest[:32],
        common_name=printable(latest.get(COMMON_NAME)),
        organization=printable(latest.get(ORGANIZATION)),
        rdns=tuple(canonical),
    )


def printable(value: str | None) -> str | None:
    """A value fit to be shown: control characters escaped, cut to MAX_PART_SHOWN; None stays None."""
    return None if value is None else cut(escape(value), MAX_PART_SHOWN)


def cut(text: str, limit: int) -> str:
    """The text, cut with an ellipsis when it is longer than the limit."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shown_problem(problem: str) -> str:
    """What is wrong with a certificate or a store, fit to be shown: a message stays one where nothing of it has to be
    escaped or cut."""
    text = escape(problem)
    return problem if text == problem and len(text) <= MAX_PROBLEM else cut(text, MAX_PROBLEM)


def escape(value: str) -> str:
    """Control, format, surrogate and unassigned characters as the backslash escapes of their UTF-8 bytes."""
    if value.isascii() and value.isprintable():
        return value
    return "".join(char if _harmless(char) else _hex_escape(char) for char in value)


def _harmless(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def _hex_escape(char: str) -> str:
    return "".join(f"\\{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def _shown(oid: str, string: str | None, raw: bytes, value: der.Element) -> str:
    """`CN=Amazon Root CA 1`, quoted as RFC 4514 section 2.4 tells."""
    keyword = _SHOWN_KEYWORDS.get(oid, oid)
    if string is None:
        return f"{keyword}=#{raw[value.at : min(value.end, value.at + MAX_PART_SHOWN)].hex()}"
    string = cut(string, MAX_PART_SHOWN)
    if not string.isalnum():
        string = string.translate(_SPECIAL)
    if string[:1] in ("#", " "):
        string = "\\" + string
    if len(string) > 1 and string[-1] == " ":
        string = string[:-1] + "\\ "
    return f"{keyword}={escape(string)}"


_SPECIAL = str.maketrans({char: "\\" + char for char in ',+"\\<>;'})


def _canonical(oid: str, raw: bytes, value: der.Element) -> str:
    """One attribute as `sun.security.x509.AVA.toRFC2253CanonicalString` writes it: PrintableString and UTF8String of
    the known types by their folded text, everything else by its encoding."""
    keyword = _JAVA_KEYWORDS.get(oid)
    if keyword is None or value.tag not in (der.PRINTABLE_STRING, der.UTF8_STRING):
        return f"{oid}=#{raw[value.at : value.end].hex()}"
    return f"{keyword}={_folded(raw[value.body : value.stop].decode('utf-8', 'replace'))}"


def _folded(string: str) -> str:
    while "  " in string:
        string = string.replace("  ", " ")
    folded = string.strip(_BLANKS).upper().lower()
    return folded if folded.isascii() else unicodedata.normalize("NFKD", folded)


def name_id_of(rdns: Sequence[Sequence[tuple[str, str]]]) -> str:
    """The `name_id` of a name that is known only as text: its relative names, the least specific first, each of
    (keyword, value) pairs. Right for names whose strings are PrintableString or UTF8String; empty when a keyword is
    not one of those that Java compares by their text."""
    keywords = frozenset(_JAVA_KEYWORDS.values())
    if not rdns or any(keyword not in keywords for rdn in rdns for keyword, _ in rdn):
        return ""
    canonical = ["+".join(sorted(f"{keyword}={_folded(value)}" for keyword, value in rdn)) for rdn in rdns]
    return hashlib.sha256("\0".join(canonical).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@lru_cache(maxsize=1024)
def openssl_name_id(raw: bytes) -> str:
    """A text that is equal for names which OpenSSL finds equal (`asn1_string_canon`): it looks past the string type,
    which Java does not, and folds ASCII letters only. Raises DerError."""
    outer = der.expect(raw, 0, len(raw), der.SEQUENCE)
    parts = []
    for rdn in der.walk(raw, outer.body, outer.stop):
        for attribute in der.walk(raw, rdn.body, rdn.stop):
            kind = der.expect(raw, attribute.body, attribute.stop, der.OID)
            value = der.element(raw, kind.end, attribute.stop)
            string = der.text(raw, value)
            if string is None:
                parts.append(f"{der.oid(raw, kind)}=#{raw[value.at : value.end].hex()}")
            else:
                folded = "".join(char.lower() if char.isascii() else char for char in " ".join(string.split()))
                parts.append(f"{der.oid(raw, kind)}={folded}")
    return "\0".join(parts)


_BLANKS = "".join(map(chr, range(0x21)))
"""The characters that Java's String.trim() removes."""
