"""Names of files and members: what may be shown, and what is refused."""

from __future__ import annotations

import re
from typing import Final

from sestriage.model.message import Message

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_SHOWN: Final = 120
"""Characters of an over-long name that are still shown."""


def decode_name(raw: bytes) -> str:
    """The name as text: UTF-8, other bytes kept as lone surrogates (PEP 383) so that nothing is lost."""
    return raw.decode("utf-8", "surrogateescape")


def safe_name(name: str) -> str:
    r"""The name with everything that could harm a terminal or a report written out (`\x1b`, `\u202e`).

    Printable characters of any script stay. An over-long name is cut in the middle of a finding, not here.
    """
    if name.isascii() and name.isprintable():
        return name
    return "".join(character if character.isprintable() else _escape(character) for character in name)


def short_name(name: str) -> str:
    """The safe name, cut to a length that fits a sentence; says how long it was."""
    shown = safe_name(name[: _SHOWN + 1])
    return shown if len(name) <= _SHOWN else f"{shown[:_SHOWN]}… ({len(name)} characters)"


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def member_name(name: str) -> str:
    """The name of a member as it is shown: safe, and without the `./` that `tar -C dir .` puts before it."""
    while name.startswith("./") and name.strip("./"):
        name = name[2:].lstrip("/")
    return safe_name(name)


def refusal(name: str, max_bytes: int, is_folder: bool = False) -> str | None:
    """Why a member of this name is refused; None when the name is fine.

    A backslash counts as a separator: Windows tools write it, and an unpacker there would obey it.
    """
    if len(name.encode("utf-8", "surrogateescape")) > max_bytes:
        return Message("its name is longer than {count} bytes", count=max_bytes)
    if is_folder and name in (".", "./"):
        return None
    if _CONTROL.search(name):
        return Message("its name holds control characters")
    if name[:1] in ("/", "\\") or _DRIVE.match(name):
        return Message("its path is absolute")
    if ".." in re.split(r"[/\\]", name):
        return Message("its path leaves the archive (..)")
    return None if name.strip("/\\. ") else Message("it has no name")


def identity(name: str) -> str:
    """The name as the unpacker of a system that ignores case would see it: `./A//b` and `a/B` are one."""
    return "/".join(part for part in re.split(r"[/\\]", name) if part not in ("", ".")).casefold()
