"""The known changes of the CA world (`known_events.toml`)."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_args

from sestriage.model.forecast.events import Certainty, KnownEvent

FILE = Path(__file__).with_name("known_events.toml")
_KEYS = {"id", "certainty", "since", "until", "scope", "what", "source", "url"}


@cache
def known_events() -> dict[str, KnownEvent]:
    """All events of the packaged file, by their ids."""
    return read_events(FILE.read_text(encoding="utf-8"))


def read_events(text: str) -> dict[str, KnownEvent]:
    """The events in a file's text, by their ids. ValueError names the entry and what is wrong with it."""
    found: dict[str, KnownEvent] = {}
    for entry in tomllib.loads(text).get("event", []):
        event = _event(entry)
        if event.id in found:
            raise ValueError(f"event {event.id}: twice")
        found[event.id] = event
    return found


def _event(entry: dict[str, Any]) -> KnownEvent:
    name = entry.get("id", "without id")
    if unknown := set(entry) - _KEYS:
        raise ValueError(f"event {name}: unknown key {sorted(unknown)[0]}")
    for key in ("id", "what", "source"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ValueError(f"event {name}: {key} is missing")
    if entry.get("certainty") not in get_args(Certainty):
        raise ValueError(f"event {name}: certainty is none of {', '.join(get_args(Certainty))}")
    if entry.get("scope") != "amazon":
        raise ValueError(f"event {name}: scope is not amazon")
    since, until = entry.get("since"), entry.get("until")
    if type(since) is not date or not (until is None or type(until) is date):
        raise ValueError(f"event {name}: since and until are dates")
    if until is not None and until < since:
        raise ValueError(f"event {name}: it ends before it begins")
    return KnownEvent(
        name, entry["certainty"], since, until, "amazon", entry["what"], entry["source"], entry.get("url")
    )
