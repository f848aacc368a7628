"""What the reports say in code, in their languages."""

from __future__ import annotations

from sestriage.model.speech import Say, english, speaker


def speaker_of(language: str) -> Say:
    """Says the texts of this package in a language of `model.speech.LANGUAGES`."""
    if language == "de":
        from sestriage.report.phrases_de import GERMAN

        return speaker(GERMAN)
    return english
