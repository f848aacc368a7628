"""Runs printed commands in real shells whose programs only write down the words that they got."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

Words = tuple[str, ...]

PROGRAMS = (
    *("aws", "awk", "bash", "b", "cat", "chronyc", "cp", "curl", "date", "dig", "docker", "find", "getent", "grep"),
    *("head", "id", "ip", "keytool", "ls", "mv", "nc", "ntpq", "openssl", "ping", "reboot", "rm", "sed", "sestriage"),
    *("sh", "sleep", "tail", "tcpdump", "timeout", "touch", "tracepath", "tr"),
)
"""What printed commands run, and what an attacker would."""

_STUB = """#!{sh}
{{ printf '%s\\0' "${{0##*/}}" "$@" ; }} > "$WORDS/$$"
"""


class Stubs:
    """A folder of such programs. `run` gives, for each command, how often each list of words was run."""

    def __init__(self, folder: Path, shell: str) -> None:
        self.shell = shutil.which(shell) or shell
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        for name in PROGRAMS:
            stub = self.bin / name
            stub.write_text(_STUB.format(sh=shutil.which("dash") or "/bin/sh"), encoding="ascii")
            stub.chmod(0o755)
        self._runs = 0

    def run(self, commands: Sequence[str], variables: Mapping[str, str]) -> list[Counter[Words]]:
        """All commands in one shell, each in a folder of its own; what they leave there counts as run, too."""
        self._runs += 1
        base = self.folder / f"run-{self._runs}"
        script = base / "script"
        base.mkdir()
        # a program here reads nothing: without this the writer before it in a pipe would die of it, sooner or later
        lines = ["trap '' PIPE"]
        for number, command in enumerate(commands):
            (base / f"words-{number}").mkdir()
            (base / f"work-{number}").mkdir()
            lines += [f"(\ncd {base}/work-{number}\nWORDS={base}/words-{number}; export WORDS", command, ") </dev/null"]
        script.write_bytes("\n".join([*lines, "wait", ""]).encode("utf-8", "surrogateescape"))
        result = subprocess.run(
            [self.shell, str(script)],
            env={"PATH": str(self.bin), "LC_ALL": "C.UTF-8", **variables},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert b"yntax error" not in result.stderr, result.stderr
        return [self._result(base, number) for number in range(len(commands))]

    def _result(self, base: Path, number: int) -> Counter[Words]:
        found: Counter[Words] = Counter()
        for file in (base / f"words-{number}").iterdir():
            found[tuple(file.read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1])] += 1
        for left in (base / f"work-{number}").iterdir():
            found["left behind", left.name] += 1
        return found
