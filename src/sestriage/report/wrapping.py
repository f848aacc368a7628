"""Fill prose to a width without ever breaking what a reader will copy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.model.command import Command, Instructions, is_command

_UNIT = re.compile(r"(?:`[^`\n]+`|\S)+")
_LIST_MARK = re.compile(r"(?:[-*]|(?P<number>\d{1,3})[.)]) ")
_VERBATIM = " " * 4


def as_prose(said: str | Instructions) -> str:
    """Instructions as text in which every command is verbatim, whatever it begins or ends with."""
    if isinstance(said, str):
        return said
    lines = (
        f"{_VERBATIM}{part}" if isinstance(line, Command) else part
        for line in said.lines
        for part in str(line).split("\n")
    )
    return "\n".join(lines)


def paragraphs(text: str) -> Iterator[tuple[str, bool]]:
    """The paragraphs of a text, each with whether it is verbatim.

    Lines are joined up to a blank line or a list mark: a number is one only where it counts on (1, 2, 3), not where it
    ends a sentence at the beginning of a line. A line that is indented by four blanks or starts with a command
    word is verbatim: it comes by itself, without these four blanks (further ones stay), and must not be wrapped.
    """
    pending: list[str] = []
    counted = 0
    for line in text.splitlines():
        stripped = line.strip()
        marked = _LIST_MARK.match(stripped)
        if marked and marked["number"]:
            marked = marked if int(marked["number"]) in {1, counted + 1} else None
            counted = int(marked["number"]) if marked else counted
        verbatim = bool(stripped) and (line.startswith(_VERBATIM) or is_command(stripped))
        if pending and (verbatim or not stripped or marked):
            yield " ".join(pending), False
            pending = []
        if verbatim:
            yield line.removeprefix(_VERBATIM).rstrip() if line.startswith(_VERBATIM) else stripped, True
        elif stripped:
            pending.append(stripped)
    if pending:
        yield " ".join(pending), False


def fill(text: str, width: int, indent: str = "") -> list[str]:
    """The text in lines of at most `width` characters, follow-up lines indented.

    Words are never cut, and what stands in backticks is one word: such a line may be longer than `width`.
    """
    lines: list[str] = []
    current = ""
    for unit in _UNIT.findall(text):
        if current and len(current) + 1 + len(unit) > width:
            lines.append(current)
            current = indent + unit
        else:
            current = f"{current} {unit}" if current.strip() else current + unit
    return [*lines, current] if current.strip() else lines


LEFT_OUT = " ..."
"""Behind a text of which something was left out."""
_SENTENCE_END = re.compile(r"[\w`)\]\"'][\w`)\]\"'][.!?]\Z")
"""Behind a word of at least two characters: no abbreviation such as `e. g.` ends a sentence."""
_SENTENCE_START = re.compile(r"[A-Z\u00c4\u00d6\u00dc`\"(]")


def limited(lines: list[str], count: int, width: int) -> list[str]:
    """At most `count` lines, with a mark at the end when some are left out; words stay whole. 0: all of them."""
    if not count or len(lines) <= count:
        return lines
    units = _UNIT.findall(lines[count - 1])
    start = lines[count - 1][: len(lines[count - 1]) - len(lines[count - 1].lstrip())]
    while len(units) > 1 and len(start) + len(" ".join(units)) + len(LEFT_OUT) > width:
        units.pop()
    return [*lines[: count - 1], start + " ".join(units) + LEFT_OUT]


def to_reason(text: str, room: int) -> str:
    """A line of Postfix that is longer than `room` and ends with what became of the mail, and why in parentheses,
    without what stands between its beginning and that; any other text as it is."""
    start = _last_parenthesis(text) if len(text) > room and text.endswith(")") else -1
    reason = text[text.rfind(" ", 0, start - 1) + 1 :] if start > 0 else ""
    if not reason.startswith("status="):
        return text
    head = text[: max(room - len(reason), room // 6) - len(LEFT_OUT) - 1].rsplit(" ", 1)[0]
    shown = f"{head}{LEFT_OUT} {reason}"
    return shown if len(shown) < len(text) else text


def _last_parenthesis(text: str) -> int:
    """Where the parenthesis opens that closes at the end of a text; -1 where none does."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return -1


def lead(text: str, characters: int) -> str:
    """The first sentence of a text, and those after it that fit into so many characters."""
    first = next((paragraph for paragraph, _ in paragraphs(text)), "")
    taken = ""
    for sentence in _sentences(first):
        if taken and len(taken) + 1 + len(sentence) > characters:
            break
        taken = f"{taken} {sentence}".lstrip()
    return taken


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph; what stands in backticks ends none."""
    units = _UNIT.findall(text)
    start = 0
    for number, unit in enumerate(units[1:], start=1):
        if _SENTENCE_END.search(units[number - 1]) and _SENTENCE_START.match(unit):
            yield " ".join(units[start:number])
            start = number
    if units:
        yield " ".join(units[start:])


def fitting(text: str, width: int) -> str:
    """The text with each path into an archive that alone is longer than `width` left out in its middle: nobody can open
    it as it stands. What stands in backticks, and any other word, stays whole."""
    units = (unit for unit in _UNIT.findall(text) if len(unit) > width and "!/" in unit and "`" not in unit)
    for unit in units:
        text = text.replace(unit, shortened(unit, width))
    return text


def shortened(place: str, width: int) -> str:
    """A path that fits into `width` characters, left out in the middle; its last part, with the line, stays whole."""
    if len(place) <= width:
        return place
    *parents, name = place.split("/")
    tail = f".../{name}"
    head = ""
    for parent in parents:
        if len(head) + len(parent) + 1 + len(tail) > width:
            break
        head += f"{parent}/"
    return head + tail if len(head + tail) < len(place) else place
