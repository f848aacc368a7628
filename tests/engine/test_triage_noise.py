"""Chatter changes nothing: every sample's log among families of lines that tell of no mail is judged as it is alone."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

import chatter
from sestriage.engine.triage import triage
from sestriage.model.verdict import Outcome, Report
from support import SAMPLES

LOGS = sorted(SAMPLES.glob("*/sw-response-mgmt.log"))
STAMP = re.compile(r"(?:\d{4}-\d\d-\d\d[T ]|\d\d-\w{3}-\d{4} )?\d\d:\d\d:\d\d[.,]\d{3}(?:Z|[+-]\d\d:\d\d)?(?= )")
PLAIN = re.compile(r"(?:INFO|WARN|ERROR|DEBUG) +\w+: ")
BETWEEN = 6
BEFORE = 150


def look_like(line: str, said: chatter.Said) -> list[str]:
    """A message as this log would have it at the moment of one of its lines."""
    thread, logger, level, text = said
    if line.startswith('{"log"'):
        record = json.loads(line)
        inner = look_like(record["log"].rstrip("\n"), said)
        return [json.dumps({**record, "log": each + "\n"}) for each in inner]
    if line.startswith("{"):
        record = json.loads(line)
        message, _, stack = text.partition("\n")
        record |= {"message": message, "logger_name": logger, "thread_name": thread, "level": level}
        record.pop("stack_trace", None)
        return [json.dumps(record | ({"stack_trace": stack} if stack else {}))]
    stamp = STAMP.match(line)
    if stamp is not None:
        return f"{stamp[0]} {level} [{thread}] {logger} - {text}".split("\n")
    return f"{level:5} {logger.rsplit('.', 1)[-1]}: {text}".split("\n")


def begins(line: str) -> bool:
    if line.startswith('{"log"'):
        return begins(json.loads(line)["log"])
    return line.startswith("{") or STAMP.match(line) is not None or PLAIN.match(line) is not None


def mixed(sample: list[str], family: str) -> list[str]:
    rng = random.Random(family)
    said = chatter.FAMILIES[family](rng)
    first = next(line for line in sample if begins(line))
    result = [each for _ in range(BEFORE) for each in look_like(first, next(said))]
    for line in sample:
        if begins(line) and family != "healthy":
            result += [each for _ in range(BETWEEN) for each in look_like(line, next(said))]
        result.append(line)
    last = next(line for line in reversed(sample) if begins(line))
    if family != "healthy":
        result += [each for _ in range(BEFORE) for each in look_like(last, next(said))]
    return result


def facts(report: Report, *, failed_only: bool = False) -> tuple[object, ...]:
    verdict = report.verdict
    attempts = [a for a in report.attempts if not failed_only or a.outcome is Outcome.FAILED]
    primary = verdict.primary.rule if verdict.primary is not None else None
    proven = tuple((step.phase, step.proof) for step in verdict.proven)
    return verdict.outcome, primary, verdict.confidence, len(attempts), proven


@pytest.mark.campaign(28)
@pytest.mark.parametrize("family", chatter.FAMILIES)
@pytest.mark.parametrize("path", LOGS, ids=lambda path: path.parent.name)
def test_chatter_changes_nothing(path: Path, family: str, tmp_path: Path) -> None:
    sample = path.read_text(encoding="utf-8").splitlines()
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text("\n".join(mixed(sample, family)) + "\n", encoding="utf-8")
    own = family == "healthy"
    assert facts(triage([str(log)]), failed_only=own) == facts(triage([str(path)]), failed_only=own)


@pytest.mark.parametrize("family", [name for name in chatter.FAMILIES if name != "healthy"])
def test_chatter_alone_tells_of_no_attempt(family: str, tmp_path: Path) -> None:
    first = "2026-11-24 03:31:33.244 INFO [main] c.h.X - begun"
    said = chatter.FAMILIES[family](random.Random(3))
    log = tmp_path / "sw-response-mgmt.log"
    lines = [each for _ in range(400) for each in look_like(first, next(said))]
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    report = triage([str(log)])
    assert report.attempts == ()
    assert report.verdict.outcome is Outcome.UNDETERMINED


@pytest.mark.campaign(14)
@pytest.mark.parametrize(
    "path", [path for path in LOGS if list(path.parent.glob("*.pcap*"))], ids=lambda p: p.parent.name
)
def test_loud_failures_of_other_services_change_nothing_of_all_the_evidence(path: Path, tmp_path: Path) -> None:
    """Before, between and after the attempt, beside its capture and store."""
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text("\n".join(mixed(path.read_text(encoding="utf-8").splitlines(), "loud")) + "\n", encoding="utf-8")
    beside = [str(each) for each in sorted(path.parent.iterdir()) if _is_evidence(each)]
    assert facts(triage([str(log), *beside])) == facts(triage([str(path), *beside]))


def _is_evidence(path: Path) -> bool:
    return path.suffix in {".pcap", ".pcapng"} or path.name.startswith("truststore") or path.name == "tls-keys.txt"
