"""The rules about settings and delivered mails: every example replayed, and the mode/port matrix of the facts whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.examples import examples_of
from sestriage.engine.settings import check_settings
from sestriage.formats.settings_values import GivenValue, GivenValues, build_settings
from sestriage.model.known.ses import PORT_MODES
from sestriage.model.source import SourceRef
from sestriage.rules import RuleSet, load_rules
from sestriage.rules.authoring.examples import replay
from support import ROOT

FOLDER = ROOT / "rules"
FILES = sorted([*FOLDER.glob("config/settings-*.toml"), *FOLDER.glob("delivery/delivered-*.toml")])
ENDPOINT = "email-smtp.us-east-1.amazonaws.com"
RELAY = "mail.example.com"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples(path: Path, rules: RuleSet) -> None:
    examples = examples_of(path)
    assert {example.expect == "none" for example in examples} == {True, False}, "a positive and a look-alike are needed"
    for example in examples:
        replayed = replay(rules.rules[path.stem], example)
        assert replayed.passed, (example.note, replayed.got, replayed.problem)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_finding_says_what_to_do(path: Path, rules: RuleSet) -> None:
    assert rules.rules[path.stem].fixes


def found(rules: RuleSet, **values: object) -> set[str]:
    entries = GivenValues([GivenValue(name, value, SourceRef(f"--{name}")) for name, value in values.items()])
    report = check_settings(build_settings(entries, SourceRef("(options)")), rules)
    return {finding.rule for finding in report.findings}


STARTTLS_PORTS = [port for port, mode in PORT_MODES.items() if mode == "starttls"]
WRAPPER_PORTS = [port for port, mode in PORT_MODES.items() if mode == "wrapper"]
MATRIX = [
    *(("starttls", port, KEY_ID, None) for port in STARTTLS_PORTS),
    *(("smtps", port, KEY_ID, None) for port in WRAPPER_PORTS),
    *(("smtps", port, KEY_ID, "settings-smtps-on-starttls-port") for port in STARTTLS_PORTS),
    *(("starttls", port, KEY_ID, "settings-starttls-on-smtps-port") for port in WRAPPER_PORTS),
    *(("none", port, KEY_ID, "settings-starttls-on-smtps-port") for port in WRAPPER_PORTS),
    *(("none", port, "", "settings-starttls-on-smtps-port") for port in WRAPPER_PORTS),
    *(("none", port, KEY_ID, "settings-unencrypted-with-login") for port in STARTTLS_PORTS),
    *(("none", port, "", "settings-unencrypted-without-login") for port in STARTTLS_PORTS),
]
"""Encryption type, port, user name, and the one finding about how they fit (docs/domain.md, section 2.5)."""

MODE_RULES = {row[3] for row in MATRIX} - {None}


def test_the_matrix_is_whole() -> None:
    assert {25, 587, 2587} == set(STARTTLS_PORTS)
    assert {465, 2465} == set(WRAPPER_PORTS)
    assert len(MATRIX) == 5 * 3 + 5
    assert set(load_rules().rules) >= MODE_RULES


@pytest.mark.parametrize(("encryption", "port", "user", "rule"), MATRIX)
def test_matrix(encryption: str, port: int, user: str, rule: str | None, rules: RuleSet) -> None:
    got = found(rules, server=ENDPOINT, encryption=encryption, port=port, user=user, on_ec2=False)
    assert got == ({rule} if rule else set())


LOGGED = {
    "settings-smtps-on-starttls-port": ("Unsupported or unrecognized SSL message", "wrong version number"),
    "settings-starttls-on-smtps-port": ("Read timed out", "[EOF]"),
    "settings-unencrypted-with-login": ("530 Must issue a STARTTLS command first",),
    "settings-unencrypted-without-login": ("530 Authentication required",),
}


@pytest.mark.parametrize("rule", LOGGED)
def test_the_matrix_names_what_the_log_would_print(rule: str, rules: RuleSet) -> None:
    for words in LOGGED[rule]:
        assert words in " ".join(rules.rules[rule].why.split())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {
                "server": ENDPOINT,
                "port": 587,
                "encryption": "starttls",
                "sender": "a@example.com",
                "verified_domains": "example.com",
            },
            set(),
        ),
        ({"server": ENDPOINT, "port": 25}, {"settings-port-25"}),
        ({"server": ENDPOINT, "port": 25, "on_ec2": True}, {"settings-port-25-on-ec2"}),
        ({"server": ENDPOINT, "port": 2525}, {"settings-port-not-served"}),
        ({"server": RELAY, "port": 2525}, {"settings-server-not-ses"}),
        ({"server": RELAY, "port": 25, "encryption": "none", "user": "alarms"}, {"settings-server-not-ses"}),
        ({"server": "10.20.30.40", "port": 25, "encryption": "none"}, {"settings-server-address"}),
        ({"server": "203.0.113.9", "port": 2525, "user": "alarms"}, {"settings-server-address"}),
        ({"server": "203.0.113.9", "port": 587, "user": KEY_ID}, {"settings-server-ip-address"}),
        (
            {"server": "smtp.example.net", "user": "0123456789abcdef0123456789abcdef01234567"},
            {"settings-server-not-ses"},
        ),
        (
            {"server": "email-smtp-fips.eu-west-1.amazonaws.com"},
            {"settings-server-fips", "settings-server-fips-region"},
        ),
        ({"server": "email-smtp.af-south-1.amazonaws.com"}, {"settings-region-without-smtp"}),
        ({"server": "email-smtp.ap-southeast-5.amazonaws.com"}, {"settings-region-unverified"}),
        ({"server": ENDPOINT, "verified_region": "eu-west-1"}, {"settings-region-differs"}),
        ({"sender": "a@example.org", "verified_domains": "example.com"}, {"settings-sender-not-verified"}),
        ({"sender": "A <a@example.org>", "verified_domains": "example.com"}, {"settings-sender-malformed"}),
        ({"recipients": "s@example.org", "verified_domains": "example.com"}, {"settings-recipient-outside"}),
        (
            {"recipients": "s@example.org", "verified_domains": "example.com", "sandbox": True},
            {"settings-recipient-sandbox"},
        ),
        ({"recipients": "s@example.org", "verified_domains": "example.com", "sandbox": False}, set()),
        ({"recipients": "success@simulator.amazonses.com", "verified_domains": "example.com", "sandbox": True}, set()),
        ({"user": "ses-smtp-user.20220527-104500"}, {"settings-user-not-a-key-id"}),
        ({"user": "ASIAIOSFODNN7EXAMPLE"}, {"settings-user-temporary"}),
        ({"user": KEY_ID + " "}, {"settings-user-stray-blank"}),
        ({"password": "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"}, set()),
        ({"password": "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy"}, {"settings-password-old-signature"}),
        ({"password": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, {"settings-password-iam-secret"}),
        ({"password": "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGW"}, {"settings-password-damaged"}),
        ({"password": "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9 "}, {"settings-password-stray-blank"}),
        ({"password": KEY_ID}, {"settings-login-swapped"}),
        ({"user": "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"}, {"settings-login-swapped"}),
        ({"user": KEY_ID, "password": ""}, {"settings-password-missing"}),
        ({"user": "", "encryption": "starttls"}, {"settings-user-missing"}),
        ({"iam_user": "a" * 64}, set()),
        ({"iam_user": "a" * 65}, {"settings-iam-user-invalid"}),
        ({"iam_user": "ses_user+a=b,c.d@e-f"}, set()),
        ({"iam_user": "ses/user"}, {"settings-iam-user-invalid"}),
        ({"action_enabled": False}, {"settings-action-disabled"}),
        ({}, set()),
    ],
)
def test_whole_settings(values: dict[str, object], expected: set[str], rules: RuleSet) -> None:
    assert found(rules, **values) == expected


def test_missing_values_are_no_findings(rules: RuleSet) -> None:
    """Each value of a good form alone raises nothing: what is not given is not checked."""
    good: dict[str, object] = {
        "server": ENDPOINT,
        "port": 587,
        "encryption": "starttls",
        "sender": "alarms@example.com",
        "user": KEY_ID,
        "recipients": "soc@example.com",
        "verified_domains": "example.com",
        "sandbox": True,
        "on_ec2": True,
    }
    assert found(rules, **good) == set()
    for name, value in good.items():
        assert found(rules, **{name: value}) == set(), name
