"""Sort what was pasted or saved by hand: runs of s_client, keytool listings, served chains in PEM files, and stores.

A PEM file that was split off a transcript, and one that lies beside a transcript and holds nothing but certificates of
its chain, is the served chain and no trust store, unless the user says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sestriage.errors import ParseError
from sestriage.formats.certs.derivation import DerivationBudget
from sestriage.formats.guard import Guard
from sestriage.formats.transcript.runs import RunReader
from sestriage.model.config import CipherList, SmtpSettings
from sestriage.model.fault import Fault
from sestriage.model.message import Message, said_by
from sestriage.model.source import SourceRef
from sestriage.model.transcript import NameAnswer, Transcript
from sestriage.model.trust import TrustStore

SNIFFED = 64 * 1024
"""Bytes by which the kind of a text is told, as the walk does."""

AS_CHAIN = Message("taken for the chain that the server sent, not for a trust store; --store makes it one")


@dataclass(frozen=True, slots=True)
class Roles:
    """Paths that the user named as trust stores or as served chains."""

    stores: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()

    def of(self, source: SourceRef) -> str | None:
        """`store`, `chain`, or None for what the content decides."""
        if _covers(self.stores, source):
            return "store"
        return "chain" if _covers(self.chains, source) else None

    def added_to(self, paths: Sequence[str]) -> list[str]:
        """The paths to walk: those of the user and the named ones that do not lie below one of them."""
        more = [path for path in (*self.stores, *self.chains) if not _covers(paths, SourceRef(path))]
        return list(dict.fromkeys([*paths, *more]))


def _covers(paths: Sequence[str], source: SourceRef) -> bool:
    return any(source.path == path or source.path.startswith(path.rstrip("/") + "/") for path in paths)


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What a file was read as, for the note about it: kind, problem and use as in `InputNote`."""

    kind: str
    problem: str | None = None
    used: bool = True


