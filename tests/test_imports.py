"""The direction of imports, the size of rooms and files, and the one home of each third-party package.

CONTRIBUTING.md, "The house", says what the rooms are for.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from support import ROOT

PACKAGE = ROOT / "src" / "sestriage"

GROUND = {"errors", "i18n", "model", "system"}
MAY_IMPORT: dict[str, set[str]] = {
    "delivery": set(),
    "system": set(),
    "errors": {"model"},
    "i18n": {"model", "errors"},
    "model": set(),
    "formats": {"model", "errors"},
    "times": {"formats", *GROUND},
    "pki": {"formats", *GROUND},
    "ingest": {"times", "formats", *GROUND},
    "rules": {"formats", *GROUND},
    "engine": {"ingest", "rules", "pki", "times", "formats", *GROUND},
    "watch": {"delivery", "redact", "ingest", "rules", "pki", "times", "formats", *GROUND},
    "probe": {"pki", "formats", *GROUND},
    "fleet": {"engine", "redact", "ingest", "rules", "pki", "times", "formats", *GROUND},
    "redact": GROUND,
    "report": GROUND,
    "cli": {"delivery", "engine", "watch", "probe", "fleet", "redact", "report", "ingest", "rules", "pki", "times"}
    | {"formats", *GROUND},
}
"""Room to the rooms whose modules it may import."""

MAY_IMPORT_INSIDE: dict[str, set[str]] = {
    "formats/certs": set(),
    "formats/tls": set(),
    "formats/smtp": set(),
    "formats/capture": {"formats/certs", "formats/tls", "formats/smtp"},
    "formats/log/wording": {"formats/log"},
    "rules/language": {"rules"},
    "rules/fixes": {"rules", "rules/texts"},
    "watch/output": {"watch"},
    "report/json": {"report"},
    "report/forecast": {"report"},
    "report/several": {"report", "report/json"},
    "report/html": {"report", "report/forecast", "report/several"},
}
"""Inner room to the other rooms of the same house that its modules may import."""

HOMES: dict[str, tuple[str, ...]] = {
    "click": ("cli/",),
    "rich": ("report/", "cli/"),
    "pyparsing": ("rules/language/", "formats/log/"),
    "cryptography": ("pki/", "formats/"),
    "scapy": ("formats/capture/",),
    "isal": ("ingest/inflate.py",),
    "jinja2": ("report/html/page.py",),
    "duckdb": ("fleet/",),
    "pebble": ("fleet/pool.py",),
    "distributed": ("fleet/cluster.py", "fleet/remote_worker.py"),
    "fsspec": ("fleet/remote.py",),
}
"""Third-party package to the places that may import it."""

MOST_LINES = 400
MOST_MODULES = 25
"""In a room, its map (`__init__`) and the rooms inside it not counted."""
MOST_COMMANDS = 35
"""In `cli/`, which has a file for each command."""


def modules() -> Iterator[Path]:
    yield from sorted(PACKAGE.rglob("*.py"))


def place_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


each_room = pytest.mark.parametrize("folder", sorted({path.parent for path in modules()}), ids=place_of)


Import = ast.Import | ast.ImportFrom


@cache
def import_statements(path: Path) -> tuple[tuple[Import, bool], ...]:
    """Every import of a module, and whether it stands at its top."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = set(map(id, tree.body))
    return tuple((node, id(node) in top) for node in ast.walk(tree) if isinstance(node, Import))


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module's full name, and whether the import stands at the top of the module."""
    for node, at_top in import_statements(path):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, at_top
        else:
            assert node.level == 0, f"{path}: relative import"
            yield node.module or "", at_top


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def test_imports_point_downwards() -> None:
    upwards = [
        f"{place_of(path)} must not import {name}"
        for path in modules()
        for name, _ in imported(path)
        if (room := room_of(path)) not in ("__init__", "__main__") and name.startswith("sestriage.")
        if (target := name.split(".")[1]) != room and target not in MAY_IMPORT[room]
    ]
    assert upwards == []


@pytest.mark.parametrize("room", MAY_IMPORT_INSIDE)
def test_inner_rooms_import_downwards(room: str) -> None:
    house = room.split("/")[0]
    for path in sorted((PACKAGE / room).glob("*.py")):
        if path.name == "__init__.py":
            continue
        for name in modules_imported(path):
            target = "/".join(name.split(".")[1:-1])
            inside = target.split("/")[0] == house and target != room
            assert not inside or target in MAY_IMPORT_INSIDE[room], f"{place_of(path)} must not import {name}"


# --- circles -----------------------------------------------------------------------------------------------------


def known_modules() -> dict[str, Path]:
    found = {}
    for path in modules():
        parts = ("sestriage", *path.relative_to(PACKAGE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


KNOWN = known_modules()


def modules_imported(path: Path) -> set[str]:
    """The modules of the package that a module imports anywhere, for its types too."""
    found = set()
    for node, _ in import_statements(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in KNOWN else node.module)
    return found & set(KNOWN)


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """One way from a node back to itself; empty when there is none."""
    done: set[str] = set()

    def visit(node: str, way: list[str]) -> list[str]:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in done:
            return []
        for target in sorted(graph[node]):
            found = visit(target, [*way, node])
            if found:
                return found
        done.add(node)
        return []

    for node in graph:
        found = visit(node, [])
        if found:
            return found
    return []


def test_no_two_modules_import_each_other() -> None:
    graph = {
        name: set()
        if path.name == "__init__.py"
        else {t for t in modules_imported(path) if KNOWN[t].name != "__init__.py"}
        for name, path in KNOWN.items()
    }
    assert circle(graph) == []


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["b", "c", "b"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


# --- sizes and maps ----------------------------------------------------------------------------------------------


def test_files_are_small() -> None:
    lines = {place_of(path): path.read_text(encoding="utf-8").count("\n") for path in modules()}
    assert {place: count for place, count in lines.items() if count > MOST_LINES} == {}


@each_room
def test_rooms_are_small_and_have_a_map(folder: Path) -> None:
    inside = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert len(inside) <= (MOST_COMMANDS if folder.name == "cli" else MOST_MODULES)
    if folder == PACKAGE:
        return
    rooms = {path.name for path in folder.iterdir() if (path / "__init__.py").exists()}
    told = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    named = set(re.findall(r"`(\w+)`", told))
    assert inside | rooms <= named, f"the map does not name {sorted((inside | rooms) - named)}"


# --- other packages ----------------------------------------------------------------------------------------------


def test_third_party_packages_stay_at_home() -> None:
    abroad = [
        f"{place_of(path)} must not import {name}"
        for path in modules()
        for name, _ in imported(path)
        if (homes := HOMES.get(name.split(".")[0])) is not None and not place_of(path).startswith(homes)
    ]
    assert abroad == []


def test_model_imports_only_the_standard_library() -> None:
    for path in sorted((PACKAGE / "model").rglob("*.py")):
        for name, _ in imported(path):
            root = name.split(".")[0]
            assert root in sys.stdlib_module_names or name.startswith("sestriage.model"), f"{path.name}: {name}"


def test_heavy_packages_are_not_imported_at_start_up() -> None:
    heavy = {"scapy", "cryptography", "rich", "pyparsing", "duckdb", "pebble", "distributed", "fsspec"}
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
