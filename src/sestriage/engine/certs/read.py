"""Read what `sestriage certs` needs of its inputs: captures, s_client transcripts, certificate files and stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from sestriage.engine.reading.key_logs import key_log
from sestriage.engine.reading.lost import lost_note
from sestriage.engine.reading.pasted import Pasted, ReadAs, Roles, unique_transcripts
from sestriage.engine.reading.store_queue import StoreQueue, read_waiting
from sestriage.formats.certs.derivation import DerivationBudget
from sestriage.formats.guard import Guard
from sestriage.formats.tls.keylog import KeyLog
from sestriage.ingest import Limits, Member, Reading, walk
from sestriage.model.capture import Capture
from sestriage.model.fault import Fault
from sestriage.model.message import Message
from sestriage.model.source import InputNote, SourceRef
from sestriage.model.transcript import Transcript
from sestriage.model.trust import TrustStore

MAX_STORE_BYTES = 64 << 20
MAX_TRANSCRIPT_BYTES = 16 << 20
FILE_FORMATS = frozenset({"pem", "der", "p7b"})
"""Formats that hold bare certificates: a served chain as well as a store."""


@dataclass(slots=True)
class CertInputs:
    """What was read, apart by kind. `files` are bare certificate files, `stores` real key stores (and listings of
    them); `transcripts` are runs of s_client or the probe, and the files into which such a run was split."""

    captures: list[Capture] = field(default_factory=list)
    transcripts: list[Transcript] = field(default_factory=list)
    files: list[TrustStore] = field(default_factory=list)
    stores: list[TrustStore] = field(default_factory=list)
    notes: list[InputNote] = field(default_factory=list)


def read_inputs(
    paths: Sequence[str],
    passwords: Sequence[str],
    keylogs: Sequence[str] = (),
    stdin: BinaryIO | None = None,
    *,
    as_store: bool = False,
    reading: Reading | None = None,
    budget: DerivationBudget | None = None,
) -> CertInputs:
    """Walk over the paths. Raises `InputError` for a path that cannot be used at all; the rest becomes a note.

    With `as_store` certificates are those of a trust store, whatever they look like. `budget` is that of the whole run
    for key derivation.
    """
    inputs = CertInputs()
    pasted = Pasted(Roles(stores=tuple(paths)) if as_store else Roles())
    queue = StoreQueue(passwords, budget or DerivationBudget())
    reader = _Reader(inputs, pasted, queue, passwords, key_log(keylogs))
    for member in walk(paths, Limits(), inputs.notes, stdin, reading):
        with Guard(partial(reader.lost, member.ref, member.note_kind)):
            reader.take(member)
    read_waiting(queue, pasted, passwords, inputs.notes)
    pasted.finish(lambda folder, fault: reader.lost(folder, "certificates", fault))
    inputs.transcripts = unique_transcripts(pasted.transcripts)
    for store in pasted.stores:
        (inputs.files if store.format in FILE_FORMATS else inputs.stores).append(store)
    return inputs


class _Reader:
    """Hands each member to the reader of its kind; other kinds are passed over without a word."""

    def __init__(
        self, inputs: CertInputs, pasted: Pasted, queue: StoreQueue, passwords: Sequence[str], keylog: KeyLog
    ) -> None:
        self._inputs = inputs
        self._pasted = pasted
        self._queue = queue
        self._passwords = passwords
        self._keylog = keylog
        self._handlers = {
            "capture": self._capture,
            "transcript": self._transcript,
            "certificates": self._store,
            "store": self._store,
            "openpgp": self._refused,
        }

    def take(self, member: Member) -> None:
        """Read one member."""
        handler = self._handlers.get(member.kind)
        if handler is not None:
            handler(member)
        elif member.named:
            self._note(member, Message("is no capture, certificate, store or s_client transcript"), used=False)

    def lost(self, source: SourceRef, kind: str, fault: Fault) -> None:
        """Something met a fault of ours."""
        self._inputs.notes.append(lost_note(source, kind, None, fault))

    def _note(self, member: Member, problem: str | None, *, used: bool = True, kind: str | None = None) -> None:
        self._inputs.notes.append(InputNote(member.ref, kind or member.note_kind, problem, used, member.size))

    def _read(self, member: Member, read: ReadAs) -> None:
        self._note(member, read.problem, used=read.used, kind=read.kind)

    def _capture(self, member: Member) -> None:
        from sestriage.formats.capture import Scope, read_capture

        with member.open() as stream:
            capture = read_capture(stream, member.ref, self._keylog, Scope(all_ports=True))
        self._inputs.captures.append(capture)
        self._note(member, capture.problem)

    def _transcript(self, member: Member) -> None:
        self._read(member, self._pasted.add_transcript(member.read(MAX_TRANSCRIPT_BYTES), member.ref))

    def _store(self, member: Member) -> None:
        data = member.read(MAX_STORE_BYTES + 1)
        if len(data) > MAX_STORE_BYTES:
            self._note(member, Message("larger than {size} MiB; not read", size=MAX_STORE_BYTES >> 20), used=False)
            return
        if self._queue.takes(data, member):
            self._note(member, None)
            return
        self._read(member, self._pasted.add_store(data, member.ref, self._passwords))

    def _refused(self, member: Member) -> None:
        self._note(member, Message("encrypted with OpenPGP: decrypt it first, then hand in the result"), used=False)
