"""A realistic log of a response-management service, of any size, from a seed; no block of it repeats.

    python tests/bench/make_log.py --size 1GiB --out big.log
    python tests/bench/make_log.py --size 200MiB --dense --out dense.log
    python tests/bench/make_log.py --size 1GiB --family audit --mails 50 --out audit.log

Chatter, exceptions of other parts of the service, and a given number of events about alarm mail, spread evenly over
the file. `--dense`: every event is a failed mail, and no two of them are equal. `--family`: the chatter of one of
`families.FAMILIES` in its own layout, and nothing else between the failed mails.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from families import FAMILIES, Family

START = datetime(2026, 3, 2, 4, 0, 0, tzinfo=UTC)
SEED = 20260302
WRITE_BYTES = 1 << 20

CHATTER: tuple[tuple[str, str, str, str], ...] = (
    ("INFO ", "scheduler-{a}", "c.harbor.response.rules.Evaluator", "Evaluated {b} rules in {c} ms, {a} matched"),
    ("INFO ", "scheduler-{a}", "c.harbor.response.feed.AlarmSubscriber", "Polled {b} alarms, lag {c} ms, cursor {x}"),
    (
        "DEBUG",
        "feed-{a}",
        "c.harbor.response.feed.AlarmDecoder",
        "Alarm {x} of host group {b}: severity {a}, {c} flows",
    ),
    ("INFO ", "feed-{a}", "c.harbor.response.feed.AlarmDecoder", "Alarm {x} closed after {c} s by policy {b}"),
    ("DEBUG", "pool-{a}-{b}", "c.harbor.response.cache.HostGroupCache", "Hit for group {c}, entry {x} is {b} s old"),
    ("DEBUG", "pool-{a}-{b}", "c.harbor.response.cache.HostGroupCache", "Miss for group {c}, loaded {b} members"),
    ("INFO ", "http-nio-8080-exec-{a}", "c.harbor.web.Access", "GET /sw-response-mgmt/v1/rules/{c} 200 {b} ms id={x}"),
    ("INFO ", "http-nio-8080-exec-{a}", "c.harbor.web.Access", "GET /health 200 {b} ms id={x}"),
    ("DEBUG", "hikari-{a}", "com.zaxxer.hikari.pool.HikariPool", "Pool stats (total={b}, idle={a}, waiting={c})"),
    (
        "INFO ",
        "syslog-{a}",
        "c.harbor.response.syslog.SyslogSender",
        "Forwarded {b} records to 10.20.{a}.{b}, queue {c}",
    ),
    ("DEBUG", "scheduler-{a}", "c.harbor.response.rules.RuleState", "Rule {b} stays armed, window {c} s, key {x}"),
    ("INFO ", "gc-{a}", "c.harbor.runtime.Memory", "Heap {c} of 2048 MiB, young collections {b}, pause {a} ms"),
    ("WARN ", "hikari-{a}", "c.harbor.response.store.SlowQuery", "Query {x} took {c} ms (limit 1000 ms)"),
    ("INFO ", "kafka-{a}", "o.a.kafka.clients.consumer.ConsumerCoordinator", "Committed offset {x} of partition {b}"),
    (
        "DEBUG",
        "kafka-{a}",
        "o.a.kafka.clients.FetchSessionHandler",
        "Node {a} sent a full fetch of {c} partitions, id {x}",
    ),
    ("INFO ", "scheduler-{a}", "c.harbor.response.Heartbeat", "alive, queue depth {b}, uptime {x} s"),
)
"""Level, thread, logger and text of what the service says all day."""

FOREIGN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "Rule {b} could not be evaluated",
        'java.lang.NullPointerException: Cannot invoke "Object.toString()" because "value" is null',
        (
            "com.harbor.response.rules.Predicate.test(Predicate.java:{c})",
            "com.harbor.response.rules.Evaluator.evaluate(Evaluator.java:{b})",
            "java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1136)",
            "java.base/java.lang.Thread.run(Thread.java:842)",
        ),
    ),
    (
        "Could not store alarm {x}",
        "org.postgresql.util.PSQLException: ERROR: deadlock detected, process {c} waits for row {b}",
        (
            "org.postgresql.core.v3.QueryExecutorImpl.receiveErrorResponse(QueryExecutorImpl.java:2675)",
            "org.postgresql.jdbc.PgStatement.executeInternal(PgStatement.java:{b})",
            "com.harbor.response.store.AlarmStore.save(AlarmStore.java:{c})",
            "java.base/java.lang.Thread.run(Thread.java:842)",
        ),
    ),
    (
        "Flow query {x} was cancelled",
        "java.util.concurrent.TimeoutException: no answer within {c} ms",
        (
            "java.base/java.util.concurrent.FutureTask.get(FutureTask.java:204)",
            "com.harbor.response.flow.FlowClient.query(FlowClient.java:{b})",
        ),
    ),
)
"""Message, exception and frames of trouble that has nothing to do with mail."""

REMARKS = (
    "Rule {b} has no action, ignored",
    "Action {b} is not bound to any rule",
    "Outbound message queue depth {c}",
    "Notification channel {b} has {c} subscribers",
)

HOST = "email-smtp.us-east-1.amazonaws.com"
_SEND = (
    "com.sun.mail.smtp.SMTPTransport.sendMessage(SMTPTransport.java:1367)",
    "javax.mail.Transport.send0(Transport.java:231)",
    "javax.mail.Transport.send(Transport.java:100)",
    "com.harbor.response.action.EmailActionExecutor.deliver(EmailActionExecutor.java:{b})",
    "java.base/java.util.concurrent.ThreadPoolExecutor$Worker.run(ThreadPoolExecutor.java:635)",
    "java.base/java.lang.Thread.run(Thread.java:842)",
)
_PKIX = (
    "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: "
    "unable to find valid certification path to requested target"
)
MAIL: tuple[tuple[str, ...], ...] = (
    ("javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",),
    (
        "javax.mail.MessagingException: Could not convert socket to TLS",
        f"Caused by: javax.net.ssl.SSLHandshakeException: {_PKIX}",
    ),
    (
        "javax.mail.MessagingException: Could not convert socket to TLS",
        "Caused by: javax.net.ssl.SSLHandshakeException: error:0A00018A:SSL routines::dh key too small",
    ),
    (
        f"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: {HOST}, 587; timeout 15000",
        "Caused by: java.net.ConnectException: Connection refused",
    ),
    (
        "com.sun.mail.smtp.SMTPSendFailedException: 554 Message rejected: Email address is not verified. The following "
        "identities failed the check in region US-EAST-1: alarm{c}@corp{b}.example",
    ),
    (
        f"javax.mail.MessagingException: Unknown SMTP host: {HOST}",
        f"Caused by: java.net.UnknownHostException: {HOST}: Name or service not known",
    ),
    ("com.sun.mail.smtp.SMTPSendFailedException: 454 Throttling failure: Maximum sending rate exceeded.",),
)
"""What a failed mail looks like: the exception and its causes."""

ACTIONS = ("Mail to SOC", "Night shift", "Mail {b} to desk {c}", "NOC alarm mail")


class Clock:
    """Time stamps that go on by some milliseconds with each line."""

    def __init__(self, rng: random.Random) -> None:
        self._bits = rng.getrandbits
        self._millis = 0
        self._second = -1
        self._text = ""

    def stamp(self) -> str:
        self._millis += self._bits(6)
        second, millis = divmod(self._millis, 1000)
        if second != self._second:
            self._second = second
            self._text = (START + timedelta(seconds=second)).strftime("%Y-%m-%d %H:%M:%S")
        return f"{self._text}.{millis:03d}"


class Writer:
    """Makes the pieces of the log."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._clock = Clock(self._rng)
        self._lines = tuple(
            _compiled(f"{level} 7 --- [{thread:>15}] {logger:<40} : {text}\n")
            for level, thread, logger, text in CHATTER
        )

    def chatter(self, lines: int) -> Iterator[str]:
        bits, stamp, forms = self._rng.getrandbits, self._clock.stamp, self._lines
        for _ in range(lines):
            yield f"{stamp()} {forms[bits(4)](bits(3), bits(6), bits(10), bits(40))}"

    def fill(self, text: str) -> str:
        bits = self._rng.getrandbits
        return text.format(a=bits(3), b=bits(6), c=bits(10), x=f"{bits(40):010x}")

    def foreign(self) -> Iterator[str]:
        message, exception, frames = self._rng.choice(FOREIGN)
        yield self._head("ERROR", "c.harbor.response.rules.Worker", message, thread="rule-worker-{a}")
        yield self.fill(exception) + "\n"
        for frame in frames:
            yield f"\tat {self.fill(frame)}\n"

    def failure(self) -> Iterator[str]:
        action = self.fill(self._rng.choice(ACTIONS))
        yield self._head("INFO ", "c.h.response.action.EmailActionExecutor", f"Executing action '{action}' (EMAIL)")
        yield self._head("ERROR", "c.h.response.action.EmailActionExecutor", f"Action '{action}' failed")
        first, *causes = self._rng.choice(MAIL)
        yield self.fill(first) + "\n"
        for frame in _SEND:
            yield f"\tat {self.fill(frame)}\n"
        for cause in causes:
            yield self.fill(cause) + "\n"
            yield f"\tat {self.fill(_SEND[3])}\n"
            yield f"\t... {self._rng.getrandbits(4) + 3} more\n"

    def success(self) -> Iterator[str]:
        action = self.fill(self._rng.choice(ACTIONS))
        yield self._head("INFO ", "c.h.response.action.EmailActionExecutor", f"Executing action '{action}' (EMAIL)")
        yield self._head(
            "INFO ", "c.h.response.action.EmailActionExecutor", f"Action '{action}' completed successfully, mail sent"
        )

    def remark(self) -> Iterator[str]:
        """Chatter that has words of mail actions in it, as every such service writes now and then."""
        message = self._rng.choice(REMARKS)
        yield self._head("WARN ", "c.harbor.response.rules.RuleCache", message, thread="rule-worker-{a}")

    def _head(self, level: str, logger: str, message: str, thread: str = "action-exec-{a}") -> str:
        text = self.fill(f" {level} 7 --- [{thread:>15}] {logger:<40} : {message}\n")
        return self._clock.stamp() + text


