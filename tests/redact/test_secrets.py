"""Secrets never survive, whatever stands around them."""

from __future__ import annotations

import base64
import html
import json
import re
import textwrap
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from growth import assert_even
from sestriage.redact import Redactor, strip_secrets

# The vectors of Amazon's published example secret (docs/domain.md, section 2.4).
PASSWORDS = (
    "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
    "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd",
    "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk",
    "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy",
)
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
PLAIN = base64.b64encode(b"\0" + ACCESS_KEY.encode() + b"\0" + PASSWORDS[0].encode()).decode()
KEY_BODY = textwrap.fill(base64.b64encode(bytes(range(256)) * 3).decode(), 64)
PRIVATE_KEY = f"-----BEGIN PRIVATE KEY-----\n{KEY_BODY}\n-----END PRIVATE KEY-----"


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("secret", [*PASSWORDS, ACCESS_KEY, ACCESS_KEY.replace("AKIA", "ASIA"), PLAIN])
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "user {} x",
        "'{}'",
        '{{"a":"{}"}}',
        "<p>{}</p>",
        "x={};",
        "a,{},b",
        "`{}`",
        "({}).",
        "_{}_",
        "\u201c{}\u201d",
        "2026-11-24 03:31:33.247 DEBUG {} sent",
        "=3D{}",
        "\t{}\r\n",
        "\\n{}\\n",
        "https://h/?p={}&q=1",
    ],
)
def test_shaped_secrets(secret: str, around: str) -> None:
    out = strip_secrets(around.format(secret))
    assert secret not in out
    assert out != around.format(secret)
    assert secret[10:22] not in out


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("AUTH PLAIN AGpvZQBodW50ZXIy", "AUTH PLAIN <secret>"),
        ("C: auth plain AGpvZQBodW50ZXIy\r\nS: 235 ok", "C: auth plain <secret>\r\nS: 235 ok"),
        ("AUTH LOGIN am9l", "AUTH LOGIN <secret>"),
        ("AUTH PLAIN AGpvZQBodW50ZXIyaHVudGVy\n  MmhvcnNlYmF0dGVyeQ==\n235 ok", "AUTH PLAIN <secret>\n\n235 ok"),
        (
            "334 VXNlcm5hbWU6\nam9l\n334 UGFzc3dvcmQ6\nc2VjcmV0\n535 no",
            "334 VXNlcm5hbWU6\n<secret>\n334 UGFzc3dvcmQ6\n<secret>\n535 no",
        ),
        ("S: 334 UGFzc3dvcmQ6\r\nC: c2VjcmV0\r\n", "S: 334 UGFzc3dvcmQ6\r\nC: <secret>\r\n"),
        (
            "<-- 334 UGFzc3dvcmQ6\n12:00:01 DEBUG --> c2VjcmV0\n235",
            "<-- 334 UGFzc3dvcmQ6\n12:00:01 DEBUG --> <secret>\n235",
        ),
        ("334 \nAGpvZQBodW50ZXIy\n", "334 \n<secret>\n"),
        ("334 UGFzc3dvcmQ6\n\nhunter\n", "334 UGFzc3dvcmQ6\n\n<secret>\n"),
    ],
)
def test_smtp_auth(text: str, left: str) -> None:
    assert strip_secrets(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "AUTH LOGIN command trace suppressed",
        "DEBUG SMTP: AUTH LOGIN failed",
        "DEBUG SMTP: AUTH PLAIN succeeded",
        "250-AUTH PLAIN LOGIN",
        "AUTH LOGIN PLAIN DIGEST-MD5 NTLM XOAUTH2",
        "250-AUTH=LOGIN",
        "334 VXNlcm5hbWU6\n535 Authentication Credentials Invalid",
        "took 334 ms\nNext line of words",
        "\tat x.Y.z(Y.java:334)\n\tat x.Y.main(Y.java)",
        "535 Authentication Credentials Invalid",
        "javax.mail.AuthenticationFailedException: failed to connect, no password specified?",
        "keystore password was incorrect",
        "Enter the SMTP password again.",
        "password=****, user=x",
        "password: null",
        "DEBUG SMTP: user=joe, password=<non-null>",
        'JavaMail asks for "Username:" and "Password:", in this order "x"',
        "keytool -list -keystore truststore.p12 -storepass changeit",
        "keytool -list -storepass:env SESTRIAGE_STORE_PASSWORD",
        "spf=pass dkim=pass (google)",
        "PWD=/lancope/var/logs",
        "PASSWORD * (field of the form)",
        "Feedback-ID: 1.us-east-1.k8BqPaA1mXw3Zt5Yb7Nc9Vd2Ef4Gh6Jk8Lm0Np2Qr4St=:AmazonSES",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b aws secret",  # a SHA-1 next to a key word
        "AuthentifizierungFehlgeschlageneAusnahme: 535 credentials",  # 40 letters next to a key word
        "at AutoConfiguredCompositeMeterRegistryFactory1.x(A.java:1) smtp",
        "ApplicationContextAwareProcessorBeanFactoryX.y",
        "basic constraints, bearer token, authorization required",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256",
        "asiapacificnortheast",
        '{"code":"EAUTH","responseCode":535,"command":"AUTH PLAIN"}',
        "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert strip_secrets(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("password=hunter2", "password=<secret>"),
        ("mail.smtp.password = hun ter2", "mail.smtp.password = <secret>"),
        ('{"password": "hun\\"ter2", "a": 1}', '{"password": "<secret>", "a": 1}'),
        ('{"log":"{\\"smtpPassword\\":\\"hunter2\\"}"}', '{"log":"{\\"smtpPassword\\":\\"<secret>\\"}"}'),
        ("[user=joe, password=hun,ter2, host=x]", "[user=joe, password=<secret>, host=x]"),
        ("(passwd: hunter2)", "(passwd: <secret>)"),
        ("<smtp:password>hunter2</smtp:password>", "<smtp:password><secret></smtp:password>"),
        ('<bean pwd="hunter2"/>', '<bean pwd="<secret>"/>'),
        ("<Passwort>hunter2", "<Passwort><secret>"),
        ("--password hunter2 --x", "--password <secret> --x"),
        ("-storepass 'hunter2 x' -v", "-storepass '<secret>' -v"),
        ("PASSWORD: hunter2", "PASSWORD: <secret>"),
        ("Kennwort => hunter2", "Kennwort => <secret>"),
        ("the password is 'hunter2'.", "the password is '<secret>'."),
        ("Authorization: Basic aHVudGVyMjpodW50ZXIy", "Authorization: Basic <secret>"),
        ("authorization=Bearer abc.DEF-12345", "authorization=Bearer <secret>"),
        ("smtp://joe:hunter2@host:587", "smtp://joe:<secret>@host:587"),
        ("t eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-DEF_123 u", "t <secret> u"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "aws_secret_access_key = <secret>"),
        ("secret `wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY` x", "secret `<secret>` x"),
        ("&password=hunter2&next=1", "&password=<secret>&next=1"),
        ("%70assword%3Dhunter2", "%70assword%3D<secret>"),
        (PRIVATE_KEY, "<private-key>" + "\n" * PRIVATE_KEY.count("\n")),
        (
            "x -----BEGIN EC PRIVATE KEY-----\\nMHc" + "A" * 60 + "\\n-----END EC PRIVATE KEY----- y",
            "x <private-key> y",
        ),
        (PRIVATE_KEY[:-40], "<private-key>" + "\n" * PRIVATE_KEY[:-40].count("\n")),
        (PRIVATE_KEY[40:], "<private-key>" + "\n" * PRIVATE_KEY[40:].count("\n")),
    ],
)
def test_pairs_tokens_and_keys(text: str, left: str) -> None:
    assert strip_secrets(text) == left


