"""A package that is needed is missed in clear words; without one that only makes it faster the report is the same."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from sestriage.ingest.codecs import ZSTD_PACKAGE
from support import ROOT, SAMPLES

WITHOUT = """
import sys
for name in sys.argv.pop(1).split(","):
    sys.modules[name] = None
from sestriage.cli.entry import main
main()
"""
CASE = SAMPLES / "dh-openssl"


def ran(folder: Path, missing: str, *words: str) -> subprocess.CompletedProcess[str]:
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "HOME": str(folder)}
    command = [sys.executable, "-c", WITHOUT, missing, *words]
    return subprocess.run(
        command, env=surroundings, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def reported(text: str) -> list[str]:
    """Without the line that has the moment."""
    return [line for line in text.splitlines() if not line.strip().startswith("Made by: ")]


@pytest.mark.parametrize(
    ("package", "words"),
    [
        ("cryptography", ("triage", "--no-save", str(CASE))),
        ("cryptography", ("certs", "show", str(CASE / "truststore.p12"))),
        ("jinja2", ("triage", "--no-save", "--format", "html", str(CASE))),
    ],
)
def test_a_package_that_is_needed(package: str, words: tuple[str, ...], tmp_path: Path) -> None:
    done = ran(tmp_path, package, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"sestriage: the Python package {package} is missing, or does not load")


def test_the_self_test_names_it(tmp_path: Path) -> None:
    done = ran(tmp_path, "cryptography", "self-test")
    assert done.returncode == 1
    assert "found: the Python package cryptography is missing" in done.stdout


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The report with every package."""
    return reported(ran(tmp_path_factory.mktemp("usual"), "none", "triage", "--no-save", str(CASE)).stdout)


@pytest.mark.parametrize("package", ["hyperscan", "stringzilla", "isal", "backports,backports.zstd,_zstd", "scapy"])
def test_a_package_that_is_not_needed(package: str, tmp_path: Path, usual: list[str]) -> None:
    done = ran(tmp_path, package, "triage", "--no-save", str(CASE))
    assert (done.returncode, done.stderr) == (1, "")
    assert reported(done.stdout) == usual


def test_zstd_without_its_package(tmp_path: Path) -> None:
    (tmp_path / "x.log.zst").write_bytes(b"\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00\x99\xe9\xd8\x51")
    missing = "backports,backports.zstd,_zstd"  # before Python 3.14 the one, since then the other
    done = ran(tmp_path, missing, "triage", "--no-save", "-v", "x.log.zst")
    assert (done.returncode, done.stderr) == (3, "")
    assert f"without the Python package {ZSTD_PACKAGE}" in " ".join(done.stdout.split())
    tested = ran(tmp_path, missing, "self-test")
    assert f"Without the Python package {ZSTD_PACKAGE}: .zst files are not read.\n" in tested.stdout
    assert "Without the Python package" not in ran(tmp_path, "none", "self-test").stdout


def test_a_link_type_that_scapy_would_read(tmp_path: Path) -> None:
    """802.11: the header of a pcap file, and one frame with something that is no IP behind LLC/SNAP."""
    frame = b"\x08\x00" + bytes(22) + b"\xaa\xaa\x03\x00\x00\x00\x88\x8e" + bytes(20)
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 105)
    (tmp_path / "wireless.pcap").write_bytes(
        head + struct.pack("<IIII", 1_700_000_000, 0, len(frame), len(frame)) + frame
    )
    words = ("triage", "--no-save", "-v", str(CASE), "wireless.pcap")
    unread = "packets of link type 105 cannot be read (the Python package scapy reads more, and is missing)"
    done, usual = ran(tmp_path, "scapy", *words), ran(tmp_path, "none", *words)
    assert (done.returncode, done.stderr) == (usual.returncode, usual.stderr) == (1, "")
    assert unread in " ".join(done.stdout.split())
    assert "link type 105" not in usual.stdout
    assert done.stdout.splitlines()[0] == usual.stdout.splitlines()[0]
    assert [path.name for path in tmp_path.iterdir()] == ["wireless.pcap"]  # scapy would make folders in the home
