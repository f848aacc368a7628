"""Placeholders: defaults, absent facts, and values of the evidence that try to become commands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.rules.language.types import FieldType, kind_type
from sestriage.rules.texts.templates import MAX_VALUE, check, render


def looking_up(value: object) -> Callable[[str, tuple[str, ...]], object]:
    return lambda name, parts: value if (name, parts) == ("a", ("b",)) else None


def test_a_value_takes_the_place_of_its_placeholder() -> None:
    assert render("host {a.b} here", looking_up("h")) == "host h here"


@pytest.mark.parametrize(
    ("template", "value", "text"),
    [
        ("It says: {a.b}. Then wait.", "Try again.", "It says: Try again. Then wait."),
        ("It says: {a.b}.", "Try again", "It says: Try again."),
        ("It says: {a.b}, then", "Try again.", "It says: Try again., then"),
        ("It says: {a.b}.", "and so on ...", "It says: and so on ...."),
        ("It says: {a.b}.", "Why?", "It says: Why?."),
    ],
)
def test_a_sentence_of_the_server_has_one_full_stop(template: str, value: str, text: str) -> None:
    assert render(template, looking_up(value)) == text


def test_the_default_stands_in_for_an_absent_fact() -> None:
    assert render("host {a.b|of the settings}", looking_up(None)) == "host of the settings"
    assert render("host {a.b|}", looking_up(None)) == "host"


def test_without_fact_and_default_there_is_no_text() -> None:
    assert render("host {a.b}", looking_up(None)) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(5, "5"), (True, "yes"), (("x", "y"), "x, y"), ((), "none"), ("", "none"), (object(), "none")],
)
def test_kinds_of_values(value: object, text: str) -> None:
    assert render("{a.b|none}", looking_up(value)) == text


@pytest.mark.parametrize("text", ["{}", "{a}", "{{.State.StartedAt}}", "{A.b}", "${#P}", "{a.b", "a{2,3}"])
def test_other_braces_stay(text: str) -> None:
    assert render(text, looking_up("h")) == text


@given(st.text(max_size=400))
def test_a_value_is_one_clean_line(value: str) -> None:
    text = render("{a.b|none}", looking_up(value))
    assert text is not None
    assert len(text) <= MAX_VALUE
    assert all(char.isprintable() or char == " " for char in text)


def test_a_value_is_no_template() -> None:
    assert render("{a.b}", looking_up("{a.b|x}")) == "{a.b|x}"


def test_check_names_unknown_selections_and_fields() -> None:
    types: dict[str, FieldType] = {"logged": kind_type("log.event")}
    assert check("{logged.host|x} {logged.reply.code}", types) is None
    assert check("see {loged.host}", types) == ("there is no selection `loged` (did you mean `logged`?)", 4)
    problem = check("see {logged.hots}", types)
    assert problem is not None
    assert "did you mean `host`" in problem[0]
