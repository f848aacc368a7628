"""A sample of the lab taken apart into its pieces of evidence."""

from __future__ import annotations

import itertools
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"

KINDS = ("log", "capture", "store", "keylog", "ciphers", "terminal")
"""In the order in which they are usually at hand."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A folder of the samples: `pieces` are its files by kind; a kind may have several (rotated logs, CA files)."""

    name: str
    pieces: dict[str, tuple[Path, ...]]

    def subsets(self) -> Iterator[frozenset[str]]:
        """All selections of its pieces, smallest first. A key log opens a capture and says nothing alone."""
        kinds = [kind for kind in KINDS if kind in self.pieces]
        for size in range(1, len(kinds) + 1):
            for chosen in map(frozenset, itertools.combinations(kinds, size)):
                if "keylog" not in chosen or "capture" in chosen:
                    yield chosen

    def paths(self, kinds: frozenset[str]) -> list[str]:
        """The files of these kinds, as a user would name them."""
        return [str(path) for kind in KINDS if kind in kinds for path in self.pieces[kind]]


def samples(scratch: Path) -> list[Sample]:
    """All samples of failed or accepted mail; those that are one archive are taken apart below `scratch`."""
    found = []
    for described in sorted(SAMPLES.glob("*/expected.json")):
        folder = described.parent
        for archive in sorted(folder.glob("*.tar.gz")):
            folder = scratch / described.parent.name
            with tarfile.open(archive) as opened:
                opened.extractall(folder, filter="data")
        found.append(Sample(described.parent.name, _pieces(folder)))
    return found


def _pieces(folder: Path) -> dict[str, tuple[Path, ...]]:
    pieces: dict[str, tuple[Path, ...]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        kind = _kind(path)
        if kind is not None:
            pieces[kind] = (*pieces.get(kind, ()), path)
    return pieces


def _kind(path: Path) -> str | None:
    if ".log" in path.suffixes:
        return "log"
    if path.suffix in {".pcap", ".pcapng"}:
        return "capture"
    if path.name == "tls-keys.txt":
        return "keylog"
    if path.name == "tls-ciphers":
        return "ciphers"
    if path.name == "terminal.txt":
        return "terminal"
    return "store" if path.name.startswith("truststore") or path.suffix == ".pem" else None
