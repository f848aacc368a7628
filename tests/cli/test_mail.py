"""`sestriage mail`: files and standard input, text and JSON, exit statuses, redaction."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.terminal import Run
from support import SAMPLES

FOLDER = SAMPLES / "mail"
STATUS = {
    "us-east-1-gmail": 0,
    "us-west-2-own-dkim-missing": 0,
    "eu-central-1-postfix": 0,
    "eu-west-1-exchange-online": 0,
    "not-through-ses": 1,
    "copied-ses-headers": 3,
    "pasted-part": 3,
}


def test_every_sample_has_its_status() -> None:
    assert {path.stem for path in FOLDER.glob("*.eml")} == set(STATUS)


@pytest.mark.parametrize(("name", "status"), STATUS.items())
def test_status(run: Run, name: str, status: int) -> None:
    path = str(FOLDER / f"{name}.eml")
    text, document = run("mail", path), run("mail", path, "--format", "json")
    assert (text.status, document.status) == (status, status)
    verdict = json.loads(document.out)["verdict"]
    assert verdict["through_ses"] == {0: "yes", 1: "no", 3: "unproven"}[status]
    assert text.err == document.err == ""


def test_the_json_document(run: Run) -> None:
    result = run("mail", str(FOLDER / "us-west-2-own-dkim-missing.eml"), "--format", "json", "--no-redact")
    document = json.loads(result.out)
    assert document["schema_version"] == 1
    assert document["region"] == "us-west-2"
    assert document["derived"]["accepted_at"] == "2026-06-03T08:01:30.112000Z"
    assert document["verdict"]["confidence"] == "confirmed"
    assert {evidence["weight"] for evidence in document["verdict"]["evidence"]} == {"strong", "weak"}
    assert all(evidence["line"] for evidence in document["verdict"]["evidence"])
    message = document["message"]
    assert message["received_hop"]["ses_name"] == "a27-201.smtp-out.us-west-2.amazonses.com"
    assert (message["own_dkim"], message["ses_dkim"], message["spf"], message["dmarc"]) == (
        "none",
        "pass",
        "pass",
        None,  # no receiver can find the sender aligned, and one that finds no policy may say nothing
    )
    assert message["from"] == "alarms@example.com"
    assert message["arc"][0]["sealed_by"] == "google.com"
    assert [finding["rule"] for finding in document["findings"]] == ["delivered-without-easy-dkim"]
    assert result.out.isascii()


@pytest.mark.parametrize("form", ["text", "json"])
def test_redacted_unless_asked(run: Run, form: str) -> None:
    path = str(FOLDER / "not-through-ses.eml")
    redacted = run("mail", path, "--format", form).out
    for private in ("example.com", "example.net", "203.0.113.25", "10.1.2.3", "alarms@"):
        assert private not in redacted
    assert "mx.google.com" in redacted
    assert "relay.example.com" in run("mail", path, "--format", form, "--no-redact").out


def test_headers_on_standard_input(run: Run) -> None:
    result = run("mail", "-", stdin=b"\n\n" + (FOLDER / "us-east-1-gmail.eml").read_bytes())
    assert result.status == 0
    assert result.out.startswith("THROUGH SES (confirmed): the mail was delivered by Amazon SES, us-east-1")


def test_compared_with_the_settings(run: Run) -> None:
    settings = str(SAMPLES / "settings" / "smtp.toml")
    fitting = run("mail", str(FOLDER / "us-east-1-gmail.eml"), "--settings", settings, "--format", "json")
    assert json.loads(fitting.out)["verdict"]["contradictions"] == []
    other = run("mail", str(FOLDER / "eu-central-1-postfix.eml"), "--settings", settings, "--format", "json")
    document = json.loads(other.out)
    assert "another system" in document["verdict"]["contradictions"][0]["text"]
    assert [finding["rule"] for finding in document["findings"]] == ["delivered-from-other-region"]
    option = run("mail", str(FOLDER / "us-east-1-gmail.eml"), "--verified-domain", "example.org", "--format", "json")
    assert "verified identities" in json.loads(option.out)["verdict"]["contradictions"][0]["text"]


@pytest.mark.parametrize("data", [b"", b"\n\n\n", b"no headers here\n", bytes(range(256)) * 50])
def test_what_is_no_mail(run: Run, tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x.eml"
    file.write_bytes(data)
    result = run("mail", str(file))
    assert (result.status, result.out) == (2, "")
    assert "no mail headers" in result.err


def test_a_missing_file(run: Run) -> None:
    result = run("mail", "/does/not/exist.eml")
    assert result.status == 2
    assert "cannot read" in result.err


def test_escapes_stay_harmless(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.eml"
    data = (FOLDER / "us-east-1-gmail.eml").read_bytes()
    data = data.replace(b"From: alarms@example.com", b"From: \x1b[2J\xe2\x80\xae <alarms@example.com>")
    file.write_bytes(data.replace(b"s=224i4", b"s=\x1b]0;x\x07224i4"))
    for form in ("text", "json"):
        out = run("mail", str(file), "--format", form, "--no-redact").out
        assert "\x1b" not in out
        assert "\x07" not in out


def test_a_mail_of_a_hundred_megabytes(run: Run, tmp_path: Path) -> None:
    """The body is not read: it costs no memory."""
    import tracemalloc

    file = tmp_path / "big.eml"
    with file.open("wb") as stream:
        stream.write((FOLDER / "us-east-1-gmail.eml").read_bytes())
        stream.seek(100 << 20)  # a hole, no space on the disk
        stream.write(b"x")
    run("mail", str(FOLDER / "us-east-1-gmail.eml"))  # everything imported
    tracemalloc.start()
    assert run("mail", str(file)).status == 0
    assert tracemalloc.get_traced_memory()[1] < 50 << 20
    tracemalloc.stop()
