"""Helpers of the log tests."""

from __future__ import annotations

from pathlib import Path

from sestriage.formats.log import LogReader, parse_text
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef

HERE = Path(__file__).resolve().parent
DATA = HERE / "data"
SAMPLES = HERE.parents[2] / "samples"
SOURCE = SourceRef("some.log")


def read(data: bytes, pieces: int = 0) -> list[LogEvent]:
    """The events of some bytes, handed over whole or in pieces of a size."""
    chunks = [data] if not pieces else [data[at : at + pieces] for at in range(0, len(data), pieces)]
    return list(LogReader(SOURCE).events(chunks))


def problems(data: bytes) -> list[str]:
    reader = LogReader(SOURCE)
    for _ in reader.events([data]):
        pass
    return [f"{line}: {text}" for line, text in reader.problems]


def only(text: str) -> LogEvent:
    """The one event of a text."""
    events = parse_text(text, SOURCE)
    assert len(events) == 1, [event.message for event in events]
    return events[0]


def facts(event: LogEvent) -> tuple[object, ...]:
    """What an event says, without where and when it stands."""
    return (
        *(event.outcome, event.mail, event.success_grade, event.phase, event.phases, event.exceptions),
        *(event.root_exception, event.root_message, event.reply, event.smtp_step, event.host, event.port),
        *(event.level, event.logger, event.thread, event.message, event.action, event.connection_mode),
        *(event.openssl_code, event.openssl_reason, event.alert, event.message_id, event.region, event.identities),
    )
