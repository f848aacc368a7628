"""The direction of imports, and the one home of each third-party package (CONTRIBUTING.md, "The house")."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT

PACKAGE = ROOT / "src" / "sestriage"

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "model": set(),
    "formats": {"model", "errors"},
    "pki": {"formats", "model", "errors"},
    "ingest": {"formats", "model", "errors"},
    "rules": {"formats", "model", "errors"},
    "engine": {"ingest", "rules", "pki", "formats", "model", "errors"},
    "watch": {"ingest", "rules", "pki", "formats", "model", "errors"},
    "probe": {"pki", "formats", "model", "errors"},
    "redact": {"model", "errors"},
    "report": {"model", "errors"},
    "cli": {"engine", "watch", "probe", "redact", "report", "ingest", "rules", "pki", "formats", "model", "errors"},
}
"""Room to the rooms whose modules it may import."""

HOMES: dict[str, tuple[str, ...]] = {
    "click": ("cli/",),
    "rich": ("report/", "cli/"),
    "pyparsing": ("rules/", "formats/log/"),
    "cryptography": ("pki/", "formats/"),
    "scapy": ("formats/capture/",),
    "isal": ("ingest/inflate.py",),
}
"""Third-party package to the places that may import it."""


def modules() -> Iterator[Path]:
    yield from sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module's full name, and whether the import stands at the top of the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in top
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or "", id(node) in top


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", list(modules()), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_downwards(path: Path) -> None:
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    for name, _ in imported(path):
        if not name.startswith("sestriage."):
            continue
        target = name.split(".")[1]
        assert target == room or target in MAY_IMPORT[room], f"{path.name}: {room} must not import {name}"


@pytest.mark.parametrize("path", list(modules()), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_third_party_packages_stay_at_home(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    for name, _ in imported(path):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or place.startswith(homes), f"{place} must not import {name}"


def test_model_imports_only_the_standard_library() -> None:
    import sys

    for path in sorted((PACKAGE / "model").glob("*.py")):
        for name, _ in imported(path):
            root = name.split(".")[0]
            assert root in sys.stdlib_module_names or name.startswith("sestriage.model"), f"{path.name}: {name}"


def test_heavy_packages_are_not_imported_at_start_up() -> None:
    heavy = {"scapy", "cryptography", "rich", "pyparsing"}
    for path in modules():
        if room_of(path) in ("report", "rules") and path.stem in ("grammar",):
            continue
        for name, at_top in imported(path):
            assert not (at_top and name.split(".")[0] in heavy), f"{path}: {name} at the top of the module"


NETWORK = {
    "asyncio",
    "ftplib",
    "http",
    "imaplib",
    "poplib",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "urllib.request",
}


def test_only_the_probe_touches_the_network() -> None:
    users = {
        room_of(path)
        for path in modules()
        for name, _ in imported(path)
        if name in NETWORK or name.split(".")[0] in NETWORK
    }
    assert users == {"probe"}
