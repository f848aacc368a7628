"""The report of a fleet, against a fleet whose answers are known by how it was made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fleet.making import archived, folder, need_extra, ran, sample_files
from fleet.test_bundle import UNKNOWN
from sestriage.fleet.folder import Folder
from sestriage.fleet.queries import QUERIES
from sestriage.fleet.report import answer, fleet_report
from sestriage.model.fleet.report import Cell
from support import SAMPLES

need_extra("duckdb")

LEAF = (SAMPLES / "stores" / "leaf" / "truststore.p12").read_bytes()
CLASS_2 = {name: (SAMPLES / "stores" / "class-2-alone" / name).read_bytes() for name in ("chain.pem", "truststore.p12")}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    at = tmp_path_factory.mktemp("fleet")
    for number in range(3):
        archived(at / "in" / f"refused-{number}.tgz", {**sample_files("refused"), "n.txt": b"%d" % number})
    archived(at / "in" / "accepted.tgz", sample_files("success"))
    archived(at / "in" / "leaf.tgz", {"truststore.p12": LEAF})
    archived(at / "in" / "class-2.tgz", CLASS_2)
    archived(at / "in" / "unknown.tgz", {"lancope/var/logs/containers/sw-response-mgmt.log": UNKNOWN})
    made = folder(at / "out")
    ran([at / "in"], made)
    return made


def rows(fleet: Folder, name: str, since: date | None = None) -> tuple[tuple[Cell, ...], ...]:
    (table,) = answer(fleet, name, since).tables
    return table.rows


def test_the_counts(fleet: Folder) -> None:
    report = fleet_report(fleet)
    assert (report.bundles, report.managers, report.stopped) == (7, 7, 0)
    assert (report.failed, report.accepted, report.undetermined) == (4, 1, 2)
    assert [table.name for table in report.tables] == list(QUERIES)


def test_who_breaks_first(fleet: Folder) -> None:
    found = [(row[0], Path(str(row[1])).name, row[3]) for row in rows(fleet, "breaks-when")]
    assert [each for each in found if each[1] != "accepted.tgz"] == [
        ("2027-04-17", "leaf.tgz", "leaf-renewed"),
        ("2034-06-28", "class-2.tgz", "class-2-cross-dropped"),
    ]


def test_causes(fleet: Folder) -> None:
    assert rows(fleet, "top-causes")[0][::2] == ("connection-refused", 3)
    assert ("2026-11", "connection-refused", 3) in [(row[0], row[1], row[3]) for row in rows(fleet, "causes-by-month")]
    assert {row[0] for row in rows(fleet, "causes-by-release")} == {"-"}
    assert rows(fleet, "growing-causes")[0][2:] == (0, 3)


def test_what_is_missing(fleet: Folder) -> None:
    evidence = {row[0]: row[1] for row in rows(fleet, "undetermined")}
    assert set(evidence.values()) == {2}
    assert any("response-management log" in str(name) for name in evidence)


def test_new_signatures_since_a_day(fleet: Folder) -> None:
    (row,) = rows(fleet, "new-signatures", date(2026, 11, 24))
    assert row[0] == "2026-11-24"
    assert row[2] == "Quantum flux <n> at <host> in <value>"
    assert rows(fleet, "new-signatures", date(2026, 11, 25)) == ()


def test_in_german_causes_are_told_by_the_rules(fleet: Folder) -> None:
    (english,), (german,) = (answer(fleet, "top-causes", None, language).tables for language in ("en", "de"))
    assert [row[0] for row in english.rows] == [row[0] for row in german.rows]
    assert english.rows[0][1] != german.rows[0][1]
