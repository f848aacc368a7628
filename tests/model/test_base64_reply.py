"""Base64 words inside replies."""

import base64

import pytest

from sestriage.model.known.base64_reply import decoded


def _word(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_refused_token_is_decoded() -> None:
    said = _word('{"status":"401","schemes":"bearer","scope":"https://mail.example.com/"}')
    assert decoded(said) == "status 401, schemes bearer, scope https://mail.example.com/"


def test_a_prompt_is_decoded() -> None:
    assert decoded("Error: authentication failed: " + _word("Password:")) == "Password:"


@pytest.mark.parametrize(
    "text",
    ["", "Authentication unsuccessful", _word("a secret that is no prompt"), _word("{not json"), _word("[1, 2, 3, 4]")],
)
def test_anything_else_is_left_alone(text: str) -> None:
    assert decoded(text) is None
