"""Fleets for tests: bundles out of the samples, terms, and readers that behave badly where a bundle says so."""

from __future__ import annotations

import io
import os
import signal
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from sestriage import __version__
from sestriage.fleet.bundle import read_bundle, rules_digest
from sestriage.fleet.folder import Folder, make_folder, read_folder
from sestriage.fleet.run import Counts, Plan, Reader, run
from sestriage.fleet.sources import find
from sestriage.fleet.tables import TABLES, columns
from sestriage.fleet.task import Bounds, Done, Task, Terms
from sestriage.fleet.views import reading
from sestriage.redact.fingerprints import pseudonyms
from support import SAMPLES, in_ci

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEY = b"k" * 32
SMALL = ("refused", "unknown-host", "timed-out", "success", "pkix-root-missing", "sending-paused")
"""Samples of some kilobytes each, of different causes."""
OF_THE_RUN = ("run_at", "seconds", "seen")
"""Columns that differ from run to run."""


def need_extra(*packages: str) -> None:
    """Skips the test where a package of the extra is missing, and fails in CI."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        reason = f"needs {', '.join(missing)}: pip install -e '.[dev]'"
        if in_ci():
            pytest.fail(reason)
        pytest.skip(reason)


def terms(key: bytes | None = KEY, *, bounds: Bounds | None = None, rules: str | None = None) -> Terms:
    """Terms as a run has them."""
    digest = rules or rules_digest(())
    return Terms(__version__, digest, NOW, key, bounds=bounds or Bounds())


def folder(path: Path, key: bytes | None = KEY) -> Folder:
    """A folder for results."""
    return make_folder(str(path), pseudonyms({}, key).key_id if key is not None else None)


def archived(path: Path, files: Mapping[str, bytes]) -> Path:
    """A tar or zip archive, by its name, with these files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, data in files.items():
                packed.writestr(zipfile.ZipInfo(name), data)
        return path
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def sample_files(name: str) -> dict[str, bytes]:
    """The evidence of a sample, as it lies on a Manager."""
    found = {}
    for file in sorted((SAMPLES / name).iterdir()):
        if file.is_file() and file.name != "expected.json":
            found[f"lancope/var/logs/containers/{file.name}"] = file.read_bytes()
    return found


def fleet_of(path: Path, count: int, names: Iterable[str] = SMALL) -> list[Path]:
    """So many bundles, no two alike: each has one file that no other has."""
    kinds = list(names)
    return [
        archived(
            path / f"bundle-{number:04}.tgz",
            {**sample_files(kinds[number % len(kinds)]), "lancope/serial.txt": f"number {number}\n".encode()},
        )
        for number in range(count)
    ]


class Here:
    """Reads bundles in this process, one after the other."""

    def __init__(self, read: Callable[[Task], Done] = read_bundle) -> None:
        self.read = read
        self.tasks: list[Task] = []

    def run(self, feed: Callable[[], Task | None]) -> Iterator[Done]:
        while (task := feed()) is not None:
            self.tasks.append(task)
            yield self.read(task)

    def close(self) -> None:
        """Nothing is open."""


def ran(
    names: Iterable[str | Path], at: Folder, reader: Reader | None = None, asked: Terms | None = None, **plan: object
) -> Counts:
    """A run over what the names lead to."""
    made = Plan(at, asked or terms(), **plan)  # type: ignore[arg-type]
    return run(find(map(str, names)), made, reader or Here(), lambda counts: None)


def content(path: Path) -> dict[str, list[str]]:
    """What the tables hold, but for what differs from run to run."""
    found = {}
    with reading(read_folder(str(path))) as tables:
        for table in TABLES:
            kept = ", ".join(column.name for column in columns(table) if column.name not in OF_THE_RUN)
            found[table] = sorted(map(repr, tables.ask(f"SELECT {kept} FROM {table}").rows))
    return found


def once_each(path: Path) -> list[str]:
    """The names of all bundles in all parts, those of older runs too."""
    with reading(read_folder(str(path))) as tables:
        return sorted(str(row[0]) for row in tables.ask("SELECT name FROM all_bundles").rows)


# --- readers that behave badly ----------------------------------------------------------------------------------


def misbehaving(task: Task) -> Done:
    """As `read_bundle`, but a bundle whose name says so hangs, takes all memory, or ends its process."""
    name = Path(task.source.path).name
    if name.startswith("hang"):
        time.sleep(600)
    if name.startswith("grow"):
        held = [bytearray(16 << 20) for _ in range(1000)]
        return Done(task.source, "failed", detail=str(len(held)))
    if name.startswith("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("leave"):
        os._exit(3)
    if name.startswith("once"):
        mark = Path(f"{task.source.path}.mark")
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return read_bundle(task)
