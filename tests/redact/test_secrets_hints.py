"""A pattern that is not tried because its words are missing would have matched nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.redact import private, secrets, view
from sestriage.redact import spans as home
from sestriage.redact.private import private_spans
from sestriage.redact.secrets import secret_spans
from sestriage.redact.spans import lacks_all

PIECES = st.sampled_from(
    (
        *(
            "password",
            "PassWd=",
            "kennwort: ",
            "contraseña=",
            "senha=x9y8z7",
            "pwd='a b'",
            "secret ",
            "api-key: abc12345",
        ),
        *(
            "token=eyJabc.def.ghi",
            "x-amz-signature=",
            "credentials=Abcd1234",
            "Signature=",
            "Bearer abcdefgh1",
            "BASIC ",
        ),
        *("Authorization: ", "https://u:p4ss@h", "://", "AUTH LOGIN ", "AUTH PLAIN AGFiYwBkZWY=", "334 ", "dXNlcg=="),
        *("-----BEGIN PRIVATE KEY-----", "host=", "Host: ", "EHLO ", "matching IP address ", "-connect ", "SNI: "),
        *("server_name=", "smtp://", "nslookup ", "dig ", "ping ", "traceroute ", "nc -v ", "getent hosts "),
        *("mail.customer.net", "srv1", "10.1.2.3", "arn:aws:ses:us-east-1:123456789012:identity/x.net", "account "),
        *("123456789012", "Konto", "acct: ", " ", "\n", "=", "\\n", "%2B", "&#43;", "=\n", "a", "ſecret=abcd1234", "K"),
    )
)


def spans(text: str) -> list[object]:
    return [*secret_spans(text), *private_spans(text)]


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_the_same_is_found_without_hints(text: str) -> None:
    found = spans(text)
    with pytest.MonkeyPatch.context() as patch:
        for module in (home, private, secrets):
            patch.setattr(module, "lacks_all", lambda text, hints: False)
        assert spans(text) == found


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_a_text_without_a_mark_has_no_escape(text: str) -> None:
    if not any(mark in text for mark in view._MARKS):
        assert view._ESCAPE.search(text) is None


def test_letters_outside_ascii_may_be_equal_to_a_hint() -> None:
    assert not lacks_all("ſ", ("s",))
    assert lacks_all("T", ("s",))
    assert not lacks_all("S", ("s",))