@dataclass(slots=True)
class Pasted:
    """Gathers transcripts and stores while the input is walked."""

    roles: Roles = field(default_factory=Roles)
    transcripts: list[Transcript] = field(default_factory=list)
    stores: list[TrustStore] = field(default_factory=list)
    printed: list[Transcript] = field(default_factory=list)
    """The names and dates of a served certificate without the certificate."""
    ciphers: list[CipherList] = field(default_factory=list)
    settings: list[SmtpSettings] = field(default_factory=list)
    answers: list[NameAnswer] = field(default_factory=list)
    _pieces: dict[SourceRef, list[tuple[SourceRef, bytes]]] = field(default_factory=dict)

    def add_transcript(self, data: bytes, source: SourceRef) -> ReadAs:
        """Read a text that looks like one."""
        from sestriage.formats.transcript import looks_like_transcript
        from sestriage.formats.transcript.keytool import read_listing
        from sestriage.formats.transcript.runs import reader_of

        kind = looks_like_transcript(data[:SNIFFED])
        if kind == "probe":
            return self._add_probe(data, source)
        if kind == "answer":
            return self._add_answers(data, source)
        if kind == "keytool":
            store = read_listing(data, source)
            self.stores.append(store)
            return ReadAs("trust-store", store.problem, store.readable)
        if kind in (None, "s_client") and self.roles.of(source) == "store":
            return self.add_store(data, source, ())
        reader = reader_of(kind)
        if reader is None:
            return ReadAs("transcript", Message("no run of a client could be made out in it"), used=False)
        return self._add_runs(reader, data, source)

    def _add_runs(self, reader: RunReader, data: bytes, source: SourceRef) -> ReadAs:
        from sestriage.formats.transcript.pieces import served_pieces

        runs = reader.read(data, source)
        if len(runs) == 1 and runs[0].chain_only and served_pieces(data, source):
            self._pieces.setdefault(folder_of(source), []).append((source, data))
            return ReadAs("transcript")
        self.transcripts += runs
        return ReadAs("transcript") if runs else ReadAs("transcript", reader.none_found, used=False)

    def _add_probe(self, data: bytes, source: SourceRef) -> ReadAs:
        from sestriage.formats.transcript.probe import load_probe, transcripts_of

        try:
            probe = load_probe(data)
        except ParseError as error:
            said = Message("a case of sestriage probe that cannot be read: {error}", error=said_by(error))
            return ReadAs("transcript", said, used=False)
        self.transcripts += transcripts_of(probe, source)
        return ReadAs("transcript")

    def _add_answers(self, data: bytes, source: SourceRef) -> ReadAs:
        from sestriage.formats.transcript.answers import read_answers

        told = read_answers(data, source)
        self.printed += told.transcripts
        self.ciphers += told.ciphers
        self.settings += told.settings
        self.answers += told.names
        return ReadAs("transcript")

    def add_store(
        self, data: bytes, source: SourceRef, passwords: Sequence[str], budget: DerivationBudget | None = None
    ) -> ReadAs:
        """Read a store or a file of certificates."""
        from sestriage.formats.certs.stores import read_store
        from sestriage.formats.transcript.pieces import served_chain, served_pieces

        role = self.roles.of(source)
        if role != "store" and served_pieces(data, source):
            self._pieces.setdefault(folder_of(source), []).append((source, data))
            return ReadAs("certificates")
        store = read_store(data, source, passwords, budget)
        if role == "chain":
            certificates = tuple(entry.certificate for entry in store.entries)
            self.transcripts.append(served_chain(certificates, source))
            return ReadAs("certificates", store.problem, store.readable)
        self.stores.append(store)
        return ReadAs("trust-store", store.problem, store.readable)

    def finish(self, lost: Callable[[SourceRef, Fault], object]) -> set[SourceRef]:
        """Put chains together from their pieces; gives the files that turned out to be served chains.

        `lost` is told of a folder whose pieces met a fault of ours.
        """
        from sestriage.formats.transcript.pieces import chain_of_pieces, served_pieces

        served: set[SourceRef] = set()
        chains = [_fingerprints(transcript) for transcript in self.transcripts]
        whole_folders: dict[SourceRef, set[str]] = {}
        for transcript in self.transcripts:
            whole_folders.setdefault(folder_of(transcript.source), set()).update(_fingerprints(transcript))
        for folder, files in self._pieces.items():
            chain = None
            with Guard(partial(lost, folder)):
                chain = chain_of_pieces((piece for ref, data in files for piece in served_pieces(data, ref)), folder)
            if chain is None:
                continue
            served.update(ref for ref, _ in files)
            if not any(_fingerprints(chain) <= known for known in chains):
                self.transcripts.append(chain)
            whole_folders.setdefault(folder, set()).update(_fingerprints(chain))
        copies = [store for store in self.stores if self._is_copy(store, whole_folders)]
        self.stores = [store for store in self.stores if store not in copies]
        return served | {store.source for store in copies}

    def _is_copy(self, store: TrustStore, folders: dict[SourceRef, set[str]]) -> bool:
        """PEM or DER files beside a transcript that hold nothing but its certificates."""
        if store.format not in ("pem", "der") or self.roles.of(store.source) == "store" or not store.entries:
            return False
        known = folders.get(folder_of(store.source), set())
        return all(entry.certificate.sha256 in known for entry in store.entries)


def _fingerprints(transcript: Transcript) -> set[str]:
    tls = transcript.stream.tls
    return {certificate.sha256 for certificate in tls.certificates} if tls else set()


def folder_of(source: SourceRef) -> SourceRef:
    """The folder in which a file lies, as `ingest.roles.folder_of` has it, without a place in the file."""
    from sestriage.ingest.roles import folder_of as folder

    return folder(replace(source, line=None, end_line=None, frame=None, sha256=None))


def unique_transcripts(transcripts: Iterable[Transcript]) -> list[Transcript]:
    """Equal runs in two files count once: same target, same times, same certificates, same suite."""
    kept: dict[object, Transcript] = {}
    for each in transcripts:
        tls = each.stream.tls
        key: object = each.source
        if tls is not None and each.stream.started is not None:
            key = (each.host, each.stream.started, tls.version, tls.cipher, tuple(sorted(_fingerprints(each))))
        kept.setdefault(key, each)
    return list(kept.values())
