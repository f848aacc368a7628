"""Helpers that several tests share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
FOREIGN_CAPTURES = ROOT.parent / "shared" / "captures"
"""Captures that others made; they lie beside the checkout and are never committed."""


def in_ci() -> bool:
    """True where a missing tool is a failure."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def need_tool(name: str, package: str) -> str:
    """The path of a program; without it the test is skipped with the reason, and fails in CI."""
    found = shutil.which(name)
    if found is not None:
        return found
    reason = f"needs the program {name} (Debian package {package}); tests/system-packages.sh installs it"
    if in_ci():
        pytest.fail(reason)
    pytest.skip(reason)


def need_foreign_captures() -> Path:
    """The folder of foreign captures; without it the test is skipped with the reason."""
    if not FOREIGN_CAPTURES.is_dir():
        pytest.skip("needs the folder of foreign captures beside the checkout (../shared/captures)")
    return FOREIGN_CAPTURES
