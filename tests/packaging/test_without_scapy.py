"""The packages without scapy, which is under another licence than the rest (packaging/README.md, "Licences")."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

import chroots
import slices
from chroots import Machine
from support import ROOT, need_tool

SESTRIAGE = "/usr/bin/sestriage"
MISSING = b"Without the Python package scapy: captures of rare link types are not read.\n"
UNREAD = b"packets of link type 105 cannot be read (the Python package scapy reads more, and is missing)"


def wireless() -> bytes:
    """A pcap file (version 2.4, 802.11) of one frame: something that is no IP behind LLC/SNAP."""
    frame = b"\x08\x00" + bytes(22) + b"\xaa\xaa\x03\x00\x00\x00\x88\x8e" + bytes(20)
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 105)
    return head + struct.pack("<IIII", 1_700_000_000, 0, len(frame), len(frame)) + frame


def holds(machine: Machine) -> None:
    """The right verdict, and a clear word about what is not read."""
    done = machine.run(SESTRIAGE, "triage", "--no-save", "/bundle.tar.gz")
    assert (done.status, done.err) == (1, b"")
    assert done.out.startswith(b"FAILED (confirmed): The server's DH key is too small for the client (Logjam)\n")
    tested = machine.run(SESTRIAGE, "self-test")
    assert (tested.status, tested.err) == (0, b"")
    assert MISSING in tested.out
    (machine.root / "wireless.pcap").write_bytes(wireless())
    both = machine.run(SESTRIAGE, "triage", "--no-save", "-v", "/bundle.tar.gz", "/wireless.pcap")
    assert (both.status, both.err) == (1, b"")
    assert UNREAD in b" ".join(both.out.split())


def test_what_it_reads_without_it(machine: Machine, built: Path) -> None:
    """The usual package whose scapy was taken away."""
    chroots.install(machine, chroots.the(built, "*_amd64.deb"))
    assert MISSING not in machine.run(SESTRIAGE, "self-test").out
    for path in (machine.root / "opt/sestriage/site").glob("scapy*"):
        shutil.rmtree(path)
    holds(machine)


@pytest.mark.skipif(not slices.WHOLE, reason="takes minutes: .ci/run --long")
@pytest.mark.slow
def test_the_package_that_is_built_without_it(machine: Machine, tmp_path: Path) -> None:
    checkout, out = tmp_path / "checkout", tmp_path / "dist"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(checkout)], check=True, timeout=300)
    build = [str(checkout / "packaging/build"), "--without", "scapy", "--level", "1", "--out", str(out)]
    subprocess.run(build, check=True, capture_output=True, timeout=900)
    deb = chroots.the(out, "*+without.scapy_amd64.deb")
    listed = subprocess.run([need_tool("dpkg-deb", "dpkg"), "-c", str(deb)], capture_output=True, text=True, check=True)
    assert "/opt/sestriage/site/rich/" in listed.stdout
    assert "scapy" not in listed.stdout
    parts = json.loads(chroots.the(out, "*-without-scapy.cdx.json").read_text())["components"]
    assert {"rich", "cryptography"} < {part["name"] for part in parts}
    assert "scapy" not in {part["name"] for part in parts}
    chroots.install(machine, deb)
    holds(machine)
