"""The lines for a ticket, and the five for a chat."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace

from sestriage.model.command import literal
from sestriage.model.source import InputDigest, InputNote, SourceRef
from sestriage.model.verdict import Need, Outcome, Report, Verdict
from sestriage.report import markdown, text, ticket
from sestriage.report.html import page


def test_the_block_has_what_a_ticket_needs(report: Report) -> None:
    lines = ticket.render(report).splitlines()
    names = [line.partition(": ")[0] for line in lines]
    assert names[:5] == ["Outcome", "Attempt", "Evidence", "Next step", "Missing"]
    assert 5 <= len(lines) <= 8
    assert lines[0].startswith("Outcome: FAILED (confirmed): The Manager's trust store lacks")
    assert lines[0].endswith("(Step that failed: server certificate, Rule: ca-missing-from-trust-store)")
    assert "sw-response-mgmt.log:42: Caused by:" in lines[2]
    assert lines[3].startswith("Next step: Import Amazon Root CA 1 into the Manager's trust store.")
    assert lines[3].endswith("| tee chain.txt"), "a command that fits stands there unchanged"


def test_hostile_text_stays_on_its_line_and_is_cut(make_quote_report: Callable[[str], Report]) -> None:
    lines = ticket.render(make_quote_report("x\x1b[2J\nFAILED: " + "y " * 500)).splitlines()
    assert 5 <= len(lines) <= 8
    assert all(line.isprintable() and len(line) <= ticket.MAX_LINE + 40 for line in lines)
    assert lines[2].endswith(" ...")


def test_five_lines_for_a_chat(report: Report) -> None:
    accepted = Report(Verdict(Outcome.ACCEPTED, None), version="0.1.0")
    for case in (report, accepted, replace(report, language="de")):
        assert len(ticket.render_brief(case).splitlines()) == 5
    assert ticket.render_brief(report).startswith("FAILED (confirmed): The Manager's trust store lacks")


def test_every_form_has_the_block(report: Report) -> None:
    lines = ticket.case_lines(report)
    for verbose in (False, True):
        drawn = text.render(report, width=80, ascii_only=False, verbose=verbose).splitlines()
        start = drawn.index("For the ticket") + 1
        assert drawn[start : start + len(lines)] == [f"    {line}" for line in lines]
    assert "\n".join(lines) in markdown.render(report)
    assert "\n".join(lines) in html.unescape(page.render(report))


def test_a_file_of_no_known_kind_is_marked_among_the_files(report: Report) -> None:
    files = ("a.log", "notes.txt", "c.pcap")
    digests = tuple(InputDigest(SourceRef(name), 2048, None, "ab" * 32) for name in files)
    idle = InputNote(SourceRef("notes.txt"), "other", "no line of this text tells of a mail", used=False)
    broken = InputNote(SourceRef("c.pcap"), "capture", "cut short", used=False)
    shown = replace(report, read=digests, inputs=(idle, broken))
    assert ticket.beside_the_point(shown) == (idle,)
    drawn = text.render(shown, width=80)
    assert f"notes.txt (2.0 KiB, not used, {'ab' * 8}...); c.pcap (2.0 KiB, {'ab' * 8}...)" in drawn
    assert "no line of this text" not in drawn
    assert "- c.pcap (capture): cut short" in drawn
    assert "no line of this text" in text.render(shown, width=80, verbose=True)
    undecided = replace(shown, verdict=Verdict(Outcome.UNDETERMINED, None))
    assert "no line of this text" in text.render(undecided, width=80), "it may be the file that was meant to decide"


def test_without_a_verdict_the_next_step_collects_what_is_missing() -> None:
    need = Need("the log", "it names the cause", literal("cat x.log"))
    nothing = Report(Verdict(Outcome.UNDETERMINED, None, needs=(need,)), version="0.1.0")
    lines = ticket.case_lines(nothing)
    assert 5 <= len(lines) <= 8
    assert lines[1:4] == ["Attempt: -", "Next step: Collect what is missing. Command: cat x.log", "Missing: the log"]
    assert ticket.case_block(nothing).next_step == "", "in JSON the key is about a fix"
    german = ticket.case_lines(replace(nothing, language="de"))
    assert german[2] == "Nächster Schritt: Das Fehlende beschaffen. Befehl: cat x.log"


def test_an_accepted_mail_has_no_next_step(report: Report) -> None:
    verdict = replace(report.verdict, outcome=Outcome.ACCEPTED, primary=None)
    assert ticket.case_block(replace(report, verdict=verdict)).next_step == ""
