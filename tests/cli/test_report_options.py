"""How much of a report is shown, in which form, colour and width."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sestriage.cli.main import cli
from support import SAMPLES

LOG = str(SAMPLES / "credentials-invalid" / "sw-response-mgmt.log")


def run(*arguments: str, status: int = 1) -> str:
    result = CliRunner().invoke(cli, ["triage", "--no-save", "--no-progress", *arguments], standalone_mode=False)
    assert result.return_value == status, result.output
    return result.output


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "SESTRIAGE_LANG"):
        monkeypatch.delenv(name, raising=False)


def test_quiet_is_five_lines_and_the_case_block_a_few() -> None:
    assert len(run("-q", LOG).splitlines()) == 5
    block = run("--format", "case", LOG).splitlines()
    assert 5 <= len(block) <= 8
    assert block[0].startswith("Outcome: FAILED")
    assert run("-q", "--lang", "de", LOG).startswith("GESCHEITERT")


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(
    arguments: list[str], environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in run(*arguments, LOG)) is coloured


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_width_in_a_pipe(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = run(LOG).splitlines()
    # a command is one line, however long it is; it stands four blanks in
    assert all(len(line) <= columns for line in lines if not line.startswith("    "))
    assert max(len(line) for line in lines if not line.startswith("    ")) > columns * 0.55


def test_the_suffix_of_the_file_is_the_format(tmp_path: Path) -> None:
    for name, start in (("r.md", "# FAILED"), ("r.json", "{"), ("r.txt", "FAILED"), ("r", "FAILED")):
        run("-o", str(tmp_path / name), LOG)
        assert (tmp_path / name).read_text().startswith(start)
    run("--format", "text", "-o", str(tmp_path / "r.json"), LOG)
    assert (tmp_path / "r.json").read_text().startswith("FAILED")


def test_an_empty_folder_a_foreign_file_and_an_empty_window_are_nothing_to_judge(tmp_path: Path) -> None:
    assert run(str(tmp_path), status=3).startswith("Nothing to judge: there is no file")
    (tmp_path / "notes.txt").write_text("a shopping list\n")
    assert run(str(tmp_path), status=3).startswith("Nothing to judge: no file of a known kind")
    assert run("--since", "2031-01-01", LOG, status=3).startswith("Nothing to judge: no mail attempt in that window")


def test_json_says_what_was_read_and_by_which_rules() -> None:
    document = json.loads(run("--format", "json", LOG))
    (file,) = document["files"]
    assert (file["path"], file["size"], file["sampled"]) == (LOG, Path(LOG).stat().st_size, False)
    assert len(document["rules_digest"]) == 12
    assert document["analysed"].endswith("Z")
    assert document["verdict"]["nothing_to_judge"] is None
    assert document["case_block"]["outcome"].startswith("FAILED")
