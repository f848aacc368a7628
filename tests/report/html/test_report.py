"""The page of any report that is made of blocks: its headline, its parts, lines and tables as they are."""

from __future__ import annotations

import re

import pytest

from report.html.test_page import Seen
from sestriage.report.blocks import Block, Headline, Lines, Prose, Quote, Section, Step, Table
from sestriage.report.html.report import render

BLOCKS = (
    Headline("It worked", "good"),
    Prose("a sentence", "Note"),
    Section("What to do"),
    Step(1, "Look.", "getent hosts a"),
    Section("More"),
    Lines(("root", "  leaf <b>")),
    Table(("Name", "SHA-256"), (("a", "0" * 64),), unwrapped=True),
    Quote("x.log:1", "quoted"),
    Headline("It worked", "good", closing=True),
)


def test_the_headline_is_the_title_and_sections_follow() -> None:
    seen = Seen(page := render(BLOCKS, "en", "sestriage 1", "sestriage x"))
    assert re.findall(r"<title>([^<]*)", page) == ["It worked - sestriage"]
    assert [name for name, _ in seen.elements].count("h1") == 1
    assert re.findall(r"<h2[^>]*>([^<]*)", page) == ["What to do", "More"]
    assert 'class="verdict good"' in page


def test_lines_are_one_piece_and_columns_a_table() -> None:
    page = render(BLOCKS, "en", "sestriage 1", "sestriage x")
    assert "<pre>root\n  leaf &lt;b&gt;</pre>" in page
    assert re.search(f'<td [^>]*data-title="SHA-256:">{"0" * 64}</td>', page)
    assert '<td role="cell" data-title="Name:" class="short">a</td>' in page


def test_a_further_headline_is_a_part_with_anchors_of_its_own() -> None:
    page = render((*BLOCKS, *BLOCKS), "de", "sestriage 1", "sestriage x")
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert page.count("<article") == 1
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(anchors)


def test_the_worst_of_several_heads_the_page() -> None:
    store: list[Block] = [
        Headline("the one works", "good"),
        Prose("first"),
        Headline("the other does not", "bad"),
        Prose("second"),
    ]
    page = render((*store, Headline("cannot be said", "open")), "en", "sestriage 1", "sestriage x")
    assert re.findall(r"<title>([^<]*)", page) == ["the other does not - sestriage"]
    assert re.findall(r"</span>([^<]*)</h[12]>\s*(?:<p>([^<]*)</p>)?", page) == [
        ("the other does not", "second"),
        ("cannot be said", ""),
        ("the one works", "first"),
    ]


def test_a_list_without_a_verdict_is_named_by_its_command() -> None:
    page = render((Section("a store"), Prose("x")), "en", "sestriage 1", "sestriage certs show")
    assert "<title>sestriage certs show - sestriage</title>" in page
    assert 'class="verdict plain"' in page


@pytest.mark.parametrize("planted", ["<script>alert(1)</script>", "</pre><img src=x>", "\x1b]8;;x\x07", "{{ 7 * 7 }}"])
def test_hostile_text_is_text(planted: str) -> None:
    blocks = (Headline(planted, "bad"), Section(planted), Lines((planted,)), Table((planted,), ((planted,),)))
    plain = (Headline("x", "bad"), Section("x"), Lines(("x",)), Table(("x",), (("x",),)))
    hostile, usual = (Seen(render(found, "en", "sestriage 1", "x")) for found in (blocks, plain))
    assert [name for name, _ in hostile.elements] == [name for name, _ in usual.elements]
    assert "\x1b" not in hostile.said
