"""Signatures of exceptions that no rule knows: equal errors of different Managers have equal ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from sestriage.formats.log.wording.vocabulary import MAIL_FRAME
from sestriage.model.log import LogEvent

DIGITS = 16
"""Of a signature, in hexadecimal."""
MAX_MESSAGE = 400

_LABEL = re.compile(r"<([a-z]{1,20})-\d{1,9}>")
_QUOTED = re.compile(r"'[^'\n]{0,200}'|\"[^\"\n]{0,200}\"|`[^`\n]{0,200}`")
_NUMBER = re.compile(r"\b(?:0x)?[0-9A-Fa-f]{1,200}+\b")
"""A run of hexadecimal digits; only one with a decimal digit in it is a number."""
_BLANKS = re.compile(r"\s+")


def normalised(message: str) -> str:
    """A message without what differs from one Manager to the next: pseudonyms keep their kind alone, quoted values and
    numbers become marks, blanks are one."""
    text = _LABEL.sub(r"<\1>", message[: 4 * MAX_MESSAGE])
    text = _QUOTED.sub("<value>", text)
    text = _NUMBER.sub(lambda run: "<n>" if any(map(str.isdigit, run[0])) else run[0], text)
    return _BLANKS.sub(" ", text).strip()[:MAX_MESSAGE]


def classes(event: LogEvent) -> str:
    """The chain of classes, the outermost first, suppressed ones left out."""
    return " > ".join(each.simple_name for each in event.throwables if each.relation != "suppressed")


def mail_frame(event: LogEvent) -> str | None:
    """The first frame of mail in the chain, the innermost cause first; None where there is none."""
    for each in reversed(event.throwables):
        if each.relation != "suppressed":
            found = next((frame for frame in each.frames if MAIL_FRAME.search(frame)), None)
            if found is not None:
                return found
    return None


def signature(chain: str, message: str, frame: str | None) -> str:
    """The digest of the three."""
    return hashlib.sha256("\0".join((chain, message, frame or "")).encode("utf-8", "replace")).hexdigest()[:DIGITS]


def exceptions(events: tuple[LogEvent, ...]) -> Iterator[LogEvent]:
    """The events with an exception, each kind once."""
    seen: set[tuple[str, str | None]] = set()
    for event in events:
        key = (classes(event), event.root_message)
        if event.throwables and key[0] and key not in seen:
            seen.add(key)
            yield event
