"""The report as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sestriage.model.verdict import Report
from sestriage.report import markdown, text
from sestriage.report.markdown import code, escape, fence


def outside_fences(document: str) -> list[str]:
    """The lines of a document that are in no fenced block (CommonMark 4.5, backtick fences only)."""
    lines, mark = [], ""
    for line in document.splitlines():
        if mark:
            if re.fullmatch(rf" {{0,9}}`{{{len(mark)},}} *", line):
                mark = ""
        elif opened := re.match(r" {0,9}(?:\d+\. +)?(`{3,})[^`]*$", line):
            mark = opened[1]
        else:
            lines.append(line)
    assert not mark, "a fence is left open"
    return lines


def test_same_content_as_the_terminal(report: Report) -> None:
    """Every word of the terminal report is in the Markdown report."""

    def words(document: str) -> set[str]:
        document = re.sub(r"\\(.)", r"\1", document).replace("&gt;", ">").replace("&lt;", "<").replace("&#64;", "@")
        return set(re.findall(r"[A-Za-z0-9]+", document))

    assert words(text.render(report, width=120, verbose=True)) <= words(markdown.render(report, verbose=True))


def test_layout(report: Report) -> None:
    out = markdown.render(report)
    assert out.startswith("# FAILED (confirmed): The Manager's trust store")
    assert "\n1. Import Amazon Root CA 1" in out
    assert "\n   ```sh\n   openssl s_client -connect" in out
    assert "\n| Amazon RSA 2048 M01 | 2222222222222222 | 2027-01-02 | NO: same name, other key |\n" in out
    assert "`bundle.tgz!/lancope/var/logs/containers/sw-response-mgmt.log:42`" in out
    assert "#12  ->  Alert fatal: certificate_unknown (46)   <== !" in out
    assert out.endswith("\n")
    assert "\n\n\n" not in out


@pytest.mark.parametrize(
    ("raw", "escaped"),
    [
        ("a|b", "a\\|b"),
        ("<script>&", "&lt;script&gt;&amp;"),
        ("*x* _y_ [z](u) `c`", "\\*x\\* \\_y\\_ \\[z\\](u) \\`c\\`"),
        ("1. x", "1\\. x"),
        ("- x", "\\- x"),
        ("a\nb", "a b"),
        ("\x1b", "\\\\x1b"),
    ],
)
def test_escape(raw: str, escaped: str) -> None:
    assert escape(raw) == escaped


def test_code_and_fence_outlast_backticks() -> None:
    assert code("a ``b`` c") == "```a ``b`` c```"
    assert code("`") == "`` ` ``"
    assert fence("x\n````\ny")[0].startswith("`````")


@settings(max_examples=100, deadline=None)
@example("```\n# FAILED\n<img src=x onerror=1>")
@example("~~~\n| a | b |\n|---|---|")
@given(st.text(st.sampled_from("`~ab<>|#\n-*_[]()!\\&1. \x1b\u202e"), max_size=40))
def test_evidence_starts_no_construct(make_quote_report: Callable[[str], Report], hostile: str) -> None:
    out = markdown.render(make_quote_report(hostile))
    assert all(c == "\n" or c.isprintable() for c in out)
    for line in outside_fences(out):
        # from the left, as CommonMark reads: a backslash escapes outside of code only
        bare = re.sub(r"\\.|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", line)
        assert "<" not in bare, "HTML"
        assert not re.match(r" *~~~", bare)
        headings = ("# FAILED", "## ")
        assert not bare.lstrip().startswith("#") or line.startswith(headings)
