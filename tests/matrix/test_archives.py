"""Every sample in every kind of archive, made by the real tools: outcome and primary rule never change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from matrix.lablogs import LabLog, Tally, answer, lab_logs
from support import SAMPLES, need_tool

pytestmark = pytest.mark.slow

COMPRESSORS = {
    "gzip": ("gzip", "gzip -9 -c"),
    "bzip2": ("bzip2", "bzip2 -c"),
    "xz": ("xz-utils", "xz -c"),
    "zstd": ("zstd", "zstd -q -c"),
}
"""Tool to its Debian package and command; `FILE` goes in, the result comes out."""

ARCHIVES = {
    "tar": "tar -cf - .",
    "tar, pax": "tar --format=pax -cf - .",
    "tar, ustar": "tar --format=ustar -cf - .",
    "tar, old": "tar --format=v7 -cf - .",
    **{f"tar in {tool}": f"tar -cf - . | {tool} -c" for tool in COMPRESSORS},
    "tar in gzip in xz": "tar -czf - . | xz -c",
    "zip": "zip -q -r {out} .",
    "zip, stored": "zip -q -0 -r {out} .",
    "zip, piped": "zip -q -r - . | cat",
    "zip64": "zip -q -fz -r {out} .",
    "tar in gzip in zip": "tar -czf inner.tgz * && zip -q - inner.tgz",
    "zip in tar in zstd": "zip -q -r inner.zip . && tar -cf - inner.zip | zstd -q -c",
}
"""Kind to a command that packs the folder it runs in."""

TOOLS = {"zip": "zip", "tar": "tar", "gzip": "gzip", "bzip2": "bzip2", "xz": "xz-utils", "zstd": "zstd"}


def run(command: str, folder: Path, out: Path) -> None:
    for tool, package in TOOLS.items():
        if tool in command:
            need_tool(tool, package)
    out.unlink(missing_ok=True)
    with open("/dev/null" if "{out}" in command else out, "wb") as target:  # noqa: PTH123
        subprocess.run(["sh", "-ec", command.format(out=out)], cwd=folder, stdout=target, check=True)


def lay_out(log: LabLog, folder: Path) -> Path:
    """The sample's files in an appliance's tree."""
    shutil.rmtree(folder, ignore_errors=True)
    tree = folder / "lancope" / "var" / "logs" / "containers"
    tree.mkdir(parents=True)
    for path in (SAMPLES / log.name / "sw-response-mgmt.log", *log.beside):
        (shutil.copytree if path.is_dir() else shutil.copy)(path, tree / path.name)
    return folder


def tallied(column: str, make: Callable[[LabLog], tuple[str, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally(column)
    for log in lab_logs():
        tally.add(log.name, answer(*make(log)), log.expected["whole"])
    with capsys.disabled():
        sys.stdout.write(f"\n{tally}")
    assert tally.differing is None


@pytest.mark.campaign(10)
@pytest.mark.parametrize("kind", ARCHIVES)
def test_an_archive_changes_no_verdict(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def make(log: LabLog) -> tuple[str, ...]:
        out = tmp_path / "bundle"
        run(
            ARCHIVES[kind],
            lay_out(log, tmp_path / "tree"),
            out.with_suffix(".zip") if "{out}" in ARCHIVES[kind] else out,
        )
        return (str(out.with_suffix(".zip") if "{out}" in ARCHIVES[kind] else out),)

    tallied(kind, make, capsys)


@pytest.mark.campaign(10)
@pytest.mark.parametrize("tool", COMPRESSORS)
def test_a_compressed_file_changes_no_verdict(tool: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Log, capture and trust store, each compressed by itself, under names that say nothing."""
    package, command = COMPRESSORS[tool]
    need_tool(tool, package)

    def make(log: LabLog) -> tuple[str, ...]:
        paths: list[str] = []
        for number, path in enumerate(sorted(p for p in (SAMPLES / log.name).rglob("*") if p.is_file())):
            if path.name == "expected.json":
                continue
            if path.name == "tls-ciphers":  # known by its name
                paths.append(str(path))
                continue
            out = tmp_path / f"evidence-{number}"
            with out.open("wb") as target:
                subprocess.run([*command.split(), str(path)], stdout=target, check=True)
            paths.append(str(out))
        return tuple(paths)

    tallied(f"each file in {tool}", make, capsys)
