"""What stands for private names in reports: pseudonyms, which a map keeps (`--map`) and a key makes comparable
(`--key-file`).

A map is a JSON object of `kind:value` to pseudonym; it holds the real values. Its key is an entry of the kind `key`,
which every version of sestriage keeps. A key file is 64 hexadecimal digits.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sestriage.cli.language import say
from sestriage.errors import InputError, reason_of
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.model.verdict import Report

MAX_MAP_BYTES = 64 << 20
_KEY = re.compile(r"key:([0-9a-f]{64})")
_Command = TypeVar("_Command", bound=Callable[..., Any])


def pseudonym_options(command: _Command) -> _Command:
    """Give a command `--map` and `--key-file`."""
    options = (
        click.option(
            "--map",
            "map_file",
            metavar="FILE",
            type=click.Path(allow_dash=True),
            help="Keep the pseudonyms in FILE, so that a value has the same one in every report and redacted log of a "
            "case. FILE holds the real values: it is made for its owner only and must not be shared.",
        ),
        click.option(
            "--key-file",
            metavar="FILE",
            type=click.Path(allow_dash=True),
            help="Give each pseudonym in JSON a fingerprint made with the key in FILE (made if it does not exist), so "
            "that `sestriage compare` knows equal names again. The key must not be shared.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def read_map(path: str) -> dict[str, str]:
    """The pseudonyms of a case so far; none if the file does not exist yet. Raises `InputError`."""
    from sestriage.ingest.pipes import open_named

    try:
        with open_named(path) as stream:
            raw = stream.read(MAX_MAP_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(Message("cannot read the map {file}: {reason}", file=path, reason=reason_of(error))) from None
    try:
        mapping = json.loads(raw) if len(raw) <= MAX_MAP_BYTES else None
    except (ValueError, RecursionError):
        mapping = None
    if not isinstance(mapping, dict) or not all(_is_label(value) for value in mapping.values()):
        raise InputError(
            Message(
                "{file} is no map of pseudonyms: name a file that `sestriage redact --map` wrote, or a new one",
                file=path,
            )
        )
    return mapping


def _is_label(value: object) -> bool:
    """A pseudonym as it is made here. Anything else would be written into the output as it stands in the map."""
    return isinstance(value, str) and re.fullmatch(r"<[a-z]{1,20}-\d{1,9}>", value) is not None


def write_map(path: str, mapping: Mapping[str, str]) -> None:
    """Replaces the map in one step; the new file is its owner's only. Raises `InputError`."""
    text = json.dumps(dict(mapping), ensure_ascii=True, indent=0, sort_keys=True)
    try:
        _write_private(path, text)
    except OSError as error:
        raise InputError(Message("cannot write the map {file}: {reason}", file=path, reason=reason_of(error))) from None


def with_key(mapping: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    """A map with its key, which is made where it has none."""
    known = next((match[1] for entry in mapping if (match := _KEY.fullmatch(entry))), None)
    key = known or secrets.token_hex(32)
    return {**mapping, f"key:{key}": "<key-1>"}, bytes.fromhex(key)


def read_key(path: str) -> bytes:
    """The key of a key file, which is made if it does not exist. Raises `InputError`."""
    try:
        text = Path(path).read_bytes()[:200].decode("ascii", "replace").strip()
    except FileNotFoundError:
        return _new_key(path)
    except OSError as error:
        raise InputError(Message("cannot read the key {file}: {reason}", file=path, reason=reason_of(error))) from None
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise InputError(
            Message("{file} is no key (64 hexadecimal digits): name one that --key-file made, or a new file", file=path)
        )
    return bytes.fromhex(text)


def _new_key(path: str) -> bytes:
    key = secrets.token_hex(32)
    try:
        _write_private(path, key + "\n")
    except OSError as error:
        raise InputError(Message("cannot write the key {file}: {reason}", file=path, reason=reason_of(error))) from None
    return bytes.fromhex(key)


def _write_private(path: str, text: str) -> None:
    folder = os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120
    handle, temporary = tempfile.mkstemp(prefix=".", dir=folder)  # mode 0600
    try:
        with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123
            stream.write(text)
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


# --- reports -----------------------------------------------------------------------------------------------------


class PseudonymsOf:
    """The pseudonyms of one run: one redactor for all its reports.

    Raises `click.UsageError` for a map or key without redaction, `InputError` for files that cannot be used.
    """

    def __init__(self, no_redact: bool = False, map_file: str | None = None, key_file: str | None = None) -> None:
        from sestriage.redact import Redactor

        if no_redact and (map_file or key_file):
            raise click.UsageError(say("--map and --key-file are about pseudonyms: --no-redact makes none"))
        self._map_file = map_file
        known = read_map(map_file) if map_file else {}
        self._key: bytes | None = None
        if map_file:
            known, self._key = with_key(known)
        if key_file:
            self._key = read_key(key_file)
        self._redactor = None if no_redact else Redactor(known)
        if self._redactor and known:
            names = (entry.partition(":")[::2] for entry in known)
            self._redactor.learn("host", (name for kind, name in names if kind in ("host", "hostname")))

    def cleaned(self, reports: Sequence[Report]) -> list[Report]:
        """Secrets go in any case; private data gets pseudonyms, the same ones in all reports. Writes the map."""
        from sestriage.redact import redact_report, strip_report

        if self._redactor is None:
            return [strip_report(report) for report in reports]
        done = [redact_report(report, self._redactor) for report in reports]
        if self._map_file:
            write_map(self._map_file, self._redactor.mapping)
        if self._key is None:
            return done
        from sestriage.redact.fingerprints import pseudonyms

        made = pseudonyms(self._redactor.mapping, self._key)
        return [replace(report, pseudonyms=made) for report in done]
