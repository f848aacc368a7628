"""What a fleet's report shows: tables of counts and names, everything in them pseudonymised already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sestriage.model.message import Message

Cell = str | int | float | bool | None
"""A cell of a table; None: not known."""


@dataclass(frozen=True, slots=True)
class FleetTable:
    """The answer to a named question. `name` is the question's on the command line, `keys` the columns' in JSON."""

    name: str
    title: Message
    columns: tuple[Message, ...]
    keys: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class FleetReport:
    """A fleet at a glance. Counts are of bundles; `managers` counts the cases in them.

    `stopped` could not be read; `breaking` are Managers whose mail a known change of the CAs will end. `since` is the
    day from which on a signature counts as new.
    """

    version: str
    made: datetime
    bundles: int
    stopped: int
    managers: int
    failed: int
    accepted: int
    undetermined: int
    breaking: int
    since: str
    tables: tuple[FleetTable, ...] = ()
