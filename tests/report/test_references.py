"""References: every report shows title and link, and redaction tells public links from those of a site."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from sestriage.engine.explain.rule import explain_rule
from sestriage.model.reference import Reference
from sestriage.model.verdict import Report
from sestriage.redact.walk import redact_report
from sestriage.report.blocks import Link
from sestriage.report.explain_text import draw as draw_explanation
from sestriage.report.json import verdict as report_json
from sestriage.report.markdown import draw as markdown
from sestriage.report.markdown import render as render_markdown
from sestriage.report.text import draw as draw_text
from sestriage.report.text import render as render_text
from sestriage.rules.loader import load_rules


def test_every_format_shows_title_and_link(report: Report) -> None:
    assert "- Cisco 218118\n" in render_text(report, verbose=True)
    assert "- RFC 5280: https://www.rfc-editor.org/rfc/rfc5280\n" in render_text(report, verbose=True)
    assert "- [RFC 5280](https://www.rfc-editor.org/rfc/rfc5280)\n" in render_markdown(report)
    primary = json.loads(report_json.render(report))["verdict"]["primary"]
    assert primary["references"] == ["Cisco 218118", "RFC 5280"]
    assert primary["reference_links"] == [{"title": "RFC 5280", "url": "https://www.rfc-editor.org/rfc/rfc5280"}]


HOSTILE = (
    *("javascript:alert(1)", "file:///etc/passwd", "ssh://host", "http://plain.example/", "https://a.example/\x1b\\x"),
    *("https://a.example/\x07", "https://a.example/ b", "https://a.example/\u202egnp", "https://a.example/;x", ""),
)


@pytest.mark.parametrize("draw", [draw_text, draw_explanation])
def test_a_terminal_gets_a_link_where_it_can_follow_one(draw: Callable[..., str]) -> None:
    link = Link("RFC 5280", "https://www.rfc-editor.org/rfc/rfc5280")
    plain, linked = (draw([link], links=links) for links in (False, True))
    assert "\x1b" not in plain
    assert linked.count("\x1b]8;;https://www.rfc-editor.org/rfc/rfc5280\x1b\\") == 1
    assert re.sub(r"\x1b\]8;;[^\x1b]*\x1b\\", "", linked) == plain, "the words and the address are the same"


@pytest.mark.parametrize("draw", [draw_text, draw_explanation])
@pytest.mark.parametrize("address", HOSTILE)
def test_no_hostile_address_becomes_a_link(draw: Callable[..., str], address: str) -> None:
    drawn = draw([Link("a title\x1b]8;;https://evil.example\x1b\\", address)], links=True)
    assert "\x1b" not in drawn
    assert "\x07" not in drawn


def test_a_link_of_a_site_cannot_start_anything_in_markdown() -> None:
    drawn = markdown([Link("x](https://evil.example)", "https://a.example/) <script>")])
    assert "](" not in drawn.replace("\\]", "")
    assert "`https://a.example/) <script>`" in drawn


def test_redaction_keeps_public_links_and_hides_those_of_a_site(report: Report) -> None:
    assert report.verdict.primary is not None
    known = (*report.verdict.primary.references, Reference("Wiki", "https://wiki.corp.example.net/mail"))
    primary = replace(report.verdict.primary, references=known)
    redacted = redact_report(replace(report, verdict=replace(report.verdict, primary=primary)))
    assert redacted.verdict.primary is not None
    cisco, rfc, wiki = redacted.verdict.primary.references
    assert (cisco, rfc) == known[:2]
    assert wiki.url is not None
    assert "corp" not in wiki.url


def test_no_packaged_link_is_taken_for_a_private_name(report: Report) -> None:
    assert report.verdict.primary is not None
    links = tuple(dict.fromkeys(item for rule in load_rules().rules.values() for item in rule.references))
    primary = replace(report.verdict.primary, references=links)
    redacted = redact_report(replace(report, verdict=replace(report.verdict, primary=primary)))
    assert redacted.verdict.primary is not None
    assert redacted.verdict.primary.references == links


def test_explain_shows_the_links() -> None:
    explained = explain_rule("tls-version-rejected")
    assert explained is not None
    leaflet = explained.leaflet
    assert leaflet is not None
    assert Reference("RFC 8446 appendix D", "https://www.rfc-editor.org/rfc/rfc8446#appendix-D") in leaflet.references
