"""Small things that people trip over: mistyped commands, standard input, key logs and offsets that fit nothing, and
values that a terminal may show."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.terminal import Run, on_terminal
from support import SAMPLES

MISSING = str(SAMPLES / "pkix-root-missing")
LOG = str(SAMPLES / "pkix-root-missing" / "sw-response-mgmt.log")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("trage", "there is no command 'trage' (did you mean 'triage'?)"),
        ("compair", "there is no command 'compair' (did you mean 'compare'?)"),
        ("xyzxyz", "there is no command 'xyzxyz'"),
    ],
)
def test_a_mistyped_command(run: Run, typed: str, told: str) -> None:
    result = run(typed)
    assert result.status == 2
    assert result.err.splitlines()[-1] == f"sestriage: {told}"
    assert "Try 'sestriage --help' for help." in result.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("rules", "shwo"), "there is no command 'shwo' (did you mean 'show'?)"),
        (("certs", "comapre", "x"), "there is no command 'comapre' (did you mean 'compare'?)"),
        (("config", "xyzxyz"), "there is no command 'xyzxyz'"),
        (("fleet", "rnu"), "there is no command 'rnu' (did you mean 'run'?)"),
        (("triage", "--quite", LOG), "there is no option '--quite' (did you mean '--quiet'?)"),
        (("certs", "show", "--ouput", "x", LOG), "there is no option '--ouput' (did you mean '--output'?)"),
        (("explain", "--xyzxyz", "x"), "there is no option '--xyzxyz'"),
        (("triage", "--quite", LOG, "--lang", "de"), "es gibt keine Option '--quite' (gemeint war '--quiet'?)"),
    ],
)
def test_a_mistyped_command_of_a_group_and_a_mistyped_option(run: Run, arguments: tuple[str, ...], told: str) -> None:
    result = run(*arguments)
    assert result.status == 2
    assert result.err.splitlines()[-1] == f"sestriage: {told}"


@pytest.mark.parametrize("group", ["rules", "certs"])
def test_the_help_of_a_group_has_whole_sentences(run: Run, group: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = run(group, "--help").out.partition("Commands:")[2]
    assert listed
    assert "..." not in listed


@pytest.mark.parametrize(
    "arguments",
    [
        ("triage",),
        ("triage", "--no-such-option", "x"),
        ("triage", "/no/such/file"),
        ("triage", "--tz", "Mars", LOG),
        ("rules", "show", "no-such-rule"),
        ("settings", "--port", "x"),
        ("compare", "-", "-"),
        ("redact", "/no/such/file"),
    ],
    ids=" ".join,
)
def test_every_error_is_told_in_one_style(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.status == 2
    assert [line for line in result.err.splitlines() if line.startswith("sestriage: ")] == result.err.splitlines()[-1:]
    assert "Error:" not in result.err


@pytest.mark.campaign(3)
@pytest.mark.parametrize(
    "command",
    [
        *(["explain", "-"], ["mail", "-"], ["triage", "--no-save", "-"], ["redact", "-"], ["inspect", "-"]),
        *(["certs", "compare", "-"], ["certs", "show", "-"], ["certs", "export", "--to", "x", "-"], ["forecast", "-"]),
        *(["settings", "-"], ["guide", "-"], ["compare", LOG, "-"], ["rules", "facts", "-"]),
        ["rules", "why", "dh-key-too-small", "-"],
    ],
    ids=" ".join,
)
def test_a_terminal_is_told_what_is_waited_for(tmp_path: Path, command: list[str]) -> None:
    session = on_terminal(command, [("then press Ctrl-D", "From: a@b.example\n\x04\x04")], tmp_path)
    assert "sestriage: paste " in session.screen


def test_no_one_waits_for_a_pipe(run: Run) -> None:
    assert "paste" not in run("explain", "-", stdin=b"dh key too small").err


# --- key logs and offsets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "paths", "told"),
    [
        ("nothing of the kind\n", [MISSING], "no line of it is a key of a TLS session"),
        (f"CLIENT_RANDOM {'0a' * 32} {'0b' * 48}\n", [MISSING], "none of its keys is of a captured TLS session"),
        (f"CLIENT_RANDOM {'0a' * 32} {'0b' * 48}\n", [LOG], "there is no capture whose TLS sessions it could open"),
    ],
)
def test_a_key_log_that_opens_nothing(run: Run, tmp_path: Path, content: str, paths: list[str], told: str) -> None:
    (tmp_path / "keys.txt").write_text(content, encoding="ascii")
    for options in (("-v",), ()):
        out = run("triage", "--no-save", *options, "--keylog", str(tmp_path / "keys.txt"), *paths).out
        assert told in " ".join(out.split()), "whole, and in the brief report too: it can change the verdict"


def test_a_key_log_that_opens_something_is_no_problem(run: Run) -> None:
    sample = SAMPLES / "tls13-535-keylog"
    keys = str(sample / "tls-keys.txt")
    out = run("triage", "--no-save", "-v", "--keylog", keys, str(sample / "test-action.pcap")).out
    assert "none of its keys" not in " ".join(out.split())
    assert "no line of it" not in out


def test_an_offset_that_separates_log_and_capture(run: Run) -> None:
    out = " ".join(run("triage", "--no-save", "--utc-offset", "+02:00", MISSING).out.split())
    assert "with UTC+00:00 they meet (--utc-offset +00:00)" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--utc-offset", "+00:00", MISSING),
        (MISSING,),
        ("--utc-offset", "+02:00", LOG),
        ("--utc-offset", "-07:00", str(SAMPLES / "success")),  # its log has zones of its own
    ],
)
def test_no_other_offset_is_proposed(run: Run, arguments: tuple[str, ...]) -> None:
    assert "they meet" not in " ".join(run("triage", "--no-save", *arguments).out.split())


# --- settings on a terminal --------------------------------------------------------------------------------------


def test_a_terminal_shows_what_was_typed_there(tmp_path: Path) -> None:
    typed = ["settings", "--server", "mail.corp.example", "--port", "587", "--from", "soc@corp.example"]
    shown = on_terminal([*typed, "--user", "bobby.tables"], [], tmp_path, split=False).screen
    assert "mail.corp.example" in shown
    assert "soc@corp.example" in shown
    assert "bobby.tables" not in shown


def test_a_file_and_a_pipe_stay_redacted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "smtp.toml").write_text('server = "mail.corp.example"\nfrom = "soc@corp.example"\n', encoding="utf-8")
    shown = on_terminal(["settings", str(tmp_path / "smtp.toml")], [], tmp_path, split=False).screen
    assert "corp.example" not in shown
    assert "corp.example" not in run("settings", "--server", "mail.corp.example").out
