"""Every command that a rule prints is sound shell, as `explain` prints it and as `triage` does; those that ask a mail
server are run against servers that refuse a client which does not wait, and show what their text promises."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from mailserver import make_pki, serving, smtp, tls_context
from rules.commandlab import punishing
from rules.printed import RULES, explained, printed, shape, shapes
from sestriage.model.command import Command, s_client
from sestriage.rules.fixes.commands import dialogue
from support import need_tool

MEANT = "SC2012,SC2016"
"""`ls` for people to read, and text in single quotes that the other side expands (Go templates, `bash -c`)."""
COMMANDS = printed()


def test_there_are_commands_of_most_rules() -> None:
    assert len(COMMANDS) > 70


def test_every_command_is_sound_shell(tmp_path: Path) -> None:
    wrong = []
    for number, command in enumerate(COMMANDS):
        script = tmp_path / f"{number}.sh"
        script.write_text(command + "\n", encoding="utf-8")
        checked = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True)
        if checked.returncode or checked.stderr:
            wrong.append((command, checked.stderr))
    assert wrong == []


def test_shellcheck_finds_nothing(tmp_path: Path) -> None:
    need_tool("shellcheck", "shellcheck")
    for number, command in enumerate(COMMANDS):
        (tmp_path / f"{number:03}.sh").write_text(command + "\n", encoding="utf-8")
    files = sorted(map(str, tmp_path.glob("*.sh")))
    options = ["--shell=bash", f"--exclude={MEANT}", "--format=gcc"]
    checked = subprocess.run(["shellcheck", *options, *files], capture_output=True, text=True)
    assert checked.stdout == ""


MEANT_AS_THEY_STAND = {"DER", "PKCS12", "TXT"}


def test_nothing_stands_for_something_to_be_filled_in() -> None:
    """A command asks for what it lacks (`${NAME:?…}`): a word such as USER would be sent as it stands."""
    bare = (re.sub(r"\"[^\"]*\"|'[^']*'", "", command) for command in shapes())
    words = {word for command in bare for word in re.findall(r"(?<=\s)[A-Z][A-Z0-9_.]+(?=\s|$)", command)}
    assert words <= MEANT_AS_THEY_STAND


def test_a_report_in_german_prints_the_same_commands() -> None:
    """But for the remarks behind them, which are translated."""
    for rule_id in RULES:
        assert [shape(text) for text in explained(rule_id, "de")] == [shape(text) for text in explained(rule_id)]


# --- run ---------------------------------------------------------------------------------------------------------


def shell(command: str | Command) -> str:
    done = subprocess.run(["bash", "-c", str(command)], capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def test_the_dialogue_waits_and_shows_greeting_and_offer() -> None:
    with serving(punishing()) as port:
        said = shell(dialogue("127.0.0.1", port)).splitlines()
    assert said == [
        "220 mail.example.com ESMTP",
        *("250-mail.example.com", "250-SIZE 10485760", "250-STARTTLS", "250 Ok"),
        "221 Bye",
    ]


def test_the_dialogue_shows_a_refusal_in_the_place_of_the_greeting() -> None:
    with serving(punishing("554 5.7.1 No SMTP service for you")) as port:
        assert shell(dialogue("127.0.0.1", port)).splitlines()[0] == "554 5.7.1 No SMTP service for you"


def test_a_client_that_does_not_wait_is_refused_by_that_server() -> None:
    """The look-alike: what the rules printed before."""
    with serving(punishing()) as port, socket.create_connection(("127.0.0.1", port), 5) as early:
        early.sendall(b"EHLO test\r\nQUIT\r\n")
        assert early.recv(100).startswith(b"554 ")


def test_the_dialogue_of_a_closed_port_ends_at_once() -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    assert "refused" in shell(dialogue("127.0.0.1", port))


def test_the_dialogue_in_tls(tmp_path: Path) -> None:
    context = tls_context(tmp_path, make_pki())
    with serving(smtp(context, wrapper=True)) as port:
        said = shell(dialogue("127.0.0.1", port, "wrapper"))
    assert "220 email-smtp.amazonaws.com" in said
    assert "250-AUTH PLAIN LOGIN" in said


PROBE = re.compile(r"-cipher DHE:@SECLEVEL=0 .*")


def probe_of_dh(port: int) -> str:
    """The need of `dh-key-too-small` against a local server."""
    found = (PROBE.search(command) for command in explained("dh-key-too-small"))
    (command,) = {probe[0].split("   #")[0] for probe in found if probe}
    return shell(f"{s_client('127.0.0.1', port)} -tls1_2 {command}")


@pytest.mark.parametrize(("bits", "ciphers", "shown"), [
    (1024, "DHE+AESGCM", "DH, 1024 bits"),
    (2048, "DHE+AESGCM", "DH, 2048 bits"),
    (None, "ECDHE+AESGCM", "alert handshake failure"),
])  # fmt: skip
def test_the_probe_for_dh_tells_its_outcomes_apart(tmp_path: Path, bits: int | None, ciphers: str, shown: str) -> None:
    context = tls_context(tmp_path, make_pki(), ciphers=ciphers, maximum=ssl.TLSVersion.TLSv1_2, dh_bits=bits)
    with serving(smtp(context)) as port:
        assert shown in probe_of_dh(port)


def test_the_probe_for_dh_without_a_connection_says_so() -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    assert "errno" in probe_of_dh(port)
