"""The page in a real browser (Debian's Chromium): no request, no overflow, accessible, copied and printed whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from sestriage.cli.main import cli
from sestriage.engine.triage import TriageOptions, triage, triage_cases
from sestriage.report.html import page
from support import SAMPLES, need_tool

pytestmark = pytest.mark.campaign(8)
sync_api = pytest.importorskip("playwright.sync_api")
STORES = SAMPLES / "stores"
CASES = ["bundle/bundle.tar.gz", "tls-inspection", "success", "several-attempts-failure", "tls13-535-keylog"]


SCROLLS = """[...document.querySelectorAll('body *')].filter(e => !e.closest('svg') && e.clientWidth
    && getComputedStyle(e).display != 'inline' && e.scrollWidth > e.clientWidth + 1)
    .map(e => e.outerHTML.slice(0, 200))"""
DRAWN = """[...document.querySelectorAll('figure')]
    .map(f => [...f.querySelectorAll('.drawn')].map(d => d.checkVisibility()))"""
"""For each figure, whether its wide and its narrow drawing are shown."""
SCALES = """[...document.querySelectorAll('.narrow svg')]
    .map(s => s.getBoundingClientRect().width / s.viewBox.baseVal.width)"""
SIZES = """[...document.querySelectorAll('svg')].map(s => s.getBoundingClientRect()).filter(b => b.width)
    .map(b => [b.width, b.height])"""
OUTSIDE = """[...document.querySelectorAll('svg')].filter(s => s.checkVisibility()).flatMap(s => {
    const room = s.getBoundingClientRect();
    return [...s.querySelectorAll('text')].filter(t => { const b = t.getBoundingClientRect();
        return b.left < room.left - 1 || b.right > room.right + 1 || b.bottom > room.bottom + 1; })
        .map(t => t.textContent); })"""
OVERLAPS = """[...document.querySelectorAll('svg')].filter(s => s.checkVisibility()).flatMap(s => {
    const all = [...s.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    return all.flatMap(([a, p], i) => all.slice(i + 1).filter(([b, q]) =>
        Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2
        && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 4).map(([b]) => a + ' | ' + b)); })"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    chromium = need_tool("chromium", "chromium")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """The page of each case in each language."""
    folder, made = tmp_path_factory.mktemp("pages"), {}
    for case in CASES:
        for language in ("en", "de"):
            path = folder / f"{case.replace('/', '-')}-{language}.html"
            path.write_text(page.render(triage([str(SAMPLES / case)], TriageOptions(language=language))), "utf-8")
            made[case, language] = path
    return made


def opened(browser, path: Path, width: int = 1280, **how):  # type: ignore[no-untyped-def]
    context = browser.new_context(viewport={"width": width, "height": 900}, **how)
    shown = context.new_page()
    shown.asked, shown.said = [], []
    shown.on("request", lambda request: shown.asked.append(request.url))
    shown.on("console", lambda message: shown.said.append(message.text))
    shown.goto(path.as_uri())
    return shown


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("case", CASES)
def test_one_request_an_empty_console_and_no_overflow(browser, pages, case: str, width: int) -> None:  # type: ignore[no-untyped-def]
    shown = opened(browser, pages[case, "en"], width)
    assert shown.asked == [pages[case, "en"].as_uri()]
    assert shown.said == []
    root = "document.documentElement"
    assert shown.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    shown.context.close()


OTHERS = [
    ("compare", str(SAMPLES / "pkix-root-missing"), str(SAMPLES / "success")),
    ("certs", "compare", str(SAMPLES / "two-stores-pkix")),
    ("certs", "show", str(SAMPLES / "two-stores-pkix")),
    ("explain", "dh-key-too-small"),
    ("forecast", "--store", f"{STORES}/leaf/truststore.p12", "--store", f"{STORES}/root-1-alone/truststore.p12"),
    ("inspect", str(SAMPLES / "bundle" / "bundle.tar.gz")),
    ("mail", str(SAMPLES / "mail" / "us-east-1-gmail.eml")),
    ("rules", "why", "dh-key-too-small", str(SAMPLES / "bundle" / "bundle.tar.gz")),
]


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: " ".join(words[:2]))
def test_the_pages_of_other_commands(browser, tmp_path: Path, words: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "page.html"
    CliRunner().invoke(cli, [*words, "-o", str(path), "--lang", "de"], standalone_mode=False, catch_exceptions=False)
    for width, scheme in ((390, "light"), (1280, "dark")):
        shown = opened(browser, path, width, color_scheme=scheme, bypass_csp=True)
        root = "document.documentElement"
        assert shown.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
        assert shown.evaluate(SCROLLS) == []
        assert shown.evaluate(OUTSIDE) == []
        assert (shown.asked, shown.said) == ([path.as_uri()], [])
        shown.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
        assert [rule["id"] for rule in shown.evaluate("axe.run()")["violations"]] == []
        shown.context.close()


def test_a_sentence_leads_to_its_evidence_and_back(browser, pages) -> None:  # type: ignore[no-untyped-def]
    shown = opened(browser, pages["bundle/bundle.tar.gz", "en"])
    shown.click("#claim-1 .grounds a")
    assert shown.evaluate("document.querySelector(':target').tagName") == "BLOCKQUOTE"
    shown.click(":target .grounds a[href='#claim-1']")
    assert shown.evaluate("document.querySelector(':target').id") == "claim-1"
    shown.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_of_several_cases(browser, tmp_path: Path, width: int) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "several.html"
    reports = triage_cases([str(SAMPLES / name) for name in ("pkix-root-missing", "dhe-512", "success")])
    path.write_text(page.render_all(reports), "utf-8")
    shown = opened(browser, path, width, bypass_csp=True)
    root = "document.documentElement"
    assert shown.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    assert (shown.asked, shown.said) == ([path.as_uri()], [])
    shown.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    assert [rule["id"] for rule in shown.evaluate("axe.run()")["violations"]] == []
    shown.context.close()


@pytest.mark.parametrize(
    ("case", "language", "scheme"),
    [*((case, "en", "light") for case in CASES), (CASES[0], "en", "dark"), (CASES[1], "de", "light")],
)
def test_it_is_accessible(browser, pages, case: str, language: str, scheme: str) -> None:  # type: ignore[no-untyped-def]
    shown = opened(browser, pages[case, language], color_scheme=scheme, bypass_csp=True)
    shown.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    found = shown.evaluate("axe.run()")
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []
    assert len(found["passes"]) > 10
    shown.context.close()


def test_a_command_is_selected_as_one_piece(browser, pages) -> None:  # type: ignore[no-untyped-def]
    shown = opened(browser, pages["bundle/bundle.tar.gz", "en"], 390)
    select = """element => { const range = document.createRange(); range.selectNodeContents(element);
        const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range);
        return selection.toString(); }"""
    blocks = shown.query_selector_all("pre code")
    assert len(blocks) > 3
    for block in blocks:
        assert block.evaluate(select) == block.text_content()
        assert "\n" not in block.text_content()
    shown.context.close()


def test_nothing_is_cut_on_paper(browser, pages, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """On a sheet of 700 pixels no element is wider than the sheet, and the pictures are scaled to it."""
    shown = opened(browser, pages["bundle/bundle.tar.gz", "en"], 700)
    shown.emulate_media(media="print")
    wide = """[...document.querySelectorAll('pre, p, td, svg, h1, h2, h3, li')]
        .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
            || (getComputedStyle(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1))
        .map(e => e.outerHTML)"""
    assert shown.evaluate(wide) == []
    shown.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert re.match(rb"%PDF-", (tmp_path / "page.pdf").read_bytes())
    shown.context.close()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("case", CASES)
def test_nothing_scrolls_sideways_on_a_narrow_screen(browser, pages, case: str, language: str) -> None:  # type: ignore[no-untyped-def]
    """At 390 pixels the narrow drawings are shown, at a size at which their text can be read."""
    shown = opened(browser, pages[case, language], 390)
    assert shown.evaluate(SCROLLS) == []
    assert all(pair == [False, True] for pair in shown.evaluate(DRAWN))
    assert all(scale > 0.9 for scale in shown.evaluate(SCALES))
    shown.context.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("case", CASES)
def test_no_text_leaves_its_picture_or_hides_another(browser, pages, case: str, width: int) -> None:  # type: ignore[no-untyped-def]
    shown = opened(browser, pages[case, "de"], width)
    assert shown.evaluate(OUTSIDE) == []
    assert shown.evaluate(OVERLAPS) == []
    shown.context.close()


def test_paper_has_wide_pictures_that_fit_on_a_sheet(browser, pages) -> None:  # type: ignore[no-untyped-def]
    """A4 within its margins: 718 by 1047 pixels."""
    shown = opened(browser, pages["tls13-535-keylog", "en"], 718)
    shown.emulate_media(media="print")
    drawn = shown.evaluate(SIZES)
    assert len(drawn) >= 4
    assert all(600 < width <= 718 and height < 1000 for width, height in drawn)
    assert not shown.is_visible("summary")
    shown.context.close()


def test_pictures_without_style_hide_no_text(browser, pages, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bare = tmp_path / "bare.html"
    page_text = pages["tls-inspection", "en"].read_text("utf-8")
    bare.write_text(re.sub(r"<style>.*?</style>", "", page_text, flags=re.DOTALL), "utf-8")
    shown = opened(browser, bare)
    fills = "[...new Set([...document.querySelectorAll('rect, circle')].map(e => getComputedStyle(e).fill))]"
    assert shown.evaluate(fills) == ["none"]
    assert all(pair == [True, False] for pair in shown.evaluate(DRAWN)), "each picture once"
    shown.context.close()


def test_it_is_readable_without_its_style(browser, pages, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    bare = tmp_path / "bare.html"
    bare.write_text(
        re.sub(r"<style>.*?</style>", "", pages["tls-inspection", "en"].read_text("utf-8"), flags=re.DOTALL)
    )
    shown = opened(browser, bare)
    assert "FAILED (confirmed)" in shown.inner_text("h1")
    headings = [heading.inner_text() for heading in shown.query_selector_all("h2")]
    assert headings.index("What to do") < headings.index("Evidence")
    shown.context.close()
