"""One failed mail inside every form in which logs are shipped, exported and printed: the same event as without."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from formats.log.helpers import read
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase

SAID = "Unable to send email"
TRACE = (
    "javax.mail.MessagingException: Could not convert socket to TLS;",
    "  nested exception is:",
    "\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath."
    "SunCertPathBuilderException: unable to find valid certification path to requested target",
    "\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2064)",
    "\tat javax.mail.Service.connect(Service.java:366)",
)
LOG = (f"2026-11-24 03:31:33.244 ERROR [m] c.h.M - {SAID}", *TRACE)
CHAIN = ("MessagingException", "SSLHandshakeException", "SunCertPathBuilderException")


def before(prefix: str, lines: Sequence[str] = LOG) -> list[str]:
    return [prefix + line for line in lines]


def export() -> list[str]:
    """`journalctl -o export`: a field a line, a blank line behind each record."""
    lines: list[str] = []
    for text in LOG:
        lines += ["__CURSOR=s=7", "__REALTIME_TIMESTAMP=1795491093569123", "PRIORITY=6", f"MESSAGE={text}", ""]
    return lines


def xml() -> list[str]:
    """`java.util.logging.XMLFormatter`."""
    head = ["<record>", "  <date>2026-11-24T03:31:33.244Z</date>", "  <millis>1795491093244</millis>"]
    head += ["  <logger>com.harbor.Mailer</logger>", "  <level>SEVERE</level>", "  <class>com.harbor.Mailer</class>"]
    head += ["  <thread>14</thread>", f"  <message>{SAID}</message>", "  <exception>"]
    trace = [f"    <message>{TRACE[0]}", *TRACE[1:3], "</message>", "    <frame>"]
    trace += ["      <class>com.sun.mail.smtp.SMTPTransport</class>", "      <method>startTLS</method>", "    </frame>"]
    return ['<?xml version="1.0" encoding="UTF-8"?>', "<log>", *head, *trace, "  </exception>", "</record>"]


def kibana() -> list[str]:
    source = {"@timestamp": "2026-11-24T03:31:33.244Z", "message": "\n".join(LOG)}
    return [json.dumps({"_index": "logs", "_id": "1", "_source": source})]


def splunk_json() -> list[str]:
    return [json.dumps({"preview": False, "result": {"_time": "2026-11-24T03:31:33.244+0000", "_raw": "\n".join(LOG)}})]


def splunk_csv() -> list[str]:
    last = f'{LOG[-1]}","2026-11-24T03:31:33.244+0000",smc'
    return ['"_raw","_time",host', f'"{LOG[0]}', *LOG[1:-1], last]


def unended_json() -> list[str]:
    """A collector that drops the line feed at the end of `log`."""
    return [json.dumps({"log": line, "stream": "stdout", "time": "2026-11-24T03:31:33.244Z"}) for line in LOG]


def flagged_json() -> list[str]:
    """Fluent Bit's CRI parser: the flag stands beside the text."""
    record = {"stream": "stdout", "time": "2026-11-24T03:31:33.244Z", "_p": "F"}
    return [json.dumps({**record, "log": line}) for line in LOG]


def jul(date: str, level: str) -> list[str]:
    return [f"{date} com.harbor.Mailer send", f"{level}: {SAID}", *TRACE]


FLUENTD = "2026-11-24T03:31:33+00:00\tkubernetes.var.log.containers.rm_default_app-1.log\t"
WEBLOGIC = (
    "####<Nov 24, 2026 3:31:33,244 AM CET> <Error> <Mail> <smc> <srv> <[ACTIVE] ExecuteThread: '0' for queue:"
    " 'weblogic.kernel.Default (self-tuning)'> <<WLS Kernel>> <> <> <1795491093569> <BEA-000000> <"
)


def records(key: str, **more: str) -> list[str]:
    """A collector that makes a record of each line."""
    return [json.dumps({**more, key: line}) for line in LOG]


