"""Read everything that was handed in and hand it to the right parser; nothing is interpreted here."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from sestriage.engine.reading.inputs import Inputs as Inputs
from sestriage.engine.reading.inputs import LogFile as LogFile
from sestriage.engine.reading.inputs import named_ports
from sestriage.engine.reading.key_logs import keylog_notes, read_key_logs
from sestriage.engine.reading.log_file import CHUNK as CHUNK
from sestriage.engine.reading.log_file import read_log
from sestriage.engine.reading.lost import lost_note
from sestriage.engine.reading.pasted import AS_CHAIN, Pasted, Roles, unique_transcripts
from sestriage.engine.reading.sieve import is_news, sieved
from sestriage.engine.reading.store_queue import StoreQueue, read_waiting
from sestriage.errors import InputError, ParseError, reason_of
from sestriage.formats.certs.derivation import DerivationBudget
from sestriage.formats.guard import Guard
from sestriage.ingest import Limits, Member, Reading, is_response_log, rotation_key, walk
from sestriage.ingest.pipes import open_named
from sestriage.model.fault import Fault
from sestriage.model.message import Message, together
from sestriage.model.source import InputNote, SourceRef
from sestriage.model.trust import TrustStore

if TYPE_CHECKING:
    from sestriage.engine.casefile.packed import Packed
    from sestriage.times.window import Window

DEFAULT_STORE_PASSWORDS = ("changeit", "changeme", "", "password", "secret", "lancope", "stealthwatch")
"""Passwords that are tried on a trust store when none is given; the first is the JDK's own default."""

STORE_PASSWORD_VARIABLE = "SESTRIAGE_STORE_PASSWORD"  # noqa: S105 - the name of a variable, not a password

MAX_PASSWORD_BYTES = 4096
MAX_STORE_BYTES = 64 << 20
MAX_CIPHER_LIST_BYTES = 1 << 20
MAX_TRANSCRIPT_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Options:
    """What a user can set about reading.

    `keylogs` are key log files named by the user. `store_password_file` holds one password (first line); None means the
    environment variable `SESTRIAGE_STORE_PASSWORD`, else the usual defaults. `limits` bounds archives. `roles` names
    paths whose certificates are a trust store, or a served chain, whatever they look like; they are read too. `window`
    limits the logged events and the conversations that are used (None: all); `zone` is that of logs whose times name
    none (None: not known). `reading` is told which file is at hand. `all_ports`: conversations at every port are
    looked at, however large the capture is.
    """

    keylogs: tuple[str, ...] = ()
    store_password_file: str | None = None
    limits: Limits = field(default_factory=Limits)
    roles: Roles = field(default_factory=Roles)
    window: Window | None = None
    zone: tzinfo | None = None
    reading: Reading | None = None
    all_ports: bool = False


def store_passwords(options: Options) -> tuple[str, ...]:
    """The passwords to try on trust stores, the user's own first.

    Raises `InputError` when the password file cannot be read.
    """
    if options.store_password_file is not None:
        try:
            with open_named(options.store_password_file) as stream:
                text = stream.read(MAX_PASSWORD_BYTES).decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                Message(
                    "cannot read the store password file {file}: {reason}",
                    file=options.store_password_file,
                    reason=reason_of(error),
                )
            ) from error
        return (text.splitlines()[0] if text else "",)
    from_environment = os.environ.get(STORE_PASSWORD_VARIABLE)
    if from_environment is not None:
        return (from_environment,)
    return DEFAULT_STORE_PASSWORDS


def collect(paths: Sequence[str], options: Options, stdin: BinaryIO | None = None) -> Inputs:
    """Read all inputs. Bad input becomes a note; only a path that does not exist raises `InputError`."""
    collector = _Collector(options)
    paths = options.roles.added_to(paths)
    collector.read(paths, stdin)
    return collector.finish(paths)


