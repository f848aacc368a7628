"""A large log read from its end gives the attempts that reading it from its beginning gives."""

from __future__ import annotations

import gzip
import io
import json
import random
import re
import tarfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make_log import Writer

import slices
from sestriage import triage
from sestriage.engine import triage as whole_way
from sestriage.engine.attempts import AttemptDraft, group_events
from sestriage.engine.duplicates import deduplicate
from sestriage.engine.order import in_order, with_known_zones
from sestriage.engine.reading import log_file, log_tail
from sestriage.engine.reading.aside import Aside
from sestriage.engine.reading.collect import Options, collect
from sestriage.engine.reading.inputs import Inputs, LogFile
from sestriage.engine.reading.log_tail import read_newest
from sestriage.engine.shown import relevant_events
from sestriage.formats.log import LogReader
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Attempt
from sestriage.report.language import in_language

SOURCE = SourceRef("sw-response-mgmt.log")
JUDGED = 20
"""Attempts that are judged in these tests."""
DIALOGUE = (
    'DEBUG SMTP: trying to connect to host "email-smtp.eu-west-1.amazonaws.com", port 587, isSSL false\n'
    "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-AAAA\nEHLO manager\n250-email-smtp.amazonaws.com\n"
    "250 Ok\nAUTH LOGIN\n334 VXNlcm5hbWU6\nQUtJQUlPU0ZPRE5ON0VYQU1QTEU=\n535 Authentication Credentials Invalid\n"
)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything at a size of which a test can make many."""
    monkeypatch.setattr(log_tail, "SMALL", 1 << 14)
    monkeypatch.setattr(log_tail, "PROBES", (1 << 12, 1 << 14))
    monkeypatch.setattr(log_tail, "WARM_UP", 1 << 12)
    monkeypatch.setattr(log_tail, "CHUNK", 1 << 12)
    monkeypatch.setattr(log_tail, "STEP", 1 << 12)
    monkeypatch.setattr(log_tail, "SAMPLE", 1 << 11)
    monkeypatch.setattr(log_tail, "MAX_COMPARED", 5)
    monkeypatch.setattr(log_tail, "FEW", 3)
    monkeypatch.setattr(log_tail, "ENOUGH", JUDGED + 8)
    monkeypatch.setattr(whole_way, "MAX_ATTEMPTS", JUDGED)


def pieces(seed: int, count: int, chatter: int) -> Iterator[str]:
    """A log of mails that fail and succeed, of other services' trouble, traces of mail.debug and chatter."""
    writer, dice = Writer(seed), random.Random(seed)
    yield from writer.failure()  # what has no time stamp is placed behind what has one, and never before the first
    for _ in range(count):
        kind = dice.randrange(8)
        if kind == 0:
            yield from writer.success()
        elif kind == 1:
            yield from writer.foreign()
        elif kind == 2:
            yield from writer.remark()
        elif kind == 3:
            head = next(writer.chatter(1))
            yield head + DIALOGUE
        else:
            yield from writer.failure()
        yield from writer.chatter(dice.randrange(chatter + 1))


def docker(lines: Iterator[str]) -> Iterator[str]:
    for text in "".join(lines).splitlines():
        stamp = text[:23] if text[:2] == "20" else ""
        time = f"{stamp.replace(' ', 'T')}000000Z" if stamp else "2026-03-02T04:00:00.000000000Z"
        yield json.dumps({"log": text + "\n", "stream": "stdout", "time": time}) + "\n"


def whole(data: bytes) -> LogFile:
    events = tuple(event for event in LogReader(SOURCE).events([data]) if event.outcome != "other")
    return LogFile(SOURCE, events)


def attempts(log: LogFile, is_response: bool = True) -> list[AttemptDraft]:
    collected = Inputs(logs=[log]) if is_response else Inputs(other_logs=[log])
    return group_events(in_order(deduplicate(with_known_zones(relevant_events(collected))), timedelta(0)))


def last_part(data: bytes, is_response: bool = True) -> log_tail.Newest | None:
    return read_newest(io.BytesIO(data), LogFile(SOURCE, ()), is_response)


@settings(max_examples=slices.count(25, 6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), chatter=st.sampled_from([0, 0, 2]), is_response=st.booleans())
def test_the_newest_attempts_are_those_of_the_whole_log(seed: int, chatter: int, is_response: bool) -> None:
    data = "".join(pieces(seed, 260, chatter)).encode()
    found = last_part(data, is_response)
    assert found is not None
    assert len(found.log.events) < len(whole(data).events) / 2
    assert not found.log.whole
    assert attempts(found.log, is_response)[-JUDGED:] == attempts(whole(data), is_response)[-JUDGED:]


