"""Packet captures (pcap, pcapng, gzipped or not): what was said over SMTP and TLS, and how the connections ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sestriage.formats.capture.magic import looks_like_capture

if TYPE_CHECKING:
    from sestriage.formats.capture.keylog import looks_like_keylog
    from sestriage.formats.capture.read import read_capture

__all__ = ["looks_like_capture", "looks_like_keylog", "read_capture"]

_HOMES = {"looks_like_keylog": "keylog", "read_capture": "read"}


def __getattr__(name: str) -> object:
    """The readers are loaded when the first capture is there."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