def fluent_bit() -> list[str]:
    """The output `stdout` of fluent-bit 2 and later, with the metadata of a record; Ruby's quoting."""
    lines = [line.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") for line in LOG]
    head = "[{}] kube.var.log.smc: [[1795491093.244000000, {{}}], "
    return [head.format(n) + f'{{"log"=>"{line}\\n", "stream"=>"stderr"}}]' for n, line in enumerate(lines)]


FORMS: dict[str, list[str]] = {
    "vector": records("message", timestamp="2026-11-24T03:31:33.244Z", source_type="file", file="/var/log/x.log"),
    "logcli-jsonl": records("line", timestamp="2026-11-24T03:31:33.244Z"),
    "rsyslog-json": records("msg", timestamp="2026-11-24T03:31:33.244Z", hostname="smc", severity="err"),
    "fluent-bit-stdout": fluent_bit(),
    "azure-csv": ["TimeGenerated,LogEntry", *(f'"11/24/2026, 3:31:33.244 AM","{line}"' for line in LOG)],
    "syslog-tag-java": before("Nov 24 03:31:33 smc java[812]: "),
    "busybox": before("Nov 24 03:31:33 smc local0.err sw-response-mgmt[812]: "),
    "month-lower-case": before("nov 24 03:31:33 smc rm[812]: "),
    "month-long": before("november 24 03:31:33 smc rm[812]: "),
    "month-fr": before("nov. 24 03:31:33 smc rm[812]: "),
    "month-fr-other": before("déc. 24 03:31:33 smc rm[812]: "),
    "month-de": before("Dez 24 03:31:33 smc rm[812]: "),
    "month-es": before("ene 24 03:31:33 smc rm[812]: "),
    "month-it": before("gen 24 03:31:33 smc rm[812]: "),
    "month-pt": before("fev 24 03:31:33 smc rm[812]: "),
    "month-ja": before("11月 24 03:31:33 smc rm[812]: "),
    "month-ko": before("11월 24 03:31:33 smc rm[812]: "),
    "month-zh": before("十一月 24 03:31:33 smc rm[812]: "),
    "month-ru": before("ноя 24 03:31:33 smc rm[812]: "),
    "stern": before("response-mgmt-7c9d-x2x app "),
    "kubectl-prefix": before("[pod/resp-0/sw-response-mgmt] "),
    "cloudwatch-tail": before("2026-11-24T03:31:33.244000+00:00 ecs/app/0a1b2c3d4e5f "),
    "fluentd-out-file": [FLUENTD + json.dumps({"log": line + "\n", "stream": "stdout"}) for line in LOG],
    "logcli": before('2026-11-24T03:31:33+01:00 {app="response-mgmt", pod="rm-1"} '),
    "unknown": before("prodX7 :: sys9/rm :: "),
    "journal-export": export(),
    "logcat": before("11-24 03:31:33.244  1234  5678 E Mailer  : ", (SAID, *TRACE)),
    "logcat-brief": before("E/Mailer( 1234): ", (SAID, *TRACE)),
    "jul-fr": jul("nov. 24, 2026 3:31:33 AM", "GRAVE"),
    "jul-de": jul("Nov. 24, 2026 3:31:33 AM", "SCHWERWIEGEND"),
    "jul-ja": jul("11月 24, 2026 3:31:33 午前", "致命的"),
    "jul-zh": jul("十一月 24, 2026 3:31:33 上午", "严重"),
    "jul-ko": jul("11월 24, 2026 3:31:33 오전", "심각"),
    "jul-es": jul("nov. 24, 2026 3:31:33 a.m.", "GRAVE"),
    "jul-xml": xml(),
    "jboss": [f"03:31:33,244 ERROR [com.harbor.Mailer] (thread-1) {SAID}: {TRACE[0]}", *TRACE[1:]],
    "log4j2-default": [f"03:31:33.244 [main] ERROR com.harbor.Mailer - {SAID}", *TRACE],
    "epoch-ms": [f"1795491093569 [main] ERROR c.h.M - {SAID}", *TRACE],
    "epoch-ms-bracket": [f"[1795491093569] ERROR c.h.M - {SAID}", *TRACE],
    "ansi": [f"\x1b[31m{LOG[0][:30]}\x1b[0m{LOG[0][30:]}", *TRACE],
    "kibana": kibana(),
    "splunk-json": splunk_json(),
    "splunk-csv": splunk_csv(),
    "json-without-line-feeds": unended_json(),
    "json-with-cri-flag": flagged_json(),
    "websphere-output": before("[11/24/26 3:31:33:244 CET] 0000004a SystemErr     R ", (SAID, *TRACE)),
    "websphere-logger": ["[11/24/26 3:31:33:244 CET] 0000004a MailAction    E " + SAID, *TRACE],
    "weblogic": [WEBLOGIC + SAID, *TRACE, "> "],
    "header-on-each-line": before("2026-11-24 03:31:33.244 ERROR [m] c.h.M - ", (SAID, *TRACE)),
}


def events(lines: Sequence[str]) -> list[LogEvent]:
    return [event for event in read(("\n".join(lines) + "\n").encode()) if event.outcome != "other"]


@pytest.mark.parametrize("form", FORMS)
def test_one_failure_in_any_form(form: str) -> None:
    (event,) = events(FORMS[form])
    assert (event.outcome, event.mail, event.phase) == ("failure", True, Phase.CERTIFICATE)
    assert event.exceptions == CHAIN
    assert SAID in event.message


@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("jboss", "log4j2-default", "logcat-brief")])
def test_the_time_is_read_in_any_form(form: str) -> None:
    (event,) = events(FORMS[form])
    assert event.when is not None
    assert (event.when.minute, event.when.second) == (31, 33)


