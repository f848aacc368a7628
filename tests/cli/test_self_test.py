"""`sestriage self-test`: known samples, and what an owner should know of a package."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from cli.terminal import Run
from sestriage import delivery
from sestriage.cli import self_test
from sestriage.delivery import Build
from support import ROOT

NEWEST = date(2026, 11, 29)
BUILD = Build(NEWEST, NEWEST, {"libssl3": "3.0.22", "python3.11-minimal": "3.11.2-6"})


def test_every_sample_has_its_verdict(run: Run) -> None:
    done = run("self-test")
    assert done.status == 0, done.out
    assert done.out.endswith(f"All {len(self_test.SAMPLES)} samples have the verdict that is known for them.\n")
    assert "bundle               failed dh-key-too-small (confirmed)" in done.out


def test_another_verdict_is_told(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(self_test, "SAMPLES", ("access-denied",))
    monkeypatch.setattr(self_test, "folder", lambda: tmp_path)
    sample = tmp_path / "access-denied"
    sample.mkdir()
    sample.joinpath("expected.json").write_bytes((ROOT / "samples/access-denied/expected.json").read_bytes())
    sample.joinpath("sw-response-mgmt.log").write_text("nothing of mail\n")
    done = run("self-test")
    assert done.status == 1
    assert "expected: failed ses-access-denied (confirmed), found: undetermined" in done.out
    assert "1 of 1 samples have another verdict" in done.out


def test_a_broken_copy_is_told_sample_by_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise RuntimeError("a library cannot be loaded")

    monkeypatch.setattr("sestriage.engine.triage.triage", broken)
    _, found = self_test.tried(ROOT / "samples" / "access-denied")
    assert isinstance(found, str)
    assert found.startswith("internal error (RuntimeError")


@pytest.mark.parametrize(("days", "told"), [(0, 0), (180, 0), (181, 1)])
def test_old_parts_are_told_of(days: int, told: int) -> None:
    sentences = list(self_test.aged(BUILD, NEWEST + timedelta(days=days)))
    assert len(sentences) == told
    assert all("OpenSSL 3.0.22" in text and f"{days} days ago" in text for text in sentences)


def test_the_wheel_carries_the_samples() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    wanted = {f"samples/{name}": f"sestriage/_samples/{name}" for name in self_test.SAMPLES}
    assert {key: value for key, value in carried.items() if key.startswith("samples/")} == wanted


def test_version_names_the_parts_of_a_package(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tmp_path.joinpath(delivery.BUILD_FILE).write_text(
        '{"built": "2026-11-30", "newest_on": "2026-11-29", "components": {"libssl3": "3.0.22"}}'
    )
    monkeypatch.setattr(delivery, "_started", [])
    assert "\n" not in run("--version").out.rstrip("\n")
    delivery.started(str(tmp_path), "tree", "/usr/bin/sestriage")
    assert "package built 2026-11-30, its parts the newest of 2026-11-29: libssl3 3.0.22" in run("--version").out


@pytest.mark.parametrize("option", ["--print-unit", "--print-cron"])
def test_units_name_the_installed_command(run: Run, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    monkeypatch.setattr(delivery, "_started", [])
    delivery.started("/opt/sestriage", "tree", "/usr/bin/sestriage")
    out = run("check", option).out
    assert " /usr/bin/sestriage check" in out or "=/usr/bin/sestriage check" in out
    assert "CAUTION" not in out


def test_a_unit_for_the_file_that_unpacks_itself(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_started", [])
    delivery.started("/var/cache/sestriage/0", "run", "/opt/sestriage.run")
    assert "--extract /opt/sestriage" in run("check", "--print-unit").out
