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


def ports_notes(captures: Sequence[Capture]) -> tuple[str, ...]:
    """What was not looked at in large captures."""
    return tuple(note for capture in captures if (note := ports_note(capture)) is not None)


def ports_note(capture: Capture) -> str | None:
    """What was not looked at in a large capture; None where everything was."""
    read = capture.ports_read
    if read is None:
        return None
    ports = ", ".join(map(str, read.ports))
    if read.narrow:
        return Message(
            "{source} is large, and its mail ports show mail: from frame {frame} on, only conversations at the ports"
            " {ports} were looked at. `sestriage triage --all-ports` looks at those of every port.",
            source=capture.source,
            frame=read.since,
            ports=ports,
        )
    return Message(
        "{source} is large: from frame {frame} on, of conversations at other ports than {ports} only those were looked"
        " at that begin with SMTP, with a proxy, or with TLS to the name of a mail server. `sestriage triage"
        " --all-ports` looks at all.",
        source=capture.source,
        frame=read.since,
        ports=ports,
    )
