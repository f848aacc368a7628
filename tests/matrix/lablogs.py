"""The lab's logs as a program wrote them, line by line, each line with the true time at which it was written."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sestriage.engine.reading.collect import Options, collect
from sestriage.engine.triage import TriageOptions, conclude
from sestriage.rules import RuleSet, load_rules
from support import SAMPLES

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)[.,](\d{3})(Z|[+-]\d\d:\d\d)?")
_NAMED = re.compile(r"(\d\d)-([A-Z][a-z]{2})-(\d{4}) (\d\d:\d\d:\d\d)\.(\d{3})")
_CLOCK = re.compile(r"(\d\d:\d\d:\d\d)\.(\d{3}) ")
_EVENT = re.compile(r"\{\"@timestamp|\d{4}-\d\d-\d\d|\d\d-[A-Z]|\d\d:\d\d:\d\d|(?:INFO|WARN|ERROR|DEBUG) ")


@dataclass(frozen=True)
class Answer:
    """What the matrix compares: the outcome, and the rule of the primary cause."""

    outcome: str
    rule: str | None


@dataclass(frozen=True)
class LabLog:
    """One sample. `times`: the true times of the lines, in UTC; `starts`: numbers of lines that begin an event."""

    name: str
    lines: tuple[str, ...]
    times: tuple[datetime, ...]
    starts: tuple[int, ...]
    beside: tuple[Path, ...]
    expected: Mapping[str, Answer]

    @property
    def text(self) -> str:
        return "".join(line + "\n" for line in self.lines)


@cache
def lab_logs() -> tuple[LabLog, ...]:
    """All samples that have a log of their own (the bundle holds copies of such logs)."""
    return tuple(_lab_log(path.parent) for path in sorted(SAMPLES.glob("*/sw-response-mgmt.log")))


def _lab_log(folder: Path) -> LabLog:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    zone = ZoneInfo(expected["configured"].get("log_zone") or "UTC")
    lines = (folder / "sw-response-mgmt.log").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    if lines[0].startswith('{"log":'):  # the lab wrapped it already
        lines = [json.loads(line)["log"].removesuffix("\n") for line in lines]
    beside = tuple(p for p in sorted(folder.iterdir()) if p.name not in ("expected.json", "sw-response-mgmt.log"))
    return LabLog(
        folder.name,
        tuple(lines),
        _times(lines, zone, _captured(beside)),
        tuple(number for number, line in enumerate(lines) if _EVENT.match(line)),
        beside,
        {view: Answer(expected[view]["outcome"], expected[view]["rule"]) for view in ("whole", "log")},
    )


def _captured(beside: tuple[Path, ...]) -> datetime:
    """When the last packet was captured: the day of clocks without a date, the time of lines without any."""
    (capture,) = collect([str(p) for p in beside if "pcap" in p.name], Options()).captures
    assert capture.ended is not None
    return capture.ended


def _times(lines: list[str], zone: ZoneInfo, captured: datetime) -> tuple[datetime, ...]:
    times: list[datetime] = []
    now = captured
    for line in lines:
        now = _own_time(line, zone, captured) or now
        times.append(now.astimezone(UTC))
    return tuple(times)


def _own_time(line: str, zone: ZoneInfo, captured: datetime) -> datetime | None:
    if match := _ISO.search(line[:60]):
        text = f"{match[1]}T{match[2]}.{match[3]}{(match[4] or '').replace('Z', '+00:00')}"
        when = datetime.fromisoformat(text)
        return when if when.tzinfo else when.replace(tzinfo=zone)
    if match := _NAMED.match(line):
        month = MONTHS.index(match[2]) + 1
        return datetime.fromisoformat(f"{match[3]}-{month:02d}-{match[1]}T{match[4]}.{match[5]}").replace(tzinfo=zone)
    if match := _CLOCK.match(line):
        day = captured.astimezone(zone).date()
        when = datetime.fromisoformat(f"{day}T{match[1]}.{match[2]}").replace(tzinfo=zone)
        return min((when + n * timedelta(days=1) for n in (-1, 0, 1)), key=lambda at: abs(at - captured))
    return None


# --- answers -----------------------------------------------------------------------------------------------------


@cache
def _rules() -> RuleSet:
    return load_rules(())


def answer(*paths: str) -> Answer:
    """Outcome and rule for the paths, as triage gives them (the rules are loaded once for all)."""
    verdict = conclude(collect(paths, Options()), _rules(), TriageOptions()).verdict
    return Answer(str(verdict.outcome), verdict.primary.rule if verdict.primary else None)


def answers(log: LabLog, path: Path) -> dict[str, Answer]:
    """For the log at `path` alone, and together with what the sample holds beside its log."""
    return {"log": answer(str(path)), "whole": answer(str(path), *map(str, log.beside))}


@dataclass
class Tally:
    """Counts cases and agreements of one column of the matrix."""

    column: str
    cases: int = 0
    agreed: int = 0
    differing: list[str] | None = None

    def add(self, name: str, got: Any, wanted: Any) -> None:
        self.cases += 1
        self.agreed += got == wanted
        if got != wanted:
            self.differing = [*(self.differing or []), f"{name}: {got} instead of {wanted}"]

    def __str__(self) -> str:
        return f"{self.column:40} {self.cases:5} cases {self.agreed:5} agree"
