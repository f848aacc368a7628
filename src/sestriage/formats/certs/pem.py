"""PEM (RFC 7468 and its looser forerunners): encapsulated blocks in any text, with comments, headers and CRLF."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sestriage.errors import reason_of
from sestriage.model.message import Message

CERTIFICATE_LABELS = frozenset({"CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"})
PKCS7_LABELS = frozenset({"PKCS7", "CMS"})
MAX_BLOCK_BYTES = 32 << 20
"""Text of one block beyond which it is not decoded."""
MAX_BLOCKS = 100_000

_BEGIN = re.compile(rb"-----BEGIN (?P<label>[A-Z0-9][A-Z0-9 #.]{0,60})-----")
_BLOCK_LIKE_STORE = re.compile(rb"-----BEGIN (?:(?:X509 |TRUSTED )?CERTIFICATE|PKCS7|CMS)-----")
_HEADER = re.compile(rb"\A\s*(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)+\s*\n")
_BLANK = b" \t\r\n\v\f"
_TEXT_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True, slots=True)
class PemBlock:
    """One block. `content` is None when it could not be decoded or is none of our business; `problem` then says why
    (None for a block that is left alone on purpose: private keys are never decoded)."""

    label: str
    line: int
    """Of its BEGIN, from 1."""
    end_line: int
    content: bytes | None
    problem: str | None = None


def holds_certificates(head: bytes) -> bool:
    """True if a block that may hold certificates begins in these bytes."""
    return _BLOCK_LIKE_STORE.search(plain_text(head)) is not None


def plain_text(data: bytes) -> bytes:
    """The data with UTF-16 (as Windows tools save it, with a byte order mark) made bytes of ASCII."""
    codec = _TEXT_MARKS.get(data[:2])
    return data if codec is None else data[2:].decode(codec, "replace").encode("utf-8", "replace")


def blocks(data: bytes) -> Iterator[PemBlock]:
    """The blocks in the order of the text; never raises. A block that is cut off is reported with its line.

    A block ends at its END line; a BEGIN in front of that means that the END is lost, and begins the next block.
    """
    data = plain_text(data)
    line, counted_to, number = 1, 0, 0
    begin = _BEGIN.search(data)
    while begin is not None and number < MAX_BLOCKS:
        number += 1
        label = begin["label"]
        after = data.find(b"-----", begin.end())
        line += data.count(b"\n", counted_to, begin.start())
        counted_to = begin.start()
        stop = len(data) if after < 0 else after
        closed = data.startswith(b"-----END " + label + b"-----", stop)
        end_line = line + data.count(b"\n", begin.start(), stop)
        yield _block(label.decode("ascii"), data, begin.end(), stop, closed, line, end_line)
        begin = _BEGIN.search(data, stop)
    if begin is not None:
        yield PemBlock("", line, line, None, Message("more than {most} blocks; the rest is left out", most=MAX_BLOCKS))


def _block(label: str, data: bytes, at: int, stop: int, closed: bool, line: int, end_line: int) -> PemBlock:
    if label not in CERTIFICATE_LABELS and label not in PKCS7_LABELS:
        return PemBlock(label, line, end_line, None)
    if not closed:
        return PemBlock(
            label,
            line,
            end_line,
            None,
            Message("the block that begins at line {line} has no END of its own", line=line),
        )
    if stop - at > MAX_BLOCK_BYTES:
        return PemBlock(
            label,
            line,
            end_line,
            None,
            Message("the block at line {line} is longer than {most} bytes", line=line, most=MAX_BLOCK_BYTES),
        )
    body = data[at:stop]
    if b":" in body:
        body = _HEADER.sub(b"", body, count=1)
    try:
        content = binascii.a2b_base64(body.translate(None, _BLANK), strict_mode=True)
    except (binascii.Error, ValueError) as error:
        return PemBlock(
            label,
            line,
            end_line,
            None,
            Message("the block at line {line} is no base64 ({reason})", line=line, reason=reason_of(error)),
        )
    return PemBlock(label, line, end_line, content)
