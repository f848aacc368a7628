"""Sessions of swaks, telnet, netcat, curl and smtplib that somebody pasted; and what only looks like one."""

from __future__ import annotations

import pytest

from sestriage.formats.transcript import looks_like_transcript
from sestriage.formats.transcript.by_hand import find_sessions, read_sessions, without_sessions
from sestriage.model.source import SourceRef

HOST = "mail.example.com"
REFUSED = "535 5.7.8 Error: authentication failed"
LOGGED = "2026-11-20 09:12:44.310 ERROR [action-1] c.x.EmailAction - Unable to send email\n"

COMMANDS = [
    (f"$ swaks --to b@example.com --server {HOST}:587 --tls --auth", "swaks", 587),
    (f"swaks -t b@example.com -s {HOST} -p 587", "swaks", None),
    (f"[root@smc ~]# telnet {HOST} 25", "telnet", 25),
    (f"root@smc:~# telnet {HOST} smtp", "telnet", 25),
    (f"> $ telnet {HOST} 587", "telnet", 587),
    (f"C:\\Users\\anna> telnet {HOST} 587", "telnet", 587),
    (f"# timeout 10 nc -v -w 5 {HOST} 587", "netcat", 587),
    (f"$ ncat {HOST} 465", "netcat", 465),
    (f"$ curl -v --url smtp://{HOST}:587 --ssl-reqd -u user:x", "curl", 587),
    (f"PS C:\\tools> curl smtps://{HOST}", "curl", None),
]


@pytest.mark.parametrize(("command", "program", "port"), COMMANDS)
def test_a_command_line_begins_a_session(command: str, program: str, port: int | None) -> None:
    quoted = "> " if command.startswith("> ") else ""
    data = f"{command}\n{quoted}{REFUSED}\n".encode()
    assert looks_like_transcript(data) == "by_hand"
    (run,) = read_sessions(data, SourceRef("paste"))
    assert (run.program, run.host, run.stream.port) == (program, HOST, port or 0)
    assert [event.reply_code for event in run.events] == [535]
    assert run.events[0].source.line == 2


@pytest.mark.parametrize(
    ("text", "program"),
    [
        (f"=== Trying {HOST}:25...\n*** Error connecting to {HOST}:25:\n", "swaks"),
        (f"Trying 192.0.2.7...\nConnected to {HOST}.\nEscape character is '^]'.\n{REFUSED}\n", "telnet"),
        (f">>> import smtplib\n>>> s = smtplib.SMTP('{HOST}', 587)\n", "Python smtplib"),
    ],
)
def test_its_own_words_begin_one(text: str, program: str) -> None:
    assert [run.program for run in read_sessions(text.encode(), SourceRef("paste"))] == [program]


@pytest.mark.parametrize(
    "text",
    [
        f"< 220 {HOST} ESMTP\n> EHLO smc\n< 250 AUTH LOGIN\n> AUTH LOGIN\n< {REFUSED}\n",  # libcurl in a program
        f"2026-11-20 09:12:44 INFO run: curl -v smtp://{HOST}:587\n{REFUSED}\n",
        "telnet is disabled on this appliance\n",
        "$ telnet switch1.example.com 23\n",
        "$ curl -v https://api.example.com/v1\n",
        "$ nc -l 9999\n",
        "=== tests passed ===\nsmtplib\n",
        "a note: telnet mail.example.com 587 was refused\n",
    ],
)
def test_what_is_no_session(text: str) -> None:
    assert find_sessions(text.encode()) == []
    assert looks_like_transcript(text.encode()) is None


def test_a_session_ends_where_a_log_begins() -> None:
    text = f"$ telnet {HOST} 587\n{REFUSED}\n\n{LOGGED}{REFUSED}\n$ nc {HOST} 25\n421 4.4.2 bye\n"
    first, second = find_sessions(text.encode())
    assert (first.first, first.last, second.first, second.last) == (1, 2, 6, 7)
    assert without_sessions(text.encode()).decode() == f"\n\n\n{LOGGED}{REFUSED}\n\n\n"


def test_a_session_that_shows_no_failure_is_told_as_answered() -> None:
    (run,) = read_sessions(f"$ nc {HOST} 25\n220 {HOST} ESMTP\n".encode(), SourceRef("paste"))
    assert run.answered
    assert run.events == ()
