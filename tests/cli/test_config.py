from __future__ import annotations

import json
import tomllib
from pathlib import Path

from cli.test_check import run
from sestriage.model.known.appliance import LOG_PATH
from sestriage.watch.settings import DEFAULT_LOG, SETTINGS, resolve


def test_show_is_a_valid_file_and_says_where_from(tmp_path: Path) -> None:
    file = tmp_path / "sestriage.toml"
    file.write_text('[check]\nremind = "24h"\nstore = ["/a b"]\n')
    environment = {"SESTRIAGE_CONFIG": str(file), "SESTRIAGE_STALE": "90s"}
    shown = run("show", state=tmp_path / "s", env=environment, command="config")
    assert shown.returncode == 0
    lines = {line.split(" ")[0]: line for line in shown.stdout.splitlines()}
    assert lines["remind"] == f'remind = "1d"  # {file}, line 2'
    assert lines["stale"] == 'stale = "90s"  # variable SESTRIAGE_STALE'
    assert lines["grace"] == 'grace = "10s"  # default'
    table = tomllib.loads(shown.stdout)["check"]
    assert table["store"] == ["/a b"]
    again = tmp_path / "again.toml"
    again.write_text(shown.stdout)
    first, _ = resolve({}, str(file), {"SESTRIAGE_STALE": "90s", "SESTRIAGE_STATE": str(tmp_path / "s")})
    second, _ = resolve({}, str(again), {})
    assert first == second


def test_show_as_json(tmp_path: Path) -> None:
    shown = run("show", "--format", "json", state=tmp_path / "s", command="config")
    data = json.loads(shown.stdout)["settings"]
    assert set(data) == set(SETTINGS)
    assert data["state"] == {"value": str(tmp_path / "s"), "from": "variable SESTRIAGE_STATE"}


def test_a_broken_file_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text("[check]\nremnd = 1\n")
    shown = run("show", "--config", str(file), state=tmp_path / "s", command="config")
    assert shown.returncode == 2
    assert shown.stderr == f"sestriage: {file}, line 2: there is no setting 'remnd'; did you mean 'remind'?\n"


def test_the_default_log_is_the_managers() -> None:
    assert DEFAULT_LOG == LOG_PATH
