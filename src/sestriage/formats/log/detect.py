"""Whether bytes are a log at all."""

from __future__ import annotations

import re

from sestriage.formats.log.chain import is_trace_line
from sestriage.formats.log.exports.json_document import may_be_document, texts_in
from sestriage.formats.log.exports.markup import may_be_markup, read_markup
from sestriage.formats.log.header import starts_event
from sestriage.formats.log.lines.physical import decode_line, wide_encoding
from sestriage.formats.log.problems import Problems
from sestriage.formats.log.unwrap import LineUnwrapper, LogLine
from sestriage.formats.log.wording.classnames import HEAD, INLINE
from sestriage.formats.log.wording.openssl_error import find_error
from sestriage.formats.log.wording.python_trace import is_frame
from sestriage.formats.log.wording.smtp_reply import reply_in
from sestriage.formats.log.wording.vocabulary import CLIENT_SAID

_MAX_LINES = 200
_TIMED = re.compile(
    r"\"(?:[\w@.-]{0,40}(?i:time|date|generated|instant)[\w@.-]{0,20}|(?:[\w@.-]{0,40}[@._-])?(?i:ts))\"\s{0,4}[:,\n]"
)
"""A record has a time under some such name, or in a column that is so called; another document that quotes lines of a
log has none."""
_TEXT_BYTES = frozenset((*range(32, 127), 9, 10, 13, 27, *range(128, 256)))


def looks_like_log(head: bytes) -> bool:
    """Whether the first bytes of a file (some KiB) are those of a log, or of a pasted piece of one.

    True when at least one line in ten has a time stamp or level, a known wrapping, or belongs to an exception, an
    OpenSSL error or an SMTP reply. NULs at the start (a log that was truncated while it was written to) are skipped.
    """
    lines = _text_lines(head)
    if not lines:
        return False
    document = may_be_document(text := "\n".join(lines))
    if document and _TIMED.search(text) is not None and any(map(_is_sign, texts_in(text)[:_MAX_LINES])):
        return True
    unwrapper = LineUnwrapper(Problems())
    signs = 0
    for number, text in enumerate(lines, start=1):
        whole = list(unwrapper.feed(number, text, True))
        # no line at all: a part of one that a container runtime split
        if not whole or any(_is_wrapped(line) or _is_sign(line.text) for line in whole):
            signs += 1
    return signs * 10 >= len(lines)


def _is_wrapped(line: LogLine) -> bool:
    """It had a wrapping that shows that it is of a log; texts in a list of JSON are texts of anything."""
    return line.wrapping not in (None, "ansi", "json") or line.record is not None


def _is_sign(text: str) -> bool:
    return (
        (text[:1] != "\t" and starts_event(text))
        or HEAD.match(text) is not None
        or is_trace_line(text)
        or is_frame(text)
        or CLIENT_SAID.search(text) is not None
        or INLINE.search(text) is not None
        or find_error(text) is not None
        or reply_in(text) is not None
    )


def _text_lines(head: bytes) -> list[str]:
    encoding, mark = wide_encoding(head)
    if encoding is not None:
        text = head[mark:].decode(encoding, "replace")
        return [line for line in text.split("\n")[:_MAX_LINES] if line.strip()]
    data = head[mark:].lstrip(b"\0")
    if not data or b"\0" in data[:256]:
        return []
    odd = sum(1 for byte in data[:4096] if byte not in _TEXT_BYTES)
    high = sum(1 for byte in data[:4096] if byte >= 128)
    sample = min(len(data), 4096)
    if odd * 50 > sample or (high * 3 > sample and not _is_utf8(data)):
        return []
    if data[:200].lstrip()[:1] == b"<" and may_be_markup(text := data.decode("utf-8", "replace")):
        lines = [line for _, line in read_markup(text) or ()][:_MAX_LINES]
    else:
        lines = [decode_line(line)[0] for line in data.split(b"\n")[:_MAX_LINES]]
    return [line for line in lines if line.strip()]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(data) - 4
    return True
