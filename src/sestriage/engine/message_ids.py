"""Message ids of SES tie log, capture and delivered mails together: the same id is the same message.

What is read from an id (region, time of acceptance) is derived; see `formats/message_id.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sestriage.formats.message_id import decode_message_id
from sestriage.model.known.ses import host_form
from sestriage.model.log import LogEvent
from sestriage.model.mail import DeliveredMail, SesMessageId
from sestriage.model.message import Message, clock
from sestriage.model.verdict import Attempt, Contradiction, Evidence, Outcome
from sestriage.times.zone import WIDEST

MAIL_KIND = "mail.delivered"

SAME_TIME = timedelta(minutes=2)
"""An attempt without message id and a mail that SES took within this time of it are likely the same message."""

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message id with the place where SES gave it."""

    id: SesMessageId
    evidence: Evidence


def accepted_ids(attempt: Attempt) -> tuple[Accepted, ...]:
    """The message ids that SES gave in an attempt, by the log and by the captures, in this order."""
    return tuple(_ids(attempt))


def _ids(attempt: Attempt) -> Iterator[Accepted]:
    for event in attempt.events:
        found = _id_of(event)
        if found is not None:
            yield Accepted(found, Evidence(event.source, event.quote, "log.event"))
    for stream in attempt.streams:
        if stream.smtp is None:
            continue
        for reply in stream.smtp.replies:
            found = decode_message_id(reply.text) if reply.code == 250 else None
            if found is not None:
                source = stream.source.at_frame(reply.frame)
                yield Accepted(found, Evidence(source, f"{reply.code} {reply.text}", "smtp.dialogue"))


def _id_of(event: LogEvent) -> SesMessageId | None:
    if event.outcome == "failure":
        return None
    return decode_message_id(event.message_id) or decode_message_id(event.reply_text) or decode_message_id(event.text)


def delivered_by(attempt: Attempt, mails: Sequence[DeliveredMail]) -> tuple[DeliveredMail, ...]:
    """The mails that an accepted attempt sent: by the same message id, else (no id in the attempt) by the time."""
    if attempt.outcome is not Outcome.ACCEPTED:
        return ()
    known = {found.id.text for found in accepted_ids(attempt)}
    if known:
        return tuple(mail for mail in mails if mail.message_id is not None and mail.message_id.text in known)
    return tuple(mail for mail in mails if mail.through_ses == "yes" and _at_the_time(attempt, mail.accepted_at))


def _at_the_time(attempt: Attempt, moment: datetime | None) -> bool:
    started, ended = attempt.started, attempt.ended
    if moment is None or started is None or ended is None or started.tzinfo is None or ended.tzinfo is None:
        return False
    return started - SAME_TIME <= moment <= ended + SAME_TIME


def delivery_evidence(attempt: Attempt, mails: Sequence[DeliveredMail]) -> tuple[Evidence, ...]:
    """Evidence that the message of an accepted attempt was delivered; empty without such a mail."""
    found: list[Evidence] = []
    for mail in delivered_by(attempt, mails):
        name = mail.message_id.text if mail.message_id else Message("no id")
        text = Message("delivered mail with Message-ID {id}", id=name)
        found.append(Evidence(mail.headers.place("message-id"), text, MAIL_KIND))
        found += mail.strong[:2]
    return tuple(found)


def tie_notes(attempt: Attempt, mails: Sequence[DeliveredMail] = ()) -> tuple[str, ...]:
    """What the message ids of the newest attempt say, and which mails belong to it."""
    return tuple(_notes(attempt, mails))


def _notes(attempt: Attempt, mails: Sequence[DeliveredMail]) -> Iterator[str]:
    by_id: dict[str, list[Accepted]] = {}
    for found in accepted_ids(attempt):
        by_id.setdefault(found.id.text, []).append(found)
    for text, places in by_id.items():
        where = ", ".join(dict.fromkeys(str(found.evidence.source) for found in places))
        one = places[0].id
        region = one.region or Message("an unknown region (code {code})", code=one.code)
        yield Message(
            "SES took the message as {id} ({where}): region {region}, {time}, both derived from the id.",
            id=text,
            where=where,
            region=region,
            time=clock(one.time),
        )
    own = delivered_by(attempt, mails)
    for mail in mails:
        if mail in own:
            yield Message("{file} is the mail of this attempt: it was delivered.", file=mail.source.file)
        elif mail.through_ses == "yes" and _later(mail, attempt):
            yield Message(
                "SES took the mail in {file} after the newest attempt in evidence: mail has worked since"
                " (or it came from another system).",
                file=mail.source.file,
            )
        else:
            yield Message("{file} does not belong to the newest attempt.", file=mail.source.file)


def _later(mail: DeliveredMail, attempt: Attempt) -> bool:
    ended = attempt.ended
    return mail.accepted_at is not None and ended is not None and ended.tzinfo is not None and mail.accepted_at > ended


def tie_contradictions(attempt: Attempt) -> tuple[Contradiction, ...]:
    """A message id of another region than the endpoint's."""
    form = host_form(attempt.host)
    if form is None or form.region is None:
        return ()
    found: dict[str, Contradiction] = {}
    for accepted in accepted_ids(attempt):
        region = accepted.id.region
        if region is not None and region != form.region:
            text = Message(
                "the endpoint is in {region}, the message id of the reply was made in {other} (derived): the"
                " name leads to another region's endpoint (an alias, a hosts file, a proxy)",
                region=form.region,
                other=region,
            )
            found.setdefault(accepted.id.text, Contradiction(text, (accepted.evidence,)))
    return tuple(found.values())


def offset_by_ids(events: Sequence[LogEvent]) -> timedelta | None:
    """What a log without time zone is ahead of UTC, by the time in the message ids that it quotes: whole quarters of
    an hour, within a minute, and the same for all of them; None when the ids do not tell.

    The lines of a mail.debug dialogue have no time of their own: there the next event's time counts.
    """
    offsets: set[timedelta] = set()
    for index, event in enumerate(events):
        found = _id_of(event)
        moment = next((later.time for later in events[index : index + 3] if later.time is not None), None)
        if found is None or moment is None or moment.tzinfo is not None:
            continue
        difference = moment - found.time.replace(tzinfo=None)
        quarters = round(difference / QUARTER)
        if abs(difference - quarters * QUARTER) > timedelta(minutes=1):
            return None
        offsets.add(quarters * QUARTER)
    if len(offsets) != 1:
        return None
    (offset,) = offsets
    return offset if abs(offset) <= WIDEST else None
