"""Every way of rotating between two runs: each event is read once, in the right order."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import random
from collections.abc import Callable

import pytest

from watch.watching import GrowingLog, Watch, heads

Rotation = Callable[[GrowingLog], None]


def rename_and_compress(log: GrowingLog) -> None:
    log.rename()
    log.compress()


def copy_and_compress(log: GrowingLog) -> None:
    log.copy_and_truncate()
    log.compress()


def rename_and_compress_later(log: GrowingLog) -> None:
    """logrotate's delaycompress."""
    log.compress(1)
    log.rename()


ROTATIONS: dict[str, Rotation] = {
    "rename": GrowingLog.rename,
    "copytruncate": GrowingLog.copy_and_truncate,
    "rename+gzip": rename_and_compress,
    "copytruncate+gzip": copy_and_compress,
    "delaycompress": rename_and_compress_later,
}


def count(watch: Watch) -> int:
    """Failures counted so far."""
    return sum(incident.count for incident in watch.run().summary.open)


@pytest.mark.parametrize("rotate", ROTATIONS.values(), ids=ROTATIONS)
@pytest.mark.parametrize("times", [1, 2, 4])
def test_each_event_once(log: GrowingLog, watch: Watch, rotate: Rotation, times: int) -> None:
    log.append(log.chatter(40) + log.failure())
    assert count(watch) == 1
    expected = 1
    for _ in range(times):
        log.skip(20)
        log.append(log.chatter(40) + log.failure())
        expected += 1
        rotate(log)
    log.skip(20)
    log.append(log.chatter() + log.failure())
    assert count(watch) == expected + 1
    assert count(watch) == expected + 1
    log.skip(20)
    log.append(log.failure())
    assert count(watch) == expected + 2


def test_nothing_is_said_of_a_rotation_itself(log: GrowingLog, watch: Watch) -> None:
    for rotate in ROTATIONS.values():
        log.append(log.chatter(5))
        assert watch.run().status == 0
        rotate(log)
        assert watch.run().status == 0
        log.append(log.chatter(5))
        assert watch.run().status == 0
    assert watch.said() == ""


def test_the_order_of_several_rotations_counts(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter())
    watch.run()
    log.append(log.failure("auth"))
    began = log.second
    rename_and_compress(log)
    log.skip(20)
    log.append(log.success())
    log.rename()
    log.skip(20)
    log.append(log.failure("dh"))
    lasting = log.second
    assert watch.run().status == 1
    assert heads(watch.said()) == [
        ("Alarm mail failed for a time and works again", began),
        ("Alarm mail fails", lasting),
    ]


def test_an_exception_across_a_rotation(log: GrowingLog, watch: Watch) -> None:
    failure = log.failure("dh")
    cut = failure.index("Caused by")
    log.append(log.chatter() + failure[:cut])
    watch.run(grace="1h")
    log.rename()
    log.append(failure[cut:] + log.chatter())
    result = watch.run()
    assert [(i.count, i.cause.rule) for i in result.summary.open] == [(1, "dh-key-too-small")]


def test_dated_names(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter() + log.failure())
    watch.run()
    for day in ("20260302", "20260303"):
        log.skip(20)
        log.append(log.chatter() + log.failure())
        log.path.rename(log.folder / f"{log.name}-{day}")
        log.path.touch()
    assert count(watch) == 3


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("upwards", [True, False], ids=["log4j2", "logrotate"])
def test_numbers_that_go_up_or_down_with_time(log: GrowingLog, watch: Watch, upwards: bool, packed: bool) -> None:
    """Nothing is told twice, and the newest file decides, whichever way the numbers go."""
    log.append(log.chatter())
    watch.run()
    told = []
    for number in range(1, 8):
        log.skip(60)
        log.append(log.chatter() + (log.failure() if number in (2, 3, 4) else log.success()) + log.chatter())
        watch.run()
        told.append([head for head, _ in heads(watch.said())])
        modified = log.path.stat().st_mtime
        for older in () if upwards else range(number - 1, 0, -1):
            for path in log.folder.glob(f"{log.name}.{older}*"):
                path.rename(str(path).replace(f"{log.name}.{older}", f"{log.name}.{older + 1}"))
        rotated = log.folder / f"{log.name}.{number if upwards else 1}"
        log.path.rename(rotated)
        if packed:
            rotated.with_name(f"{rotated.name}.gz").write_bytes(gzip.compress(rotated.read_bytes()))
            rotated.unlink()
            rotated = rotated.with_name(f"{rotated.name}.gz")
        os.utime(rotated, (modified + 60 * number, modified + 60 * number))
        log.path.touch()
    assert told == [[], ["Alarm mail fails"], [], [], ["Alarm mail works again"], [], []]


