"""A run: each bundle once, whatever happens; what was read is not read again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fleet.making import (
    KEY,
    NOW,
    SMALL,
    Here,
    archived,
    content,
    fleet_of,
    folder,
    need_extra,
    once_each,
    ran,
    sample_files,
    terms,
)
from sestriage.errors import InputError
from sestriage.fleet.bundle import read_bundle
from sestriage.fleet.folder import locked, read_folder
from sestriage.fleet.run import Plan, run
from sestriage.fleet.sources import find
from sestriage.fleet.task import Done, Task
from sestriage.fleet.views import reading

need_extra("duckdb")


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("bundles")
    fleet_of(at, 8)
    return at


def test_a_repeat_does_nothing(bundles: Path, tmp_path: Path) -> None:
    at = folder(tmp_path / "out")
    first, again, reader = ran([bundles], at), None, Here()
    parts = sorted(at.parts.iterdir())
    again = ran([bundles], at, reader)
    assert (first.read, again.read, again.before) == (8, 0, 8)
    assert reader.tasks == []
    assert sorted(at.parts.iterdir()) == parts


def test_a_killed_run_goes_on_where_it_was(bundles: Path, tmp_path: Path) -> None:
    at = folder(tmp_path / "out")
    assert ran([bundles], at, limit=3).read == 3
    assert ran([bundles], at).read == 5
    assert len(set(once_each(at.path))) == len(once_each(at.path)) == 8
    whole = folder(tmp_path / "whole")
    ran([bundles], whole)
    assert content(at.path) == content(whole.path)


def test_new_rules_read_only_what_is_stale(bundles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = folder(tmp_path / "out")
    ran([bundles], at, limit=2)
    monkeypatch.setattr("sestriage.fleet.bundle.rules_digest", lambda dirs: "another")
    newer = replace(terms(rules="another"), now=NOW + timedelta(hours=1))
    assert ran([bundles], at, asked=newer, limit=5).read == 5
    assert ran([bundles], at, asked=newer).before == 5
    with reading(at) as tables:
        assert tables.ask("SELECT count(*), count(DISTINCT bundle), any_value(rules) FROM bundles").rows[0][:2] == (
            8,
            8,
        )
        assert tables.ask("SELECT DISTINCT rules FROM bundles").rows == (("another",),)
        assert tables.ask("SELECT count(*) FROM all_bundles").rows == ((10,),)
        assert tables.ask("SELECT count(*) FROM attempts WHERE rules <> 'another'").rows == ((0,),)
        assert tables.ask("SELECT count(*) FROM names").rows == ((8,),)


def test_one_bundle_under_two_names_counts_once(tmp_path: Path) -> None:
    (one,) = fleet_of(tmp_path / "in", 1)
    shutil.copy(one, tmp_path / "in" / "copy.tgz")
    at = folder(tmp_path / "out")
    counts = ran([tmp_path / "in"], at)
    assert (counts.read, counts.equal) == (1, 1)
    assert len(once_each(at.path)) == 1
    with reading(at) as tables:
        assert len(tables.ask("SELECT DISTINCT name FROM names").rows) == 2
    assert ran([tmp_path / "in"], at).before == 2


def test_a_bundle_that_changed_is_read_again(tmp_path: Path) -> None:
    (one,) = fleet_of(tmp_path / "in", 1)
    at = folder(tmp_path / "out")
    ran([one], at)
    archived(one, sample_files("success"))
    assert ran([one], at).read == 1


def test_bundles_in_a_container_are_read_alone(tmp_path: Path) -> None:
    inside = fleet_of(tmp_path / "in", 3)
    outer = archived(tmp_path / "outer.tar", {path.name: path.read_bytes() for path in inside})
    at, plain = folder(tmp_path / "out"), folder(tmp_path / "plain")
    counts = ran([outer], at)
    assert (counts.read, counts.failed) == (3, 0)
    assert ran([outer, tmp_path / "in"], at).equal == 3
    assert ran([outer], at).before == 3
    ran([tmp_path / "in"], plain)
    assert content(at.path)["attempts"] == content(plain.path)["attempts"]


def test_what_cannot_be_read_is_named_with_a_line(tmp_path: Path) -> None:
    (one,) = fleet_of(tmp_path / "in", 1)
    at = folder(tmp_path / "out dir")
    counts = ran([one, tmp_path / "gone\n.tgz"], at)
    assert (counts.read, counts.failed) == (1, 1)
    log = (at.path / "failures.log").read_text(encoding="utf-8").splitlines()
    assert len(log) == 1
    assert "unreadable" in log[0]
    assert "sestriage fleet run" in log[0]
    assert "--again --max-workers 1" in log[0]


def test_an_interrupt_keeps_what_is_done(bundles: Path, tmp_path: Path) -> None:
    at = folder(tmp_path / "out")
    reader = Interrupted(after=3)
    counts = ran([bundles], at, reader)
    assert (counts.interrupted, counts.read, reader.closed) == (True, 3, True)
    assert ran([bundles], at).read == 5


class Interrupted(Here):
    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after
        self.closed = False

    def run(self, feed: Callable[[], Task | None]) -> Iterator[Done]:
        for number, done in enumerate(super().run(feed)):
            if number == self.after:
                raise KeyboardInterrupt
            yield done

    def close(self) -> None:
        self.closed = True


def test_a_full_disk_leaves_no_half_of_a_part(bundles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = folder(tmp_path / "out")

    def full(path: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("sestriage.fleet.parts._sync", full)
        with pytest.raises(OSError, match="No space left"):
            ran([bundles], at)
    with reading(at) as tables:
        assert tables.ask("SELECT * FROM all_bundles").rows == ()
    assert ran([bundles], at).read == 8
    assert list(at.parts.glob(".*")) == []


def test_two_runs_do_not_write_at_once(bundles: Path, tmp_path: Path) -> None:
    at = folder(tmp_path / "out")
    with locked(at), pytest.raises(InputError, match="another"):
        run(find([str(bundles)]), Plan(at, terms()), Here(), lambda counts: None)


@pytest.mark.parametrize(
    ("key", "told"), [(b"o" * 32, "another key"), (None, "--no-redact")], ids=["another key", "no key"]
)
def test_a_folder_stays_with_its_key(tmp_path: Path, key: bytes | None, told: str) -> None:
    folder(tmp_path / "out", KEY)
    with pytest.raises(InputError, match=told):
        folder(tmp_path / "out", key)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="is not empty"):
        folder(tmp_path)
    (tmp_path / "fleet.json").write_text('{"schema_version": 99, "key_id": null}', encoding="utf-8")
    with pytest.raises(InputError, match="version 99"):
        read_folder(str(tmp_path))
    (tmp_path / "fleet.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(InputError, match="damaged"):
        read_folder(str(tmp_path))


def test_since_leaves_older_bundles_alone(tmp_path: Path) -> None:
    paths = fleet_of(tmp_path / "in", 2)
    day = 86400.0
    found = list(find([str(tmp_path / "in")], since=paths[0].stat().st_mtime - day))
    assert len(found) == 2
    assert list(find([str(tmp_path / "in")], since=time.time() + day)) == []


def test_the_parent_keeps_nothing_of_a_bundle(tmp_path: Path) -> None:
    """Tasks are made when they are asked for: none is waiting before the first one is done."""
    fleet_of(tmp_path / "in", 6, SMALL[:1])
    at = folder(tmp_path / "out")
    taken: list[str] = []

    class Slow(Here):
        def run(self, feed: Callable[[], Task | None]) -> Iterator[Done]:
            while (task := feed()) is not None:
                taken.append(task.source.name)
                yield read_bundle(task)
                assert len(taken) == 1
                taken.clear()

    assert ran([tmp_path / "in"], at, Slow()).read == 6
