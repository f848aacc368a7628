"""The oracle finds what has no ground: claims that were once made, and their true look-alikes."""

from __future__ import annotations

import pytest

from grounds import oracle
from grounds.claims import Claims, Fixed, without_ground

SES = "email-smtp.eu-west-1.amazonaws.com"
TIMED_OUT = (
    "javax.mail.MessagingException: Exception reading response;\n\tjava.net.SocketTimeoutException: Read timed out"
)
NOTHING = Fixed(frozenset(), frozenset(), frozenset())
REFUSED_LOGIN = "javax.mail.AuthenticationFailedException: 535 5.7.8 Error: authentication failed"
NO_PASSWORD = "javax.mail.AuthenticationFailedException: failed to connect, no password specified?"


@pytest.mark.parametrize(
    ("text", "host", "steps"),
    [
        (TIMED_OUT, None, {"greeting", "auth", "mail", "rcpt"}),
        (REFUSED_LOGIN, "mail.example.com", {"starttls", "tls", "certificate", "auth"}),
        (REFUSED_LOGIN, "192.0.2.7", {"dns"}),
        (REFUSED_LOGIN, "localhost", {"dns"}),
        (NO_PASSWORD, SES, set(oracle.LADDER)),
        ("java.net.ConnectException: Connection refused", SES, set(oracle.LADDER) - {"dns"}),
        ("java.net.SocketException: SOCKS: Connection refused", SES, set(oracle.LADDER)),
    ],
)
def test_false_claims_have_no_ground(text: str, host: str | None, steps: set[str]) -> None:
    assert not oracle.may_be_proven(text, host, accepted=False) & steps


@pytest.mark.parametrize(
    ("text", "host", "steps"),
    [
        (REFUSED_LOGIN, "mail.example.com", {"dns", "tcp", "greeting"}),
        (
            "javax.mail.MessagingException: Could not convert socket to TLS",
            "mail.example.com",
            {"greeting", "starttls"},
        ),
        (f"AuthenticationFailedException: 535 Authentication Credentials Invalid ({SES})", SES, {"tls", "certificate"}),
    ],
)
def test_true_claims_have_one(text: str, host: str, steps: set[str]) -> None:
    assert steps <= oracle.may_be_proven(text, host, accepted=False)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (Claims("in the region us-east-1", frozenset(), None, False), "the region us-east-1 is named"),
        (Claims("a key of 768 bits", frozenset(), None, False), "a size of 768 bits is named"),
        (Claims("port 2526", frozenset(), None, False), "the port 2526 is named"),
        (Claims("", frozenset(), "certificate", False), "`certificate` is said to have failed"),
        (Claims("", frozenset(), None, False, SES), f"the server is said to be {SES}"),
        (Claims("", frozenset(), None, False, None, 587), "the port is said to be 587"),
        (Claims("", frozenset({"auth"}), None, False), "`auth` is said to work"),
    ],
)
def test_each_kind_of_claim_is_found(claims: Claims, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grounds.claims.fixed_texts", lambda: NOTHING)
    assert list(without_ground(claims, REFUSED_LOGIN)) == [said]
    for text in (f"{SES}:587", "eu-west-1 us-east-1 768 bits port 2526 PKIX 235 Authentication successful"):
        if said.split()[-1] in text and not claims.proven:
            assert not list(without_ground(claims, f"{REFUSED_LOGIN} {text}"))
