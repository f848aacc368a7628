"""The private files of a case: the map of its pseudonyms (`--map`) and the key of their fingerprints (`--key-file`).

A map is a JSON object of `kind:value` to pseudonym; it holds the real values. Its key is an entry of the kind `key`,
which every version of sestriage keeps. A key file is 64 hexadecimal digits.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from sestriage.errors import InputError, reason_of
from sestriage.model.message import Message

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
    try:
        with Path(path).open("rb") as stream:
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
