"""A log with many new events is judged in batches: memory does not grow with it, and nothing is told otherwise."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from sestriage.engine.attempts import MAX_ATTEMPTS
from sestriage.model.log import LogEvent
from sestriage.watch import pending, reading, run
from sestriage.watch.incidents import Book, Cause, Seen
from sestriage.watch.state import NAME
from watch.watching import GrowingLog, Watch, heads


def history_of(log: GrowingLog) -> str:
    text = log.chatter(2)
    for number in range(40):
        cause = "auth" if number % 3 else "dh"
        text += log.start() + log.failure(cause) + log.chatter(1)
        log.skip(1)
        if number % 7 == 6:
            text += log.start() + log.success()
            log.skip(40)
    return text


def incidents(watch: Watch) -> list[tuple[object, ...]]:
    with sqlite3.connect(watch.state / NAME) as db:
        rows = db.execute(
            "SELECT scope, started, last, count, cause, ended, resolution, causes FROM incident"
        ).fetchall()
    db.close()
    return rows


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 61])
def test_what_is_told_does_not_depend_on_the_batches(
    log: GrowingLog, watch: Watch, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    log.append(history_of(log))
    watch.run()
    expected, kept = heads(watch.said()), incidents(watch)
    (watch.state / NAME).unlink()
    monkeypatch.setattr(reading, "BATCH", size)
    watch.run()
    assert heads(watch.said()) == expected
    assert incidents(watch) == kept
    assert len(kept) == 6


def test_no_more_is_judged_at_a_time(log: GrowingLog, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    judge = run._Run._judge

    def counting(self: run._Run, events: Sequence[LogEvent]) -> object:
        sizes.append(len(events))
        return judge(self, events)

    monkeypatch.setattr(run._Run, "_judge", counting)
    monkeypatch.setattr(reading, "BATCH", 10)
    log.append(history_of(log))
    watch.run()
    assert len(sizes) > 5
    assert max(sizes) <= 10 + 3 * pending.MOST_EVENTS


def test_no_batch_holds_more_attempts_than_are_judged() -> None:
    """The engine leaves out older attempts of an input that has more; each has at least one event."""
    assert reading.BATCH + 3 * pending.MOST_EVENTS <= MAX_ATTEMPTS


def test_failures_alike_are_counted_and_not_kept_one_by_one() -> None:
    at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    causes = [cause_of("auth-refused"), cause_of("dh-key-too-small")]
    seen = [Seen(at + timedelta(seconds=n), causes[n % 7 == 0], None, f"x.log:{n}") for n in range(500)]
    kept = reading._thrifty([*seen, Seen(at + timedelta(hours=1), None, None, "x.log:900"), seen[7]])
    assert [(each.times, each.place) for each in kept] == [
        *((72, ""), (427, ""), (1, "x.log:499")),
        *((1, "x.log:900"), (1, "x.log:7")),
    ]
    assert [each.at for each in kept[:2]] == [seen[0].at, seen[1].at]
    book = Book({}, 1)
    for each in kept:
        book.add(each, 0)
    ended, lasting = book.touched.values()
    assert (ended.count, ended.started, ended.last) == (500, seen[0].at, seen[499].at)
    assert ended.causes == (("dh-key-too-small", 72), ("auth-refused", 428))
    assert lasting.count == 1
    assert book.failed == 501


def cause_of(rule: str) -> Cause:
    return Cause(rule, rule, "auth", "error", "confirmed", None, None, "x.log:1", "a line")
