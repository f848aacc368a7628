"""The document of `sestriage inspect`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.parts import ReadHead
from sestriage.model.document.words import Number, OneOf, Size, Time


class Uses(TypedDict):
    """How many files and members are put to which use."""

    used: Annotated[Size, "Triage reads them."]
    set_aside: Annotated[Size, "Recognised, and not what triage looks at."]
    refused: Annotated[Size, "Not read."]


class ClockJump(TypedDict):
    """A place where the time stamps of a log go back."""

    line: Annotated[Number | None, "The first line behind it."]
    seconds_back: Annotated[float, "How far they go back."]


class MailEvents(TypedDict):
    """Events about sending mail."""

    started: Annotated[Size, "An attempt began."]
    failed: Annotated[Size, "An attempt failed."]
    succeeded: Annotated[Size, "An attempt succeeded."]


class LineProblem(TypedDict):
    """Something wrong with a line of a log."""

    line: Annotated[Number | None, "The line; null where there is no one place."]
    text: Annotated[str, "What is wrong."]


class LogContent(TypedDict):
    """The content of a log."""

    wrappings: Annotated[list[str], "How its lines are wrapped, outermost first; empty for plain lines."]
    encoding: Annotated[str | None, "Its encoding; null for UTF-8 and 8-bit text."]
    first: Annotated[Time | None, "Its first time stamp."]
    last: Annotated[Time | None, "Its last time stamp."]
    zones: Annotated[list[str], "The zones of its time stamps: `UTC`, `+05:30`, or `none`."]
    clock_jumps: Annotated[list[ClockJump], "Places where the time stamps go back by more than a minute."]
    mail_events: Annotated[MailEvents, "Events about sending mail."]
    other_events: Annotated[Size, "Events that look like trouble of another service."]
    problems: Annotated[list[LineProblem], "What is wrong with it."]


class CaptureContent(TypedDict):
    """The content of a capture."""

    packets: Annotated[Size, "Packets."]
    first: Annotated[Time | None, "The time of its first packet."]
    last: Annotated[Time | None, "The time of its last packet."]
    conversations: Annotated[Size, "Conversations that speak SMTP or TLS, or are on mail ports."]
    mail_conversations: Annotated[Size, "Those of them with a mail server."]
    dns_questions: Annotated[Size, "DNS questions."]
    packets_cut: Annotated[bool, "Packets were cut when they were captured."]
    passed_over: Annotated[str | None, "What of a large capture was not looked at; null when everything was."]
    problem: Annotated[str | None, "What was damaged, and where."]


class StoreContent(TypedDict):
    """The content of a trust store or certificate file."""

    entries: Annotated[Size, "Entries."]
    trusted: Annotated[Size, "Those that Java takes as trust anchors."]
    readable: Annotated[bool, "False: nothing can be said of its content."]
    problem: Annotated[str | None, "Why it could not be read whole."]


class InspectedItem(TypedDict):
    """A file, an archive, or a member of one."""

    path: Annotated[str, "The file as it was named."]
    member: Annotated[str | None, "The path inside an archive."]
    kind: Annotated[str, "What it is: `log`, `capture`, `store`, `certificates`, `archive`, `other`, ..."]
    format: Annotated[str | None, "In which format."]
    role: Annotated[str | None, "Which of its kind: `response`, `other-service`, `backup`."]
    use: Annotated[str, OneOf(("used", "set-aside", "refused")), "What triage does with it."]
    why: Annotated[str | None, "Why it is set aside or refused."]
    size: Annotated[Size | None, "Bytes after decompression; null for what was not read."]
    compression: Annotated[list[str], "How it is compressed, innermost first."]
    modified: Annotated[Time | None, "When it was last written."]
    detail: Annotated[str | None, "What is worth knowing of it."]
    problem: Annotated[str | None, "The damage of an input that is used in spite of it."]
    log: Annotated[LogContent | None, "The content of a log."]
    capture: Annotated[CaptureContent | None, "The content of a capture."]
    store: Annotated[StoreContent | None, "The content of a trust store or certificate file."]


class Inspect(ReadHead):
    """What `sestriage inspect --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    summary: Annotated[Uses, "How much of it is used."]
    inputs: Annotated[list[InspectedItem], "Everything found; an archive comes behind its members."]
