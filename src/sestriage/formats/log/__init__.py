"""Logs of the appliance, in any layout and any wrapping: bytes in, events out.

Layers, one a module: bytes to physical lines (`physical`), lines near a gate literal (`scan`, `gates`), wrappings off
(`unwrap`, `jsonline`), headers (`header`, `timestamp`), lines to events (`grouping`, `maildebug`), exception chains
(`chain`, `classnames`), what the text says (`smtp_reply`, `openssl_error`, `facts_in_text`, `phases`), what became of
it (`judge`, with its words in `vocabulary`), and the event (`build`, `reader`).
"""

from __future__ import annotations

from sestriage.formats.log.detect import looks_like_log
from sestriage.formats.log.reader import LogReader, parse_text, read_events

__all__ = ["LogReader", "looks_like_log", "parse_text", "read_events"]
