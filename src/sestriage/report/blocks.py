"""The pieces that a report for people is made of, free of any output format.

`verdict` turns a report into blocks, once; the text and the markdown renderer only draw them, so that both always say
the same. Strings in blocks are raw: escaping what is dangerous in a format is the renderer's task.

Blocks are named tuples, not dataclasses: `sestriage explain` must start fast, and dataclasses alone cost it a quarter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sestriage.model.command import Command, Instructions


Grounds = tuple[tuple[str, str], ...]
"""The pieces of evidence that a sentence rests on, each as its `Quote` has it: place and text."""


class Headline(NamedTuple):
    """The verdict in one line. `tone` is `bad`, `good` or `open`; `closing`: it is told once more, at the end."""

    text: str
    tone: str
    closing: bool = False


class Section(NamedTuple):
    """A heading."""

    title: str


class Space(NamedTuple):
    """A gap between two parts that have no heading."""


class Prose(NamedTuple):
    """Sentences. Lines are refilled; lines indented by four blanks are verbatim, and so is what stands in backticks.

    `label` stands before the first line (`Caution: …`), empty for none. On a terminal no more than `lines` lines are
    shown (0: all), and a mark shows that something was left out. `rests_on`: what a page links the sentences with.
    """

    text: str
    label: str = ""
    lines: int = 0
    rests_on: Grounds = ()


class Entry(NamedTuple):
    """A file in a list, and what is said of it; on a terminal a long path is shortened in the middle. `lines` as for
    `Prose`; `inside`: it lies in the archive above it."""

    place: str
    text: str
    lines: int = 0
    inside: bool = False


class Lines(NamedTuple):
    """Lines that belong together (a tree, what is pasted into a ticket), drawn as they are and never wrapped."""

    lines: tuple[str, ...]


class Quote(NamedTuple):
    """A place in the evidence and what stands there, verbatim; `lines` as for `Prose`."""

    place: str
    text: str
    lines: int = 0


class Step(NamedTuple):
    """A numbered thing to do; `details` are labelled remarks on it (risk, check, way back).

    `command` must be copyable: never wrapped, never cut. `command_label` says what it does, empty for none. `rests_on`
    as for `Prose`.
    """

    number: int
    text: str
    command: str | Command | None = None
    details: tuple[tuple[str, str | Instructions], ...] = ()
    command_label: str = ""
    rests_on: Grounds = ()


class Link(NamedTuple):
    """A document by its title, and where it stands; `url` is None where only the name is known."""

    title: str
    url: str | None = None


class Table(NamedTuple):
    """Rows of equal length under column titles; only the cells of column `flexible` may be broken over lines.

    The columns in `below` hold sentences: on a terminal they stand, with their titles, below the rest of their row, and
    `flexible` is then a name that is shortened in the middle. With `unwrapped` no cell is ever broken or cut.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    flexible: int = 0
    below: tuple[int, ...] = ()
    unwrapped: bool = False


class Rung(NamedTuple):
    """One line of a ladder: when, frame, direction (`->` client to server, `<-` server to client, empty for an event
    without direction), what. `broken` marks the place where the conversation broke."""

    time: str
    frame: str
    direction: str
    what: str
    broken: bool = False


class Ladder(NamedTuple):
    """One conversation as a picture."""

    title: str
    rungs: tuple[Rung, ...]


Block = Headline | Section | Space | Prose | Entry | Lines | Quote | Step | Link | Table | Ladder
