"""Which of many words a text holds: what a pattern with one of them finds need not be looked for where there is none.

With Hyperscan where it is installed (one pass over the text for all words), else word by word; both find the same.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from typing import Any

MIN_CHARS = 4096
"""A shorter text is looked through word by word: compiling the words takes longer."""


class Words:
    """Words, as they are compiled once they are looked for in a long text."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(dict.fromkeys(words))
        self._once = threading.Lock()
        self._base: Any = None
        self._own = threading.local()

    def present(self, text: str) -> frozenset[str]:
        """The words that are in the text, in their own case."""
        scratch = self._scratch() if len(text) >= MIN_CHARS else None
        if scratch is None:
            return frozenset(word for word in self._words if word in text)
        found: set[str] = set()

        def take(index: int, _from: int, _to: int, _flags: int, _context: object) -> None:
            found.add(self._words[index])

        self._base.scan(text.encode("utf-8", "surrogatepass"), match_event_handler=take, scratch=scratch)
        return frozenset(found)

    def _scratch(self) -> Any:
        """The work space of this thread; None where the package cannot be used."""
        if not hasattr(self._own, "scratch"):
            with self._once:
                if self._base is None:
                    self._base = self._compiled() or False
            self._own.scratch = self._new_scratch()
        return self._own.scratch

    def _new_scratch(self) -> Any:
        if not self._base:
            return None
        import hyperscan

        return hyperscan.Scratch(self._base)

    def _compiled(self) -> Any:
        try:
            import hyperscan
        except ImportError:
            return None
        try:
            base: Any = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            base.compile(
                expressions=[re.escape(word).encode() for word in self._words],
                ids=list(range(len(self._words))),
                elements=len(self._words),
                flags=hyperscan.HS_FLAG_SINGLEMATCH,
            )
            hyperscan.Scratch(base)  # what each thread needs
        except Exception:  # a build for another processor, or another version of the library
            return None
        return base
