"""Against what JavaMail and logback really printed: the data folder here, and the lab's samples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from formats.log.helpers import DATA, SAMPLES, read
from sestriage.engine.reading.collect import Inputs, LogFile
from sestriage.engine.shown import relevant_events
from sestriage.formats.log import LogReader, looks_like_log
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef


def failures(name: str) -> list[LogEvent]:
    return [event for event in read((DATA / name).read_bytes()) if event.outcome == "failure"]


@pytest.mark.parametrize(
    ("name", "phase", "step", "root", "code"),
    [
        ("print-2602.log", Phase.MAIL, "mail", "SMTPSenderFailedException", 553),
        ("rex-1.log", Phase.TCP, "connect", "ConnectException", None),
        ("xex-2601.log", Phase.AUTH, "auth", "AuthenticationFailedException", 535),
        ("notime-2601.log", Phase.AUTH, "auth", "AuthenticationFailedException", 535),
        ("short-2603.log", Phase.RCPT, "rcpt", "SMTPAddressFailedException", 553),
        ("nopex-2603.log", Phase.RCPT, None, "SMTPAddressFailedException", 553),
        ("ex-2607.log", Phase.DATA, "data", "SocketException", None),
    ],
)
def test_one_failure_however_it_is_printed(
    name: str, phase: Phase, step: str | None, root: str, code: int | None
) -> None:
    found = failures(name)
    assert [event.phase for event in found] == [phase]
    event = found[0]
    assert (event.smtp_step, event.root_exception, event.reply_code, event.mail) == (step, root, code, True)


def test_outermost_comes_first_even_when_the_root_is_printed_first() -> None:
    assert failures("rex-1.log")[0].exceptions == ("MailConnectException", "ConnectException")
    assert [t.relation for t in failures("rex-1.log")[0].throwables] == ["outer", "wrapped-by"]


def test_nested_text_and_caused_by_are_one_chain() -> None:
    event = failures("print-2602.log")[0]
    assert event.exceptions == ("SMTPSendFailedException", "SMTPSenderFailedException")
    assert event.root_message == "553 <x> Invalid email address"


def test_trace_of_a_delivery_confirms_it() -> None:
    events = read((DATA / "debug-2610.log").read_bytes())
    assert [event.outcome for event in events] == ["start", "start", "success", "success"]
    accepted = events[2]
    assert accepted.success_grade == "confirmed"
    assert accepted.message_id == "0100018106685484-da415df0-02c4-412d-9382-1365360b5e47-000000"
    assert (accepted.host, accepted.port, accepted.phase) == ("127.0.0.1", 2610, Phase.ACCEPTED)
    assert events[3].success_grade == "likely"


def test_reset_after_a_refusal_is_no_acceptance() -> None:
    events = read((DATA / "debug-2604.log").read_bytes())
    assert "success" not in {event.outcome for event in events}
    assert {event.phase for event in events if event.outcome == "failure"} == {Phase.DATA}


def test_a_lost_close_does_not_claim_that_the_mail_was_accepted() -> None:
    last = failures("debug-2605.log")[-1]
    assert (last.smtp_step, last.phase) == ("quit", None)
    assert Phase.MAIL in last.phases


@pytest.mark.parametrize("name", ["debug-2604.log", "debug-2605.log", "debug-2610.log"])
def test_credentials_and_the_mail_stay_out(name: str) -> None:
    data = (DATA / name).read_bytes()
    assert b"c2VjcmV0c2VjcmV0c2VjcmV0" in data
    for event in read(data):
        shown = event.text + event.quote + event.message
        assert "c2VjcmV0" not in shown
        assert "QUtJQUlPU0" not in shown
        assert "Delivery failed: 535 x" not in shown


PHASES = {
    path.name: json.loads((path / "expected.json").read_text("utf-8"))
    for path in sorted(SAMPLES.iterdir())
    if (path / "expected.json").is_file() and (path / "sw-response-mgmt.log").is_file()
}


STEP_IN_THE_LOG = {"no-login": "mail"}
"""Where the server refused; what failed is the login that was left out."""


@pytest.mark.parametrize("case", sorted(PHASES))
def test_last_outcome_of_each_sample(case: str) -> None:
    data = (SAMPLES / case / "sw-response-mgmt.log").read_bytes()
    assert looks_like_log(data[:65536])
    source = SourceRef("sw-response-mgmt.log")
    events = tuple(LogReader(source).events([data]))
    (log,) = relevant_events(Inputs(logs=[LogFile(source, events)]))
    decided = [event for event in log.events if event.outcome in ("success", "failure")]
    expected = PHASES[case]["log"]
    if expected["outcome"] == "undetermined":
        return
    assert decided, "the log says how the attempt ended"
    assert {"accepted": "success", "failed": "failure"}[expected["outcome"]] == decided[-1].outcome
    if expected["outcome"] == "failed" and expected["phase"] and decided[-1].phase is not None:
        assert decided[-1].phase.value == STEP_IN_THE_LOG.get(case, expected["phase"])


def test_services_that_are_not_mail_are_not_blamed(tmp_path: Path) -> None:
    slic = (
        "2026-11-23 22:48:00,407 ERROR [SlicFeedGetter] Getting Threat Feed update failed with exception.\n"
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: "
        "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path\n"
        "\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)\n"
    )
    events = read(slic.encode())
    assert [(event.outcome, event.mail) for event in events] == [("other", False)]
