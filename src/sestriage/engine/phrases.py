"""What the engine says, in the languages that reports speak."""

from __future__ import annotations

from sestriage.model.speech import Say, english, speaker


def speaker_of(language: str) -> Say:
    """Says the texts of this package in a language of `model.speech.LANGUAGES`."""
    if language == "de":
        from sestriage.engine.phrases_de import GERMAN

        return speaker(GERMAN)
    return english
