"""`sestriage redact`: logs and texts without secrets and private data, for sharing."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from typing import IO, TYPE_CHECKING

import click

from sestriage.cli.language import say
from sestriage.cli.options import file_option, silent_lang_option
from sestriage.cli.output import tell_wait
from sestriage.cli.progress import progress, progress_option
from sestriage.cli.saving.outfile import refuse_over_inputs, same_file, written_aside
from sestriage.cli.saving.pseudonyms import read_map, write_map
from sestriage.errors import InputError, reason_of
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.ingest import Reading

EPILOG = """\b
Replaced: mail addresses, IP addresses, host names, AWS account ids and ARNs,
access keys, passwords, AUTH payloads, private keys and tokens. Kept: reply
codes, regions, Amazon's host names, class names, certificate fingerprints,
times, and every line end.

\b
Examples
  sestriage redact sw-response-mgmt.log > for-the-ticket.log
  sestriage redact --map case.map app.log mail.log -o both.log
  journalctl -u app | sestriage redact -
"""


@click.command("redact", epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(allow_dash=True))
@file_option
@click.option(
    "--map",
    "map_file",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Keep the pseudonyms in FILE, so that a value has the same one in every file of a case. FILE holds the real "
    "values: it is made for its owner only (mode 0600) and must not be shared.",
)
@progress_option
@silent_lang_option
def command(paths: tuple[str, ...], output: str | None, map_file: str | None, no_progress: bool) -> int:
    """Remove secrets and private data from text files; equal values get equal pseudonyms (<host-1>).

    FILE is any text, or "-" for standard input. Files are read in blocks, so their size does not matter; nothing is
    changed in place.
    """
    from sestriage.redact import Redactor

    _refuse_overwriting(paths, output, map_file)
    known = read_map(map_file) if map_file else {}
    redactor = Redactor(known, thorough=True)
    # a name that another file of the case gave away by its surroundings is replaced here wherever it stands
    names = (key.partition(":")[::2] for key in known)
    redactor.learn("host", (name for kind, name in names if kind in ("host", "hostname")))
    mixed = (output is None or output == "-") and sys.stdout.isatty()
    try:
        with progress(paths, off=no_progress or mixed) as reading:
            _write_all(paths, output, redactor.redact, reading)
    finally:
        if map_file:
            write_map(map_file, redactor.mapping)
    return 0


# --- texts -------------------------------------------------------------------------------------------------------


def _write_all(paths: Sequence[str], output: str | None, clean: Callable[[str], str], reading: Reading | None) -> None:
    """Redacts all inputs, one after the other."""
    with ExitStack() as opened:
        inputs = [(path, _open(path, opened)) for path in paths]
        if output is None or output == "-":
            _copy(inputs, sys.stdout.buffer, clean, reading)
            sys.stdout.buffer.flush()
            return
        try:
            with written_aside(output) as target:
                _copy(inputs, target, clean, reading)
        except OSError as error:
            raise InputError(Message("cannot write {file}: {reason}", file=output, reason=reason_of(error))) from None


def _refuse_overwriting(paths: Sequence[str], output: str | None, map_file: str | None) -> None:
    """What is written must be none of the files that are read, and the output must not be the map."""
    refuse_over_inputs(output, paths)
    inputs = [path for path in paths if path != "-"]
    written = None if output == "-" else output
    if map_file is None:
        return
    if written is not None and (
        same_file(map_file, written) or os.path.realpath(map_file) == os.path.realpath(written)
    ):
        raise click.UsageError(say("the output must not be the map: both would be lost"))
    if any(same_file(path, map_file) for path in inputs):
        raise click.UsageError(say("the map must not be one of the inputs: it holds the real values"))


def _shown(path: str) -> str:
    return Message("standard input") if path == "-" else path


def _open(path: str, opened: ExitStack) -> IO[bytes]:
    if path == "-":
        tell_wait(Message("the text"))
        return sys.stdin.buffer
    from sestriage.ingest.pipes import open_named

    try:
        return opened.enter_context(open_named(path))
    except OSError as error:
        raise InputError(Message("cannot read {file}: {reason}", file=path, reason=reason_of(error))) from None


def _copy(
    inputs: Sequence[tuple[str, IO[bytes]]], target: IO[bytes], clean: Callable[[str], str], reading: Reading | None
) -> None:
    from sestriage.redact.stream import redact_lines

    for path, stream in inputs:
        if reading is not None:
            reading.begin(path, _size(stream))
            reading.opened(stream)
        for block in redact_lines(_lines(stream, _shown(path)), clean):
            target.write(block.encode("utf-8", "surrogateescape"))


def _size(stream: IO[bytes]) -> int | None:
    """Bytes of a file on disk; None for a pipe."""
    with suppress(OSError, ValueError):
        status = os.fstat(stream.fileno())
        return status.st_size if stat.S_ISREG(status.st_mode) else None
    return None


def _lines(stream: IO[bytes], name: str) -> Iterator[str]:
    """The lines with their ends; bytes that are not UTF-8 come through unchanged."""
    from sestriage.redact.stream import MAX_LINE_CHARS

    offset = 0
    try:
        while raw := stream.readline(MAX_LINE_CHARS):
            if (at := raw.find(b"\0")) >= 0:
                raise InputError(
                    Message(
                        "{file} is not text (byte 0x00 at offset {offset}): only text can be redacted; "
                        "the report of `sestriage triage` on it is",
                        file=name,
                        offset=offset + at,
                    )
                )
            offset += len(raw)
            yield raw.decode("utf-8", "surrogateescape")
    except OSError as error:
        raise InputError(Message("cannot read {file}: {reason}", file=name, reason=reason_of(error))) from None
