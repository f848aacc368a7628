"""The document of `sestriage fleet report`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.parts import Head
from sestriage.model.document.words import Size


class FleetTable(TypedDict):
    """The answer to a named question."""

    query: Annotated[str, "The question's name, as `--query` takes it."]
    title: Annotated[str, "What it asks."]
    columns: Annotated[list[str], "The columns of the rows."]
    rows: Annotated[list[list[str | int | float | bool | None]], "The rows; null for what is not known."]


class Fleet(Head):
    """A fleet at a glance."""

    schema_version: Annotated[Literal[1], "Raised when a key changes its meaning."]
    bundles: Annotated[Size, "Bundles in the tables, each once."]
    stopped: Annotated[Size, "Those that could not be read."]
    managers: Annotated[Size, "Cases in those that were read: Managers, where bundles hold several."]
    failed: Annotated[Size, "Cases whose newest attempt failed."]
    accepted: Annotated[Size, "Cases whose newest attempt was accepted."]
    undetermined: Annotated[Size, "Cases of which that cannot be said."]
    breaking: Annotated[Size, "Cases whose mail a known change of the CAs ends."]
    since: Annotated[str, "The day from which on a signature counts as new."]
    tables: Annotated[list[FleetTable], "The answers, in the order of the report."]
