"""Every command speaks German: no English sentence of ours is left, JSON stays English, and English stays as it was."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.terminal import Run
from german import english_words
from support import SAMPLES

LOG = str(SAMPLES / "credentials-invalid" / "sw-response-mgmt.log")
WRONG = ("--server", "email-smtp.us-east-1.amazonaws.co", "--port", "465", "--encryption", "starttls", "--user", "x")
MAILS = sorted(path.name for path in (SAMPLES / "mail").glob("*.eml"))
STORES = ("pkix-root-missing", "expired", "same-name-other-key", "hostname-mismatch", "leaf-only-chain", "tls13")

_QUOTED = re.compile(
    r"^(?:Java \d+|openssl verify[^:\n]*|.*Prüfung des Namens|   Damit|Regel): [^\n]*(?:\n  [^\n]*)*"
    r"|^ {4}[^\n]*|^  Log [^\n]*|\b(?:CN|O|OU)=[^\n]*|Read timed out|\$\{[^}]*\}",
    re.MULTILINE,
)
"""What programs print, ids of rules, names of certificates, quoted lines, and variables of commands."""


def checked(*arguments: str) -> str:
    """What `sestriage check` writes: to the descriptor, which only a process of its own has."""
    command = [sys.executable, "-m", "sestriage", "check", "--since", "9999d", *arguments]
    surroundings = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, env=surroundings, check=False, capture_output=True, timeout=60, text=True).stdout


def german(run: Run, *arguments: str, stdin: bytes = b"") -> str:
    """The report in German. No English sentence is in it, and it is another one than the English report."""
    told = run(*arguments, "--lang", "de", stdin=stdin)
    assert told.err == ""
    assert told.status == run(*arguments, stdin=stdin).status
    for line in _QUOTED.sub("", told.out).splitlines():
        assert english_words(line) == [], line
    return told.out


def timeless(document: str) -> str:
    """A document without the moment in which it was made."""
    return re.sub(r'"analysed": "[^"]+"', "", document)


def same_json(run: Run, *arguments: str, stdin: bytes = b"") -> None:
    """JSON is for programs."""
    assert timeless(run(*arguments, "--format", "json", "--lang", "de", stdin=stdin).out) == timeless(
        run(*arguments, "--format", "json", stdin=stdin).out
    )


# --- settings and mail -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        (str(SAMPLES / "settings" / "smtp.toml"),),
        WRONG,
        (*WRONG, "--sandbox", "--to", "a@b@c"),
        ("--from", "soc@example.org", "--verified-domain", "example.com", "--password-file", "-"),
    ],
    ids=["good", "wrong", "recipient", "password"],
)
def test_settings(run: Run, arguments: tuple[str, ...]) -> None:
    assert "Offline gegen" in german(run, "settings", *arguments, stdin=b"short\n")
    same_json(run, "settings", *arguments, stdin=b"short\n")


def test_what_a_settings_file_has_wrong(run: Run) -> None:
    file = b'server = "x"\nport = "y"\nfoo = 1\nserver = 2\npassword = "a"\nto = {}\n'
    told = german(run, "settings", "-", stdin=file)
    assert "`port` muss ein Port von 1 bis 65535 sein, nicht `y`" in told.replace("\n    ", " ")
    assert "gemeint: `from`?" in told
    same_json(run, "settings", "-", stdin=file)


@pytest.mark.parametrize("name", MAILS)
def test_mail(run: Run, name: str) -> None:
    path = str(SAMPLES / "mail" / name)
    known = ("--settings", str(SAMPLES / "settings" / "smtp.toml"))
    assert "SES" in german(run, "mail", path, *known)
    same_json(run, "mail", path, *known)


# --- certificates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STORES)
def test_certs_compare(run: Run, name: str) -> None:
    german(run, "certs", "compare", str(SAMPLES / name))
    same_json(run, "certs", "compare", str(SAMPLES / name))


def test_the_broken_link_is_named_in_german(run: Run) -> None:
    told = german(run, "certs", "compare", str(SAMPLES / "pkix-root-missing"))
    assert "Wer was sagt" in told
    assert "weder geliefert noch im Speicher" in told
    assert "<== erstes gebrochenes Glied" in told


def test_certs_show(run: Run) -> None:
    told = german(run, "certs", "show", str(SAMPLES / "pkix-root-missing"))
    assert "Integrität: mit dem Passwort geprüft" in told
    assert "CA, RSA 2048, selbst signiert" in told
    same_json(run, "certs", "show", str(SAMPLES / "pkix-root-missing"))


def test_certs_export(run: Run, tmp_path: Path) -> None:
    told = german(run, "certs", "export", str(SAMPLES / "pkix-root-missing"), "--to", str(tmp_path / "import"))
    assert "NICHT GESPEICHERT" in told


# --- check and history -------------------------------------------------------------------------------------------


def test_check_and_history(run: Run, tmp_path: Path) -> None:
    place = ("--log", LOG, "--state", str(tmp_path / "state"))
    told = checked(*place, "--lang", "de")
    assert told.startswith("Alarmmails scheitern: Der Server lehnt")
    assert "gescheitert am Schritt Anmeldung" in told
    for line in told.splitlines():
        assert english_words(_QUOTED.sub("", line)) == [], line
    assert "dauert an" in german(run, "history", *place)
    same_json(run, "history", *place)
    plugin = checked(*place, "--format", "plugin", "--lang", "de")
    assert plugin.startswith("SESTRIAGE CRITICAL - Alarmmail scheiterte einmal seit ")


@pytest.mark.parametrize("form", ["json", "prometheus"])
def test_what_programs_read_of_a_check_is_english(tmp_path: Path, form: str) -> None:
    def check(folder: str, *language: str) -> str:
        place = ("--log", LOG, "--state", str(tmp_path / folder), "--format", form)
        return re.sub(r"\d{10}(?:\.\d+)?|2\d{3}-\d\d-\d\dT[\d:.]+", "", checked(*place, *language))

    assert check("one", "--lang", "de") == check("two")
