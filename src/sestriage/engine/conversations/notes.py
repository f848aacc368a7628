"""What is said of captures of an attempt: files that were read as one, and points that show the same conversation."""

from __future__ import annotations

from collections.abc import Sequence

from sestriage.engine.conversations.points import point_notes
from sestriage.engine.join import conversations
from sestriage.model.capture import Capture, Stream
from sestriage.model.message import Message


def capture_notes(judged: Sequence[Stream], captures: Sequence[Capture]) -> list[str]:
    """Of the captures that hold a judged conversation."""
    notes = []
    for capture in captures:
        if capture.parts and any(stream in judged for stream in capture.streams):
            notes.append(
                Message(
                    "{source}: {count} files of one capture, in which conversations go on from one into the next, were"
                    " read as one; frames count through all of them (as after `mergecap -a`).",
                    source=capture.source,
                    count=len(capture.parts),
                )
            )
    return notes + (point_notes(conversations(captures), judged) if judged else [])
