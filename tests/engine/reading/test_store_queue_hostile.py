"""Stores cut anywhere and changed in any byte, through the whole triage: no fault of ours, each piece accounted for."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from formats.certs.keystores import jks, made_certificates
from formats.hostile import encrypted, mac_data, pkcs12
from pki.certgen import integer, oid, sequence, tlv
from sestriage.engine.reading.collect import Options
from sestriage.engine.triage import TriageOptions, triage
from sestriage.ingest import Limits

ONE, TWO = made_certificates(2)
DATA, CERT_BAG, TRUSTED = oid("1.2.840.113549.1.7.1"), oid("1.2.840.113549.1.12.10.1.3"), "2.16.840.1.113894.746875.1.1"


def clear(encoded: bytes) -> bytes:
    """A layer in the clear with one trusted certificate."""
    inner = sequence(oid("1.2.840.113549.1.9.22.1"), tlv(0xA0, tlv(4, encoded)))
    name = sequence(oid("1.2.840.113549.1.9.20"), tlv(0x31, tlv(0x1E, "a".encode("utf-16-be"))))
    mark = sequence(oid(TRUSTED), tlv(0x31, oid("2.5.29.37.0")))
    bag = sequence(CERT_BAG, tlv(0xA0, inner), tlv(0x31, name + mark))
    return sequence(DATA, tlv(0xA0, tlv(4, sequence(bag))))


def pbes2() -> bytes:
    """A layer under PBES2 that no password opens."""
    kdf = sequence(oid("1.2.840.113549.1.5.12"), sequence(tlv(4, b"salt"), integer(2), integer(32)))
    cipher = sequence(oid("2.16.840.1.101.3.4.1.42"), tlv(4, bytes(16)))
    spec = sequence(oid("1.2.840.113549.1.5.13"), sequence(kdf, cipher))
    sealed = sequence(integer(0), sequence(DATA, spec, tlv(0x80, bytes(32))))
    return sequence(oid("1.2.840.113549.1.7.6"), tlv(0xA0, sealed))


def pbmac1() -> bytes:
    kdf = sequence(oid("1.2.840.113549.1.5.12"), sequence(tlv(4, b"salt"), integer(2), integer(32)))
    mac = sequence(oid("1.2.840.113549.2.9"), tlv(5))
    info = sequence(sequence(oid("1.2.840.113549.1.5.14"), sequence(kdf, mac)), tlv(4, bytes(32)))
    return sequence(info, tlv(4, b"none"), integer(1))


STORES = {
    "clear": pkcs12(clear(b"0\x03\x02\x01\x00"), mac=mac_data(2)),
    "rc2": pkcs12(encrypted(2, bytes(16)), pbes2(), mac=pbmac1()),
    "jks": jks({"one": b"0\x03\x02\x01\x00"}),
    "der": ONE,
}
"""Small, for each byte of them is cut and changed."""


def reported(files: list[bytes], folder: Path) -> dict[str, str]:
    """What the triage of the files says of each of them that it does not use in full."""
    path = folder / "b.tar"
    with tarfile.open(path, "w") as archive:
        for number, content in enumerate(files):
            info = tarfile.TarInfo(f"{number}/store.p12")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    report = triage([str(path)], TriageOptions(Options(limits=Limits(max_kdf_iterations=20_000))))
    assert len([note for note in report.inputs if note.kind != "archive"]) == len(files)
    assert [note.problem for note in report.inputs if note.fault is not None] == []
    return {note.source.name: note.problem for note in report.inputs if note.problem is not None}


@pytest.mark.parametrize("name", STORES)
def test_cut_anywhere(name: str, tmp_path: Path) -> None:
    data = STORES[name]
    said = reported([data[:end] for end in range(1, len(data))], tmp_path)
    assert said


@pytest.mark.parametrize("name", STORES)
@pytest.mark.parametrize("change", [0x01, 0x80, 0xFF])
def test_any_byte_changed(name: str, change: int, tmp_path: Path) -> None:
    data = STORES[name]
    changed = [data[:at] + bytes([data[at] ^ change]) + data[at + 1 :] for at in range(len(data))]
    assert reported(changed, tmp_path)


@pytest.mark.parametrize("least", [0, 1, 2])
def test_a_structure_with_too_few_parts_is_damage(least: int, tmp_path: Path) -> None:
    """Where two or three parts must be, and fewer are: each SEQUENCE of the way to the encrypted bytes."""
    parts = (integer(0), sequence(DATA), tlv(0x80, bytes(8)))
    kind = oid("1.2.840.113549.1.7.6")
    layers = [
        sequence(kind, tlv(0xA0, sequence(*parts[:least]))),
        sequence(kind, tlv(0xA0, sequence(integer(0), sequence(*parts[1:][:least])))),
        sequence(kind, tlv(0xA0, sequence(integer(0), sequence(DATA, sequence(*([kind] * least)), b"\x80\0")))),
    ]
    said = reported([pkcs12(layer) for layer in layers], tmp_path)
    assert len(said) == len(layers)
