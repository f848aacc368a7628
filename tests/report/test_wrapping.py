"""Filling prose and making strings visible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.model.command import Instructions, argument, joined
from sestriage.report.safe import visible
from sestriage.report.wrapping import as_prose, fill, lead, limited, paragraphs, shortened, to_reason


def test_a_number_that_ends_a_sentence_is_no_list_mark() -> None:
    assert list(paragraphs("It has\n44. No more\nthan that.")) == [("It has 44. No more than that.", False)]
    assert [text for text, _ in paragraphs("Do:\n1. this,\n2. that at\n465. Then\n3) end")] == [
        "Do:",
        "1. this,",
        "2. that at 465. Then",
        "3) end",
    ]


def test_paragraphs() -> None:
    text = "One\ntwo.\n\nThree:\n    openssl x  y\n- a\n  b\n- c\ndocker restart z\nend"
    assert list(paragraphs(text)) == [
        ("One two.", False),
        ("Three:", False),
        ("openssl x  y", True),
        ("- a b", False),
        ("- c", False),
        ("docker restart z", True),
        ("end", False),
    ]


@pytest.mark.parametrize("command", ["F=/a/b && cp -p $F x", "docker restart z", "OLD=$(ls) && x"])
def test_commands_are_verbatim(command: str) -> None:
    assert list(paragraphs(command)) == [(command, True)]


def test_a_sentence_about_a_command_is_prose() -> None:
    assert list(paragraphs("openssl prints the chain.")) == [("openssl prints the chain.", False)]


def test_backticks_are_never_broken() -> None:
    lines = fill("Run `docker restart sw-response-mgmt` now, please do it.", 20)
    assert "`docker restart sw-response-mgmt`" in lines[1]


@given(st.text(st.sampled_from("ab `-\n"), max_size=60), st.integers(1, 30))
def test_fill_keeps_every_word(text: str, width: int) -> None:
    assert " ".join(fill(text, width)).split() == text.split()


@given(st.lists(st.text("abc", min_size=1, max_size=9), max_size=20), st.integers(9, 30))
def test_fill_keeps_the_width(words: list[str], width: int) -> None:
    assert all(len(line) <= width for line in fill(" ".join(words), width))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb", "a b"),
        ("\x1b[0m", "\\x1b[0m"),
        ("\x9b", "\\x9b"),
        ("a\nb\r", "a\\nb\\r"),
        ("\u202e\u2066\u200b\ufeff\u00ad", "\\u202e\\u2066\\u200b\\ufeff\\xad"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("äö – 中", "äö – 中"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_visible_ascii() -> None:
    assert visible("ä – … →", ascii_only=True) == "\\xe4 - ... ->"


def test_a_command_among_sentences_is_verbatim_whatever_it_ends_with() -> None:
    server = argument("host", "mail.example.com.")
    said = Instructions(("Run this, and look:", joined("timeout 5 getent hosts ", server), "Then go on."))
    assert list(paragraphs(as_prose(said))) == [
        ("Run this, and look:", False),
        ("timeout 5 getent hosts mail.example.com.", True),
        ("Then go on.", False),
    ]
    assert as_prose("plain words") == "plain words"


@pytest.mark.parametrize(
    ("text", "characters", "taken"),
    [
        ("One. Two. Three.", 0, "One."),
        ("One. Two. Three.", 9, "One. Two."),
        ("A name, e. g. This one, is whole. Next.", 0, "A name, e. g. This one, is whole."),
        ("Run `a. B` first. Then\nstop.", 0, "Run `a. B` first."),
        ("", 10, ""),
    ],
)
def test_lead(text: str, characters: int, taken: str) -> None:
    assert lead(text, characters) == taken


def test_limited_keeps_words_whole_and_marks_the_cut() -> None:
    lines = fill("one two three four five six", 10)
    assert limited(lines, 0, 10) == lines
    assert limited(lines, len(lines), 10) == lines
    assert limited(lines, 1, 10) == ["one ..."]
    assert limited(["  `a b c` word", "x"], 1, 14) == ["  `a b c` ..."]


def test_a_path_is_shortened_in_the_middle() -> None:
    place = "bundle.tgz!/lancope/var/logs/containers/sw-response-mgmt.log:15"
    assert shortened(place, 80) == place
    assert shortened(place, 50) == "bundle.tgz!/lancope/.../sw-response-mgmt.log:15"
    assert shortened(place, 10) == ".../sw-response-mgmt.log:15", "a file name is never cut"


POSTFIX = (
    "Nov 20 09:12:44 relay postfix/smtp[811]: 5D1F21C00: to=<ops@example.com>, relay=mx.example.com[192.0.2.25]:587,"
    " delay=3, delays=0.1/0.1/2.8/0, dsn=4.7.0, status=deferred (SASL authentication failed (again): no mechanism)"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            POSTFIX,
            "Nov 20 09:12:44 relay postfix/smtp[811]: 5D1F21C00: to=<ops@example.com>, ..."
            " status=deferred (SASL authentication failed (again): no mechanism)",
        ),
        (POSTFIX + " and more", POSTFIX + " and more"),
        (POSTFIX.replace("(", "["), POSTFIX.replace("(", "[")),
        (f"({POSTFIX})", f"({POSTFIX})"),
    ],
    ids=["a reason at the end", "more behind it", "it opens nowhere", "the whole line"],
)
def test_of_a_long_line_with_its_reason_at_the_end_the_middle_is_left_out(text: str, expected: str) -> None:
    assert to_reason(text, 150) == expected
    assert to_reason(text, len(text)) == text


@given(st.text(alphabet="ab ().", max_size=80), st.integers(1, 80))
def test_what_is_left_of_a_long_line_stands_in_it(text: str, room: int) -> None:
    head, mark, reason = to_reason(text, room).partition(" ... ")
    assert text.startswith(head)
    assert len(to_reason(text, room)) <= len(text)
    assert text.endswith(reason) or not mark
