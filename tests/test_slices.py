"""Every input of a campaign has its turn, and a seed gives the same slice again."""

from __future__ import annotations

import pytest

import slices

DAYS = ["20261126", "20261127", "20261128", "20261129", "20261130", "20261201", "20261202"]


@pytest.fixture(autouse=True)
def usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "WHOLE", False)
    monkeypatch.delenv(slices.CAMPAIGNS, raising=False)


def on(day: str, monkeypatch: pytest.MonkeyPatch, number: int = 24, parts: int = 7) -> list[int]:
    monkeypatch.setenv(slices.SEED, day)
    return slices.part(range(number), parts)


@pytest.mark.parametrize("number", [3, 7, 24, 100])
def test_all_have_their_turn_in_a_week(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = [each for day in DAYS for each in on(day, monkeypatch, number)]
    assert sorted(taken) == list(range(number))


def test_the_same_seed_takes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on("20261126", monkeypatch) == on("20261126", monkeypatch) != on("20261127", monkeypatch)
    assert on("a word", monkeypatch) == on("a word", monkeypatch)


def test_more_takes_the_slice_and_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [on(day, monkeypatch) for day in DAYS[: slices.MORE]]
    monkeypatch.setenv(slices.CAMPAIGNS, "more")
    assert on(DAYS[0], monkeypatch) == sorted(each for day in few for each in day)
    assert slices.count(100, 10) == 10 * slices.MORE
    assert slices.count(100, 2) == 100


def test_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "WHOLE", True)
    assert on(DAYS[0], monkeypatch) == list(range(24))
    assert slices.count(100, 10) == 100


def test_at_least_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert slices.count(5, 10) == 1


def test_the_day_is_the_seed_of_who_sets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(slices.SEED, raising=False)
    assert 20260000 < slices.seed() < 30000000
    assert str(slices.seed()) in slices.said()
