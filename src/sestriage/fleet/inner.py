"""Bundles inside bundles: what an archive of archives holds, and one of them as a stream. Nothing is unpacked to disk.

An archive that holds archives and no other evidence is a container, and each archive in it is a bundle. Any other is a
bundle itself, whatever archives lie in it: a support bundle has its rotated logs in some.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Final

from sestriage.errors import InputError
from sestriage.ingest.codecs import Decompressed, codec_of
from sestriage.ingest.layers import CHUNK, DecompressionBudget, Layer, Peekable, Source
from sestriage.ingest.limits import HEAD_BYTES, Limits
from sestriage.ingest.names import refusal, short_name
from sestriage.ingest.sniff import sniff
from sestriage.ingest.tar import BLOCK, TarReader, is_tar
from sestriage.ingest.zip import SeekableZip, is_zip
from sestriage.ingest.zipstream import StreamedZip
from sestriage.model.message import Message

Opener = Callable[[], BinaryIO]
"""Opens the outermost file from its first byte."""

NO_EVIDENCE: Final = frozenset({"other", "text", "openpgp"})
"""Kinds of members (`Member.kind`) that may lie beside the bundles in a container."""
FIRST_MEMBERS = 16
"""Members before which an archive must show up: ordinary bundles are not read twice."""
PROGRAMS: Final = ("META-INF/", "[Content_Types].xml", "mimetype")
"""First members of zip archives that are programs or documents."""


@dataclass(frozen=True, slots=True)
class Held:
    """An archive in a container: its name there, and its size (None: not known before it is read)."""

    name: str
    size: int | None


def held(open_outer: Opener, names: tuple[str, ...] = (), limits: Limits | None = None) -> tuple[Held, ...]:
    """The bundles in a container; none when the archive is a bundle itself, or no archive. Raises OSError."""
    limits = limits or Limits()
    found: list[Held] = []
    with opened(open_outer, names, limits) as stream:
        for number, (name, size, layer) in enumerate(_members(stream, limits)):
            head = layer.peek(HEAD_BYTES)
            if is_archive(head):
                found.append(Held(name, size))
            elif sniff(head, name, len(head) < HEAD_BYTES).name not in NO_EVIDENCE:
                return ()
            if (number >= FIRST_MEMBERS and not found) or len(found) >= limits.max_archives:
                break
    return tuple(found)


@contextmanager
def opened(open_outer: Opener, names: tuple[str, ...] = (), limits: Limits | None = None) -> Iterator[BinaryIO]:
    """The outermost file, or the archive that the names lead to in it, as a stream. Raises OSError, and `InputError`
    where there is no such member."""
    limits = limits or Limits()
    with open_outer() as outer:
        stream: BinaryIO = outer
        for name in names:
            stream = _member(stream, name, limits)
        yield stream


def is_archive(head: bytes) -> bool:
    """A tar archive (compressed or not) or a zip archive, by its first bytes; no program or document in a zip."""
    if is_zip(head):
        name = head[30 : 30 + int.from_bytes(head[26:28], "little")].decode("utf-8", "replace")
        return not name.startswith(PROGRAMS)
    codec = codec_of(head)
    if codec is None:
        return is_tar(head)
    limits = Limits()
    inside = Decompressed(Source(io.BytesIO(head)), codec, DecompressionBudget(limits), limits.max_window_bytes)
    return is_tar(inside.read_exactly(BLOCK))


def _member(stream: BinaryIO, name: str, limits: Limits) -> BinaryIO:
    for found, _, layer in _members(stream, limits):
        if found == name:
            return io.BufferedReader(_Content(layer), CHUNK)
    raise InputError(Message("there is no member {member} any more", member=short_name(name)))


class _Content(io.RawIOBase):
    """A layer as a file that is read once."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self._layer = layer

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: object, /) -> int:
        """Fill a buffer."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = self._layer.read(len(view))
        view[: len(data)] = data
        return len(data)


Found = tuple[str, int | None, Peekable]


def _members(stream: BinaryIO, limits: Limits) -> Iterator[Found]:
    """The files of an archive with what is in them, each until the next one is asked for; none of what is no archive.

    The walk of `ingest` opens every archive that it meets; here they are left closed.
    """
    budget = DecompressionBudget(limits)
    source = Source(stream)
    layer = Peekable(source)
    head = layer.peek(HEAD_BYTES)
    codec = codec_of(head)
    if codec is not None:
        layer = Peekable(Decompressed(layer, codec, budget, limits.max_window_bytes))
        head = layer.peek(HEAD_BYTES)
    found: Iterator[Found] = iter(())
    if is_tar(head):
        found = _of_tar(layer, limits)
    elif is_zip(head):
        seekable = codec is None and stream.seekable()
        found = _of_zip(stream, source, limits, budget) if seekable else _of_stream(layer, limits, budget)
    yield from found


def _of_tar(layer: Layer, limits: Limits) -> Iterator[Found]:
    for entry in TarReader(layer, limits):
        if not entry.is_folder and entry.refused is None and refusal(entry.name, limits.max_name_bytes) is None:
            yield entry.name, entry.size, Peekable(entry.data)


def _of_zip(file: BinaryIO, source: Source, limits: Limits, budget: DecompressionBudget) -> Iterator[Found]:
    reader = SeekableZip(file, source, limits, budget, limits.max_window_bytes)
    directory = reader.directory()
    for entry in reader.entries(directory) if directory is not None else ():
        if entry.data is not None and refusal(entry.name, limits.max_name_bytes) is None:
            yield entry.name, entry.size, Peekable(entry.data)


def _of_stream(layer: Peekable, limits: Limits, budget: DecompressionBudget) -> Iterator[Found]:
    for entry in StreamedZip(layer, budget, limits.max_window_bytes):
        if entry.data is not None and refusal(entry.name, limits.max_name_bytes) is None:
            yield entry.name, entry.size, Peekable(entry.data)
