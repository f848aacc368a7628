"""Walk over the input: every file, folder, archive and pipe, member by member, nothing written to disk."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from itertools import chain
from typing import BinaryIO

from sestriage.errors import reason_of
from sestriage.formats.guard import Guard
from sestriage.ingest.codecs import Codec, Decompressed, codec_of
from sestriage.ingest.files import FoundFile, find_files, open_file
from sestriage.ingest.layers import CHUNK, DecompressionBudget, Guarded, Layer, Peekable, Source, past_nuls
from sestriage.ingest.limits import HEAD_BYTES, Limits
from sestriage.ingest.members import Member
from sestriage.ingest.names import identity, member_name, refusal, short_name
from sestriage.ingest.notes import Notes
from sestriage.ingest.progress import Reading
from sestriage.ingest.roles import is_response_name, role
from sestriage.ingest.sniff import sniff
from sestriage.ingest.tar import TarEntry, TarReader, is_tar
from sestriage.ingest.zip import Directory, SeekableZip, ZipEntry, is_zip
from sestriage.ingest.zipstream import StreamedZip
from sestriage.model.fault import Fault
from sestriage.model.message import Message
from sestriage.model.source import InputNote, SourceRef


def walk(
    paths: Sequence[str],
    limits: Limits,
    notes: list[InputNote],
    stdin: BinaryIO | None = None,
    reading: Reading | None = None,
) -> Iterator[Member]:
    """Every file and archive member below `paths`, in a stable order; `-` is standard input.

    A member's content is valid until the next one is asked for. Anything refused, damaged or skipped is added to
    `notes`, and so is each archive when its end was reached. If the reader of a member has added a note about it, a
    problem found while its content was read is added to that note. `reading` is told which file is at hand.

    Raises `InputError` for a path that does not exist or can't be opened, before anything is read.
    """
    found = [find_files(path, limits) for path in paths]
    yield from _Walk(limits, Notes(notes, limits), stdin, paths, reading).run(chain.from_iterable(found))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the nest of archives something lies, and what is known about it from outside."""

    ref: SourceRef
    source: Source
    raw_before: int
    window: int
    name: str
    size: int | None = None
    mtime: datetime | None = None
    named: bool = False
    depth: int = 0
    compression: tuple[str, ...] = ()
    file: BinaryIO | None = None
    """The open file itself, while no layer lies between."""
    found: FoundFile | None = None

    def inside(self, name: str, size: int | None, mtime: float | None) -> _Place:
        """A member of the archive that lies here."""
        shown = member_name(name)
        member = shown if self.ref.member is None else f"{self.ref.member}!/{shown}"
        return replace(
            self,
            ref=SourceRef(self.ref.path, member),
            raw_before=self.source.raw,
            name=name,
            size=size,
            mtime=_moment(mtime),
            named=False,
            depth=self.depth + 1,
            compression=(),
            file=None,
            found=None,
        )

    def decompressed(self, codec: Codec) -> _Place:
        """The content of the compression at this place."""
        window = self.window // 4 if codec.name in ("xz", "zstd") else self.window
        return replace(
            self,
            size=None,
            window=window,
            depth=self.depth + 1,
            compression=(*self.compression, codec.name),
            file=None,
            found=None,
        )


