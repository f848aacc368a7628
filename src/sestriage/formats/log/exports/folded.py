"""Logs whose long lines were broken at a width: by a mail program between words, by a terminal at its last column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from sestriage.formats.log.chain import NESTED, SPRING_ITEM, is_trace_line
from sestriage.formats.log.header import starts_event
from sestriage.formats.log.wording.classnames import HEAD

_WIDTHS = range(60, 241)
_FEWEST = 2
"""One line that goes on in the next says nothing: the longest line of a log is always as long as the longest."""
_NOT_MORE_THAN = 10
"""For so many lines that were broken, one that begins nothing may stand behind a short line."""
_OWN = re.compile(
    r"at [a-z]\w{0,60}\.[\w.$/@]{3,300}|-----|\.?$|[<>*=~]{1,3} |\{\""
    r"|DEBUG\b|(?:2[1-5]\d|3[35]4|4[2-5]\d|5[0-5]\d)[ -]|(?:EHLO|HELO|AUTH|STARTTLS|DATA|RSET|QUIT|NOOP)\b"
    r"|[A-Z][A-Za-z-]{1,30}: |MAIL FROM:|RCPT TO:"
)
"""Frames that were broken themselves; lines of a dialogue, with or without a sign for who speaks, of the header of a
mail, and of objects."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,300}={0,2}$")
"""It has a width of its own."""
_QUOTED = re.compile(r"(?:> ?){1,9}")
_BEGINNING = 24
_NUMBER = re.compile(r"\d+")
_HELD = re.compile(r"\s{0,40}(?:at|Caused by:|Suppressed:)$")
"""The beginning of a line of a stack trace, broken before what is too long for the rest of its line."""


def may_be_folded(text: str) -> bool:
    """The lines that begin nothing follow lines that had no room for their first word, and nothing else does."""
    return _fold(_plain(text.split("\n"))) is not None


def unfold(lines: Sequence[str]) -> list[tuple[int, str]] | None:
    """The whole lines, each with the number of the one at which it begins; None where no width broke them."""
    fold = _fold(lines := _plain(lines))
    if fold is None:
        return None
    width, between = fold
    found: list[tuple[int, list[str]]] = []
    before = ""
    for number, line in enumerate(lines, start=1):
        if found and (_goes_on(before, line, width) or (_HELD.match(before) and line.strip())):
            blank = between if between is not None else "" if len(before) >= width else " "
            found[-1][1].append(line if before.endswith(" ") or line.startswith(" ") else blank + line)
        else:
            found.append((number, [line]))
        before = line
    return [(number, "".join(parts)) for number, parts in found]


def _fold(lines: Sequence[str]) -> tuple[int, str | None] | None:
    """The width at which lines are broken, and what was taken out there: a blank; None for a blank or nothing."""
    lines = _of_the_log(lines)
    pairs = [(before, line) for before, line in pairwise(lines) if _may_go_on(before, line)]
    if len(pairs) < _FEWEST or _alike([line for _, line in pairs]):
        return None
    width = max(map(len, lines))
    if _broken_at(width, pairs) and sum(len(before) == width for before, _ in pairs) * 2 > len(pairs):
        return width, None
    # a word that is longer stands in a line of its own
    width = max((len(line) for line in lines if " " in line.strip()), default=0)
    return (width, " ") if _broken_at(width, pairs) else None


def _of_the_log(lines: Sequence[str]) -> Sequence[str]:
    """Without what somebody wrote above and below."""
    own = [at for at, line in enumerate(lines) if starts_event(line) or is_trace_line(line) or HEAD.match(line)]
    return lines[own[0] : own[-1] + 1] if own else ()


def _alike(lines: Sequence[str]) -> bool:
    """Most begin with a word of one shape, with numbers: a header that nobody knows."""
    shapes = Counter(_NUMBER.sub("0", line.split(None, 1)[0][:_BEGINNING]) for line in lines)
    shape, count = shapes.most_common(1)[0]
    return "0" in shape and count * 2 > len(lines)


def _broken_at(width: int, pairs: Sequence[tuple[str, str]]) -> bool:
    broken = sum(_no_room(before, line, width) or _HELD.match(before) is not None for before, line in pairs)
    return width in _WIDTHS and broken >= _FEWEST and (len(pairs) - broken) * _NOT_MORE_THAN <= broken


def _goes_on(before: str, line: str, width: int) -> bool:
    return _may_go_on(before, line) and _no_room(before, line, width)


def _may_go_on(before: str, line: str) -> bool:
    return bool(before) and _BASE64.match(before) is None and not _begins(line)


def _no_room(before: str, line: str, width: int) -> bool:
    return len(before) + 1 + len(line.split(None, 1)[0]) > width


def _begins(line: str) -> bool:
    """A line that stands for itself, or whose place in a stack trace is known."""
    return (
        not line.strip()
        or _HELD.match(line) is not None
        or _OWN.match(line.strip()) is not None
        or is_trace_line(line)
        or NESTED.match(line) is not None
        or SPRING_ITEM.match(line) is not None
        or HEAD.match(line) is not None
        or starts_event(line)
    )


def _plain(lines: Sequence[str]) -> Sequence[str]:
    """Without carriage returns, and without the marks of a mail program where each line has one."""
    lines = [line.rstrip("\r") for line in lines]
    if not all(line[:1] in (">", "") for line in lines) or not any(lines):
        return lines
    return [_QUOTED.sub("", line, count=1) for line in lines]
