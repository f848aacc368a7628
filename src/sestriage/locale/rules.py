"""What the builtins of rules say, in the languages that rules speak."""

from __future__ import annotations

from sestriage.i18n import Say, english, speaker


def speaker_of(language: str) -> Say:
    """Says the texts of this package in a language of `i18n.LANGUAGES`."""
    if language == "de":
        from sestriage.locale.rules_de import GERMAN

        return speaker(GERMAN)
    return english
