"""The PEM files of Cisco's procedure: its own awk makes them here."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sestriage.formats.certs import pem
from sestriage.formats.transcript.build import read_runs
from sestriage.formats.transcript.pieces import chain_of_pieces, served_pieces
from sestriage.model.source import SourceRef
from support import need_tool

RECORDED = Path(__file__).parent / "recorded"
SPLIT = (
    "awk 'split_after == 1 {n++;split_after=0} /-----END CERTIFICATE-----/ {split_after=1} "
    '{print > "cacert" n ".pem"}\' < mycertfile.crt'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    need_tool("awk", "mawk")
    (tmp_path / "mycertfile.crt").write_bytes((RECORDED / "cisco-stdout-only.txt").read_bytes())
    subprocess.run(SPLIT, shell=True, cwd=tmp_path, check=True)
    return tmp_path


def test_each_file_knows_its_place(folder: Path) -> None:
    places = {path.name: [p.index for p in served_pieces(path.read_bytes(), SourceRef(path.name))] for path in
              sorted(folder.glob("cacert*.pem"))}  # fmt: skip
    assert places == {"cacert.pem": [0], "cacert1.pem": [1], "cacert2.pem": []}


def test_together_they_are_the_chain_of_the_transcript(folder: Path) -> None:
    (run,) = read_runs((folder / "mycertfile.crt").read_bytes(), SourceRef("x"))
    files = sorted(folder.glob("cacert*.pem"), reverse=True)
    chain = chain_of_pieces(
        [p for f in files for p in served_pieces(f.read_bytes(), SourceRef(f.name))], SourceRef("d")
    )
    assert run.stream.tls is not None
    assert chain.stream.tls is not None
    assert [c.sha256 for c in chain.stream.tls.certificates] == [c.sha256 for c in run.stream.tls.certificates]
    assert chain.whole_chain


def test_a_missing_place_and_two_runs_are_no_whole_chain(folder: Path) -> None:
    second = served_pieces((folder / "cacert1.pem").read_bytes(), SourceRef("b"))
    assert not chain_of_pieces(second, SourceRef("d")).whole_chain
    first = served_pieces((folder / "cacert.pem").read_bytes(), SourceRef("a"))
    block = next(pem.blocks((RECORDED / "listed-leaf.pem").read_bytes()))
    other = b" 0 s:CN=x\n   i:CN=y\n" + (RECORDED / "listed-leaf.pem").read_bytes()
    assert block.content is not None
    assert not chain_of_pieces([*first, *second, *served_pieces(other, SourceRef("o"))], SourceRef("d")).whole_chain


def test_plain_pem_files_are_no_pieces() -> None:
    assert served_pieces((RECORDED / "listed-root.pem").read_bytes(), SourceRef("x")) == []
    mixed = (RECORDED / "listed-root.pem").read_bytes() + b" 0 s:CN=x\n   i:CN=y\n"
    assert served_pieces(mixed + (RECORDED / "listed-leaf.pem").read_bytes(), SourceRef("x")) == []
