"""Warn of a known change of the CAs that will end mail which works today (`forecast = true`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sestriage.i18n import translated
from sestriage.watch.certificates import file_stamp
from sestriage.watch.state import State


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A store that a known change will break, by its path. `stage` changes when it is another change; `text` says what
    ends the mail, and when."""

    path: str
    stage: str
    text: str


Forecaster = Callable[[Sequence[str], Sequence[str], float], Sequence[Foreseen]]
"""Makes the forecasts for stores and files with the served chain (none: the published one), for a moment in seconds
since 1970. Supplied by the command line: the engine is slow to import."""


def foreseen(
    state: State, stores: Sequence[str], chains: Sequence[str], make: Forecaster, now: float, language: str
) -> tuple[Foreseen, ...]:
    """What is foreseen, in a language. It is made anew when one of the files changed, and once a day; it goes to the
    state within the caller's transaction, if one is open."""
    day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    stamp = sha256("\n".join((day, language, *map(_stamp, (*stores, *chains)))).encode()).hexdigest()
    key = "forecast:" + "\n".join((*stores, "", *chains))
    kept = state.cached(key)
    if kept is not None and kept[0] == stamp:
        return tuple(Foreseen(*row) for row in json.loads(kept[1]))
    found = tuple(
        Foreseen(each.path, each.stage, translated(each.text, language)) for each in make(stores, chains, now)
    )
    state.cache(key, stamp, json.dumps([(each.path, each.stage, each.text) for each in found]))
    return found


def _stamp(path: str) -> str:
    """Also of a file that cannot be read: that it cannot is told elsewhere."""
    try:
        return file_stamp(path)
    except OSError as error:
        return f"{path} {error.errno}"
