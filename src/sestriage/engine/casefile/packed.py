"""The facts of a case as they travel: everything that was read, without what no triage needs."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sestriage.engine.reading.inputs import Inputs, LogFile
from sestriage.errors import ParseError
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.model.capture import Capture
    from sestriage.model.config import CipherList, SmtpSettings
    from sestriage.model.mail import MailHeaders
    from sestriage.model.source import InputNote
    from sestriage.model.transcript import Transcript
    from sestriage.model.trust import TrustStore

FORM = 1
"""Of the file of facts."""
MAX_BYTES = 64 << 20
"""Of a file of facts that is read."""
MAX_EVENTS = 5_000
"""Events of a log that travel, the newest ones."""
MAX_STREAMS = 500
"""Conversations of a capture, the newest ones."""
_NO_NAME = "<user>"


@dataclass(frozen=True, slots=True)
class Packed:
    """What `Inputs` holds of the evidence, frozen."""

    logs: tuple[LogFile, ...] = ()
    other_logs: tuple[LogFile, ...] = ()
    captures: tuple[Capture, ...] = ()
    stores: tuple[TrustStore, ...] = ()
    cipher_lists: tuple[CipherList, ...] = ()
    transcripts: tuple[Transcript, ...] = ()
    settings: tuple[SmtpSettings, ...] = ()
    mails: tuple[MailHeaders, ...] = ()
    notes: tuple[InputNote, ...] = ()

    def into(self, collected: Inputs) -> None:
        """Adds the facts to what was read."""
        collected.logs += self.logs
        collected.other_logs += self.other_logs
        collected.captures += self.captures
        collected.stores += self.stores
        collected.cipher_lists += self.cipher_lists
        collected.transcripts += self.transcripts
        collected.settings += self.settings
        collected.mails += self.mails
        collected.notes += self.notes


def packed(collected: Inputs) -> Packed:
    """The facts within their bounds; of a login no name is kept, only that there is one."""
    return Packed(
        logs=tuple(map(_log, collected.logs)),
        other_logs=tuple(map(_log, collected.other_logs)),
        captures=tuple(map(_capture, collected.captures)),
        stores=tuple(collected.stores),
        cipher_lists=tuple(collected.cipher_lists),
        transcripts=tuple(collected.transcripts),
        settings=tuple(map(_settings, collected.settings)),
        mails=tuple(collected.mails),
        notes=tuple(collected.notes),
    )


def to_json(facts: Packed, version: str) -> bytes:
    """The file of facts."""
    from sestriage.formats.facts import encoded

    document = {"sestriage_facts": FORM, "version": version, "facts": encoded(facts)}
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def from_json(data: bytes) -> Packed:
    """The facts of such a file. Raises `ParseError`."""
    from sestriage.formats.facts import decoded

    if len(data) > MAX_BYTES:
        raise ParseError(Message("larger than {size} MiB; not read", size=MAX_BYTES >> 20))
    try:
        document = json.loads(data, parse_constant=_no_number)
        form = document.get("sestriage_facts") if isinstance(document, dict) else None
        if form != FORM:
            raise ParseError(
                Message(
                    "facts of the form {form}; this sestriage reads the form {known}", form=repr(form)[:20], known=FORM
                )
            )
        return decoded(Packed, document.get("facts"))
    except (ValueError, RecursionError) as error:
        raise ParseError(Message("no facts of a case: {problem}", problem=str(error)[:120])) from None


def _no_number(text: str) -> float:
    raise ValueError(text)


def _log(log: LogFile) -> LogFile:
    return replace(log, events=log.events[-MAX_EVENTS:], whole=log.whole and len(log.events) <= MAX_EVENTS)


def _capture(capture: Capture) -> Capture:
    if len(capture.streams) <= MAX_STREAMS:
        return capture
    return replace(capture, streams=capture.streams[-MAX_STREAMS:])


def _settings(settings: SmtpSettings) -> SmtpSettings:
    return replace(settings, user=_NO_NAME if settings.user else settings.user, iam_user=None)
