"""The page of a report: what it says, its order, its security policy; nothing of the evidence comes to life."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sestriage.report.html
from german import english_words
from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Report
from sestriage.report import text
from sestriage.report.html import page
from support import SAMPLES

ROOM = Path(sestriage.report.html.__file__).parent
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    "</style><style>*{display:none}",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% include 'x' %}",
    "</textarea></title></svg><svg onload=alert(1)>",
    "\u202egnp.exe",
]
VOID = {"meta", "line", "rect", "circle", "polygon", "br"}


class Seen(HTMLParser):
    """Elements with their attributes, the text, and whether every element was closed in its order."""

    def __init__(self, document: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self._open: list[str] = []
        self.feed(document)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.said += f" {data}"

    def named(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name in names]


def titles(seen: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(r"<h2 id=[^>]*>([^<]*)</h2>", seen)]


# --- what it says ------------------------------------------------------------------------------------------------


def test_it_says_what_the_text_says(report: Report) -> None:
    def words(document: str) -> set[str]:
        return set(re.findall(r"[A-Za-z0-9]+", document))

    drawn = text.render(report, width=120, verbose=True)
    seen = Seen(page.render(report))
    links = " ".join(attributes["href"] or "" for attributes in seen.named("a"))
    assert words(drawn) - {"Conversations"} <= words(f"{seen.said} {links}"), "that heading is the picture's own"


def test_sections_stand_in_the_order_in_which_they_are_needed(report: Report) -> None:
    found = titles(page.render(report))
    assert found[:3] == ["For the ticket", "What to do", "What happened"]
    assert found.index("Evidence") < found.index("What is missing") < found.index("Input")


def test_commands_are_whole(report: Report) -> None:
    commands = (
        {str(step.command) for step in report.verdict.primary.fixes if step.command}
        if report.verdict.primary
        else set()
    )
    blocks = {
        html.unescape(found) for found in re.findall(r"<pre><code>(.*?)</code></pre>", page.render(report), re.DOTALL)
    }
    assert commands
    assert commands <= blocks


def test_the_verdict_links_to_the_evidence_it_rests_on(report: Report) -> None:
    seen = Seen(page.render(report))
    ids = {attributes["id"] for _, attributes in seen.elements if attributes.get("id")}
    targets = [attributes["href"] or "" for attributes in seen.named("a") if (attributes["href"] or "").startswith("#")]
    assert {target.removeprefix("#") for target in targets} <= ids
    assert "#evidence-1" in targets


@pytest.mark.parametrize("case", ["bundle/bundle.tar.gz", "success"])
def test_the_verdict_says_once_what_it_rests_on(case: str) -> None:
    out = page.render(triage([str(SAMPLES / case)], TriageOptions()))
    box = out[out.index('<div class="verdict') : out.index("</div>", out.index('<div class="verdict'))]
    assert box.count("Rests on:") == 1
    assert 'href="#evidence-1"' in box


def linked(document: str, element: str) -> dict[str, list[str]]:
    """The anchors of all elements of a kind that have one, each with the anchors that it links to."""
    found = re.findall(rf'<{element}[^>]* id="([^"]*)"[^>]*>(.*?)</{element}>', document, re.DOTALL)
    return {anchor: re.findall(r'href="#([^"]*)"', inside) for anchor, inside in found}


@pytest.mark.parametrize("case", ["bundle/bundle.tar.gz", "two-stores-pkix", "other-store-535"])
def test_a_sentence_and_its_evidence_are_linked_both_ways(case: str) -> None:
    out = page.render(triage([str(SAMPLES / case)], TriageOptions()))
    quotes = linked(out, "blockquote")
    sentences = {**linked(out, "div"), **linked(out, "li")}
    assert len([anchor for anchor in sentences if anchor.startswith("claim-")]) > 2, "cause, a step, the background"
    for sentence, cited in sentences.items():
        assert cited
        assert all(sentence in quotes[quote] for quote in cited)
    for quote, sentences_of in quotes.items():
        assert all(name == "verdict" or quote in sentences[name] for name in sentences_of)
    assert "verdict" in quotes["evidence-1"]


def test_a_quote_that_stands_in_two_places_has_one_number(report: Report) -> None:
    """The evidence of a second finding that the first one has already."""
    primary = report.verdict.primary
    assert primary is not None
    other = replace(report.verdict.contributing[0], evidence=primary.evidence[:1])
    verdict = replace(report.verdict, contributing=(other,))
    out = page.render(replace(report, verdict=verdict))
    anchors = [attributes["id"] for _, attributes in Seen(out).elements if attributes.get("id")]
    assert len(anchors) == len(set(anchors))
    assert out.count(">evidence 1:</span>") == 2


@pytest.mark.parametrize("case", ["pkix-root-missing", "success", "timed-out", "tls-inspection", "tls13-535-keylog"])
def test_a_page_in_german_is_german(case: str) -> None:
    report = triage([str(SAMPLES / case)], TriageOptions(language="de"))
    out = page.render(report)
    assert '<html lang="de">' in out
    assert titles(out)[0] == "Für das Ticket"
    for heading in (*titles(out), *re.findall(r"<summary>([^<]*)</summary>", out)):
        assert english_words(html.unescape(heading)) == []


# --- pictures ----------------------------------------------------------------------------------------------------


def test_the_ladder_tells_worked_failed_and_not_shown() -> None:
    out = page.render(triage([str(SAMPLES / "pkix-root-missing")], TriageOptions()))
    assert re.search(r"<li>STARTTLS: worked: seen, test-action\.pcap, frame \d+</li>", out)
    assert "<li>server certificate: failed here</li>" in out
    assert "<li>login: not shown by the evidence</li>" in out


def test_the_conversation_shows_who_said_what_and_where_it_broke() -> None:
    out = html.unescape(page.render(triage([str(SAMPLES / "pkix-root-missing")], TriageOptions())))
    assert re.search(r"<li>\S+ #\d+ Manager: STARTTLS</li>", out)
    assert re.search(r"<li>\S+ #\d+ Manager: Alert fatal: certificate_unknown \(46\) \(here it broke\)</li>", out)


def test_the_chain_shows_the_broken_link() -> None:
    out = html.unescape(page.render(triage([str(SAMPLES / "pkix-root-missing")], TriageOptions())))
    assert "missing in the store: " in out


def test_no_picture_of_a_conversation_that_was_not_captured() -> None:
    log = next((SAMPLES / "credentials-invalid").glob("*.log"))
    out = page.render(triage([str(log)], TriageOptions()))
    assert "title-steps" in out
    assert "title-conversation" not in out


def test_a_thousand_attempts_make_no_large_page(report: Report) -> None:
    first = report.attempts[0]
    assert first.started is not None
    attempts = tuple(replace(first, started=first.started + timedelta(minutes=number)) for number in range(1000))
    out = page.render(replace(report, attempts=(*attempts, *report.attempts)))
    assert len(out.encode()) < 2 << 20
    assert out.count("<circle") < 500


@pytest.mark.parametrize("case", ["bundle/bundle.tar.gz", "pkix-root-missing", "several-attempts-failure"])
def test_a_usual_page_is_small(case: str) -> None:
    assert len(page.render(triage([str(SAMPLES / case)], TriageOptions())).encode()) < 300 << 10


# --- nothing comes to life ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("planted", HOSTILE)
def test_hostile_text_is_text(make_quote_report: Callable[[str], Report], planted: str) -> None:
    plain, hostile = (Seen(page.render(make_quote_report(quote))) for quote in ("a quote", planted))
    assert [name for name, _ in hostile.elements] == [name for name, _ in plain.elements]
    assert "\u202e" not in hostile.said


def elements(report: Report) -> set[str]:
    return {name for name, _ in Seen(page.render(report)).elements}


@pytest.fixture(scope="module")
def usual(make_quote_report: Callable[[str], Report]) -> set[str]:
    """The elements of a page whose texts are harmless."""
    return elements(make_quote_report("x"))


@settings(max_examples=60, deadline=None)
@given(planted=st.text(alphabet="<>\"'&/= abc{}%#-!\n\u2028`", max_size=40))
def test_no_text_makes_an_element(make_quote_report: Callable[[str], Report], usual: set[str], planted: str) -> None:
    # line ends and backticks make paragraphs and code of ours, and nothing else
    assert elements(make_quote_report(f"x{planted}")) <= usual | {"p", "pre", "code"}


def test_the_page_asks_for_nothing_and_runs_nothing(report: Report) -> None:
    out = page.render(report)
    seen = Seen(out)
    assert not seen.named("script", "link", "iframe", "object", "embed", "form", "base", "img")
    for name, attributes in seen.elements:
        assert not [key for key in attributes if key.startswith("on") or key in ("style", "src", "srcset")], name
    links = [attributes["href"] or "" for attributes in seen.named("a")]
    assert all(link.startswith(("#", "https://")) for link in links)


def test_the_policy_allows_this_style_and_nothing_else(report: Report) -> None:
    out = page.render(report)
    (style,) = re.findall(r"<style>(.*?)</style>", out, re.DOTALL)
    policy = next(found["content"] for found in Seen(out).named("meta") if "http-equiv" in found)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert '<meta name="referrer" content="no-referrer">' in out


def test_nothing_is_marked_as_safe() -> None:
    """One engine escapes everything; whoever needs raw text must change this test and say why."""
    for path in sorted(ROOM.rglob("*")):
        if path.suffix in (".py", ".html"):
            source = path.read_text(encoding="utf-8")
            assert not re.search(
                r"\bMarkup\b|\|\s*safe\b|autoescape (?:false|off)|autoescape=False|mark_safe", source
            ), path
    assert "autoescape=True" in (ROOM / "page.py").read_text(encoding="utf-8")
    style = (ROOM / "templates" / "style.css").read_text(encoding="utf-8")
    assert html.escape(style) == style, "the style passes the escaping unchanged, so that its digest holds"
