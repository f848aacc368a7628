"""`sestriage explain` as it is typed: text, Markdown, JSON, input that is none, the last triage."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cli.terminal import Run
from sestriage.cli.explain import MAX_BYTES
from sestriage.engine.explain.rule import rule_ids
from sestriage.report.markdown import escape
from support import ROOT, SAMPLES

PKIX = (
    "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath."
    "SunCertPathBuilderException: unable to find valid certification path to requested target"
)


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_text_has_the_sections_of_a_ticket(run: Run) -> None:
    result = run("explain", "dh-key-too-small")
    assert result.status == 0
    headings = [line for line in result.out.splitlines() if line.isupper() and not line.startswith(" ")]
    assert headings == [
        "WHAT IT MEANS",
        "WHY IT HAPPENS",
        "HOW TO BE SURE",
        "WHAT TO DO",
        "HOW TO VERIFY",
        "HOW TO UNDO",
        "REFERENCES",
    ]
    assert "\x1b" not in result.out
    assert "{" not in re.sub(r"\$\{SMTP_SERVER:\?[^}]*\}|\{\{.*?\}\}", "", result.out), "a placeholder was left"


@pytest.mark.parametrize("rule", rule_ids())
def test_no_prose_is_wider_than_76_columns(run: Run, rule: str) -> None:
    result = run("explain", rule)
    assert result.status == 0
    for line in result.out.splitlines():
        wide = len(line) > 76
        assert not wide or line.startswith("    ") or " " not in line.strip() or "`" in line, line


def test_an_excerpt_is_quoted_with_the_step_that_failed(run: Run) -> None:
    result = run("explain", "535 Authentication Credentials Invalid")
    assert "> 535 Authentication Credentials Invalid" in result.out
    assert "Failed step: login. Confidence: confirmed." in result.out
    assert "Worked before that" not in result.out  # a bare reply proves no step


def test_json(run: Run) -> None:
    document = json.loads(run("explain", PKIX, "--format", "json").out)
    best = document["matches"][0]
    assert (best["rule"], best["confidence"], best["quote"]) == ("pkix-path-not-found", "likely", PKIX)
    assert document["cleared"] == []  # nothing shows that the client was to mail


def test_json_of_a_text_that_is_of_mail(run: Run) -> None:
    text = f"javax.mail.MessagingException: Exception connecting to a host;\n  nested exception is:\n\t{PKIX}\n"
    document = json.loads(run("explain", "--format", "json", "-", stdin=text.encode()).out)
    assert document["matches"][0]["rule"] == "pkix-path-not-found"
    assert document["cleared"] == ["tcp"]  # neither the host nor the mode is in the text


def test_json_of_a_rule_by_its_name(run: Run) -> None:
    document = json.loads(run("explain", "--format=json", "DH-key-too-small").out)
    assert [(m["rule"], m["quote"]) for m in document["matches"]] == [("dh-key-too-small", None)]
    assert document["cleared"] == []


def test_markdown_says_what_the_text_says(run: Run) -> None:
    markdown = run("explain", "smtp-credentials-invalid", "--format", "markdown").out
    text = run("explain", "smtp-credentials-invalid").out
    assert markdown.startswith("# The server refuses the SMTP user name or password (535)")
    for heading in ("What it means", "Why it happens", "How to be sure", "What to do", "How to verify", "How to undo"):
        assert f"## {heading}\n" in markdown
        assert heading.upper() in text
    assert escape("Enter the former user name and password again.") in markdown


def test_standard_input_and_files(run: Run, tmp_path: Path) -> None:
    excerpt = tmp_path / "excerpt.txt"
    excerpt.write_text(f"\n{PKIX}\n", encoding="utf-8")
    by_file = json.loads(run("explain", str(excerpt), "--format", "json").out)
    assert by_file["matches"][0]["source"] == f"{excerpt}:2"
    by_pipe = json.loads(run("explain", "-", "--format", "json", stdin=excerpt.read_bytes()).out)
    assert by_pipe["matches"][0]["rule"] == "pkix-path-not-found"
    wide = json.loads(run("explain", "-", "--format", "json", stdin=PKIX.encode("utf-16")).out)
    assert wide["matches"][0]["rule"] == "pkix-path-not-found"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"x" * (MAX_BYTES + 1), "is longer than 1 MB"),
        (b"text\x00\x01", "is not text (byte 0x00 at offset 4)"),
        (b"  \n", "there is nothing to explain"),
        (b"", "there is nothing to explain"),
    ],
)
def test_input_that_is_none(run: Run, raw: bytes, sentence: str) -> None:
    result = run("explain", "-", stdin=raw)
    assert result.status == 2
    assert sentence in result.err
    assert result.out == ""


def test_fifty_megabytes_are_not_read(run: Run, tmp_path: Path) -> None:
    huge = tmp_path / "huge.log"
    with huge.open("wb") as stream:
        stream.truncate(50 << 20)
    result = run("explain", str(huge))
    assert result.status == 2
    assert "sestriage triage" in result.err


def test_a_misspelt_id_is_answered_in_one_line(run: Run) -> None:
    result = run("explain", "dh-key-to-small")
    assert result.status == 3
    assert result.out == "There is no rule `dh-key-to-small`; did you mean `dh-key-too-small`?\n"


def test_no_match(run: Run) -> None:
    result = run("explain", "the dh key seems to small")
    assert result.status == 3
    assert "CLOSEST RULES" in result.out
    assert "`sestriage explain dh-key-too-small`" in result.out
    assert "WHAT TO ATTACH TO A TAC CASE" in result.out


@pytest.mark.parametrize("arguments", [("explain",), ("explain", "--last", "535")])
def test_wrong_usage(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).status == 2


def test_hostile_text_stays_text(run: Run) -> None:
    text = "javax.mail.AuthenticationFailedException: 535 \x1b[31mred\x1b[0m\u202e <script>"
    result = run("explain", "-", stdin=text.encode())
    assert result.status == 0
    assert "\x1b" not in result.out
    assert "\u202e" not in result.out


def test_no_redact_shows_hosts_but_no_secret(run: Run) -> None:
    text = (
        "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: relay.corp.example, 587; password=Hx7"
        + ("q9Lm2;\n  nested exception is:\n\tjava.net.ConnectException: Connection refused")
    )
    hidden, shown = run("explain", text).out, run("explain", "--no-redact", text).out
    assert "relay.corp.example" not in hidden
    assert "relay.corp.example" in shown
    assert "Hx7q9Lm2" not in hidden + shown


# --- the short way -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["dh-key-too-small", "535 Authentication Credentials Invalid"])
def test_it_loads_little(what: str) -> None:
    heavy = (
        "rich",
        "scapy",
        "cryptography",
        "pyparsing",
        "sestriage.rules.language.grammar",
        "sestriage.model.capture",
    )
    code = (
        "import sys\n"
        f"sys.argv = ['sestriage', 'explain', {what!r}]\n"
        "from sestriage.cli.entry import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code == 0\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.stderr.strip() == "[]"


def test_completion_offers_rule_ids() -> None:
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "_SESTRIAGE_COMPLETE": "bash_complete",
        "COMP_WORDS": "sestriage explain dh-",
        "COMP_CWORD": "2",
    }
    code = "import sys; sys.argv = ['sestriage']; from sestriage.cli.entry import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert done.stdout.split() == ["plain,dh-key-too-small", "plain,dh-prime-too-large-for-client"]


# --- the last triage ---------------------------------------------------------------------------------------------


def test_the_last_triage_is_kept_redacted_and_private(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(
        "2026-11-20 09:12:44.310 ERROR 7 --- [a-1] c.x.EmailAction : Test Action failed via relay.corp.example:587\n"
        "com.sun.mail.smtp.SMTPSendFailedException: 554 Message rejected: Email address is not verified. The following"
        " identities failed the check in region US-EAST-1: soc@corp.example\n",
        encoding="utf-8",
    )
    assert run("triage", "--no-redact", str(log)).status == 1
    kept = tmp_path / "state" / "sestriage" / "last-triage.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert "corp.example" not in kept.read_text(encoding="utf-8")
    result = run("explain", "--last", "--format", "json")
    assert json.loads(result.out)["matches"][0]["rule"] == "identity-not-verified"
    assert "What the last triage found" in run("explain", "--last", "--format", "markdown").out
    assert list(kept.parent.iterdir()) == [kept]


def test_no_save_leaves_nothing(run: Run, tmp_path: Path) -> None:
    run("triage", "--no-save", str(SAMPLES / "dh-openssl"))
    assert not (tmp_path / "state").exists()
    result = run("explain", "--last")
    assert result.status == 2
    assert "there is none yet" in result.err


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 1}', '{"version": 9}', "\x00", '{"version": 1, "matches": 3}']
)
def test_a_damaged_last_triage_is_one_sentence(run: Run, tmp_path: Path, text: str) -> None:
    folder = tmp_path / "state" / "sestriage"
    folder.mkdir(parents=True)
    (folder / "last-triage.json").write_text(text, encoding="utf-8")
    result = run("explain", "--last")
    assert result.status == 2
    assert "the file is damaged" in result.err


def test_a_state_folder_that_cannot_be_written_fails_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    assert run("triage", str(SAMPLES / "dh-openssl")).status == 1


def test_a_file_that_is_not_there_is_said_not_to_be(run: Run) -> None:
    found = run("explain", "nowhere/sw-response-mgmt.log")
    assert found.status == 2
    assert "there is no file nowhere/sw-response-mgmt.log" in found.err


def test_a_misspelt_rule_id_gets_one_line(run: Run) -> None:
    found = run("explain", "dh-key-to-small")
    assert found.status == 3
    assert found.out.strip() == "There is no rule `dh-key-to-small`; did you mean `dh-key-too-small`?"


def test_a_search_lists_rules_and_says_that_they_are_only_close(run: Run) -> None:
    found = run("explain", "--search", "relaying denied")
    assert found.status == 0
    assert "only close" in found.out
    assert "explain relaying-denied" in found.out


def test_a_wrapper_says_what_it_means_and_asks_for_the_cause(run: Run) -> None:
    found = run("explain", "Could not convert socket to TLS")
    assert found.status == 3
    assert "STARTTLS was accepted" in found.out
    assert "Caused by" in found.out
