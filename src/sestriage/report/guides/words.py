"""What a translation of the set-up guide consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
    """The words of one language."""

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
    region_unknown: str = "of the endpoint"
    domain_unknown: str = "of the From address"
