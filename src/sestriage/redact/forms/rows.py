"""Tables of forms: each a word that stands in every text of the form, and the pattern with the secret in its groups."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sestriage.redact.forms.gate import Words
from sestriage.redact.forms.windows import in_lines
from sestriage.redact.forms.words import is_harmless, is_state, looks_made
from sestriage.redact.spans import Span

V = r"(?:\"(?P<dq>[^\"\r\n]+)\"|'(?P<sq>[^'\r\n]+)'|(?P<bare>[^\s\"'|;&<>\\]+))"
"""A value as a shell takes it."""
LINE = r"[^\r\n|;&]{0,300}?"
"""What else stands in the line of an order."""
END = r"(?=[ \t]*(?:[\r\"']|\\+[nrt\"]|</|\Z|$))"
"""The end of a line, or of the record or element that holds it."""


@dataclass(frozen=True)
class Row:
    """A form. `hint` stands in each of its texts, in this case; `following` lines below it may belong to it.

    With `made` only a value that looks made is a secret: a plain word may stand in its place in a sentence.
    """

    hint: str
    pattern: re.Pattern[str]
    made: bool = False
    following: int = 0


def row(hint: str, pattern: str, flags: int = 0, *, made: bool = False, following: int = 0) -> Row:
    """A form whose `^` and `$` are those of lines."""
    return Row(hint, re.compile(pattern, flags | re.MULTILINE), made, following)


class Rows:
    """A table of forms, of which only those are looked for whose words a text holds."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = tuple(rows)
        self._hints = Words(row.hint for row in self._rows)

    def spans(self, text: str) -> Iterator[Span]:
        """All secrets in these forms."""
        present = self._hints.present(text)
        for form in self._rows if present else ():
            if form.hint in present:
                yield from _found(text, form)


def _found(text: str, form: Row) -> Iterator[Span]:
    whole = form.hint == ":"  # it is in every line
    found = form.pattern.finditer(text) if whole else in_lines(form.pattern, text, text, (form.hint,), form.following)
    for match in found:
        made = form.made or match[0][:1] in "?&;"
        for group, value in match.groupdict().items():
            if value is None or is_harmless(value) or is_state(value) or (made and not looks_made(value)):
                continue
            yield Span(match.start(group), match.end(group), "secret")
