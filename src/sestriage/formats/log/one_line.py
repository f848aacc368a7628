"""One line of which is known that it has no header, no wrapping and is no part of a dialogue: `class.Name: message`.

`read_line` gives what `parse_text` gives for such a line (a test holds the two against each other) without the layers
that take logs apart: a question about one message is answered in a fraction of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sestriage.formats.log.build import build
from sestriage.formats.log.chain import BodyLine
from sestriage.formats.log.wording.classnames import HEAD
from sestriage.formats.log.wording.other_languages import with_english
from sestriage.formats.log.wording.text import normalise

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sestriage.formats.log.grouping import EventDraft
    from sestriage.model.log import LogEvent
    from sestriage.model.source import SourceRef


@dataclass(frozen=True, slots=True)
class _Line:
    raw: str
    text: str
    number: int = 1
    wrapping: str | None = None
    record: None = None


@dataclass(frozen=True, slots=True)
class _Single:
    """What `build` asks of a draft."""

    first: _Line
    lines: list[_Line]
    end: int = 1
    spoken: None = None
    talk: None = None

    def header(self, reference: datetime | None = None) -> None:
        """A line without header."""

    def time(self, reference: datetime | None = None) -> None:
        """A line without time."""

    def clock_ahead(self, reference: datetime | None = None) -> timedelta | None:
        """No clock to compare."""

    def body(self, reference: datetime | None = None) -> list[BodyLine]:
        """The line, normalised."""
        return [BodyLine(1, with_english(normalise(self.first.text), self.first.text))]


def read_line(text: str, source: SourceRef) -> LogEvent | None:
    """The event of a line that begins with the name of an exception; None for any other text."""
    if "\n" in text or HEAD.match(text) is None:
        return None
    line = _Line(text, text)
    return build(cast("EventDraft", _Single(line, [line])), source)[0]
