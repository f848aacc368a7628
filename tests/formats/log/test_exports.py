"""Logs inside exports, tables, pages, diffs, and behind numbers: the events are those of the lines themselves."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Sequence

import pytest

from formats.log.helpers import SAMPLES, facts, read
from sestriage.formats.log import looks_like_log
from sestriage.formats.log.exports.arranged import arranged
from sestriage.model.log import LogEvent
from sestriage.model.phase import Phase

SAID = "Failed to send e-mail for action 'SOC'"
REFUSED = (
    "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: email-smtp.eu-central-1.amazonaws.com,"
    " 587; timeout 5000;",
    "  nested exception is:",
    "\tjava.net.ConnectException: Connection refused",
    "\tat com.sun.mail.smtp.SMTPTransport.openServer(SMTPTransport.java:2209)",
    "\tat javax.mail.Service.connect(Service.java:366)",
)
LOGIN = (
    "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",
    "",
    "\tat com.sun.mail.smtp.SMTPTransport.authenticate(SMTPTransport.java:876)",
    "\tat javax.mail.Service.connect(Service.java:366)",
)
TRUST = (
    "javax.mail.MessagingException: Could not convert socket to TLS;",
    "  nested exception is:",
    "\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath."
    "SunCertPathBuilderException: unable to find valid certification path to requested target",
    "\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2155)",
    "Caused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath."
    "SunCertPathBuilderException: unable to find valid certification path to requested target",
    "\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)",
    "\t... 4 common frames omitted",
)


def stamp(minute: int) -> str:
    return f"2026-11-24 09:{minute:02d}:04,118"


def event(minute: int, trace: Sequence[str]) -> list[str]:
    return [f"{stamp(minute)} ERROR [pool-3-thread-1] c.h.n.MailAction - {SAID}", *trace]


def chatter(minute: int) -> list[str]:
    return [f"{stamp(minute)} INFO  [main] c.h.n.Loader - Configuration loaded"]


EVENTS = [chatter(12), event(13, REFUSED), chatter(14), event(15, LOGIN), chatter(16), event(17, TRUST), chatter(18)]
MINUTES = [12, 13, 14, 15, 16, 17, 18]
LINES = [line for lines in EVENTS for line in lines]
EACH = [(minute, line) for minute, lines in zip(MINUTES, EVENTS, strict=True) for line in lines]
EXPECTED = [
    (13, Phase.TCP, "ConnectException"),
    (15, Phase.AUTH, "AuthenticationFailedException"),
    (17, Phase.CERTIFICATE, "SunCertPathBuilderException"),
]


def utc(minute: int) -> str:
    return f"2026-11-24T08:{minute:02d}:04.118Z"


def nanos(minute: int) -> str:
    return str(1795507924118000000 + (minute - 12) * 60 * 10**9)


def text_of(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def hits(*, newest_first: bool = False) -> dict[str, object]:
    """The answer of Elasticsearch's `_search`."""
    found = [
        {"_index": "logs", "_id": str(minute), "_source": {"@timestamp": utc(minute), "message": "\n".join(lines)}}
        for minute, lines in zip(MINUTES, EVENTS, strict=True)
    ]
    return {"took": 4, "timed_out": False, "hits": {"total": {"value": 7}, "hits": found[:: -1 if newest_first else 1]}}


def loki() -> str:
    """The answer of Loki's `query_range`; it has the newest line first unless asked otherwise."""
    values = [[nanos(minute), line] for minute, line in EACH]
    result = [{"stream": {"app": "rm"}, "values": values[::-1]}]
    return json.dumps({"status": "success", "data": {"resultType": "streams", "result": result}})


def grafana() -> str:
    """What Grafana's Explore lets download as JSON."""
    rows = [{"line": line, "timestamp": nanos(minute), "date": utc(minute), "fields": {}} for minute, line in EACH]
    return json.dumps(rows, indent=2)


