"""Key stores that cost key derivation wait, and are opened in an order in which a hostile file starves no other."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from formats.certs.keystores import jks
from formats.hostile import encrypted, mac_data, pkcs12
from sestriage.engine.certs.compare import CertOptions, show
from sestriage.engine.inspect import inspect
from sestriage.engine.reading import store_queue
from sestriage.engine.reading.collect import Options, collect
from sestriage.engine.reading.store_queue import StoreQueue
from sestriage.formats.certs.derivation import DerivationBudget
from sestriage.ingest import Limits, walk
from sestriage.model.source import InputNote
from support import ROOT, SAMPLES

ATTACK = ROOT.parent / "shared" / "attack"
REAL = (SAMPLES / "credentials-invalid" / "truststore.p12").read_bytes()
DEAR = pkcs12(mac=mac_data(900_000))


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What each use of a budget took."""
    taken: list[int] = []
    real = DerivationBudget.spend

    def spend(self: DerivationBudget, units: int) -> None:
        real(self, units)
        taken.append(units)

    monkeypatch.setattr(DerivationBudget, "spend", spend)
    return taken


def bundle(path: Path, members: dict[str, bytes]) -> str:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return str(path)


def order(path: str, budget: DerivationBudget | None = None) -> list[str]:
    queue = StoreQueue(["changeit"], budget or DerivationBudget())
    for member in walk([path], Limits(), []):
        assert queue.takes(member.read(), member)
    return [each.source.name for each in queue]


def readable(paths: list[str], options: Options | None = None) -> set[str]:
    return {Path(s.source.name).name for s in collect(paths, options or Options()).stores if s.readable and s.entries}


def test_known_names_come_first_then_the_cheapest(tmp_path: Path) -> None:
    members = {
        "a.p12": pkcs12(mac=mac_data(50)),
        "b.p12": pkcs12(mac=mac_data(5)),
        "lancope/services/trust-store/c.p12": pkcs12(mac=mac_data(900)),
        "d/cacerts": pkcs12(mac=mac_data(90)),
    }
    assert order(bundle(tmp_path / "b.zip", members)) == [
        "d/cacerts",
        "lancope/services/trust-store/c.p12",
        "b.p12",
        "a.p12",
    ]


def test_what_costs_nothing_does_not_wait(tmp_path: Path) -> None:
    path = bundle(tmp_path / "b.zip", {"a.jks": jks({}), "b.p12": pkcs12()})
    queue = StoreQueue(["changeit"], DerivationBudget())
    for member in walk([path], Limits(), []):
        assert not queue.takes(member.read(), member)


def test_a_part_is_kept_for_what_was_not_named(tmp_path: Path) -> None:
    members = {"truststore.p12": DEAR, "a.p12": pkcs12(mac=mac_data(10)), "b.p12": DEAR}
    path = bundle(tmp_path / "b.zip", members)
    budget = DerivationBudget(1000)
    queue = StoreQueue(["changeit"], budget)
    for member in walk([path], Limits(), []):
        queue.takes(member.read(), member)
    assert [(each.source.name, budget.reserved) for each in queue] == [
        ("truststore.p12", 250),
        ("a.p12", 0),
        ("b.p12", 0),
    ]
    assert budget.reserved == 0


@pytest.mark.parametrize("hostile", [1, 30])
def test_hostile_files_do_not_starve_the_real_store(hostile: int, tmp_path: Path, spent: list[int]) -> None:
    members = {f"{number:02}.p12": DEAR for number in range(hostile)} | {"zz/other.p12": REAL}
    path = bundle(tmp_path / "b.zip", members)
    assert readable([path]) == {"other.p12"}
    assert sum(spent) <= 1_000_000
    # also where the user named a hostile one, or it bears the usual name
    (tmp_path / "named.p12").write_bytes(DEAR)
    assert readable([str(tmp_path / "named.p12"), path]) == {"other.p12"}
    assert readable([bundle(tmp_path / "c.zip", {"trust-store/a.p12": DEAR, "z.p12": REAL})]) == {"z.p12"}


def test_the_finding_names_the_option_and_the_option_helps(tmp_path: Path, spent: list[int]) -> None:
    path = tmp_path / "a.p12"
    path.write_bytes(pkcs12(mac=mac_data(700)))
    out = collect([str(path)], Options(limits=Limits(max_kdf_iterations=1500)))
    (note,) = out.notes
    assert note.problem is not None
    assert "--max-kdf-iterations" in note.problem
    assert "SESTRIAGE_MAX_KDF_ITERATIONS" in note.problem
    assert sum(spent) == 1400
    (note,) = collect([str(path)], Options(limits=Limits(max_kdf_iterations=100_000))).notes
    assert note.problem is None or "iterations" not in note.problem


def test_inspect_and_certs_have_the_same_budget(tmp_path: Path, spent: list[int]) -> None:
    path = bundle(tmp_path / "b.zip", {f"{number}.p12": DEAR for number in range(9)} | {"real.p12": REAL})
    facts = {item.source.name: item.store for item in inspect([path], Options()).items}
    real = facts["real.p12"]
    assert real is not None
    assert real.readable
    assert sum(spent) <= 1_000_000
    spent.clear()
    report = show([path], CertOptions())
    assert [store.source.name for store in report.stores if store.entries] == ["real.p12"]
    assert sum(spent) <= 1_000_000


def test_memory_for_stores_that_wait_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = pkcs12(encrypted(1000, bytes(4000)))
    path = bundle(tmp_path / "b.zip", {"a.p12": big, "b.p12": big, "z.p12": pkcs12(mac=mac_data(1))})
    monkeypatch.setattr(store_queue, "MAX_WAITING_BYTES", len(big) + 200)
    notes: dict[str, InputNote] = {note.source.name: note for note in collect([path], Options()).notes}
    assert notes["b.p12"].problem == store_queue.NOT_OPENED
    assert not notes["b.p12"].used
    for name in ("a.p12", "z.p12"):
        assert notes[name].problem != store_queue.NOT_OPENED


@pytest.mark.parametrize("name", ["crash.p12", "pkcs12-1M-iterations.p12", "p12s.zip", "rc2.zip"])
def test_the_hostile_files_at_hand(name: str, spent: list[int]) -> None:
    if not (ATTACK / name).exists():
        pytest.skip("no folder of hostile inputs")
    out = collect([str(ATTACK / name)], Options())
    assert sum(spent) <= 1_000_000
    stores = [note for note in out.notes if note.kind == "trust-store"]
    assert stores
    assert all(note.problem and note.fault is None for note in stores)