@pytest.mark.parametrize("seed", range(5))
def test_no_event_of_the_part_is_lost_or_counted_twice(seed: int) -> None:
    data = "".join(pieces(seed, 260, 1)).encode()
    found = last_part(data)
    assert found is not None
    own = [event for event in whole(data).events if (event.source.line or 0) >= found.first_line]
    assert list(found.log.events) == own
    assert data.splitlines()[found.first_line - 1].strip()


def test_wrapped_lines_and_a_log_without_times_are_read_from_the_end_too() -> None:
    packed = "".join(docker(writer_lines(3))).encode()
    found = last_part(packed)
    assert found is not None
    assert attempts(found.log)[-JUDGED:] == attempts(whole(packed))[-JUDGED:]
    bare = "".join(
        f"INFO Executing action 'mail {n}' (EMAIL)\n"
        f"ERROR Action 'mail {n}' failed: 535 Authentication Credentials Invalid\n"
        for n in range(800)
    )
    found = last_part(bare.encode())
    assert found is not None
    assert attempts(found.log)[-JUDGED:] == attempts(whole(bare.encode()))[-JUDGED:]


def writer_lines(seed: int) -> Iterator[str]:
    writer = Writer(seed)
    for _ in range(200):
        yield from writer.failure()


def test_newer_lines_in_front_are_not_overlooked() -> None:
    """Parts of a rotated log put together the wrong way round."""
    lines = list(writer_lines(1))
    half = len(lines) // 2
    later = next(n for n in range(half, len(lines)) if "Executing" in lines[n])
    turned = "".join(lines[later:] + lines[:later]).encode()
    assert last_part(turned) is None
    assert last_part("".join(lines).encode()) is not None


