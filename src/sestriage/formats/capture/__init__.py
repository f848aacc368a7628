"""Packet captures (pcap, pcapng, gzipped or not): what was said over SMTP and TLS, and how the connections ended.

Bytes: `magic` (is it one?), `input_buffer` (bytes from a stream, gzip off), `pcap`, `pcapng`, `packet_walk` (what both
walks share), `gate` and `first_bytes` (what is decided without taking a packet apart).
Packets: `link` and `oddlink` (to the IP header), `ip` (to the transport header), `packet_time`.
Conversations: `scope` (which are looked at), `flow_table` (which packet belongs where), `candidate` and `strangers`
(those of which it is not known yet whether they matter), `conversation`, `tcp` (a direction in order), `lifecycle` (how
it began and ended), `protocols` and `plain_text` (what is spoken), `proxies` (what is said to one), `dns`.
Facts: `facts` (of the model), `read` (the door).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sestriage.formats.capture.magic import looks_like_capture

if TYPE_CHECKING:
    from sestriage.formats.capture.read import read_capture, read_in_order
    from sestriage.formats.capture.scope import Scope
    from sestriage.formats.tls.keylog import looks_like_keylog

__all__ = ["Scope", "looks_like_capture", "looks_like_keylog", "read_capture", "read_in_order"]

_HOMES = {
    "Scope": "sestriage.formats.capture.scope",
    "looks_like_keylog": "sestriage.formats.tls.keylog",
    "read_capture": "sestriage.formats.capture.read",
    "read_in_order": "sestriage.formats.capture.read",
}


def __getattr__(name: str) -> object:
    """The readers are loaded when the first capture is there."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)
