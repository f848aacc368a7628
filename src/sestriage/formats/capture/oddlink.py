"""Link types that the own walk does not know (802.11 in its wrappings, PPI, pflog, …): scapy takes the frame apart.

scapy is imported when the first such frame comes, and is far slower than the walk over the usual link types; so only
so many frames are given to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scapy.packet import Packet

MAX_FRAMES = 25_000
"""Frames that scapy takes apart in one capture (about ten seconds); what comes after them is left out."""
MAX_FRAME = 20_000
"""Bytes of a frame that are looked at: no such link has longer frames (token ring: 18,200)."""
_WIRELESS = frozenset({105, 119, 127, 163})
"""802.11, bare or behind a header of the radio. IP is there behind LLC/SNAP only, which saves most frames the way."""
_SNAP = b"\xaa\xaa\x03\x00\x00\x00"
_MODULES = ("l2", "inet", "inet6", "dot11", "ppi", "ppp", "pflog")
_CONTRIBUTED = ("avs",)


class OddLinks:
    """Finds IP packets in frames of odd link types.

    `failed` counts frames that scapy could not take apart, `left_out` those behind the limit.
    """

    def __init__(self) -> None:
        self.failed = 0
        self.left_out = 0
        self._taken = 0
        self._layers: dict[int, type[Packet] | None] = {}

    def knows(self, link_type: int) -> bool:
        """True if scapy has a layer for this link type."""
        if link_type not in self._layers:
            self._layers[link_type] = _layer(link_type)
        return self._layers[link_type] is not None

    def ip_bytes(self, link_type: int, frame: bytes) -> bytes | None:
        """The IP packet (with whatever follows it) in a frame; None when there is none. Never raises."""
        if link_type in _WIRELESS and _SNAP not in frame:
            return None
        if self._taken >= MAX_FRAMES:
            self.left_out += 1
            return None
        self._taken += 1
        layer = self._layers.get(link_type)
        if layer is None:
            return None
        try:
            return _ip_bytes(layer(frame[:MAX_FRAME]))
        except Exception:  # scapy raises whatever its layers raise; the next frame may be a good one
            self.failed += 1
            return None


def _layer(link_type: int) -> type[Packet] | None:
    """scapy's layer for a link type; None when it has none, or is not there."""
    import logging
    import warnings
    from importlib import import_module

    # scapy warns on standard error of the machine's own network, which does not matter here
    logging.getLogger("scapy").setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in _MODULES:
                import_module(f"scapy.layers.{name}")
            for name in _CONTRIBUTED:
                import_module(f"scapy.contrib.{name}")
            from scapy.config import conf
        layer: type[Packet] | None = conf.l2types.num2layer.get(link_type)
    except Exception:  # without scapy the link type stays unknown, and that is reported
        return None
    return layer


def _ip_bytes(packet: Packet) -> bytes | None:
    from scapy.layers.inet import IP
    from scapy.layers.inet6 import IPv6

    found = packet.getlayer(IP)
    other = packet.getlayer(IPv6)
    if found is None or (other is not None and found in other):  # the outermost of the two
        found = other
    return None if found is None else bytes(found.original)
