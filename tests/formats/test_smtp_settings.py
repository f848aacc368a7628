"""Settings files: TOML, JSON, pasted forms; bad input becomes a problem, never an exception, and no secret is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.formats.settings_values import GivenValue, GivenValues, build_settings
from sestriage.formats.smtp_settings import looks_like_settings, parse_settings
from sestriage.model.config import SmtpSettings
from sestriage.model.source import SourceRef
from support import SAMPLES

SOURCE = SourceRef("smtp.toml")
SAMPLE = (SAMPLES / "settings" / "smtp.toml").read_text(encoding="utf-8")
PASSWORD = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def parse(text: str) -> SmtpSettings:
    return parse_settings(text, SOURCE)


def test_the_commented_sample_is_read_whole() -> None:
    settings = parse(SAMPLE)
    assert settings.problems == ()
    assert settings.server == "email-smtp.us-east-1.amazonaws.com"
    assert (settings.port, settings.encryption) == (587, "starttls")
    assert settings.sender == "alarms@example.com"
    assert settings.user_shape == "access-key-id"
    assert settings.verified_domains == ("example.com",)
    assert (settings.sandbox, settings.on_ec2, settings.verified_region) == (False, False, "us-east-1")
    assert settings.action is not None
    assert settings.action.recipients == ("soc@example.com",)
    assert settings.action.enabled is True


def test_values_know_their_line() -> None:
    lines = {origin.field: origin.source.line for origin in parse(SAMPLE).origins}
    wanted = {line.split("=")[0].strip(): number for number, line in enumerate(SAMPLE.splitlines(), 1) if "=" in line}
    assert lines["server"] == wanted["server"]
    assert lines["sender"] == wanted["from"]
    assert lines["sandbox"] == wanted["sandbox"]


def test_json_and_flat_files_say_the_same() -> None:
    flat = parse('server = "email-smtp.us-east-1.amazonaws.com"\nport = "465"\nencryption_type = "SMTPS"\n')
    json = parse('{"smtp": {"server": "email-smtp.us-east-1.amazonaws.com", "port": 465, "encryption": "smtps"}}')
    assert (flat.server, flat.port, flat.encryption) == (json.server, json.port, json.encryption)
    assert flat.port == 465


def test_a_pasted_form_is_read_line_by_line() -> None:
    settings = parse(
        "SMTP SERVER *: email-smtp.us-east-1.amazonaws.com\nPORT: 587\nFROM EMAIL *: a@example.com\n"
        "ENCRYPTION TYPE: UN-ENCRYPTED\n"
    )
    assert settings.server == "email-smtp.us-east-1.amazonaws.com"
    assert (settings.port, settings.encryption, settings.sender) == (587, "none", "a@example.com")
    assert [problem.kind for problem in settings.problems] == ["file"]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ('port = "abc"', "value", "1 to 65535"),
        ("port = 70000", "value", "1 to 65535"),
        ("port = 0", "value", "1 to 65535"),
        ('encryption = "TLS"', "value", "STARTTLS"),
        ("server = 5.5\nport = true", "value", "text"),
        ('verified_region = "us-esat-1"', "value", "region of AWS"),
        ('sandbox = "maybe"', "value", "true or false"),
        ("to = [1, 2]", "value", "list of texts"),
        ("[smtp]\nport = 25\n[other]\nport = 587", "conflict", "twice"),
        ('{"server": "x.example", "port": 25, "port": 587}', "conflict", "`port` is given twice"),
        ('{"smtp": {"user": "a", "user": "b", "user": "a"}}', "conflict", "`user` is given twice"),
        ('pasword = "x"', "key", "did you mean `password`"),
        ('[smtp]\nserver = "x', "file", "not valid TOML"),
        ("", "value", "no field"),
        ("just words", "file", "not valid TOML"),
        (f'password = "{PASSWORD}"', "secret", "password_file"),
        (f'{{"server": "x", "password": "{PASSWORD}"}}', "secret", "password_file"),
        (f'smtp = {{ server = "x", password = "{PASSWORD}" }}', "secret", "password_file"),
    ],
)
def test_problems_are_named(text: str, kind: str, words: str) -> None:
    problems = parse(text).problems
    assert any(problem.kind == kind and words in problem.text for problem in problems), problems


@pytest.mark.parametrize(
    "text",
    [
        f'password = "{PASSWORD}"\nserver = "x"',
        f'user = "{PASSWORD}"',
        f'user = "{SECRET}"',
        f'user = "{PASSWORD} "',
        f'port = "{SECRET}"',
        f'encryption = "{PASSWORD}"',
        f'sandbox = "{SECRET}"',
        f'pasword = "{PASSWORD}"',
        f"server = email\npassword: {PASSWORD}",
    ],
)
def test_no_secret_is_kept(text: str) -> None:
    kept = repr(parse(text))
    assert PASSWORD not in kept
    assert SECRET not in kept


def test_only_the_class_of_the_password_is_kept() -> None:
    settings = parse(f'password = "{PASSWORD}"')
    assert settings.password_shape == "current"


def test_the_last_entry_counts() -> None:
    given_entries = GivenValues([GivenValue("port", 25, SOURCE), GivenValue("port", 587, SourceRef("--port"))])
    settings = build_settings(given_entries, SOURCE)
    assert settings.port == 587
    assert [origin.source.path for origin in settings.origins] == ["--port"]


def test_lists_are_split() -> None:
    settings = parse('to = "a@example.com; b@example.com,c@example.com"\nverified_domain = "example.com example.org"')
    assert settings.action is not None
    assert settings.action.recipients == ("a@example.com", "b@example.com", "c@example.com")
    assert settings.verified_domains == ("example.com", "example.org")


def test_an_empty_to_is_given_and_empty() -> None:
    settings = parse('to = ""')
    assert settings.action is not None
    assert (settings.action.recipients_given, settings.action.recipients) == (True, ())


def test_cut_at_every_byte() -> None:
    data = SAMPLE.encode()
    for end in range(len(data)):
        parse_settings(data[:end].decode("utf-8", "replace"), SOURCE)
        looks_like_settings(data[:end])


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    parse_settings(text, SOURCE)
    looks_like_settings(text.encode("utf-8", "replace"))


@pytest.mark.parametrize("text", ["[" * 5000, '{"a":' * 5000, "a = " + "[" * 2000, 'server = "x"\n' * 100_000])
def test_deep_and_long_input_is_bounded(text: str) -> None:
    settings = parse(text)
    assert settings.problems
    assert len(settings.problems) <= 20


def test_recognised_by_content() -> None:
    assert looks_like_settings(SAMPLE.encode())
    assert looks_like_settings(b'{"server": "x",\n "port": 587}')
    assert not looks_like_settings(b"2026-11-20 09:12:44 ERROR host: x port: 587\n" * 10)
    assert not looks_like_settings((SAMPLES / "mail" / "us-east-1-gmail.eml").read_bytes())
    assert not looks_like_settings(b'[project]\nname = "x"\n')
    assert not looks_like_settings(b"")


@pytest.mark.parametrize(
    "line",
    [
        "PASSWORD: ********",
        "PASSWORD:",
        "PASSWORD: [REDACTED]",
        'password = "xxxxxxxx"',
        'user = "AKIA****************"',
        'user = "<access-key-1>"',
        'server = "<your server>"',
        'from = "<address-1>"',
        'to = ["<address-1>", "<address-2>"]',
    ],
)
def test_a_value_that_was_left_out_on_purpose_is_not_given(line: str) -> None:
    settings = parse(f"{line}\nport = 587")
    assert [origin.field for origin in settings.origins] == ["port"]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('password = "Ab*3defghijk"', "password"),
        ('user = "a**b"', "user"),
        ('server = "<email-smtp.us-east-1.amazonaws.com>"', "server"),
        ('from = "<alarms@example.com>"', "sender"),
        ('to = ["<address-1>", "soc@example.com"]', "recipients"),
    ],
)
def test_what_only_resembles_one_is_given(line: str, field: str) -> None:
    assert [origin.field for origin in parse(line).origins] == [field]


def test_a_json_object_that_says_the_same_twice_has_no_conflict() -> None:
    settings = parse('{"server": "x.example", "port": 587, "port": 587}')
    assert (settings.port, settings.problems) == (587, ())
