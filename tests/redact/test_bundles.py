"""Forms of support bundles: what is taken out, to the character, and the look-alikes beside it."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from growth import assert_even
from redact.planted import all_planted
from sestriage.model.message import Message, cut
from sestriage.redact import Redactor, strip_secrets


@pytest.mark.parametrize(
    ("text", "left"),
    [
        # objects of Kubernetes, the data before the kind or behind it
        (
            "apiVersion: v1\ndata:\n  smtp: c2VjcmV0LXZhbHVl\n  url: aHR0cHM6Ly94\nkind: Secret\nmetadata:\n  name: s\n",
            "apiVersion: v1\ndata:\n  smtp: <secret>\n  url: <secret>\nkind: Secret\nmetadata:\n  name: s\n",
        ),
        (
            "kind: ConfigMap\ndata:\n  smtp: plain\n---\nkind: Secret\nstringData:\n  smtp: lantern\ntype: Opaque\n",
            "kind: ConfigMap\ndata:\n  smtp: plain\n---\nkind: Secret\nstringData:\n  smtp: <secret>\ntype: Opaque\n",
        ),
        ('{"kind":"Secret","data":{"a":"bGFudGVybg==","b":"eA=="}}', '{"kind":"Secret","data":{"a":"<secret>","b":"<secret>"}}'),
        # devices
        ("snmp-server host 192.0.2.7 version 2c Lantern-1 udp-port 9", "snmp-server host <ip-1> version 2c <secret> udp-port 9"),
        ("enable password lantern level 15", "enable password <secret> level 15"),
        ("set password lantern", "set password <secret>"),
        ("standby 1 authentication md5 key-string 7 0F1A2B", "standby 1 authentication md5 key-string 7 <secret>"),
        ("aaa-server RAD (inside) host 192.0.2.4\n key Lantern-1\n", "aaa-server RAD (inside) host <ip-1>\n key <secret>\n"),
        # objects and lists
        ('{"name":"password","secure":true,"value":"lantern"}', '{"name":"password","secure":true,"value":"<secret>"}'),
        ('{"key":"smtp.password","oldValue":"a1","newValue":"b2"}', '{"key":"smtp.password","oldValue":"<secret>","newValue":"<secret>"}'),
        ('["--password", "lantern", "-v"]', '["--password", "<secret>", "-v"]'),
        ('password = "lantern" -> "harbour"', 'password = <secret>'),
        ('s:8:"password";s:7:"lantern";', 's:8:"password";s:7:"<secret>";'),
        ("Password    REG_SZ    lantern", "Password    REG_SZ    <secret>"),
        # what people write
        ("please use Lantern!42x as password", "please use <secret> as password"),
        ("Zugangsdaten: anna / Lantern!42x", "Zugangsdaten: anna / <secret>"),
        ("Kannst du Lantern#42x probieren? Passwort", "Kannst du <secret> probieren? Passwort"),
        ("パスワードはLantern42xです", "パスワードは<secret>です"),
        ("пароль: лантерн42", "пароль: <secret>"),
        ("[smtp.example]:587 joe@x.example:Lantern!42x", "[<host-1>]:587 <address-1>:<secret>"),
    ],
)  # fmt: skip
def test_only_the_secret_goes(text: str, left: str) -> None:
    redacted = Redactor(thorough=True).redact(text)
    assert redacted == left
    assert Redactor(thorough=True).redact(redacted) == left


@pytest.mark.parametrize(
    "text",
    [
        "kind: SecretStore\ndata:\n  smtp: plain\n",
        "kind: ConfigMap\ndata:\n  secret: x\n",
        '{"kind":"SecretList","items":[]}',
        'secret "smtp-credentials" not found',
        "existingSecret: smtp-credentials",
        "enable password encryption",
        "set password failed",
        "aaa-server RAD (inside) host timeout",
        '{"name":"password","type":"string"}',
        "password = var.smtp_password",
        "the ticket Foo#12 is as password protected",
        "パスワードが正しくありません",
        "use another word as password",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor(thorough=True).redact(text) == text


@pytest.mark.parametrize(
    "hostile",
    ["kind: secret\n", "kind: Secret\ndata:\n", "data:\n a: b\n", 'password","a":"b",', "a1! password ", "@a:", "aaa-server \n",
     "snmp-server host a traps ", "user a\n", " as password", "login a/"],
)  # fmt: skip
def test_hostile_texts_cost_linear_time(hostile: str) -> None:
    assert_even(lambda size: Redactor(thorough=True).redact(hostile * (size // len(hostile))), 1 << 14)


BEHIND = (" keypass=copper1281z", " and then", "; next", " (attempt 2)", ", host=a.example", " Exception: x")
WORD = "set password coppervelvet"
"""In a sentence (`set password policy`) a word behind it is none."""


def test_a_secret_with_more_of_the_line_behind_it_goes_too() -> None:
    """Another program wrote on in the line; forms whose secret ends a line must not rest on that."""
    shown = []
    for number, planted in enumerate(all_planted(7)):
        text = f"Exception: x {planted.text}"
        left = strip_secrets(text)
        if "\n" in text or planted.text == WORD or any(len(each) < 8 or each in left for each in planted.secrets):
            continue
        behind = BEHIND[number % len(BEHIND)]
        out = strip_secrets(text + behind)
        shown += [out for each in planted.secrets if each in out]
    assert not shown


@pytest.mark.parametrize("inside", [False, True], ids=["plain", "in a sentence"])
def test_a_secret_in_a_text_that_was_cut_goes_too(inside: bool) -> None:
    """Before or behind the cut may stand what makes it a secret; a piece of it is one, too."""
    shown = []
    for number, planted in enumerate([*all_planted(7)][3 if inside else 0 :: 6]):
        text = f"Exception: {'y ' * 250}{planted.text}"
        left = strip_secrets(text)
        if "\n" in text or not planted.secrets or any(len(each) < 8 or each in left for each in planted.secrets):
            continue
        first = text.index(planted.secrets[0])
        behind = first + 6 + number % 9
        for start, end in ((0, behind), (first, len(text)), (first + 1, behind)):
            part = cut(text[: end + 300] if start else text, end - start + 1, start)
            said = Message("it said `{part}`", part=part) if inside else part
            shown += [
                out for out in (strip_secrets(said), Redactor().redact(said)) if text[first + 1 : first + 6] in out
            ]
    assert not shown
