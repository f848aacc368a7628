"""A fleet's report as blocks: what it comes to, then the answer to each question."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.model.fleet.report import Cell, FleetReport, FleetTable
from sestriage.model.message import Message
from sestriage.report.blocks import Block, Headline, Prose, Section, Table

NONE = Message("None.")
_FLEXIBLE = ("cause", "bundle", "exceptions", "evidence", "certificate")
"""The column that may be broken over lines or shortened, where a table has several texts."""
_BELOW = {"breaks-when": ("store", "certificate"), "new-signatures": ("message", "frame"), "not-read": ("why",)}
"""Columns that stand below their rows on a terminal."""


def headline(report: FleetReport) -> Message:
    """The fleet in one line."""
    return Message(
        "{bundles} bundles, {managers} Managers: {failed} failed, {accepted} accepted, {undetermined} undetermined",
        bundles=report.bundles,
        managers=report.managers,
        failed=report.failed,
        accepted=report.accepted,
        undetermined=report.undetermined,
    )


def blocks(report: FleetReport) -> Iterator[Block]:
    """The whole report."""
    yield Headline(headline(report), tone(report))
    yield from summary(report)
    for table in report.tables:
        yield Section(table.title)
        yield from answer(table)


_BREAKING = Message(
    "The trust stores of {count} Managers do not take the server's chain, today or after a known change of the CAs."
)


def tone(report: FleetReport) -> str:
    """The look of the headline, by what it says."""
    return "bad" if report.failed else "good" if report.accepted else "open"


def summary(report: FleetReport) -> Iterator[Block]:
    """What is to be known beside the counts."""
    if report.breaking:
        yield Prose(Message(_BREAKING, count=report.breaking))
    if report.stopped:
        yield Prose(Message("{count} bundles could not be read; they are named below.", count=report.stopped))


def answer(table: FleetTable) -> Iterator[Block]:
    """The rows of one question."""
    if not table.rows:
        yield Prose(NONE)
        return
    flexible = next((at for at, key in enumerate(table.keys) if key in _FLEXIBLE), 0)
    below = tuple(table.keys.index(key) for key in _BELOW.get(table.name, ()))
    yield Table(table.columns, tuple(tuple(map(cell, row)) for row in table.rows), flexible, below)


def cell(value: Cell) -> str:
    """A cell as people see it; `-` for what is not known."""
    return "-" if value is None or value == "" else str(value)
