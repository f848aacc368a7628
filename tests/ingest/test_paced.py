"""A file whose reader takes too long is given up where it stands, and the rest of the input is used."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from growth import assert_even
from sestriage.i18n import translated
from sestriage.ingest import Limits, walk
from sestriage.ingest.paced import Paced
from sestriage.model.effort import TOOK_LONG, Effort
from sestriage.model.message import Message, together
from sestriage.model.source import InputNote

LINE = b"2026-11-24 03:31:33,247 ERROR [NotificationJob] mail failed\n"


class Clock(Effort):
    """Says that all is spent after so many questions."""

    def __init__(self, times: int) -> None:
        super().__init__(1)
        self.left = times

    @property
    def spent(self) -> bool:
        self.left -= 1
        return self.left < 0


def burn(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_reading_ends_where_the_effort_is_spent() -> None:
    paced = Paced(io.BytesIO(LINE * 10), Clock(2))
    assert paced.read(10) == LINE[:10]
    assert paced.readline() == LINE[10:]
    assert paced.cut_at is None
    assert [paced.read(5), paced.readline(), paced.read()] == [b"", b"", b""]
    assert paced.cut_at == len(LINE)


def test_an_effort_is_spent_by_the_processor_and_not_by_waiting() -> None:
    effort = Effort(0.05)
    time.sleep(0.06)
    assert not effort.spent
    burn(0.06)
    assert effort.spent


def test_a_slow_file_is_cut_and_the_next_one_read(tmp_path: Path) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_bytes(LINE * 4000)
    notes: list[InputNote] = []
    lengths = []
    for member in walk([str(tmp_path)], Limits(max_seconds=1), notes):
        with member.open() as stream:
            length = len(stream.read(1000))
            if member.ref.name.endswith("a.log"):
                burn(1.01)
            lengths.append(length + len(stream.read()))
    assert lengths == [1000, len(LINE) * 4000]
    (note,) = [note for note in notes if note.problem]
    assert note.source.name.endswith("a.log")
    assert note.problem == TOOK_LONG.format(bytes=1000, seconds=1)


def test_the_finding_in_german() -> None:
    problem = together("line 3: cut", Message(TOOK_LONG, bytes=1000, seconds=300), between="; ")
    assert problem.startswith("line 3: cut; only the first 1000 bytes were read")
    assert translated(problem, "de") == (
        "line 3: cut; nur die ersten 1000 Bytes wurden gelesen: Sie brauchten mehr als 300 s Prozessorzeit"
        " (--max-seconds hebt die Grenze an)"
    )


@pytest.mark.parametrize("head", [b"RSA ", b"RSA Session-ID:", b"TLS_PSK_", b"\n", b"SHA256: ", b"Comment:\n "])
def test_what_a_file_is_costs_linear_time(head: bytes) -> None:
    from sestriage.ingest.sniff import sniff

    def work(size: int) -> None:
        for filling in (b"0", b"\n", b"PSK_", b" ", b"RSA 0\n"):
            sniff(head + filling * (size // len(filling)) + b"\x01", "x", True)

    assert_even(work, 1 << 15)


def test_many_hostile_members_cost_as_many_times_one() -> None:
    """The kind of each member is found in its first bytes."""

    def work(count: int) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(count):
                archive.writestr(f"{number}.txt", b"RSA " + b"0" * 5000 + b"\x01")
        packed.seek(0)
        assert len(list(walk(["-"], Limits(), [], packed))) == count

    assert_even(work, 400)
