"""Damage bytes the way disks, networks, editors and attackers do; the same seed always gives the same damage."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

Mutation = Callable[[bytearray, random.Random], None]

TOKENS: tuple[bytes, ...] = (
    *(
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\t",
        b"\x1b[31m",
        b"#011",
        b"#377#376",
        b"\\n",
        b'"',
    ),
    *(b"{", b"}", b'{"log":"', b'\\n","stream":"stdout","time":"', b"[", b"]", b"|", b" | ", b"- - -", b"<14>1 "),
    *(b"Caused by: ", b"Suppressed: ", b"Wrapped by: ", b";\n  nested exception is:\n\t", b"\tat a.b.C(D.java:1)\n"),
    *(b"\t... 99999999999 common frames omitted\n", b"535 ", b"554-", b"250 Ok ", b"354 go\n", b"DATA\n", b"\n.\n"),
    *(b"2026-11-24 03:46:04.318 ", b"9999-12-31T23:59:59.999-14:00 ", b"0001-01-01 00:00:00,000 ", b"00:00:60.000 "),
    *(b"Feb 29 23:59:60 smc x[1]: ", b"2026-02-30T25:61:61Z stdout P ", b"1e308", b"-1", b"99999999999999999999"),
    *(b"error:0A00018A:SSL routines::dh key too small", b"message repeated 999999999 times: [ ", b"NotAfter: "),
    *(
        b"\xe2\x80\xae",
        b"\xf0\x9f\x92\xa9",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"A" * 5000,
        b" " * 3000,
        b"(" * 500,
        b"[" * 500,
    ),
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x07\x08", b"ustar\x0000", b"\x1f\x8b\x08\x00"),
    *(b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"BZh91AY&SY", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"7777777\0"),
)
"""Things that mean something to one of the readers, in places where they are not expected."""


def _flip(data: bytearray, dice: random.Random) -> None:
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _overwrite(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data))
    length = min(len(data) - at, dice.choice((1, 2, 4, 8, 40)))
    data[at : at + length] = bytes([dice.choice((0, 0xFF, 0x7F, 0x80, 0x20, 0x0A, dice.randrange(256)))]) * length


def _cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(len(data)) :]


def _remove(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data))
    del data[at : at + dice.choice((1, 2, 7, 64, 512, 3000))]


def _insert(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data) + 1)
    data[at:at] = dice.choice(TOKENS)


def _replace(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data))
    token = dice.choice(TOKENS)
    data[at : at + len(token)] = token


def _repeat(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data))
    piece = data[at : at + dice.choice((1, 3, 20, 100, 600))]
    data[at:at] = piece * dice.choice((1, 2, 5, 30))


def _swap(data: bytearray, dice: random.Random) -> None:
    """Two pieces change places, as lines of several threads do."""
    a, b = sorted((dice.randrange(len(data)), dice.randrange(len(data))))
    length = min(b - a, dice.choice((1, 10, 80, 512)))
    data[a : a + length], data[b : b + length] = data[b : b + length], data[a : a + length]


def _shuffle_lines(data: bytearray, dice: random.Random) -> None:
    lines = data.splitlines(keepends=True)
    at = dice.randrange(len(lines))
    few = lines[at : at + 8]
    dice.shuffle(few)
    lines[at : at + 8] = few
    data[:] = b"".join(lines)


def _number(data: bytearray, dice: random.Random) -> None:
    """A little-endian number becomes an extreme one: lengths, offsets, counts."""
    at = dice.randrange(len(data))
    width = dice.choice((2, 4, 8))
    value = dice.choice((0, 1, 2 ** (8 * width) - 1, 2 ** (8 * width - 1), len(data), len(data) - at))
    data[at : at + width] = (value % 2 ** (8 * width)).to_bytes(width, dice.choice(("little", "big")))


MUTATIONS: tuple[Mutation, ...] = (
    *(_flip, _overwrite, _cut, _remove, _insert, _replace, _repeat, _swap, _shuffle_lines, _number),
)


def mutate(data: bytes, dice: random.Random, others: Sequence[bytes] = ()) -> bytes:
    """The data with one to eight mutations; sometimes spliced with another piece of the corpus first."""
    changed = bytearray(data)
    if others and dice.random() < 0.1:
        other = dice.choice(others)
        changed[dice.randrange(len(changed) + 1) :] = other[dice.randrange(len(other) + 1) :]
    for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        if changed:
            dice.choice(MUTATIONS)(changed, dice)
    return bytes(changed)
