"""Group log events into attempts to send a mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sestriage.engine.order import Timed
from sestriage.engine.same_session import apart
from sestriage.model.known.proxy import server_port
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase

if TYPE_CHECKING:
    from sestriage.model.capture import DnsLookup, Stream
    from sestriage.model.log import SmtpReply

MAX_ATTEMPTS = 1000
"""Attempts that are judged and listed, the newest ones: each costs an evaluation of all rules."""

LONGEST_ATTEMPT = timedelta(minutes=15)
"""A result this long after the start still belongs to it: connect and read time-outs add up to minutes."""

SAME_START = timedelta(seconds=30)
"""Differently worded start lines within this time announce one attempt."""

SAME_TROUBLE = timedelta(seconds=5)
"""Two loggers report one failure (or one success) within this time."""

REPORTED = timedelta(seconds=1)
"""Within this time the same thread says that something failed, and why."""

TERMINAL = ("failure", "success")


@dataclass(slots=True)
class AttemptDraft:
    """An attempt in the making. Times are aware; None where nothing of it has a time stamp."""

    events: list[Timed] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    lookups: list[DnsLookup] = field(default_factory=list)
    tries: list[tuple[int, int]] = field(default_factory=list, init=False, repr=False, compare=False)
    """Which try its events tell of, and of how many, in their order."""
    actions: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    """Actions that its events name."""

    def __post_init__(self) -> None:
        events, self.events = self.events, []
        for entry in events:
            self.take(entry)

    def take(self, entry: Timed) -> None:
        """One more event, behind the others. What each next one is compared with is kept: a busy Manager's log may tell
        of one attempt in thousands of lines."""
        self.events.append(entry)
        if (retry := entry.event.retry) is not None:
            self.tries.append(retry)
        if entry.event.action is not None:
            self.actions.add(entry.event.action)

    @property
    def undecided(self) -> bool:
        """What is known of it says nothing of how an attempt of the Manager ends."""
        return False

    @property
    def last(self) -> LogEvent | None:
        """The newest event."""
        return self.events[-1].event if self.events else None

    @property
    def result(self) -> str | None:
        """`failure` or `success`, from the newest event that tells; None while it is open. A mail that was taken stays
        so when the farewell behind it fails."""
        farewell = False
        for timed in reversed(self.events):
            if timed.event.outcome == "success" or (timed.event.outcome == "failure" and not is_farewell(timed.event)):
                return timed.event.outcome
            farewell = farewell or timed.event.outcome == "failure"
        return "failure" if farewell else None

    @property
    def log_started(self) -> datetime | None:
        """Time of the first event with a time."""
        return next((t.at for t in self.events if t.at is not None), None)

    @property
    def log_ended(self) -> datetime | None:
        """Time of the last event with a time."""
        for timed in reversed(self.events):
            if timed.at is not None:
                return timed.at
        return None

    @property
    def _timed_streams(self) -> list[Stream]:
        """Those whose times go with the log's: none where its clock is another one."""
        return self.streams if apart(self) is None else []

    @property
    def started(self) -> datetime | None:
        """Earliest time of log and captures."""
        times = (self.log_started, *(s.started for s in self._timed_streams), *(q.time for q in self.lookups))
        return min((t for t in times if t is not None), default=None)

    @property
    def ended(self) -> datetime | None:
        """Latest time of log and captures."""
        times = (self.log_ended, *(s.ended for s in self._timed_streams), *(q.time for q in self.lookups))
        return max((t for t in times if t is not None), default=None)

    @property
    def placed(self) -> datetime | None:
        """Where the attempt stands among the others: where its log tells of its result; without a result its end, but
        not before what its log tells of earlier. A connection may be closed long after."""
        logged = max((t.placed for t in self.events if t.placed is not None), default=None)
        if self.result is not None and logged is not None:
            return logged
        return max((t for t in (self.ended, *(t.placed for t in self.events)) if t is not None), default=None)

    @property
    def host(self) -> str | None:
        """Mail host by the log, else by the streams or the DNS question."""
        from_log = next((t.event.host for t in reversed(self.events) if t.event.host), None)
        from_wire = next((s.host for s in self.streams if s.host), None)
        return from_log or from_wire or next((lookup.name for lookup in self.lookups), None)

    @property
    def port(self) -> int | None:
        """Mail port by the log, else by the streams."""
        from_log = next((port for t in reversed(self.events) if (port := server_port(t.event))), None)
        return from_log or next((s.port for s in self.streams if s.port), None)


