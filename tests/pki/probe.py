"""The JDK's trust manager and host name checker, and `openssl verify`, as oracles for the tests."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("java") / "TrustProbe.java"


def need(tool: str) -> str:
    """The path of a program; a test that needs it is skipped where it is missing, but fails under CI=true."""
    found = shutil.which(tool)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{tool} is not installed, and CI must not skip this")
        pytest.skip(f"{tool} is not installed")
    return found


def joined(certificates: Iterable[bytes]) -> str:
    return ",".join(base64.b64encode(each).decode() for each in certificates)


def compiled(folder: Path) -> Path:
    """The folder with the compiled probe, in byte code that every JDK from 11 on runs."""
    subprocess.run([need("javac"), "--release", "11", "-d", folder, SOURCE], check=True, capture_output=True)
    return folder


def ask_java(java: str, classes: Path, lines: Sequence[str], folder: Path) -> dict[str, str]:
    """Name to answer (`OK` or the exception's message), for lines as the probe reads them."""
    cases = folder / "cases.txt"
    cases.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    done = subprocess.run(
        [java, "--add-exports", "java.base/sun.security.util=ALL-UNNAMED", "-Xshare:auto", "-XX:TieredStopAtLevel=1"]
        + ["-cp", str(classes), "TrustProbe", str(cases)],
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(line.split("\t", 1) for line in done.stdout.splitlines())
