"""Several sources at once: copies of the same lines count once, and each Manager is a case of its own."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.shifted import FAILING, WORKING
from sestriage import triage
from sestriage.engine.triage import triage_cases
from sestriage.model.verdict import Outcome, Report
from support import SAMPLES

LOGS = "lancope/var/logs/containers"
NOON = datetime(2026, 7, 1, 12, 0, 0)
HOUR = timedelta(hours=1)
UTC_LOG = timedelta(0)

OLD = FAILING.log(NOON, UTC_LOG)
NEW = WORKING.log(NOON + HOUR, UTC_LOG)


def write(folder: Path, files: dict[str, bytes]) -> list[str]:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in files]


def shape(report: Report) -> list[tuple[Outcome, int]]:
    """Outcome and number of log events of every attempt."""
    return [(attempt.outcome, len(attempt.events)) for attempt in report.attempts]


ONCE = [(Outcome.FAILED, 2), (Outcome.ACCEPTED, 2)]


def test_the_lines_alone(tmp_path: Path) -> None:
    assert shape(triage(write(tmp_path, {"sw-response-mgmt.log": OLD + NEW}))) == ONCE


def docker(log: bytes, behind: timedelta) -> bytes:
    """json-file of the same lines: each with a time of its own, in UTC, a moment after the line's."""
    lines: list[bytes] = []
    at = NOON
    for line in log.decode().splitlines():
        if line[:4] == "2026":
            at = datetime.fromisoformat(line[:23]) + behind + timedelta(microseconds=1713)
        time = at.isoformat() + "Z"
        lines.append(json.dumps({"log": line + "\n", "stream": "stdout", "time": time}).encode())
    return b"\n".join(lines) + b"\n"


