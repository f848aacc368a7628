"""DNS questions and answers over UDP (RFC 1035): names, codes, addresses."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from struct import Struct

_HEADER = Struct(">HHHHHH")
_QUESTION = Struct(">HH")
_RECORD = Struct(">HHIH")
_TYPES = {1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 65: "HTTPS"}
_CODES = {
    0: "NOERROR",
    1: "FORMERR",
    2: "SERVFAIL",
    3: "NXDOMAIN",
    4: "NOTIMP",
    5: "REFUSED",
    6: "YXDOMAIN",
    7: "YXRRSET",
    8: "NXRRSET",
    9: "NOTAUTH",
    10: "NOTZONE",
}
NO_ANSWER = "none"
MAX_LOOKUPS = 1000
"""Lookups that are kept: the newest ones, and of the older ones as many that failed."""
MAX_ADDRESSES = 4000
MAX_RECORDS = 64
_MAX_NAME = 255
_MAX_POINTERS = 16


@dataclass(slots=True)
class Lookup:
    """A question, with its answer once that has come."""

    name: str
    qtype: str
    frame: int
    time: datetime | None
    rcode: str = NO_ANSWER
    addresses: list[str] = field(default_factory=list)


def read_name(data: bytes, pos: int) -> tuple[str, int] | None:
    """A domain name and where it ends; None when it is damaged. Names are lower case, without the final dot."""
    labels: list[str] = []
    end: int | None = None
    total = pointers = 0
    while pos < len(data):
        length = data[pos]
        if length == 0:
            return ".".join(labels), pos + 1 if end is None else end
        if length & 0xC0 == 0xC0:
            pointers += 1
            if pos + 2 > len(data) or pointers > _MAX_POINTERS:
                return None
            end = pos + 2 if end is None else end
            pos = (length & 0x3F) << 8 | data[pos + 1]
            continue
        total += length + 1
        if length & 0xC0 or pos + 1 + length > len(data) or total > _MAX_NAME:
            return None
        labels.append(data[pos + 1 : pos + 1 + length].decode("ascii", "backslashreplace").lower())
        pos += 1 + length
    return None


def _addresses(data: bytes, pos: int, count: int) -> Iterator[str]:
    for _ in range(min(count, MAX_RECORDS)):
        name = read_name(data, pos)
        if name is None or name[1] + 10 > len(data):
            return
        kind, _, _, length = _RECORD.unpack_from(data, name[1])
        start = name[1] + 10
        value = data[start : start + length]
        if (kind, len(value)) in ((1, 4), (28, 16)):
            yield str(ip_address(value))
        pos = start + length


class DnsLog:
    """Pairs questions with answers, and remembers which name an address was the answer to."""

    __slots__ = ("_failed", "_newest", "_waiting", "names")

    def __init__(self) -> None:
        self._newest: deque[Lookup] = deque()
        self._failed: list[Lookup] = []
        self.names: dict[str, str] = {}
        """Address to the newest name that gave it."""
        self._waiting: dict[tuple[bytes, int, str, str], Lookup] = {}

    def message(self, data: bytes, client: bytes, frame: int, time: datetime | None) -> None:
        """One DNS message of a client (its address and port)."""
        if len(data) < 12:
            return
        identity, flags, questions, answers, _, _ = _HEADER.unpack_from(data)
        if questions != 1 or flags & 0x7800:
            return
        name = read_name(data, 12)
        if name is None or name[1] + 4 > len(data) or not name[0]:
            return
        kind, _ = _QUESTION.unpack_from(data, name[1])
        qtype = _TYPES.get(kind, f"TYPE{kind}")
        key = (client, identity, name[0], qtype)
        if not flags & 0x8000:
            if key not in self._waiting:
                self._waiting[key] = self._add(Lookup(name[0], qtype, frame, time))
                if len(self._waiting) > MAX_LOOKUPS:
                    del self._waiting[next(iter(self._waiting))]
            return
        lookup = self._waiting.pop(key, None) or self._add(Lookup(name[0], qtype, frame, time))
        lookup.rcode = _CODES.get(flags & 15, f"RCODE{flags & 15}")
        lookup.frame, lookup.time = frame, time
        lookup.addresses = list(_addresses(data, name[1] + 4, answers))
        for address in lookup.addresses:
            self.names[address] = name[0]
        if len(self.names) > MAX_ADDRESSES:
            del self.names[next(iter(self.names))]

    @property
    def lookups(self) -> tuple[Lookup, ...]:
        """The lookups that were kept, in order."""
        return (*self._failed, *self._newest)

    def _add(self, lookup: Lookup) -> Lookup:
        self._newest.append(lookup)
        if len(self._newest) > MAX_LOOKUPS:
            oldest = self._newest.popleft()
            if oldest.rcode != "NOERROR" and len(self._failed) < MAX_LOOKUPS:
                self._failed.append(oldest)
        return lookup
