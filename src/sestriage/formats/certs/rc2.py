"""RC2 in CBC mode (RFC 2268), decryption only: keytool up to JDK 8u301 and 16 seals certificates with its 40-bit form,
which the library does not offer."""

from __future__ import annotations

import struct

_PI = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2"
    "179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82"
    "54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7"
    "08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec"
    "c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9"
    "0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad"
)


def _expand(key: bytes) -> list[int]:
    """The 64 words of the key, with as many effective bits as the key has (RFC 2268 section 2)."""
    size = len(key)
    table = bytearray(key) + bytearray(128 - size)
    for i in range(size, 128):
        table[i] = _PI[(table[i - 1] + table[i - size]) & 0xFF]
    table[128 - size] = _PI[table[128 - size]]
    for i in range(127 - size, -1, -1):
        table[i] = _PI[table[i + 1] ^ table[i + size]]
    return list(struct.unpack("<64H", bytes(table)))


def decrypt_rc2_cbc(key: bytes, vector: bytes, sealed: bytes) -> bytes:
    """The plain text with its padding; `sealed` is a whole number of 8-byte blocks. This is plain Python: what it costs
    is bounded by the caller (`derivation.RC2_BLOCK_UNITS`)."""
    words = _expand(key)
    plain = bytearray()
    last = int.from_bytes(vector)
    for at in range(0, len(sealed), 8):
        block = sealed[at : at + 8]
        plain += (int.from_bytes(_block(words, block)) ^ last).to_bytes(8)
        last = int.from_bytes(block)
    return bytes(plain)


def _block(words: list[int], block: bytes) -> bytes:
    """One block back through 5 + 6 + 5 mixing rounds and two mashing rounds (RFC 2268 section 4)."""
    a, b, c, d = struct.unpack("<4H", block)
    for j in range(60, -4, -4):
        d = (d << 11 | d >> 5) & 0xFFFF
        d = (d - words[j + 3] - (c & b) - (~c & a)) & 0xFFFF
        c = (c << 13 | c >> 3) & 0xFFFF
        c = (c - words[j + 2] - (b & a) - (~b & d)) & 0xFFFF
        b = (b << 14 | b >> 2) & 0xFFFF
        b = (b - words[j + 1] - (a & d) - (~a & c)) & 0xFFFF
        a = (a << 15 | a >> 1) & 0xFFFF
        a = (a - words[j] - (d & c) - (~d & b)) & 0xFFFF
        if j in (44, 20):
            d = (d - words[c & 63]) & 0xFFFF
            c = (c - words[b & 63]) & 0xFFFF
            b = (b - words[a & 63]) & 0xFFFF
            a = (a - words[d & 63]) & 0xFFFF
    return struct.pack("<4H", a, b, c, d)
