"""What meets a fault of ours while it is read is said once; what comes later is judged as ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from formats.certs.keystores import made_certificates, pem
from formats.hostile import mac_data, pkcs12
from formats.test_guard import PanicException
from sestriage.formats.certs import stores
from sestriage.formats.certs.derivation import VARIABLE, DerivationBudget
from sestriage.formats.log import LogReader
from watch.watching import GrowingLog, Watch, heads

SECRET = "AKIAIOSFODNN7EXAMPLE"
POISON = "poisoned line"


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser fails at a certain text."""
    real = LogReader.events

    def events(self: LogReader, chunks: Iterator[bytes]) -> Iterator[object]:
        for chunk in chunks:
            if POISON.encode() in chunk:
                raise PanicException(SECRET)
            yield from real(self, [chunk])

    monkeypatch.setattr(LogReader, "events", events)


@pytest.mark.usefixtures("poisoned")
def test_lines_that_cannot_be_read_are_passed_over_and_said_once(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter())
    watch.run()
    watch.said()
    log.append(log.failure(action=POISON))
    watch.run()
    said = watch.said()
    assert f"{log.path}: internal fault while reading it (PanicException, code " in said
    assert SECRET not in said
    for _ in range(3):
        watch.run()
        assert watch.said() == ""
    log.append(log.start() + log.failure())
    watch.run()
    said = watch.said()
    assert [kind for kind, _ in heads(said)] == ["Alarm mail fails"]
    assert "internal fault" not in said


def test_events_that_cannot_be_judged_are_said_once(log: GrowingLog, watch: Watch) -> None:
    log.append(log.start() + log.failure())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("watch.watching.judge", lambda: fails)
        watch.run()
        assert "internal fault while reading it (RecursionError" in watch.said()
        watch.run()
        assert watch.said() == ""
    log.append(log.start() + log.failure("dh"))
    watch.run()
    assert [kind for kind, _ in heads(watch.said())] == ["Alarm mail fails"]


def fails(_: object) -> list[object]:
    raise RecursionError(SECRET)


def test_a_store_whose_reader_fails_is_said_once_and_others_are_watched(
    log: GrowingLog, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = tmp_path / "bad.pem", tmp_path / "good.pem"
    certificates = made_certificates(2)
    for file, certificate in zip((bad, good), certificates, strict=True):
        file.write_bytes(pem([certificate]))
    log.append(log.chatter())
    real, reads = stores.read_store, []

    def read(data: bytes, source: object, *more: object) -> object:
        reads.append(str(source))
        if str(source).endswith("bad.pem"):
            raise PanicException(SECRET)
        return real(data, source, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(stores, "read_store", read)
    result = watch.run(store=(str(bad), str(good)))
    said = watch.said()
    assert f"{bad} could not be read in full: internal fault while reading it (PanicException" in said
    assert SECRET not in said
    assert {certificate[0] for certificate in result.summary.certificates} == {str(good)}
    for _ in range(3):
        watch.run(store=(str(bad), str(good)))
        assert watch.said() == ""
    assert len(reads) == 2  # a file that did not change is not read again


def test_one_store_cannot_take_the_key_derivation_of_another(
    log: GrowingLog, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file has its part of the budget."""
    totals: list[int] = []
    real = DerivationBudget.spend

    def spend(self: DerivationBudget, units: int) -> None:
        totals.append(self.total)
        real(self, units)

    monkeypatch.setattr(DerivationBudget, "spend", spend)
    monkeypatch.setenv(VARIABLE, "1000")
    monkeypatch.setattr("watch.watching.Surroundings", with_password)
    files = (tmp_path / "a.p12", tmp_path / "b.p12")
    for file in files:
        file.write_bytes(pkcs12(mac=mac_data(501)))
    log.append(log.chatter())
    watch.run(store=tuple(map(str, files)))
    said = " ".join(watch.said().split())
    assert totals == [500, 500]
    assert said.count("--max-kdf-iterations") == 2
    watch.run(store=tuple(map(str, files)))
    assert watch.said() == ""
    assert totals == [500, 500]


def with_password(**given: object) -> object:
    from sestriage.watch.run import Surroundings

    return Surroundings(**(given | {"passwords": ("changeit",)}))  # type: ignore[arg-type]
