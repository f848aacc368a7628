"""Whether the words of a line say something when the line is an event by itself: asked once for each kind of line."""

from __future__ import annotations

import re

from sestriage.formats.log.dialogue_forms import line_of
from sestriage.formats.log.reader import parse_text, read_all
from sestriage.formats.log.wording.vocabulary import PARTLY
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef

_SOURCE = SourceRef("")
_MIXED = re.compile(r"\b(?=[^\W\d_]*\d)\w+")
"""A word with digits in it: the next line of the kind may have a number there, or an id."""
_REPLY = re.compile(r"\s{0,4}[2345]\d\d(?:[ -]|$)")


def says_nothing(line: str) -> bool:
    """No event comes of the line, nor of one that differs from it in numbers and ids only, unless an exception follows.

    False when in doubt: a line of a dialogue, one without a logger's header, one whose numbers count mails.
    """
    if PARTLY.search(line) is not None:
        return False
    head = parse_text(line, _SOURCE)
    if len(head) != 1 or head[0].time is None or _of_dialogue(head[0]):
        return False
    changed = line.replace(head[0].message, _MIXED.sub("1", head[0].message)) if head[0].message else line
    return not any(list(read_all(each, _SOURCE)) for each in {line, changed})


def _of_dialogue(event: LogEvent) -> bool:
    said = line_of(event.message)
    return said.side is not None or said.repeated or _REPLY.match(said.said) is not None
