"""Known vulnerabilities of what is pinned: `packaging/audit`, with pip-audit and what PyPI knows.

pip-audit passes where its service is not to be had (a mirror without PyPI's JSON, no network): what was not asked about
is counted here and said.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sestriage_build import locks, wheels
from sestriage_build.work import BuildError

VERSION = "2.10.1"
LOCKS = (locks.RUNTIME, locks.TOOLS, locks.DEVELOPMENT)
SECONDS = 300


def main() -> int:
    """Print what is known of each lock; 1 when something is, 0 also where nothing could be asked."""
    try:
        program = wheels.tool("pip-audit", VERSION)
    except BuildError as error:
        print(f"not audited: {error}", file=sys.stderr)  # noqa: T201
        return 0
    bad = 0
    for lock in LOCKS:
        said, known = judged(_asked(program, lock))
        print(f"{lock.name}: {said}")  # noqa: T201
        bad += known
    return 1 if bad else 0


def _asked(program: Path, lock: Path) -> str:
    command = [str(program), "--format", "json", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    try:
        done = subprocess.run([*command, "-r", str(lock)], capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def judged(answer: str) -> tuple[str, int]:
    """What pip-audit's JSON says, in words, and how many packages have a known vulnerability."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return "not audited: pip-audit gave no answer", 0
    asked = [package for package in packages if "vulns" in package]
    bad = [package for package in asked if package["vulns"]]
    names = [f"{package['name']} {package['version']}: {_ids(package)}" for package in bad]
    unasked = len(packages) - len(asked)
    parts = [f"{len(asked)} packages audited, {len(bad)} with known vulnerabilities"]
    if unasked:
        parts.append(f"{unasked} not audited, because PyPI's JSON did not answer here")
    return "; ".join([*parts, *names]), len(bad)


def _ids(package: dict[str, list[dict[str, str]]]) -> str:
    return ", ".join(found["id"] for found in package["vulns"])
