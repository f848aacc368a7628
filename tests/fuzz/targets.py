"""What is fuzzed: a corpus for each target, and what must hold for every input made from it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fuzz.mutate import mutate
from ingest.corpus import ATTACKS, bundle_tar, bundle_zip, piped_zip, zip64_bundle
from matrix.lablogs import lab_logs
from matrix.wrappings import WRAPS
from sestriage.engine.reading.collect import Options, collect
from sestriage.engine.triage import TriageOptions, conclude
from sestriage.formats.log import LogReader, looks_like_log
from sestriage.ingest import Limits, walk
from sestriage.model.source import InputNote, SourceRef
from sestriage.model.verdict import Outcome
from sestriage.report import text as report_text
from sestriage.report.json import verdict as report_json
from sestriage.rules import RuleSet, load_rules
from support import SAMPLES

SMALL = Limits(max_total_bytes=64 << 20, max_member_bytes=16 << 20, ratio_floor=8 << 20, container_floor=16 << 20)
"""Tighter than the default, so that a bomb that a mutation makes costs little time."""

MAX_CORPUS_BYTES = 200_000


@dataclass(frozen=True)
class Target:
    """`run(case, folder)` does the work for one input that `make(dice)` gave; it raises when a promise is broken."""

    make: Callable[[random.Random], object]
    run: Callable[[object, Path], None]


# --- logs --------------------------------------------------------------------------------------------------------


@cache
def _logs() -> tuple[bytes, ...]:
    data = SAMPLES.parent / "tests" / "formats" / "log" / "data"
    plain = [(SAMPLES / log.name / "sw-response-mgmt.log").read_bytes() for log in lab_logs()]
    dice = random.Random(0)
    wrapped = [wrap(log) for wrap in WRAPS for log in dice.sample(lab_logs(), 3)]
    return (*plain, *wrapped, *(path.read_bytes() for path in sorted(data.glob("*.log"))))


def _make_log(dice: random.Random) -> bytes:
    return mutate(dice.choice(_logs()), dice, _logs())


OUTCOMES = {"failure", "success", "start", "other"}


def _read_log(case: object, _: Path) -> None:
    assert isinstance(case, bytes)
    looks_like_log(case[:65536])
    lines = case.count(b"\n") + 1
    reader = LogReader(SourceRef("x.log"))
    for event in reader.events([case]):
        assert event.outcome in OUTCOMES
        assert event.source.line is not None
        assert len(event.text) < 1 << 20
        assert b"\0" in case or 1 <= event.source.line <= max(lines, len(case))
    assert len(reader.problems) <= 64


# --- archives ----------------------------------------------------------------------------------------------------


@cache
def _archives() -> tuple[bytes, ...]:
    tar = bundle_tar()
    plain = [tar, bundle_zip(), bundle_zip(0), piped_zip(), zip64_bundle()]
    packed = [gzip.compress(tar), bz2.compress(tar), lzma.compress(tar), gzip.compress(bundle_zip()), *_zstd(tar)]
    attacks = [attack.archive() for name, attack in sorted(ATTACKS.items())]
    return (*plain, *packed, *(data for data in attacks if len(data) < MAX_CORPUS_BYTES))


def _zstd(data: bytes) -> list[bytes]:
    try:
        from backports.zstd import compress
    except ImportError:
        return []
    return [compress(data)]


def _make_archive(dice: random.Random) -> bytes:
    """Damaged as it lies, or damaged inside and then packed: damage under a compression that is whole."""
    data = mutate(dice.choice(_archives()), dice, _archives())
    return gzip.compress(data, 1) if dice.random() < 0.15 else data


def _walk_archive(case: object, _: Path) -> None:
    assert isinstance(case, bytes)
    notes: list[InputNote] = []
    for member in walk(["-"], SMALL, notes, io.BytesIO(case)):
        assert "\n" not in str(member.ref)
        with member.open() as stream:
            while stream.read(1 << 16):
                pass
        assert member.problem is None or member.problem
    assert len(notes) <= SMALL.max_notes + 1


# --- the whole triage --------------------------------------------------------------------------------------------


@cache
def _folders() -> tuple[dict[str, bytes], ...]:
    """Every sample as file names with contents."""
    found: list[dict[str, bytes]] = []
    for expected in sorted(SAMPLES.glob("*/expected.json")):
        files = [p for p in sorted(expected.parent.rglob("*")) if p.is_file() and p != expected]
        found.append({str(p.relative_to(expected.parent)): p.read_bytes() for p in files})
    return tuple(found)


def _make_folder(dice: random.Random) -> dict[str, bytes]:
    """One sample with at least one file damaged; now and then a file of another sample beside it."""
    files = dict(dice.choice(_folders()))
    if dice.random() < 0.2:
        name, data = dice.choice(sorted(dice.choice(_folders()).items()))
        files[f"other/{name}"] = data
    for name in dice.sample(sorted(files), dice.randint(1, len(files))):
        files[name] = mutate(files[name], dice)
    return files


@cache
def rules() -> RuleSet:
    """The packaged rules, loaded once."""
    return load_rules(())


def _triage(case: object, folder: Path) -> None:
    assert isinstance(case, dict)
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in case.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    report = conclude(collect([str(folder)], Options(limits=SMALL)), rules(), TriageOptions())
    verdict = report.verdict
    assert verdict.outcome in tuple(Outcome)
    assert (verdict.primary is not None) <= (verdict.outcome is Outcome.FAILED)
    assert "\x1b" not in report_text.render(report)
    assert report_json.render(report).isascii()


TARGETS = {
    "logs": Target(_make_log, _read_log),
    "archives": Target(_make_archive, _walk_archive),
    "triage": Target(_make_folder, _triage),
}


def names() -> Sequence[str]:
    """All targets."""
    return tuple(TARGETS)
