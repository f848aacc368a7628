"""Put a function over every string of a document or of blocks: how a report is redacted before it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sestriage.model.command import Command, Instructions
from sestriage.report.blocks import Block

Clean = Callable[[str], str]

KEPT_KEYS = frozenset(
    {"rule", "severity", "confidence", "version", "kind", "path", "member", "place", "tone", "fixes", "needs"}
)
"""Keys and fields whose values are the program's own words, or name a file of the evidence, and steps, which
are cleaned when they are written (`steps.fix_dict`)."""


def keep(text: str) -> str:
    """The text as it is."""
    return text


def clean_leaves(value: object, clean: Clean) -> object:
    """A JSON-like value with every string cleaned; keys stay."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: item if key in KEPT_KEYS else clean_leaves(item, clean) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean_leaves(item, clean) for item in value]
    return value


def clean_blocks(blocks: Iterable[Block], clean: Clean) -> Iterator[Block]:
    """Blocks with every string cleaned."""
    for block in blocks:
        cleaned: Block = _cleaned(block, clean)
        yield cleaned


def _cleaned(value: Any, clean: Clean) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Command):
        return value  # nothing may search the text of a command; its private values are hidden before
    if isinstance(value, Instructions):
        return Instructions(tuple(line if isinstance(line, Command) else clean(line) for line in value.lines))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        pairs = zip(value._fields, value, strict=True)
        return type(value)(*(item if name in KEPT_KEYS else _cleaned(item, clean) for name, item in pairs))
    if isinstance(value, tuple):
        return tuple(_cleaned(item, clean) for item in value)
    return value
