"""The state between runs, in SQLite: cursor, incidents, conditions, counters, and reports not written yet.

One transaction a run: either all results and reports of a run are stored, or none.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime

from sestriage import system
from sestriage.errors import SestriageError, reason_of
from sestriage.model.message import Message
from sestriage.watch.conditions import Kept
from sestriage.watch.cursor import Cursor
from sestriage.watch.incidents import Incident
from sestriage.watch.shortcuts.nothing_new import STATE_NAME, STATE_VERSION
from sestriage.watch.state_rows import MEANINGLESS, condition_of, cursor_of, incident_of, to_number, to_text

NAME = STATE_NAME
VERSION = STATE_VERSION

_SCHEMA = """
CREATE TABLE cursor (log TEXT PRIMARY KEY, device INT, inode INT, offset INT, line INT, size INT, mtime_ns INT,
    head_length INT, head BLOB, tail_length INT, tail BLOB, known TEXT, looked REAL,
    held INT, carry TEXT);
CREATE TABLE incident (number INTEGER PRIMARY KEY, log TEXT, scope TEXT, started REAL, last REAL, count INT,
    cause TEXT, timed INT, ended REAL, resolution TEXT, reported TEXT, told REAL, closed_told INT, causes TEXT);
CREATE INDEX incident_open ON incident (log, ended, closed_told);
CREATE TABLE condition (log TEXT, name TEXT, since REAL, stage TEXT, text TEXT, told REAL, PRIMARY KEY (log, name));
CREATE TABLE counter (log TEXT, name TEXT, value REAL, PRIMARY KEY (log, name));
CREATE TABLE file (path TEXT PRIMARY KEY, stamp TEXT, content TEXT);
CREATE TABLE outbox (id INTEGER PRIMARY KEY, log TEXT, body BLOB, sink TEXT);
"""


def storable(text: str) -> str:
    """Text as SQLite takes it: bytes of a file name that are no UTF-8 are written out."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


class StateError(SestriageError):
    """The state cannot be read or written."""


