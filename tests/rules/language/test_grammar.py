"""Text to tree: every form once, every limit once, and nothing but ConditionError for anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.rules.language.conditions import (
    Compare,
    Condition,
    Count,
    Holds,
    IsTrue,
    Junction,
    Not,
    Path,
    Quantified,
    Unknown,
    from_json,
    size,
    to_json,
)
from sestriage.rules.language.grammar import MAX_LENGTH, MAX_NESTING, ConditionError, parse_condition, parse_selection


def field(name: str, at: int = 0) -> Path:
    return Path(tuple(name.split(".")), at)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("completed", IsTrue(field("completed"))),
        ('level == "fatal"', Compare(field("level"), "==", "fatal", 9)),
        ("dh_bits < 2048", Compare(field("dh_bits"), "<", 2048, 10)),
        ("silent_since >= 2.5", Compare(field("silent_since"), ">=", 2.5, 16)),
        ("x == true", Compare(field("x"), "==", True, 5)),
        ("port in [465, 2465]", Compare(field("port"), "in", (465, 2465), 8)),
        ('alert.sender contains "client"', Compare(field("alert.sender"), "contains", "client", 22)),
        ("count(suites) > 2", Compare(Count(field("suites", 6)), ">", 2, 16)),
        ("unknown(tls)", Unknown(field("tls", 8))),
        ("holds(tls)", Holds(field("tls", 6))),
        ("not a", Not(IsTrue(field("a", 4)))),
        ("any(suites, allows_dhe)", Quantified("any", field("suites", 4), IsTrue(field("allows_dhe", 12)))),
    ],
)
def test_each_form(text: str, tree: Condition) -> None:
    assert parse_condition(text) == tree


def test_and_binds_closer_than_or_and_not_closest() -> None:
    tree = parse_condition("a or not b and c")
    assert tree == Junction(
        "or", (IsTrue(field("a")), Junction("and", (Not(IsTrue(field("b", 9))), IsTrue(field("c", 15)))))
    )


def test_parentheses_change_the_binding() -> None:
    tree = parse_condition("(a or b) and c")
    assert isinstance(tree, Junction)
    assert tree.operator == "and"


def test_backslashes_are_kept_and_quotes_unescaped() -> None:
    tree = parse_condition(r'text matches "\bfoo\s\"x\""')
    assert isinstance(tree, Compare)
    assert tree.value == r'\bfoo\s"x"'


def test_keyword_like_field_names_are_fields() -> None:
    assert parse_condition("notes and order") == Junction("and", (IsTrue(field("notes")), IsTrue(field("order", 10))))


def test_selection_with_and_without_condition() -> None:
    assert parse_selection("trust.path").condition is None
    chosen = parse_selection("tls.handshake where completed")
    assert chosen.kind == "tls.handshake"
    assert chosen.condition == IsTrue(field("completed", 20))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 0),
        ("a and", 5),
        ("a == ", 5),
        ("(a", 2),
        ("a b", 2),
        ("any(a)", 5),
        ("a in []", 6),
        ('a == "x', 5),
        ("not", 3),
        ("== 1", 0),
    ],
)
def test_errors_name_their_place(text: str, at: int) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(text)
    assert caught.value.at == at


def test_limits() -> None:
    with pytest.raises(ConditionError, match="longer than"):
        parse_condition("a" * (MAX_LENGTH + 1))
    deep = "(" * (MAX_NESTING + 1) + "a" + ")" * (MAX_NESTING + 1)
    with pytest.raises(ConditionError, match="inside each other"):
        parse_condition(deep)
    with pytest.raises(ConditionError):
        parse_condition("not " * 900 + "a")


def test_the_deepest_allowed_nesting_works() -> None:
    assert parse_condition("(" * MAX_NESTING + "a" + ")" * MAX_NESTING) == IsTrue(field("a", MAX_NESTING))


@given(st.text(alphabet='ab .,()[]"\\=!<>19not orandinkeyuw', max_size=60))
def test_any_text_gives_a_tree_or_a_condition_error(text: str) -> None:
    place = 0
    try:
        assert size(parse_condition(text)) >= 1
    except ConditionError as error:
        place = error.at
    assert 0 <= place <= len(text)


names = st.sampled_from(["a", "b.c", "tls.alerts"]).map(field)
values = st.one_of(st.integers(-9, 9), st.booleans(), st.text("xy\\ .", max_size=4))
leaves = st.one_of(
    st.builds(IsTrue, names),
    st.builds(Unknown, names),
    st.builds(Holds, names),
    st.builds(Compare, names, st.sampled_from(["==", "<", "contains"]), values),
    st.builds(Compare, names, st.just("in"), st.lists(values, min_size=1, max_size=3).map(tuple)),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Quantified, st.sampled_from(["any", "all"]), names, inner),
        st.builds(Compare, st.builds(Count, names, inner), st.just(">"), st.integers(0, 9)),
        st.builds(Junction, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@given(trees)
def test_json_gives_back_the_same_tree(tree: Condition) -> None:
    assert from_json(to_json(tree)) == tree


DAMAGED: list[object] = [None, [], ["?"], ["=", ["a"]], ["zzz", ["a"]], ["and", 3], "x", ["=", ["a"], "==", {}]]


@pytest.mark.parametrize("data", DAMAGED)
def test_damaged_json_is_a_value_error(data: object) -> None:
    with pytest.raises(ValueError, match="not a"):
        from_json(data)