PASTES = {
    "whole": OLD + NEW,
    "failure only": OLD,
    "success only": NEW,
    "wrong order": NEW + OLD,
    "twice": OLD + NEW + OLD + NEW,
    "docker json-file, the log's clock is UTC": docker(OLD + NEW, timedelta(0)),
    "docker json-file, the log's clock is in Nepal": docker(OLD + NEW, timedelta(hours=-5, minutes=-45)),
    "terminal colours": b"\x1b[32m" + (OLD + NEW).replace(b"\n", b"\x1b[0m\n\x1b[32m"),
    "CRLF": (OLD + NEW).replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("paste", PASTES.values(), ids=PASTES.keys())
@pytest.mark.parametrize("name", ["a.txt", "zz.txt"])
def test_rotated_current_and_a_paste_count_once(tmp_path: Path, paste: bytes, name: str) -> None:
    files = {
        f"{LOGS}/sw-response-mgmt.log": NEW,
        f"{LOGS}/sw-response-mgmt.log.1.gz": gzip.compress(OLD),
        f"{LOGS}/sw-response-mgmt.log.2": OLD,
    }
    write(tmp_path, files)
    (pasted,) = write(tmp_path, {name: paste})
    (report,) = triage_cases([str(tmp_path / "lancope"), pasted])
    assert shape(report) == ONCE


@pytest.mark.parametrize("order", [("a.txt", "sw-response-mgmt.log"), ("sw-response-mgmt.log", "z.txt")])
def test_a_paste_of_lines_without_any_time_counts_once(tmp_path: Path, order: tuple[str, str]) -> None:
    """Whatever the files are called, the failure that was pasted must not become the newest attempt."""
    plain = b"\n".join(line[24:] if line[:4] == b"2026" else line for line in (OLD + NEW).splitlines())
    failure = plain[: plain.index(b"INFO 7", plain.index(b"Exception"))]
    texts = {name: plain if "sw" in name else failure for name in order}
    report = triage(write(tmp_path, texts))
    assert [attempt.outcome for attempt in report.attempts] == [Outcome.FAILED, Outcome.ACCEPTED]
    assert report.verdict.outcome is Outcome.ACCEPTED


def test_the_same_failure_an_hour_later_is_no_copy(tmp_path: Path) -> None:
    files = {"sw-response-mgmt.log.1": OLD, "sw-response-mgmt.log": FAILING.log(NOON + HOUR, UTC_LOG)}
    assert shape(triage(write(tmp_path, files))) == [(Outcome.FAILED, 2), (Outcome.FAILED, 2)]


def test_the_same_capture_twice_counts_once(tmp_path: Path) -> None:
    pcap = FAILING.capture(NOON)
    report = triage(write(tmp_path, {"x.log": OLD, "a.pcap": pcap, "b.pcap": pcap}))
    assert [len(attempt.streams) for attempt in report.attempts] == [1]


NEPAL = timedelta(hours=5, minutes=45)


@pytest.mark.parametrize("apart", [False, True], ids=["one file", "rotated"])
@pytest.mark.parametrize("wrapped_first", [False, True])
def test_the_zone_that_a_wrapping_shows_holds_for_the_other_lines(
    tmp_path: Path, apart: bool, wrapped_first: bool
) -> None:
    """Part of the log is from Docker's json-file, in UTC; the other part has the program's local times only."""
    old, new = FAILING.log(NOON, NEPAL), WORKING.log(NOON + HOUR, NEPAL)
    old, new = (docker(old, -NEPAL), new) if wrapped_first else (old, docker(new, -NEPAL))
    files = (
        {"sw-response-mgmt.log.1": old, "sw-response-mgmt.log": new} if apart else {"sw-response-mgmt.log": old + new}
    )
    report = triage(write(tmp_path, files))
    assert shape(report) == ONCE
    for attempt, at in zip(report.attempts, (NOON, NOON + HOUR), strict=True):
        assert attempt.started is not None
        assert abs(attempt.started - at.replace(tzinfo=UTC)) < timedelta(seconds=2)


# --- two Managers ------------------------------------------------------------------------------------------------


def manager(sample: str, prefix: str) -> dict[str, bytes]:
    """The evidence of one Manager in its own tree."""
    folder = SAMPLES / sample
    places = {
        "sw-response-mgmt.log": LOGS,
        "test-action.pcap": "lancope/var/tcpdump",
        "truststore.p12": "lancope/services/trust-store",
        "tls-ciphers": "lancope/services/swos-compliance/security",
    }
    return {
        f"{prefix}{place}/{name}": (folder / name).read_bytes()
        for name, place in places.items()
        if (folder / name).exists()
    }


ONE, OTHER = "dh-openssl", "pkix-root-missing"
RULES = {
    sample: json.loads((SAMPLES / sample / "expected.json").read_text())["whole"]["rule"] for sample in (ONE, OTHER)
}


def tar_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def rule_of(report: Report) -> str | None:
    return report.verdict.primary.rule if report.verdict.primary else None


def assert_apart(reports: list[Report]) -> None:
    """Two cases, each with the verdict and the evidence of its own sample alone."""
    assert sorted(map(str, map(rule_of, reports))) == sorted(RULES.values())
    assert len({report.case for report in reports}) == 2
    for report in reports:
        assert report.case is not None
        assert len(report.attempts) == 1
        assert len(report.captures) == 1
        assert len(report.stores) == 1
        assert {
            note.source.path.startswith(report.case) or report.case.startswith(note.source.path)
            for note in report.inputs
        } == {True}
        assert len(report.cipher_lists) == (rule_of(report) == RULES[ONE])


def test_two_managers_in_one_archive(tmp_path: Path) -> None:
    (bundle,) = write(tmp_path, {"b.tgz": tar_of(manager(ONE, "smc-a/") | manager(OTHER, "smc-b/"))})
    reports = triage_cases([bundle])
    assert_apart(reports)
    assert {report.case for report in reports} == {f"{bundle}!/smc-a", f"{bundle}!/smc-b"}


def test_two_managers_in_two_archives(tmp_path: Path) -> None:
    assert_apart(
        triage_cases(write(tmp_path, {"a.tgz": tar_of(manager(ONE, "")), "b.tgz": tar_of(manager(OTHER, ""))}))
    )


def test_two_managers_in_archives_in_an_archive(tmp_path: Path) -> None:
    inner = {"a.tgz": tar_of(manager(ONE, "")), "b.tgz": tar_of(manager(OTHER, "diag/"))}
    assert_apart(triage_cases(write(tmp_path, {"both.tgz": tar_of(inner)})))


def test_two_managers_in_two_folders(tmp_path: Path) -> None:
    write(tmp_path, manager(ONE, "a/") | manager(OTHER, "b/"))
    assert_apart(triage_cases([str(tmp_path)]))
    assert_apart(triage_cases([str(tmp_path / "a"), str(tmp_path / "b")]))


def test_names_that_begin_alike_are_two_trees(tmp_path: Path) -> None:
    write(tmp_path, manager(ONE, "smc/") | manager(OTHER, "smc-2/"))
    assert_apart(triage_cases([str(tmp_path)]))


def test_a_capture_beside_the_trees_is_everybodys(tmp_path: Path) -> None:
    write(tmp_path, manager(ONE, "a/") | manager(OTHER, "b/"))
    shutil.move(tmp_path / "a/lancope/var/tcpdump/test-action.pcap", tmp_path / "test-action.pcap")
    reports = triage_cases([str(tmp_path)])
    assert sorted(len(report.captures) for report in reports) == [1, 2]


def test_a_paste_joins_the_manager_whose_lines_it_holds(tmp_path: Path) -> None:
    write(tmp_path, manager(ONE, "a/") | manager(OTHER, "b/"))
    (pasted,) = write(tmp_path, {"paste.txt": (SAMPLES / OTHER / "sw-response-mgmt.log").read_bytes()})
    reports = triage_cases([str(tmp_path / "a"), str(tmp_path / "b"), pasted])
    assert len(reports) == 2
    for report in reports:
        assert len(report.attempts) == 1


def test_a_bundle_given_twice_is_one_case(tmp_path: Path) -> None:
    """Packed and unpacked: two trees, the same evidence; each verdict is that of the sample."""
    files = manager(ONE, "")
    write(tmp_path, {f"u/{name}": data for name, data in files.items()} | {"a.tgz": tar_of(files)})
    reports = triage_cases([str(tmp_path)])
    assert {rule_of(report) for report in reports} == {RULES[ONE]}


def test_the_command_reports_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from sestriage.report.json.verdict import render_all

    write(tmp_path, manager(ONE, "a/") | manager(OTHER, "b/"))
    text = render_all(triage_cases([str(tmp_path)]), (1, 1))
    assert all(rule in text for rule in RULES.values())
