"""Look at everything in the input the way triage would, and say what it is ("did it even see my file?")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import BinaryIO

from sestriage import __version__
from sestriage.engine.conversations.notes import ports_note
from sestriage.engine.reading.collect import CHUNK, MAX_STORE_BYTES, Options, store_passwords
from sestriage.engine.reading.store_queue import NOT_OPENED, StoreQueue
from sestriage.engine.stream_phase import is_mail
from sestriage.formats.certs.derivation import DerivationBudget
from sestriage.formats.guard import Guard
from sestriage.ingest import InputEntry, Member, describe
from sestriage.model.fault import Fault
from sestriage.model.inspection import (
    CaptureFacts,
    ClockJump,
    InspectedItem,
    Inspection,
    LogFacts,
    StoreFacts,
    TimeSpan,
)
from sestriage.model.log import LogEvent
from sestriage.model.message import Message
from sestriage.model.source import SourceRef

EDGE_BYTES = 1 << 18
"""How much at the start and at the end of a log is read line by line for its time span; between, only what is near a
sign of mail is."""

MAX_JUMPS = 20

JUMP = timedelta(minutes=1)
"""Threads and buffers put lines a little out of order; a step back by more than this is the clock's."""

USED_KINDS = frozenset(
    ("log", "capture", "store", "certificates", "tls-ciphers", "keylog", "transcript", "settings", "mail")
)
"""Kinds of members that triage reads."""

SET_ASIDE = {
    "openpgp": Message("encrypted with OpenPGP: decrypt it first (`gpg --decrypt`), then hand in the result"),
    "text": Message("text without time stamps, levels or exceptions: not a log that is known"),
    "other": Message("not recognised by its content"),
}
"""Why a member that was recognised is of no use to triage, by kind."""

Facts = LogFacts | CaptureFacts | StoreFacts


def inspect(paths: Sequence[str], options: Options, stdin: BinaryIO | None = None) -> Inspection:
    """Everything in the input, in the order of the walk; nothing is judged.

    Raises `InputError` for a path or a password file that cannot be used at all; everything else is an item.
    """
    looker = _Looker(options)
    entries = describe(paths, options.limits, stdin, looker.look, options.reading)
    looker.finish()
    return Inspection(
        tuple(_item(entry, looker.facts.get(entry.source), looker.faults.get(entry.source)) for entry in entries),
        __version__,
    )


class _Looker:
    """Hands each member to the reader of its kind; keeps what that found."""

    def __init__(self, options: Options) -> None:
        self._passwords = store_passwords(options)
        self._stores = StoreQueue(self._passwords, DerivationBudget(options.limits.max_kdf_iterations))
        self.facts: dict[SourceRef, Facts] = {}
        self.faults: dict[SourceRef, Fault] = {}
        """Members whose reader met a fault of ours."""
        self._readers: dict[str, Callable[[Member, BinaryIO], Facts | None]] = {
            "log": _log_facts,
            "text": _facts_of_text,
            "capture": _capture_facts,
            "store": self._store_facts,
            "certificates": self._store_facts,
        }

    def look(self, member: Member, stream: BinaryIO) -> None:
        """Read one member."""
        reader = self._readers.get(member.kind)
        if reader is not None:
            with Guard(partial(self.faults.__setitem__, member.ref)):
                facts = reader(member, stream)
                if facts is not None:
                    self.facts[member.ref] = facts

    def finish(self) -> None:
        """Read the stores that had to wait for others."""
        for each in self._stores:
            with Guard(partial(self.faults.__setitem__, each.source)):
                if each.data is None:
                    self.facts[each.source] = StoreFacts("pkcs12", readable=False, problem=NOT_OPENED)
                else:
                    self.facts[each.source] = self._facts_of_store(each.data, each.source)

    def _facts_of_store(self, data: bytes, source: SourceRef) -> StoreFacts:
        from sestriage.formats.certs.stores import read_store

        store = read_store(data, source, self._passwords, self._stores.budget)
        return StoreFacts(store.format, len(store.entries), store.anchor_count, store.readable, store.problem)

    def _store_facts(self, member: Member, stream: BinaryIO) -> StoreFacts | None:
        data = b"".join(_chunks(stream, MAX_STORE_BYTES + 1))
        if len(data) > MAX_STORE_BYTES:
            size = Message("larger than {most} MiB; not read", most=MAX_STORE_BYTES >> 20)
            return StoreFacts(member.format or "unknown", readable=False, problem=size)
        return None if self._stores.takes(data, member) else self._facts_of_store(data, member.ref)


