"""No pattern of the program costs more than linear time, whatever text it is held against.

`python -m patterns.table` tries more texts of each pattern, and prints what it found.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import slices
from patterns.collect import BOUNDED, SOURCE, TABLES, Pattern, all_patterns, calls_of, nodes_of, trees, written
from patterns.pump import FEW_TEXTS, growths
from support import ROOT

PARTS = 12
"""Slices of all patterns; CONTRIBUTING.md says when each comes."""
GROUPS = 8
"""Tests that share a slice between the processes."""


def pattern(text: str, *modes: str, flags: int = 0) -> Pattern:
    return Pattern("here:1", text, re.compile(text, flags).flags, False, modes, "")


# --- all of them -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("group", range(GROUPS))
def test_every_pattern_is_linear(group: int) -> None:
    found = [
        f"{each.place} {each.name} ({growth.mode}): {growth.times:.0f} times as much for 4 times {growth.pump}"
        for each in slices.part(all_patterns(), PARTS)[group::GROUPS]
        for growth in growths(each, most=FEW_TEXTS)
        if growth.too_much
    ]
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_a_static_analysis_suspects_none_of_those_it_can_read() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "patterns.static", "-"],
        input=written(slices.part(all_patterns(), PARTS)),
        env={"PYTHONPATH": f"{SOURCE}:{ROOT / 'tests'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (run.returncode, run.stdout) == (0, ""), run.stderr


# --- none escapes ------------------------------------------------------------------------------------------------


def test_patterns_of_every_sort_are_found() -> None:
    """At module level, in a class, in a table, composed in a loop, inside a function, of the rules; bytes and text."""
    found = {(each.place.partition(":")[0], each.name) for each in all_patterns()}
    assert ("redact.secrets", "_ANSWER") in found
    assert ("formats.log.wording.word_sets", "_pattern") in found
    assert ("formats.transcript.s_client", "_READERS") in found
    assert ("redact.secrets", "_tried") in found, "inside a function"
    assert any(place.startswith("rules/") for place, _ in found)
    assert {each.latin for each in all_patterns()} == {True, False}


def test_every_use_of_re_has_a_pattern_in_the_table() -> None:
    places = {each.place for each in all_patterns()}
    unwatched = []
    for module, (_, tree) in trees().items():
        for call in calls_of(module, tree):
            place = f"{module.removeprefix('sestriage.')}:{call.line}"
            if place not in places and call.module != "sestriage.rules.language.regex_guard":
                unwatched.append(place)
    assert not unwatched


@pytest.mark.parametrize("line", ["from re import compile", "import re as regex"])
def test_re_under_another_name_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="import re"):
        list(calls_of("sestriage.x", ast.parse(line)))


def test_no_other_engine_takes_patterns() -> None:
    """Hyperscan's automata are linear by design; any other package with patterns of its own would escape this table."""
    engines = {"regex", "re2", "fnmatch", "glob"}
    of_the_user = {"fleet/sources.py"}  # names with stars on the command line, which a shell would fill in, too
    for path, tree in trees().values():
        for node in nodes_of(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert engines.isdisjoint(names) or str(path.relative_to(SOURCE / "sestriage")) in of_the_user, path


def test_what_is_said_about_patterns_is_about_patterns_that_there_are() -> None:
    names = {f"{each.place.partition(':')[0]}.{each.name}" for each in all_patterns()}
    modules = {each.place.partition(":")[0] for each in all_patterns()}
    assert names.issuperset(BOUNDED)
    assert modules.issuperset(TABLES)


def test_bounded_patterns_are_held_against_a_slice() -> None:
    for name in BOUNDED:
        module, _, constant = name.rpartition(".")
        source = (SOURCE / "sestriage" / Path(*module.split("."))).with_suffix(".py").read_text(encoding="utf-8")
        uses = [line for line in source.splitlines() if f"{constant}." in line]
        assert uses
        assert all(re.search(r"\[[^\]]*:[^\]]*\]|\(before\)", line) for line in uses), uses


# --- what counts as too much -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slow",
    [
        pattern(r"(a+)+b", "match"),
        pattern(r"\s*=\s*x|key\s*:?\s*=", "finditer"),
        pattern(r"[^\r\n]*?[a-z=]{2,}\s*$", "match"),
        pattern(r"(?m)^RSA [0-9a-f]+ ?[0-9a-f]+\s*$", "search"),
        pattern(r"(?:(?!['>]+(?:\s|$))\S)+", "match"),
        pattern(r"BEGIN.*END", "search"),
        pattern(r"\d+ messages lost", "search"),
    ],
    ids=lambda each: each.text,
)
def test_slow_patterns_are_found(slow: Pattern) -> None:
    assert any(growth.too_much for growth in growths(slow))


@pytest.mark.parametrize(
    "even",
    [
        pattern(r"a++b", "match"),
        pattern(r"key\s*+:?\s*+=", "finditer"),
        pattern(r"\d messages lost", "search"),
        pattern(r"[a-z]{1,60}\.", "search"),
        pattern(r"(?:[A-Z]+-)*(?:PSK|SRP)", "match"),
    ],
    ids=lambda each: each.text,
)
def test_linear_patterns_are_not(even: Pattern) -> None:
    assert not any(growth.too_much for growth in growths(even))
