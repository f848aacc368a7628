"""Patterns that were made linear find what their older, slower forms found."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sestriage.formats import tls_ciphers
from sestriage.formats.certs import pem, stores
from sestriage.formats.log import header, unwrap
from sestriage.ingest import sniff
from sestriage.pki import hostname
from sestriage.redact import hosts, secrets
from sestriage.redact.forms import pairs
from sestriage.rules.authoring import lint_overlays

EXAMPLES = 400
B64 = "A-Za-z0-9+/"
STOP = r"[,;&](?:\s|[\w.-]+[=:]|$)|[\"')\]}>]+(?:[\s,;:.)\]}]|$)|</"
OLD_ANSWER = re.compile(rf"(?:[ \t]*\r?\n)*(?P<lead>[^\r\n]*?)(?P<payload>[{B64}=]{{2,}})[\"'\]}})>]*[ \t]*(?:\r?\n|$)")
OLD_PAIR = re.compile(
    rf"{pairs._KEY}[\w.-]{{0,24}}[ \t]*\*?[\"']?[ \t]*(?:[:=]{{1,2}}>?|->)[ \t]*"
    rf"(?:{pairs._QUOTED}|(?P<bare>(?:(?!{STOP})\S)+))",
    re.IGNORECASE | re.MULTILINE,
)
OLD_WHOLE_LINE = re.compile(
    rf"^[ \t]*[\w.-]{{0,64}}{pairs._KEY}[\w.-]{{0,24}}[ \t]*[=:]>?[ \t]*"
    r"(?P<bare>(?![^\r\n]*[,;&] ?\w+=)\S[^\r\n]*)$",
    re.I | re.M,
)
OLD_CONTEXT = re.compile(
    hosts._CONTEXT.pattern.replace(r"name)\s*+[:=]?\s*+", r"name)\s*[:=]?\s*"), hosts._CONTEXT.flags
)
OLD_KEY_BODY = re.compile(secrets._KEY_BODY.pattern.replace("}+)*+", "})*"))
OLD_PSK = re.compile(r"(?:[A-Z]+-)*(?:PSK|SRP)-[A-Z0-9-]+|(?:TLS|SSL)_(?:\w+_)?(?:PSK|SRP)_\w+")
OLD_LOGGERISH = re.compile(r"(?:[\w$-]+\.)+[\w$]+$|[A-Z][a-z]\w*[A-Z]?\w*$")
OLD_RSA = re.compile(rb"(?m)^(?:RSA (?:Session-ID:)?[0-9A-Fa-f]+ ?(?:Master-Key:)?[0-9A-Fa-f]+)\s*$")
OLD_VERIFY = re.compile(rb"^(?:CONNECTED\(|---\r?\nCertificate chain|SSL-Session:|\s*Verify return code:)", re.M)
OLD_PEM_HEADER = re.compile(rb"\A\s*(?:[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t]+[^\n]*\n)*)+\s*\n")
OLD_DEFAULT = re.compile(r"\|[^{}]*\}")
OLD_JOINT = re.compile(r"(?:nested exceptions? (?:is|are)\s*:?|[Cc]aused by:|Failed messages:)\s*$")
NEW_JOINT = re.compile(r"(?:nested exceptions? (?:is|are)\s*+:?|[Cc]aused by:|Failed messages:)\s*+$")


def pieces(*parts: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(parts), max_size=12).map("".join)


def all_found(pattern: re.Pattern[str], text: str) -> list[tuple[object, ...]]:
    return [(match.span(), match.groupdict()) for match in pattern.finditer(text)]


ENDS = ("", " ", "\t", "\n", "\r\n", "\r")


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        (
            OLD_PAIR,
            pairs._PAIR,
            ("password", "=", ":", "->", '"', "'", ">", ")", "]", "}", ",", ";", "&", "<", "/", "a"),
        ),
        (OLD_PAIR, pairs._PAIR, ("pwd=x", "b=", ">>", ")>", '"}', ".", "*", "</", ",c", "\\")),
        (OLD_WHOLE_LINE, pairs._WHOLE_LINE, ("secret", "=", ":", ">", "a", ",b=", "; c", ".")),
        (
            OLD_CONTEXT,
            hosts._CONTEXT,
            ("SNI", "server name", "host", ":", "=", "mail.x", '"', "[", "EHLO", "-connect "),
        ),
        (OLD_DEFAULT, re.compile(r"\|[^{}]*+\}"), ("|", "{", "}", "a")),
    ],
)
def test_the_same_is_found(old: re.Pattern[str], new: re.Pattern[str], parts: tuple[str, ...]) -> None:
    @settings(max_examples=EXAMPLES, deadline=None)
    @given(pieces(*parts, *ENDS))
    def check(text: str) -> None:
        assert all_found(new, text) == all_found(old, text)

    check()


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("ab", "c", "=", "+/", ".", '"', "'", "]", "}", ">", ")", "S: ", *ENDS))
def test_the_same_answer_to_a_challenge(text: str) -> None:
    old, new = OLD_ANSWER.match(text), secrets._ANSWER.match(text)
    assert (new and (new.span(), new.groupdict())) == (old and (old.span(), old.groupdict()))


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("A" * 19, "b" * 20, "=", "\\", '"', "|", ">", ",", "Proc-Type: 4", "Comment:", "-", *ENDS))
def test_the_same_key_body(text: str) -> None:
    old, new = OLD_KEY_BODY.match(text), secrets._KEY_BODY.match(text)
    assert (new and new.span()) == (old and old.span())


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("PSK", "SRP", "-", "_", "TLS", "SSL", "WITH", "AES", "1", "a"))
def test_the_same_names_of_suites(text: str) -> None:
    new = dict(tls_ciphers._NAMES)["PSK"]
    assert (new.fullmatch(text) is None) == (OLD_PSK.fullmatch(text) is None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("a", "B", "Ab", ".", "$", "-", "_", "1", "é", "\n"))
def test_the_same_names_of_loggers(text: str) -> None:
    assert (header._LOGGERISH.fullmatch(text) is None) == (OLD_LOGGERISH.fullmatch(text) is None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("RSA ", "Session-ID:", "Master-Key:", "0", "aF", "1", " ", "x", *ENDS))
def test_the_same_lines_of_key_logs(text: str) -> None:
    data = text.encode()
    assert (sniff._SECRET_LINE.search(data) is None) == (OLD_RSA.search(data) is None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("Verify return code:", "SSL-Session:", "SHA256: ", "abcd", "(SHA-256): ", ":", "\v", "x", *ENDS))
def test_the_same_marks_of_transcripts(text: str) -> None:
    data = text.encode()
    assert (stores._TRANSCRIPT.search(data) is None) == (OLD_VERIFY.search(data) is None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("a:", "b", ":", "-c", *ENDS))
def test_the_same_header_of_pem(text: str) -> None:
    data = text.encode()
    assert pem._HEADER.sub(b"", data, count=1) == OLD_PEM_HEADER.sub(b"", data, count=1)


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("nested exception is", "are", ":", "caused by:", "Failed messages:", "x", *ENDS))
def test_the_same_joints(text: str) -> None:
    assert (NEW_JOINT.search(text) is None) == (OLD_JOINT.search(text) is None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("12", " messages lost due to rate-limiting", "x", " "))
def test_the_same_lost_messages(text: str) -> None:
    assert (unwrap._LOST.search(text) is None) == (re.search(r"\d+ messages lost due to rate-limiting", text) is None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(pieces("{a", "|", "b", "}", "`", " ", "{"))
def test_the_same_codes_of_a_translation(text: str) -> None:
    plain = " ".join(text.split())
    assert lint_overlays._codes(text) == set(lint_overlays._CODE.findall(OLD_DEFAULT.sub("}", plain)))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text("ab-", max_size=8), st.text("ab*", max_size=6))
def test_the_same_wildcards(label: str, template: str) -> None:
    old = re.fullmatch(".*".join(map(re.escape, template.split("*"))), label, re.S) is not None
    assert hostname._wild_label(label, template) == old


def test_many_wildcards_cost_one_pass() -> None:
    assert not hostname._wild_label("a" * 63, "*a" * 25 + "*b")
    assert hostname._wild_label("a" * 63, "*a" * 25 + "*")
