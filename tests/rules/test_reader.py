"""Reading a rule file: what is refused, and where the error points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.errors import RuleError
from sestriage.model.phase import Phase
from sestriage.rules.parsed import build
from sestriage.rules.reader import parse_source, read_examples
from sestriage.rules.shared import Shared

from .ruletext import GOOD, changed


def place_of(text: bytes, piece: str) -> tuple[int, int]:
    source = text.decode()
    offset = source.index(piece)
    return source[:offset].count("\n") + 1, offset - (source.rfind("\n", 0, offset) + 1) + 1


def test_a_good_rule_is_read_whole() -> None:
    rule = build(parse_source(GOOD.encode(), "r.toml"), "r.toml")
    assert rule.id == "small"
    assert rule.phase is Phase.AUTH
    assert list(rule.selections) == ["logged", "wire"]
    assert rule.selections["logged"].kind == "log.event"
    assert rule.aliases == ("smallest",)
    assert rule.fixes[0].command == "echo {logged.host|none}"
    assert rule.confirmed is not None
    assert rule.likely == rule.when
    assert [example.expect for example in read_examples(GOOD.encode(), "r.toml")] == ["likely", "none"]


@pytest.mark.parametrize(
    ("old", "new", "message", "piece"),
    [
        ("schema = 1", "schema = 2", "this version reads 1", "schema = 2"),
        ('id = "small"', 'id = "Small One"', "lower-case words", 'id = "Small'),
        ('severity = "error"', 'severity = "eror"', "did you mean `error`", 'severity = "eror"'),
        ('phase = "auth"', 'phase = "login"', "must be one of", 'phase = "login"'),
        ('title = "A small rule"\n', "", "lacks the key `title`", "schema"),
        ("schema = 1", "schema = true", "a whole number", "schema = true"),
        ('aliases = ["smallest"]', "aliases = [1]", "a list of texts", "aliases"),
        ('aliases = ["smallest"]', 'alias = ["x"]', "did you mean `aliases`", "alias ="),
        ("reply_code == 535'", "repli_code == 535'", "did you mean `reply_code`", "repli_code"),
        ("code == 535)", "code == true)", "a whole number", "true)"),
        ("smtp.dialogue where", "smtp.dialog where", "did you mean `smtp.dialogue`", "smtp.dialog where"),
        ('when = "logged or wire"', 'when = "logged or wier"', "did you mean `wire`", "wier"),
        ('when = "logged or wire"', 'when = "logged or"', "expected", '"\nlikely'),
        ('confirmed = "logged', 'confirmd = "logged', "did you mean `confirmed`", "confirmd"),
        ("{logged.host|The", "{logd.host|The", "did you mean `logged`", "{logd"),
        ("echo {logged.host|", "echo {logged.hst|", "did you mean `host`", ".hst"),
        (
            'command = "echo {logged.host|none}"',
            'command = "builtin:import-cas"',
            "did you mean `import-ca`",
            "command",
        ),
        ('expect = "none"', 'expect = "nothing"', "must be one of", 'expect = "nothing"'),
        ("[[fix]]", "[fix]", "`fix` must be a list", "[fix]"),
        ("wire = ", "case = ", "cannot name a selection", "case ="),
        ('why = "{logged', "why = {logged", "not TOML", "why"),
    ],
)
def test_each_fault_is_refused_where_it_stands(old: str, new: str, message: str, piece: str) -> None:
    text = changed(old, new)
    with pytest.raises(RuleError) as caught:
        parse_source(text, "dir/r.toml")
    assert message in caught.value.reason
    line, column = place_of(text, piece)
    assert caught.value.line == line
    if not caught.value.reason.startswith("not TOML"):
        assert caught.value.column == column
    assert str(caught.value).startswith(f"dir/r.toml:{line}:")


def test_a_multi_line_condition_keeps_its_lines() -> None:
    text = changed(
        'wire = "smtp.dialogue where any(replies, code == 535)"',
        "wire = '''smtp.dialogue where\n   not accepted\n   and acepted'''",
    )
    with pytest.raises(RuleError, match="did you mean `accepted`") as caught:
        parse_source(text, "r.toml")
    assert (caught.value.line, caught.value.column) == place_of(text, "acepted'")


def test_shared_selections_are_put_in() -> None:
    shared = Shared((("shared.toml", b"[select]\nno = 'log.event where reply_code == 535'\n"),))
    text = changed("'log.event where outcome == \"failure\" and reply_code == 535'", '"shared no"')
    rule = build(parse_source(text, "r.toml", shared), "r.toml")
    assert rule.selections["logged"].kind == "log.event"
    with pytest.raises(RuleError, match="no shared selection `no`"):
        parse_source(text, "r.toml")


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a = [" * 5000, b"x" * (257 * 1024), b"", b"\0", b"a = 1\na = 2"])
def test_what_is_no_rule_is_a_rule_error(raw: bytes) -> None:
    with pytest.raises(RuleError):
        parse_source(raw, "r.toml")


def test_every_prefix_of_a_rule_is_read_or_refused() -> None:
    raw = GOOD.encode()
    for end in range(len(raw)):
        try:
            build(parse_source(raw[:end], "r.toml"), "r.toml")
        except RuleError as error:
            assert error.line is not None  # noqa: PT017 - a cut rule may also be whole


@given(st.integers(0, len(GOOD) - 1), st.characters())
def test_one_changed_character_never_escapes_as_another_error(at: int, char: str) -> None:
    text = GOOD[:at] + char + GOOD[at + 1 :]
    try:
        build(parse_source(text.encode("utf-8", "surrogatepass"), "r.toml"), "r.toml")
    except RuleError:
        return
