"""The served certificates, leaf first, beside the trust store: which of them it holds, and where the link is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sestriage.model.trust import Certificate, TrustPath
from sestriage.model.verdict import Report
from sestriage.report.common import iso_time, path_of_verdict
from sestriage.report.html.picture import (
    LINE,
    WIDE,
    Box,
    Drawing,
    Label,
    Line,
    Mark,
    Picture,
    Shape,
    Style,
    drawn_twice,
    folded,
    labels,
)

LEFT, RIGHT = 10, 460
"""Where the served certificates stand, and what the store has of them, in a drawing with room for both."""
BOX_WIDTH, GAP = 290, 26
SIGNS: Mapping[str, tuple[str, Style]] = {
    "present": ("\u2713", "good"),
    "same-key": ("\u2713", "good"),
    "same-name-other-key": ("\u2717", "bad"),
    "absent": ("\u2013", "faint"),
}


def picture(report: Report, words: Mapping[str, str]) -> Picture | None:
    """The chain of the verdict's path decision; None where no served chain was held against a store."""
    path = path_of_verdict(report)
    if path is None or not path.chain:
        return None
    relations = {comparison.certificate.sha256: comparison.relation for comparison in path.comparisons}
    rows = [_Row(each, relations.get(each.sha256), _style(each, path)) for each in path.chain]
    told = [row.told(words) for row in rows] + [_end(path, words).said]
    return drawn_twice("chain", words["page-chain"], told, lambda width: [_drawn(path, rows, words, width)])


class _Row(NamedTuple):
    """A served certificate, and what the store has of it (None: it was not compared)."""

    certificate: Certificate
    relation: str | None
    style: Style

    def told(self, words: Mapping[str, str]) -> str:
        """The same in words."""
        known = "" if self.relation is None else f"; {words['in-store']}: {words[self.relation]}"
        return self.certificate.label + known


class _End(NamedTuple):
    """What stands below the chain, which shows it from the leaf on: the anchor, what is missing, or why neither."""

    sign: str
    style: Style
    said: str


def _end(path: TrustPath, words: Mapping[str, str]) -> _End:
    if path.gap is not None:
        return _End("\u2717", "bad", words["page-missing-issuer"].format(issuer=path.gap.issuer))
    if path.anchor is not None:
        return _End("\u2713", "good", words["page-anchor"].format(anchor=path.anchor.label))
    said = words.get(f"path-{path.status}", path.status).format(anchor="-", reason=path.reason or "")
    return _End("", "open", said)


def _drawn(path: TrustPath, rows: Sequence[_Row], words: Mapping[str, str], width: int) -> Drawing:
    """The store beside the certificates; on a narrow screen each certificate says itself what the store has of it."""
    beside = width == WIDE
    store = folded(f"{words['store']}: {path.store.name}", BOX_WIDTH if beside else width - 2 * LEFT, 3)
    served = labels(LEFT, 18, [words["page-served"]], "strong")
    shapes: list[Shape] = [*served, *labels(RIGHT if beside else LEFT, 18 if beside else 18 + LINE, store, "strong")]
    y = 12 + LINE * (len(store) + (not beside))
    below: _Row | None = None
    for row in rows:
        if below is not None:
            linked = below.certificate.issuer == row.certificate.subject
            shapes.append(Line(LEFT + 40, y - GAP, LEFT + 40, y, "plain" if linked else "bad", broken=not linked))
        found, height = _certificate(row, y, words, width)
        shapes += found
        y += height + GAP
        below = row
    return Drawing(width, *_closed(_end(path, words), y, width, shapes))


def _closed(end: _End, y: int, width: int, shapes: list[Shape]) -> tuple[int, tuple[Shape, ...]]:
    """Height and shapes of a drawing with what stands below the chain."""
    lines = folded(end.said, width - 2 * LEFT - (56 if end.sign else 0))
    height = LINE * len(lines) + 20
    if not end.sign:
        return y + height, (*shapes, *labels(LEFT, y + 14, lines, end.style))
    shapes += [
        Line(LEFT + 40, y - GAP, LEFT + 40, y, end.style, broken=end.style == "bad"),
        Box(LEFT, y, width - 2 * LEFT, height, end.style),
        Mark(LEFT + 18, y + height / 2, end.sign, end.style),
        *labels(LEFT + 40, y + 21, lines, end.style),
    ]
    return y + height + 12, tuple(shapes)


def _certificate(row: _Row, y: int, words: Mapping[str, str], width: int) -> tuple[list[Shape], int]:
    """The box of a certificate with what the store has of it, and its height."""
    beside = width == WIDE
    box = BOX_WIDTH if beside else width - 2 * LEFT
    certificate = row.certificate
    until = (iso_time(certificate.not_after) or "")[:10]
    name = folded(certificate.label, box - 20, 3)
    known = [] if row.relation is None else folded(words[row.relation], BOX_WIDTH - 36)
    inside = 0 if beside or not known else LINE * len(known) + 8
    height = LINE * (len(name) + 1) + 14 + inside
    base = y + 18 + LINE * len(name)
    shapes: list[Shape] = [
        Box(LEFT, y, box, height, row.style),
        *labels(LEFT + 10, y + 18, name, "strong"),
        Label(LEFT + 10, base, f"{certificate.sha256[:16]}  {until}".rstrip(), "faint"),
    ]
    if row.relation is not None:
        sign, style = SIGNS[row.relation]
        middle, start = (y + 22, RIGHT + 12) if beside else (base + LINE + 4, LEFT + 20)
        if beside:
            shapes.append(Line(LEFT + BOX_WIDTH, middle, RIGHT, middle, style, broken=style != "good"))
        shapes += [Mark(start, middle, sign, style), *labels(start + 20, middle + 4, known, style)]
    return shapes, height


def _style(certificate: Certificate, path: TrustPath) -> Style:
    if path.culprit is not None and certificate.sha256 == path.culprit.sha256:
        return "bad"
    return "plain"
