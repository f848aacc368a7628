"""How much of a report is shown, in which form, colour and width."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from sestriage.cli import output
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


# --- the same options in every command that prints a report ------------------------------------------------------

PCAP = str(SAMPLES / "pkix-root-missing" / "test-action.pcap")
STORE = str(SAMPLES / "pkix-root-missing" / "truststore.p12")
REPORTS = [
    ("explain", "dh-key-too-small"),
    ("compare", LOG, LOG),
    ("inspect", LOG),
    ("certs", "compare", PCAP, "--store", STORE),
    ("certs", "show", STORE),
    ("certs", "export", PCAP, "--store", STORE, "--to", "saved"),
    ("forecast", STORE),
    ("mail", str(SAMPLES / "mail" / "us-east-1-gmail.eml")),
    ("settings", str(SAMPLES / "settings" / "smtp.toml")),
    ("rules", "facts", LOG),
    ("rules", "why", "smtp-credentials-invalid", LOG),
]
each_report = pytest.mark.parametrize("command", REPORTS, ids=lambda words: " ".join(words[:2]))


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(cli, [*arguments], standalone_mode=False)
    assert result.return_value is not None, (result.output, result.exception)
    return result.output


@each_report
def test_the_suffix_is_the_format_in_every_command(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = {}
    for suffix in ("md", "json", "html", "txt"):
        assert printed(*command, "-o", f"r.{suffix}") == ""
        written[suffix] = Path(f"r.{suffix}").read_text(encoding="utf-8")
    assert json.loads(written["json"])["schema_version"]
    assert written["html"].startswith("<!DOCTYPE html>")
    assert re.search(r"^#{1,2} ", written["md"], re.MULTILINE)
    assert not re.search(r"^#{1,2} \w", written["txt"], re.MULTILINE)


@each_report
def test_quiet_is_a_few_lines_in_every_command(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = printed(*command, "-q").splitlines()
    assert 1 <= len(lines) <= 5
    assert all(line.strip() and len(line) <= 300 for line in lines)


@each_report
def test_colour_can_be_asked_for_in_every_command(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "\x1b[" in printed(*command, "--color", "always")
    assert "\x1b" not in printed(*command)


def test_a_suffix_of_a_format_that_a_command_has_not_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["inspect", LOG, "-o", str(tmp_path / "x.sarif")])
    assert result.exit_code == 2
    assert "has no format for .sarif; it has: text, markdown, html, json" in result.output
    assert not (tmp_path / "x.sarif").exists()


# --- links ---------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "choice", "links"),
    [
        ({"TERM": "xterm-256color"}, "auto", True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "auto", False),
        ({"TERM": "xterm-256color"}, "never", False),
        ({"TERM": "dumb"}, "auto", False),
        ({"TERM": "dumb"}, "always", False),
        ({"TERM": "linux"}, "auto", False),
        ({"TERM": "xterm", "VTE_VERSION": "4202"}, "auto", False),
        ({"TERM": "xterm", "VTE_VERSION": "7006"}, "auto", True),
    ],
)
def test_links_on_terminals_that_can(
    environment: dict[str, str], choice: str, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "VTE_VERSION", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(output, "color_choice", lambda: choice)
    monkeypatch.setattr(output, "sys", SimpleNamespace(stdout=Terminal()))
    assert output.text_style(None)["links"] is links
    assert output.text_style("report.txt")["links"] is False


def test_no_links_in_a_pipe() -> None:
    assert "\x1b]8" not in run("-v", "--color", "always", LOG)
