"""`--lang de` and SESTRIAGE_LANG: German words around the same ids, commands and quotes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.terminal import Run
from german import english_words
from sestriage.engine.explain.rule import rule_ids
from support import SAMPLES

PASTE = "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("SESTRIAGE_LANG", raising=False)


def commands(text: str) -> list[str]:
    """What a text report of `explain` offers for copying, without remarks in it."""
    lines = [line for line in text.splitlines() if re.match(r"    \S|F=", line)]
    return [line.partition("   # ")[0] for line in lines]


def prose(text: str) -> str:
    """What it says itself, without commands, quotes, references and the ids of rules."""
    lines = [
        line for line in text.partition("\nQUELLEN\n")[0].splitlines() if not re.match(r"    \S|F=|  > |  \S+$", line)
    ]
    return re.sub(r"\b[a-z0-9]+(-[a-z0-9]+)+\b", "", "\n".join(lines))


@pytest.mark.parametrize("rule", rule_ids())
def test_every_rule_is_explained_in_german_with_the_same_commands(run: Run, rule: str) -> None:
    english, german = run("explain", rule), run("explain", rule, "--lang", "de")
    assert german.status == 0
    assert f"Regel {rule}, Schweregrad" in " ".join(german.out.split())
    assert commands(german.out) == commands(english.out)
    assert english_words(prose(german.out)) == []
    assert not re.search(r"\\x[0-9a-f]{2}", prose(german.out)), "letters are no escapes"


def test_the_environment_sets_the_language_and_the_option_wins(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    german = run("explain", "dh-key-too-small", "--lang", "de").out
    english = run("explain", "dh-key-too-small").out
    monkeypatch.setenv("SESTRIAGE_LANG", "de")
    assert run("explain", "dh-key-too-small").out == german
    assert run("explain", "dh-key-too-small", "--lang", "en").out == english
    monkeypatch.setenv("SESTRIAGE_LANG", "")
    assert run("explain", "dh-key-too-small").out == english


def test_an_unknown_language_is_wrong_usage(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("explain", "dh-key-too-small", "--lang", "fr")
    assert result.status == 2
    assert "'fr' is not one of 'en', 'de'" in result.err
    monkeypatch.setenv("SESTRIAGE_LANG", "fr")
    assert run("triage", str(SAMPLES / "refused")).status == 2


def test_a_rule_is_explained_in_the_language_of_the_option_or_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    german = run("explain", "dh-key-too-small", "--lang", "de").out
    english = run("explain", "dh-key-too-small").out
    assert "\nQUELLEN\n" in german
    assert "\nREFERENCES\n" in english
    assert run("explain", "--lang=de", "dh-key-too-small").out == german
    assert run("explain", "dh-key-too-small", "--lang", "fr").status == 2
    monkeypatch.setenv("SESTRIAGE_LANG", "de")
    assert run("explain", "dh-key-too-small").out == german
    assert run("explain", "dh-key-too-small", "--lang", "en").out == english
    monkeypatch.setenv("SESTRIAGE_LANG", "fr")
    assert run("explain", "dh-key-too-small").status == 2


def test_an_excerpt_is_explained_in_german(run: Run) -> None:
    result = run("explain", PASTE, "--lang", "de")
    assert result.status == 0
    assert result.out.startswith("Der Server lehnt SMTP-Benutzernamen oder Passwort ab (535)")
    assert PASTE in " ".join(result.out.replace("  > ", " ").split())
    document = json.loads(run("explain", PASTE, "--lang", "de", "--format", "json").out)
    plain = json.loads(run("explain", PASTE, "--format", "json").out)
    assert {**document, "analysed": ""} == {**plain, "analysed": ""}, "JSON is for programs: its texts stay English"
    assert document["matches"][0]["rule"] == "smtp-credentials-invalid"


def test_no_match_in_german(run: Run) -> None:
    result = run("explain", "nothing that any rule has heard of", "--lang", "de")
    assert result.status == 3
    assert result.out.startswith("Keine Regel passt auf diesen Text.")
    assert "WAS AN EINEN TAC-CASE GEHÖRT" in result.out


def test_triage_writes_letters_to_a_pipe_and_a_file(run: Run, tmp_path: Path) -> None:
    result = run("triage", str(SAMPLES / "credentials-invalid"), "--lang", "de", "--no-save")
    assert result.status == 1
    assert result.out.startswith("GESCHEITERT (bestätigt): Der Server lehnt SMTP-Benutzernamen")
    assert "\\x" not in result.out
    target = tmp_path / "bericht.txt"
    run("triage", str(SAMPLES / "credentials-invalid"), "--lang", "de", "--no-save", "-o", str(target))
    made = re.compile(r"ausgewertet \S+ \S+")
    assert made.sub("", target.read_text(encoding="utf-8")) == made.sub("", result.out)


def test_markdown_is_german_too_and_json_stays_english(run: Run) -> None:
    case = ("triage", str(SAMPLES / "pkix-root-missing"), "--lang", "de", "--no-save", "--format")
    assert "Die CA der gelieferten Zertifikatskette fehlt im Vertrauensspeicher" in run(*case, "markdown").out
    document = json.loads(run(*case, "json").out)
    assert document["verdict"]["primary"]["title"].startswith("The CA of the served chain is missing from")
    assert english_words(json.dumps(document["fixes"])) != []


def test_inspect_in_german(run: Run) -> None:
    result = run("inspect", str(SAMPLES / "pkix-root-missing"), "--lang", "de")
    assert result.status == 0
    assert "3 von triage verwendet" in result.out
    assert "Versuche, Mails zu senden: 1 begonnen, 1 gescheitert" in result.out
    assert "1 Eintrag, davon 1 vertrauenswürdig" in result.out
    assert english_words(re.sub(r"[\w./-]+/[\w./-]+", "", result.out)) == []


def test_the_last_triage_in_the_other_language_is_told_by_its_rule(run: Run) -> None:
    assert run("triage", str(SAMPLES / "pkix-root-missing")).status == 1
    english = run("explain", "--last").out
    german = run("explain", "--last", "--lang", "de").out
    assert "CN=Amazon Root CA 1,O=Amazon,C=US" in english
    assert german.startswith("Die CA der gelieferten Zertifikatskette fehlt im Vertrauensspeicher")
    assert english_words(prose(german)) == []
    run("triage", str(SAMPLES / "pkix-root-missing"), "--lang", "de")
    assert "CN=Amazon Root CA 1,O=Amazon,C=US" in run("explain", "--last", "--lang", "de").out
