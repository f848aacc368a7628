"""Names of files may hold secrets and may try to turn the reading order; files of others are not opened."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from sestriage.cli import secretinput
from sestriage.cli.main import cli
from sestriage.rules import load_rules
from sestriage.rules.files import listing
from support import SAMPLES

SECRET = "Tr0ub4dor.99x"
FOLDER = Path("password=" + SECRET)
CHECK = ("check", "--log", "{log}", "--state", "{state}", "--since", "2000-01-01", "--grace", "0")
WATCHED = (*CHECK, "--store", "{store}", "--cert-days", "10000")


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    folder = tmp_path / FOLDER
    shutil.copytree(SAMPLES / "hostname-mismatch-jsse", folder)
    shutil.copy(SAMPLES / "settings" / "smtp.toml", folder)
    shutil.copy(next(iter(sorted((SAMPLES / "mail").glob("*.eml")))), folder / "a.eml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    names = {"log": "sw-response-mgmt.log", "store": "truststore.jks", "settings": "smtp.toml", "mail": "a.eml"}
    found = {name: str(FOLDER / file) for name, file in names.items()}
    return {**found, "state": str(tmp_path / "state"), "folder": str(FOLDER)}


@pytest.mark.parametrize(
    "words",
    [
        ("triage", "{folder}"),
        ("triage", "{folder}", "--format", "json", "--no-redact"),
        ("certs", "show", "{folder}", "--format", "json"),
        ("certs", "compare", "{folder}", "--format", "json", "--no-redact"),
        ("certs", "compare", "{folder}"),
        ("settings", "{settings}", "--format", "json"),
        ("settings", "{settings}", "--no-redact"),
        ("mail", "{mail}", "--format", "json"),
        ("mail", "{mail}"),
        ("explain", "{log}"),
        ("inspect", "{folder}", "--format", "json"),
        (*CHECK, "--format", "json"),
        WATCHED,
        (*WATCHED, "--format", "prometheus"),
        (*WATCHED, "--format", "plugin"),
        ("history", "--log", "{log}", "--state", "{state}", "--format", "json"),
        ("history", "--log", "{log}", "--state", "{state}"),
    ],
    ids=" ".join,
)
def test_a_secret_in_the_name_of_a_folder_is_not_printed(
    case: dict[str, str], words: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    if words[0] == "history":
        cli.main([word.format(**case) for word in CHECK], standalone_mode=False)
        capfd.readouterr()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.environ", {**os.environ, "SESTRIAGE_DEBUG": "1"})
        cli.main([word.format(**case) for word in words], standalone_mode=False)
    out = capfd.readouterr().out
    assert out.strip()
    assert SECRET not in out


def test_json_of_check_and_history_is_ascii(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "sw-response-mgmt\u202egol.log"
    text = (SAMPLES / "dh-openssl" / "sw-response-mgmt.log").read_text(encoding="utf-8")
    log.write_text(text, encoding="utf-8")
    paths = ["--log", str(log), "--state", str(tmp_path / "s")]
    cli.main(["check", *paths, "--since", "2000-01-01", "--grace", "0", "--format", "json"], standalone_mode=False)
    cli.main(["history", *paths, "--format", "json"], standalone_mode=False)
    out = capfd.readouterr().out
    assert out.isascii()
    assert "\u202e" in json.loads(out[: out.index("\n}\n") + 3])["log"]


# --- files of others ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("other", "checked"), [(0, True), (1, False)])
def test_a_password_file_of_another_owner_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: int, checked: bool
) -> None:
    (tmp_path / "pw").write_text("AKIAIOSFODNN7EXAMPLE\n")
    settings = tmp_path / "smtp.toml"
    settings.write_text('server = "email-smtp.us-east-1.amazonaws.com"\npassword_file = "pw"\n')
    owner = settings.stat().st_uid + other
    monkeypatch.setattr(secretinput, "os", SimpleNamespace(fstat=lambda handle: SimpleNamespace(st_uid=owner)))
    out = CliRunner().invoke(cli, ["settings", str(settings), "--format", "json"]).output
    assert ("it belongs to another user" in out) is not checked
    assert ("(access key id)" in out) is checked


@pytest.mark.parametrize("what", [".", "own.toml"])
def test_rules_that_every_user_may_write_are_not_used(tmp_path: Path, what: str) -> None:
    rule = CliRunner().invoke(cli, ["rules", "new", "own"], standalone_mode=False).output
    (tmp_path / "own.toml").write_text(rule, encoding="utf-8")
    assert "own" in load_rules([tmp_path]).rules
    (tmp_path / what).chmod(0o777)
    rules = load_rules([tmp_path])
    assert "own" not in rules.rules
    assert ["every user may write to it" in str(problem) for problem in rules.problems] == [True]
    assert "own" not in listing([str(tmp_path)])
