"""`sestriage compare` and `triage --baseline`: reports that were saved, bundles, and files that are neither."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from cli.terminal import Run
from support import SAMPLES

BUNDLE = str(SAMPLES / "bundle" / "bundle.tar.gz")
MISSING = str(SAMPLES / "pkix-root-missing")
GOOD = str(SAMPLES / "success")
LATER = (
    "2026-11-25T09:16:13.418+05:30 INFO  [exec-7] i.q.o.SmtpOutlet: Handing 1 queued message to the mail relay\n"
    "2026-11-25T09:16:13.771+05:30 INFO  [exec-7] i.q.o.SmtpOutlet: Message delivered to the mail relay\n"
)


@pytest.fixture
def saved(run: Run, tmp_path: Path) -> str:
    target = tmp_path / "before.json"
    run("triage", "--no-save", "-o", str(target), BUNDLE)
    return str(target)


@pytest.fixture
def repaired(tmp_path: Path) -> str:
    """The bundle's Manager a day later: no DHE in its cipher list, and a mail that was accepted."""
    folder = tmp_path / "after"
    with tarfile.open(BUNDLE) as bundle:
        bundle.extractall(folder, filter="data")
    ciphers = folder / "lancope/services/swos-compliance/security/tls-ciphers"
    kept = [token for token in ciphers.read_text(encoding="utf-8").strip().split(":") if not token.startswith("DHE")]
    ciphers.write_text(":".join(kept) + "\n", encoding="utf-8")
    log = folder / "lancope/var/logs/containers/sw-response-mgmt.log"
    log.write_text(log.read_text(encoding="utf-8") + LATER, encoding="utf-8")
    return str(folder)


def test_a_printed_fix_that_was_done_and_worked(run: Run, saved: str, repaired: str) -> None:
    result = run("compare", saved, repaired)
    assert result.status == 0
    assert "Done: the cipher list no longer allows DHE. It worked: an attempt was accepted at" in " ".join(
        result.out.split()
    )
    (case,) = json.loads(run("compare", "--format", "json", saved, repaired).out)["cases"]
    assert [step["effect"] for step in case["fixes"]][:1] == ["worked"]
    assert {"verdict", "ciphers", "attempts"} <= {change["subject"] for change in case["changes"]}


def test_the_status_is_that_of_after(run: Run) -> None:
    assert run("compare", MISSING, GOOD).status == 0
    assert run("compare", GOOD, MISSING).status == 1


def test_an_attempt_is_new_only_where_it_is_later(run: Run) -> None:
    later, earlier = run("compare", MISSING, GOOD).out, run("compare", GOOD, MISSING).out
    assert "- New attempt, 2026-11-24 03:46:13Z: accepted\n" in later
    assert "- Attempt that BEFORE lacks, 2026-11-24 03:46:04Z: failed: ca-missing-from-trust-store\n" in earlier
    assert "New attempt" not in earlier
    german = run("compare", GOOD, MISSING, "--lang", "de").out
    assert "- Versuch, der in BEFORE fehlt, 2026-11-24 03:46:04Z: gescheitert: ca-missing" in german


def test_after_says_what_to_do_for_a_new_cause_only(run: Run) -> None:
    assert "What to do now" in run("compare", GOOD, MISSING).out
    assert "What to do now" not in run("compare", MISSING, MISSING).out


def test_fresh_sides_share_their_pseudonyms(run: Run) -> None:
    result = run("compare", MISSING, MISSING)
    assert "Nothing that can be compared has changed." in result.out
    assert "Not compared" not in result.out


def test_german(run: Run, saved: str) -> None:
    out = run("compare", "--lang", "de", saved, GOOD).out
    assert "GESCHEITERT" in out or "ANGENOMMEN" in out
    assert "Changes" not in out


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"schema_version": 1,', "no JSON"),
        ('{"schema_version": 1, "verdict": {"outcome": "great"}}', "no report of"),
        ('{"schema_version": 1, "matches": []}', "no report of"),
        ('{"schema_version": ' + "[" * 100_000, "no JSON"),
    ],
)
def test_a_file_that_is_no_report_is_named_in_one_line(run: Run, tmp_path: Path, text: str, problem: str) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="utf-8")
    result = run("compare", str(bad), GOOD)
    assert result.status == 2
    assert f"{bad}: {problem}" in result.err
    assert len(result.err.splitlines()) == 1


