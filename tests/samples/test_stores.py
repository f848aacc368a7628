"""The twelve stores of `samples/stores`: the forecast says what the lab put into them, and so does Java."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pki.probe import ask_java, javas, joined
from sestriage.engine.certs.compare import CertOptions
from sestriage.engine.certs.forecast import ForecastOptions, forecast_files
from sestriage.engine.certs.read import read_inputs
from sestriage.model.forecast.result import Forecast, ForecastReport
from sestriage.model.trust import Certificate
from support import SAMPLES

FOLDER = SAMPLES / "stores"
PASSWORDS = ("changeit",)


@dataclass(frozen=True)
class Sample:
    folder: Path
    truth: dict[str, Any]
    as_of: datetime
    then: datetime

    def __str__(self) -> str:
        return f"{self.folder.name}-{self.truth['path']}"

    @property
    def store(self) -> Path:
        return self.folder / str(self.truth["path"])

    def report(self, **options: Any) -> ForecastReport:
        chosen = CertOptions(stores=(str(self.store),), now=self.as_of)
        return forecast_files([str(self.folder / "chain.pem")], chosen, ForecastOptions(**options))


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def samples() -> list[Sample]:
    found = []
    for file in sorted(FOLDER.glob("*/expected.json")):
        expected = json.loads(file.read_text(encoding="utf-8"))
        as_of, then = (datetime.fromisoformat(expected[key]) for key in ("as_of", "then"))
        found += [Sample(file.parent, truth, as_of, then) for truth in expected["stores"]]
    return found


each_store = pytest.mark.parametrize("sample", samples(), ids=str)


def test_there_are_twelve() -> None:
    assert len(list(FOLDER.glob("*/expected.json"))) == 12
    assert len(samples()) == 13, "two Managers have two stores"


@each_store
def test_the_forecast_says_what_is_true(sample: Sample) -> None:
    report = sample.report()
    (found,) = report.forecasts
    truth = sample.truth
    assert found.verdict == truth["verdict"]
    assert found.ground == "served"
    step = found.broken
    assert (step.event if step else None) == truth["event"]
    assert (step.latest if step else None) == moment(truth["by"])
    if step is not None and step.event != "today":
        assert (step.earliest is None) is truth["any_day"]
    assert found.until == moment(truth["until"])
    assert rests_on(found) == truth["rests_on"]
    within = truth["event"] == "today" or truth["any_day"]
    assert report.verdict == ("breaks" if within else "safe"), "within a year"


def rests_on(found: Forecast) -> list[str]:
    """Class 2 has no common name."""
    labels = (key.certificates[0].label for key in found.rests_on)
    return ["Starfield Class 2" if "Starfield Class 2" in label else label for label in labels]


@each_store
def test_what_to_import_ends_the_danger(sample: Sample) -> None:
    (found,) = sample.report().forecasts
    if found.verdict != "breaks":
        assert found.advice is None
        return
    assert found.advice is not None
    choices = found.advice.choices
    assert [choice.file_name for choice in choices] == sample.truth["imports"]


@pytest.mark.parametrize(("jdk", "java"), javas(), ids=[generation for generation, _ in javas()])
def test_java_says_so_on_the_day(jdk: str, java: str, tmp_path: Path) -> None:
    lines, wanted = [], {}
    for sample in samples():
        (found,) = sample.report().forecasts
        anchors = [each.der for each in found.store.anchors]
        imported = [choice.certificate.der for choice in found.advice.choices] if found.advice else []
        now, then = (served(sample.folder / file) for file in ("chain.pem", "proof/then.pem"))
        asked = [("today", sample.as_of, now, anchors, sample.truth["works_today"])]
        asked.append(("then", sample.then, then, anchors, sample.truth["works_then"]))
        if imported:
            asked.append(("then, imported", sample.then, then, [*anchors, *imported], True))
        for when, at, chain, store, works in asked:
            name = f"{sample} {when}"
            lines.append(f"{name}\t{int(at.timestamp()) * 1000}\t{joined(chain)}\t{joined(store)}")
            wanted[name] = works
    answers = ask_java(java, lines, tmp_path)
    assert {name: said == "OK" for name, said in answers.items()} == wanted


def served(path: Path) -> list[bytes]:
    found: list[Certificate] = []
    for store in read_inputs([str(path)], PASSWORDS).files:
        found += [entry.certificate for entry in store.entries]
    return [each.der for each in found]