@pytest.mark.parametrize(("suffix", "pack"), [("bz2", bz2.compress), ("xz", lzma.compress), ("gz", gzip.compress)])
def test_other_compressions(log: GrowingLog, watch: Watch, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    log.append(log.chatter() + log.failure())
    watch.run()
    log.skip(20)
    log.append(log.chatter(400) + log.failure())
    log.rename()
    plain = log.folder / f"{log.name}.1"
    half = plain.stat().st_size // 2
    data = plain.read_bytes()
    # two streams in a row, as `cat a.gz b.gz` makes
    plain.with_name(f"{plain.name}.{suffix}").write_bytes(pack(data[:half]) + pack(data[half:]))
    plain.unlink()
    assert count(watch) == 2


def test_a_copy_that_is_not_yet_truncated_counts_once(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter() + log.failure())
    (log.folder / f"{log.name}.1").write_bytes(log.path.read_bytes())
    assert count(watch) == 1
    log.skip(20)
    log.append(log.failure())
    assert count(watch) == 2


def test_a_compression_under_way_counts_once(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter(200) + log.failure())
    log.rename()
    packed = gzip.compress((log.folder / f"{log.name}.1").read_bytes())
    (log.folder / f"{log.name}.1.gz").write_bytes(packed[: len(packed) // 2])
    log.append(log.chatter())
    assert count(watch) == 1


def test_an_emptied_log_is_said_and_old_copies_are_not_read_again(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter() + log.failure())
    log.rename()
    log.skip(20)
    log.append(log.chatter() + log.failure())
    assert count(watch) == 2
    watch.said()
    log.path.write_text("")
    log.skip(20)
    log.append(log.failure())
    assert count(watch) == 3
    assert "the place in the log where the last run stopped is gone" in watch.said()
    assert count(watch) == 3
    assert watch.said() == ""


def test_a_restored_log_is_not_told_again(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter(100) + log.failure())
    backup = log.path.read_bytes()
    assert count(watch) == 1
    log.skip(60)  # so long that the first failure cannot belong to an attempt that goes on
    log.append(log.chatter(100) + log.success())
    assert watch.run().summary.open == ()
    log.path.write_bytes(backup)
    assert watch.run().summary.open == ()
    log.skip(20)
    log.append(log.failure())
    (incident,) = watch.run().summary.open
    assert (incident.count, incident.started) == (1, log.at)


@pytest.mark.parametrize("compress", [False, True])
def test_rotated_into_a_folder_beside_the_log(log: GrowingLog, watch: Watch, compress: bool) -> None:
    archive = log.folder / "old"
    archive.mkdir()
    log.append(log.chatter() + log.failure())
    assert count(watch) == 1
    for number in (2, 1):
        log.skip(20)
        log.append(log.chatter() + log.failure())
        moved = archive / f"{log.name}.{number}"
        log.path.rename(moved)
        if compress:
            moved.with_name(f"{moved.name}.gz").write_bytes(gzip.compress(moved.read_bytes()))
            moved.unlink()
        log.path.touch()
    assert count(watch) == 3
    assert "is gone" not in watch.said()


def test_a_log_that_was_truncated_and_grew_past_the_old_place(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter(5) + log.failure())
    assert count(watch) == 1
    log.skip(20)
    log.copy_and_truncate()
    log.append(log.chatter(500) + log.failure())
    assert count(watch) == 2


def test_a_link_to_the_log_with_kin_beside_the_target(log: GrowingLog, watch: Watch) -> None:
    pods = log.folder / "pods"
    pods.mkdir()
    inner = GrowingLog(pods, "0.log")
    inner.append(inner.chatter() + inner.failure())
    log.path.symlink_to(inner.path)
    assert count(watch) == 1
    inner.skip(20)
    inner.append(inner.failure())
    inner.rename()
    inner.skip(20)
    inner.append(inner.chatter() + inner.failure())
    assert count(watch) == 3


def test_random_histories(log: GrowingLog, watch: Watch) -> None:
    rng = random.Random(6)
    expected = 0
    for _ in range(60):
        log.skip(20)
        for _ in range(rng.randrange(3)):
            log.skip(20)
            log.append(log.chatter(rng.randrange(30)) + log.failure())
            expected += 1
        if rng.random() < 0.5:
            rng.choice(list(ROTATIONS.values()))(log)
        if rng.random() < 0.5:
            assert count(watch) == expected
    assert count(watch) == expected
