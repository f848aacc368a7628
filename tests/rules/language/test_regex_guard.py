"""Patterns that could run away are refused; those that pass are quick on the worst text."""

from __future__ import annotations

import pytest

from growth import assert_even
from sestriage.rules.language.regex_guard import MAX_PATTERN, MAX_TEXT, PatternError, check_pattern, search


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a|aa)+$",
        r"(.*a){20}",
        r"(x*)*",
        r"(?:a{1,50}){1,50}",
        r"(a)\1",
        r"(?P<x>a)(?P=x)",
        r".*.*.*x",
        r"\s*\s*x",
        r"[^x]{1,200}[^y]{1,200}z",
        r"(?:(?:a?){20}){2,5}",
        r"(?:a|aa){14}b",
        r"(?:aa|aaa){14}b",
        r"(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)b",
        r"(?:a?){14}b",
        r"a?a?a?a?a?a?a?a?a?a?a?a?a?a?b",
        r"(?:a|b|ab)*c",
        r"(?:ab){0,9000}c",
        r"a{0,120}a{0,120}b",
    ],
)
def test_costly_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        check_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(", "[", "a{2,1}", "(?P<x", "*", "\\", "a" * (MAX_PATTERN + 1)])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"not\s{1,9}verified", "Email is NOT\n verified", True),
        (r"response: (\[EOF\]|-1\b)", "port: 587, response: -1", True),
        (r"response: (\[EOF\]|-1\b)", "port: 587, response: -12", False),
        (r"\bDH ServerKeyExchange", "ECDH ServerKeyExchange", False),
        (r"^email-smtp[.][a-z0-9-]{1,30}$", "email-smtp.us-east-1", True),
        (r"(?-i:[A-Z]{2}-[A-Z]{4})", "us-east", False),
        (r"colou?r", "COLOR", True),
        (r"(?:[.]\d\d){3}", "at 10.12.13.14", True),
        (r"(not|never) (yet )?(verified|checked) (by|at|in) (us|them)", "never yet checked by us", True),
        (r"queued as [0-9A-F]+", "queued as 4FA1", True),
    ],
)
def test_useful_patterns_pass(pattern: str, text: str, found: bool) -> None:
    check_pattern(pattern)
    assert search(pattern, text) is found


def test_only_the_start_and_the_end_of_a_long_text_are_read() -> None:
    filler = "x" * (4 * MAX_TEXT)
    assert search("needle", "needle" + filler)
    assert search("needle", filler + "needle")
    assert not search("needle", filler + "needle" + filler)


@pytest.mark.parametrize("pattern", [r"a{0,80}a{0,80}b", r"(?:a|aa){9}b"])
def test_the_most_costly_patterns_that_pass_are_bounded(pattern: str) -> None:
    check_pattern(pattern)
    assert not search(pattern, "a" * 1000)
    assert_even(lambda size: search(pattern, "a" * size), MAX_TEXT // 4)
