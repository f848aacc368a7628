"""Logs of the appliance, in any layout and any wrapping: bytes in, events out.

Layers: `exports` (one document, a table, a page: put in lines first), `lines` (bytes to the physical lines that
matter), wrappings off (`unwrap`, `jsonline`, `shipped`, `julxml`), headers (`header`, `timestamp`, `day_or_month`,
`calendar_names`), lines to events (`grouping`, `printed`), logged SMTP dialogues (`maildebug`, `dialogue_forms`),
exception chains (`chain`), `wording` (what the text says, and what became of the mail), and the event (`build`,
`event_cache`, `reader`). `one_line` is a short cut for one line, `detect` says whether bytes are a log, `limits` and
`problems` are what a reader keeps to and reports.
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
