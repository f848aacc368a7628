"""Many learned names: each is looked for by itself; the result is that of one pattern of all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.redact import Redactor
from sestriage.redact import redactor as module
from sestriage.redact.spans import Span

NAMES = [f"node{number}.corp.example.net" for number in range(100)]
PARTS = st.sampled_from(
    [*NAMES[:8], *(n.upper() for n in NAMES[:4]), "x", "-", ".", "_", " ", "ſ", "K", "ä", "7", "\n"]
)


def redacted(text: str) -> str:
    redactor = Redactor()
    redactor.learn("host", NAMES)
    return redactor.redact(text)


def by_one_pattern(redactor: Redactor, lowered: str) -> Iterator[Span]:
    for match in module._pattern_of(tuple(NAMES)).finditer(lowered):
        yield Span(match.start(), match.end(), "host", match[0])


@given(st.lists(PARTS, max_size=8).map("".join))
@settings(max_examples=300, deadline=None)
def test_the_same_as_by_one_pattern(text: str) -> None:
    fast = redacted(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module.Redactor, "_learned_in_ascii", by_one_pattern)
        assert redacted(text) == fast


def test_names_go_in_any_case() -> None:
    assert redacted(f"to {NAMES[3].upper()} and {NAMES[99]}.") == "to <host-1> and <host-2>."
