"""`--case-file`: judged as the evidence was, without what must not be shared, and harmless when forged."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from cli.terminal import Run
from support import SAMPLES

SECRET = "Hunter22SecretPw"
LOG = f"""\
2026-11-24 09:16:13,418 INFO  [exec-7] a.SmtpOutlet: connecting to mail.corp.example:587 password={SECRET}
2026-11-24 09:16:13,771 ERROR [exec-7] a.SmtpOutlet: Test Action 'email soc' failed
javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid for soc@corp.example from 10.20.30.40
\tat com.sun.mail.smtp.SMTPTransport.authenticate(SMTPTransport.java:965)
"""
SETTINGS = f"""\
server: mail.corp.example
port: 587
encryption: starttls
from: soc@corp.example
user: bob
password: {SECRET}
"""
NAMES = ("corp.example", "soc@", "10.20.30.40", SECRET, "127.0.0.1")


def judged(run: Run, *arguments: str) -> list[object]:
    document = json.loads(run("triage", "--no-save", "--format", "json", *arguments).out)
    cases = [document, *document["other_cases"]]
    return [
        (
            case["verdict"]["outcome"],
            case["verdict"]["confidence"],
            (case["verdict"]["primary"] or {}).get("rule"),
            case["verdict"]["cleared"],
            [attempt["outcome"] for attempt in case["attempts"]],
        )
        for case in cases
    ]


def packed(run: Run, tmp_path: Path, *arguments: str) -> Path:
    target = tmp_path / "case.zip"
    result = run("triage", "--no-save", "--case-file", str(target), *arguments)
    assert result.err == ""
    return target


@pytest.mark.parametrize(
    "sample",
    ["bundle", "tls-inspection", "tls13-535-keylog", "dns-servfail", "several-attempts-success"],
)
def test_a_case_file_gives_the_same_verdict(run: Run, tmp_path: Path, sample: str) -> None:
    target = packed(run, tmp_path, str(SAMPLES / sample))
    assert judged(run, str(target)) == judged(run, str(SAMPLES / sample))


def test_several_managers_stay_several(run: Run, tmp_path: Path) -> None:
    paths = [str(SAMPLES / name) for name in ("pkix-root-missing", "success")]
    target = packed(run, tmp_path, *paths)
    assert judged(run, str(target)) == judged(run, *paths)


def test_nothing_private_and_no_capture_is_in_it(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "sw-response-mgmt.log").write_text(LOG, encoding="utf-8")
    (folder / "smtp.txt").write_text(SETTINGS, encoding="utf-8")
    (folder / "x.pcap").write_bytes((SAMPLES / "tls13-535-keylog" / "test-action.pcap").read_bytes())
    with zipfile.ZipFile(packed(run, tmp_path, str(folder))) as archive:
        names = archive.namelist()
        content = {name: archive.read(name).decode("utf-8") for name in names}
    assert names[0] == "facts.json"
    assert {"report.html", "report.json", "case.txt", "log-excerpts.txt", "settings.txt", "README.txt"} <= set(names)
    assert not [name for name in names if name.startswith("captures/")]
    for name, text in content.items():
        assert not [secret for secret in NAMES if secret in text], name
    assert "535 Authentication Credentials Invalid" in content["log-excerpts.txt"]
    assert "port: 587" in content["settings.txt"]
    assert "bob" not in content["facts.json"] + content["settings.txt"]


def test_the_excerpt_has_the_lines_around_the_attempt_only(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    chatter = "".join(f"2026-11-24 09:00:00,{n % 1000:03} INFO  [main] a.Idle: chatter {n} ends\n" for n in range(900))
    log.write_text(chatter + LOG + chatter, encoding="utf-8")
    with zipfile.ZipFile(packed(run, tmp_path, str(log))) as archive:
        text = archive.read("log-excerpts.txt").decode("utf-8")
    assert "chatter 899 ends" in text
    assert "535 Authentication" in text
    assert "chatter 100 ends" not in text


def test_captures_only_when_they_are_asked_for(run: Run, tmp_path: Path) -> None:
    sample = SAMPLES / "pkix-root-missing"
    target = packed(run, tmp_path, "--with-captures", str(sample))
    with zipfile.ZipFile(target) as archive:
        (name,) = [name for name in archive.namelist() if name.startswith("captures/")]
        assert archive.read(name) == (sample / "test-action.pcap").read_bytes()
        assert "NOT replaced" in archive.read("README.txt").decode("ascii")
    assert judged(run, str(target)) == judged(run, str(sample))


def test_no_redact_is_about_the_screen(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(LOG, encoding="utf-8")
    with zipfile.ZipFile(packed(run, tmp_path, "--no-redact", str(log))) as archive:
        assert "corp.example" not in archive.read("report.json").decode("utf-8")


def test_the_same_case_makes_the_same_facts(run: Run, tmp_path: Path) -> None:
    found = []
    for name in ("a.zip", "b.zip"):
        run("triage", "--no-save", "--case-file", str(tmp_path / name), str(SAMPLES / "refused"))
        with zipfile.ZipFile(tmp_path / name) as archive:
            found.append(archive.read("facts.json"))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--with-captures", "x.log"),
        ("--case-file", "x.log", "x.log"),
        ("--case-file", "y.zip", "-o", "y.zip", "x.log"),
    ],
)
def test_files_that_would_be_lost(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.log").write_text(LOG, encoding="utf-8")
    assert run("triage", *arguments).status == 2
    assert Path("x.log").read_text(encoding="utf-8") == LOG


# --- forged ------------------------------------------------------------------------------------------------------


def forged(tmp_path: Path, facts: str) -> str:
    target = tmp_path / "forged.zip"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("facts.json", facts)
    return str(target)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ('{"sestriage_facts":7}', "facts of the form 7"),
        ('{"sestriage_facts":1,"facts":{"logs":', "no facts of a case"),
        ('{"sestriage_facts":1,"facts":' + "[" * 50_000, "no facts of a case"),
        ('{"sestriage_facts":1,"facts":{"gold":[]}}', "Packed has no field 'gold'"),
        ('{"sestriage_facts":1,"facts":{"logs":[{"source":{"path":7},"events":[]}]}}', "path is not what it must be"),
        ('{"sestriage_facts":1,"facts":{"logs":[{"events":[]}]}}', "lacks a field"),
        ('{"sestriage_facts":1,"facts":{"captures":[{"source":{"path":"x"},"packets":1e999}]}}', "not what it must be"),
        ('{"sestriage_facts":1,"facts":{"captures":[{"source":{"path":"x"},"packets":NaN}]}}', "no facts of a case"),
        (
            '{"sestriage_facts":1,"facts":{"captures":[{"source":{"path":"x"},"started":"2026-01-01T00:00:00"}]}}',
            "started is not what it must be",
        ),
        ('{"sestriage_facts":1,"facts":{"captures":[{"source":{"path":"x"},"packets":true}]}}', "not what it must be"),
    ],
)
def test_forged_facts_are_one_finding(run: Run, tmp_path: Path, facts: str, problem: str) -> None:
    result = run("triage", "--no-save", "-v", forged(tmp_path, facts))
    assert result.status == 3
    assert problem in " ".join(result.out.split())
    assert result.err == ""


def test_a_certificate_is_what_its_encoding_says(run: Run, tmp_path: Path) -> None:
    target = packed(run, tmp_path, str(SAMPLES / "pkix-root-missing"))
    with zipfile.ZipFile(target) as archive:
        document = json.loads(archive.read("facts.json"))
    certificate = document["facts"]["stores"][0]["entries"][0]["certificate"]
    assert set(certificate) == {"der", "source"}
