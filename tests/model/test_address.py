"""Mail addresses as SMTP forms take them, and what verified identities cover."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.model.known.address import address_problem, domain_of, is_covered


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com",
        "sna+alarms@mail.example.com",
        "first.last@xn--mller-kva.example",
        "o'neil_1@example.co",
        "x@a-b.example",
    ],
)
def test_plain_addresses(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("SNA Alarms <a@example.com>", "display name"),
        ("<a@example.com>", "angle brackets"),
        ("a@example.com ", "blank"),
        ("a @example.com", "blank"),
        ("a@example.com\u200b", "invisible character"),
        ("a@example.com,b@example.com", "a comma or a semicolon"),
        ("a@example,com", "a comma or a semicolon"),  # for a full stop
        (" <a@example.com>", "a blank"),  # no name stands before it
        ("a@example.com;b@example.com", "a comma or a semicolon"),
        ("alarms", "no @"),
        ("a@b@example.com", "more than one @"),
        ("@example.com", "before the @"),
        ("a@", "after the @"),
        ("a@example", "no full stop"),
        ("a@.example.com", "malformed"),
        ("a@example..com", "malformed"),
        ("a@-example.com", "malformed"),
        ("a@192.0.2.1", "malformed"),
        ("a@[192.0.2.1]", "address in brackets"),
        (".a@example.com", "full stop"),
        ("a..b@example.com", "full stop"),
        ("ä@example.com", "ASCII"),
        ("a" * 65 + "@example.com", "too long"),
    ],
)
def test_what_is_wrong(address: str, words: str) -> None:
    assert words in (address_problem(address) or "")


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    address_problem(text)
    domain_of(text)
    is_covered(text, [text, "example.com"])


@pytest.mark.parametrize(
    ("address", "identities", "covered"),
    [
        ("a@example.com", ["example.com"], True),
        ("a@sub.example.com", ["example.com"], True),
        ("a@EXAMPLE.COM", ["Example.com"], True),
        ("a@example.com", ["EXAMPLE.com."], True),
        ("a@notexample.com", ["example.com"], False),
        ("a@example.com", ["sub.example.com"], False),
        ("a@example.com.evil.example", ["example.com"], False),
        ("a@example.com", ["a@example.com"], True),
        ("b@example.com", ["a@example.com"], False),
        ("a+sna@example.com", ["a@example.com"], True),
        ("a@example.com", ["a+sna@example.com"], False),
        ("ab+sna@example.com", ["a@example.com"], False),
        ("a@sub.example.com", ["a@example.com"], False),
        ("a@example.com", ["arn:aws:ses:us-east-1:123456789012:identity/example.com"], True),
        ("a@example.org", ["arn:aws:ses:us-east-1:123456789012:identity/example.com"], False),
        ("a@example.com", [], False),
        ("a@example.com", [""], False),
    ],
)
def test_identities(address: str, identities: list[str], covered: bool) -> None:
    assert is_covered(address, identities) is covered
