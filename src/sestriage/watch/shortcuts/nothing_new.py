"""The usual run: nothing is new, nothing is due. Recognised from the log's status and a few rows, before anything else
is imported."""

from __future__ import annotations

import os
import sqlite3
import stat

from sestriage.watch.settings import WatchSettings, state_folder

STATE_NAME = "check.sqlite3"
STATE_VERSION = 1

_LOOK = """
SELECT (SELECT user_version FROM pragma_user_version),
       (SELECT count(*) FROM outbox WHERE log = :log),
       (SELECT count(*) FROM condition WHERE log = :log),
       (SELECT count(*) FROM incident WHERE log = :log AND CASE WHEN ended IS NULL
            THEN :remind OR reported IS NOT json_extract(cause, '$.rule') ELSE closed_told = 0 END),
       device, inode, size, mtime_ns, held
FROM cursor WHERE log = :log
"""


def nothing_to_do(settings: WatchSettings) -> bool:
    """True only if this run certainly has nothing to do.

    Needs no lock: nothing is written, and a run that is at work will tell what there is to tell.
    """
    if settings.format != "text" or settings.stale is not None or settings.store or settings.chain:
        return False
    try:
        status = os.stat(settings.log)  # noqa: PTH116
        if not stat.S_ISREG(status.st_mode) or not os.access(settings.log, os.R_OK):
            return False
        path = os.path.join(state_folder(settings), STATE_NAME)  # noqa: PTH118
        if not os.access(path, os.R_OK | os.W_OK):
            return False
        row = _row(path, os.path.abspath(settings.log), settings.remind is not None)  # noqa: PTH100
    except (OSError, ValueError, sqlite3.Error):
        return False
    now = (STATE_VERSION, 0, 0, 0, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, 0)
    return row == now


def _row(path: str, log: str, remind: bool) -> object:
    db = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        return db.execute(_LOOK, {"log": log, "remind": remind}).fetchone()
    finally:
        db.close()
