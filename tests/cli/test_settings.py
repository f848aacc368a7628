"""`sestriage settings`: values by option, file, standard input and on a terminal; exit statuses; nothing secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.terminal import Run
from sarif import results_of
from support import SAMPLES

SAMPLE = str(SAMPLES / "settings" / "smtp.toml")
PASSWORD = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"
ENDPOINT = "email-smtp.us-east-1.amazonaws.com"


def rules_of(out: str) -> list[str]:
    return [finding["rule"] for finding in json.loads(out)["findings"]]


def test_the_sample_has_no_fault(run: Run) -> None:
    result = run("settings", SAMPLE)
    assert result.status == 0
    assert result.out.startswith("no fault found in the settings\n")


def test_an_error_gives_1_a_warning_0(run: Run) -> None:
    error = run("settings", "--server", ENDPOINT, "--port", "465", "--encryption", "starttls", "--format", "json")
    assert (error.status, rules_of(error.out)) == (1, ["settings-starttls-on-smtps-port"])
    warning = run("settings", "--port", "25", "--format", "json")
    assert (warning.status, rules_of(warning.out)) == (0, ["settings-port-25"])


def test_options_win_over_the_file(run: Run) -> None:
    result = run("settings", SAMPLE, "--from", "alarms@example.org", "--format", "json", "--no-redact")
    assert rules_of(result.out) == ["settings-sender-not-verified"]
    (finding,) = json.loads(result.out)["findings"]
    assert finding["evidence"][0] == {
        "path": "--from",
        "member": None,
        "line": None,
        "frame": None,
        "quote": "FROM EMAIL: alarms@example.org",
        "kind": "config.smtp",
    }


def test_standard_input(run: Run) -> None:
    result = run("settings", "-", "--format", "json", stdin=b"port = 2525\n")
    assert (result.status, rules_of(result.out)) == (1, ["settings-port-not-served"])


def test_every_option_reaches_its_check(run: Run) -> None:
    result = run(
        *("settings", "--server", ENDPOINT, "--port", "25", "--on-ec2", "--encryption", "none", "--user", "someone"),
        *("--from", "x", "--to", "y", "--to", "a@example.org", "--verified-domain", "example.com", "--sandbox"),
        *("--verified-region", "eu-west-1", "--iam-user", "a b", "--action-disabled", "--format", "json"),
    )
    assert set(rules_of(result.out)) == {
        *("settings-port-25-on-ec2", "settings-unencrypted-with-login", "settings-user-not-a-key-id"),
        *("settings-sender-malformed", "settings-recipient-malformed", "settings-recipient-sandbox"),
        *("settings-region-differs", "settings-iam-user-invalid", "settings-action-disabled"),
    }


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_password_files_are_looked_at_and_never_shown(run: Run, tmp_path: Path, form: str) -> None:
    secret = tmp_path / "password"
    secret.write_text(PASSWORD[:-2] + "\n", encoding="utf-8")
    result = run("settings", "--server", ENDPOINT, "--password-file", str(secret), "--format", form, "--no-redact")
    assert result.status == 1
    assert "settings-password-damaged" in result.out
    assert PASSWORD[:8] not in result.out + result.err


def test_a_password_file_named_in_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    file = tmp_path / "smtp.toml"
    file.write_text(f'server = "{ENDPOINT}"\npassword_file = "password"\n', encoding="utf-8")
    result = run("settings", str(file), "--format", "json")
    assert json.loads(result.out)["settings"]["password_shape"] == "current"
    assert rules_of(result.out) == []
    file.write_text(f'server = "{ENDPOINT}"\npassword_file = "other"\n', encoding="utf-8")
    result = run("settings", str(file), "--format", "json")
    assert (result.status, rules_of(result.out)) == (0, ["settings-file-remarks"])


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_redacted_unless_asked(run: Run, form: str) -> None:
    arguments = (
        "settings",
        "--from",
        "alarms@customer.example",
        "--verified-domain",
        "other.example",
        "--format",
        form,
    )
    assert "customer.example" not in run(*arguments).out
    assert "customer.example" in run(*arguments, "--no-redact").out.replace("&#64;", "@")


def test_an_access_key_id_is_never_shown(run: Run) -> None:
    for form in ("text", "markdown", "json"):
        assert "AKIAIOSFODNN7EXAMPLE" not in run("settings", SAMPLE, "--no-redact", "--format", form).out


@pytest.mark.parametrize(
    "arguments",
    [
        ("settings",),
        ("settings", "--port", "abc"),
        ("settings", "--port", "70000"),
        ("settings", "--encryption", "tls"),
        ("settings", "/does/not/exist.toml"),
        ("settings", "--server", ENDPOINT, "--password-file", "/does/not/exist"),
        ("settings", "--no-such-option"),
    ],
)
def test_wrong_usage(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err
    assert "Traceback" not in result.err


def test_a_file_of_windows_is_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "smtp.toml").write_bytes(f"server = '{ENDPOINT}'\r\nport = 25\r\n".encode("utf-16"))
    assert rules_of(run("settings", str(tmp_path / "smtp.toml"), "--format", "json").out) == ["settings-port-25"]


def test_a_file_that_is_no_text_is_not_read_as_settings(run: Run) -> None:
    result = run("settings", str(SAMPLES / "bundle" / "bundle.tar.gz"))
    assert (result.status, result.out) == (2, "")
    assert result.err.endswith("bundle.tar.gz is no settings file: what it holds is no text\n")


def test_hostile_files(run: Run, tmp_path: Path) -> None:
    for number, data in enumerate((b"\xff\xfe\x00", b"[" * 10_000, b"server = '\x1b[31m'", bytes(range(256)) * 100)):
        file = tmp_path / f"{number}.toml"
        file.write_bytes(data)
        result = run("settings", str(file))
        assert result.status == (2 if number == 3 else 0) or result.status == 1
        assert "\x1b" not in result.out
        assert "Traceback" not in result.err


def test_output_file(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "report.md"
    result = run("settings", SAMPLE, "--format", "markdown", "-o", str(target))
    assert (result.status, result.out) == (0, "")
    assert target.read_text(encoding="utf-8").startswith("# no fault found")


def test_as_sarif(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "my form.toml"
    file.write_text(f'server = "{ENDPOINT}"\nport = 465\nencryption = "starttls"\n', "utf-8")
    result = run("settings", str(file), "--from", "alarms", "--format", "sarif")
    assert result.status == 1
    found = results_of(result.out)
    assert [each["ruleId"] for each in found] == rules_of(
        run("settings", str(file), "--from", "alarms", "--format", "json").out
    )
    places = [place for each in found for place in each["locations"]]
    assert {"logicalLocations": [{"name": "--from"}]} in places
    lines = [place["physicalLocation"]["region"]["startLine"] for place in places if "physicalLocation" in place]
    assert {2, 3} <= set(lines)
    assert file.as_uri() in result.out


def test_sarif_by_the_suffix_of_the_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.sarif"
    run("settings", SAMPLE, "-o", str(file))
    assert results_of(file.read_text("utf-8")) == []


def test_sarif_hides_what_is_private(run: Run) -> None:
    private = ("--from", "alarms@customer.example", "--verified-domain", "other.example")
    result = run("settings", SAMPLE, *private, "--format", "sarif")
    assert results_of(result.out)
    assert "customer.example" not in result.out
