"""Physical lines that hold several: the line ends became something else, or were lost."""

from __future__ import annotations

import re

_JOINED = re.compile(r"(?:(?P<frame>[?¶|]|\\n)(?:\\t|\s{0,8})at [\w.$/@]{3,200}\(|Exception:(?P<head>[?¶])(?=[^\s?¶]))")
_HEADER = (
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d{3,9}(?:Z|[+-]\d\d:?\d\d)?\s{1,3}"
    r"(?:\[[^\]\n]{1,80}\]\s{1,3})?\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|SEVERE)\b"
)
_BEGIN = re.compile(rf"(?:<[^<>\n]{{1,80}}>\s{{0,4}}){{0,8}}{_HEADER}")
_INSIDE = re.compile(rf"(?<![\d\"'=(\[«„“:/-])(?<!: )(?<!\\\")(?:<[^<>\n]{{1,80}}>\s{{0,4}}){{0,8}}(?={_HEADER})")
_ESCAPED = re.compile(rf"(?:\\r)?\\n(?={_HEADER})")
"""A line end in a string of a program, behind which an event begins."""


def parts_of(text: str) -> list[str] | None:
    """The lines in a text; None when it is one."""
    if "\r" in text and (parts := [part for part in text.split("\r") if part]) and len(parts) > 1:
        return parts
    mark = _lost_line_ends(text)
    if mark is not None:
        return text.split(mark)
    return _at_headers(text)


def _lost_line_ends(raw: str) -> str | None:
    """What stands in the place of the line ends of a stack trace in one line (`?`, `|`); None: nothing does."""
    if "\\n" in raw and raw[:1] not in "{[" and _ESCAPED.search(raw) is not None:
        return "\\n"
    if '{"' in raw or ("at " not in raw and "Exception:" not in raw):
        return None
    match = _JOINED.search(raw)
    return (match["frame"] or match["head"]) if match is not None else None


def _at_headers(text: str) -> list[str] | None:
    """A text that begins with a logger's header, cut before each further one: nothing is left of the line ends."""
    if len(text) < 60 or text.count(":") < 4 or (begin := _BEGIN.match(text)) is None:
        return None
    cuts = [match.end() for match in _INSIDE.finditer(text, begin.end())]
    if not cuts:
        return None
    first = len(begin[0]) - len(re.sub(r"^(?:<[^<>\n]{1,80}>\s{0,4}){1,8}", "", begin[0]))
    ends = [*cuts, len(text)]
    return [text[start:end] for start, end in zip([first, *cuts], ends, strict=True)]