STATES = frozenset(
    [
        "required",
        "unset",
        "empty",
        "hidden",
        "suppressed",
        "incorrect",
        "wrong",
        "invalid",
        "missing",
        "expired",
        "failed",
    ]
)
"""Words with which a sentence goes on after `password: `."""


# --- properties --------------------------------------------------------------------------------------------------

smtp_passwords = st.tuples(st.sampled_from([b"\x04", b"\x02"]), st.binary(min_size=32, max_size=32)).map(
    lambda parts: base64.b64encode(parts[0] + parts[1]).decode()
)
access_keys = st.tuples(
    st.sampled_from(["AKIA", "ASIA"]), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=16, max_size=16)
).map("".join)
secrets = st.one_of(smtp_passwords, access_keys)

SEPARATORS = " \t'\",;:=<>()[]{}|`&?#@*~!^\n\u00a0\u2019"
text_around = st.text(st.sampled_from("abcXYZ019 .-_/+=\\\"'<>&%\n\u00e9"), max_size=20)


def surrounded(secret: str, before: str, after: str, left: str, right: str) -> str:
    return before + left + secret + right + after


def wrapped(secret: str, width: int) -> str:
    return "\n    ".join(textwrap.wrap(secret, width)) if width else secret


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "JSON": lambda s: json.dumps({"message": s}),
    "JSON in JSON": lambda s: json.dumps({"log": json.dumps({"m": s})}),
    "JSON with escaped slashes": lambda s: json.dumps(s).replace("/", "\\/").replace("+", "\\u002b"),
    "URL": urllib.parse.quote,
    "HTML": lambda s: html.escape(s).replace("+", "&#43;").replace("/", "&#x2F;"),
    "base64": b64,
    "base64 in JSON": lambda s: json.dumps({"body": b64(s)}),
    "base64 in base64": lambda s: b64("x" + b64(s)),
}


