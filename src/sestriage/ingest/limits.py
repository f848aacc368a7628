"""The limits of what is read: each is a named constant, each can be raised, reaching one is reported."""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.formats.certs.derivation import MAX_KDF_ITERATIONS

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

HEAD_BYTES = 64 * KIB
"""Bytes of a file or member that are read to recognise it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one walk over the input. Sizes are bytes after decompression unless said otherwise."""

    max_members: int = 100_000
    """Files and archive members looked at, over the whole input."""
    max_archives: int = 2_000
    """Archives opened, over the whole input (bounds a tree of nested archives)."""
    max_depth: int = 8
    """Layers around one member: each archive and each compression counts one."""
    max_total_bytes: int = 8 * GIB
    """Everything decompressed in one walk, skipped members included."""
    max_member_bytes: int = 4 * GIB
    """One archive member or one compressed file. Plain files are read in full: they can't be bombs."""
    max_ratio: int = 400
    """Decompressed bytes for each byte read from the input, judged beyond `ratio_floor` only."""
    ratio_floor: int = 64 * MIB
    """A member smaller than this is never refused for its ratio."""
    container_floor: int = 2 * GIB
    """How much may be decompressed at a bomb's ratio only to get past it, to the next member of an archive."""
    max_name_bytes: int = 4096
    """Length of a member's name (PATH_MAX of Linux)."""
    max_header_bytes: int = MIB
    """Extended headers of one tar member (pax records, long names)."""
    max_spool_bytes: int = 32 * MIB
    """Memory for zip archives that can't be searched where they are (nested, or on standard input)."""
    max_window_bytes: int = 66 * MIB
    """Memory one xz or zstd stream may ask for (`xz -9` needs 65 MiB); inner streams get a quarter of the outer's."""
    max_small_bytes: int = 16 * MIB
    """Bytes that `Member.read` returns at most: stores, certificates, settings."""
    max_kdf_iterations: int = MAX_KDF_ITERATIONS
    """Iterations of key derivation (units of `formats.certs.derivation`), over all key stores and passwords."""
    max_notes: int = 500
    """Findings about the input; what is beyond is only counted."""
    max_seconds: int = 300
    """Processor time for one file or member, from its first bytes until its reader is done with it; some gigabytes of
    ordinary evidence take less."""
    max_folder_depth: int = 64
    """Folders inside folders."""
