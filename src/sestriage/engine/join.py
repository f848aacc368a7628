"""Join captured conversations to the attempts that the log tells of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sestriage.engine.attempts import AttemptDraft
from sestriage.engine.clock import SLACK, TIMEOUT_SLACK, covers, ports_agree
from sestriage.engine.conversations.points import once_each
from sestriage.engine.same_session import join_by_marks, other_session
from sestriage.engine.stream_phase import UNRESOLVED, failing_phase, is_mail, is_reconnect, left_unused
from sestriage.model.known.proxy import proxy_port
from sestriage.model.known.ses import host_form
from sestriage.model.phase import Phase

if TYPE_CHECKING:
    from sestriage.model.capture import Capture, DnsLookup, Stream

LATEST = datetime.max.replace(tzinfo=UTC)


def unique_streams(captures: Iterable[Capture]) -> list[Stream]:
    """All conversations, oldest first; one that two files hold, or two points of its way saw, counts once."""
    return [group[0] for group in conversations(captures)]


def conversations(captures: Iterable[Capture]) -> list[list[Stream]]:
    """As `unique_streams`, each with its copies from other points behind it."""
    best: dict[tuple[object, ...], Stream] = {}
    for capture in captures:
        for number, stream in enumerate(capture.streams):
            key: tuple[object, ...] = (stream.client, stream.server, stream.started)
            if stream.started is None:
                key = (capture.source, number)
            other = best.get(key)
            if other is None or _weight(stream) > _weight(other):
                best[key] = stream
    groups = once_each(sorted(best.values(), key=_by_time))
    return sorted(groups, key=lambda group: _by_time(group[0]))


def _by_time(stream: Stream) -> tuple[bool, datetime]:
    return stream.started is None, stream.started or LATEST


def _weight(stream: Stream) -> int:
    return stream.tcp.client_bytes + stream.tcp.server_bytes - stream.tcp.missing_bytes


def join(drafts: list[AttemptDraft], streams: Sequence[Stream], lookups: Sequence[DnsLookup]) -> list[AttemptDraft]:
    """Give each mail conversation to its attempt; those that no logged attempt explains become attempts of their own.

    Returns all attempts, oldest first.
    """
    hosts = {draft.host for draft in drafts if draft.host}
    mail = [s for s in streams if is_mail(s) or (s.host is not None and s.host.lower() in hosts)]
    timed = any(draft.log_ended for draft in drafts)
    mail = join_by_marks(drafts, mail)
    left = _join_by_time(drafts, mail) if timed else _join_by_order(drafts, mail)
    for draft in drafts:
        draft.streams = _without_bystanders(draft)
    everything = [*drafts, *_own_attempts(left if not drafts else [s for s in left if not is_bystander(s)])]
    _join_lookups(everything, lookups)
    ends = [*_filled([draft.placed for draft in drafts]), *(draft.ended for draft in everything[len(drafts) :])]
    order = sorted(range(len(everything)), key=lambda i: (ends[i] or LATEST, i))
    return [everything[i] for i in order]


def is_bystander(stream: Stream) -> bool:
    """A session that the client left without a command, with a certificate that is not seen to lack the name that it
    asked for: beside what a log tells of it is a test by hand, or a check by a monitor, and no attempt."""
    return left_unused(stream) and stream.leaf_fits_host is not False


def _without_bystanders(draft: AttemptDraft) -> list[Stream]:
    """A session without a command is the attempt's own only where no other conversation is."""
    others = [stream for stream in draft.streams if not is_bystander(stream)]
    return others or draft.streams


def _filled(ends: list[datetime | None]) -> list[datetime | None]:
    """Attempts without any time keep their place in the log: just before the next one that has one, else after the
    last."""
    later: datetime | None = None
    backward = [later := end or later for end in reversed(ends)][::-1]
    last = next((end for end in reversed(ends) if end is not None), None)
    return [end or last for end in backward]


def _join_by_time(drafts: Sequence[AttemptDraft], streams: Sequence[Stream]) -> list[Stream]:
    left: list[Stream] = []
    logged = [
        (n, draft, first, last)
        for n, draft in enumerate(drafts)
        if (first := draft.log_started) and (last := draft.log_ended)
    ]
    for stream in streams:
        if stream.started is None or stream.ended is None:
            left.append(stream)
            continue
        earliest, latest = stream.started - TIMEOUT_SLACK, stream.ended + TIMEOUT_SLACK
        near = [(n, draft) for n, draft, first, last in logged if last >= earliest and first <= latest]
        fitting = [(gap, -n) for n, draft in near if (gap := _gap(draft, stream)) is not None]
        if fitting:
            drafts[-min(fitting)[1]].streams.append(stream)
        else:
            left.append(stream)
    return left


def _gap(draft: AttemptDraft, stream: Stream) -> float | None:
    """How badly the conversation fits the attempt in seconds; None when it cannot belong to it."""
    if not _compatible(draft, stream) or stream.started is None or stream.ended is None:
        return None
    first, last = draft.log_started, draft.log_ended
    if first is None or last is None:
        return None
    begun_by_start = draft.events[0].event.outcome == "start"
    if draft.result is None:
        inside = first - SLACK <= stream.started <= last + TIMEOUT_SLACK
        return abs((stream.started - first).total_seconds()) if inside else None
    if begun_by_start and first - timedelta(seconds=1) <= stream.started <= last + timedelta(seconds=1):
        return 1.0 if stream.started > last else 0.0  # what begins after the result is rather that of the next try
    return abs((last - stream.ended).total_seconds()) if covers(stream, last) else None


