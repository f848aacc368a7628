"""What differs between systems stands in one module, and the commands that read evidence do without it.

The second part is a proof about imports and calls, not about another system: in a process of its own everything that
Windows does not have is taken away, and each command has to say the same, byte by byte, as it says here.
"""

from __future__ import annotations

import ast
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sestriage import system
from support import ROOT, SAMPLES

PACKAGE = ROOT / "src" / "sestriage"
MODULES = ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty")
CALLS = (
    *("fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getuid", "killpg", "mkfifo", "pread"),
    *("preadv", "readv", "sched_getaffinity", "set_blocking", "setsid", "statvfs", "uname"),
    *("O_CLOEXEC", "O_DIRECTORY", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK"),
)
"""Of `os`: what it does not have on Windows."""

WITHOUT = """
import io, json, os, select, sys
import asyncio, getpass, platform, random, shutil, socket, subprocess, tempfile  # they know their own ways on Windows
modules, calls, commands = json.loads(sys.argv[1])
if modules:
    del select.poll
for name in modules:
    sys.modules[name] = None
for name in calls:
    delattr(os, name)
from sestriage.cli.main import main
for words in commands:
    sys.argv = ["sestriage", *words]
    try:
        main()
    except SystemExit as end:
        print(f"\\n== {words} ended with {end.code}", flush=True)
"""

BUNDLE = str(SAMPLES / "bundle" / "bundle.tar.gz")
CASE = SAMPLES / "dh-openssl"
COMMANDS = (
    ("triage", "--no-save", BUNDLE),
    ("triage", "--no-save", "--since", "2026-11-24", "--format", "html", str(CASE)),
    ("triage", "--no-save", "--lang", "de", *(str(p) for p in sorted((SAMPLES / "tls13-keylog").iterdir()))),
    ("inspect", BUNDLE),
    ("explain", str(CASE / "sw-response-mgmt.log")),
    ("explain", "dh-key-too-small"),
    ("certs", "compare", str(CASE / "test-action.pcap"), "--store", str(CASE / "truststore.p12")),
    ("mail", *(str(p) for p in sorted((SAMPLES / "mail").glob("*.eml"))[:1])),
    ("settings", "--server", "email-smtp.us-east-1.amazonaws.com", "--port", "25", "--encryption", "none"),
    ("rules", "list"),
    ("rules", "lint"),
    ("redact", str(CASE / "sw-response-mgmt.log")),
    ("guide", "--region", "us-east-1"),
    ("schema", "triage"),
    ("self-test",),
)


def ran(folder: Path, modules: tuple[str, ...], calls: tuple[str, ...]) -> tuple[bytes, bytes]:
    """What the commands print, with modules and calls taken away."""
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "HOME": str(folder), "PYTHONUTF8": "1"}
    there = [name for name in calls if hasattr(os, name)]
    command = [sys.executable, "-c", WITHOUT, json.dumps([modules, there, COMMANDS])]
    done = subprocess.run(command, env=surroundings, cwd=folder, capture_output=True, timeout=280, check=False)
    return done.stdout, done.stderr


def without_moments(text: bytes) -> list[bytes]:
    return re.sub(rb"(?:analysed|ausgewertet) 20[0-9-]+ [0-9:]+Z", b"", text).splitlines()


@pytest.mark.slow
def test_reading_commands_do_without_what_posix_has(tmp_path: Path) -> None:
    usual, _ = ran(tmp_path, (), ())
    there, told = ran(tmp_path, MODULES, CALLS)
    assert told == b""
    assert without_moments(there) == without_moments(usual)
    assert there.count(b"\n== ") == len(COMMANDS)
    assert b"ended with 4" not in there
    assert b"ended with 2" not in there


def test_one_module_asks_for_the_system() -> None:
    asking = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if path == PACKAGE / "system.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                of, name = node.value.id, node.attr
                if (of == "os" and name in {*CALLS, "name"}) or (of == "sys" and name == "platform"):
                    asking.append(f"{path.relative_to(PACKAGE)}: {of}.{name}")
            asking += [
                f"{path.relative_to(PACKAGE)}: {name}" for name in names if name in {*MODULES, "select", "msvcrt"}
            ]
    assert asking == []


def test_where_files_have_no_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    status = tmp_path.stat()
    monkeypatch.setattr(os, "geteuid", lambda: status.st_uid + 1)
    assert system.is_of_others(status) is (status.st_uid != 0)
    assert system.every_user_may_write(stat.S_IFREG | 0o666)
    monkeypatch.delattr(os, "geteuid")
    assert not system.is_of_others(status)
    assert not system.every_user_may_write(stat.S_IFREG | 0o666)


def test_reading_at_a_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"0123456789")
    handle = system.open_to_read(str(path))
    try:
        assert system.read_at(handle, 3, 4) == b"456"
        monkeypatch.delattr(os, "pread")
        assert system.read_at(handle, 3, 4) == b"456"
        assert system.read_at(handle, 3, 9) == b"9"
    finally:
        os.close(handle)


def test_paths_are_taken_apart_at_slashes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert system.with_slashes(r"a\b/c") == r"a\b/c"  # here a backslash is a letter
    monkeypatch.setattr(os, "sep", "\\")
    assert system.with_slashes(r"C:\Users\me\x.log") == "C:/Users/me/x.log"
    assert system.with_slashes(r"\\server\share") == "//server/share"


@pytest.mark.parametrize("name", ["con", "NUL.pem", "com1", "lpt9.txt", "aux."])
def test_names_that_windows_keeps_for_itself(name: str) -> None:
    assert system.RESERVED_NAME.match(name)


@pytest.mark.parametrize("name", ["console.pem", "com.pem", "nullable", "AmazonRootCA1.pem"])
def test_names_that_are_free(name: str) -> None:
    assert not system.RESERVED_NAME.match(name)


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "utf-8"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_consoles_of_another_character_set(encoding: str, language: str, tmp_path: Path) -> None:
    """What the console has no letter for is written in another way; nothing fails."""
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "sestriage", "triage", "--no-save", "--lang", language, BUNDLE]
    done = subprocess.run(command, env=surroundings, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert "dh-key-too-small" in done.stdout.decode(encoding)
