"""The deciding conversation as a sequence diagram: who said what to whom, when, and where it broke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sestriage.model.capture import Stream
from sestriage.model.verdict import Report
from sestriage.report.blocks import Rung
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
from sestriage.report.ladder import ladder
from sestriage.report.safe import one_line

TALLEST = 860
"""Pixels of one drawing at most: paper has room for them, and a longer conversation goes on in a further one."""
HEAD, FOOT = 10, 12
"""Pixels below the names of the sides, and below the last line."""
ARROW = 22
"""Pixels that a line takes beside its text."""
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
    names = _names(report, stream, words)

    def drawn(width: int) -> list[Drawing]:
        lanes = _Lanes(150, 620, True) if width == WIDE else _Lanes(12, width - 12, False)
        return [_drawn(part, names, lanes, width) for part in _parts(rows, lanes)]

    return drawn_twice("conversation", found.title, [_told(rung, words) for rung in rows], drawn)


class _Lanes(NamedTuple):
    """Where the two sides stand, and whether time and frame have a column of their own beside them."""

    client: int
    server: int
    beside: bool

    @property
    def middle(self) -> float:
        return (self.client + self.server) / 2


def _parts(rows: Sequence[Rung], lanes: _Lanes) -> list[list[Rung]]:
    """The lines of each drawing, all drawings about as tall as each other."""
    heights = [_row(rung, 0, lanes)[1] for rung in rows]
    share = sum(heights) / max(1, -(-sum(heights) // TALLEST))
    parts: list[list[Rung]] = [[]]
    taken = 0
    for rung, height in zip(rows, heights, strict=True):
        if parts[-1] and taken >= share:
            parts.append([])
            taken = 0
        parts[-1].append(rung)
        taken += height
    return parts


def _drawn(rows: Sequence[Rung], names: Sequence[str], lanes: _Lanes, width: int) -> Drawing:
    """`names`: the client, what stands between the two where there is something, and the server."""
    shapes, top = _heads(names, lanes)
    y = float(top)
    for rung in rows:
        found, height = _row(rung, y, lanes)
        shapes += found
        y += height
        if len(names) > 2:  # passes what is between, without a line through the words
            shapes.append(Line(lanes.middle, y - 20, lanes.middle, y, "faint"))
    lines = [Line(x, top, x, y + FOOT - 4, "faint") for x in (lanes.client, lanes.server)]
    return Drawing(width, int(y) + FOOT, (*lines, *shapes))


def _heads(names: Sequence[str], lanes: _Lanes) -> tuple[list[Shape], int]:
    """The names of the sides, and where their lines begin: in one line, or each in its own where they meet."""
    first, *between, last = names
    if lanes.beside:
        placed = [(lanes.client, first), *((lanes.middle, name) for name in between), (lanes.server, last)]
        columns = [(x, folded(name, 260, 2)) for x, name in placed]
        shapes: list[Shape] = [each for x, lines in columns for each in labels(x, 20, lines, "strong", "middle")]
        return shapes, 20 + LINE * max(len(lines) for _, lines in columns) - LINE + HEAD
    shapes = [Label(0, 14, first, "strong")]
    y = 14
    for name in between:
        y += LINE
        shapes.append(Label(lanes.middle, y, name, "strong", "middle"))
    lines = folded(last, lanes.server, 2)
    shapes += labels(lanes.server + 12, y + LINE, lines, "strong", "end")
    return shapes, y + LINE * len(lines) + HEAD


def _names(report: Report, stream: Stream, words: Mapping[str, str]) -> list[str]:
    verdict = report.verdict
    rules = {finding.rule for finding in (*((verdict.primary,) if verdict.primary else ()), *verdict.contributing)}
    between = [words["page-middlebox"]] if rules & MIDDLEBOXES or stream.tcp.icmp else []
    return [words["page-manager"], *between, stream.host or words["server"]]


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


def _row(rung: Rung, y: float, lanes: _Lanes) -> tuple[list[Shape], int]:
    """A line of the conversation, and how many pixels it takes."""
    style: Style = "bad" if rung.broken else "plain" if rung.direction else "open"
    lines = folded(one_line(rung.what), lanes.server - lanes.client - 24)
    where = " ".join(part for part in (rung.time, rung.frame) if part)
    above = LINE if not lanes.beside and (where or rung.broken) else 0
    height = above + LINE * len(lines) + ARROW
    if lanes.beside:
        height = max(height, 2 * LINE + 6)
        shapes: list[Shape] = [Label(0, y + 14, rung.time, "faint"), Label(0, y + 28, rung.frame, "faint")]
    else:
        shapes = [Label(lanes.middle, y + 14, where, "faint", "middle")] if where else []
    if rung.broken:
        left, right = (lanes.client - 18, lanes.server + 18) if lanes.beside else (lanes.client - 11, lanes.server + 11)
        shapes.insert(0, Box(left, y + 1, right - left, height - 4, "bad"))
        shapes.append(Mark(lanes.server + 40 if lanes.beside else lanes.client + 14, y + 14, "\u2717", "bad"))
    shapes += labels(lanes.middle, y + 14 + above, lines, style, "middle")
    at = y + above + LINE * len(lines) + 8
    if rung.direction:
        ends = (lanes.client, lanes.server) if rung.direction == "->" else (lanes.server, lanes.client)
        shapes.append(Line(ends[0], at, ends[1], at, style, arrow=True))
    return shapes, height


def _told(rung: Rung, words: Mapping[str, str]) -> str:
    who = {"->": words["page-manager"], "<-": words["server"]}.get(rung.direction, "")
    said = f"{who}: {one_line(rung.what)}" if who else one_line(rung.what)
    where = " ".join(part for part in (rung.time, rung.frame) if part)
    broken = f" ({words['page-broken']})" if rung.broken else ""
    return f"{where} {said}{broken}".strip()