def _moment(seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _nul_problem(nuls: int, rest: Layer) -> str | None:
    if not nuls:
        return None
    if isinstance(rest, Peekable) and rest.peek(1):
        return Message("{count} NUL bytes at its start were passed over", count=nuls)
    return rest.problem or Message("nothing but NUL bytes ({count} read)", count=nuls)


class _Archive:
    """Names seen in one archive, and how many members it gave."""

    def __init__(self) -> None:
        self._seen: dict[bytes, bytes] = {}
        self.entries = 0

    def clash(self, name: str) -> str | None:
        """Why the name can't be used a second time; None the first time."""
        key, exact = _digest(identity(name)), _digest(name)
        before = self._seen.setdefault(key, exact)
        if before is exact:
            return None
        if before == exact:
            return Message("a member of the same name came before")
        return Message("its name differs only in case or form")


def _ended_early(problem: str, inside: str | None) -> Message:
    """`inside`: the member in which the archive ended; empty or None for none."""
    if not inside:
        return Message("{problem}; what comes before is used", problem=problem)
    return Message(
        "{problem}, inside the member {member}; what comes before is used",
        problem=problem,
        member=short_name(member_name(inside)),
    )


def _digest(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class _Walk:
    """The state of one walk: what was counted, spent and noted."""

    def __init__(
        self,
        limits: Limits,
        notes: Notes,
        stdin: BinaryIO | None,
        paths: Sequence[str],
        reading: Reading | None = None,
    ) -> None:
        self._limits = limits
        self._notes = notes
        self._stdin = stdin
        self._reading = reading or Reading()
        self._budget = DecompressionBudget(limits)
        self._members = 0
        self._archives = 0
        self._alone = not any(is_response_name(path) for path in paths)

    def run(self, found: Iterable[FoundFile]) -> Iterator[Member]:
        """All files in a row."""
        for file in found:
            if file.refused is not None:
                self._notes.add(file.ref, file.kind, file.refused, used=False, size=file.size)
                continue
            if not self._count(file.ref):
                break
            yield from self._file(file)
            self._reading.end()
        self._notes.finish()

    def _count(self, ref: SourceRef) -> bool:
        """Count one more member. False if that is one too many (noted)."""
        self._members += 1
        if self._members == self._limits.max_members + 1:
            many = Message("not read, nor what follows: more than {most} members", most=self._limits.max_members)
            self._notes.add(ref, "other", many)
        return self._members <= self._limits.max_members

    def _file(self, file: FoundFile) -> Iterator[Member]:
        if file.path == "-":
            yield from self._stream(file, self._stdin or sys.stdin.buffer)
            return
        try:
            stream = open_file(file)
        except OSError as error:
            problem = Message("cannot be opened: {reason}", reason=reason_of(error))
            self._notes.add(file.ref, "other", problem, used=False)
            return
        with stream:
            yield from self._stream(file, stream)

    def _stream(self, file: FoundFile, stream: BinaryIO) -> Iterator[Member]:
        source = Source(stream, file.size)
        self._reading.begin(file.path, file.size, source)
        yield from self._expand(
            Peekable(source),
            _Place(
                ref=file.ref,
                source=source,
                raw_before=0,
                window=self._limits.max_window_bytes,
                name=file.path,
                size=file.size,
                mtime=_moment(file.mtime),
                named=file.named,
                file=stream if file.size is not None else None,
                found=file if file.size is not None else None,
            ),
        )

    def _expand(self, layer: Peekable, place: _Place) -> Iterator[Member]:
        """Yield the content of this place: of a compression, an archive, or a file."""
        with Guard(partial(self._lost, place)):
            yield from self._opened_up(layer, place)

    def _lost(self, place: _Place, fault: Fault) -> None:
        problem = fault.sentence
        self._notes.add(place.ref, "other", problem, used=False, size=place.size, fault=fault)

    def _opened_up(self, layer: Peekable, place: _Place) -> Iterator[Member]:
        head = layer.peek(HEAD_BYTES + 1)
        codec = codec_of(head)
        archive = self._tar if is_tar(head) else self._zip if is_zip(head) else None
        if codec is None and archive is None:
            yield from self._leaf(layer, place, head)
        elif place.depth >= self._limits.max_depth:
            nested = Message("it is nested in {count} layers, and more are not opened", count=place.depth)
            self._refuse(place, nested, "archive")
        elif codec is not None:
            yield from self._compressed(layer, place, codec)
        elif archive is not None:
            self._archives += 1
            if self._archives > self._limits.max_archives:
                many = Message("more than {most} archives are not opened", most=self._limits.max_archives)
                self._refuse(place, many, "archive")
            else:
                yield from archive(layer, place)

    def _compressed(self, layer: Peekable, place: _Place, codec: Codec) -> Iterator[Member]:
        inner = Peekable(Decompressed(layer, codec, self._budget, place.window))
        if not inner.peek(HEAD_BYTES + 1) and inner.problem is not None:
            self._refuse(place, inner.problem)
        else:
            yield from self._expand(inner, place.decompressed(codec))

    def _refuse(self, place: _Place, problem: str, kind: str = "other") -> None:
        self._notes.add(place.ref, kind, problem, used=False, size=place.size)

    def _leaf(self, layer: Peekable, place: _Place, head: bytes) -> Iterator[Member]:
        complete = len(head) <= HEAD_BYTES
        content: Layer = Guarded(layer, place.source, place.raw_before, self._limits)
        nuls = 0
        if not complete and not head[: HEAD_BYTES // 2].strip(b"\0"):
            content, nuls = past_nuls(content)
            head = content.peek(HEAD_BYTES) or head
        kind = sniff(head[:HEAD_BYTES], place.name, complete)
        found = place.found if not nuls else None
        mail = b""
        if kind.name == "mail":
            mail = head if complete else content.read_exactly(self._limits.max_spool_bytes)
            content = Peekable(Source(io.BytesIO(mail)))
        member = Member(
            place.ref,
            kind=kind.name,
            head=head[:HEAD_BYTES],
            size=len(head) if complete else place.size,
            mtime=place.mtime,
            limits=self._limits,
            layer=None if complete else content,
            opener=(lambda: self._opened(found)) if found is not None else None,
            format=kind.format,
            role=role(place.ref, kind.name, place.named, self._alone),
            named=place.named,
            compression=place.compression,
            problem=kind.problem or (layer.problem if complete else None) or _nul_problem(nuls, content),
        )
        before = self._notes.mark()
        yield member
        if member.problem is not None:
            self._notes.merge(before, member.ref, member.note_kind, member.problem, member.size)
        if mail:
            yield from self._parts(mail, place)

    def _parts(self, mail: bytes, place: _Place) -> Iterator[Member]:
        """What was sent in a mail that somebody saved."""
        from sestriage.ingest.mail_parts import parts_of_mail

        if place.depth >= self._limits.max_depth:
            return
        for name, content in parts_of_mail(mail):
            if not self._count(place.ref):
                return
            inner = replace(place.inside(name, len(content), None), named=place.named)
            yield from self._expand(Peekable(Source(io.BytesIO(content))), inner)

    def _opened(self, found: FoundFile) -> BinaryIO:
        stream = open_file(found)
        self._reading.opened(stream)
        return stream

    def _admit(self, entry: TarEntry | ZipEntry, archive: _Archive, place: _Place) -> bool:
        """True if a member may be read; otherwise the reason is noted."""
        archive.entries += 1
        reason = refusal(entry.name, self._limits.max_name_bytes, entry.is_folder)
        if reason is None and not entry.is_folder:
            reason = entry.refused or archive.clash(entry.name)
            if reason is None and (entry.size or 0) > self._limits.max_member_bytes:
                reason = Message("it has {size} bytes, more than one member may have", size=entry.size)
        if reason is not None:
            ref = place.inside(short_name(entry.name), None, None).ref
            self._notes.add(ref, "other", Message("refused: {reason}", reason=reason), used=False, size=entry.size)
        return reason is None and not entry.is_folder

    def _tar(self, layer: Peekable, place: _Place) -> Iterator[Member]:
        archive, reader = _Archive(), TarReader(layer, self._limits)
        for entry in reader:
            if not self._count(place.ref):
                return
            if self._admit(entry, archive, place):
                inner = place.inside(entry.name, entry.size, entry.mtime)
                yield from self._expand(Peekable(entry.data), inner)
        self._close(place, "tar", archive, reader.problem, reader.inside)

    def _zip(self, layer: Peekable, place: _Place) -> Iterator[Member]:
        if place.file is not None:
            yield from self._seekable_zip(place.file, layer, place)
            return
        spool = io.BytesIO()
        left = max(HEAD_BYTES, self._limits.max_spool_bytes - self._budget.spooled)
        while (size := spool.tell()) <= left and (data := layer.read(CHUNK)):
            spool.write(data)
        self._budget.spooled += size
        if size <= left:
            yield from self._seekable_zip(spool, layer, place)
        else:
            layer.unread(spool.getvalue())
            spool.close()
            yield from self._streamed_zip(layer, place)
        self._budget.spooled -= size

    def _seekable_zip(self, file: BinaryIO, layer: Peekable, place: _Place) -> Iterator[Member]:
        reader = SeekableZip(file, place.source, self._limits, self._budget, place.window)
        try:
            directory = reader.directory()
            if directory is not None:
                yield from self._listed_zip(reader, directory, place)
                return
            file.seek(0)
        except OSError as error:
            self._refuse(place, Message("cannot be read on: {reason}", reason=reason_of(error)), "archive")
            return
        again = Source(file)
        again.problem = layer.problem
        yield from self._streamed_zip(Peekable(again), replace(place, source=again, raw_before=0))

    def _listed_zip(self, reader: SeekableZip, directory: Directory, place: _Place) -> Iterator[Member]:
        archive = _Archive()
        for entry in reader.entries(directory):
            if not self._count(place.ref):
                return
            if self._admit(entry, archive, place) and entry.data is not None:
                yield from self._expand(Peekable(entry.data), place.inside(entry.name, entry.size, entry.mtime))
        self._close(place, "zip", archive, reader.problem, None)

    def _streamed_zip(self, layer: Peekable, place: _Place) -> Iterator[Member]:
        archive, reader = _Archive(), StreamedZip(layer, self._budget, place.window)
        for entry in reader:
            if not self._count(place.ref):
                return
            if self._admit(entry, archive, place) and entry.data is not None:
                yield from self._expand(Peekable(entry.data), place.inside(entry.name, entry.size, entry.mtime))
        self._close(place, "zip", archive, reader.problem, reader.inside)

    def _close(self, place: _Place, form: str, archive: _Archive, problem: str | None, inside: str | None) -> None:
        """The note about an archive whose end was reached."""
        form = " in ".join((form, *reversed(place.compression)))
        detail = Message("{format}, {count} members", format=form, count=archive.entries)
        if problem is not None:
            problem = _ended_early(problem, inside)
        self._notes.add(place.ref, "archive", problem, used=archive.entries > 0, size=place.size, detail=detail)
