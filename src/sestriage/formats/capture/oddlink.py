"""Link types that the own walk does not know (802.11 in its wrappings, PPI, pflog, …): scapy takes the frame apart.

scapy is imported when the first such frame comes, and is far slower than the walk over the usual link types; so only
so many frames are given to it. It is a package that sestriage works without (its licence is the GPL, version 2 only).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
_NAMES: dict[str, object] = {"scapy.libs.manuf": "", "scapy.libs.bluetoothids": {}}
"""scapy's modules of names (of vendors, 3 MB), each with an empty `DATA` of its kind: no name is ever shown here."""


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
        with warnings.catch_warnings(), _nothing_kept():
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


def is_missing() -> bool:
    """True where scapy is not installed."""
    from importlib.util import find_spec

    return find_spec("scapy") is None


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """While scapy is imported it loads no names, makes no folders in the user's home, and reads nothing there.

    Of no effect in a process that has imported scapy itself.
    """
    import os
    import sys
    from types import ModuleType

    folders = dict.fromkeys(("XDG_CACHE_HOME", "XDG_CONFIG_HOME"), os.devnull)  # scapy finds nothing in a file
    before = {name: os.environ.get(name) for name in folders}
    os.environ.update(folders)
    empty = {name: ModuleType(name) for name in _NAMES if "scapy.data" not in sys.modules}
    for name, module in empty.items():
        vars(module)["DATA"] = _NAMES[name]
    sys.modules.update(empty)
    try:
        yield
    finally:
        for name in empty:
            del sys.modules[name]
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _ip_bytes(packet: Packet) -> bytes | None:
    from scapy.layers.inet import IP
    from scapy.layers.inet6 import IPv6

    found = packet.getlayer(IP)
    other = packet.getlayer(IPv6)
    if found is None or (other is not None and found in other):  # the outermost of the two
        found = other
    return None if found is None else bytes(found.original)
