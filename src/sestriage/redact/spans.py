"""Spans of text that a detector found, and how they are put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from sestriage.redact.forms.windows import lower


class Span(NamedTuple):
    """Characters `start` to `end` hold a value of this kind.

    `kind` names the pseudonym (`address`, `ip`, `host`, `account`, `name`), or what is removed without one (`secret`,
    `access-key`, `private-key`). `value` is what pseudonyms are told apart by, in a normal form.
    """

    start: int
    end: int
    kind: str
    value: str = ""


Detector = Callable[[str], Iterator[Span]]


def disjoint(spans: Iterable[Span]) -> list[Span]:
    """The spans in order without overlap: an earlier one wins, of two that start together the longer.

    What a later span covers beyond the winner is given to the winner, so that no character of any span survives.
    """
    result: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if span.start >= span.end:
            continue
        if result and span.start < result[-1].end:
            last = result[-1]
            result[-1] = Span(last.start, max(last.end, span.end), last.kind, last.value)
        else:
            result.append(span)
    return result


def replace(text: str, spans: Iterable[Span], label: Callable[[Span], str]) -> str:
    """The text with each span replaced by its label; line ends inside a span are kept, so that lines keep count."""
    parts: list[str] = []
    end = 0
    for span in disjoint(spans):
        name = label(span)
        if text[span.start - 1 : span.start] == "<" and text[span.end : span.end + 1] == ">":
            name = name.strip("<>")  # `<soc@…>` becomes `<address-1>`, not `<<address-1>>`
        parts += [text[end : span.start], name, "\n" * text.count("\n", span.start, span.end)]
        end = span.end
    return "".join([*parts, text[end:]]) if parts else text


def matches(pattern: re.Pattern[str], text: str, hints: Iterable[str]) -> Iterator[re.Match[str]]:
    """What a pattern finds, none of whose matches is without one of the hints; looking for these first is quicker."""
    return iter(()) if lacks_all(text, hints) else pattern.finditer(text)


def lacks_all(text: str, hints: Iterable[str]) -> bool:
    """The text holds none of the hints (lower case) in any case, so that no pattern with one of them matches it."""
    lowered = lower(text)
    for hint in hints:  # noqa: SIM110 - half the time of any()
        if hint in lowered:
            return False
    return True
