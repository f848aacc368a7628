"""`sestriage fleet`."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from cli.terminal import Run
from fleet.making import archived, fleet_of, need_extra, sample_files
from fleet.test_bundle import UNKNOWN
from sestriage.cli.fleet.bar import bar
from sestriage.cli.fleet.report import NAMES
from sestriage.fleet.queries import QUERIES
from sestriage.fleet.run import Counts
from sestriage.model.document.schemas import schema

need_extra("duckdb", "pebble")


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("bundles")
    fleet_of(at / "in", 4)
    return at / "in"


def test_run_report_query_and_export(run: Run, bundles: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "fleet")
    listed = tmp_path / "more.txt"
    extra = archived(tmp_path / "a b.tgz", sample_files("sending-paused"))
    listed.write_text(f"# one more\n{extra}\n", encoding="utf-8")
    first = run("fleet", "run", str(bundles), "--list", str(listed), "--out", out, "--max-workers", "2")
    assert (first.status, first.err) == (0, "")
    assert first.out == "5 bundles read, 0 were read before, 0 are others' copies, 0 could not be read\n"
    assert (tmp_path / "fleet.key").stat().st_mode & 0o777 == 0o600
    again = run("fleet", "run", "--list", "-", "--out", out, stdin=f"{bundles}\n{extra}\n".encode())
    assert again.out.startswith("0 bundles read, 5 were read before")

    text = run("fleet", "report", out).out
    assert text.startswith("5 bundles, 5 Managers: 4 failed, 1 accepted, 0 undetermined\n")
    assert "The ten most frequent causes" in text
    page = run("fleet", "report", out, "--format", "html", "--lang", "de").out
    assert "<script" not in page
    assert "Die zehn häufigsten Ursachen" in page
    assert "<svg" in page
    document = json.loads(run("fleet", "report", out, "--format", "json").out)
    validator: Any = importlib.import_module("jsonschema").Draft202012Validator
    assert list(validator(schema("fleet report")).iter_errors(document)) == []
    assert document["bundles"] == 5
    alone = json.loads(run("fleet", "report", out, "--format", "json", "--query", "top-causes").out)
    assert [table["query"] for table in alone["tables"]] == ["top-causes"]
    assert run("fleet", "report", out, "--format", "markdown").out.startswith("# 5 bundles")

    asked = run(
        "fleet", "query", out, "SELECT rule, count(*) AS n FROM bundles GROUP BY 1 ORDER BY 1", "--format", "csv"
    )
    assert asked.out.splitlines()[0] == "rule,n"
    refused = run("fleet", "query", out, "SELECT * FROM read_text('/etc/passwd')")
    assert (refused.status, refused.out) == (2, "")
    assert "disabled by configuration" in refused.err
    assert run("fleet", "export", out, "--to", str(tmp_path / "x"), "--format", "parquet").status == 0
    assert len(list((tmp_path / "x").iterdir())) == 10


def test_what_cannot_be_read_is_named(run: Run, tmp_path: Path) -> None:
    listed = tmp_path / "list"
    listed.write_text(f"{tmp_path}/gone.tgz\n", encoding="utf-8")
    found = run("fleet", "run", "--list", str(listed), "--out", str(tmp_path / "out"))
    assert found.status == 1
    assert f"{tmp_path}/gone.tgz: cannot be read (No such file or directory)" in found.err
    assert f"sestriage fleet run {tmp_path}/gone.tgz --out {tmp_path}/out --again --max-workers 1" in found.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--out", "{out}"), "name bundles"),
        (("{out}/gone", "--out", "{out}/x"), "there is no {out}/gone"),
        (("{out}", "--out", "{out}/x", "--no-redact", "--key-file", "k"), "--no-redact makes none"),
        (("{out}", "--out", "{out}/x", "--release-pattern", "("), "no regular expression"),
        (("{out}", "--out", "{out}/x", "--since", "someday"), "neither a span"),
        (("{out}", "--out", "{out}/x", "--scheduler", "tcp://127.0.0.1:1", "--max-workers", "2"), "about this machine"),
        (("{out}", "--out", "{out}/x", "--scheduler", "tcp://192.0.2.1:8786"), "--insecure-scheduler"),
        (("{out}", "--out", "{out}/x", "--scheduler", "192.0.2.1:8786"), "has no TLS"),
        (("{out}", "--out", "{out}/x", "--list", "{out}/gone"), "cannot read"),
    ],
)
def test_wrong_usage(run: Run, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    need_extra("distributed")
    found = run("fleet", "run", *(word.format(out=tmp_path) for word in words))
    assert found.status == 2
    assert told.format(out=tmp_path) in found.err


def test_a_folder_that_is_none(run: Run, tmp_path: Path) -> None:
    found = run("fleet", "report", str(tmp_path))
    assert (found.status, "is no folder of `sestriage fleet run`" in found.err) == (2, True)


def test_without_the_extra_it_says_so(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sestriage.cli.fleet.extra.find_spec", lambda name: None)
    found = run("fleet", "run", str(tmp_path), "--out", str(tmp_path / "x"))
    assert found.status == 2
    assert "pip install 'sestriage[fleet]'" in found.err


def test_the_bar_counts_bundles(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fleet_of(tmp_path, 2)
    monkeypatch.setattr("sestriage.cli.fleet.bar.is_terminal", lambda: True)
    for names in ([str(tmp_path)], None):
        with bar(names, None) as tell:
            tell(Counts(read=1, before=1))
    with bar(None, None, off=True) as tell:
        assert tell(Counts()) is None


def test_the_names_of_the_questions_are_those_of_the_queries() -> None:
    assert list(NAMES) == list(QUERIES)


def test_private_names_are_kept_only_where_asked_for(run: Run, tmp_path: Path) -> None:
    bundle = archived(tmp_path / "a.tgz", {"lancope/var/logs/containers/sw-response-mgmt.log": UNKNOWN})
    for words, out in (((), "hidden"), (("--no-redact",), "plain")):
        run("fleet", "run", str(bundle), "--out", str(tmp_path / out), *words)
    assert not (tmp_path / "plain.key").exists()
    hidden, plain = (
        run("fleet", "query", str(tmp_path / out), "SELECT quote FROM unknown").out for out in ("hidden", "plain")
    )
    assert "mx7.corp.example" in plain
    assert "mx7.corp.example" not in hidden
    assert re.search("<host-[0-9a-f]{16}>", hidden)
