"""The JDK's trust manager and host name checker as oracles for the tests."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from seslab.stores import QUICK
from support import need_tool

SOURCES = sorted(Path(__file__).with_name("java").glob("*.java"))
MORE_JAVAS = "SESTRIAGE_TEST_JAVAS"
"""Environment variable: further java programs to ask, as `11=/path/to/java:21=/other/java`."""
OPTIONS = ("--add-exports", "java.base/sun.security.util=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
_KEEP: list[TemporaryDirectory[str]] = []


def javas() -> list[tuple[str, str]]:
    """(generation, program): the JDK on the path, and those of the environment variable."""
    found = [("17", "java")]
    for each in filter(None, os.environ.get(MORE_JAVAS, "").split(":")):
        generation, _, program = each.partition("=")
        found.append((generation, program))
    return found


def joined(certificates: Iterable[bytes]) -> str:
    return ",".join(base64.b64encode(each).decode() for each in certificates)


@cache
def classes() -> str:
    """The folder with the compiled probes, in byte code that every JDK from 11 on runs."""
    folder = TemporaryDirectory(prefix="trust-probe-")
    _KEEP.append(folder)
    javac = need_tool("javac", "default-jdk-headless")
    subprocess.run([javac, *QUICK, "--release", "11", "-d", folder.name, *SOURCES], check=True, capture_output=True)
    return folder.name


def ask_java(java: str, lines: Sequence[str], folder: Path) -> dict[str, str]:
    """Name to answer (`OK` or the exception's message), for lines as the probe reads them. One JVM for all."""
    cases = folder / "cases.txt"
    cases.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    program = need_tool(java, "default-jdk-headless")
    done = subprocess.run(
        [program, *OPTIONS, "-cp", classes(), "TrustProbe", str(cases)],
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(line.split("\t", 1) for line in done.stdout.splitlines())
