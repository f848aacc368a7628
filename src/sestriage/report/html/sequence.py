"""The deciding conversation as a sequence diagram: who said what to whom, when, and where it broke."""

from __future__ import annotations

from collections.abc import Mapping

from sestriage.model.capture import Stream
from sestriage.model.verdict import Report
from sestriage.report.blocks import Rung
from sestriage.report.html.picture import Box, Label, Line, Mark, Picture, Shape, Style, fitting
from sestriage.report.ladder import ladder
from sestriage.report.safe import one_line

WIDTH = 760
CLIENT, MIDDLE, SERVER = 150, 385, 620
TOP, ROW = 56, 36
PAUSE = 1.0
"""Seconds between two lines from which on a pause is shown."""
MIDDLEBOXES = frozenset(
    ("tls-inspection", "starttls-stripped", "proxy-refused", "socks-refused", "proxy-authentication-required")
)
"""Rules that show something between client and server."""


def deciding(report: Report) -> Stream | None:
    """The captured conversation that the verdict is about: the last one of the newest attempt, else one that the
    evidence cites; None where there is none."""
    if report.attempts and report.attempts[-1].streams:
        return report.attempts[-1].streams[-1]
    evidence = (*(report.verdict.primary.evidence if report.verdict.primary else ()), *report.verdict.evidence)
    cited = {(item.source.file, item.source.frame) for item in evidence if item.source.frame is not None}
    streams = [stream for capture in report.captures for stream in capture.streams]
    return next((stream for stream in streams if any(_holds(stream, *place) for place in cited)), None)


def _holds(stream: Stream, file: str, frame: int) -> bool:
    return stream.source.file == file and stream.first_frame <= frame <= stream.last_frame


def picture(report: Report, words: Mapping[str, str]) -> Picture | None:
    """The diagram; None without a captured conversation."""
    stream = deciding(report)
    if stream is None:
        return None
    found = ladder(stream, words)
    rows = _with_pauses(found.rungs, words)
    height = TOP + len(rows) * ROW + 12
    shapes: list[Shape] = []
    for x, name in _lanes(report, stream, words):
        shapes += [Label(x, 20, fitting(name, 270), "strong", "middle"), Line(x, 30, x, height - 4, "faint")]
    for number, rung in enumerate(rows):
        shapes += _row(rung, TOP + number * ROW + 14)
    told = [_told(rung, words) for rung in rows]
    return Picture("conversation", found.title, tuple(told), WIDTH, height, tuple(shapes))


def _lanes(report: Report, stream: Stream, words: Mapping[str, str]) -> list[tuple[int, str]]:
    verdict = report.verdict
    rules = {finding.rule for finding in (*((verdict.primary,) if verdict.primary else ()), *verdict.contributing)}
    lanes = [(CLIENT, words["page-manager"]), (SERVER, stream.host or words["server"])]
    if rules & MIDDLEBOXES or stream.tcp.icmp:
        lanes.insert(1, (MIDDLE, words["page-middlebox"]))
    return lanes


def _with_pauses(rungs: tuple[Rung, ...], words: Mapping[str, str]) -> list[Rung]:
    """The lines, with one for each pause between two of them."""
    rows: list[Rung] = []
    before: float | None = None
    for rung in rungs:
        now = _seconds(rung.time)
        if before is not None and now is not None:
            pause = (now - before) % 86400
            if pause >= PAUSE:
                rows.append(Rung("", "", "", words["page-pause"].format(seconds=f"{pause:.1f}")))
        before = now if now is not None else before
        rows.append(rung)
    return rows


def _seconds(time: str) -> float | None:
    """`HH:MM:SS.mmm` as seconds of the day."""
    parts = time.split(":")
    return int(parts[0]) * 3600 + int(parts[1]) * 60 + float(parts[2]) if len(parts) == 3 else None


def _row(rung: Rung, y: float) -> list[Shape]:
    style: Style = "bad" if rung.broken else "plain" if rung.direction else "open"
    middle = (CLIENT + SERVER) / 2
    text = fitting(one_line(rung.what), SERVER - CLIENT - 24)
    shapes: list[Shape] = [Label(0, y, rung.time, "faint"), Label(0, y + 14, rung.frame, "faint")]
    if rung.broken:
        shapes.append(Box(CLIENT - 18, y - 18, SERVER - CLIENT + 36, ROW - 4, "bad"))
    shapes.append(Label(middle, y - 3, text, style, "middle"))
    if rung.direction == "->":
        shapes.append(Line(CLIENT, y + 6, SERVER, y + 6, style, arrow=True))
    elif rung.direction == "<-":
        shapes.append(Line(SERVER, y + 6, CLIENT, y + 6, style, arrow=True))
    if rung.broken:
        shapes.append(Mark(SERVER + 40, y, "\u2717", "bad"))
    return shapes


def _told(rung: Rung, words: Mapping[str, str]) -> str:
    who = {"->": words["page-manager"], "<-": words["server"]}.get(rung.direction, "")
    said = f"{who}: {one_line(rung.what)}" if who else one_line(rung.what)
    where = " ".join(part for part in (rung.time, rung.frame) if part)
    broken = f" ({words['page-broken']})" if rung.broken else ""
    return f"{where} {said}{broken}".strip()
