"""Sentences and the pieces of evidence that they rest on, linked both ways.

Every quote of a page has a number and an anchor; a sentence names the numbers that it rests on, and the quote names the
sentences that rest on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sestriage.report.html.prose import Item, Part
from sestriage.report.wrapping import lead

MOST_LETTERS = 60
"""Of the name of a sentence in a link."""

Key = tuple[str, str]
"""Place and text of a quote."""


def linked(parts: Mapping[str, Part], order: Sequence[str], prefix: str, verdict: str) -> dict[str, Part]:
    """The parts with their quotes and sentences linked; `order` has the keys as the page shows them.

    `prefix` stands before every anchor, and `verdict` is what the links to the headline are called: it rests on all of
    the part `evidence`.
    """
    numbers: dict[Key, int] = {}
    bears: dict[int, list[tuple[str, str]]] = {}
    found = {key: Part(parts[key].title, list(parts[key].items)) for key in order if key in parts}
    for part in found.values():
        _number_quotes(part, numbers, prefix)
    for item in found["evidence"].items if "evidence" in found else ():
        if item.kind == "quote":
            bears.setdefault(item.number, []).append((f"{prefix}verdict", verdict))
    claims = 0
    for part in found.values():
        for at, item in enumerate(part.items):
            cites = tuple(dict.fromkeys(numbers[key] for key in item.rests_on if key in numbers))
            if not cites:
                continue
            claims += 1
            part.items[at] = replace(item, anchor=f"{prefix}claim-{claims}", cites=cites)
            for number in cites:
                bears.setdefault(number, []).append((f"{prefix}claim-{claims}", _name(item, part.title)))
    for part in found.values():
        part.items[:] = [
            replace(item, bears=tuple(bears.get(item.number, ()))) if item.kind == "quote" else item
            for item in part.items
        ]
    return {**parts, **found}


def _number_quotes(part: Part, numbers: dict[Key, int], prefix: str) -> None:
    """Numbers go on through the page; `numbers` has the first place of each quote."""
    for at, item in enumerate(part.items):
        if item.kind == "quote":
            number = len(numbers) + 1
            if (known := numbers.setdefault(_key(item), number)) != number:
                part.items[at] = replace(item, number=known)
                continue
            part.items[at] = replace(item, number=number, anchor=f"{prefix}evidence-{number}")


def _key(item: Item) -> Key:
    return item.title, item.quoted


def _name(item: Item, heading: str) -> str:
    """The label of a sentence, the number of a step, or its first words."""
    if item.kind == "step":
        return f"{heading}, {item.number}"
    label = next(_labels(item), "")
    text = label or lead("".join(piece.text for piece in item.paragraphs[0].pieces).removeprefix("- "), 0)
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 4].rsplit(" ", 1)[0] + " ..."


def _labels(item: Item) -> Iterator[str]:
    return (paragraph.label for paragraph in item.paragraphs if paragraph.label)
