"""Private keys in a log: with a prefix before every line, without BEGIN or END, or as bare base64 of their DER."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sestriage.redact.spans import Span

_HEADS = re.compile(
    r"(?<![A-Za-z0-9+/])(?:MI[GI][A-Za-z0-9+/]{1,4}(?:IBADANBgkqhkiG9w0BAQ|IBAAK[BC]|AgEAMBMGByqGSM49|AgEAMBAGByqGSM49|IBAQQ|AgEBBD"
    r"|TBXBgkqhkiG9w0BBQ0|DBOBgkqhkiG9w0BBQ0|TBfBgkqhkiG9w0BBQ0|IBAz)|MHcCAQEEI|MHQCAQEEI|MIGkAgEBBD|MC4CAQAwBQYDK2Vw"
    r"|b3BlbnNzaC1rZXktdjE)[A-Za-z0-9+/=]{8,}"
)
"""The first characters of PKCS#8, PKCS#1, SEC1, encrypted PKCS#8, PKCS#12 and OpenSSH keys in base64."""
_HEAD_HINTS = ("MI", "MHcCAQEEI", "MHQCAQEEI", "MC4CAQAwBQYDK2Vw", "b3BlbnNzaC1rZXktdjE")
_BEGIN = re.compile(r"-{4,5}\s?BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z ]{0,8}-{4,5}")
_LINE = re.compile(r"[^\r\n]*")
_TAIL = re.compile(r"(?P<value>[A-Za-z0-9+/]{2,100}={0,2})[\s\"',\\nr;)]{0,8}\Z")
_END = re.compile(r"-{4,5}\s?END ")
MAX_LINES = 400
MAX_PREFIX = 200


def key_spans(text: str) -> Iterator[Span]:
    """The lines of private keys, one by one."""
    if "PRIVATE KEY" in text:
        yield from _below(text, ((begin.start(), begin.end()) for begin in _BEGIN.finditer(text)))
    if any(hint in text for hint in _HEAD_HINTS):
        heads = [head.span() for head in _HEADS.finditer(text)]
        yield from (Span(start, end, "private-key") for start, end in heads)
        yield from _below(text, ((start, end) for start, end in heads if end - start <= 100))


def _below(text: str, begins: Iterable[tuple[int, int]]) -> Iterator[Span]:
    """The lines below the beginnings of keys. Each line is looked at once: what lies in the lines of a key that was
    found, and a further beginning in the same line, adds nothing."""
    covered = 0
    for start, end in begins:
        if start < covered:
            continue
        covered = text.find("\n", end) + 1
        if not covered:
            return
        for span in _lines(text, covered):
            yield span
            covered = span.end


def _lines(text: str, at: int) -> Iterator[Span]:
    """What stands at the end of the lines from `at` on, up to the end of the key."""
    width = 0
    for _ in range(MAX_LINES):
        line = _LINE.match(text, at) if at else None
        if line is None or _END.search(line[0]):
            return
        found = _TAIL.search(line[0][-130:])
        if found is None:
            if width or ":" not in line[0]:
                return
        else:
            value = found["value"]
            if (len(value) < width and not len(value) >= 4) or (width == 0 and len(value) < 16):
                return
            yield Span(at + len(line[0]) - len(line[0][-130:]) + found.start("value"), at + len(line[0]), "private-key")
            if len(value) < width:
                return
            width = len(value)
        at = text.find("\n", line.end()) + 1
