"""`sestriage credentials`: derives and checks, and never echoes, repeats or stores a secret."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.terminal import Run, on_terminal
from support import ROOT

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
OTHER = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
VECTORS = {
    "us-east-1": "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
    "us-west-2": "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd",
    "eu-west-1": "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk",
}
Files = Callable[..., tuple[str, ...]]
OLD = "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    def write(secret: str = SECRET, password: str = VECTORS["us-east-1"]) -> tuple[str, ...]:
        (tmp_path / "secret").write_text(secret + "\n", encoding="utf-8")
        (tmp_path / "password").write_text(password + "\n", encoding="utf-8")
        return "--secret-file", str(tmp_path / "secret"), "--password-file", str(tmp_path / "password")

    return write


@pytest.mark.parametrize(("region", "password"), VECTORS.items())
def test_derives_the_password_and_prints_nothing_else(run: Run, files: Files, region: str, password: str) -> None:
    for arguments, stdin in (
        (files()[:2], b""),
        ((), SECRET.encode()),
        (("--secret-file", "-"), SECRET.encode() + b"\r\n"),
    ):
        result = run("credentials", "--region", region.upper(), *arguments, stdin=stdin)
        assert (result.status, result.out, result.err) == (0, password + "\n", "")


@pytest.mark.parametrize(("region", "password"), VECTORS.items())
def test_tells_the_region(run: Run, files: Files, region: str, password: str) -> None:
    result = run("credentials", "--check", *files(password=password))
    assert result.status == 0
    assert f"version 4, region {region}" in result.out


def test_another_region_than_expected(run: Run, files: Files) -> None:
    result = run("credentials", "--check", "--region", "eu-west-1", *files())
    assert result.status == 1
    assert "region us-east-1" in result.out
    assert "not made for eu-west-1" in result.out


def test_the_old_signature(run: Run, files: Files) -> None:
    result = run("credentials", *files(password=OLD))
    assert result.status == 0
    assert "version 2" in result.out


def test_does_not_belong(run: Run, files: Files) -> None:
    result = run("credentials", "--check", *files(secret=OTHER))
    assert result.status == 1
    assert "does not belong to this secret" in result.out


@pytest.mark.parametrize(
    ("password", "words"),
    [
        (SECRET, "the secret itself"),
        (VECTORS["us-east-1"] + " ", "Without the blanks"),
        (f"'{VECTORS['us-east-1']}'", "Without the blanks or quotes"),
        (VECTORS["us-east-1"][:-1], "it was cut"),
        ("AKIAIOSFODNN7EXAMPLE", "swapped"),
    ],
)
def test_why_it_does_not_fit(run: Run, files: Files, password: str, words: str) -> None:
    result = run("credentials", "--check", *files(password=password))
    assert result.status == 1
    assert words in result.out
    assert password not in result.out + result.err


def test_both_from_standard_input(run: Run) -> None:
    result = run("credentials", "--check", stdin=f"{SECRET}\n{VECTORS['us-west-2']}\n".encode())
    assert "region us-west-2" in result.out


@pytest.mark.parametrize(
    "arguments",
    [
        (SECRET,),
        ("--region", "us-east-1", SECRET),
        ("--secret", SECRET),
        (f"--secret={SECRET}",),
        ("--region", SECRET),
        ("--region", "us-east-1", "--", SECRET),
        ("--check", SECRET, VECTORS["us-east-1"]),
        ("--secret-file", SECRET, "--region", "us-east-1"),
        ("--password", VECTORS["us-east-1"]),
    ],
)
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(run: Run, arguments: tuple[str, ...]) -> None:
    result = run("credentials", *arguments, stdin=SECRET.encode())
    assert (result.status, result.out) == (2, "")
    for secret in (SECRET, *VECTORS.values()):
        assert secret not in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("stdin", "words"),
    [
        (b"", "no secret"),
        (SECRET[:-1].encode(), "40 characters"),
        (VECTORS["us-east-1"].encode(), "SMTP password already"),
        (b"AKIAIOSFODNN7EXAMPLE", "access key id"),
        (b"\xff\xfe\xfd", "not text"),
        (b"x" * 100_000, "40 characters"),
    ],
)
def test_what_is_no_secret(run: Run, stdin: bytes, words: str) -> None:
    result = run("credentials", "--region", "us-east-1", stdin=stdin)
    assert (result.status, result.out) == (2, "")
    assert words in result.err
    assert stdin.decode("latin-1")[:20] not in result.err or not stdin


def test_usage(run: Run) -> None:
    assert run("credentials", stdin=SECRET.encode()).status == 2
    assert "did you mean us-east-1" in run("credentials", "--region", "us-esat-1", stdin=SECRET.encode()).err
    note = run("credentials", "--region", "af-south-1", stdin=SECRET.encode())
    assert note.status == 0
    assert "no SMTP endpoint in af-south-1" in note.err


def test_asks_without_echo(tmp_path: Path) -> None:
    session = on_terminal(["credentials", "--region", "us-east-1"], [("secret access key", SECRET)], tmp_path)
    assert session.status == 0
    assert session.out == VECTORS["us-east-1"] + "\n"
    assert SECRET not in session.screen
    assert VECTORS["us-east-1"] not in session.screen


def test_asks_for_both_and_shows_neither(tmp_path: Path) -> None:
    questions = [("secret access key", SECRET), ("SMTP password", VECTORS["eu-west-1"])]
    session = on_terminal(["credentials", "--check"], questions, tmp_path, split=False)
    assert session.status == 0
    assert "version 4, region eu-west-1" in session.screen
    assert SECRET not in session.screen
    assert VECTORS["eu-west-1"] not in session.screen


def test_settings_asks_on_a_terminal(tmp_path: Path) -> None:
    questions = [
        ("SMTP SERVER", "email-smtp.us-east-1.amazonaws.com"),
        ("PORT", "465"),
        ("ENCRYPTION TYPE", "STARTTLS"),
        ("FROM EMAIL", ""),
        ("USER NAME", ""),
        ("PASSWORD", VECTORS["us-east-1"]),
        ("To of", ""),
        ("Domains", ""),
        ("sandbox", ""),
    ]
    session = on_terminal(["settings"], questions, tmp_path)
    assert session.status == 1
    assert "settings-starttls-on-smtps-port" in session.out
    assert "(current)" in session.out
    assert VECTORS["us-east-1"] not in session.screen + session.out


def test_nothing_is_stored(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    run("credentials", "--region", "us-east-1", stdin=SECRET.encode())
    run("credentials", "--check", stdin=f"{SECRET}\n{OLD}\n".encode())
    assert list(tmp_path.iterdir()) == []


def test_no_option_takes_a_secret() -> None:
    """By design: every option of the command is a region, a switch, the name of a file or a language."""
    from sestriage.cli.credentials import command

    options = {name for parameter in command.params for name in parameter.opts}
    assert options == {"--region", "--check", "--secret-file", "--password-file", "--lang", "refused"}
    assert "environ" not in (ROOT / "src" / "sestriage" / "cli" / "secretinput.py").read_text(encoding="utf-8")


def test_a_password_of_mail_manager_is_derived_from_nothing(run: Run) -> None:
    assert "derived from nothing" in " ".join(run("credentials", "--help").out.split())
    result = run("credentials", "--check", stdin=f"{SECRET}\nA-password-of-its-own-1\n".encode())
    assert result.status == 1
    assert "A password of Mail Manager (user name inp-...) is derived from no secret" in " ".join(result.out.split())