class State:
    """The open state. `fresh` tells in a sentence why an older state was not used; None when it was, or none was."""

    def __init__(self, folder: str, log: str, *, reading: bool = False) -> None:
        """Opens or makes the state; with `reading` it must be there and is not changed.

        Raises StateError when that is not possible.
        """
        self.path = os.path.join(folder, NAME)  # noqa: PTH118
        self.log = storable(log)
        self.fresh: str | None = None
        self.new = False
        self._reading = reading
        try:
            self._db = self._open()
        except (sqlite3.Error, OSError) as error:
            raise StateError(_sentence(self.path, error)) from error

    # --- opening ----------------------------------------------------------------------------------------------------

    def _open(self) -> sqlite3.Connection:
        problem = None
        if os.path.lexists(self.path):
            self._close_to_others()
            try:
                with _closed_by_errors(self._connect()) as db:
                    version = int(db.execute("PRAGMA user_version").fetchone()[0])
                    if version == VERSION:
                        self._db = db
                        self._probe()
                        return db
                db.close()
                if version:
                    problem, suffix = _other_version(version), f"v{version}"
            except (sqlite3.DatabaseError, StateError, *MEANINGLESS) as error:
                if isinstance(error, sqlite3.OperationalError) and not _means_damage(error):
                    raise
                problem, suffix = Message("is damaged ({error})", error=_damage(error)), "damaged"
        if problem is not None and self._reading:
            raise StateError(Message("the state {file} {problem}", file=self.path, problem=problem))
        if problem is not None:
            kept = self._set_aside(suffix)
            self.fresh = Message(
                "the state {file} {problem}; it was kept as {kept}, and this is a fresh start",
                file=self.path,
                problem=problem,
                kept=kept,
            )
        return self._create()

    def _close_to_others(self) -> None:
        """A state that came from a copy or a backup may be open to all; it holds lines of the log as they are.

        What a link in its place points to is left alone.
        """
        if self._reading or not stat.S_IMODE(os.lstat(self.path).st_mode) & 0o077:
            return
        with suppress(OSError):  # a link, or another account's file that this one may write
            handle = system.open_to_read(self.path, follow=False)
            try:
                system.give_mode(handle, 0o600)
            finally:
                os.close(handle)

    def _probe(self) -> None:
        """Read what every run reads, so that damage shows before anything relies on it."""
        self.cursor()
        self.carry()
        self.conditions()
        self.pending_incidents()
        self.counters()
        self.next_number()
        for _, _, sink in self.outbox():
            from sestriage.watch.output.deliver import Sink

            Sink.load(sink)
        self._db.execute("SELECT 1 FROM file LIMIT 1").fetchall()

    def _connect(self) -> sqlite3.Connection:
        if self._reading:
            from urllib.parse import quote

            return sqlite3.connect(f"file:{quote(self.path)}?mode=ro", timeout=5, isolation_level=None, uri=True)
        with _closed_by_errors(sqlite3.connect(self.path, timeout=5, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
        return db

    def _create(self) -> sqlite3.Connection:
        # The file is made here and not by SQLite, so that no other account may ever read it, whatever the umask.
        os.close(system.open_or_create(self.path, 0o600))
        with _closed_by_errors(self._connect()) as db:
            db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {VERSION};COMMIT;")
        self.new = True
        return db

    def _set_aside(self, suffix: str) -> str:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        kept = f"{self.path}.{suffix}-{stamp}"
        os.replace(self.path, kept)  # noqa: PTH105
        for extra in ("-journal", "-wal", "-shm"):
            if os.path.lexists(self.path + extra):
                os.replace(self.path + extra, kept + extra)  # noqa: PTH105
        return kept

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    # --- transactions -----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin the run's transaction."""
        self._run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep everything since `begin`."""
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self.rollback()
            raise StateError(_sentence(self.path, error)) from error

    def rollback(self) -> None:
        """Forget everything since `begin`."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def _run(self, sql: str, values: Iterable[object] = ()) -> None:
        try:
            self._db.execute(sql, _bound(values))
        except sqlite3.Error as error:
            self.rollback()
            raise StateError(_sentence(self.path, error)) from error

    def _rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        try:
            with closing(self._db.execute(sql, _bound(values))) as found:
                return found.fetchall()
        except sqlite3.Error as error:
            raise StateError(_sentence(self.path, error)) from error

    # --- cursor -----------------------------------------------------------------------------------------------------

    def cursor(self) -> Cursor | None:
        """Where reading stopped; None before the first run."""
        rows = self._db.execute(
            "SELECT device, inode, offset, line, size, mtime_ns, head_length, head, tail_length, tail, known, looked,"
            " held FROM cursor WHERE log = ?",
            (self.log,),
        ).fetchall()
        return cursor_of(rows[0]) if rows else None

    def carry(self) -> str:
        """The events of attempts that may continue, as `pending` writes them."""
        rows = self._rows("SELECT carry FROM cursor WHERE log = ?", self.log)
        return to_text(rows[0][0]) if rows else "[]"

    def put_cursor(self, cursor: Cursor, carry: str) -> None:
        """Keep where reading stopped."""
        known = json.dumps([(known.length, known.digest.hex()) for known in cursor.known])
        self._run(
            "INSERT OR REPLACE INTO cursor VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                *(self.log, cursor.device, cursor.inode, cursor.offset, cursor.line, cursor.size, cursor.mtime_ns),
                *(cursor.head.length, cursor.head.digest, cursor.tail.length, cursor.tail.digest),
                *(known, cursor.looked, cursor.held, carry),
            ),
        )

    # --- incidents --------------------------------------------------------------------------------------------------

    _COLUMNS = (
        "number, scope, started, last, count, cause, timed, ended, resolution, reported, told, closed_told, causes"
    )

    def pending_incidents(self) -> list[Incident]:
        """Incidents that last, or whose end was not reported."""
        return self._incidents("WHERE log = ? AND (ended IS NULL OR closed_told = 0) ORDER BY number", self.log)

    def history(self, limit: int) -> list[Incident]:
        """The newest incidents of this log, newest first. Raises StateError where one cannot be read."""
        try:
            return self._incidents("WHERE log = ? ORDER BY number DESC LIMIT ?", self.log, limit)
        except MEANINGLESS as error:
            damaged = Message("is damaged ({error})", error=_damage(error))
            raise StateError(Message("the state {file} {problem}", file=self.path, problem=damaged)) from error

    def next_number(self) -> int:
        """The number of the next incident; never one that was used before."""
        rows = self._rows("SELECT max(number) FROM incident")
        used = rows[0][0] if rows else None
        return max(int(str(used)) if used is not None else 0, int(self.counter("last_number"))) + 1

    def _incidents(self, where: str, *values: object) -> list[Incident]:
        return [incident_of(row) for row in self._rows(f"SELECT {self._COLUMNS} FROM incident {where}", *values)]  # noqa: S608

    def put_incident(self, incident: Incident) -> None:
        """Keep an incident."""
        i = incident
        self._run(
            f"INSERT OR REPLACE INTO incident (log, {self._COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",  # noqa: S608
            (
                *(self.log, i.number, i.scope, i.started.timestamp(), i.last.timestamp(), i.count),
                *(json.dumps(asdict(i.cause)), i.timed, i.ended.timestamp() if i.ended else None, i.resolution),
                *(i.reported, i.told, i.closed_told, json.dumps(i.causes)),
            ),
        )
        self.set_counter("last_number", max(self.counter("last_number"), i.number))

    def forget(self, before: float, most: int) -> None:
        """Drop incidents that ended before a moment, and the oldest ended ones beyond a number."""
        done = "ended IS NOT NULL AND closed_told = 1"
        self._run(f"DELETE FROM incident WHERE {done} AND ended < ?", (before,))  # noqa: S608
        rows = self._rows("SELECT count(*) FROM incident")
        beyond = int(str(rows[0][0])) - most
        if beyond > 0:
            self._run(
                f"DELETE FROM incident WHERE number IN"  # noqa: S608
                f" (SELECT number FROM incident WHERE {done} ORDER BY number LIMIT ?)",
                (beyond,),
            )

    # --- conditions, counters, cached files -------------------------------------------------------------------------

    def conditions(self) -> dict[str, Kept]:
        """Name to (since, stage, sentence, last reported)."""
        rows = self._db.execute("SELECT name, since, stage, text, told FROM condition WHERE log = ?", (self.log,))
        return dict(map(condition_of, rows))

    def put_condition(self, name: str, since: float, stage: str, text: str, told: float | None) -> None:
        """Keep a condition."""
        self._run("INSERT OR REPLACE INTO condition VALUES (?,?,?,?,?,?)", (self.log, name, since, stage, text, told))

    def drop_condition(self, name: str) -> None:
        """The condition is over."""
        self._run("DELETE FROM condition WHERE log = ? AND name = ?", (self.log, name))

    def counter(self, name: str) -> float:
        """A counter's value, 0 when it was never set."""
        rows = self._rows("SELECT value FROM counter WHERE log = ? AND name = ?", self.log, name)
        return to_number(rows[0][0]) if rows else 0.0

    def counters(self) -> dict[str, float]:
        """All counters of this log."""
        return {
            str(name): to_number(value)
            for name, value in self._rows("SELECT name, value FROM counter WHERE log = ?", self.log)
        }

    def set_counter(self, name: str, value: float) -> None:
        """Set a counter."""
        self._run("INSERT OR REPLACE INTO counter VALUES (?,?,?)", (self.log, name, value))

    def add(self, name: str, value: float) -> None:
        """Add to a counter."""
        if value:
            self.set_counter(name, self.counter(name) + value)

    def cached(self, path: str) -> tuple[str, str] | None:
        """(stamp, content) of a file that was read before."""
        rows = self._rows("SELECT stamp, content FROM file WHERE path = ?", path)
        return (str(rows[0][0]), str(rows[0][1])) if rows else None

    def cache(self, path: str, stamp: str, content: str) -> None:
        """Keep what was read from a file."""
        self._run("INSERT OR REPLACE INTO file VALUES (?,?,?)", (path, stamp, content))

    # --- the report on its way --------------------------------------------------------------------------------------

    def outbox(self) -> list[tuple[int, bytes, str]]:
        """Reports that may not have been written out: (id, body, sink)."""
        rows = self._db.execute("SELECT id, body, sink FROM outbox WHERE log = ? ORDER BY id", (self.log,))
        return [(number, bytes(memoryview(body)), to_text(sink)) for number, body, sink in rows]

    def send(self, body: bytes, sink: str) -> int:
        """Put a report on its way; the number by which it is taken off."""
        self._run("INSERT INTO outbox (log, body, sink) VALUES (?,?,?)", (self.log, body, sink))
        return int(str(self._rows("SELECT last_insert_rowid()")[0][0]))

    def resend(self, number: int, sink: str) -> None:
        """A report that was not written out goes to another place, or to a later position."""
        self._run("UPDATE outbox SET sink = ? WHERE id = ?", (sink, number))

    def sent(self, number: int) -> None:
        """The report was written out."""
        self._run("DELETE FROM outbox WHERE id = ?", (number,))


def _bound(values: Iterable[object]) -> list[object]:
    """The values of a statement as SQLite takes them."""
    return [storable(value) if isinstance(value, str) else value for value in values]


@contextmanager
def _closed_by_errors(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """The database stays open unless an error ends its use."""
    try:
        yield db
    except BaseException:
        db.close()
        raise


def _means_damage(error: sqlite3.OperationalError) -> bool:
    """True for a missing table or column, or text that is none; False for a locked, full or read-only state."""
    return str(error).startswith(("no such table", "no such column", "Could not decode", "malformed", "table "))


def _damage(error: Exception) -> str:
    """What is damaged: the words of SQLite. What a value that means nothing holds is not quoted."""
    if isinstance(error, sqlite3.Error | StateError):
        return reason_of(error)
    return Message("a value in it means nothing")


def _other_version(version: int) -> Message:
    return Message("was written by another version (schema {version}, not {wanted})", version=version, wanted=VERSION)


def _sentence(path: str, error: Exception) -> Message:
    return Message("cannot keep the state in {file}: {reason}", file=path, reason=reason_of(error))
