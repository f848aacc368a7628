"""Secrets of several lines in a log that puts a prefix before each, or each into a record of its own.

Where something begins that goes on below, what is the same in the next lines (time stamps but for their digits, names
of programs, the frame of a record) is taken off, and the detectors look at the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.windows import line_windows
from sestriage.redact.spans import Detector, Span

_OPENER = re.compile(
    r"(?:passw\w{0,30}|passphrase|passwd|pwd|secret|kennwort|senha|contraseña|contrasena|token|api_key|パスワード|密码|비밀번호)"
    r"(?:\\{0,7}[\"']?[ \t]*+(?:[:=][ \t]*+)?[|>]?[+-]?[ \t]*+(?:\\+[nr]|\\{0,7}\"|\r?$)"
    r"|\\{0,7}[\"']?[ ]?(?:[,;|\t]|\\+t))"
    r"|[,;|\t][ ]?[\"']?(?:password|passwd|secret|token|api_key|pwd)\b"
    r"|(?:secret|ticket|write key|write iv)[^\r\n:]{0,30}:(?:\\+[nr]|\\{0,7}\"|[ \t]*\r?$)"
    r"|kind[\\\"']{0,8}:[ \t]?[\\\"']{0,8}secret\b|private-lines:|\$ansible_vault|begin [a-z0-9 ]{0,40}private key"
    r"|\bmii[eicgj]|\bmhccaqeei|b3blbnnzac1rzxk",
    re.MULTILINE,
)
_CORES = (
    *(
        "pass",
        "pwd",
        "secret",
        "kennwort",
        "senha",
        "contrase",
        "token",
        "api_key",
        "パスワード",
        "密码",
        "비밀번호",
        "ticket",
    ),
    *(
        "kind:",
        'kind"',
        "write key",
        "write iv",
        "private-lines",
        "$ansible",
        "private key",
        "mii",
        "mhccaqeei",
        "b3blbn",
    ),
)
_ESCAPED = re.compile(r"(?<!\\)\\++[\"t]")
_DIGITS = str.maketrans("123456789", "000000000")
_DELIMITERS = frozenset(" \t\"|>#+:'")
MAX_LINES = 60
MAX_WIDTH = 2000


def prefixed_spans(text: str, lowered: str, detect: Detector) -> Iterator[Span]:
    """What the detector finds behind the prefixes, as spans of the text."""
    done = 0
    windows = line_windows(text, lowered, _CORES)
    for opener in (m for start, end in windows for m in _OPENER.finditer(lowered, start, end)):
        if opener.start() < done:
            continue
        lines = _alike(text, text.rfind("\n", 0, opener.start()) + 1)
        if len(lines) < 2:
            continue
        done = lines[-1][1]
        yield from _found(text, lines, detect)


def _found(text: str, lines: list[tuple[int, int]], detect: Detector) -> Iterator[Span]:
    starts: list[int] = []
    pieces: list[str] = []
    at = 0
    for start, end in lines:
        starts.append(at)
        pieces.append(text[start:end])
        at += end - start + 1
    for span in detect(_ESCAPED.sub(_plain, "\n".join(pieces))):
        for (start, end), begin in zip(lines, starts, strict=True):
            first, last = max(span.start, begin), min(span.end, begin + end - start)
            if first < last:
                yield Span(start + first - begin, start + last - begin, span.kind, span.value)


def _plain(mark: re.Match[str]) -> str:
    """A quote or a tab as it reads outside its record, in as many characters."""
    return ("\t" if mark[0][-1] == "t" else mark[0][-1]).rjust(len(mark[0]))


def _alike(text: str, at: int) -> list[tuple[int, int]]:
    """Start and end of what the line and those below it do not have in common; empty when that is all."""
    lines: list[tuple[int, int]] = []
    while at < len(text) and len(lines) < MAX_LINES:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if end - at > MAX_WIDTH:
            break
        lines.append((at, end))
        at = end + 1
    if len(lines) < 2:
        return []
    plain = [text[start:end].translate(_DIGITS) for start, end in lines]
    head, tail = _common(plain[0], plain[1])
    if head == 0:
        return []
    first = plain[0]
    same = 1
    while (
        same < len(plain) and plain[same][:head] == first[:head] and (not tail or plain[same].endswith(first[-tail:]))
    ):
        same += 1
    return [(start + head, max(start + head, end - tail)) for start, end in lines[:same]]


def _common(one: str, other: str) -> tuple[int, int]:
    """Characters that both lines begin and end with: whole words of a prefix, and the frame of a record."""
    head = _same(one, other)
    while head and one[head - 1] not in _DELIMITERS:
        head -= 1
    tail = 0
    if '{"' in one[:head] or "{'" in one[:head]:
        tail = _same(one[head:][::-1], other[head:][::-1])
        while tail and one[-tail] not in '\\"':
            tail -= 1
    return head, tail


def _same(one: str, other: str) -> int:
    size = min(len(one), len(other))
    return next((i for i in range(size) if one[i] != other[i]), size)
