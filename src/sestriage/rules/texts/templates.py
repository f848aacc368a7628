"""Texts with placeholders: `{name.field}` and `{name.field|words if there is no such fact}`.

`name` is a selection of the rule or `case` (see `fixes/case.py`), the field one of the first bound fact that has it.
A text whose placeholder has neither fact nor default is left out. Nothing else is understood, so that a text of the
evidence can never become a template. Commands are filled by `command_text.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sestriage.i18n import Say, english
from sestriage.rules.texts.command_text import Lookup
from sestriage.rules.texts.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from sestriage.rules.language.types import FieldType

MAX_VALUE = 300
"""Characters of one inserted value."""


class _AbsentError(Exception):
    """A placeholder has neither value nor default."""


def render(template: str, lookup: Lookup, *, say: Say = english) -> str | None:
    """The text with its placeholders filled; None when one has neither fact nor default.

    Words of the program among the values (why an address is none) are said in the language of the text.
    """

    def fill(match: re.Match[str]) -> str:
        value = lookup(match[1], tuple(match[2].split(".")[1:]))
        text = _as_text(value, say)
        if text is None:
            if match[3] is None:
                raise _AbsentError
            return match[3]
        return text

    try:
        return PLACEHOLDER.sub(fill, template).strip()
    except _AbsentError:
        return None


def check(template: str, types: Mapping[str, FieldType]) -> tuple[str, int] | None:
    """The fault of a template and its offset; None if there is none. `types` gives the kinds by name."""
    from sestriage.rules.language.types import FieldError, nearest, resolve

    for match in PLACEHOLDER.finditer(template):
        name = match[1]
        if name not in types:
            return f"there is no selection `{name}`{nearest(name, types)}", match.start()
        try:
            resolve(types[name], match[2].split(".")[1:])
        except FieldError as error:
            return str(error), match.start(2)
    return None


def _as_text(value: object, say: Say) -> str | None:
    if value is None or value == "" or value == ():
        return None
    if isinstance(value, tuple | list):
        parts = [part for part in (_as_text(item, say) for item in value[:20]) if part]
        return clean(", ".join(parts)) if parts else None
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S %Z").strip()
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, str | int | float):
        return clean(say(str(value)))
    label = getattr(value, "label", None)
    return clean(label) if isinstance(label, str) else None


def clean(text: str) -> str:
    """One line without control or format characters (terminal escapes, bidirectional overrides), bounded in length."""
    words = " ".join(text.split())
    kept = words
    if not (words.isascii() and words.isprintable()):
        kept = "".join(char for char in words if unicodedata.category(char)[0] != "C")
    return kept if len(kept) <= MAX_VALUE else kept[: MAX_VALUE - 1] + "…"
