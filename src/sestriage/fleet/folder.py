"""The folder of a fleet's results: what it says of itself, its lock, its places.

fleet.json      version of the tables, name of the key of the pseudonyms
parts/ID/       one Parquet file for each table; a part is complete, and never changes
failures.log    bundles that could not be read, each with a line to read it alone
.lock           held by the run that writes
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sestriage import system
from sestriage.errors import InputError, reason_of
from sestriage.fleet.tables import SCHEMA_VERSION
from sestriage.model.message import Message

ABOUT = "fleet.json"
PARTS = "parts"
FAILURES = "failures.log"
LOCK = ".lock"
MAX_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder at a path. `key_id` names the key of its pseudonyms; None: it has no pseudonyms (`--no-redact`)."""

    path: Path
    key_id: str | None = None

    @property
    def parts(self) -> Path:
        """Where its parts lie."""
        return self.path / PARTS


def read_folder(path: str) -> Folder:
    """A folder that a run has made. Raises `InputError` for any other."""
    folder = Path(path)
    try:
        raw = (folder / ABOUT).read_bytes()[:MAX_BYTES]
        about = json.loads(raw)
        version, key_id = about["schema_version"], about["key_id"]
    except OSError as error:
        raise InputError(
            Message("{folder} is no folder of `sestriage fleet run`: {reason}", folder=path, reason=reason_of(error))
        ) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(Message("{file} is damaged", file=str(folder / ABOUT))) from None
    if version != SCHEMA_VERSION:
        raise InputError(
            Message(
                "{folder} has tables of version {version}, and this sestriage writes version {ours}: name a new folder",
                folder=path,
                version=version,
                ours=SCHEMA_VERSION,
            )
        )
    return Folder(folder, key_id if isinstance(key_id, str) else None)


def make_folder(path: str, key_id: str | None) -> Folder:
    """The folder for a run: made where it is not there yet. Raises `InputError` where it is another's."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / ABOUT).exists():
            if any(folder.iterdir()):
                raise InputError(Message("{folder} is not empty, and no folder of `sestriage fleet run`", folder=path))
            _write_about(folder, key_id)
        (folder / PARTS).mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(Message("cannot write {file}: {reason}", file=path, reason=reason_of(error))) from None
    found = read_folder(path)
    if found.key_id != key_id:
        if key_id is None or found.key_id is None:
            told = Message("{folder} was begun with the other choice of --no-redact: name a new folder", folder=path)
        else:
            told = Message("{folder} was begun with another key: name it with --key-file", folder=path)
        raise InputError(told)
    return found


def _write_about(folder: Path, key_id: str | None) -> None:
    aside = folder / f".{ABOUT}.{os.getpid()}"
    aside.write_text(json.dumps({"schema_version": SCHEMA_VERSION, "key_id": key_id}) + "\n", encoding="ascii")
    aside.replace(folder / ABOUT)


@contextmanager
def locked(folder: Folder) -> Iterator[None]:
    """Held while a run writes; what a killed one left half-done is removed. Raises `InputError` where another run
    holds it."""
    with (folder.path / LOCK).open("ab") as handle:
        if not system.locked(handle.fileno(), 0):
            raise InputError(Message("another `sestriage fleet run` writes to {folder}", folder=str(folder.path)))
        for left in folder.parts.glob(".*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