class _Collector:
    """Dispatches members by kind and keeps what must be put together at the end (PEM folders, rotated logs)."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._passwords = store_passwords(options)
        self._out = Inputs()
        self._pasted = Pasted(options.roles)
        self._stores = StoreQueue(self._passwords, DerivationBudget(options.limits.max_kdf_iterations))
        self._keylog, self._named_keylogs = read_key_logs(options.keylogs)
        self._keylog_came_late = False
        self._handlers = {
            "log": self._log,
            "capture": self._capture,
            "store": self._store,
            "certificates": self._store,
            "tls-ciphers": self._ciphers,
            "keylog": self._keylog_member,
            "transcript": self._transcript,
            "settings": self._settings,
            "mail": self._mail,
            "text": self._text,
            "case-facts": self._facts,
        }
        self._packed: dict[SourceRef, Packed] = {}
        """Files of facts that were read (`engine.casefile`)."""

    def read(self, paths: Sequence[str], stdin: BinaryIO | None) -> None:
        for member in walk(paths, self._options.limits, self._out.notes, stdin, self._options.reading):
            with Guard(partial(self._lost, member.ref, member.note_kind, member.size)):
                handle = self._handlers.get(member.kind, self._unused)
                (self._beside_facts if self._is_beside_facts(member) else handle)(member)
        read_waiting(self._stores, self._pasted, self._passwords, self._out.notes)

    def finish(self, paths: Sequence[str]) -> Inputs:
        out = self._out
        if (self._keylog_came_late or self._ports_came_late()) and "-" not in paths:
            self._read_captures_again(paths)
        if len(out.captures) > 1 and "-" not in paths:
            self._join_rings(paths)
        out.notes += keylog_notes(self._named_keylogs, out.captures)
        served = self._pasted.finish(lambda folder, fault: self._lost(folder, "certificates", None, fault))
        for index, note in enumerate(out.notes):
            if note.source in served:
                out.notes[index] = replace(note, kind="certificates", detail=AS_CHAIN)
        out.stores = group_stores(self._pasted.stores)
        out.transcripts = unique_transcripts([*self._pasted.transcripts, *self._pasted.printed])
        out.cipher_lists += self._pasted.ciphers
        out.settings += self._pasted.settings
        out.answers += self._pasted.answers
        for facts in self._packed.values():
            facts.into(out)
        out.logs.sort(key=lambda log: rotation_key(log.source))
        return out

    def _read_captures_again(self, paths: Sequence[str]) -> None:
        """What says how to read captures may stand behind them: a key log, or a port in a log. Only then they are
        read a second time."""
        self._out.captures.clear()
        for member in walk(paths, self._options.limits, []):
            if member.kind == "capture":
                with Guard(partial(self._lost, member.ref, member.note_kind, member.size)):
                    self._capture(member, note=False)

    def _ports_came_late(self) -> bool:
        """Other evidence names a port at which not all of a capture was looked at."""
        read = [capture.ports_read for capture in self._out.captures if capture.ports_read is not None]
        if not read:
            return False
        named = named_ports(self._out)
        return any(not named <= set(each.ports) for each in read)

    def _join_rings(self, paths: Sequence[str]) -> None:
        """Files of one capture that went on in the next file are read once more, as one."""
        from sestriage.engine.reading.rings import MAX_BYTES, Again, rings
        from sestriage.formats.capture import Scope

        out = self._out
        groups = rings(out.captures)
        if not groups:
            return
        again = Again(frozenset(source for group in groups for source in group), MAX_BYTES)
        for member in walk(paths, self._options.limits, []):
            again.take(member)
        for group in groups:
            with Guard(partial(self._lost, group[0], "capture", None)):
                scope = Scope(named_ports(out), all_ports=self._options.all_ports)
                joined = again.read(group, self._keylog, scope)
                if joined is not None:
                    apart = [c for c in self._out.captures if c.source not in group]
                    self._out.captures[:] = [*apart, joined]

    def _lost(self, source: SourceRef, kind: str, size: int | None, fault: Fault) -> None:
        self._out.notes.append(lost_note(source, kind, size, fault))

    def _note(
        self, member: Member, kind: str, problem: str | None = None, *, used: bool = True, fault: Fault | None = None
    ) -> None:
        self._out.notes.append(InputNote(member.ref, kind, problem, used, member.size, fault=fault))

    def _log(self, member: Member) -> None:
        is_response = member.role == "response" or is_response_log(member.ref)
        options = self._options
        read = read_log(member, options.window, options.zone, is_response=is_response)
        log = LogFile(
            member.ref,
            read.events,
            named=member.named,
            begins=read.begins,
            clock_ahead=read.clock_ahead,
            whole=read.whole,
            traces=read.traces,
            placed=read.placed,
        )
        (self._out.logs if is_response else self._out.other_logs).append(log)
        if read.portion is not None:
            self._out.portions.append(read.portion)
        self._note(member, "log", together(*read.problems, between="; ") or None, fault=read.fault)

    def _capture(self, member: Member, *, note: bool = True) -> None:
        from sestriage.formats.capture import Scope, read_capture

        scope = Scope(named_ports(self._out), all_ports=self._options.all_ports)
        with member.open() as stream:
            capture = read_capture(stream, member.ref, self._keylog, scope)
        self._out.captures.append(capture)
        if note:
            self._note(member, "capture", capture.problem)

    def _store(self, member: Member) -> None:
        data = member.read(MAX_STORE_BYTES + 1)
        if len(data) > MAX_STORE_BYTES:
            self._note(
                member,
                "trust-store",
                Message("larger than {size} MiB; not read", size=MAX_STORE_BYTES >> 20),
                used=False,
            )
            return
        if self._stores.takes(data, member, named=self._options.roles.of(member.ref) == "store"):
            self._note(member, "trust-store")
            return
        read = self._pasted.add_store(data, member.ref, self._passwords)
        self._note(member, read.kind, read.problem, used=read.used)

    def _transcript(self, member: Member) -> None:
        data = member.read(MAX_TRANSCRIPT_BYTES)
        read = self._pasted.add_transcript(data, member.ref)
        self._note(member, read.kind, read.problem, used=read.used)
        if read.kind == "transcript":
            self._log_beside(member, data)

    def _log_beside(self, member: Member, data: bytes) -> None:
        """Lines of the Manager's log that were pasted into one text with a test by hand."""
        from sestriage.formats.log import LogReader, looks_like_log
        from sestriage.formats.transcript.runs import reader_of

        reader = reader_of(member.format)
        rest = b"" if reader is None else reader.beside(data)
        if not looks_like_log(rest.lstrip(b"\r\n")):
            return
        about_mail = (event for event in LogReader(member.ref, reference=member.dated).events([rest]) if is_news(event))
        events = sieved(about_mail, self._options.window, self._options.zone)
        if events:
            logs = self._out.logs if member.named or is_response_log(member.ref) else self._out.other_logs
            logs.append(LogFile(member.ref, events, named=member.named))

    def _facts(self, member: Member) -> None:
        from sestriage.engine.casefile import packed

        try:
            self._packed[member.ref] = packed.from_json(member.read(packed.MAX_BYTES + 1))
        except ParseError as error:
            self._note(member, "case-facts", error.reason, used=False)
            return
        self._note(member, "case-facts")

    def _is_beside_facts(self, member: Member) -> bool:
        """It lies in a case file, whose facts say all that the files beside them say for people."""
        place = member.ref.member
        return place is not None and any(
            member.ref.path == facts.path and _parent(place) == _parent(facts.member or "") for facts in self._packed
        )

    def _beside_facts(self, member: Member) -> None:
        self._note(member, member.note_kind, used=False)

    def _ciphers(self, member: Member) -> None:
        from sestriage.formats.tls_ciphers import parse_cipher_list

        if member.role == "backup":
            self._note(member, "tls-ciphers", used=False)
            return
        ciphers = parse_cipher_list(member.read(MAX_CIPHER_LIST_BYTES), member.ref)
        self._out.cipher_lists.append(ciphers)
        self._note(member, "tls-ciphers", ciphers.problem)

    def _settings(self, member: Member) -> None:
        """What a settings file says; a `password_file` that it names is never followed here."""
        from sestriage.formats.smtp_settings import MAX_TEXT, parse_settings

        settings = parse_settings(member.read(4 * MAX_TEXT).decode("utf-8", "replace"), member.ref)
        self._out.settings.append(settings)
        problem = together(*(each.text for each in settings.problems), between="; ") or None
        self._note(member, "settings", problem, used=bool(settings.origins))

    def _mail(self, member: Member) -> None:
        from sestriage.formats.mail_headers import read_mail

        with member.open() as stream:
            headers = read_mail(stream, member.ref)
        self._out.mails.append(headers)
        self._note(member, "mail", together(*headers.problems, between="; ") or None)

    def _keylog_member(self, member: Member) -> None:
        self._keylog.add(member.read(self._keylog.room))
        problem = None
        if self._out.captures:
            self._keylog_came_late = True
            if member.ref.path == "-":
                problem = Message(
                    "it comes behind a capture on standard input, which cannot be read twice: give a file instead"
                )
        self._note(member, "keylog", problem, used=problem is None)

    def _text(self, member: Member) -> None:
        """A text whose beginning is no log's may go on as one; a file that the user named is looked through."""
        options = self._options
        if not member.named or not member.head:
            self._unused(member)
            return
        read = read_log(member, options.window, options.zone)
        if not read.traces and not any(event.mail for event in read.events):
            self._unused(member)
            return
        log = LogFile(member.ref, read.events, named=True, begins=read.begins, whole=read.whole, traces=read.traces)
        self._out.logs.append(log)
        if read.portion is not None:
            self._out.portions.append(read.portion)
        self._note(member, "log", together(*read.problems, between="; ") or None, fault=read.fault)

    def _unused(self, member: Member) -> None:
        self._note(member, member.note_kind, _why_unused(member), used=False)


