"""What the reports say in code, in their languages."""

from __future__ import annotations

from sestriage.i18n import Say, english, speaker


def speaker_of(language: str) -> Say:
    """Says the texts of this package in a language of `i18n.LANGUAGES`."""
    if language == "de":
        from sestriage.locale.report_de import GERMAN

        return speaker(GERMAN)
    return english
