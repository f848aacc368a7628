"""Distinguished encoding rules (X.690), the parts that certificates and key stores need.

The reader works on offsets, never copies what it skips, and never believes a length: every element lies inside its
parent or `DerError` is raised. The indefinite lengths of BER (X.690 8.1.3.6), which some writers of PKCS#12 use, are
understood too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sestriage.errors import ParseError
from sestriage.model.message import Message

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8_STRING, NUMERIC_STRING, PRINTABLE_STRING, TELETEX_STRING, IA5_STRING = 0x0C, 0x12, 0x13, 0x14, 0x16
UTC_TIME, GENERALIZED_TIME, VISIBLE_STRING, UNIVERSAL_STRING, BMP_STRING = 0x17, 0x18, 0x1A, 0x1C, 0x1E
SEQUENCE, SET = 0x30, 0x31
CONSTRUCTED = 0x20

MAX_DEPTH = 32
"""Nesting of indefinite lengths and of constructed strings beyond which an element is refused."""
MAX_CHILDREN = 200_000
"""Elements of one SEQUENCE or SET; a key store of 100,000 entries is below it."""
MAX_OID_BYTES = 128


_ENDS_INSIDE = Message("ends inside a tag or length")


class DerError(ParseError):
    """Bytes that are not the DER (or BER) encoding of what was expected."""


class Element(NamedTuple):
    """One tag-length-value: `data[at:end]` is the whole of it, `data[body:stop]` its content.

    `stop` differs from `end` only for an indefinite length, whose end marker is not content.
    """

    tag: int
    at: int
    body: int
    stop: int
    end: int


def element(data: bytes, at: int = 0, limit: int | None = None, depth: int = 0) -> Element:
    """The element at `at`; raises DerError unless it ends at or before `limit` (default: the end of the data)."""
    if limit is None:
        limit = len(data)
    body = at + 2
    if body > limit:
        raise DerError(_ENDS_INSIDE, at)
    tag = data[at]
    if tag & 0x1F == 0x1F:
        tag, body = _long_tag(data, at, limit)
    length = data[body - 1]
    if length > 0x80:
        size = length - 0x80
        if size > 4 or body + size > limit:
            raise DerError(Message("length of a length out of range"), at)
        length = int.from_bytes(data[body : body + size])
        body += size
    elif length == 0x80:
        return _indefinite(data, tag, at, body, limit, depth)
    end = body + length
    if end > limit:
        raise DerError(Message("an element of {count} bytes reaches beyond its parent", count=length), at)
    return Element(tag, at, body, end, end)


def _long_tag(data: bytes, at: int, limit: int) -> tuple[int, int]:
    """A tag number above 30, and the offset behind the first length byte."""
    number, here = 0, at + 1
    while here < limit and here < at + 5:
        byte = data[here]
        number = number << 7 | byte & 0x7F
        here += 1
        if byte < 0x80:
            if here >= limit:
                break
            return data[at] << 32 | number, here + 1
    raise DerError(_ENDS_INSIDE, at)


def _indefinite(data: bytes, tag: int, at: int, body: int, limit: int, depth: int) -> Element:
    if depth >= MAX_DEPTH or not tag & CONSTRUCTED:
        raise DerError(Message("an indefinite length where none may be"), at)
    here = body
    while here + 2 <= limit:
        if data[here : here + 2] == b"\0\0":
            return Element(tag, at, body, here, here + 2)
        here = element(data, here, limit, depth + 1).end
    raise DerError(Message("an indefinite length without an end"), at)


def expect(data: bytes, at: int, limit: int, tag: int) -> Element:
    """The element at `at`, which must have the tag; raises DerError."""
    found = element(data, at, limit)
    if found.tag != tag:
        raise DerError(Message("tag 0x{found:02x} where 0x{tag:02x} was expected", found=found.tag, tag=tag), at)
    return found


def children(data: bytes, parent: Element) -> list[Element]:
    """The elements inside a constructed one; raises DerError."""
    return list(walk(data, parent.body, parent.stop))


def fields(data: bytes, parent: Element, least: int, what: str) -> list[Element]:
    """The elements inside a constructed one that has at least so many; raises DerError, which calls it `what`."""
    found = children(data, parent)
    if len(found) < least:
        raise DerError(
            Message("{what}: {count} parts where {least} were expected", what=what, count=len(found), least=least),
            parent.at,
        )
    return found


def walk(data: bytes, at: int, stop: int) -> Iterator[Element]:
    """The elements between two offsets, one after the other; raises DerError at the first that does not fit."""
    for _ in range(MAX_CHILDREN):
        if at >= stop:
            return
        found = element(data, at, stop)
        yield found
        at = found.end
    raise DerError(Message("more than {count} elements in one", count=MAX_CHILDREN), at)


def content(data: bytes, part: Element) -> bytes:
    """The content bytes of an element."""
    return data[part.body : part.stop]


def octets(data: bytes, part: Element, depth: int = 0) -> bytes:
    """The value of an OCTET STRING, or of a context tag in its place, joined where BER has cut it into pieces."""
    if not part.tag & CONSTRUCTED:
        return content(data, part)
    if depth >= MAX_DEPTH:
        raise DerError(Message("a string nested too deeply"), part.at)
    return b"".join(octets(data, piece, depth + 1) for piece in walk(data, part.body, part.stop))


def integer(data: bytes, part: Element) -> int:
    """The value of an INTEGER or ENUMERATED (signed); raises DerError when it is empty."""
    if part.body == part.stop:
        raise DerError(Message("an empty INTEGER"), part.at)
    return int.from_bytes(data[part.body : part.stop], signed=True)


def bits(data: bytes, part: Element) -> bytes:
    """The bytes of a BIT STRING without the count of unused bits; raises DerError when it is empty."""
    if part.body == part.stop:
        raise DerError(Message("an empty BIT STRING"), part.at)
    return data[part.body + 1 : part.stop]


def oid(data: bytes, part: Element) -> str:
    """An OBJECT IDENTIFIER in dotted form; raises DerError when it is damaged or endless."""
    return dotted(data[part.body : part.stop])


@lru_cache(maxsize=1024)
def dotted(raw: bytes) -> str:
    """The dotted form of an OBJECT IDENTIFIER's content; raises DerError."""
    if not raw or raw[-1] & 0x80 or len(raw) > MAX_OID_BYTES:
        raise DerError(Message("a damaged OBJECT IDENTIFIER"))
    arcs: list[int] = []
    value = 0
    for byte in raw:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