def _parent(member: str) -> str:
    return member.rpartition("/")[0]


def _why_unused(member: Member) -> str | None:
    """What to say of a file that no parser takes; None for an unrelated file of an archive or folder tree."""
    if member.kind == "openpgp":
        return Message("encrypted with OpenPGP: decrypt it first, then hand in the result")
    if member.ref.member is not None:
        return None
    if not member.head:
        return Message("empty")
    if member.kind == "text":
        return Message("no line of this text tells of a mail, and it is no trust store or cipher list either")
    return Message("not recognised as a log, capture, trust store or cipher list")


def group_stores(stores: Iterable[TrustStore]) -> list[TrustStore]:
    """PEM and DER files that lie in one folder are one store; every other store stands for itself."""
    from sestriage.formats.certs.stores import merge_pem_folder

    folders: dict[SourceRef, list[TrustStore]] = {}
    single: list[TrustStore] = []
    for store in stores:
        if store.format in ("pem", "der", "p7b"):
            folders.setdefault(_folder_of(store.source), []).append(store)
        else:
            single.append(store)
    for folder, members in folders.items():
        single.append(members[0] if len(members) == 1 else merge_pem_folder(members, folder))
    return sorted(single, key=lambda store: store.source.file)


def _folder_of(source: SourceRef) -> SourceRef:
    if source.member is not None:
        return replace(source, member=str(PurePosixPath(source.member).parent))
    return replace(source, path=str(PurePosixPath(source.path).parent))