def test_a_logger_in_another_language_keeps_its_level() -> None:
    assert {events(FORMS[form])[0].level for form in FORMS if form.startswith("jul-")} == {"ERROR"}


def websphere(line: str) -> str:
    return "[11/24/26 3:31:33:244 CET] 0000004a SystemOut     O " + line


def iis(line: str) -> str:
    client = not line[:3].isdigit()
    verb, _, rest = line.partition(" ")
    said = f"Command SMTPSVC1 MGR - 25 {verb} - {rest or '-'}" if client else "Response SMTPSVC1 MGR - 25 - - "
    text = "" if client else line.replace(" ", "+")
    return f"2026-11-24 03:31:33 192.0.2.7 OutboundConnection{said}{text} 0 0 4 0 78 SMTP - - - -"


@pytest.mark.parametrize("form", [websphere, iis], ids=lambda form: form.__name__)
def test_a_dialogue_behind_the_prefix_is_a_dialogue(form: Callable[[str], str]) -> None:
    said = ("220 relay.example.com ESMTP Postfix", "EHLO mgr.example.com", "250-AUTH LOGIN", "250 8BITMIME")
    login = ("AUTH LOGIN", "334 VXNlcm5hbWU6", "535 5.7.8 Error: authentication failed")
    (failure,) = (event for event in events([form(line) for line in (*said, *login)]) if event.outcome == "failure")
    assert failure.reply is not None
    assert (failure.reply.code, failure.phase, failure.mail) == (535, Phase.AUTH, True)


@pytest.mark.parametrize(
    "line",
    [
        "The peer said-so: 2026-11-24 03:31:33.244 ERROR [m] c.h.M - Unable to send email",
        "ERROR x: log of node-1 2026-11-24 03:31:33.244 INFO [m] c.h.M - started",
    ],
)
def test_a_sentence_that_quotes_a_line_is_no_prefix(line: str) -> None:
    assert "prefix" not in {event.wrapping for event in read((line + "\n").encode())}


def test_a_trace_of_the_jdk_is_no_attempt_of_its_own() -> None:
    """`-Djavax.net.debug`: what the trust manager decided, by any client of the process."""
    trace = "javax.net.ssl|ERROR|10|main|2026-11-24 03:31:33.972 UTC|TransportContext.java:375|Fatal"
    lines = [
        trace + " (CERTIFICATE_UNKNOWN): PKIX path building failed: sun.security.provider.certpath."
        "SunCertPathBuilderException: no path (",
        '"throwable" : {',
        "  sun.security.validator.ValidatorException: PKIX path building failed",
        "  \tat java.base/sun.security.validator.PKIXValidator.doBuild(PKIXValidator.java:388)}",
        "",
        ")",
    ]
    (event,) = read(("\n".join(lines) + "\n").encode())
    assert (event.outcome, event.perhaps, event.logger, event.thread) == ("other", "foreign", "javax.net.ssl", "main")
    assert event.time is not None
    mine = [*lines[:4], "  \tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2064)}"]
    (event,) = read(("\n".join(mine) + "\n").encode())
    assert (event.outcome, event.mail) == ("failure", True)


BROKEN = (
    "javax.mail.MessagingException:",
    "Could not convert socket to TLS;",
    "nested exception is:",
    "javax.net.ssl.SSLHandshakeException:",
    "sun.security.validator.ValidatorException:",
    "PKIX path building failed:",
    "sun.security.provider.certpath.SunCertPathBuilderException:",
    "unable to find valid certification path to requested target",
    "at com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2064)",
)
"""A trace that a ticket system wrapped at each colon."""


