"""Tables in text: a column whose heading says "secret" is one from top to bottom (CSV, TSV, `|` of a database client)."""  # noqa: E501

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.windows import in_lines, line_windows
from sestriage.redact.forms.words import SAYS_SOMETHING_ABOUT, STRONG, is_harmless
from sestriage.redact.spans import Span

_STRONG = frozenset((*STRONG, "pass", "pw", "token", "pin"))
_HEADING = re.compile(r"[ |]*+[\"']?+[\w .@/-]{1,40}+[\"']?+ *+(?:[,;\t|] *+[\"']?+[\w .@/-]{0,40}+[\"']?+ *+){1,60}+")
_CELL = re.compile(r"[ \t]*(?:\"(?P<dq>(?:[^\"]|\"\")*)\"|(?P<bare>[^,;\t|\r\n]*))")
_RULE = re.compile(r"[-+|=: \t]+")
_INSERT = re.compile(
    r"\bINSERT[ \t]+INTO[ \t]+[\w.`\"\[\]]{1,80}[ \t]*\((?P<names>[^()\r\n]{1,600})\)\s{0,40}VALUES\s{0,40}\((?P<values>[^()\r\n]{1,2000})\)",  # noqa: E501
    re.IGNORECASE,
)
_SET = re.compile(
    r"\bSET[ \t]+\w{0,40}(?:value|val|content|setting|data)\w{0,10}[ \t]*=[ \t]*N?'(?P<sq>(?:[^'\r\n]|'')+)'[^;\r\n]{0,200}?'(?P<name>[\w.-]{1,80})'",  # noqa: E501
    re.IGNORECASE,
)
"""`SET value='…' WHERE name='smtp_password'`."""
_SQL_CELL = re.compile(r"[ \t]*(?:N?'(?P<sq>(?:[^']|'')*)'|\"(?P<dq>[^\"]*)\"|(?P<bare>[^,]*))[ \t]*(?:,|\Z)")
_HEADS = ("pass", "secret", "token", "kenn", "pw", "key", "pin", "contra", "senha", "mot", "clave")
"""In lower case: a heading that says "secret" has one of these."""
MAX_ROWS = 5000


def column_spans(text: str, lowered: str) -> Iterator[Span]:
    """The cells below headings that say "secret", and the values of SQL inserts whose column does."""
    if "insert" in lowered and "values" in lowered:
        yield from _inserted(text)
    if "update" in lowered and "where" in lowered:
        for match in in_lines(_SET, text, lowered, ("where",)):
            if _is_secret_name(match["name"].lower()) and not is_harmless(match["sq"]):
                yield Span(match.start("sq"), match.end("sq"), "secret")
    done = 0
    for start, end in line_windows(text, lowered, _HEADS):
        wanted = _columns(text[start:end].rstrip("\n")) if start >= done and end - start <= 1000 else None
        if wanted:
            for span, stop in _cells(text, end, *wanted):
                yield span
                done = max(done, stop)


def _columns(line: str) -> tuple[str, int, frozenset[int]] | None:
    """The separator, the number of columns, and which of them are secrets; None when it is no such heading."""
    separator = next((mark for mark in "\t|;," if line.count(mark) >= 1), None)
    if separator is None:
        return None
    line = line.strip("\r")
    if not _HEADING.fullmatch(line):
        return None
    names = [name.strip(" \t\"'").lower() for name in line.strip(" |" if separator == "|" else "").split(separator)]
    found = frozenset(index for index, name in enumerate(names) if _is_secret_name(name))
    return (separator, len(names), found) if found and len(names) > 1 else None


def _is_secret_name(name: str) -> bool:
    parts = [part for part in re.split(r"[ _.-]", name) if part]
    if any(SAYS_SOMETHING_ABOUT.fullmatch(part) for part in parts[1:]) or len(parts) > 4:
        return False
    return name in _STRONG or any(word in name for word in STRONG) or any(part in _STRONG for part in parts)


def _cells(text: str, at: int, separator: str, count: int, wanted: frozenset[int]) -> Iterator[tuple[Span, int]]:
    for _ in range(MAX_ROWS):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if end <= at or end - at > 4000:
            return
        if _RULE.fullmatch(text, at, end):
            at = end + 1
            continue
        cells = list(_row(text, at, end, separator))
        if len(cells) != count:
            return
        for index in wanted:
            start, stop = cells[index]
            if start < stop and not is_harmless(text[start:stop]):
                yield Span(start, stop, "secret"), end
        at = end + 1


def _row(text: str, at: int, end: int, separator: str) -> Iterator[tuple[int, int]]:
    """Start and end of the content of each cell of a line."""
    if separator == "|":
        while at < end and text[at] in " |":
            at += 1
        while end > at and text[end - 1] in " |\r":
            end -= 1
    while at <= end:
        cell = _CELL.match(text, at, end)
        if cell is not None and cell["dq"] is not None:
            yield cell.span("dq")
            stop = cell.end()
        else:
            found = text.find(separator, at, end)
            stop = end if found < 0 else found
            start, last = at, stop
            while start < last and text[start] in " '":
                start += 1
            while last > start and text[last - 1] in " '\r":
                last -= 1
            yield start, last
        following = text.find(separator, stop, end)
        if following < 0:
            return
        at = following + 1


def _inserted(text: str) -> Iterator[Span]:
    for match in _INSERT.finditer(text):
        names = [name.strip(' \t`"[]').lower() for name in match["names"].split(",")]
        cells = list(_SQL_CELL.finditer(match["values"]))
        for name, cell in zip(names, cells, strict=False):
            group = cell.lastgroup
            if group and _is_secret_name(name) and not is_harmless(cell[group]):
                offset = match.start("values")
                yield Span(offset + cell.start(group), offset + cell.end(group), "secret")
