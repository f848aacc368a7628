"""A slice of the measure, another one by each seed: no figure of docs/calibration.md may fall short of its limit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import slices
from calibration.evidence import samples
from calibration.measure import answered, crossings, subsets
from calibration.quotes import wrong_quotes
from calibration.tables import Figure, figures, table
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Evidence

PARTS = 24
CROSSED = slices.count(200, 100)


@pytest.mark.slow
def test_a_slice_of_the_samples_keeps_the_limits(tmp_path: Path) -> None:
    seed = slices.seed()
    everything = samples(tmp_path)
    taken = slices.part(everything, PARTS)
    runs = list(subsets(taken))
    needs = list(answered(runs, taken, tmp_path))
    crossed = list(crossings(everything, CROSSED, seed, tmp_path))
    short = [figure for figure in figures(runs, needs, crossed) if not _holds(figure)]
    assert not short, f"seed {seed}\n{table(short)}\n" + "\n".join(case for figure in short for case in figure.cases)


def _holds(figure: Figure) -> bool:
    """A share of few is rounded up: the whole measure holds the limit itself."""
    return figure.bad <= max(figure.limit * figure.total, 2 if figure.limit >= 0.05 else 0)


def test_a_figure_holds_up_to_its_limit() -> None:
    figure = Figure("f", 20, ("one",), 0.05)
    assert figure.holds
    assert not replace(figure, cases=("one", "two")).holds
    assert not replace(figure, limit=0.0).holds
    assert table([figure]).splitlines()[-1] == "| f | 20 | 1 | 5% |"


def test_a_quote_is_held_against_its_line(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("first line\nsecond: PKIX path building failed\n", encoding="utf-8")
    good = Evidence(SourceRef(str(log), line=2), "second: PKIX path building failed", "log.event")
    assert _wrong(good) == []
    moved = replace(good, source=SourceRef(str(log), line=1), quote="PKIX path validation failed: now")
    assert _wrong(moved) == [moved]
    empty = Evidence(SourceRef("a.pcap", frame=3), "ClientHello (offers unknown versions)", "tcp.stream")
    assert _wrong(empty) == [empty]


def _wrong(evidence: Evidence) -> list[Evidence]:
    from sestriage.model.verdict import Confidence, Outcome, Report, Verdict

    return list(wrong_quotes(Report(Verdict(Outcome.FAILED, Confidence.LIKELY, evidence=(evidence,)))))
