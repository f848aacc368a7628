"""Bytes that may be text."""

from __future__ import annotations


def is_printable(data: bytes) -> bool:
    """True if the bytes are ASCII text."""
    return all(0x20 <= b < 0x7F or b in b"\r\n\t" for b in data)


def first_line(data: bytes) -> str:
    """The first line, at most 200 characters of it."""
    return data[:400].splitlines()[0].decode("utf-8", "backslashreplace")[:200] if data else ""
