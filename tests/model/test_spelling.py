"""Suggested names: swapped letters count as one error, and what is far is not suggested."""

from __future__ import annotations

import pytest

from sestriage.model.known.spelling import nearest


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("us-esat-1", ["us-west-1", "us-east-1"], "us-east-1"),
        ("dh-key-to-small", ["dh-key-too-small", "message-too-long"], "dh-key-too-small"),
        ("reciever", ["receiver", "believer"], "receiver"),
        ("log", ["log", "lag"], "log"),
        ("something-else", ["dh-key-too-small"], None),
        ("x", [], None),
    ],
)
def test_the_nearest_name(name: str, known: list[str], expected: str | None) -> None:
    assert nearest(name, known) == expected


def test_no_more_errors_than_asked_for() -> None:
    assert nearest("us-esat-9", ["us-east-1"], most=2) == "us-east-1"
    assert nearest("us-esat-9", ["us-east-1"], most=1) is None
