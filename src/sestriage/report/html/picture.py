"""A picture as data: what the template draws as SVG, in pixels from the left upper corner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "faint", "strong", "good", "bad", "open"]
"""The look of a shape, by what it says; the style sheet knows these."""
Anchor = Literal["start", "middle", "end"]

LETTER = 7.0
"""Pixels of a letter of the pictures' type, a little more than it takes on the average."""


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text; `x` is its beginning, middle or end."""

    x: float
    y: float
    text: str
    style: Style = "plain"
    anchor: Anchor = "start"
    kind: Literal["label"] = "label"


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; `arrow`: with a head at its second end; `broken`: dashed."""

    x1: float
    y1: float
    x2: float
    y2: float
    style: Style = "plain"
    arrow: bool = False
    broken: bool = False
    kind: Literal["line"] = "line"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    style: Style = "plain"
    kind: Literal["box"] = "box"


@dataclass(frozen=True, slots=True)
class Mark:
    """A round mark that does not rest on its colour alone: a tick, a cross, a dash or a question mark."""

    x: float
    y: float
    sign: str
    style: Style = "plain"
    kind: Literal["mark"] = "mark"


Shape = Label | Line | Box | Mark


@dataclass(frozen=True, slots=True)
class Picture:
    """`name` is unique on the page; `title` names the picture, `told` says the same in sentences, for who cannot see
    it."""

    name: str
    title: str
    told: tuple[str, ...]
    width: int
    height: int
    shapes: tuple[Shape, ...]


def fitting(text: str, pixels: float) -> str:
    """The text, cut so that it fits into so many pixels."""
    letters = max(4, int(pixels / LETTER))
    return text if len(text) <= letters else text[: letters - 3].rstrip() + "..."