@pytest.mark.parametrize("headed", [True, False])
def test_a_trace_that_was_wrapped_at_each_colon_is_one_event(headed: bool) -> None:
    lines = [LOG[0], *BROKEN] if headed else list(BROKEN)
    (event,) = events(lines)
    assert (event.outcome, event.mail, event.phase) == ("failure", True, Phase.CERTIFICATE)
    assert event.root_exception == "SunCertPathBuilderException"


@pytest.mark.parametrize("mark", ["?", " | ", "¶", "\\n"])
def test_something_stands_in_the_place_of_line_ends(mark: str) -> None:
    (event,) = events([mark.join(BROKEN)])
    assert (event.outcome, event.mail, event.phase) == ("failure", True, Phase.CERTIFICATE)
    assert event.root_exception == "SunCertPathBuilderException"


def test_the_logger_of_another_channel_names_no_mail() -> None:
    line = "2026-11-24 03:31:33.244 INFO [m] c.h.{logger} : Sending test message via siem.example.com:6514"
    syslog = read((line.format(logger="SyslogActionHandler") + "\n").encode())
    assert [event for event in syslog if event.perhaps is not None] == []
    (unknown,) = read((line.format(logger="ActionHandler") + "\n").encode())
    assert unknown.perhaps == "start"


@pytest.mark.parametrize(
    ("said", "host", "port"),
    [
        ("connect to mail.example.com[192.0.2.7]:25: Connection timed out", "mail.example.com", 25),
        ("4A1: to=<a@b.example>, relay=mail.example.com[192.0.2.7]:587, dsn=4.7.8, status=deferred (SASL"
         " authentication failed)", "mail.example.com", 587),
        ("4A1: to=<a@b.example>, relay=mail.example.com[192.0.2.7]:25, status=bounced (host mail.example.com said: 554"
         " no)", "mail.example.com", 25),
    ],
)  # fmt: skip
def test_a_relay_that_cannot_hand_on_has_failed(said: str, host: str, port: int) -> None:
    (event,) = events([f"Dec 17 06:22:42 relay postfix/smtp[21752]: {said}"])
    assert (event.outcome, event.mail, event.host, event.port) == ("failure", True, host, port)


def test_a_relay_that_receives_is_no_failed_mail() -> None:
    assert events(["Dec 17 06:22:42 relay postfix/smtpd[2]: connect from mgr.example.com[192.0.2.9]"]) == []


@pytest.mark.parametrize("entered", ["'mail.example.com'", '"mail.example.com"', "mail.example.com:1025"])
def test_what_was_entered_beside_the_name_is_no_part_of_it(entered: str) -> None:
    (event,) = events([f"javax.mail.MessagingException: Unknown SMTP host: {entered}"])
    assert event.host == "mail.example.com"


@pytest.mark.parametrize(
    ("way", "host", "port"),
    [
        ("mail.example.com:587", "mail.example.com", 587),
        ("192.0.2.25:25", "192.0.2.25", 25),
        ("proxy.example.com:8080", None, None),
        ("mail.example.com", None, None),
        ("mail.example.com:5870", None, None),
    ],
)
def test_the_way_of_an_action_names_a_mail_server_by_its_port(way: str, host: str | None, port: int | None) -> None:
    said = f"2026-11-24 03:31:33.244 ERROR [m] c.h.Email : Test Action failed: email action 'x' via {way}"
    (event,) = events([said, "javax.mail.AuthenticationFailedException: 535 5.7.8 Authentication failed"])
    assert (event.host, event.port) == (host, port)


@pytest.mark.parametrize(
    "record",
    [
        {"time": "2026-11-24T03:31:34Z", "level": "ERROR", "message": "javax.mail.MessagingException: 554 refused"},
        {"time": "2026-11-24T03:31:34Z", "logger": "c.h.M", "message": "javax.mail.MessagingException: 554 refused"},
    ],
)
def test_a_record_of_a_logger_stays_an_event_of_its_own(record: dict[str, str]) -> None:
    lines = [json.dumps({"time": "2026-11-24T03:31:33Z", "level": "ERROR", "message": SAID}), json.dumps(record)]
    assert [event.exceptions for event in events(lines)][-1:] == [("MessagingException",)]
    assert len(events(lines)) == 2