def cloudwatch() -> str:
    """`aws logs get-log-events`, as it prints by default."""
    told = [{"timestamp": int(nanos(minute)) // 10**6, "message": line, "ingestionTime": 1} for minute, line in EACH]
    return json.dumps({"events": told, "nextForwardToken": "f/38", "nextBackwardToken": "b/38"}, indent=4)


def google() -> str:
    """`gcloud logging read --format json`: newest first, an entry for each line."""
    entries = [
        {"insertId": str(number), "severity": "INFO", "textPayload": line, "timestamp": utc(minute)}
        for number, (minute, line) in enumerate(EACH)
    ]
    return json.dumps(entries[::-1], indent=2)


def journal() -> str:
    """`journalctl -o json-pretty`."""
    return "".join(
        json.dumps({"MESSAGE": line, "__REALTIME_TIMESTAMP": str(int(nanos(minute)) // 1000), "_PID": "1"}, indent="\t")
        + "\n"
        for minute, line in EACH
    )


def splunk() -> str:
    """`/services/search/jobs/…/results?output_mode=json`: newest first."""
    rows = [{"_raw": "\n".join(lines), "_time": utc(minute)} for minute, lines in zip(MINUTES, EVENTS, strict=True)]
    return json.dumps({"preview": False, "messages": [], "results": rows[::-1]})


def table(names: Sequence[str], rows: Sequence[Sequence[object]], *, cut: str = ",", quoted: bool = True) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=cut, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\n")
    writer.writerows([names, *rows])
    return out.getvalue()


def splunk_table() -> str:
    rows = [
        [number, utc(minute), "java", "\n".join(lines)]
        for number, (minute, lines) in enumerate(zip(MINUTES, EVENTS, strict=True))
    ]
    return table(["_serial", "_time", "sourcetype", "_raw"], rows[::-1], quoted=False)


def kibana_table() -> str:
    rows = [[f"Nov 24, 2026 @ 09:{minute}:04.118", "smc", line] for minute, line in EACH]
    return table(["@timestamp", "host.name", "message"], rows[::-1])


def cloudwatch_table() -> str:
    """The console's export: each message with its line end."""
    rows = [[int(nanos(minute)) // 10**6, f"{line}\n"] for minute, line in EACH]
    return table(["timestamp", "message"], rows, quoted=False)


def escaped_table() -> str:
    rows = [[utc(12 + at), "\\n".join(lines).replace("\t", "\\t")] for at, lines in enumerate(EVENTS)]
    return table(["@timestamp", "message"], rows)


def german_table() -> str:
    return table(["Zeit", "Meldung"], [[f"24.11.2026 09:{minute}", line] for minute, line in EACH], cut=";")


def grep(*, name: str = "", numbers: bool = False) -> str:
    """`grep -A30 ERROR`, of one file or of several (`-H`), with numbers (`-n`) or without."""
    lines: list[str] = []
    number = 95
    for each in EVENTS:
        number += 3
        if "ERROR" not in each[0]:
            continue
        lines += ["--"] if lines else []
        for at, line in enumerate(each):
            cut = "-" if at else ":"
            lines.append((name + cut if name else "") + (f"{number + at}{cut}" if numbers else "") + line)
        number += len(each)
    return text_of(lines)


def numbered(form: str, first: int = 98) -> str:
    return text_of([form.format(number) + line for number, line in enumerate(LINES, start=first)])


def nl() -> str:
    """`nl`, which gives blank lines no number."""
    number, lines = 98, list[str]()
    for line in LINES:
        lines.append(f"{number:6d}\t{line}" if line else "       ")
        number += bool(line)
    return text_of(lines)


def page(line_end: str, before: str = "", after: str = "") -> str:
    body = "".join(before + html.escape(line).replace("\t", "&nbsp;&nbsp;") + after + line_end for line in LINES)
    return f"<!DOCTYPE html>\n<html><head><title>Mail failed:</title></head><body>{body}</body></html>\n"


def word() -> str:
    """`word/document.xml`; a word may be cut by marks of the spelling."""
    cut = '</w:t></w:r><w:proofErr w:type="spellEnd"/><w:r><w:t>'
    runs = [
        html.escape(line, False).replace("Excep", f"Ex{cut}cep").replace("\t", "</w:t><w:tab/><w:t>") for line in LINES
    ]
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{run}</w:t></w:r></w:p>' for run in runs)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<w:document xmlns:w="x"><w:body>{body}</w:body></w:document>'


def diff(first: str, mark: str) -> str:
    return text_of([first, *(mark + line for line in LINES)])


def verbose() -> str:
    """`journalctl -o verbose`."""
    lines = []
    for minute, line in EACH:
        lines.append(f"Tue 2026-11-24 09:{minute}:04.118321 CET [s=6c70bfd4;i=5a5;b=1d1a;m=2e0;t=63;x=59]")
        lines += ["    PRIORITY=6", "    _HOSTNAME=smc", f"    MESSAGE={line}", "    _PID=812"]
    return text_of(lines)


def log4j() -> str:
    """log4j's `XMLLayout`."""
    lines = []
    for minute, (head, *trace) in zip(MINUTES, EVENTS, strict=True):
        level, said = ("ERROR" if trace else "INFO"), head.split(" - ")[1]
        lines.append(
            f'<log4j:event logger="c.h.n.MailAction" timestamp="{int(nanos(minute)) // 10**6}" level="{level}">'
        )
        lines.append(f"<log4j:message><![CDATA[{said}]]></log4j:message>")
        if trace:
            lines += ["<log4j:throwable><![CDATA[" + trace[0], *trace[1:], "]]></log4j:throwable>"]
        lines += ["</log4j:event>", ""]
    return text_of(lines)


def answers(form: str) -> str:
    """Records as other servers answer with them."""
    if form == "graylog":
        rows: object = [
            {"message": {"message": x, "timestamp": utc(m), "source": "smc"}, "index": "g0"} for m, x in EACH
        ]
        return json.dumps({"query": "*", "messages": rows}, indent=1)
    if form == "sumo":
        rows = [{"map": {"_raw": x, "_messagetime": nanos(m)[:13]}} for m, x in EACH]
        return json.dumps({"fields": [], "messages": rows})
    if form == "datadog":
        rows = [{"id": "A", "attributes": {"message": x, "timestamp": utc(m), "tags": []}} for m, x in EACH]
        return json.dumps({"data": rows[::-1], "meta": {"status": "done"}})
    if form == "azure":
        rows = [[utc(m), x] for m, x in EACH]
        return json.dumps({"tables": [{"columns": [{"name": "TimeGenerated"}, {"name": "LogEntry"}], "rows": rows}]})
    rows = [[{"field": "@timestamp", "value": utc(m)}, {"field": "@message", "value": x}] for m, x in EACH]
    return json.dumps({"results": rows, "status": "Complete"}, indent=2)


FORMS: dict[str, Callable[[], str]] = {
    "elasticsearch": lambda: json.dumps(hits()),
    "elasticsearch-pretty": lambda: json.dumps(hits(newest_first=True), indent=2),
    "loki": loki,
    "grafana": grafana,
    "cloudwatch": cloudwatch,
    "google": google,
    "journal-pretty": journal,
    "journal-verbose": verbose,
    "splunk": splunk,
    "list-of-lines": lambda: json.dumps(LINES, indent=1),
    "list-in-an-answer": lambda: 'ok: [smc] => {\n    "msg": ' + json.dumps(LINES, indent=8) + "\n}\n",
    "string-in-an-answer": lambda: 'ok: [smc] => {"changed": false, "stdout": ' + json.dumps("\n".join(LINES)) + "}\n",
    "splunk-table": splunk_table,
    "kibana-table": kibana_table,
    "cloudwatch-table": cloudwatch_table,
    "escaped-table": escaped_table,
    "german-table": german_table,
    "cells": lambda: table(LINES[:1], [[line] for line in LINES[1:]], quoted=False),
    "newest-line-first": lambda: text_of(LINES[::-1]),
    "newest-event-first": lambda: text_of([line for lines in EVENTS[::-1] for line in lines]),
    "grep-n": lambda: numbered("{}:"),
    "grep-context": lambda: grep(numbers=True),
    "grep-files": lambda: grep(name="/lancope/var/logs/containers/sw-response-mgmt.log"),
    "grep-files-n": lambda: grep(name="sw-response-mgmt.log.1", numbers=True),
    "select-string": lambda: numbered("  sw.log:{}:"),
    "findstr": lambda: numbered("C:\\logs\\sw.log:{}:"),
    "cat-n": lambda: numbered("{:6d}\t"),
    "nl": nl,
    "less-n": lambda: numbered("{:7d} ").replace("\t", "        "),
    "bat": lambda: numbered("{:4d} │ "),
    "diff": lambda: diff("0a1,30", "> "),
    "diff-taken-away": lambda: diff("1,30d0", "< "),
    "diff-unified": lambda: diff("@@ -0,0 +1,30 @@", "+"),
    "bars": lambda: diff("The log:", "| "),
    "service-of-one-word": lambda: diff("Attaching to manager", "manager  | "),
    "page-paragraphs": lambda: page("", "<p>", "</p>"),
    "page-breaks": lambda: page("<br>\n"),
    "page-exact": lambda: f"<html><body><pre>\n{html.escape(text_of(LINES))}</pre></body></html>\n",
    "word": word,
    "no-line-ends": lambda: " ".join(line.strip() for line in LINES),
    "carriage-returns": lambda: "\r".join(LINES) + "\r",
    "blanks-that-do-not-break": lambda: text_of(LINES).replace("\t", "    ").replace(" ", "\u00a0"),
    "unseen-letters": lambda: text_of(["\u200b" + line for line in LINES]),
    "octet-counts": lambda: text_of(
        [f"{90 + len(x)} <134>1 2026-11-24T09:{m}:04.118+01:00 smc rm 8 - - {x}" for m, x in EACH]
    ),
    "escaped-structured-data": lambda: text_of(
        [f'<134>1 2026-11-24T09:{m}:04.118+01:00 smc rm 8 ID4 [a@3 b="App\\]x"] {x}' for m, x in EACH]
    ),
    "monotonic": lambda: text_of([f"[ 8123.{at:06d}] smc rm[812]: {line}" for at, (_, line) in enumerate(EACH)]),
    "fluentd-stdout": lambda: text_of(
        [f"2026-11-24 09:{m}:04.118321789 +0100 docker.rm: " + json.dumps({"log": x, "source": "o"}) for m, x in EACH]
    ),
    "fluent-bit-lines": lambda: text_of(
        [json.dumps({"date": int(nanos(m)) / 1e9, "log": x, "container_id": "ab"}) for m, x in EACH]
    ),
    "time-host-exception": lambda: text_of([f"2026-11-24T08:{m}:04.118321Z 01O {x}" for m, x in EACH]),
    "log4j-xml": log4j,
    "graylog": lambda: answers("graylog"),
    "sumo": lambda: answers("sumo"),
    "datadog": lambda: answers("datadog"),
    "azure": lambda: answers("azure"),
    "cloudwatch-query": lambda: answers("cloudwatch-query"),
}  # fmt: skip


def failures(text: str) -> list[LogEvent]:
    return [each for each in read(text.encode()) if each.outcome != "other"]


def told(text: str) -> list[tuple[int | None, Phase | None, str | None]]:
    """What each failure says, oldest first."""
    found = [(each.time.minute if each.time else None, each.phase, each.root_exception) for each in failures(text)]
    return sorted(found, key=lambda each: each[0] or 0)


@pytest.mark.parametrize("form", FORMS)
def test_three_failures_in_any_form(form: str) -> None:
    assert told(FORMS[form]()) == EXPECTED


@pytest.mark.parametrize("form", FORMS)
def test_what_is_quoted_stands_in_the_line_that_is_named(form: str) -> None:
    text = FORMS[form]()
    lines = text.split("\n")
    login = next(each for each in failures(text) if each.phase is Phase.AUTH)
    assert login.quote_line is not None
    if form not in ("word", "page-paragraphs", "log4j-xml"):
        blanks = lines[login.quote_line - 1].replace("\u00a0", " ")
        assert "535 Authentication Credentials Invalid" in blanks
    assert "535 Authentication Credentials Invalid" in login.quote.replace("\u00a0", " ")
    assert "_exported" not in login.quote


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_known_as_a_log(form: str) -> None:
    assert looks_like_log(FORMS[form]().encode()[:65536])


@pytest.mark.parametrize("name", ["results", "facts", "attempts", "parts"])
def test_a_document_that_quotes_a_line_is_no_log(name: str) -> None:
    quoted = {
        "rule": "x",
        "message": "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",
    }
    settings = {f"setting-{number}": number for number in range(20)}
    assert not looks_like_log(json.dumps({"made": settings, name: [quoted]}, indent=2).encode())


@pytest.mark.parametrize(
    "text",
    [
        text_of(LINES),
        text_of([line for lines in EVENTS[::-1] for line in lines]),
        text_of([*chatter(18), *chatter(12)]),
        text_of([json.dumps({"log": line + "\n", "stream": "stdout", "time": utc(m)}) for m, line in EACH]),
        "time,level,count\n2026-11-24,INFO,4\n",
        "[2026-11-24 09:13:04] [ERROR] mail: failed\n",
        "[pool-1] ERROR c.h.X - failed\n",
        "{not json\n",
        '{"name": "x", "version": 3}\n',
        '{"request":"f4","msgs":["E","TransportError (HttpExceptionRequest Request {\\n  host = x\\n})"]}\n',
        "<134>1 2026-11-24T09:13:04Z smc rm 8 - - failed\n",
        "09:14:04.118 INFO [m] c.h.X - a\n09:13:04.118 INFO [m] c.h.X - b\n",
        "",
    ],
)
def test_other_logs_are_read_line_by_line(text: str) -> None:
    assert arranged(text) is None


AROUND: dict[str, Callable[[list[str]], str]] = {
    "grep-n": lambda lines: text_of([f"{number}:{line}" for number, line in enumerate(lines, start=1)]),
    "grep-files": lambda lines: text_of([f"/var/log/sw.log:{line}" for line in lines]),
    "cat-n": lambda lines: text_of([f"{number:6d}\t{line}" for number, line in enumerate(lines, start=1)]),
    "less-n": lambda lines: text_of([f"{number:7d} {line}" for number, line in enumerate(lines, start=1)]),
    "diff-taken-away": lambda lines: text_of(["1,99d0", *(f"< {line}" for line in lines)]),
    "diff-unified": lambda lines: text_of(["@@ -0,0 +1,99 @@", *(f"+{line}" for line in lines)]),
    "bars": lambda lines: text_of([f"| {line}" for line in lines]),
    "service": lambda lines: text_of([f"manager  | {line}" for line in lines]),
    "table": lambda lines: table(["timestamp", "message"], [[utc(12), line] for line in lines]),
    "cloudwatch": lambda lines: json.dumps({"events": [{"timestamp": 1795507924118, "message": x} for x in lines]}),
    "google": lambda lines: json.dumps([{"severity": "INFO", "textPayload": x, "timestamp": utc(12)} for x in lines]),
    "list": lambda lines: json.dumps(lines, indent=1),
    "page": lambda lines: f"<html><body><pre>\n{html.escape(text_of(lines))}</pre></body></html>",
    "carriage-returns": lambda lines: "\r".join(lines) + "\r",
    "blanks-that-do-not-break": lambda lines: text_of(lines).replace(" ", "\u00a0"),
}
LAYOUTS = (
    *("access-denied", "by-hand-chain", "clock-ahead-535", "dns-servfail", "expired", "leaf-only-chain", "success"),
    *("reset-mail", "several-attempts-failure", "success-debug", "success-json", "greylisted", "spring-wrapped"),
)


@pytest.mark.parametrize("form", AROUND)
@pytest.mark.parametrize("sample", LAYOUTS)
def test_in_any_layout(sample: str, form: str) -> None:
    """Lines without a date, without a stamp, records of loggers and of containers, logged dialogues."""
    data = (SAMPLES / sample / "sw-response-mgmt.log").read_bytes()
    around = AROUND[form](data.decode().removesuffix("\n").split("\n"))
    plain = [facts(each) for each in read(data)]
    assert plain
    assert [facts(each) for each in read(around.encode())] == plain


def test_a_clock_that_went_back_does_not_turn_a_log() -> None:
    """The times fall, but each exception stands below its line."""
    text = text_of([*event(17, LOGIN), *event(13, REFUSED)])
    assert arranged(text) is None
    assert [each.phase for each in failures(text)] == [Phase.AUTH, Phase.TCP]


def test_a_table_keeps_level_and_logger_of_its_columns() -> None:
    rows = [[utc(13), "ERROR", "c.h.MailAction", "Mail to the relay failed: 535 Authentication Credentials Invalid"]]
    (one,) = failures(table(["@timestamp", "log.level", "log.logger", "message"], rows))
    assert (one.level, one.logger, one.reply and one.reply.code) == ("ERROR", "c.h.MailAction", 535)


def test_a_table_with_the_stack_trace_in_a_column_of_its_own() -> None:
    rows = [[utc(15), "ERROR", SAID, "\n".join(LOGIN)], [utc(16), "INFO", "Loaded", "-"]]
    assert told(table(["@timestamp", "log.level", "message", "error.stack_trace"], rows)) == [EXPECTED[1]]


@pytest.mark.parametrize(
    "line",
    [
        f'{stamp(13)} WARN [m] c.h.X - Skipped the line "{stamp(12)} ERROR [m] c.h.Y - mail failed"',
        f"{stamp(13)} WARN [m] c.h.X - Skipped: {stamp(12)} ERROR [m] c.h.Y - mail failed",
        f"{stamp(13)} WARN [m] c.h.X - between {stamp(11)} and {stamp(12)} no mail was sent",
    ],
)
def test_a_line_that_quotes_another_stays_one(line: str) -> None:
    events = read((line + "\n").encode())
    assert [each.time.minute for each in events if each.time] in ([], [13])


@pytest.mark.parametrize("reply", ["535 5.7.8 Authentication failed", "250-STARTTLS", "220 2.0.0 Ready to start TLS"])
def test_a_reply_is_no_number_of_a_line(reply: str) -> None:
    """Behind numbered lines, in a part of the file that has none."""
    text = text_of([f"{number}:{line}" for number, line in enumerate(LINES, start=1)])
    text += text_of([f"{stamp(20)} ERROR [m] c.h.MailAction - mail could not be sent, the server said:", reply])
    assert any(reply in each.message for each in read(text.encode())) or reply.startswith(("250", "220"))


def test_who_hands_over_a_log_reports_no_mail() -> None:
    """The words before it are no attempt; a failure that a program prints without a header is one."""
    assert told("## Case\n\nMail fails. Log:\n\n```\n" + text_of(LINES) + "```\n") == EXPECTED
    (one,) = failures("Sending mail failed: 535 Authentication Credentials Invalid\n")
    assert one.reply is not None


@pytest.mark.parametrize("header", ["ERROR Postbox: Error while delivering message\n", ""], ids=["level", "none"])
def test_who_hands_over_a_log_without_times_reports_no_mail(header: str) -> None:
    exception = "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
    (one,) = failures(f"Hi,\n\nthe mail fails with:\n\n{header}{exception}\nWhat can we do?\n")
    assert one.reply is not None
    assert one.reply.code == 535


def test_words_that_nothing_follows_are_what_there_is() -> None:
    assert len(failures("Sending mail to smtp.example.com failed, the server said:\n")) == 1


def test_a_batch_of_records_in_each_line() -> None:
    """OpenTelemetry's file exporter."""
    lines = []
    for minute, (head, *trace) in zip(MINUTES, EVENTS, strict=True):
        stack = {"key": "exception.stacktrace", "value": {"stringValue": "\n".join(trace)}}
        record: dict[str, object] = {"timeUnixNano": nanos(minute), "body": {"stringValue": head.split(" - ")[1]}}
        record |= {"severityText": "ERROR", "attributes": [stack] if trace else []}
        lines.append(json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}))
    assert told(text_of(lines)) == EXPECTED


def test_times_of_other_loggers() -> None:
    """Serilog's compact form, and Google's structured one."""
    compact = {"@t": utc(13), "@mt": SAID, "@l": "Error", "SourceContext": "c.h.X", "@x": "\n".join(LOGIN)}
    seconds = {"timestampSeconds": int(nanos(13)) // 10**9, "timestampNanos": 118000000, "severity": "ERROR"}
    for record in (compact, {**seconds, "message": "\n".join((SAID, *LOGIN))}):
        assert told(json.dumps(record) + "\n") == [(13, *EXPECTED[1][1:])]


@pytest.mark.parametrize("form", ["elasticsearch", "elasticsearch-pretty", "grafana", "cloudwatch", "journal-pretty"])
def test_a_damaged_document_is_used_as_far_as_it_goes(form: str) -> None:
    whole = FORMS[form]()
    first, last = (EXPECTED[2], "535 Auth") if form == "elasticsearch-pretty" else (EXPECTED[0], "535 Auth")
    assert first in told(whole[: whole.index(last)])


def test_what_follows_a_document_is_read_line_by_line() -> None:
    """The first line is an object of its own; a date is no number of JSON."""
    first = json.dumps({"log": LINES[0] + "\n", "stream": "stdout", "time": utc(12)})
    assert told(text_of([first, *LINES[1:]])) == EXPECTED
    assert [line for _, line in arranged(text_of([first, *LINES[1:]])) or ()][2:] == [*LINES[1:], ""]


def test_a_line_between_two_values_is_not_lost() -> None:
    """Two programs that write to one place; the second line decides that it is no list of lines with an object each."""
    action = "ResponseAction[id=17,type=EMAIL] dispatch"
    inner = (
        json.dumps({"log": "2026-11-23 22:47:27,013 INFO [Loader] Configuration loaded\n", "stream": "stdout"}),
        f"[pod/resp-0/sw-response-mgmt] 2026-11-23 22:47:27,015 INFO [Job] {action} begin",
        json.dumps({"log": f"2026-11-23 22:47:27,249 ERROR [Job] {action} error\n", "stream": "stdout"}),
    )
    events = read(text_of(inner).encode())
    assert [(event.outcome, event.source.line) for event in events] == [("start", 2), ("failure", 3)]


def test_the_command_before_a_document_is_no_part_of_it() -> None:
    asked = "root@smc:~# aws logs get-log-events --log-group-name rm --log-stream-name app\n"
    assert told(asked + cloudwatch() + "root@smc:~# exit\n") == EXPECTED


@pytest.mark.parametrize("before", ["", "/lancope/var/logs/containers/sw-response-mgmt.log.1.gz:"])
def test_exceptions_that_were_picked_out_are_mails_of_their_own(before: str) -> None:
    """`grep Exception`: no header, no frame, and no line between two mails."""
    picked = [line for line in LINES if "Exception" in line and "\tat" not in line]
    found = told(text_of([before + line for line in picked]))
    assert [(phase, root) for _, phase, root in found] == [(phase, root) for _, phase, root in EXPECTED]


def test_an_exception_inside_another_is_none_of_its_own() -> None:
    """Without the blanks before it."""
    for between in (";", ";\nnested exception is:"):
        said = f"javax.mail.SendFailedException: Invalid Addresses{between}\n"
        said += "com.sun.mail.smtp.SMTPAddressFailedException: 550 x\n"
        assert len(failures(said)) == 1
