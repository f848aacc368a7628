"""What is said of lines that may report mail and do not count, and of trouble that is not shown to be of mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sestriage.engine.attempts import AttemptDraft
from sestriage.engine.clock import JUMP
from sestriage.engine.decide import Decision
from sestriage.engine.order import Timed
from sestriage.engine.reading.inputs import LogFile
from sestriage.engine.shown import Shown
from sestriage.model.known.appliance import LOG_PATH
from sestriage.model.known.ses import host_form
from sestriage.model.log import LogEvent
from sestriage.model.message import Message
from sestriage.model.verdict import Confidence, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Unsure:
    """The logs' events that do not count, and those of them that may report mail, in the order of time."""

    shown: Shown
    timed: Sequence[Timed] = ()

    def success_after(self, draft: AttemptDraft) -> LogEvent | None:
        """The first line behind an attempt that may report a mail that was sent; None when there is none."""
        return next((t.event for t in self.timed if t.event.perhaps == "success" and _behind(t, draft)), None)

    def notes(self) -> tuple[str, ...]:
        """Remarks on both kinds."""
        left = self.shown.left_over
        if not left:
            return ()
        place = str(left[0].source)
        return (
            Message(
                "Lines that may report mail, not counted: {count}, first at {place}.", count=len(left), place=place
            ),
        )


def _behind(timed: Timed, draft: AttemptDraft) -> bool:
    """The event is later than all that is known of the attempt: by time, else by its line."""
    if timed.placed is not None and draft.placed is not None and timed.placed != draft.placed:
        return timed.placed > draft.placed
    source = timed.event.source
    lines = [
        t.event.source.line
        for t in draft.events
        if (t.event.source.path, t.event.source.member) == (source.path, source.member)
    ]
    return bool(lines) and (source.line or 0) > max(line or 0 for line in lines)


def is_weak(draft: AttemptDraft) -> bool:
    """Nothing shows that the attempt was one to mail, but the name of the log that it stands in."""
    return bool(draft.events) and not draft.streams and not any(timed.event.mail for timed in draft.events)


_HTTPS = re.compile(r"HTTP/[12]|\bport\W{1,30}443\b|:443\b|X-Amz-|https://", re.IGNORECASE)


def _of_the_api(event: LogEvent) -> bool:
    """The event shows HTTPS with a host whose name is that of an SMTP endpoint of SES."""
    form = host_form(event.host)
    return form is not None and (event.host or "").startswith("email-smtp") and _HTTPS.search(event.text) is not None


def trouble_notes(logs: Sequence[LogFile]) -> tuple[str, ...]:
    """Trouble with TLS that is not shown to be of mail, where nothing else is known."""
    found = [event for log in logs for event in log.events]
    if not found:
        return ()
    api = next((event for event in found if _of_the_api(event)), None)
    if api is not None:
        note = Message(
            "A client of the SES API (HTTPS) was pointed at {host}, which speaks SMTP and no HTTPS ({place}). The API"
            " of a region has the name email.REGION.amazonaws.com. This is no attempt to mail through SMTP.",
            host=api.host,
            place=str(api.source),
        )
        return (note,)
    return (
        Message(
            "TLS trouble of something that is not shown to be mail: {count} events, first at {place}. It would be shown"
            " by a mail class in the stack trace, a reply or port of the mail server beside it, the e-mail action's"
            " own lines of the same thread, or a capture of a Test Action.",
            count=len(found),
            place=str(found[0].source),
        ),
    )


def with_doubts(verdict: Verdict, draft: AttemptDraft, unsure: Unsure) -> Verdict:
    """The verdict on the newest attempt, no surer than what does not count leaves it."""
    if verdict.outcome is not Outcome.FAILED:
        return verdict
    if is_weak(draft):
        doubt = Message(
            "Nothing shows that this failure was of a mail: only the name of the log ({log}) speaks for it. Other"
            " reading: another action of this container (syslog over TLS, webhook, LDAP).",
            log=LOG_PATH.rsplit("/", 1)[-1],
        )
        return replace(capped(verdict, Confidence.SUSPECTED), doubt=doubt, proven=(), not_used=())
    later = unsure.success_after(draft)
    if later is None:
        return verdict
    doubt = Message(
        "A line after this failure may report a mail that was sent ({place}). It does not show that it is about mail,"
        " so it does not count; but the failure may be over.",
        place=str(later.source),
    )
    return replace(capped(verdict, Confidence.LIKELY), doubt=doubt)


def with_order_doubt(verdict: Verdict, drafts: Sequence[AttemptDraft], decisions: Sequence[Decision]) -> Verdict:
    """The verdict, no surer than likely where another attempt would be the newest one, with another result, if the
    log's clock was set back to before the log begins. Not where a capture has the newest one at its time; and lines
    that go back again and again are sorted that way."""
    below = _stamped_older_below(drafts) if not drafts[-1].streams else []
    if not below or any(_goes_back(one, other) for one, other in pairwise(below)):
        return verdict
    last = decisions[drafts.index(below[-1])].attempt
    newest = decisions[-1].attempt
    rules = [each.finding.rule if each.finding is not None else None for each in (last, newest)]
    if (last.outcome, rules[0]) == (newest.outcome, rules[1]):
        return verdict
    doubt = Message(
        "The times of the log go back to before the log begins, at the latest at {place}. Lines from there on are taken"
        " as older ones that were put behind newer ones. If the clock was set back instead, the attempt at {last} is"
        " the newest one, and it ended otherwise.",
        place=str(below[0].events[0].event.source),
        last=str(below[-1].events[-1].event.source),
    )
    return replace(capped(verdict, Confidence.LIKELY), doubt=verdict.doubt or doubt)


def _stamped_older_below(drafts: Sequence[AttemptDraft]) -> list[AttemptDraft]:
    """Attempts that stand in the newest one's file below it and are stamped earlier, in the order of their lines."""
    newest = drafts[-1]
    below = [draft for draft in drafts[:-1] if _goes_back(newest, draft)]
    return sorted(below, key=_line)


def _goes_back(one: AttemptDraft, other: AttemptDraft) -> bool:
    """The second attempt stands below the first one in its file, and is stamped earlier."""
    if not one.events or not other.events or one.log_started is None or other.log_ended is None:
        return False
    first, second = one.events[-1].event.source, other.events[0].event.source
    if (first.path, first.member) != (second.path, second.member):
        return False
    return (second.line or 0) > (first.line or 0) and one.log_started - other.log_ended > JUMP


def _line(draft: AttemptDraft) -> int:
    return draft.events[0].event.source.line or 0


def capped(verdict: Verdict, most: Confidence) -> Verdict:
    """The verdict, no surer than `most`."""

    def no_surer(confidence: Confidence | None) -> Confidence | None:
        return most if confidence is not None and confidence.rank > most.rank else confidence

    primary = verdict.primary
    if primary is not None:
        primary = replace(primary, confidence=no_surer(primary.confidence) or most)
    return replace(verdict, confidence=no_surer(verdict.confidence), primary=primary)