def _chunks(stream: BinaryIO, most: int | None = None) -> Iterator[bytes]:
    left = most
    while chunk := stream.read(CHUNK if left is None else min(CHUNK, left)):
        yield chunk
        if left is not None:
            left -= len(chunk)
            if left <= 0:
                return


# --- captures ----------------------------------------------------------------------------------------------------


def _capture_facts(member: Member, stream: BinaryIO) -> CaptureFacts:
    from sestriage.formats.capture import read_capture

    capture = read_capture(stream, member.ref)
    return CaptureFacts(
        packets=capture.packets,
        span=TimeSpan(capture.started, capture.ended),
        conversations=len(capture.streams),
        mail=sum(is_mail(one) for one in capture.streams),
        lookups=len(capture.dns),
        cut_packets=capture.snaplen_cut,
        problem=capture.problem,
        passed_over=ports_note(capture),
    )


# --- logs --------------------------------------------------------------------------------------------------------


class _Edges:
    """Passes chunks on and keeps the first and the last bytes of them."""

    def __init__(self) -> None:
        self.head = b""
        self.tail = b""
        self.size = 0

    def through(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same chunks."""
        for chunk in chunks:
            if len(self.head) < EDGE_BYTES:
                self.head += chunk[: EDGE_BYTES - len(self.head)]
            self.tail = chunk[-EDGE_BYTES:] if len(chunk) >= EDGE_BYTES else (self.tail + chunk)[-EDGE_BYTES:]
            self.size += len(chunk)
            yield chunk

    def pieces(self) -> list[bytes]:
        """Head and tail, the tail beginning at a line; one piece when they meet."""
        from sestriage.formats.log.lines.physical import wide_encoding

        missing = self.size - len(self.head)
        if missing <= len(self.tail):
            return [self.head + self.tail[len(self.tail) - missing :]]
        encoding, mark = wide_encoding(self.head)
        tail = self.tail
        if encoding is None:
            return [self.head, tail[tail.find(b"\n") + 1 :]]
        width = 4 if "32" in encoding else 2
        return [self.head, self.head[:mark] + tail[(len(tail) - self.size) % width :]]


def _facts_of_text(member: Member, stream: BinaryIO) -> LogFacts | None:
    """A named text is looked through, as a triage does it: it is a log if a line of it tells of a mail."""
    if not member.named or not member.head:
        return None
    told: list[bool] = []
    facts = _log_facts(member, stream, told)
    return facts if any(told) else None


def _log_facts(member: Member, stream: BinaryIO, told: list[bool] | None = None) -> LogFacts:
    """`told`, if given, gets for each event whether it is about mail."""
    from sestriage.formats.log import LogReader
    from sestriage.formats.log.day_or_month import day_first_in
    from sestriage.formats.log.lines.physical import wide_encoding

    edges = _Edges()
    known = day_first_in([member.head], member.dated)
    reader = LogReader(member.ref, reference=member.dated, day_first=known)
    counts = dict.fromkeys(("start", "failure", "success", "other"), 0)
    times = _Times()
    for event in reader.events(edges.through(_chunks(stream))):
        counts[event.outcome] = counts.get(event.outcome, 0) + 1
        times.add(event)
        if told is not None:
            told.append(event.mail)
    pieces = edges.pieces()
    whole = len(pieces) == 1
    times = _Times() if whole else times
    wrappings = set(reader.wrappings)
    for number, piece in enumerate(pieces):
        close = LogReader(member.ref, reference=member.dated, keep_all=True, day_first=known)
        span_only = _Times()
        for event in close.events([piece]):
            span_only.add(event, lines_known=number == 0)
        wrappings |= close.wrappings
        times = span_only if whole else times.beside(span_only, before=number == 0)
    return LogFacts(
        wrappings=tuple(sorted(wrappings)),
        encoding=wide_encoding(edges.head[:4096])[0],
        span=TimeSpan(times.first, times.last),
        zones=tuple(times.zones),
        jumps=tuple(times.jumps),
        starts=counts["start"],
        failures=counts["failure"],
        successes=counts["success"],
        other=counts["other"],
        problems=tuple(reader.problems),
    )


class _Times:
    """The time stamps of events in the order of the file."""

    def __init__(self) -> None:
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.zones: dict[str, None] = {}
        self.jumps: list[ClockJump] = []

    def add(self, event: LogEvent, *, lines_known: bool = True) -> None:
        """One more event."""
        now = event.time
        if now is None:
            return
        self.zones.setdefault(zone_name(now))
        self._jump(now, event.source.line if lines_known else None)
        self.first = self.first or now
        self.last = now

    def _jump(self, now: datetime, line: int | None) -> None:
        before = self.last
        if before is None or (before.tzinfo is None) != (now.tzinfo is None) or len(self.jumps) >= MAX_JUMPS:
            return
        if before - now > JUMP:
            self.jumps.append(ClockJump(line, (before - now).total_seconds()))

    def beside(self, other: _Times, *, before: bool) -> _Times:
        """Together with those of a piece of the same file at its start or at its end."""
        joined = _Times()
        one, two = (other, self) if before else (self, other)
        joined.zones = {**one.zones, **two.zones}
        joined.first = one.first or two.first
        joined.last = two.last or one.last
        seen: set[float] = set()
        for jump in (*self.jumps, *other.jumps):
            if jump.seconds not in seen:
                seen.add(jump.seconds)
                joined.jumps.append(jump)
        return joined


def zone_name(moment: datetime) -> str:
    """`UTC`, an offset such as `+05:30`, or `none` for a time without zone."""
    offset = moment.utcoffset()
    if offset is None:
        return "none"
    if not offset:
        return "UTC"
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


# --- items -------------------------------------------------------------------------------------------------------


def _item(entry: InputEntry, facts: Facts | None, fault: Fault | None) -> InspectedItem:
    use, why = _use(entry, facts)
    if fault is not None:
        use, why = "set-aside", fault.sentence
    return InspectedItem(
        source=entry.source,
        kind="log" if isinstance(facts, LogFacts) else entry.kind,
        use=use,
        why=why,
        size=entry.size if entry.read else None,
        format=entry.format,
        role=entry.role,
        compression=entry.compression,
        modified=entry.mtime,
        detail=entry.detail,
        problem=entry.problem if entry.problem != why else None,
        log=facts if isinstance(facts, LogFacts) else None,
        capture=facts if isinstance(facts, CaptureFacts) else None,
        store=facts if isinstance(facts, StoreFacts) else None,
    )


def _reason(problem: str | None) -> str | None:
    """Why a member was refused, without the word that says so."""
    reason = problem.values.get("reason") if isinstance(problem, Message) else None
    return reason if isinstance(reason, str) else problem


def _use(entry: InputEntry, facts: Facts | None) -> tuple[str, str | None]:
    if not entry.read:
        return "refused", _reason(entry.problem) or Message("it could not be read")
    if entry.kind in ("archive", "folder"):
        return "used", None
    if isinstance(facts, StoreFacts) and not facts.readable:
        return "set-aside", facts.problem
    if entry.kind == "tls-ciphers" and entry.role == "backup":
        return "set-aside", Message("a kept copy of the cipher list, not the one in force")
    if entry.kind in USED_KINDS or isinstance(facts, LogFacts):
        return "used", None
    if not entry.size:
        return "set-aside", Message("empty")
    return "set-aside", entry.problem or SET_ASIDE.get(entry.kind, SET_ASIDE["other"])
