"""Host names and addresses by what stands around them; look-alikes (files, versions, properties) stay."""

from __future__ import annotations

import json

import pytest

from sestriage.redact import Redactor


@pytest.mark.parametrize(
    ("text", "left"),
    [
        # endings that files have, too
        ("host=relay.corp.sh", "host=<host-1>"),
        ("soc@corp.zip", "<address-1>"),
        ("https://get.corp.py/x", "https://<host-1>/x"),
        ("relay=relay.corp.sh[10.1.2.3]:25", "relay=<host-1>[<ip-1>]:25"),
        ("relay.corp.sh:587 refused", "<host-1>:587 refused"),
        ("EHLO mgr.corp.rs", "EHLO <host-1>"),
        # the names of the machines in headers of syslog
        ("Nov 24 03:46:02 mgr1 app: x", "Nov 24 03:46:02 <hostname-1> app: x"),
        ("Nov  4 03:46:02 mgr1 app[12]: x", "Nov  4 03:46:02 <hostname-1> app[12]: x"),
        ("<134>Nov 24 03:46:02 mgr1 app: x", "<134>Nov 24 03:46:02 <hostname-1> app: x"),
        ("Nov 24 2026 03:46:02 mgr1 : %ASA-6-302013: x", "Nov 24 2026 03:46:02 <hostname-1> : %ASA-6-302013: x"),
        ("Nov 24 03:46:02.318 mgr1 %LINK-3-UPDOWN: x", "Nov 24 03:46:02.318 <hostname-1> %LINK-3-UPDOWN: x"),
        ("Nov 24 03:46:02 10.1.2.3 mgr1 app: x", "Nov 24 03:46:02 <ip-1> <hostname-1> app: x"),
        (
            "Nov 24 03:46:02 mgr1 last message repeated 2 times",
            "Nov 24 03:46:02 <hostname-1> last message repeated 2 times",
        ),
        (
            "<165>1 2026-11-24T03:46:02.003Z mgr1 app 1 ID47 - x",
            "<165>1 2026-11-24T03:46:02.003Z <hostname-1> app 1 ID47 - x",
        ),
        ("2026-11-24T03:46:02+00:00 mgr1 app: x", "2026-11-24T03:46:02+00:00 <hostname-1> app: x"),
        ("2026-11-24T03:46:02.1+00:00 mgr1 app[1]: x", "2026-11-24T03:46:02.1+00:00 <hostname-1> app[1]: x"),
        ("Tue 2026-11-24 03:46:02 UTC mgr1 app[1]: x", "Tue 2026-11-24 03:46:02 UTC <hostname-1> app[1]: x"),
        ("1764000000.123456 mgr1 app[1]: x", "1764000000.123456 <hostname-1> app[1]: x"),
        # what is said of a host
        ("host=mgr-07 down", "host=<hostname-1> down"),
        ("mgr-07: mgr-07: Name or service not known", "<hostname-1>: <hostname-1>: Name or service not known"),
        (
            "smc: smc: Temporary failure in name resolution",
            "<hostname-1>: <hostname-1>: Temporary failure in name resolution",
        ),
        ("mgr1: Name or service not known", "<hostname-1>: Name or service not known"),
        ("getaddrinfo: Name or service not known", "getaddrinfo: Name or service not known"),
        ("localhost: localhost: Name or service not known", "localhost: localhost: Name or service not known"),
        ("mail.smtp.localhost=mgr1", "mail.smtp.localhost=<hostname-1>"),
        # addresses that look like versions
        ("version 192.168.1.7", "version <ip-1>"),
        ("v172.16.3.4", "v<ip-1>"),
        ("version 10.20.130.7", "version <ip-1>"),
        ("version: 10.1.2.3:587", "version: <ip-1>:587"),
        ("release 54.1.2.3/32", "release <ip-1>/32"),
        ("version 127.0.0.1", "version <ip-1>"),
        ("node-10.1.2.3", "node-<ip-1>"),
    ],
)
def test_hosts_go(text: str, left: str) -> None:
    redacted = Redactor(thorough=True).redact(text)
    assert redacted == left
    assert Redactor(thorough=True).redact(redacted) == left


@pytest.mark.parametrize(
    "text",
    [
        "deploy.sh x.py bundle.zip lib.so",
        "send.py:25: error",
        "./deploy.sh: line 3: smtp: command not found",
        'File "send.py", line 25',
        "mail.smtp.localhost",
        "mail.smtp.auth.ntlm.domain",
        "version 10.1.2.3",
        "v1.2.3.4",
        'java version "17.0.15.6"',
        "build 11.0.20.1",
        "release 7.4.2.1",
        "jdk-10.0.2.13",
        "host is down",
        "host=localhost down",
        "2026-11-24T03:46:02Z INFO app: x",
        "2026-11-24T03:46:02Z stdout F app: x",
        "2026-11-24T03:46:02Z main o.s.Mail: x",
    ],
)
def test_what_is_no_host_stays(text: str) -> None:
    assert Redactor(thorough=True).redact(text) == text


@pytest.mark.parametrize(
    "spelling",
    ["10.1.2.3", "::ffff:10.1.2.3", "[::ffff:10.1.2.3]", "::FFFF:a01:203", "ip-10-1-2-3", "ip-10-1-2-3.ec2.internal",
     "ip-10-1-2-3.eu-west-1.compute.internal", "010.001.002.003"],
)  # fmt: skip
def test_an_address_has_one_pseudonym_in_all_spellings(spelling: str) -> None:
    redactor = Redactor()
    assert redactor.redact("10.1.2.3") == "<ip-1>"
    assert redactor.redact(f"at {spelling} now").replace("[", "").replace("]", "") == "at <ip-1> now"


def test_a_name_behind_an_escaped_line_end_is_the_same_name() -> None:
    record = json.dumps({"log": "a\nnas.corp.example\tsoc@x.example\nmail.corp.example"})
    out = Redactor().redact(f"mail.corp.example nas.corp.example soc@x.example\n{record}\n").split("\n")
    assert out[0] == "<host-1> <host-2> <address-1>"
    assert json.loads(out[1]) == {"log": "a\n<host-2>\t<address-1>\n<host-1>"}


def test_a_name_that_was_given_away_once_goes_everywhere() -> None:
    redactor = Redactor(thorough=True)
    out = redactor.redact("seen mgr-07, then UnknownHostException: mgr-07: mgr-07: Name or service not known\n")
    assert (
        out == "seen <hostname-1>, then UnknownHostException: <hostname-1>: <hostname-1>: Name or service not known\n"
    )
    assert redactor.redact("again MGR-07 and xmgr-07\n") == "again <hostname-1> and xmgr-07\n"
    assert Redactor(thorough=True).redact(out) == out


@pytest.mark.parametrize("word", ["relay", "mail", "us-east-1", "smtp"])
def test_a_plain_word_is_not_looked_for_everywhere(word: str) -> None:
    out = Redactor(thorough=True).redact(f"UnknownHostException: {word}\nthe {word} is there\n")
    assert out.endswith(f"the {word} is there\n")
