"""`check` with `forecast = true`: warns once, reminds as set, and is silent after the import."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sestriage.engine.certs.public_roots import PublicRoots
from sestriage.model.known.published import PUBLISHED_ROOTS
from sestriage.pki.export import pem_text
from sestriage.watch.forecasts import Foreseen, foreseen
from sestriage.watch.state import State
from support import SAMPLES
from watch.watching import GrowingLog, Watch

STORES = SAMPLES / "stores"
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "truststore.p12"
    shutil.copyfile(STORES / "class-2-alone" / "truststore.p12", path)
    return path


@pytest.fixture
def ahead(log: GrowingLog, watch: Watch, store: Path) -> Watch:
    log.append(log.chatter())
    chain = STORES / "class-2-alone" / "chain.pem"
    watch.options = {"store": [str(store)], "chain": [str(chain)], "forecast": "true", "cert_days": "0"}
    watch.now = NOW
    return watch


def test_it_warns_once_and_is_silent_after_the_import(ahead: Watch, store: Path) -> None:
    assert ahead.run().status == 1
    said = ahead.said()
    assert said.count("only by Starfield Class 2") == 1
    assert "AmazonRootCA1.pem" in said
    for _ in range(3):
        assert ahead.run().status == 0
        assert ahead.said() == ""
    ahead.now = NOW + 3 * DAY
    assert (ahead.run().status, ahead.said()) == (0, "")
    shutil.copyfile(STORES / "cross-signed-copies" / "truststore.p12", store)
    assert ahead.run().status == 0
    assert "only by Starfield Class 2" in ahead.said(), "that it is over is told once"
    for _ in range(2):
        assert (ahead.run().status, ahead.said()) == (0, "")


def test_it_reminds_as_set(ahead: Watch) -> None:
    ahead.run(remind="7d")
    ahead.said()
    ahead.now = NOW + 6 * DAY
    assert (ahead.run(remind="7d").status, ahead.said()) == (0, "")
    ahead.now = NOW + 8 * DAY
    assert ahead.run(remind="7d").status == 1
    assert "only by Starfield Class 2" in ahead.said()
    assert ahead.run(remind="7d").status == 0


def test_it_is_silent_unless_asked_for_and_where_nothing_breaks(ahead: Watch, store: Path) -> None:
    for safe in ("root-1-alone", "g2-alone", "cross-signed-copies"):
        shutil.copyfile(STORES / safe / "truststore.p12", store)
        assert (ahead.run().status, ahead.said()) == (0, ""), safe
    shutil.copyfile(STORES / "expired-root" / "truststore.p12", store)
    ahead.run()
    (warning,) = ahead.said().splitlines()
    assert "expired on 2026-01-01" in warning, "its end is told of, but no end of mail"
    shutil.copyfile(STORES / "leaf" / "truststore.p12", store)
    ahead.run(forecast="false")
    assert "holds no root, only a server's own certificate" in ahead.said()


def test_one_store_is_warned_of_in_one_way(ahead: Watch, store: Path) -> None:
    shutil.copyfile(STORES / "intermediates" / "truststore.p12", store)
    ahead.run()
    said = ahead.said()
    assert said.count("issuing CA (`Amazon RSA 2048 M01`)") == 1
    assert "holds no root" not in said


def test_the_warning_is_in_the_language_of_the_reader(ahead: Watch) -> None:
    ahead.language = "de"
    ahead.run()
    assert "Starfield Class 2" in (said := ahead.said())
    assert "trusts the server only by" not in said


def test_a_store_that_cannot_be_read_is_told_of_once(ahead: Watch, store: Path) -> None:
    store.write_bytes(b"\xfe\xed\xfe\xed nothing")
    ahead.run()
    said = ahead.said()
    assert said.count(str(store)) == 1


def test_the_forecast_is_made_anew_for_another_day_or_file_only(tmp_path: Path, store: Path) -> None:
    made: list[float] = []

    def make(stores: Sequence[str], _: Sequence[str], now: float) -> Sequence[Foreseen]:
        made.append(now)
        return [Foreseen(stores[0], "leaf-renewed", "it will end")]

    (tmp_path / "state").mkdir()
    state = State(str(tmp_path / "state"), "/log")
    try:
        for now in (NOW, NOW + timedelta(hours=1), NOW + DAY):
            found = foreseen(state, [str(store)], [], make, now.timestamp(), "en")
            assert found == (Foreseen(str(store), "leaf-renewed", "it will end"),)
        assert len(made) == 2
        store.write_bytes(b"other")
        foreseen(state, [str(store)], [], make, NOW.timestamp(), "en")
        assert len(made) == 3
    finally:
        state.close()


def test_without_a_chain_the_published_one_counts(log: GrowingLog, watch: Watch, tmp_path: Path) -> None:
    log.append(log.chatter())
    root = next(each for each in PUBLISHED_ROOTS if each.name == "Starfield Class 2 CA")
    hit = PublicRoots()(root)
    if hit is None:
        pytest.skip("the root is not in this machine's bundle")
    real, lab = tmp_path / "real.pem", tmp_path / "lab.p12"
    real.write_text(pem_text(hit[0]))
    shutil.copyfile(STORES / "tls-inspection" / "truststore.p12", lab)
    watch.now = NOW
    watch.options = {"store": [str(real), str(lab)], "forecast": "true", "cert_days": "0"}
    assert watch.run().status == 1
    said = watch.said()
    assert f"{real} trusts the server only by Starfield Class 2" in said
    assert str(lab) not in said, "what cannot be said is no warning"