def _compiled(form: str) -> Callable[[int, int, int, int], str]:
    """A form as a function of its four numbers (much faster than str.format)."""
    parts = form.replace("%", "%%")
    order: list[str] = []
    at = 0
    while (at := parts.find("{", at)) >= 0:
        order.append(parts[at + 1])
        parts = parts[:at] + ("%010x" if parts[at + 1] == "x" else "%d") + parts[at + 3 :]
    index = tuple("abcx".index(name) for name in order)
    return lambda *numbers: parts % tuple(numbers[i] for i in index)


def sparse(size: int, mails: int, seed: int) -> Iterator[str]:
    """Chatter with exceptions of others every few hundred lines, and `mails` failed mails; the last is accepted."""
    writer = Writer(seed)
    rng = random.Random(seed + 1)
    written = 0
    step = size // (mails + 1)
    done = 0
    while written < size:
        batch = [*writer.chatter(rng.randrange(200, 600)), *writer.foreign(), *writer.remark()]
        if done < mails and written >= step * (done + 1):
            done += 1
            batch += writer.success() if done == mails else writer.failure()
        for line in batch:
            written += len(line)
            yield line


def dense(size: int, seed: int) -> Iterator[str]:
    """Nothing but failed mails."""
    writer = Writer(seed)
    written = 0
    while written < size:
        for line in writer.failure():
            written += len(line)
            yield line


