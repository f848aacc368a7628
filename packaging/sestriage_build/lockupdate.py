"""Pins the newest of everything: `packaging/build --update-locks` (uses the network)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sestriage_build import debian, index, locks
from sestriage_build.work import PACKAGING, PYTHON, ROOT, TARGETS, BuildError, run

UV = "0.13.9"
SUITES = (("debian", "bookworm"), ("debian", "bookworm-updates"), ("debian-security", "bookworm-security"))


def update() -> None:
    """Write every lock anew."""
    day = datetime.now(UTC).date().isoformat()
    rows = [row for name in TARGETS for row in _newest(name)]
    head = (
        f"# Written by packaging/build --update-locks. architecture, package, version, SHA-256, path\n# as of {day}\n"
    )
    locks.FOLDER.mkdir(exist_ok=True)
    locks.DEBIAN.write_text(head + "".join(f"{' '.join(row)}\n" for row in rows), encoding="ascii")
    wanted = PACKAGING / "package-requirements.in"
    _wheels(day, locks.RUNTIME, ROOT / "pyproject.toml", wanted)
    _wheels(day, locks.TOOLS, PACKAGING / "tools-requirements.in")
    _wheels(day, locks.DEVELOPMENT, ROOT / "pyproject.toml", PACKAGING / "tools-requirements.in", extra="dev")


def _newest(architecture: str) -> Iterator[tuple[str, ...]]:
    """Of each package that the tree takes, the row of its newest version."""
    best: dict[str, dict[str, str]] = {}
    for area, suite in SUITES:
        for entry in index.entries(area, suite, architecture):
            name = entry.get("Package", "")
            if name in debian.NAMES and (name not in best or _is_newer(entry["Version"], best[name]["Version"])):
                best[name] = {**entry, "Filename": f"{area}/{entry['Filename']}"}
    missing = sorted(set(debian.NAMES) - set(best))
    if missing:
        raise BuildError(f"Debian has no {', '.join(missing)} for {architecture}")
    for name in sorted(best):
        entry = best[name]
        yield architecture, name, entry["Version"], entry["SHA256"], entry["Filename"]


def _is_newer(version: str, other: str) -> bool:
    return subprocess.run(["dpkg", "--compare-versions", version, "gt", other], check=False).returncode == 0


def _wheels(day: str, lock: Path, *sources: Path, extra: str | None = None) -> None:
    """Versions and hashes for every system and Python that the sources allow."""
    from sestriage_build import wheels

    uv = wheels.tool("uv", UV)
    wanted = ["--extra", extra] if extra else []
    command: list[str | Path] = [uv, "pip", "compile", "--quiet", "--universal", "--upgrade", "--generate-hashes"]
    text = run([*command, "--python-version", PYTHON, "--no-header", "--no-annotate", *wanted, *sources])
    lock.write_text(f"# Written by packaging/build --update-locks.\n# as of {day}\n{text}", encoding="utf-8")
