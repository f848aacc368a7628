"""`triage` with several cases: the table first, `--summary` alone, and which folders are a case of their own."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from cli.terminal import Run
from support import SAMPLES

MISSING, SMALL, SMALLER, GOOD = (
    str(SAMPLES / name) for name in ("pkix-root-missing", "dhe-512", "dhe-1024", "success")
)
BUNDLE = str(SAMPLES / "bundle" / "bundle.tar.gz")


def test_the_table_comes_before_the_reports(run: Run) -> None:
    result = run("triage", "--no-save", MISSING, GOOD)
    assert result.status == 1
    head, _, rest = result.out.partition("FAILED (confirmed)")
    assert head.startswith("Cases: 2; failed: 1\n")
    assert re.search(r"pkix-root-missing +failed +confirmed +2026-11-24 03:46:04Z", head)
    assert re.search(r"success +accepted +likely +2026-11-24 03:46:13Z", head)
    assert "(ca-missing-from-trust-store)" in head
    assert "Next step: Save the missing CA certificates" in head
    assert rest


def test_one_case_has_no_table(run: Run) -> None:
    assert "Cases:" not in run("triage", "--no-save", MISSING).out


def test_the_summary_is_sorted_and_counted_by_cause(run: Run) -> None:
    result = run("triage", "--no-save", "--summary", MISSING, GOOD, SMALL, BUNDLE)
    assert result.status == 1
    assert "What to do" not in result.out
    table, causes = result.out.split("\nCauses\n")
    rules = re.findall(r"\(([a-z-]+)\)$", table, re.MULTILINE)
    assert rules == ["dh-key-too-small", "dh-key-too-small", "ca-missing-from-trust-store"]
    assert re.search(r"^2 +failed +The server's DH key is too small", causes, re.MULTILINE)
    assert re.search(r"^1 +accepted", causes, re.MULTILINE)


def test_the_summary_for_programs(run: Run) -> None:
    document = json.loads(run("triage", "--no-save", "--summary", "--format", "json", MISSING, GOOD, SMALL).out)
    assert {case["outcome"] for case in document["cases"]} == {"failed", "accepted"}
    assert sum(cause["count"] for cause in document["causes"]) == len(document["cases"]) == 3
    assert all(case["last_attempt"].endswith("Z") for case in document["cases"])


def test_the_rows_are_readable_at_60_columns(run: Run, monkeypatch: object) -> None:
    result = run("triage", "--no-save", "--summary", MISSING, SMALL)
    assert all(len(line) <= 100 for line in result.out.splitlines() if "sestriage certs" not in line)


def test_a_page_of_several_cases_is_one_page(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run("triage", "--no-save", "-o", str(page), MISSING, GOOD)
    text = page.read_text(encoding="utf-8")
    assert text.count("<!DOCTYPE html>") == text.count("<h1 ") == 1
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    targets = re.findall(r'href="#([^"]+)"', text)
    assert set(targets) <= set(ids)
    assert len(re.findall("<article", text)) == 2
    alone = run("triage", "--no-save", "--summary", "--format", "html", MISSING, GOOD).out
    assert "<article" not in alone
    assert "ca-missing-from-trust-store" in alone


def test_markdown_has_the_table_first(run: Run) -> None:
    out = run("triage", "--no-save", "--format", "markdown", MISSING, GOOD).out
    assert out.startswith("# Cases: 2; failed: 1\n")
    assert "| Case | Outcome | Confidence | Last attempt | Cause | Next step |" in out


# --- what a case is ----------------------------------------------------------------------------------------------


def captures_only(tmp_path: Path, name: str, sample: str) -> str:
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(Path(sample) / "test-action.pcap", folder)
    return str(folder)


def outcomes(run: Run, *paths: str) -> dict[str, str]:
    document = json.loads(run("triage", "--no-save", "--summary", "--format", "json", *paths).out)
    return {case["case"]: case["rule"] for case in document["cases"]}


def test_folders_of_captures_are_cases_beside_each_other(run: Run, tmp_path: Path) -> None:
    one, two = captures_only(tmp_path, "one", SMALL), captures_only(tmp_path, "two", str(SAMPLES / "refused"))
    assert outcomes(run, one, two) == {one: "dh-key-too-small", two: "connection-refused"}


def test_a_folder_of_captures_is_a_case_beside_several_with_logs(run: Run, tmp_path: Path) -> None:
    one = captures_only(tmp_path, "one", str(SAMPLES / "refused"))
    assert outcomes(run, one, SMALL, MISSING)[one] == "connection-refused"


def test_a_folder_of_captures_belongs_to_the_one_log(run: Run, tmp_path: Path) -> None:
    one = captures_only(tmp_path, "one", SMALL)
    shutil.copy(Path(SMALL) / "sw-response-mgmt.log", tmp_path)
    assert len(outcomes(run, one, str(tmp_path / "sw-response-mgmt.log"))) == 1


def test_one_conversation_in_two_folders_is_one_case(run: Run, tmp_path: Path) -> None:
    one, two = captures_only(tmp_path, "one", SMALL), captures_only(tmp_path, "two", SMALL)
    assert len(outcomes(run, one, two)) == 1