class FamilyWriter:
    """Makes the pieces of a log of a family, in its layout."""

    def __init__(self, family: Family, seed: int) -> None:
        self._family = family
        self._rng = random.Random(seed)
        self._clock = Clock(self._rng)
        self._mail = Writer(seed + 1)

    def chatter(self) -> str:
        bits = self._rng.getrandbits
        level, thread, logger, text = self._rng.choice(self._family.pieces)
        values = {"a": bits(3), "b": bits(6), "c": bits(10), "x": f"{bits(40):010x}"}
        return self._event(level, thread.format(**values), logger, text.format(**values))

    def failure(self) -> str:
        action = self._mail.fill(self._rng.choice(ACTIONS))
        first, *causes = self._rng.choice(MAIL)
        trace = [self._mail.fill(first), *(f"\tat {self._mail.fill(frame)}" for frame in _SEND)]
        for cause in causes:
            trace += [self._mail.fill(cause), f"\tat {self._mail.fill(_SEND[3])}", "\t... 7 more"]
        return self._event(
            "ERROR", "action-exec-1", _EXECUTOR, "\n".join((f"Action '{action}' failed", *trace)), mail=True
        )

    def success(self) -> str:
        action = self._mail.fill(self._rng.choice(ACTIONS))
        text = f"Action '{action}' completed successfully, mail sent"
        return self._event("INFO ", "action-exec-1", _EXECUTOR, text, mail=True)

    def _event(self, level: str, thread: str, logger: str, text: str, *, mail: bool = False) -> str:
        stamp = self._clock.stamp()
        match "spring" if mail and self._family.layout in ("access", "gc") else self._family.layout:
            case "access":
                date = datetime.fromisoformat(stamp).strftime("%d/%b/%Y:%H:%M:%S +0000")
                return f"10.9.{self._rng.getrandbits(6)}.7 - - [{date}] {text}\n"
            case "gc":
                return f"[{stamp[:10]}T{stamp[11:]}+0000][{level:<7}][{logger:<13}] {text}\n"
            case "json":
                return self._record(stamp, level, thread, logger, text)
            case "plain":
                return f"{stamp.replace('.', ',')} {level:<5} [{thread}] {logger} - {text}\n"
            case _:
                return f"{stamp} {level:>5} 7 --- [{thread:>15}] {logger:<40} : {text}\n"

    def _record(self, stamp: str, level: str, thread: str, logger: str, text: str) -> str:
        message, _, trace = text.partition("\n")
        bits = self._rng.getrandbits
        record: dict[str, object] = {
            "@timestamp": f"{stamp[:10]}T{stamp[11:]}Z",
            "level": level.strip(),
            "thread_name": thread,
            "logger_name": logger,
            "message": message,
            "context": {
                "user": f"user{bits(10)}@corp.example",
                "session": f"{bits(128):032x}",
                "scopes": ["alarms:read", "contacts:write", "email:preview"],
                "headers": {"x-request-id": f"{bits(64):016x}", "accept": "application/json", "origin": "https://smc/"},
                "baggage": ";".join(f"k{number}={bits(64):016x}" for number in range(12)),
            },
        }
        return json.dumps(record | ({"stack_trace": trace} if trace else {})) + "\n"


