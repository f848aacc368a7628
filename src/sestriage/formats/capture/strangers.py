"""Flows away from the mail ports of which it is not known yet whether they matter: the little to remember till then.

Most of them never matter, and of a scan there are millions: two generations are kept, and the older one goes whole.
"""

from __future__ import annotations

from sestriage.formats.capture.candidate import Seed

GENERATION = 10_000
"""Handshakes after which those are forgotten that did not come to anything meanwhile."""
MAX_IDLE = 8
"""Packets without payload of one side after which a flow is passed over: no peer acknowledges so often before the first
payload."""
MAX_COUNTED = 100_000
"""Sides whose packets without payload are counted."""


def reverse(key: bytes) -> bytes:
    """The key (source, target, ports) of the other direction."""
    half = len(key) // 2 - 2
    return key[half:-4] + key[:half] + key[-2:] + key[-4:-2]


class Strangers:
    """Handshakes by the key of the side that sent the first packet."""

    __slots__ = ("_idle", "_old", "_young")

    def __init__(self) -> None:
        self._young: dict[bytes, Seed] = {}
        self._old: dict[bytes, Seed] = {}
        self._idle: dict[bytes, int] = {}

    def began(self, key: bytes, flags: int, sequence: int, ack: int, frame: int, nanoseconds: int) -> None:
        """A packet with SYN."""
        seed, side = self._young.get(key), 0
        if seed is None:
            seed, side = self._known(key)
            if seed is None:
                seed, side = Seed(key), 0
                self._young[key] = seed
                if len(self._young) > GENERATION:
                    self._old, self._young = self._young, {}
        seed.syn(side, flags, sequence, ack, frame, nanoseconds)
        if self._idle:
            self._idle.pop(key, None)

    def _known(self, key: bytes) -> tuple[Seed | None, int]:
        """The flow's handshake, and the side that the key is of."""
        seed = self._young.get(key) or self._old.get(key)
        if seed is not None:
            return seed, 0
        other = reverse(key)
        return self._young.get(other) or self._old.get(other), 1

    def find(self, key: bytes) -> Seed | None:
        """The flow's handshake; None when it was not captured, or is forgotten."""
        return self._known(key)[0]

    def silent(self, key: bytes) -> bool:
        """A packet without payload. True when the side may be passed over from now on."""
        count = self._idle.get(key, 0) + 1
        if count > MAX_IDLE:
            del self._idle[key]
            return True
        self._idle[key] = count
        if len(self._idle) > MAX_COUNTED:
            self._idle.clear()
        return False

    def forget(self, seed: Seed) -> None:
        """It is known now what becomes of the flow."""
        if self._young.pop(seed.key, None) is None:
            self._old.pop(seed.key, None)