def _compatible(draft: AttemptDraft, stream: Stream) -> bool:
    """Host and port do not contradict each other. An alias of the host is no contradiction unless both are AWS
    names; who went to a proxy is seen with one."""
    if not ports_agree(draft.port, stream.port) or other_session(draft, stream):
        return False
    proxies = {port for timed in draft.events if (port := proxy_port(timed.event)) is not None}
    if proxies and stream.proxy is None and stream.server.port not in proxies:
        return False
    by_log, by_wire = draft.host, stream.host
    if by_log is None or by_wire is None or by_log == by_wire.lower():
        return True
    return host_form(by_log) is None or host_form(by_wire) is None


def _join_by_order(drafts: Sequence[AttemptDraft], streams: Sequence[Stream]) -> list[Stream]:
    """A log without time stamps: the newest conversation goes to the newest attempt that it fits, and so on back."""
    left: list[Stream] = []
    position = len(drafts) - 1
    acting = [stream for stream in streams if not is_bystander(stream)]
    for group in reversed(_groups(acting or streams)):
        index = position
        while index >= 0 and not (_compatible(drafts[index], group[0]) and _same_result(drafts[index], group)):
            index -= 1
        if index < 0:
            left[:0] = group
            continue
        drafts[index].streams[:0] = group
        position = index - 1
    return left


def _same_result(draft: AttemptDraft, group: Sequence[Stream]) -> bool:
    """A visibly broken conversation is not that of a successful attempt, an accepted mail not of a failed one,
    and a connection that never stood not that of a login that failed."""
    broken = any(failing_phase(stream) is not None for stream in group)
    if draft.result == "success":
        return not broken
    if draft.result == "failure" and not _got_as_far(draft, group):
        return False
    return not any(s.smtp is not None and s.smtp.accepted for s in group)


def _got_as_far(draft: AttemptDraft, group: Sequence[Stream]) -> bool:
    """False: the log's last failure needs a step that none of the conversations reached.

    Only clear distances count: log and capture may name neighbouring steps for one failure.
    """
    phase = next((t.event.phase for t in reversed(draft.events) if t.event.outcome == "failure"), None)
    if phase is None:
        return True
    broken = [failing_phase(stream) for stream in group]
    if phase.rank >= Phase.AUTH.rank:
        return any(p is None or p.rank >= Phase.AUTH.rank for p in broken)
    return phase.rank <= Phase.TCP.rank or any(p is None or p.rank > Phase.TCP.rank for p in broken)


def _groups(streams: Sequence[Stream]) -> list[list[Stream]]:
    """Conversations that belong to one attempt: each for itself, but for JavaMail's second connect."""
    groups: list[list[Stream]] = []
    for stream in streams:
        if groups and is_reconnect(groups[-1][-1], stream):
            groups[-1].append(stream)
        else:
            groups.append([stream])
    return groups


def _own_attempts(streams: Sequence[Stream]) -> list[AttemptDraft]:
    return [AttemptDraft(streams=list(group)) for group in _groups(streams)]


def _join_lookups(drafts: list[AttemptDraft], lookups: Sequence[DnsLookup]) -> None:
    """DNS questions for a mail host belong to the attempt for that host; a failed one without any is an attempt
    itself, unless another question for that name (its other kind of address) had an answer before."""
    found: dict[str, DnsLookup] = {}
    by_host: dict[str, list[AttemptDraft]] = {}
    for draft in drafts:
        if draft.host is not None:
            by_host.setdefault(draft.host.rstrip("."), []).append(draft)
    for lookup in lookups:
        name = lookup.name.rstrip(".").lower()
        near = [draft for draft in by_host.get(name, ()) if _near(draft, lookup)]
        fitting = [draft for draft in near if not _of_an_earlier_try(draft, lookup)]
        if fitting:
            min(reversed(fitting), key=lambda draft: _away(draft, lookup)).lookups.append(lookup)
        elif lookup.addresses:
            found[name] = lookup
        elif (
            (host_form(name) is not None or (near and lookup.qtype != "AAAA"))
            and lookup.rcode in UNRESOLVED
            and not (name in found and _close(lookup.time, found[name].time))
        ):
            drafts.append(AttemptDraft(lookups=[lookup]))
            by_host.setdefault(name, []).append(drafts[-1])


def _close(one: datetime | None, other: datetime | None) -> bool:
    """Within a minute of each other, or one of the two is not known."""
    return one is None or other is None or abs(one - other) <= timedelta(minutes=1)


def _away(draft: AttemptDraft, lookup: DnsLookup) -> timedelta:
    """How far the question is from the attempt: nothing within it, and where a time is not known."""
    if lookup.time is None or draft.started is None or draft.ended is None:
        return timedelta()
    return max(draft.started - lookup.time, lookup.time - draft.ended, timedelta())


RESOLVING = timedelta(seconds=30)
"""A resolver asks three servers twice, five seconds each (resolv.conf(5)), before a client goes on or gives up."""


def _of_an_earlier_try(draft: AttemptDraft, lookup: DnsLookup) -> bool:
    """A question without an address, so long before the connection that the client had given up meanwhile: by the
    capture alone, since a log tells where an attempt begins."""
    began = [stream.started for stream in draft.streams if stream.started is not None]
    if draft.events or not began or lookup.time is None or lookup.rcode not in UNRESOLVED:
        return False
    return lookup.time < min(began) - RESOLVING


def _near(draft: AttemptDraft, lookup: DnsLookup) -> bool:
    """Within a minute of the attempt, or one of the two has no time."""
    if lookup.time is None or draft.ended is None or draft.started is None:
        return True
    minute = timedelta(minutes=1)
    return draft.started - minute <= lookup.time <= draft.ended + minute
