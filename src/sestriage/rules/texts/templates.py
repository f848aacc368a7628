"""Texts with placeholders: `{name.field}` and `{name.field|words if there is no such fact}`.

`name` is a selection of the rule or `case` (see `fixes/case.py`), the field one of the first bound fact that has it.
A text whose placeholder has neither fact nor default is left out. Nothing else is understood, so that a text of the
evidence can never become a template. Commands are filled by `command_text.py`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sestriage.model.message import Cut, Message, clock, cut, said_by
from sestriage.rules.texts.command_text import Lookup
from sestriage.rules.texts.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from sestriage.rules.language.types import FieldType

MAX_VALUE = 300
"""Characters of one inserted value."""

VALUE_WORDS = {
    str(word): word
    for word in (
        Message("truncated"),
        Message("padded"),
        Message("too-long"),
        Message("quoted"),
        Message("other-version"),
    )
}
"""Values of closed vocabularies that stand as words in a text."""


def render(template: str, lookup: Lookup) -> Message | None:
    """The text with its placeholders filled; None when one has neither fact nor default."""
    words: list[str] = []
    values: dict[str, object] = {}
    at = 0
    for match in PLACEHOLDER.finditer(template):
        value = _as_text(lookup(match[1], tuple(match[2].split(".")[1:])))
        if value is None and match[3] is None:
            return None
        words.append(_escaped(template[at : match.start()]))
        if value is None:
            words.append(_escaped(match[3]))
        else:
            words.append(f"{{value{len(values)}}}")
            values[f"value{len(values)}"] = _before(template[match.end() : match.end() + 1], value)
        at = match.end()
    text = "".join((*words, _escaped(template[at:]))).strip()
    return Message(text, **values) if values else Message(text.format())


def _before(following: str, value: str) -> str:
    """A value in front of a full stop: a server's sentence has its own."""
    if following != "." or isinstance(value, Message | Cut) or value.endswith(".."):
        return value
    return value.removesuffix(".")


def _escaped(text: str) -> str:
    """Words of the rule's author, as `Message` takes them."""
    return text.replace("{", "{{").replace("}", "}}")


def check(template: str, types: Mapping[str, FieldType]) -> tuple[str, int] | None:
    """The fault of a template and its offset; None if there is none. `types` gives the kinds by name."""
    from sestriage.rules.language.types import FieldError, nearest, resolve

    for match in PLACEHOLDER.finditer(template):
        name = match[1]
        if name not in types:
            return Message(
                "there is no selection `{name}`{suggestion}", name=name, suggestion=nearest(name, types)
            ), match.start()
        try:
            resolve(types[name], match[2].split(".")[1:])
        except FieldError as error:
            return said_by(error), match.start(2)
    return None


def _as_text(value: object) -> str | None:
    if value is None or value == "" or value == ():
        return None
    if isinstance(value, tuple | list):
        parts = [part for part in (_as_text(item) for item in value[:20]) if part]
        return clean(", ".join(parts)) if parts else None
    if isinstance(value, datetime):
        return clock(value)
    if isinstance(value, bool):
        return Message("yes") if value else Message("no")
    if isinstance(value, str | int | float):
        return value if isinstance(value, Message) else VALUE_WORDS.get(str(value)) or clean(str(value))
    label = getattr(value, "label", None)
    return clean(label) if isinstance(label, str) else None


def clean(text: str, most: int = MAX_VALUE) -> str:
    """One line without control or format characters (terminal escapes, bidirectional overrides), of at most so many
    characters."""
    if isinstance(text, Cut):
        return cut(text.with_shown(_one_line(text.shown)), most)
    return cut(_one_line(text), most)


def _one_line(text: str) -> str:
    words = " ".join(text.split())
    if words.isascii() and words.isprintable():
        return words
    return "".join(char for char in words if unicodedata.category(char)[0] != "C")
