"""Words that stand around a cause are known as such, and texts with a cause in them are not."""

import pytest

from sestriage.engine.explain.wrappers import _TABLE, wrapper_of
from sestriage.report.explain_words import ENGLISH, words_of
from sestriage.rules.files import listing


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Could not convert socket to TLS;", "starttls"),
        ("javax.net.ssl.SSLHandshakeException", "handshake"),
        ("[EOF]", "eof"),
        ("Connection reset", "reset"),
        ("pkix", "pkix"),
        ("SES sandbox", "sandbox"),
        ("trust store", "trust-store"),
        ("certificate expired", "expired"),
    ],
)
def test_a_wrapper_is_known(text: str, key: str) -> None:
    found = wrapper_of(text)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "text",
    [
        "Could not convert socket to TLS; nested exception is: java.net.SocketException: Connection reset",
        "SSLHandshakeException: No name matching mail.example.com found",
        "PKIX path building failed",
        "",
    ],
)
def test_a_text_with_a_cause_is_none(text: str) -> None:
    assert wrapper_of(text) is None


def test_every_wrapper_is_said_in_both_languages_and_names_rules_that_are_there() -> None:
    rules = listing()
    for _, wrapper in _TABLE:
        assert f"wrapper-{wrapper.key}" in ENGLISH
        assert f"wrapper-{wrapper.key}" in words_of("de")
        assert set(wrapper.rules) <= set(rules)
