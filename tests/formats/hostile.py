"""PKCS#12 files that no tool writes: their declared costs, and their structure, are the test's own."""

from __future__ import annotations

from pki.certgen import integer, oid, sequence, tlv

DATA, ENCRYPTED = oid("1.2.840.113549.1.7.1"), oid("1.2.840.113549.1.7.6")
RC2_40 = oid("1.2.840.113549.1.12.1.6")


def mac_data(iterations: int, kind: str = "1.3.14.3.2.26") -> bytes:
    """A MAC that no password fits."""
    info = sequence(sequence(oid(kind), tlv(5)), tlv(4, bytes(20)))
    return sequence(info, tlv(4, bytes(8)), integer(iterations))


def pkcs12(*layers: bytes, mac: bytes = b"") -> bytes:
    """A file of these layers; without any, of one in the clear that holds nothing."""
    safe = sequence(*(layers or (sequence(DATA, tlv(0xA0, tlv(4, sequence()))),)))
    return sequence(integer(3), sequence(DATA, tlv(0xA0, tlv(4, safe))), mac)


def encrypted(iterations: int, sealed: bytes) -> bytes:
    """A layer under RC2 with 40 bits."""
    spec = sequence(RC2_40, sequence(tlv(4, b"saltsalt"), integer(iterations)))
    return sequence(ENCRYPTED, tlv(0xA0, sequence(integer(0), sequence(DATA, spec, tlv(0x80, sealed)))))
