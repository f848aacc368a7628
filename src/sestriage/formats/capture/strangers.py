"""Flows away from the mail ports of which it is not known yet whether they matter: the little to remember till then.

Most of them never matter, and of a scan there are millions: two generations are kept, and the older one goes whole.
"""

from __future__ import annotations

from sestriage.formats.capture.candidate import Head, Seed
from sestriage.formats.capture.lifecycle import ACK
from sestriage.formats.capture.scope import Scope

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

    __slots__ = ("_answers", "_idle", "_old", "_scope", "_young")

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._answers = False  # an answer came before its SYN: the side that begins is not always the client
        self._young: dict[bytes, Seed | Head] = {}
        self._old: dict[bytes, Seed | Head] = {}
        self._idle: dict[bytes, int] = {}

    def first(self, key: bytes, head: Head) -> bool:
        """The SYN of a client. False when there is more of its flow. Of a scan only this is ever called."""
        young = self._young
        if key in young or key in self._old or (self._answers and self.find(key) is not None):
            return False
        young[key] = head
        if self._idle:
            self._idle.pop(key, None)
        if len(young) > GENERATION:
            self._old, self._young = young, {}
            self._scope.met(GENERATION)
        return True

    def began(self, key: bytes, head: Head) -> None:
        """A packet with SYN; the side in its head is not known yet."""
        seed = None if not head[1] & ACK and self.first(key, head) else self.find(key)
        if seed is not None:
            seed.syn(0 if key == seed.key else 1, head)
        elif head[1] & ACK:
            self._answers = True
            self.first(key, head)

    def find(self, key: bytes) -> Seed | None:
        """The flow's handshake; None when it was not captured, or is forgotten."""
        for generation in (self._young, self._old):
            for end in (key, reverse(key)):
                found = generation.get(end)
                if isinstance(found, tuple):
                    seed = generation[end] = Seed(end)
                    seed.heads.append(found)
                    return seed
                if found is not None:
                    return found
        return None

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
