"""What is in the packages: parts with their licences, compiled modules that are never looked after, no trace of the
machine that built them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import chroots
from sestriage_build import elf, locks, work
from support import ROOT, need_tool

TREE = "opt/sestriage"


@pytest.fixture(scope="module")
def content(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the Debian package."""
    folder = tmp_path_factory.mktemp("content")
    dpkg = need_tool("dpkg-deb", "dpkg")
    subprocess.run([dpkg, "-x", str(chroots.the(built, "*_amd64.deb")), str(folder)], check=True, timeout=120)
    return folder


def files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def test_sums(built: Path) -> None:
    rows = [line.split() for line in (built / "SHA256SUMS").read_text().splitlines()]
    assert {Path(name).suffix for _, name in rows} == {".deb", ".run", ".json", ".whl"}
    for digest, name in rows:
        assert hashlib.sha256((built / name).read_bytes()).hexdigest() == digest


def test_every_part_is_listed_with_its_licence(content: Path) -> None:
    doc = content / TREE / "share" / "doc"
    listed = json.loads((doc / "sbom.cdx.json").read_text())
    assert (listed["bomFormat"], listed["specVersion"]) == ("CycloneDX", "1.5")
    parts = {part["name"]: part for part in listed["components"]}
    assert len(parts) == len(listed["components"]) == len({part["purl"] for part in parts.values()})
    for part in parts.values():
        assert any((doc / "copyright" / part["name"]).iterdir()), part["name"]
        assert len(part["hashes"][0]["content"]) == 64
    assert {package.name for package in locks.debian("amd64")} <= set(parts)
    for information in (content / TREE / "site").glob("*.dist-info"):
        name = locks.normal(information.name.split("-")[0])
        assert name == "sestriage" or name in parts


def test_modules_are_compiled_and_never_looked_after(content: Path) -> None:
    """PEP 552: flags 0b01 are a module that is found by its hash, which is not compared."""
    compiled = [path for path in files(content) if path.suffix == ".pyc"]
    assert len(compiled) > 500
    assert {path.read_bytes()[4:8] for path in compiled} == {b"\1\0\0\0"}
    own = content / TREE / "site" / "sestriage"
    for source in own.rglob("*.py"):
        assert list(source.parent.glob(f"__pycache__/{source.stem}.cpython-311.pyc")), source


def test_nothing_tells_where_it_was_built(content: Path) -> None:
    traces = (str(work.ROOT).encode(), b"build/packaging/tree")
    assert [path for path in files(content) if any(trace in path.read_bytes() for trace in traces)] == []


def test_every_library_is_inside(content: Path) -> None:
    inside = {path.name for path in (content / TREE / "lib").iterdir()}
    for path in elf.programs(content / TREE):
        assert set(elf.needed(path)) <= inside, path


def test_only_programs_may_be_run(content: Path) -> None:
    run = {path.relative_to(content / TREE).as_posix() for path in files(content) if path.stat().st_mode & 0o111}
    assert run == {"bin/sestriage", "python/bin/python3.11", "lib/ld-linux-x86-64.so.2"}


def test_no_script_of_the_package_needs_the_network() -> None:
    for name in ("postinst", "prerm", "postrm"):
        text = (ROOT / "packaging" / "sestriage_build" / f"{name}.sh").read_text()
        assert not {"curl", "wget", "apt-get", "pip", "http"} & set(text.replace("/", " ").split())
