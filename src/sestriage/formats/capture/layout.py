"""Where frames of one build have what tells their conversation: behind a link header and an IP header of usual size."""

from __future__ import annotations

from struct import Struct

from sestriage.formats.capture import link

MAX_OFFSET = 128
"""An IP header farther away from the frame's first byte is none of a layout."""
_SLL2 = 276


class FrameLayout:
    """Where frames of a link type have addresses, ports and TCP flags, which `key` reads.

    `before` is the part of a struct up to the IP header: it gives the EtherType that stands in front of it, or nothing
    (then `ethertype` is nothing, too, and the layout may only be relied on where its key is known).
    """

    __slots__ = ("before", "ethertype", "family", "hits", "key", "link_type", "offset")

    def __init__(self, offset: int, family: int, link_type: int) -> None:
        self.offset = offset
        self.family = family
        self.link_type = link_type
        self.hits = 0
        self.key = Struct(f"{offset + 12}x12s9xB" if family == link.IPV4 else f"{offset + 8}x36s9xB")
        place = 0 if link_type == _SLL2 else offset - 2 if link_type in link.WITH_ETHERTYPE else None
        self.ethertype = b"" if place is None else family.to_bytes(2, "big")
        self.before = f"{offset}x0s" if place is None else f"{place}x2s{offset - place - 2}x"

    def same(self, offset: int, family: int, link_type: int) -> bool:
        """It is the layout of such frames."""
        return (self.offset, self.family, self.link_type) == (offset, family, link_type)
