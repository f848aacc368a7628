"""Texts as they read after decoding, with a way back to the original characters.

A secret in a log may be written with JSON escapes (`\\/`, `\\u002b`, `\\"`), URL escapes (`%2B`) or HTML entities
(`&#43;`), and these may be nested. Detectors look at the text itself and at its decoded views; what they find in a view
is mapped back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sestriage.model.effort import Effort, EffortSpentError
from sestriage.redact.forms.windows import line_windows
from sestriage.redact.spans import Detector, Span

FOLLOWING = 3
"""Lines below one with escapes that are looked at with it."""
MAX_DEPTH = 3
"""Layers of escaping that are looked through (a JSON line inside a JSON line inside Docker's)."""

SPANS_AT_ONCE = 16
"""Spans after which the clock is looked at again."""

_ESCAPE = re.compile(
    r"\\u(?P<u>[0-9A-Fa-f]{4})|\\x(?P<x>[0-9A-Fa-f]{2})|\\(?P<c>[nrt/\"'\\=+])|(?P<p>%[0-7][0-9A-Fa-f]|(?:%[89A-Fa-f][0-9A-Fa-f]){1,64})"
    r"|(?P<h>&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|commat|plus|sol|equals|colon|period);)"
    r"|(?P<soft>=(?<=[^=\n]{60}=)\r?\n)"
    r"|(?P<wide>[\uff01-\uff5e])|(?P<unseen>[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]+"
    r"|(?:\x1b|#033|\^\[)\[[0-9;:]{0,24}[A-Za-z])"
)
_MARKS = ("\\", "%", "&", "=\n", "=\r", "\x1b", "#033", "^[[")
"""No escape of ASCII is without one of these."""
_ODD = re.compile(r"[\uff01-\uff5e\u200b-\u200f\u2060-\u2064\ufeff\u00ad]")
"""Letters in another width, and what is not seen."""
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}


def _decoded(match: re.Match[str]) -> str:
    if code := match["u"] or match["x"]:
        return chr(int(code, 16))
    if octets := match["p"]:
        raw = bytes.fromhex(octets.replace("%", ""))
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    if match["c"]:
        return _CONTROL.get(match["c"], match["c"])
    if match["wide"]:
        return chr(ord(match["wide"]) - 0xFEE0)
    if not match["h"]:
        return ""
    import html  # its table of entities is seldom needed

    return html.unescape(match["h"])


def decode_once(text: str) -> tuple[str, list[int]] | None:
    """The text with one layer of escapes decoded, and for each of its characters (and its end) the place in `text`.

    None when there is nothing to decode.
    """
    if not _has_escapes(text):  # nearly always, and much faster than the pattern finds out
        return None
    parts: list[str] = []
    places: list[int] = []
    end = 0
    for match in _ESCAPE.finditer(text):
        decoded = _decoded(match)
        parts += [text[end : match.start()], decoded]
        places += range(end, match.start())
        places += [match.start()] * len(decoded)
        end = match.end()
    if end == 0:
        return None
    parts.append(text[end:])
    places += range(end, len(text) + 1)
    return "".join(parts), places


def _has_escapes(text: str) -> bool:
    return any(mark in text for mark in _MARKS) or (not text.isascii() and _ODD.search(text) is not None)


def _around_escapes(text: str) -> tuple[str, Sequence[int]]:
    """The lines that may hold escapes, each with one before and some behind, and the place of every character.

    The other lines were looked at as they are.
    """
    marks = _MARKS if text.isascii() else (*_MARKS, *{match[0] for match in _ODD.finditer(text)})
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for start, end in line_windows(text, text, marks, FOLLOWING):
        start = max(done, text.rfind("\n", 0, max(0, start - 1)) + 1)
        if end > done:
            pieces.append(text[start:end])
            places += range(start, end)
            done = end
    places.append(done)
    return "".join(pieces), places


def find(text: str, detect: Detector, effort: Effort | None = None) -> Iterator[Span]:
    """What the detector finds in the text and in its decoded views, as spans of the text.

    Raises:
        EffortSpentError: when the effort was spent before all was looked through.
    """
    for count, span in enumerate(_everywhere(text, detect)):
        if effort is not None and count % SPANS_AT_ONCE == 0 and effort.spent:
            break
        yield span
    if effort is not None and effort.spent:
        raise EffortSpentError


_PERCENT = re.compile(r"(?<=%)[0-9A-Fa-f]{2}")
_LINE_END = re.compile(r"(?<!\\)(?:\\\\){0,8}\\[nrt]\Z")
"""An escape at the end; a backslash that is escaped itself begins none."""


def _behind_escape(text: str, span: Span) -> Span:
    """A value that begins in the middle of `%22` or of `\\n` begins behind it."""
    start, value = span.start, span.value
    before = text[start - 1 : start]
    if before == "%" and (escape := _PERCENT.match(text, start)):
        return Span(escape.end(), span.end, span.kind, value)
    if before == "\\" and span.kind in ("host", "address") and _LINE_END.search(text[max(0, start - 20) : start + 1]):
        return Span(start + 1, span.end, span.kind, value[1:])
    return span


def _everywhere(text: str, detect: Detector) -> Iterator[Span]:
    for span in detect(text):
        yield _behind_escape(text, span)
    if not _has_escapes(text):
        return
    view, to_text = _around_escapes(text)
    for _ in range(MAX_DEPTH):
        decoded = decode_once(view)
        if decoded is None:
            return
        view, places = decoded
        to_text = [to_text[place] for place in places]
        for found in detect(view):
            span = _behind_escape(view, found)
            yield Span(to_text[span.start], to_text[span.end], span.kind, span.value)
