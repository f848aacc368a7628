"""A picture as data: what the template draws as SVG, in pixels from the left upper corner.

Every picture is drawn twice, for screens and paper that are wide and for narrow screens; the style sheet shows one of
the two. No text in it is cut as long as it is of a usual length: it goes on in further lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


WIDE, NARROW = 760, 340
"""Widths of the two drawings; the style sheet knows them too."""
LINE = 15
"""Pixels from one line of text to the next."""
MOST_LINES = 4
"""Lines of one text."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One SVG; paper breaks between two of them, never inside one."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """`name` is unique on the page; `title` names the picture, `told` says the same in sentences, for who cannot see
    it. `wide` and `narrow` show the same, each in one drawing or in several below each other."""

    name: str
    title: str
    told: tuple[str, ...]
    wide: tuple[Drawing, ...]
    narrow: tuple[Drawing, ...]


def drawn_twice(name: str, title: str, told: Iterable[str], draw: Callable[[int], Sequence[Drawing]]) -> Picture:
    """The picture of which `draw` makes the drawings of a width."""
    return Picture(name, title, tuple(told), tuple(draw(WIDE)), tuple(draw(NARROW)))


def fitting(text: str, pixels: float) -> str:
    """The text, cut so that it fits into so many pixels."""
    letters = max(4, int(pixels / LETTER))
    return text if len(text) <= letters else text[: letters - 3].rstrip() + "..."


def folded(text: str, pixels: float, most: int = MOST_LINES) -> list[str]:
    """The text in lines of so many pixels, broken at blanks, or behind a sign of a path or a name that is longer; what
    does not go into `most` lines is cut, which the last one says. At least one line."""
    letters = max(8, int(pixels / LETTER))
    lines: list[str] = []
    rest = text.strip()
    while len(rest) > letters and len(lines) < most - 1:
        at = _break(rest, letters)
        lines.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*lines, fitting(rest, pixels)]


def _break(text: str, letters: int) -> int:
    """Where a line ends that holds at most so many letters: at its last blank, behind its last folder or its last other
    sign, the first of these that leaves less than half of it empty."""
    blank = text.rfind(" ", 1, letters + 1)
    sign = max(text.rfind(each, 1, letters) for each in ".-_:,=!") + 1
    found = (blank, text.rfind("/", 1, letters) + 1, sign)
    return next((at for at in found if at > letters // 2), blank if blank > 0 else letters)


def labels(
    x: float, y: float, lines: Iterable[str], style: Style = "plain", anchor: Anchor = "start"
) -> tuple[Label, ...]:
    """Lines of text below each other, the first at `y`."""
    return tuple(Label(x, y + LINE * number, line, style, anchor) for number, line in enumerate(lines))
