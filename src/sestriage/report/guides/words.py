"""What the words of the set-up guide consist of, and how they are said in a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from sestriage.i18n import translated


@dataclass(frozen=True, slots=True)
class StepWords:
    """Title, paragraphs, what shows that the step is done, a caption for each command (empty for none), and paragraphs
    behind fields and commands. Texts may name values: `{region}`, `{server}`, `{port}`, `{encryption}`, `{domain}`,
    `{iam_user}`, `{way}`."""

    title: str
    text: tuple[str, ...]
    check: str
    captions: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuideWords:
    """All its words."""

    title: str
    intro: tuple[str, ...]
    values: str
    field: str
    value: str
    fill_in: str
    check: str
    rules: str
    command: str
    value_names: Mapping[str, str]
    steps: Mapping[str, StepWords]
    region_unknown: str
    domain_unknown: str


def in_language(words: GuideWords, language: str) -> GuideWords:
    """The words in a language of `LANGUAGES`."""
    said: GuideWords = _said(words, language)
    return said


def _said(part: Any, language: str) -> Any:
    if isinstance(part, str):
        return translated(part, language)
    if isinstance(part, tuple):
        return tuple(_said(one, language) for one in part)
    if is_dataclass(part) and not isinstance(part, type):
        return type(part)(**{each.name: _said(getattr(part, each.name), language) for each in fields(part)})
    return {key: _said(one, language) for key, one in part.items()}
