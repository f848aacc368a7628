"""The pieces that a report for people is made of, free of any output format.

`outline` turns a report into blocks, once; the text and the markdown renderer only draw them, so that both always say
the same. Strings in blocks are raw: escaping what is dangerous in a format is the renderer's task.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Headline:
    """The verdict in one line. `tone` is `bad`, `good` or `open`."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading."""

    title: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Sentences. Lines are refilled; lines indented by four blanks are verbatim, and so is what stands in backticks.

    `label` stands before the first line (`Caution: …`), empty for none.
    """

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A place in the evidence and what stands there, verbatim."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """A numbered thing to do; `details` are labelled remarks on it (risk, check, way back).

    `command` must be copyable: never wrapped, never cut.
    """

    number: int
    text: str
    command: str | None = None
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length under column titles; only the cells of column `flexible` may be broken over lines."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    flexible: int = 0


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of a ladder: when, frame, direction (`->` client to server, `<-` server to client, empty for an event
    without direction), what. `broken` marks the place where the conversation broke."""

    time: str
    frame: str
    direction: str
    what: str
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """One conversation as a picture."""

    title: str
    rungs: tuple[Rung, ...]


Block = Headline | Section | Prose | Quote | Step | Table | Ladder
