"""Redact a text of any length block by block, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from sestriage.redact.secrets import MAX_KEY_BLOCK

BLOCK_CHARS = 1 << 16
"""Characters that are redacted at a time."""

MAX_LINE_CHARS = 1 << 20
"""A longer line is redacted in pieces; a value across such a cut is not recognised."""

_KEY_EDGE = re.compile(r"-----\s?(BEGIN|END)[A-Z0-9 ]{0,40}PRIVATE KEY", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:334[ -]?[A-Za-z0-9+/=]*|[A-Za-z0-9+/_=-]{12,}|[=:]|^)[\"'\s]*$")
_OPEN_RECORD = re.compile(r"(?<![\w.])334[ -]?[A-Za-z0-9+/=]*+(?:\\+[rn])*+\\*\"")


def redact_lines(lines: Iterable[str], clean: Callable[[str], str], block_chars: int = BLOCK_CHARS) -> Iterator[str]:
    """Lines (with their line ends) through `clean`, in blocks that are never cut where a secret may go on.

    A block ends neither inside a private key, nor after a line that ends in something like base64, in an SMTP challenge
    or in a key word's separator; no block grows beyond `block_chars` plus `MAX_KEY_BLOCK` and a line for that.
    """
    block: list[str] = []
    size = 0
    in_key = False
    for line in _short_lines(lines):
        block.append(line)
        size += len(line)
        for edge in _KEY_EDGE.finditer(line) if "-----" in line else ():
            in_key = edge[1].upper() == "BEGIN"
        if size < block_chars:
            continue
        open_end = in_key or _OPEN_END.search(line[-200:]) is not None or _open_record(line)
        if size >= block_chars + MAX_KEY_BLOCK or not open_end:
            yield clean("".join(block))
            block, size = [], 0
    if block:
        yield clean("".join(block))


def _open_record(line: str) -> bool:
    """An SMTP challenge inside a record: the answer to it stands in the next one."""
    return "334" in line and _OPEN_RECORD.search(line) is not None


def _short_lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) <= MAX_LINE_CHARS:
            yield line
        else:
            yield from (line[i : i + MAX_LINE_CHARS] for i in range(0, len(line), MAX_LINE_CHARS))