def group_events(timed: Sequence[Timed]) -> list[AttemptDraft]:
    """Attempts in the order in which they began."""
    drafts: list[AttemptDraft] = []
    for entry in timed:
        draft = _home(entry, drafts)
        if draft is None:
            draft = AttemptDraft()
            drafts.append(draft)
        elif _ends_what_was_refused(draft, entry):
            continue  # it tells of nothing but the end of a session that the server had ended
        draft.take(entry)
    return drafts


def _home(entry: Timed, drafts: list[AttemptDraft]) -> AttemptDraft | None:
    """The attempt that this event continues; None when it begins a new one."""
    recent = [d for d in reversed(drafts[-8:]) if _within(d.log_ended, entry.at, LONGEST_ATTEMPT)]
    if entry.event.outcome == "start":
        return next((d for d in recent if _continues_start(d, entry)), None)
    unfinished = [d for d in recent if d.result is None and not _other_action(d, entry.event)]
    choices = (
        (d for d in unfinished if _same_actor(d, entry.event)),
        (d for d in unfinished[:1] if d is recent[0] and _threads_unknown(d, entry.event)),
        (d for d in recent if _repeats(d, entry)),
        iter(unfinished),
    )
    return next((draft for choice in choices for draft in choice), None)


def _threads_unknown(draft: AttemptDraft, event: LogEvent) -> bool:
    """Nothing shows that the event comes from another thread than the draft."""
    return event.thread is None or all(t.event.thread is None for t in draft.events)


def _within(earlier: datetime | None, later: datetime | None, span: timedelta) -> bool:
    """True when the two are close enough, or when one has no time."""
    return earlier is None or later is None or later - earlier <= span


def _same_actor(draft: AttemptDraft, event: LogEvent) -> bool:
    return any(
        (t.event.thread is not None and t.event.thread == event.thread)
        or (t.event.action is not None and t.event.action == event.action)
        for t in draft.events
    )


def _other_action(draft: AttemptDraft, event: LogEvent) -> bool:
    """Both name an action, and not the same one."""
    return event.action is not None and any(action != event.action for action in draft.actions)


def _continues_start(draft: AttemptDraft, entry: Timed) -> bool:
    if draft.result is not None or not _within(draft.log_ended, entry.at, SAME_START):
        return False
    if any(t.event.words == entry.event.words for t in draft.events) or _other_action(draft, entry.event):
        return False
    last = draft.last
    one_thread = last is None or last.thread is None or entry.event.thread is None or last.thread == entry.event.thread
    return one_thread and (draft.host is None or entry.event.host is None or draft.host == entry.event.host)


def _repeats(draft: AttemptDraft, entry: Timed) -> bool:
    """The draft has a result, and this event reports the same result once more."""
    event = entry.event
    if draft.result == "success" and is_farewell(event):
        return _one_thread(draft, event) and _one_server(draft, event) and not _other_action(draft, event)
    if draft.result != event.outcome or _is_another_try(draft, event):
        return False
    if _was_last_try(draft) and _is_bare(event) and _one_thread(draft, event):
        return True
    if not _within(draft.log_ended, entry.at, SAME_TROUBLE):
        return False
    if event.outcome == "success":
        # a Manager that sends one mail after the other says so again and again: those are others
        told = next((t.at for t in draft.events if t.event.outcome in TERMINAL), None)
        if not _within(told, entry.at, SAME_TROUBLE):
            return False
        return _same_actor(draft, event) or draft.last is None or draft.last.thread is None
    failures = [t.event for t in draft.events if t.event.outcome == "failure"]
    if any(_same_trouble(failure, event) for failure in failures):
        return True
    if _ends_what_was_refused(draft, entry) or _refuses_another_recipient(failures, event):
        return True
    # a sentence that says that it failed, and the exception that says why, in either order
    one_is_bare = _is_bare(event) or all(_is_bare(failure) for failure in failures)
    one_thread = _one_thread(draft, event)
    together = _within(draft.log_ended, entry.at, REPORTED) and not _other_action(draft, event)
    return one_is_bare and one_thread and together and _one_server(draft, event)


