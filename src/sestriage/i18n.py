"""Our own sentences in the language of the reader.

A sentence is written in English where it is said, as a `Message`; the English text is the key of its translation in
the catalogue of a language, a file of gettext's format that Babel compiles when the package is built
(`locale/de/LC_MESSAGES/sestriage.po`). Texts of rules have their translations beside the rules instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sestriage.errors import SestriageError
from sestriage.model.message import Message

if TYPE_CHECKING:
    import gettext

LANGUAGES = ("en", "de")
"""What `--lang` takes; the first one is what everything is written in."""


FOLDER = Path(__file__).parent / "locale"
"""The catalogues, in gettext's layout: `LANGUAGE/LC_MESSAGES/DOMAIN.mo`."""
DOMAIN = "sestriage"


class Say(Protocol):
    """Gives a text in one language, with `{name}` filled from `values`; without values a text is taken as it is."""

    def __call__(self, text: str, /, **values: object) -> str:
        """The text, in English where there is no translation of it."""


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations of a language of `LANGUAGES`; an empty catalogue for English.

    Raises:
        SestriageError: the catalogue was not compiled, because the package was not built.
    """
    import gettext

    if language == LANGUAGES[0]:
        return gettext.NullTranslations()
    try:
        return gettext.translation(DOMAIN, str(FOLDER), [language])
    except FileNotFoundError:
        problem = f"the texts for --lang {language} are not compiled: install the package, or run .ci/generate"
        raise SestriageError(problem) from None


def translated(text: str, language: str) -> str:
    """A message in a language, with the messages among its values; any other text is nobody's to translate."""
    if not isinstance(text, Message) or language == LANGUAGES[0]:
        return str(text)
    said = catalogue(language).gettext(text.text) if text.text else ""
    values = {name: translated(one, language) if isinstance(one, Message) else one for name, one in text.values.items()}
    return said.format(**values) if values else said


def speaker(language: str) -> Say:
    """Says texts in a language; what its catalogue does not hold, in English."""

    def say(text: str, /, **values: object) -> str:
        return translated(Message(text, **values), language)

    return say


english: Say = speaker(LANGUAGES[0])


def table_in(english: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A table of sentences by key, in a language. The key is the context of those whose English has two meanings."""
    if language == LANGUAGES[0]:
        return english
    known = catalogue(language)
    return {key: _in_context(known, key, text) for key, text in english.items()}


def _in_context(known: gettext.NullTranslations, key: str, text: str) -> str:
    said = known.pgettext(key, text)
    return said if said != text else known.gettext(text)