def test_newer_lines_in_the_middle_are_not_overlooked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of today between two older ones: a verdict from the older ones would be the wrong one."""
    monkeypatch.undo()
    older, newer = Writer(1), Writer(2)
    newer._clock._millis = 86_400_000
    part, hidden = ("".join("".join(w.failure()) for _ in range(n)) for w, n in ((older, 3000), (newer, 300)))
    rest = "".join("".join(older.failure()) for _ in range(3000))
    assert 2 * log_tail.STEP < len(hidden) < log_tail.CHUNK // 2
    assert last_part((part + rest).encode()) is not None
    assert last_part((part + hidden + rest).encode()) is None


def test_times_that_cannot_be_compared_are_read_from_the_beginning() -> None:
    zoned = "".join(f"{line[:23]}Z{line[23:]}" if line[:2] == "20" else line for line in writer_lines(1))
    bare = "".join(writer_lines(1))
    assert last_part((zoned + bare).encode()) is None
    assert last_part((bare + "ERROR mail failed: 535 Authentication Credentials Invalid\n" * 2000).encode()) is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_an_encoding_with_wide_line_ends_is_read_from_the_beginning(encoding: str) -> None:
    assert last_part("".join(writer_lines(1)).encode(encoding)) is None


def test_few_attempts_at_the_end_and_small_logs_are_read_from_the_beginning() -> None:
    chatter = "".join(Writer(1).chatter(2000))
    assert last_part(("".join(writer_lines(1)) + chatter).encode()) is None
    assert last_part("".join(writer_lines(1)).encode()[: 1 << 13]) is None
    assert last_part(b"") is None
    assert last_part(b"\n" * (1 << 15)) is None
    assert last_part(b"x" * (1 << 15)) is None


@pytest.mark.parametrize("size", range(150_000, 150_600, 67))
def test_a_log_cut_anywhere_is_read(size: int) -> None:
    data = "".join(writer_lines(4)).encode()[-size:]
    found = last_part(data)
    assert found is not None
    assert attempts(found.log)[-JUDGED:] == attempts(whole(data))[-JUDGED:]


def test_the_report_says_where_reading_began_and_counts_nothing_it_did_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sw-response-mgmt.log"
    data = "".join(writer_lines(2)).encode()
    path.write_bytes(data)
    report = triage([str(path)])
    assert len(report.attempts) == JUDGED
    assert "Only the newest 20 attempts were judged; older ones are not listed." in report.verdict.notes
    (note,) = report.inputs
    assert note.problem is not None
    first, thrown = re.findall(r"\d+", note.problem)
    before = data.decode().splitlines()[: int(first) - 1]
    assert (
        int(thrown) == sum(line.startswith(("javax.mail.", "com.sun.mail.", "jakarta.mail.")) for line in before) > 50
    )
    assert report.attempts[-1].events[-1].source.end_line == data.count(b"\n")
    german = in_language(triage([str(path)], whole_way.TriageOptions(language="de")), "de")
    assert any("ältere sind nicht aufgeführt" in note for note in german.verdict.notes)


def test_reports_are_equal_but_for_the_notes_on_older_attempts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sw-response-mgmt.log"
    path.write_text("".join(pieces(5, 300, 1)))
    options = whole_way.TriageOptions(now=None)
    ours = triage([str(path)], options)
    monkeypatch.setattr(log_tail, "SMALL", 1 << 30)
    theirs = triage([str(path)], options)
    assert ours.attempts == theirs.attempts
    assert ours.verdict.primary == theirs.verdict.primary
    assert ours.verdict.needs == theirs.verdict.needs
    assert any("attempts were judged; " in note for note in theirs.verdict.notes)


# --- logs that can only be read forwards -------------------------------------------------------------------------


@pytest.fixture
def put_aside(monkeypatch: pytest.MonkeyPatch) -> list[Aside]:
    """What was put aside, at sizes that a test can make."""
    found: list[Aside] = []
    make = Aside

    def remembered(stream: BinaryIO) -> Aside:
        found.append(make(stream))
        return found[-1]

    monkeypatch.setattr(log_file, "Aside", remembered)
    monkeypatch.setattr(log_file, "DENSE", 10)
    monkeypatch.setattr(log_file, "CHUNK", 1 << 13)
    monkeypatch.setattr("sestriage.formats.log.lines.physical.BLOCK_BYTES", 1 << 13)
    return found


def packed(data: bytes, form: str, folder: Path) -> tuple[str, BinaryIO | None]:
    """The log in a form that cannot be read from its end: where, and what stands on standard input."""
    if form == "pipe":
        return "-", io.BytesIO(data)
    if form == "gz":
        path = folder / "sw-response-mgmt.log.gz"
        path.write_bytes(gzip.compress(data))
        return str(path), None
    path = folder / "bundle.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("lancope/var/logs/containers/sw-response-mgmt.log")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return str(path), None


@pytest.mark.parametrize("form", ["pipe", "gz", "tar"])
@pytest.mark.parametrize("seed", [3, 4])
def test_a_dense_log_gives_the_same_in_every_form(form: str, seed: int, tmp_path: Path, put_aside: list[Aside]) -> None:
    data = "".join(pieces(seed, 300, 1)).encode()
    path = tmp_path / "sw-response-mgmt.log"
    path.write_bytes(data)
    plain = triage([str(path)])
    where, stream = packed(data, form, tmp_path)
    other = triage([where], stdin=stream)
    assert len(put_aside) == 1
    assert len(other.attempts) == JUDGED
    assert [places(attempt) for attempt in other.attempts] == [places(attempt) for attempt in plain.attempts]
    assert other.verdict.primary is not None
    assert plain.verdict.primary is not None
    assert other.verdict.primary.rule == plain.verdict.primary.rule
    (note,) = [note for note in other.inputs if note.problem is not None]
    (of_plain,) = plain.inputs
    assert note.problem == of_plain.problem


def places(attempt: Attempt) -> list[tuple[int | None, int | None, str]]:
    return [(event.source.line, event.source.end_line, event.message) for event in attempt.events]


def test_a_sparse_log_is_not_put_aside(tmp_path: Path, put_aside: list[Aside], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "SPARSE", 1 << 10)
    writer = Writer(1)
    data = "".join("".join((*writer.failure(), *writer.chatter(40))) for _ in range(60)).encode()
    where, _ = packed(data, "gz", tmp_path)
    assert len(triage([where]).attempts) == JUDGED
    assert put_aside == []


def test_what_was_put_aside_in_vain_is_read_on(tmp_path: Path, put_aside: list[Aside]) -> None:
    """Newer lines in front: the whole log must be read, each line once."""
    lines = list(writer_lines(1))
    later = next(n for n in range(len(lines) // 2, len(lines)) if "Executing" in lines[n])
    data = "".join(lines[later:] + lines[:later]).encode()
    where, _ = packed(data, "gz", tmp_path)
    found = collect([where], Options()).logs
    assert len(put_aside) == 1
    assert [event.source.line for event in found[0].events] == [event.source.line for event in whole(data).events]


def test_a_dense_log_that_is_cut_is_read_as_far_as_it_goes(tmp_path: Path, put_aside: list[Aside]) -> None:
    data = "".join(writer_lines(1)).encode()
    path = tmp_path / "sw-response-mgmt.log.gz"
    path.write_bytes(gzip.compress(data)[:-2000])
    report = triage([str(path)])
    assert len(put_aside) == 1
    assert len(report.attempts) == JUDGED
    assert any("the gzip data is cut off" in str(note.problem) for note in report.inputs)


def test_without_room_for_it_a_dense_log_is_read_forwards(
    tmp_path: Path, put_aside: list[Aside], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = "".join(writer_lines(1)).encode()
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=200_000))
    where, _ = packed(data, "gz", tmp_path)
    found = collect([where], Options()).logs
    assert [each.whole for each in put_aside] == [False]
    assert [event.source.line for event in found[0].events] == [event.source.line for event in whole(data).events]