_TIME = re.compile(
    rb"(?P<date>\d{10})(?P<sec>\d\d)?(?:[.,]\d{1,9})?(?:Z|(?P<sign>[+-])(?P<hh>\d\d)(?P<mm>\d\d))", re.ASCII
)


def time(data: bytes, part: Element) -> datetime:
    """A UTCTime (1950 to 2049, RFC 5280 4.1.2.5.1) or GeneralizedTime as an aware UTC datetime; raises DerError."""
    return _time(part.tag, data[part.body : part.stop], part.at)


@lru_cache(maxsize=1024)
def _time(tag: int, raw: bytes, at: int) -> datetime:
    if tag == UTC_TIME:
        raw = (b"19" if raw[:1] >= b"5" else b"20") + raw
    elif tag != GENERALIZED_TIME:
        raise DerError(Message("tag 0x{tag:02x} where a time was expected", tag=tag), at)
    found = _TIME.fullmatch(raw[2:])
    if found is None or not raw[:2].isdigit():
        raise DerError(Message("a time in no known form"), at)
    text = raw[:2] + found["date"] + (found["sec"] or b"00")
    try:
        moment = datetime(*(int(text[a:b]) for a, b in _TIME_PARTS), tzinfo=UTC)  # type: ignore[misc,arg-type]
        if found["sign"]:
            shift = timedelta(hours=int(found["hh"]), minutes=int(found["mm"]))
            moment = moment - shift if found["sign"] == b"+" else moment + shift
    except (ValueError, OverflowError) as error:
        raise DerError(Message("an impossible time ({error})", error=error), at) from None
    return moment


_TIME_PARTS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))

_CODECS = {
    UTF8_STRING: "utf-8",
    PRINTABLE_STRING: "utf-8",
    IA5_STRING: "utf-8",
    NUMERIC_STRING: "utf-8",
    VISIBLE_STRING: "utf-8",
    TELETEX_STRING: "latin-1",
    UNIVERSAL_STRING: "utf-32-be",
    BMP_STRING: "utf-16-be",
}


def text(data: bytes, part: Element) -> str | None:
    """The value of a character string; undecodable bytes become U+FFFD. None when the element is no string."""
    codec = _CODECS.get(part.tag)
    return None if codec is None else data[part.body : part.stop].decode(codec, "replace")
