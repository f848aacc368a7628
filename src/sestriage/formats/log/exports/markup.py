"""A log that was pasted into a page, a text document or a spreadsheet: its paragraphs and cells as lines.

Of a document's archive it is the part that holds the text: `word/document.xml`, `xl/sharedStrings.xml` (ISO/IEC 29500)
or `content.xml` (OpenDocument). A text processor may cut a word in two with its marks, so all of them go.
"""

from __future__ import annotations

import html
import re

_BEGIN = re.compile(
    r"\ufeff?\s{0,200}(?:<\?xml[^<>]{0,200}\?>\s{0,20})?(?:<!--[^<>]{0,400}-->\s{0,20})?"
    r"(?:<!doctype html|<html[\s>]|<w:document[\s>]|<sst[\s>]|<office:document(?:-content)?[\s>])",
    re.IGNORECASE,
)
_PAGE = re.compile(r"<!doctype html|<html[\s>]", re.IGNORECASE)
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<tag>[A-Za-z][\w:.-]{0,60})(?:\s[^<>]{0,4000})?/?>|<!--[^<>]{0,4000}-->|<[!?][^<>]{0,4000}>"
)
_BREAKS = frozenset(
    (
        *("p", "div", "br", "li", "tr", "ul", "ol", "table", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("hr", "body", "section", "article", "w:p", "w:br", "w:cr", "si", "text:p", "text:h", "text:line-break"),
    )
)
_TABS = frozenset(("w:tab", "text:tab", "td", "th"))
_UNSEEN = frozenset(("script", "style", "title"))
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def may_be_markup(text: str) -> bool:
    """The text begins as a page, or as the part of a document's archive that holds its text."""
    return _BEGIN.match(text) is not None


def read_markup(text: str) -> list[tuple[int, str]] | None:
    """The lines that somebody sees, with the numbers of the lines of the file at which they begin."""
    lines = _Lines(page=_PAGE.search(text, 0, 4096) is not None)
    unseen = ""
    at = 0
    for match in _TOKEN.finditer(text):
        if not unseen:
            lines.add(text[at : match.start()])
        else:
            lines.pass_by(text[at : match.start()])
        lines.pass_by(match[0])
        at = match.end()
        tag, end = (match["tag"] or "").lower(), match["end"] == "/"
        if tag in _UNSEEN:
            unseen = "" if end else unseen or tag
        elif tag == "pre":
            lines.end()
            lines.exact = not end
        elif tag in _BREAKS:
            lines.end()
        elif tag in _TABS and not end:
            lines.tab()
    lines.add(text[at:])
    lines.end()
    return lines.found or None


class _Lines:
    """Collects the text of a line, and the lines."""

    def __init__(self, *, page: bool) -> None:
        self.found: list[tuple[int, str]] = []
        self._page = page
        """Blanks and line ends between words are one blank."""
        self.exact = False
        """Line ends and blanks are the text's own (`<pre>`)."""
        self._parts: list[str] = []
        self._begin = 1
        self._line = 1

    def add(self, text: str) -> None:
        if not self.exact:
            self._take(text)
            return
        first, *others = text.split("\n")
        self._take(first)
        for other in others:
            self.end()
            self._line += 1
            self._take(other)

    def _take(self, text: str) -> None:
        if not self._parts and text.strip():
            self._begin = self._line + text[: len(text) - len(text.lstrip())].count("\n")
        if text.strip() or self._parts or self.exact:
            self._parts.append(text)
        self._line += text.count("\n")

    def pass_by(self, text: str) -> None:
        """Text that nobody sees."""
        self._line += text.count("\n")

    def tab(self) -> None:
        self._parts.append("\t")

    def end(self) -> None:
        """The line ends here."""
        text = html.unescape("".join(self._parts))
        self._parts.clear()
        if not self.exact and self._page:
            tabs = text[: len(text) - len(text.lstrip(" \t\r\n\f"))].count("\t")
            text = "\t" * min(tabs, 1) + _BLANKS.sub(" ", text.strip(" \t\r\n\f"))
        self.found += [(self._begin, line) for line in text.split("\n")]
