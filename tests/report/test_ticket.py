"""The lines for a ticket, and the five for a chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sestriage.model.verdict import Outcome, Report, Verdict
from sestriage.report import ticket


def test_the_block_has_what_a_ticket_needs(report: Report) -> None:
    lines = ticket.render(report).splitlines()
    names = [line.partition(": ")[0] for line in lines]
    assert names[:6] == ["Outcome", "Cause", "Attempt", "Evidence", "Next step", "Missing"]
    assert 5 <= len(lines) <= 8
    assert lines[0] == "Outcome: FAILED (confirmed)"
    assert "Step that failed: server certificate, Rule: ca-missing-from-trust-store" in lines[1]
    assert "sw-response-mgmt.log:42: Caused by:" in lines[3]
    assert lines[4].startswith("Next step: Import Amazon Root CA 1 into the Manager's trust store.")
    assert lines[4].endswith("| tee chain.txt"), "a command that fits stands there unchanged"


def test_hostile_text_stays_on_its_line_and_is_cut(make_quote_report: Callable[[str], Report]) -> None:
    lines = ticket.render(make_quote_report("x\x1b[2J\nFAILED: " + "y " * 500)).splitlines()
    assert 5 <= len(lines) <= 8
    assert all(line.isprintable() and len(line) <= ticket.MAX_LINE + 40 for line in lines)
    assert lines[3].endswith(" ...")


def test_five_lines_for_a_chat(report: Report) -> None:
    accepted = Report(Verdict(Outcome.ACCEPTED, None), version="0.1.0")
    for case in (report, accepted, replace(report, language="de")):
        assert len(ticket.render_brief(case).splitlines()) == 5
    assert ticket.render_brief(report).startswith("FAILED (confirmed): The Manager's trust store lacks")


def test_an_accepted_mail_has_no_next_step(report: Report) -> None:
    verdict = replace(report.verdict, outcome=Outcome.ACCEPTED, primary=None)
    assert ticket.case_block(replace(report, verdict=verdict)).next_step == ""