def is_farewell(event: LogEvent) -> bool:
    """What failed is QUIT, behind a mail that the dialogue shows to be taken, and before any other one."""
    said = event.outcome == "failure" and event.smtp_step == "quit" and event.reply is None
    return said and Phase.ACCEPTED in event.answered


def _is_another_try(draft: AttemptDraft, event: LogEvent) -> bool:
    """The draft tells of one try, and the event of another one of the same action."""
    return bool(draft.tries) and event.retry is not None and event.retry not in draft.tries


def _was_last_try(draft: AttemptDraft) -> bool:
    """The line of its failure says that no further try comes: what follows is the result of all."""
    return bool(draft.tries) and draft.tries[-1][0] == draft.tries[-1][1]


def is_further_try(earlier: AttemptDraft, later: AttemptDraft) -> bool:
    """The later attempt is the next try of what the earlier one did not manage: its line says that there are more to
    come, and the two are of one actor."""
    if (
        not earlier.tries
        or _was_last_try(earlier)
        or not _within(earlier.log_ended, later.log_started, LONGEST_ATTEMPT)
    ):
        return False
    return any(_one_thread(earlier, t.event) and not _other_action(earlier, t.event) for t in later.events)


def _one_thread(draft: AttemptDraft, event: LogEvent) -> bool:
    return _same_actor(draft, event) or (event.thread is None and _threads_unknown(draft, event))


_AFTER_EFFECT = re.compile(
    r"Can't send command to SMTP host|Exception reading response|Connection (?:is )?closed|Broken pipe|Socket closed"
)


def _ends_what_was_refused(draft: AttemptDraft, entry: Timed) -> bool:
    """The server had said why it ends the session; that it is over is what the next command meets."""
    event = entry.event
    if event.outcome != "failure" or event.reply is not None or not _AFTER_EFFECT.search(event.text):
        return False
    refused = any(t.event.reply is not None and t.event.reply.code >= 400 for t in draft.events)
    near = _within(draft.log_ended, entry.at, SAME_TROUBLE)
    return refused and near and _one_thread(draft, event) and _one_server(draft, event)


_NEXT_RECIPIENT = 4
"""So many lines behind the reply to one RCPT stands the reply to the next at most: another mail begins with RSET and
MAIL, and their replies."""


def _refuses_another_recipient(failures: Sequence[LogEvent], event: LogEvent) -> bool:
    """A dialogue in which the server refused a recipient goes on with the next one of the same mail; and the exception
    behind it tells of them all."""
    last = failures[-1] if failures else None
    if last is None or last.reply is None or event.reply is None or {last.phase, event.phase} != {Phase.RCPT}:
        return False
    if any(failure.throwables for failure in failures):
        return False
    if event.throwables:
        return any(failure.reply is not None and _tells_of(event, failure.reply) for failure in failures)
    lines = (last.source.line, event.source.line)
    one_file = (last.source.path, last.source.member) == (event.source.path, event.source.member)
    return one_file and None not in lines and 0 < (lines[1] or 0) - (lines[0] or 0) <= _NEXT_RECIPIENT


def _tells_of(event: LogEvent, reply: SmtpReply) -> bool:
    """An exception quotes a reply, or the beginning of one."""
    quoted = event.reply.text if event.reply is not None else ""
    return reply.text in event.text or (bool(quoted) and reply.text.startswith(quoted))


def _one_server(draft: AttemptDraft, event: LogEvent) -> bool:
    return draft.host is None or event.host is None or draft.host == event.host


def _is_bare(event: LogEvent) -> bool:
    """The event says that something failed, not why: without an exception, or with one that wraps nothing and tells
    neither step nor server (`MessagingException: could not send`)."""
    if event.reply is not None:
        return False
    return not event.throwables or (event.phase is None and not event.phases and event.host is None)


def _same_trouble(one: LogEvent, other: LogEvent) -> bool:
    if one.reply is not None and other.reply is not None:
        return one.reply == other.reply
    if one.root_message and other.root_message:
        return one.root_message == other.root_message
    shorter, longer = sorted((one.text, other.text), key=len)
    return bool(shorter) and shorter in longer