@settings(max_examples=300, deadline=None)
@given(
    secrets,
    text_around,
    text_around,
    st.sampled_from(SEPARATORS),
    st.sampled_from(SEPARATORS),
    st.sampled_from(sorted(ENCODINGS)),
)
@example("BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9", "BA", "=", "\n", "\n", "JSON in JSON")
@example("AKIA2222222222222222", "", "é", "\xa0", "’", "base64")
def test_no_planted_secret_survives(secret: str, before: str, after: str, left: str, right: str, encoding: str) -> None:
    encode = ENCODINGS[encoding]
    text = encode(surrounded(secret, before, after, left, right))
    for clean in (strip_secrets, Redactor().redact):
        out = clean(text)
        for form in (
            secret,
            b64(secret)[:40],
            json.dumps(secret)[1:-1].replace("/", "\\/"),
            urllib.parse.quote(secret),
        ):
            assert form not in out
        decoded = html.unescape(urllib.parse.unquote(out)).replace("\\u002b", "+").replace("\\/", "/")
        assert secret not in decoded
        for run in re.findall(r"[A-Za-z0-9+/]{24,}", out):
            for k in range(4):
                cut = run[k:]
                assert secret.encode() not in base64.b64decode(cut[: len(cut) // 4 * 4])


@settings(max_examples=100, deadline=None)
@given(secrets, st.integers(12, 30), st.sampled_from(["\n", "\r\n", "\n    ", "\n> ", "\n\t"]))
def test_wrapped_secrets(secret: str, width: int, joint: str) -> None:
    text = "login " + joint.join(textwrap.wrap(secret, width)) + " end"
    out = strip_secrets(text)
    assert secret[:12] not in out
    assert secret[-6:] not in out
    assert out.count("\n") == text.count("\n")


@settings(max_examples=100, deadline=None)
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=24).filter(
        lambda s: s[0] not in "\"'`<[($*" and not set(s) & set("\"'`<>&,;)]}\\%")
    ),
    st.sampled_from(
        [
            "password={}",
            "password: {}",
            '"password":"{}"',
            "<password>{}</password>",
            "smtp.password = {}",
            "PASSWD={} x",
            "pwd='{}'",
            'passphrase: "{}"',
            "mail --password {} -v",
            "(secret={})",
            '{{\\"password\\":\\"{}\\"}}',
        ]
    ),
)
@example("changeme", "password={}")
def test_passwords_in_pairs(password: str, form: str) -> None:
    if re.fullmatch(r"(?i)null|none|true|false|changeit|env|file|stdin|[x*._?-]+", password.strip(".,;")):
        return  # documented as no secret
    if form.startswith(("password: ", "passphrase: ")) and password.lower() in STATES:
        return
    out = strip_secrets("a " + form.format(password) + " b")
    assert password not in out.replace("password", "").replace("secret", "")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_is_survived_and_lines_are_kept(text: str, tail: str) -> None:
    joined = f"{text}{ACCESS_KEY}{tail}"
    out = strip_secrets(joined)
    assert ACCESS_KEY not in out
    assert out.count("\n") == joined.count("\n")


@pytest.mark.parametrize(
    "text",
    [
        "-" * 200_000,
        "a." * 100_000,
        "password" * 30_000,
        "A" * 200_000,
        "\\" * 200_000,
        "334\n" * 40_000,
        "=\n" * 100_000,
        "AUTH PLAIN " * 20_000,
        ("smtp " + "a" * 36 + "QQQQ ") * 4_000,
        ("BAse" + "a" * 36 + "QQQQ ") * 4_000,
        "<password " * 20_000,
        "::" * 100_000,
        "@" * 100_000,
        "'" * 200_000,
        "-----BEGIN PRIVATE KEY-----" * 4_000,
        "-----END PRIVATE KEY-----\n" * 4_000,
        "eyJ" * 60_000,
        "eyJ_" * 40_000,
        "10.1.2.310.1.2.3_" * 10_000,
        "://" * 60_000,
    ],
    ids=lambda text: text[:12].strip(),
)
def test_hostile_text_costs_little(text: str) -> None:
    """No pattern backtracks, and none looks again and again through what lies before or behind."""
    assert_even(lambda size: Redactor().redact(text[:size]), len(text) // 2)
