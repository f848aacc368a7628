"""Names of people and accounts get pseudonyms; accounts of every machine and words of a sentence stay."""

from __future__ import annotations

import pytest

from redact.measure import LABEL
from sestriage.redact import Redactor


@pytest.mark.parametrize(
    ("text", "left"),
    [
        # who logs in
        ("user=joe port=25", "user=<name-1> port=25"),
        ('{"username": "Joe"} user=JOE', '{"username": "<name-1>"} user=<name-1>'),
        ("user: joe", "user: <name-1>"),
        ("Username: anna.b, port 25", "Username: <name-1>, port 25"),
        ("user: joe logged in", "user: <name-1> logged in"),
        ("Benutzer: anna", "Benutzer: <name-1>"),
        ("utilisateur : zoe", "utilisateur : <name-1>"),
        ("login as joe", "login as <name-1>"),
        ("logged in as 'joe'", "logged in as '<name-1>'"),
        ("Accepted publickey for joe from h port 22", "Accepted publickey for <name-1> from h port 22"),
        ("Failed password for invalid user joe from h", "Failed password for invalid user <name-1> from h"),
        ("session opened for user joe by (uid=0)", "session opened for user <name-1> by (uid=0)"),
        # whose folder it is
        ("/home/joe/.ssh/id_rsa", "/home/<name-1>/.ssh/id_rsa"),
        ("/Users/joe/x", "/Users/<name-1>/x"),
        (r"C:\Users\joe\x", r"C:\Users\<name-1>\x"),
        ('"C:\\\\Users\\\\joe\\\\x"', '"C:\\\\Users\\\\<name-1>\\\\x"'),
        # who a mail is from
        ("From: Jane Doe <jane@x.example>", "From: <name-1> <address-1>"),
        ('To: "Doe, Jane (IT)" <jane@x.example>', 'To: "<name-1>" <address-1>'),
        ("Cc: =?UTF-8?Q?J=C3=BCrgen?= <j@x.example>", "Cc: <name-1> <address-1>"),
        ('{"from": "Jürgen Maß <j@x.example>"}', '{"from": "<name-1> <address-1>"}'),
    ],
)
def test_names_go(text: str, left: str) -> None:
    redacted = Redactor().redact(text)
    assert redacted == left
    assert Redactor().redact(redacted) == left


@pytest.mark.parametrize(
    "text",
    [
        "user=root",
        "user: admin",
        "username: null",
        "user: please log in again",
        "user: not found",
        "user agent: curl/7.76.1",
        "login: failed",
        "login as the next step",
        "log in as another user",
        "running as root",
        "Failed password for root from h",
        "waiting for user input",
        "session closed for user root",
        "/home/",
        "/home/lost+found",
        "/home/$USER/x",
        "/Users/Shared/x",
        "From: <null>",
        "MAIL FROM: denied",
        "connection from: unknown",
    ],
)
def test_what_is_no_name_stays(text: str) -> None:
    assert Redactor().redact(text) == text


def test_a_person_has_one_pseudonym_in_all_places() -> None:
    out = Redactor().redact("user=joe\nlogged in as Joe\n/home/joe/x\nuser: JOE\n")
    assert LABEL.findall(out) == ["<name-1>"] * 4
