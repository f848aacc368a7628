"""A short run of every campaign, and every input that once broke a promise (longer runs: campaign.py, kills.py)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fuzz.campaign import CAMPAIGNS, Campaign, failures, found_inputs, table
from fuzz.kills import campaign
from fuzz.parsers import names

COUNTS = {"parsers": 1500, "wholes": 12, "rules": 150, "states": 40, "commands": 60}
SEED = 20261129
FOUND = tuple(found_inputs())


@pytest.mark.slow
@pytest.mark.parametrize("target", CAMPAIGNS)
def test_no_promise_is_broken(target: str, tmp_path: Path) -> None:
    rows = Campaign(target, SEED, count=COUNTS[target]).run(tmp_path / "case")
    assert sum(row.ran for row in rows.values()) == COUNTS[target]
    assert not failures(rows), f"{table(target, rows)}\n{failures(rows)}"


def test_every_parser_is_reached(tmp_path: Path) -> None:
    rows = {CAMPAIGNS["parsers"].make(random.Random(f"1/{number}"))[0] for number in range(1000)}  # type: ignore[index]
    assert rows == set(names())


@pytest.mark.parametrize(("target", "kind", "path"), FOUND, ids=["/".join(path.parts[-3:]) for *_, path in FOUND])
def test_what_was_found_once_stays_mended(target: str, kind: str, path: Path, tmp_path: Path) -> None:
    CAMPAIGNS[target].run((kind, path.read_bytes()), tmp_path / "case")


@pytest.mark.parametrize("target", CAMPAIGNS)
def test_an_input_depends_on_its_seed_and_number_only(target: str) -> None:
    make = CAMPAIGNS[target].make
    assert make(random.Random("1/7")) == make(random.Random("1/7"))
    assert make(random.Random("1/7")) != make(random.Random("1/8"))


def test_a_broken_promise_is_told_with_its_number_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fuzz.targets import Target

    def broken(case: object, _: Path) -> None:
        assert case != ("kind", b"3")

    numbers = iter(range(100))
    target = Target(lambda dice: ("kind", b"%d" % next(numbers)), broken)
    monkeypatch.setitem(CAMPAIGNS, "rules", target)
    rows = Campaign("rules", 5, count=6, keep=tmp_path / "kept").run(tmp_path / "case")
    assert [number for number, _ in rows["kind"].failures] == [3]
    assert (tmp_path / "kept" / "rules" / "kind" / "5-3").read_bytes() == b"3"
    assert "| kind | 6 | 1 |" in table("rules", rows)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:This process.*multi-threaded:DeprecationWarning")
def test_a_run_that_is_killed_tells_everything_once(tmp_path: Path) -> None:
    found = campaign(tmp_path, 25, SEED)
    assert found.cut_off == 25
    assert found.planted
    assert not found.problems, str(found)
