"""What the tree leaves out: tests, tools, and modules that nothing in it imports.

A module that was taken out wrongly would be missed at run time only, so `tests/packaging` runs every command from the
tree. Of scapy stays exactly what reading a capture imports (asked of the tree's own Python).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from sestriage_build.work import BuildError

STANDARD = (
    "EXTERNALLY-MANAGED",
    "LICENSE.txt",
    "__phello__",
    "__phello__.foo.py",
    "_pydecimal.py",  # the slow twins of compiled modules
    "_pyio.py",
    "aifc.py",
    "antigravity.py",
    "asynchat.py",
    "asyncio",
    "asyncore.py",
    "cProfile.py",
    "cgi.py",
    "cgitb.py",
    "chunk.py",
    "config-3.11-*",
    "crypt.py",
    "ctypes/test",
    "curses",
    "dbm",
    "distutils",
    "doctest.py",
    "ensurepip",
    "ftplib.py",
    "idlelib",
    "imaplib.py",
    "imghdr.py",
    "lib2to3",
    "mailbox.py",
    "mailcap.py",
    "modulefinder.py",
    "msilib",
    "multiprocessing",
    "nntplib.py",
    "pdb.py",
    "pickletools.py",
    "poplib.py",
    "profile.py",
    "pstats.py",
    "pyclbr.py",
    "pydoc.py",
    "pydoc_data",
    "sitecustomize.py",
    "smtpd.py",
    "sndhdr.py",
    "sqlite3/test",
    "sunau.py",
    "tabnanny.py",
    "telnetlib.py",
    "test",
    "this.py",
    "tkinter",
    "trace.py",
    "turtle.py",
    "turtledemo",
    "unittest/mock.py",  # of the rest pyparsing makes use at its import
    "venv",
    "wave.py",
    "webbrowser.py",
    "wsgiref",
    "xdrlib.py",
    "xmlrpc",
    "zipapp.py",
    "lib-dynload/_asyncio.*",
    "lib-dynload/_crypt.*",
    "lib-dynload/_ctypes_test.*",
    "lib-dynload/_curses*",
    "lib-dynload/_dbm.*",
    "lib-dynload/_lsprof.*",
    "lib-dynload/_multiprocessing.*",
    "lib-dynload/_posixshmem.*",
    "lib-dynload/_test*",
    "lib-dynload/_tkinter.*",
    "lib-dynload/_uuid.*",
    "lib-dynload/_xx*",
    "lib-dynload/audioop.*",
    "lib-dynload/nis.*",
    "lib-dynload/ossaudiodev.*",
    "lib-dynload/readline.*",
    "lib-dynload/xx*",
)
"""Of the standard library."""
SITE = (
    "cffi",  # only its compiled part is used at run time, by cryptography
    "cffi-*.dist-info/entry_points.txt",
    "markdown_it",  # rich imports it for Markdown, which no report uses
    "mdurl",
    "pycparser",
    "pyparsing/diagram",
    "pyparsing/tools",
    "pygments",  # rich imports it to colour source code, which no report shows
    "cryptography/hazmat/bindings/_rust",  # stubs for type checkers
    "*/*.pyi",
    "**/*.pyi",
    "**/py.typed",
    "**/tests",
    "*.data",
    "bin",
    "*.dist-info/RECORD",
    "*.dist-info/WHEEL",
    "*.dist-info/top_level.txt",
    "*.dist-info/entry_points.txt",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
)
"""Of the wheels."""
SCAPY_TABLES = ("scapy.libs.ethertypes",)
"""What scapy reads where the machine has no such table of its own."""
OPTIONAL = ("scapy",)
"""Wheels that a builder may leave out (`--without`): sestriage says what it does not read without them."""
UNUSED = ("markdown-it-py", "mdurl", "pycparser", "pygments")
"""Wheels of which nothing stays: what is left out is not in the list of parts either."""


def prune(folder: Path, patterns: Iterable[str]) -> None:
    """Delete what the patterns name."""
    for pattern in patterns:
        for path in sorted(folder.glob(pattern), reverse=True):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


def keep_modules(site: Path, package: str, modules: Iterable[str]) -> None:
    """Delete every module of a package but those named.

    Raises:
        BuildError: none is named, which means that asking went wrong.
    """
    wanted = {name.replace(".", "/") for name in modules}
    if package not in wanted:
        raise BuildError(f"nothing imports {package}")
    for path in sorted((site / package).rglob("*")):
        if path.is_dir():
            continue
        place = path.relative_to(site).with_suffix("").as_posix().removesuffix("/__init__")
        if path.suffix != ".py" or place not in wanted:
            path.unlink()
    remove_empty(site / package)


def remove_empty(folder: Path) -> None:
    """Delete folders without a file."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
