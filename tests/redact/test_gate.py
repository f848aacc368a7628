"""Which words a text holds: the same with the package that is fast and without it."""

from __future__ import annotations

import builtins
import sys
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.redact.forms.gate import MIN_CHARS, Words

WORDS = ("pass", "password", "a.b", "(x)", "$6$", "schlüssel", "密码", ":")
FILLING = "x" * MIN_CHARS


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name == "hyperscan":
            raise ImportError(name)
        return imported(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.delitem(sys.modules, "hyperscan", raising=False)


@pytest.mark.parametrize("filling", ["", FILLING])
def test_the_words_that_are_there(filling: str) -> None:
    assert Words(WORDS).present(f"my PASS {filling} Schlüssel (x) axb 密码") == {"(x)", "密码"}
    assert Words(WORDS).present(f"password {filling}") == {"pass", "password"}
    assert Words(WORDS).present(f"schlüssel a.b{filling}$6$") == {"schlüssel", "a.b", "$6$"}
    assert Words(WORDS).present(filling) == frozenset()


@pytest.mark.parametrize("edge", range(MIN_CHARS - 2, MIN_CHARS + 2))
def test_short_and_long_texts_are_looked_through_alike(edge: int) -> None:
    text = "x" * (edge - 4) + "pass"
    assert Words(WORDS).present(text) == {"pass"}


def test_no_words_are_in_no_text() -> None:
    assert Words(()).present("") == Words(()).present(FILLING) == frozenset()


def test_half_a_character_is_no_word() -> None:
    assert Words(WORDS).present("\udc80" * MIN_CHARS + "密") == frozenset()


@pytest.mark.usefixtures("without_package")
def test_without_the_package() -> None:
    assert Words(WORDS).present(f"password {FILLING}") == {"pass", "password"}


def test_a_package_that_cannot_compile_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    hyperscan = pytest.importorskip("hyperscan")

    class Broken:
        def __init__(self, **_: Any) -> None:
            raise RuntimeError("built for another processor")

    monkeypatch.setattr(hyperscan, "Database", Broken)
    assert Words(WORDS).present(f"password {FILLING}") == {"pass", "password"}


def test_threads_share_the_words() -> None:
    words = Words(WORDS)
    found: list[frozenset[str]] = []
    threads = [threading.Thread(target=lambda: found.append(words.present(f"{FILLING} a.b"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [frozenset({"a.b"})] * 8


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=8).map("".join))
def test_both_ways_find_the_same(text: str) -> None:
    words = Words(WORDS)
    plain = {word for word in WORDS if word in text}
    assert words.present(text) == plain
    assert words.present(FILLING + text) == {word for word in WORDS if word in FILLING + text}
