"""The served certificates, leaf first, beside the trust store: which of them it holds, and where the link is broken."""

from __future__ import annotations

from collections.abc import Mapping

from sestriage.model.trust import Certificate, TrustPath
from sestriage.model.verdict import Report
from sestriage.report.common import iso_time, path_of_verdict
from sestriage.report.html.picture import Box, Label, Line, Mark, Picture, Shape, Style, fitting

WIDTH = 760
LEFT, RIGHT = 10, 460
BOX_WIDTH, BOX_HEIGHT, ROW = 290, 44, 70
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
    shapes: list[Shape] = [
        Label(LEFT, 18, words["page-served"], "strong"),
        Label(RIGHT, 18, fitting(f"{words['store']}: {path.store.name}", BOX_WIDTH), "strong"),
    ]
    told: list[str] = []
    relations = {comparison.certificate.sha256: comparison.relation for comparison in path.comparisons}
    for number, certificate in enumerate(path.chain):
        y = 30 + number * ROW
        relation = relations.get(certificate.sha256)
        shapes += _certificate(certificate, LEFT, y, _style(certificate, path))
        if number + 1 < len(path.chain):
            linked = certificate.issuer == path.chain[number + 1].subject
            shapes.append(Line(LEFT + 40, y + BOX_HEIGHT, LEFT + 40, y + ROW, "plain" if linked else "bad", not linked))
        said = certificate.label
        if relation is not None:
            sign, style = SIGNS[relation]
            shapes += [
                Line(LEFT + BOX_WIDTH, y + 22, RIGHT, y + 22, style, broken=style != "good"),
                Mark(RIGHT + 12, y + 22, sign, style),
                Label(RIGHT + 32, y + 26, fitting(words[relation], BOX_WIDTH - 32), style),
            ]
            said += f"; {words['in-store']}: {words[relation]}"
        told.append(said)
    y = 30 + len(path.chain) * ROW
    shapes += _end(path, y, words, told)
    return Picture("chain", words["page-chain"], tuple(told), WIDTH, y + BOX_HEIGHT + 12, tuple(shapes))


def _end(path: TrustPath, y: float, words: Mapping[str, str], told: list[str]) -> list[Shape]:
    """What stands above the chain: the anchor of the store, or the issuer that is missing."""
    if path.gap is not None:
        missing = words["page-missing-issuer"].format(issuer=path.gap.issuer)
        told.append(missing)
        return [
            Line(LEFT + 40, y - (ROW - BOX_HEIGHT), LEFT + 40, y, "bad", broken=True),
            Box(LEFT, y, WIDTH - 2 * LEFT, BOX_HEIGHT, "bad"),
            Mark(LEFT + 18, y + 22, "\u2717", "bad"),
            Label(LEFT + 40, y + 27, fitting(missing, WIDTH - 70), "bad"),
        ]
    if path.anchor is not None:
        anchor = words["page-anchor"].format(anchor=path.anchor.label)
        told.append(anchor)
        return [
            Line(LEFT + 40, y - (ROW - BOX_HEIGHT), LEFT + 40, y, "good"),
            Box(LEFT, y, WIDTH - 2 * LEFT, BOX_HEIGHT, "good"),
            Mark(LEFT + 18, y + 22, "\u2713", "good"),
            Label(LEFT + 40, y + 27, fitting(anchor, WIDTH - 70), "good"),
        ]
    said = words.get(f"path-{path.status}", path.status).format(anchor="-", reason=path.reason or "")
    told.append(said)
    return [Label(LEFT, y + 27, fitting(said, WIDTH - 2 * LEFT), "open")]


def _certificate(certificate: Certificate, x: float, y: float, style: Style) -> list[Shape]:
    until = (iso_time(certificate.not_after) or "")[:10]
    return [
        Box(x, y, BOX_WIDTH, BOX_HEIGHT, style),
        Label(x + 10, y + 18, fitting(certificate.label, BOX_WIDTH - 20), "strong"),
        Label(x + 10, y + 35, f"{certificate.sha256[:16]}  {until}".rstrip(), "faint"),
    ]


def _style(certificate: Certificate, path: TrustPath) -> Style:
    if path.culprit is not None and certificate.sha256 == path.culprit.sha256:
        return "bad"
    return "plain"
