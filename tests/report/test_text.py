"""The report on a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sestriage.model.capture import Capture, Endpoint, Stream, TcpConnection
from sestriage.model.command import literal
from sestriage.model.phase import Phase
from sestriage.model.source import InputDigest, SourceRef
from sestriage.model.verdict import Attempt, Confidence, NothingToJudge, Outcome, Report, Verdict
from sestriage.report import text
from sestriage.report.ticket import case_lines
from sestriage.report.verdict import BRIEF_ROWS, MAX_ATTEMPT_ROWS

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
COMMAND = (
    "    openssl s_client -connect email-smtp.us-east-1.amazonaws.com:587 -starttls smtp "
    "-servername email-smtp.us-east-1.amazonaws.com -showcerts -verify_return_error </dev/null 2>&1 | tee chain.txt"
)


def plain(report: Report, width: int = 80, *, verbose: bool = False) -> str:
    return text.render(report, color=False, width=width, ascii_only=True, verbose=verbose)


@pytest.mark.parametrize("verbose", [False, True])
def test_verdict_cause_steps_evidence_and_the_verdict_once_more(report: Report, verbose: bool) -> None:
    out = plain(report, verbose=verbose)
    verdict = "FAILED (confirmed): The Manager's trust store lacks the CA"
    assert out.startswith(verdict)
    marks = ["Proven to work: DNS, TCP connection, greeting, STARTTLS", "Cause: Java found no path", "What to do"]
    marks += ["Check: Run Test Action again.", "sw-response-mgmt.log:42", "test-action.pcap, frame 12", "Also found"]
    marks += ["Attempts"]
    places = [out.index(mark) for mark in marks]
    assert places == sorted(places)
    end = out[out.rindex(verdict) :]
    assert end.count("\n") == end.rstrip("\n").count("\n") + 1 == 2, "nothing stands behind it"


def test_the_brief_report_has_the_first_step_whole_and_a_line_for_each_other(report: Report) -> None:
    primary = report.verdict.primary
    assert primary is not None
    second = replace(primary.fixes[0], text="Then do this. And this, too.", command=literal("echo second"))
    steps = (primary.fixes[0], second)
    two = replace(report, verdict=replace(report.verdict, primary=replace(primary, fixes=steps)))
    brief, whole = plain(two), text.render(two, width=80, all_fixes=True)
    assert "\n2. Then do this.\n" in brief
    assert "echo second" not in brief
    assert "\n2. Then do this. And this, too.\n" in whole
    assert "    echo second\n" in whole


def test_a_command_is_labelled_by_what_it_does(report: Report) -> None:
    primary = report.verdict.primary
    assert primary is not None
    for risk, label in (
        ("reads only", "Test, reads only:"),
        ("edits a file", "Command (edits a file):"),
        ("none", "Command:"),
    ):
        step = replace(primary.fixes[0], risk=risk)
        shown = plain(replace(report, verdict=replace(report.verdict, primary=replace(primary, fixes=(step,)))))
        assert f"   {label}\n{COMMAND}\n" in shown
        assert ("Risk:" in shown) is (risk == "none")


def test_without_a_failure_no_heading_says_what_to_do(report: Report) -> None:
    for outcome in (Outcome.ACCEPTED, Outcome.UNDETERMINED):
        out = plain(replace(report, verdict=replace(report.verdict, outcome=outcome, primary=None)))
        assert "What to do" not in out
        assert "If you want to follow up what else was found\n1. Nothing to do now." in out


def test_what_is_wrong_with_the_input_stands_on_top(report: Report) -> None:
    note = "x.log could not be read."
    verdict = replace(report.verdict, notes=(note, "Another note."), on_top=(note,))
    out = plain(replace(report, verdict=verdict))
    assert out.index(f"Input: {note}") < out.index("What to do") < out.index("Note: Another note.")
    assert out.count(note) == 1


@pytest.mark.parametrize("nothing", ["empty", "unknown-files", "window"])
def test_nothing_to_judge_is_said_as_such(nothing: NothingToJudge) -> None:
    out = plain(Report(Verdict(Outcome.UNDETERMINED, None), nothing=nothing))
    assert out.startswith("Nothing to judge: ")
    assert "UNDETERMINED" not in out


def test_the_foot_names_version_rules_time_and_files(report: Report) -> None:
    made = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    files = (
        InputDigest(SourceRef("dir/a.log"), 3 << 20, made, "ab" * 32),
        InputDigest(SourceRef("b.pcap"), 5 << 30, made, "cd" * 32, sampled=True),
        InputDigest(SourceRef("-")),
    )
    whole = replace(report, analysed=made, rules_digest="0123456789ab", read=files)
    brief, verbose = plain(whole, 200), plain(whole, 200, verbose=True)
    assert "    Made by: sestriage 0.1.0, rules 0123456789ab, analysed 2026-11-24 04:00:00Z\n" in brief
    assert "sestriage: 0.1.0, rules 0123456789ab, analysed 2026-11-24 04:00:00Z\n" in verbose
    assert (
        f"a.log (3.0 MiB, {'ab' * 8}...); b.pcap (5.0 GiB, 2026-11-24 04:00:00Z, sampled {'cd' * 8}...); -"
        in " ".join(brief.split())
    )
    assert f"- dir/a.log (3.0 MiB, SHA-256 {'ab' * 32})\n" in verbose
    assert f"sampled: SHA-256 of first and last MiB {'cd' * 32}" in " ".join(verbose.split())


@pytest.mark.parametrize("width", [1, 40, 80, 200])
def test_commands_stay_on_one_line_at_any_width(report: Report, width: int) -> None:
    assert plain(report, width, verbose=True).splitlines().count(COMMAND) == 2  # the fix and the need
    assert plain(report, width).splitlines().count(COMMAND) == 1


def test_only_commands_and_what_is_copied_whole_exceed_the_width(report: Report) -> None:
    long = {line for line in plain(report).splitlines() if len(line) > 80}
    assert COMMAND in long
    assert {line.strip() for line in long - {COMMAND}} <= set(case_lines(report))


def test_here_document_stands_at_the_left_edge(report: Report) -> None:
    primary = report.verdict.primary
    assert primary is not None
    step = replace(primary.fixes[0], command=literal("cat >x <<'END'\n  body  two\nEND"))
    out = plain(replace(report, verdict=replace(report.verdict, primary=replace(primary, fixes=(step,)))))
    assert "\ncat >x <<'END'\n  body  two\nEND\n" in out


def test_comparison_table(report: Report) -> None:
    rows = [line.split("  ") for line in plain(report, 120, verbose=True).splitlines() if "2222222222222222" in line]
    cells = [cell.strip() for cell in rows[0] if cell.strip()]
    assert cells == ["Amazon RSA 2048 M01", "2222222222222222", "2027-01-02", "NO: same name, other key"]


def test_problem_inputs_only_unless_verbose(report: Report) -> None:
    assert "x.bin (other): neither log nor capture" in plain(report)
    assert ".log (log): used" not in plain(report)
    assert ".log (log): used" in plain(report, verbose=True)


def test_equal_attempts_share_a_row(report: Report) -> None:
    start = datetime(2026, 1, 1, 10, 0, tzinfo=UTC)
    attempts = tuple(Attempt(start + timedelta(minutes=i), None, outcome=Outcome.ACCEPTED) for i in range(3))
    failed = Attempt(start, start, outcome=Outcome.FAILED, phase=Phase.AUTH)
    out = plain(replace(report, attempts=(*attempts, failed)))
    assert re.search(r"2026-01-01 10:00:00Z +10:02:00Z +3 +accepted\n", out)
    assert re.search(r"2026-01-01 10:00:00Z +1 +failed: login\n", out)


def test_long_history_is_cut_and_says_so(report: Report) -> None:
    kinds = (Outcome.FAILED, Outcome.ACCEPTED)
    many = tuple(Attempt(None, None, outcome=kinds[i % 2]) for i in range(MAX_ATTEMPT_ROWS + 7))
    assert "7 earlier rows are left out." in plain(replace(report, attempts=many), verbose=True)
    assert f"{7 + MAX_ATTEMPT_ROWS - BRIEF_ROWS} earlier rows are left out." in plain(replace(report, attempts=many))


@pytest.mark.parametrize(
    ("outcome", "confidence", "start"),
    [
        (Outcome.ACCEPTED, Confidence.LIKELY, "ACCEPTED (likely): "),
        (Outcome.UNDETERMINED, None, "UNDETERMINED: "),
        (Outcome.FAILED, None, "FAILED: no cause found"),
    ],
)
def test_reports_without_primary(outcome: Outcome, confidence: Confidence | None, start: str) -> None:
    assert plain(Report(Verdict(outcome, confidence))).startswith(start)


def test_ladder(report: Report) -> None:
    out = plain(report, 100, verbose=True)
    assert "03:31:33.267   #7  ->  STARTTLS\n" in out
    assert "#10  <-  ServerHello, TLSv1.2, TLS_DHE_RSA_WITH_AES_128_GCM_SHA256\n" in out
    assert "#12  ->  Alert fatal: certificate_unknown (46) <== !\n" in out
    assert out.count("Alert") == 1, "the alert is one rung, not two"
    assert "client closed the connection\n" in out
    assert "STARTTLS\n" not in plain(report, 100).partition("Attempts")[2]


@pytest.mark.parametrize(
    ("tcp", "line"),
    [
        (TcpConnection(refused=True, reset_by="server"), "connection refused (RST to the SYN)"),
        (TcpConnection(unanswered=True, syn_count=4), "no answer to 4 SYN"),
        (TcpConnection(icmp="host-unreachable"), "ICMP error: host-unreachable"),
        (
            TcpConnection(reset_by="server", reset_after="client:ClientHello"),
            "server reset the connection, after the ClientHello of the client",
        ),
        (TcpConnection(waiting_for="server", silent_since=10.04), "silence for 10.0 s, it was the turn of the server"),
        (TcpConnection(missing_bytes=7), "7 bytes are missing in the capture"),
    ],
)
def test_endings(tcp: TcpConnection, line: str) -> None:
    source = SourceRef("c.pcap", frame=1)
    stream = Stream(source, Endpoint("10.0.0.1", 5), Endpoint("10.0.0.2", 25), tcp)
    report = Report(Verdict(Outcome.UNDETERMINED, None), captures=(Capture(source, (stream,)),))
    assert line in plain(report, verbose=True)


def test_colour_only_on_demand(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    bare = plain(report, verbose=True)
    coloured = text.render(report, color=True, width=80, ascii_only=True, verbose=True)
    assert "\x1b" not in bare
    assert "\x1b[1;31mFAILED" in coloured
    assert [line.rstrip() for line in ESCAPES.sub("", coloured).splitlines()] == bare.splitlines()


@settings(max_examples=60, deadline=None)
@example("\x1b]0;title\x07\x1b[2J \u202egnp.exe\u202c \x9b31m")
@example("[bold red]x[/bold red] :warning: [link=file:///etc]y[/link]")
@example("`unclosed\r\nFAILED\u2028x")
@given(st.text(max_size=80))
def test_hostile_text_is_harmless(make_quote_report: Callable[[str], Report], hostile: str) -> None:
    report = make_quote_report(hostile)
    for ascii_only in (True, False):
        out = text.render(report, color=False, width=80, ascii_only=ascii_only, verbose=True)
        assert all(c == "\n" or c.isprintable() for c in out)
    coloured = text.render(report, color=True, width=80, ascii_only=True)
    assert all(c == "\n" or c.isprintable() for c in ESCAPES.sub("", coloured))


def test_evidence_is_no_markup(make_quote_report: Callable[[str], Report]) -> None:
    assert "[bold]x[/bold] :warning:" in plain(make_quote_report("[bold]x[/bold] :warning:"))


def test_ascii_output_of_our_words_and_the_evidence(make_quote_report: Callable[[str], Report]) -> None:
    out = text.render(make_quote_report("Schlüssel – “zu klein”…"), color=False, width=80, ascii_only=True)
    quoted = [line for line in out.splitlines() if line.startswith("    Schl\\xfc")]
    assert 'Schl\\xfcssel - "zu klein"...' in quoted[0]
    assert "    echo 'Schlüssel – “zu klein”…'" in out.splitlines(), "a command stays exact"
