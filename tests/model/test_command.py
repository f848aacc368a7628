"""Commands as data: which words a plain pipeline has, where a value stands, and what each kind of value may be."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.model.command import (
    Argument,
    Command,
    Kind,
    argument,
    joined,
    literal,
    mail_capture,
    prose,
    quoted,
    s_client,
)
from sestriage.model.known.hostnames import is_address, is_host_name
from sestriage.model.shellwords import Piece, read_stages

PIPELINES = [
    ("a b 'c d'", (("a", "b", "c d"),)),
    ('a | b "c\'d" | e\\ f', (("a",), ("b", "c'd"), ("e f",))),
    ("a </dev/null 2>/dev/null >x 2>&1 b", (("a", "b"),)),
    ("a b=c   # a remark", (("a", "b=c"),)),
    ("a ''", (("a", ""),)),
    ('a "x\\"y\\z"', (("a", 'x"y\\z'),)),
    ("a x#y", (("a", "x#y"),)),
    ("a 2x>f", (("a", "2x"),)),
]


@pytest.mark.parametrize(("text", "stages"), PIPELINES)
def test_the_words_of_a_plain_pipeline(text: str, stages: tuple[tuple[str, ...], ...]) -> None:
    assert literal(text).argv == stages


@pytest.mark.parametrize(
    "text",
    [
        *("a ; b", "a && b", "a || b", "a & b", "(a)", "a\nb", "A=b c", "A=b", "if a", "for x in y", "a $b", 'a "$b"'),
        *(
            "a $(b)",
            "a `b`",
            "a ${b}",
            "a *",
            "a ?",
            "a [b]",
            "a ~",
            "a {b,c}",
            "a <<b",
            "a <(b)",
            "a |",
            "| a",
            "",
            "! a",
        ),
    ],
)
def test_what_is_no_plain_pipeline(text: str) -> None:
    assert literal(text).argv is None


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_quoted_words_come_back(words: list[str]) -> None:
    text = " ".join(map(quoted, words))
    assert shlex.split(text) == words
    if "\n" not in text and words[0] and quoted(words[0]) != words[0]:
        assert literal(text).argv == (tuple(words),)


@given(st.lists(st.sampled_from(["a", " ", "'", '"', "\\", "$", "`", "(", ")", "{", "}", "<", ">", "|", "#", "\n", 0])))
def test_each_value_has_its_place_and_nothing_raises(units: list[str | int]) -> None:
    pieces = tuple(Piece("x", value=True) if unit == 0 else Piece(str(unit)) for unit in units)
    assert len(read_stages(pieces).places) == units.count(0)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("host", "mail.example.com", "mail.example.com"),
        ("host", "mail.example.com.", "mail.example.com."),
        ("host", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("host", "2001:db8::1", "2001:db8::1"),
        ("host", "[2001:db8::1]", "2001:db8::1"),
        ("host", "[mail.example.com]", None),
        ("host", "fe80::1%eth0", "fe80::1%eth0"),
        ("host", "-a.example.com", None),
        ("host", "a-.example.com", None),
        ("host", "a..example.com", None),
        ("host", ".", None),
        ("host", "bücher.example", None),
        ("host", "a_b.example.com", None),
        ("host", "a b", None),
        ("host", "a\n", None),
        ("host", "fe80::1%a;b", None),
        ("host", ".".join(["a" * 63] * 4), None),
        ("address", "192.0.2.1", "192.0.2.1"),
        ("address", "mail.example.com", None),
        ("address", "999.0.0.1", None),
        ("port", "587", "587"),
        ("port", "0", None),
        ("port", "65536", None),
        ("port", "٥", None),
        ("region", "us-gov-west-1", "us-gov-west-1"),
        ("region", "us-east-1;a", None),
        ("path", "/a b/c", "/a b/c"),
        ("path", "-c", "./-c"),
        ("path", "-", None),
        ("path", "a\nb", None),
        ("path", "a\u00a0b", None),
        ("path", "a\udcffb", None),
        ("path", "${A}", "${A}"),
        ("path", "a" * 4097, None),
        ("mailbox", "o'brien@example.com", "o'brien@example.com"),
        ("mailbox", "-a@example.com", None),
        ("mailbox", "a@b;c", None),
        ("domain", "example.com", "example.com"),
        ("domain", "a b", None),
        ("fingerprint", "ab" * 32, "ab" * 32),
        ("fingerprint", "xy" * 32, None),
        ("word", "a b", "a b"),
        ("word", "-a", None),
        ("word", "   ", None),
        ("word", "a" * 301, None),
    ],
)
def test_a_value_must_be_what_its_kind_says(kind: Kind, value: str, shown: str | None) -> None:
    assert argument(kind, value).value == shown


@given(st.text(max_size=40))
def test_a_host_or_address_is_inert(value: str) -> None:
    if is_host_name(value) or is_address(value):
        assert str(argument("host", value)) == value


@pytest.mark.parametrize(
    ("quoting", "text"), [("bare", '"${A:?b}"'), ("single", "'\"${A:?b}\"'"), ("double", "${A:?b}")]
)
def test_a_variable_fits_the_quotes_around_it(quoting: str, text: str) -> None:
    assert str(Argument("word", None, "A", "b", quoting)) == text  # type: ignore[arg-type]


def test_to_hide_changes_values_only() -> None:
    command = joined("echo ", argument("word", "secret word"), " 'secret word' ", argument("word", "other"))
    hidden = command.hiding(lambda each: each.value == "secret word")
    assert str(hidden) == "echo \"${VALUE:?set it to the value}\" 'secret word' other"
    assert hidden.variables == {"VALUE": "set it to the value"}
    assert command.hiding(lambda each: False) is command


def test_a_value_cannot_be_taken_for_a_variable_in_argv() -> None:
    asked = argument("host", None)
    assert joined("a ", asked, " ", argument("word", "b")).argv == (("a", "${SMTP_SERVER}", "b"),)
    assert joined("a ", asked, " ", argument("word", "${SMTP_SERVER}")).argv is None
    assert joined("a ", argument("word", "${SMTP_SERVER}")).argv == (("a", "${SMTP_SERVER}"),)


def test_texts_side_by_side_become_one() -> None:
    assert joined("a ", joined("b", " c"), literal(" d")) == literal("a b c d")


def test_sentences_and_commands_of_the_author() -> None:
    said = prose("Run this:\nopenssl version -a\nand look.")
    assert said.commands == (literal("openssl version -a"),)
    assert isinstance(said.lines[1], Command)
    assert str(said) == "Run this:\nopenssl version -a\nand look."


def test_a_capture_shows_dns_all_ports_and_what_devices_answer() -> None:
    told = str(mail_capture("a.pcap", "mail.example.com", 2500, (1080,)))
    assert told == (
        "tcpdump -i any -s 0 -w a.pcap 'port 25 or port 53 or port 465 or port 587 or port 1080 or port 2465"
        " or port 2500 or port 2587 or icmp or icmp6'"
    )
    assert "port 53 " not in str(mail_capture("a.pcap", "192.0.2.7")), "an address has no name to look up"


def test_an_address_is_no_server_name_in_brackets_either() -> None:
    told = str(s_client("[2001:db8::25]", 465, "wrapper"))
    assert told == "timeout 20 openssl s_client -connect '[2001:db8::25]':465"
    assert str(s_client("2001:db8::25", 465, "wrapper")) == told
