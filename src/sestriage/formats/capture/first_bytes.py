"""What a payload may be by its first two bytes: a table, so that most are told without looking at the rest."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.formats.capture.candidate import HOPELESS
from sestriage.formats.capture.protocols import OTHERS

MAY_MATTER, MAY_BE_SSL2, MAY_BE_HOPELESS = 1, 2, 3
"""`protocols.guess` may know it; so where its third byte is that of a ClientHello; it may begin as `HOPELESS`."""
_COMMANDS = (b"EH", b"HE", b"LH", b"MA", b"ST")
"""EHLO, HELO, LHLO, MAIL FROM, STARTTLS."""
_DIGITS = b"0123456789"
_LDAP = 0x30
"""The tag of a BER sequence, behind which its length stands."""


def _pairs() -> Iterator[bytes]:
    """The first two bytes of what `protocols.guess` knows."""
    yield from (bytes((first, second)) for first in b"2345" for second in _DIGITS)
    yield from (bytes((kind, 3)) for kind in range(20, 25))
    yield from (start[:2] for start, _ in OTHERS)
    for command in _COMMANDS:
        for letter in (command[:1], command[:1].lower()):
            yield from (letter + other for other in (command[1:], command[1:].lower()))


def _table() -> bytes:
    table = bytearray(1 << 15) + bytes((MAY_BE_SSL2,)) * (1 << 15)
    for start in HOPELESS:
        table[start[0] << 8 | start[1]] = MAY_BE_HOPELESS
    table[_LDAP << 8 : (_LDAP + 1) << 8] = bytes((MAY_MATTER,)) * 256
    for pair in _pairs():
        table[pair[0] << 8 | pair[1]] = MAY_MATTER
    return bytes(table)


FIRST_TWO = _table()
"""By the two bytes as a number; 0 for what begins nothing that is known."""
