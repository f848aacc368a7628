"""The settings report, and settings held against an attempt."""

from __future__ import annotations

from sestriage.engine.settings import check_settings, settings_contradictions, settings_facts
from sestriage.formats.smtp_settings import parse_settings
from sestriage.model.capture import Endpoint, Stream, TcpConnection
from sestriage.model.config import SmtpSettings
from sestriage.model.log import LogEvent, SmtpReply
from sestriage.model.source import SourceRef
from sestriage.model.verdict import Attempt
from sestriage.rules import load_rules

FILE = SourceRef("smtp.toml")


def settings(text: str) -> SmtpSettings:
    return parse_settings(text, FILE)


def test_a_finding_cites_the_values_and_their_lines() -> None:
    report = check_settings(settings('[smtp]\nport = 465\nencryption = "starttls"\n'), load_rules())
    (finding,) = report.findings
    assert finding.rule == "settings-starttls-on-smtps-port"
    assert {(e.source.line, e.quote) for e in finding.evidence} == {(2, "PORT: 465"), (3, "ENCRYPTION TYPE: STARTTLS")}
    assert report.failed


def test_errors_come_before_warnings() -> None:
    report = check_settings(
        settings('port = 25\nsender = "x"\nserver = "email-smtp.us-east-1.amazonaws.com"'), load_rules()
    )
    assert [finding.severity for finding in report.findings] == ["error", "warning"]


def test_warnings_alone_do_not_fail() -> None:
    report = check_settings(settings('server = "mail.example.com"'), load_rules())
    assert [finding.severity for finding in report.findings] == ["warning"]
    assert not report.failed


def test_what_was_not_given_is_named() -> None:
    report = check_settings(settings("port = 587"), load_rules())
    assert report.missing == (
        *("server", "encryption", "sender", "user", "password", "recipients", "verified_domains", "sandbox"),
    )


def test_facts_for_a_triage() -> None:
    both = settings_facts([settings('server = "x.example"\nto = "a@example.com"')])
    assert set(both) == {"config.smtp", "config.action"}
    assert set(settings_facts([settings('server = "x.example"')])) == {"config.smtp"}
    assert settings_facts([]) == {}


def event(**values: object) -> LogEvent:
    return LogEvent(
        **{  # type: ignore[arg-type]
            "source": SourceRef("sw-response-mgmt.log", line=7),
            **dict.fromkeys(("time", "level", "logger", "thread")),
            "message": "m",
            "throwables": (),
            "text": "m",
            "quote": "q",
            **values,
        }
    )


def attempt(*events: LogEvent, streams: tuple[Stream, ...] = ()) -> Attempt:
    return Attempt(None, None, events=events, streams=streams)


EAST = settings('server = "email-smtp.us-east-1.amazonaws.com"\nport = 587')


def test_another_server_in_the_log() -> None:
    (found,) = settings_contradictions([EAST], attempt(event(host="email-smtp.eu-west-1.amazonaws.com", port=587)))
    assert "the log email-smtp.eu-west-1.amazonaws.com" in found.text
    assert [evidence.source.file for evidence in found.evidence] == ["smtp.toml", "sw-response-mgmt.log"]


def test_the_region_of_the_554() -> None:
    refused = event(region="eu-west-1", reply=SmtpReply(554, "Message rejected: Email address is not verified."))
    (found,) = settings_contradictions([EAST], attempt(refused))
    assert "the refusal came from eu-west-1" in found.text
    same = event(region="us-east-1", reply=SmtpReply(554, "Message rejected"))
    assert settings_contradictions([EAST], attempt(same)) == ()


def test_another_port_in_log_or_capture() -> None:
    assert settings_contradictions([EAST], attempt(event(port=465)))
    stream = Stream(SourceRef("a.pcap"), Endpoint("10.0.0.1", 40000), Endpoint("54.240.8.30", 465), TcpConnection())
    assert settings_contradictions([EAST], attempt(streams=(stream,)))


def test_what_agrees_is_no_contradiction() -> None:
    assert settings_contradictions([EAST], attempt(event(host="EMAIL-SMTP.us-east-1.amazonaws.com", port=587))) == ()
    assert settings_contradictions([EAST], attempt(event())) == ()
    assert settings_contradictions([settings("sandbox = true")], attempt(event(host="x", port=1))) == ()