_EXECUTOR = "c.h.response.action.EmailActionExecutor"


def of_family(name: str, size: int, mails: int, seed: int) -> Iterator[str]:
    """The chatter of a family, `mails` failed mails spread evenly over it, and its reports of sent mails."""
    family = FAMILIES[name]
    writer = FamilyWriter(family, seed)
    written = done = pieces = 0
    step = size // (mails + 1)
    while written < size:
        pieces += 1
        if done < mails and written >= step * (done + 1):
            done += 1
            piece = writer.failure()
        elif family.success_every and pieces % family.success_every == 0:
            piece = writer.success()
        else:
            piece = writer.chatter()
        written += len(piece)
        yield piece


def write(lines: Iterator[str], out: BinaryIO) -> None:
    """Write in large pieces."""
    waiting: list[str] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size >= WRITE_BYTES:
            out.write("".join(waiting).encode())
            waiting.clear()
            size = 0
    out.write("".join(waiting).encode())


def parse_size(text: str) -> int:
    """`200MiB` as bytes."""
    units = {"": 1, "B": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}
    number = text.rstrip("BbIiKkMmGg")
    return int(float(number) * units[text[len(number) :].upper()])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=parse_size, default=parse_size("1GiB"))
    parser.add_argument("--mails", type=int, default=50)
    parser.add_argument("--dense", action="store_true")
    parser.add_argument("--family", choices=sorted(FAMILIES))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", default="-")
    options = parser.parse_args()
    if options.family:
        lines = of_family(options.family, options.size, options.mails, options.seed)
    elif options.dense:
        lines = dense(options.size, options.seed)
    else:
        lines = sparse(options.size, options.mails, options.seed)
    if options.out == "-":
        write(lines, sys.stdout.buffer)
        return
    with open(options.out, "wb") as out:  # noqa: PTH123
        write(lines, out)


if __name__ == "__main__":
    main()
