"""Logs of the appliance, in any layout and any wrapping: bytes in, events out.

Layers, one a module: bytes to physical lines (`physical`), lines near a gate literal (`scan`; `gates`, `finder` and
`hot` say which matter; `parallel` looks in threads), wrappings off (`unwrap`, `jsonline`), headers (`header`,
`timestamp`), lines to events (`grouping`, `maildebug`), exception chains (`chain`, `classnames`), what the text says
(`smtp_reply`, `openssl_error`, `facts_in_text`, `phases`), what became of it (`judge`, with its words in
`vocabulary`), and the event (`build`, `reader`); `single` is a short cut for one line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sestriage.formats.log.detect import looks_like_log
    from sestriage.formats.log.reader import LogReader, parse_text, read_events

__all__ = ["LogReader", "looks_like_log", "parse_text", "read_events"]

_HOMES = {"LogReader": "reader", "looks_like_log": "detect", "parse_text": "reader", "read_events": "reader"}


def __getattr__(name: str) -> object:
    """Everything is loaded when it is first used: one line needs only a part of the layers."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
