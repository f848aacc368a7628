"""A sentence as data: the English text with its values beside it.

Engine, rules, pki and formats make messages; the reports translate them (`i18n`), and redaction takes place in their
values, never in our own prose. A message *is* its English text, so that JSON, logs and tests need nothing of this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from string import Formatter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

_FORMATTER = Formatter()


class Message(str):
    """An English text, filled with values.

    `text` is the template, with `{name}` for each of `values` (any object with a text; further messages among them are
    translated with it). A template without values is taken as it is, braces included. `KeyError` for a name without
    a value.
    """

    __slots__ = ("text", "values")

    text: str
    values: Mapping[str, object]

    def __new__(cls, text: str, /, **values: object) -> Message:
        """The message; the very same one when a message is given and nothing is to be filled in."""
        if not values and type(text) is cls:
            return text
        template = text.text if isinstance(text, Message) else text
        made = super().__new__(cls, template.format(**values) if values else template)
        made.text = template
        made.values = values
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles keep what the message is made of."""
        return _again, (self.text, dict(self.values))

    def pieces(self) -> Iterator[tuple[str, str | None, str]]:
        """The English text in pieces: each piece, the name of the value that it shows (None: it is our own prose), and
        the format of that value."""
        if not self.values:
            yield str(self), None, ""
            return
        for literal, name, form, _ in _FORMATTER.parse(self.text):
            if literal:
                yield literal, None, ""
            if name is not None:
                shown = f"{{value:{form}}}" if form else "{value}"
                yield shown.format(value=self.values[name]), name, form or ""

    def with_values(self, change: Callable[[str, object], object]) -> Message:
        """The message with other values: `change` gets the name and the value. The very same one when none differs."""
        values = {name: change(name, value) for name, value in self.values.items()}
        same = all(values[name] is value for name, value in self.values.items())
        return self if same else Message(self.text, **values)


def _again(text: str, values: Mapping[str, object]) -> Message:
    return Message(text, **values)


def said_by(error: BaseException) -> str:
    """What an error says: the message that it was raised with, or its text. `str` of an error keeps no message."""
    first = error.args[0] if len(error.args) == 1 else None
    return first if isinstance(first, Message) else str(error)


def together(*parts: str, between: str = " ") -> Message:
    """Several sentences (messages, or texts that no language changes) as one; empty ones are left out."""
    kept = [part for part in parts if part]
    names = [f"part{number}" for number in range(len(kept))]
    return Message(between.join(f"{{{name}}}" for name in names), **dict(zip(names, kept, strict=True)))


def clock(moment: datetime | None) -> str:
    """A time as every sentence shows it: date and time to the second, `Z` for UTC, the offset for other zones, nothing
    for a time whose zone is not known (a log's own time); `-` without time."""
    return "-" if moment is None else moment.isoformat(" ", "seconds").replace("+00:00", "Z")


# --- texts of the evidence that were cut for showing -----------------------------------------------------------------

MARGIN = 400
"""Characters kept on either side of what is shown: forms of secrets do not reach farther (`redact.forms`)."""
MARK = "…"


class Cut(str):
    """The shown part of a longer text, an ellipsis where something was cut off.

    `before` and `after`: what stood there, up to `MARGIN` characters. A word behind the cut may say that what is shown
    is a secret (`value='…' WHERE name='smtp_password'`), so detectors look at all of it (`redact.messages`), and what
    they find is replaced where it is shown. Whatever makes another string of it (a format, a slice) loses both.
    """

    __slots__ = ("after", "before")

    before: str
    after: str

    def __new__(cls, shown: str, before: str, after: str) -> Cut:
        """`shown` without ellipses."""
        made = super().__new__(cls, f"{MARK if before else ''}{shown}{MARK if after else ''}")
        made.before = before
        made.after = after
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles keep what stands beside it."""
        return Cut, (self.shown, self.before, self.after)

    @property
    def shown(self) -> str:
        """The text between the cuts."""
        return str(self)[len(MARK) if self.before else 0 : len(self) - (len(MARK) if self.after else 0)]

    def with_shown(self, shown: str) -> Cut:
        """Other words between the same cuts."""
        return Cut(shown, self.before, self.after)


def cut(text: str, limit: int, start: int = 0) -> str:
    """At most `limit` characters of a text from an offset, ellipses included; the text itself where it is no longer."""
    if start <= 0 and len(text) <= limit:
        return text
    shown, before, after = (text.shown, text.before, text.after) if isinstance(text, Cut) else (text, "", "")
    start = max(start, 0)
    before = (before + shown[:start])[-MARGIN:]
    end = start + limit - len(MARK) - (len(MARK) if before else 0)
    return Cut(shown[start:end], before, (shown[end : end + MARGIN] + after)[:MARGIN])