def test_a_report_with_wrong_types_is_read_as_far_as_it_goes(run: Run, tmp_path: Path, saved: str) -> None:
    document = json.loads(Path(saved).read_text(encoding="utf-8"))
    for key in ("attempts", "trust", "captures", "config", "inputs", "fixes", "pseudonyms", "other_cases"):
        document[key] = 7
    document["schema_version"] = "x"
    (tmp_path / "odd.json").write_text(json.dumps(document), encoding="utf-8")
    result = run("compare", str(tmp_path / "odd.json"), GOOD)
    assert result.status == 0
    assert "BEFORE has schema_version -" in result.out


def test_a_control_character_of_a_saved_report_is_shown_as_an_escape(run: Run, tmp_path: Path, saved: str) -> None:
    document = json.loads(Path(saved).read_text(encoding="utf-8"))
    document["verdict"]["primary"]["title"] = "x\x1b[31my"
    document["version"] = "\x07"
    (tmp_path / "odd.json").write_text(json.dumps(document), encoding="utf-8")
    out = run("compare", GOOD, str(tmp_path / "odd.json")).out
    assert "\\x1b" in out
    assert "\x1b" not in out


# --- baseline ----------------------------------------------------------------------------------------------------


def test_nothing_new_is_said_so(run: Run, saved: str) -> None:
    result = run("triage", "--no-save", "--baseline", saved, BUNDLE)
    assert result.status == 1
    assert "Nothing new." in result.out


def test_only_what_is_new_is_told(run: Run, saved: str, repaired: str) -> None:
    out = run("triage", "--no-save", "--baseline", saved, repaired, "--format", "json").out
    (case,) = json.loads(out)["cases"]
    assert case["changes"]
    assert all(change["new"] for change in case["changes"])
    assert [change["subject"] for change in case["changes"]].count("attempts") == 1


@pytest.mark.parametrize("options", [("--summary",), ("--format", "case")])
def test_baseline_has_forms_of_its_own(run: Run, saved: str, options: tuple[str, ...]) -> None:
    assert run("triage", "--baseline", saved, BUNDLE, *options).status == 2


# --- keys --------------------------------------------------------------------------------------------------------


def fingerprints(text: str) -> dict[str, str]:
    found = json.loads(text)["pseudonyms"]["fingerprints"]
    assert isinstance(found, dict)
    return found


def test_a_key_gives_equal_names_equal_fingerprints(run: Run, tmp_path: Path) -> None:
    key = str(tmp_path / "case.key")
    one = run("triage", "--no-save", "--format", "json", "--key-file", key, MISSING).out
    two = run("triage", "--no-save", "--format", "json", "--key-file", key, GOOD, MISSING).out
    assert set(fingerprints(one).values()) <= set(fingerprints(two).values())
    assert Path(key).stat().st_mode & 0o077 == 0
    other = run("triage", "--no-save", "--format", "json", "--key-file", str(tmp_path / "b.key"), MISSING).out
    assert not set(fingerprints(one).values()) & set(fingerprints(other).values())


def test_a_map_is_a_key_and_stays_one(run: Run, tmp_path: Path) -> None:
    case = str(tmp_path / "case.map")
    one = run("triage", "--no-save", "--format", "json", "--map", case, MISSING).out
    run("redact", "--map", case, "-", stdin=b"new@corp.example\n")
    two = run("triage", "--no-save", "--format", "json", "--map", case, MISSING).out
    assert fingerprints(one).items() <= fingerprints(two).items()


def test_reports_with_one_key_are_compared_whole(run: Run, tmp_path: Path) -> None:
    key = str(tmp_path / "case.key")
    for name in ("a", "b"):
        run("triage", "--no-save", "--key-file", key, "-o", str(tmp_path / f"{name}.json"), MISSING)
    assert "Not compared" not in run("compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")).out
    run("triage", "--no-save", "-o", str(tmp_path / "b.json"), MISSING)
    assert "Not compared: host names" in run("compare", str(tmp_path / "a.json"), str(tmp_path / "b.json")).out


def test_a_key_without_redaction_and_a_file_that_is_no_key(run: Run, tmp_path: Path) -> None:
    assert run("triage", "--no-redact", "--key-file", str(tmp_path / "k"), GOOD).status == 2
    (tmp_path / "k").write_text("secret\n", encoding="utf-8")
    result = run("triage", "--key-file", str(tmp_path / "k"), GOOD)
    assert result.status == 2
    assert "is no key (64 hexadecimal digits)" in result.err
