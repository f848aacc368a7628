"""Every command speaks the language of the user: help, usage errors, and what it says besides its report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from children import usual_signals
from cli.terminal import Run
from documents import commands
from german import english_words
from sestriage.cli.language import choose, chosen
from support import ROOT, SAMPLES

README = str(ROOT / "README.md")
EVERY = ["", *(name for name, _ in commands())]
"""The words of every command; none: `sestriage` itself."""

WRONG = [
    ("no-such-command",),
    ("triage",),
    ("triage", "--frmat", "json", README),
    ("triage", "--format", "xml", README),
    ("triage", "--format"),
    ("triage", "--max-depth", "99", README),
    ("triage", "--max-depth", "many", README),
    ("triage", "--max-total-bytes", "many", README),
    ("triage", "--quiet", "--verbose", README),
    ("triage", "--tz", "Nowhere/City", README),
    ("triage", "--tz", "UTC", "--utc-offset", "+02:00", README),
    ("triage", "--utc-offset", "99", README),
    ("triage", "--since", "soon", README),
    ("triage", "--since", "09:00", "--until", "08:00", README),
    ("triage", "/no/such/file"),
    ("triage", "--no-save", "-o", "/no/such/folder/report.md", README),
    ("inspect", "/no/such/file"),
    ("inspect", "--color", "blue", README),
    ("explain",),
    ("explain", "no-such-file.log"),
    ("explain", " "),
    ("explain", "--last", "--search"),
    ("rules", "no-such-command"),
    ("rules", "list", "--phase", "lunch"),
    ("rules", "show", "dh-key-too-smal"),
    ("rules", "show", "entirely-unknown-thing-of-no-kind"),
    ("rules", "new", "No_Id"),
    ("rules", "new", "an-id", "-o", "/no/such/folder/rule.toml"),
    ("redact", "/no/such/file"),
    ("redact", README, "-o", README),
    ("redact", README, "--map", README),
    ("redact", "--map", "/no/such/folder/case.map", "-"),
    ("settings",),
    ("settings", "/no/such/file"),
    ("settings", "--port", "99999"),
    ("credentials",),
    ("credentials", "--check"),
    ("credentials", "--region", "nowhere"),
    ("credentials", "--region", "us-east-1", "anything"),
    ("credentials", "--region", "us-east-1", "--secret-file", "/no/such/file"),
    ("guide",),
    ("guide", "--region", "us-esat-1"),
    ("guide", "--region", "us-east-1", "--from", "nobody"),
    ("guide", "--region", "us-east-1", "--iam-user", "two words"),
    ("guide", "--region", "us-east-1", "--port", "465", "--encryption", "starttls"),
    ("guide", "--server", "-"),
    ("mail",),
    ("mail", "/no/such/file"),
    ("mail", README),
    ("certs", "compare"),
    ("certs", "compare", "/no/such/file"),
    ("certs", "compare", "--at", "noon", README),
    ("certs", "compare", README),
    ("certs", "show", README),
    ("certs", "export", README),
    ("probe",),
    ("probe", "a:b:c"),
    ("probe", "host:99999"),
    ("probe", "--from-ip", "here", "host"),
    ("probe", "--from-ip", "192.0.2.1", "host"),
    ("check", "--grace", "soon"),
    ("check", "--cert-days", "many"),
    ("check", "--format", "xml"),
    ("check", "--warning", "9:1"),
    ("check", "--warning", "many"),
    ("check", "--since", "soon"),
    ("check", "--config", "/no/such/file"),
    ("check", "-o", "report.txt"),
    ("check", "--remind"),
    ("history", "--state", "/no/such/folder"),
    ("config", "show", "--config", "/no/such/file"),
]
"""The most usual wrong command lines, by command."""


@pytest.fixture(autouse=True)
def _own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith("SESTRIAGE_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize("name", EVERY)
def test_no_english_is_left_in_german_help(run: Run, name: str) -> None:
    words = name.split()
    english, german = run(*words, "--help"), run(*words, "--help", "--lang", "de")
    assert (english.status, german.status) == (0, 0)
    assert english.out.startswith(f"Usage: {' '.join(['sestriage', *words])} ")
    assert german.out.startswith(f"Aufruf: {' '.join(['sestriage', *words])} ")
    assert english_words(german.out) == []
    assert options(german.out) == options(english.out), "options and placeholders are the same in every language"
    assert run(*words, "--help").out == english.out


def options(text: str) -> list[str]:
    """The beginnings of the lines that name an option of a command."""
    return [line.split("  ")[1].strip() for line in text.splitlines() if line.startswith("  -")]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_no_english_is_left_in_german_errors(run: Run, arguments: tuple[str, ...]) -> None:
    english, german = run(*arguments), run(*arguments, "--lang", "de")
    assert (english.status, german.status) == (2, 2)
    assert german.out == english.out == ""
    sentence, told = english.err.splitlines()[-1], german.err.splitlines()[-1]
    assert told != sentence
    assert english_words(german.err.replace(README, "")) == [], told
    assert told.startswith("sestriage: "), "told at the same place"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--lang", "de", "certs", "compare"),
        ("--lang=de", "certs", "compare"),
        ("certs", "--lang", "de", "compare"),
        ("certs", "compare", "--lang", "de"),
        ("certs", "compare", "--lang", "en", "--lang", "de"),
        ("--lang", "en", "certs", "compare", "--lang", "de"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("end", ["--help", ""])
def test_the_place_of_the_option_does_not_matter(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], end: str
) -> None:
    asked = run(*arguments, *filter(None, [end]))
    monkeypatch.setenv("SESTRIAGE_LANG", "de")
    assert run("certs", "compare", *filter(None, [end])) == asked
    assert (asked.out + asked.err).startswith("Aufruf: sestriage certs compare ")
    assert run("certs", "compare", *filter(None, [end]), "--lang", "en") != asked


def test_the_report_follows_the_option_of_the_group(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*arguments: str) -> list[str]:
        shown = run(*arguments, "-q", "--no-save", str(SAMPLES / "credentials-invalid")).out
        return shown.splitlines()[:-1]  # the last line has the time of the run

    behind = told("triage", "--lang", "de")
    assert behind[0].startswith("GESCHEITERT")
    assert told("--lang", "de", "triage") == behind
    monkeypatch.setenv("SESTRIAGE_LANG", "de")
    assert told("triage") == behind
    assert told("--lang", "en", "triage")[0].startswith("FAILED")


def test_what_follows_two_dashes_is_no_option() -> None:
    choose(["explain", "--", "--lang", "de"], {})
    assert chosen() == "en"


def test_an_unknown_language_of_the_environment_is_unknown_to_a_monitoring_plugin(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESTRIAGE_LANG", "fr")
    result = run("check", "--format", "plugin")
    assert result.status == 3
    assert result.out.startswith("SESTRIAGE UNKNOWN - ")


def test_kinds_of_files_are_named_in_german(tmp_path: Path) -> None:
    """click names them when a module is loaded, so this needs a process of its own."""
    for option, told in (
        ("--keylog", "Datei '/no/such/file' gibt es nicht."),
        ("--rules", "Ordner '/no/such/file' gibt es nicht."),
        ("--store", "Pfad '/no/such/file' gibt es nicht."),
    ):
        with usual_signals():
            done = subprocess.run(
                [sys.executable, "-m", "sestriage", "--lang", "de", "triage", option, "/no/such/file", README],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
                env={**os.environ, "PYTHONUTF8": "1"},
            )
        assert done.returncode == 2
        assert done.stderr.endswith(f"sestriage: Ungültiger Wert für '{option}': {told}\n")


def test_the_origins_of_settings_are_told_in_german(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "sestriage.toml"
    config.write_text('[check]\nremind = "1d"\n', encoding="utf-8")
    english = run("config", "show", "--config", str(config)).out
    german = run("config", "show", "--config", str(config), "--lang", "de").out
    assert f'remind = "1d"  # {config}, Zeile 2\n' in german
    assert 'grace = "10s"  # Vorgabe\n' in german
    assert "# output ist nicht gesetzt\n" in german
    assert [line.partition("#")[0] for line in german.splitlines()] == [
        line.partition("#")[0] for line in english.splitlines()
    ]
    for language in ("en", "de"):
        assert '"from": "default"' in run("config", "show", "--format", "json", "--lang", language).out


def test_rules_are_listed_with_german_titles_and_the_same_ids(run: Run) -> None:
    english, german = run("rules", "list").out, run("rules", "list", "--lang", "de").out
    assert german.splitlines()[0].split() == ["NAME", "SCHRITT", "SCHWERE", "TITEL"]
    assert [line.split()[:3] for line in german.splitlines()[1:]] == [
        line.split()[:3] for line in english.splitlines()[1:]
    ]
    assert english_words("\n".join(line.split(maxsplit=3)[3] for line in german.splitlines())) == []
    assert run("rules", "list", "--format", "json", "--lang", "de") == run("rules", "list", "--format", "json")
