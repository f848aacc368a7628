"""Texts that were cut for showing, with what stood beside the cut: redaction must see it."""

from __future__ import annotations

from typing import Any

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
