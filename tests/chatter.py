"""Families of log chatter that tell of no mail, whatever words they hold; for the noise test, and for benches.

Each family is a function from a random source to endless messages: (thread, logger, level, text). `lines` lends them
the look of a log. Nothing in here reports an attempt to mail, but for `healthy`, whose lines do: all of them accepted.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

Said = tuple[str, str, str, str]
Family = Callable[[random.Random], Iterator[Said]]

_NAMES = ("anna.berg", "j.doe", "mail-admin", "soc", "postmaster", "c.sent", "ok.success")


def _address(rng: random.Random) -> str:
    return f"{rng.choice(_NAMES)}@{rng.choice(('example.com', 'mail.example.org', 'smtp.example.net'))}"


def audit(rng: random.Random) -> Iterator[Said]:
    """Who did what, with mail addresses and results."""
    forms = (
        "user={a} src=10.1.2.{n} action=update result=success session={s}",
        "user={a} src=10.1.2.{n} action=login result=denied session={s}",
        "user={a} action=delete object=EmailAction id={n} status=ok",
        "user={a} changed e-mail address to {b}: accepted",
        "Password reset requested by {a}, result=SUCCESS",
        "Access of {a} to /settings/mail denied",
    )
    while True:
        text = rng.choice(forms).format(a=_address(rng), b=_address(rng), n=rng.randrange(250), s=rng.getrandbits(32))
        yield "audit-1", "com.harbor.audit.AuditLog", "INFO", text


def schedulers(rng: random.Random) -> Iterator[Said]:
    """Queues and thread pools whose classes are named after mail."""
    forms = (
        "Executing action batch id={n} size=3",
        "Queue drained, {n} entries, ok",
        "Next run of job EmailDigest in {n} s",
        "Executing prepared work unit {n}",
        "Action queue depth {n}, started {n} workers",
        "Refreshed cache of {n} recipients ok",
        "Triggered job mail-cleanup, done in {n} ms",
    )
    loggers = ("com.harbor.response.EmailActionQueue", "c.h.r.email.EmailAction", "o.s.s.c.ThreadPoolTaskExecutor")
    while True:
        text = rng.choice(forms).format(n=rng.randrange(5000))
        yield f"action-exec-{rng.randrange(4)}", rng.choice(loggers), rng.choice(("INFO", "DEBUG")), text


def http(rng: random.Random) -> Iterator[Said]:
    """Wire logs of an HTTP client, and a server's requests."""
    forms = (
        'http-outgoing-{n} >> "POST /api/v1/notifications HTTP/1.1[\\r][\\n]"',
        'http-outgoing-{n} << "HTTP/1.1 200 OK[\\r][\\n]"',
        'http-outgoing-{n} << "{{"status":"sent","email":"{a}"}}"',
        "POST /actions/{n}/test took {n} ms, status 200",
        'Completed 200 OK for "/smc/mail/settings?user={a}"',
        "Connection leased: [id: {n}][route: {{s}}->https://api.example.com:443][total kept alive: 1]",
        "Handshake with api.example.com:443 finished, TLSv1.3, ok",
    )
    while True:
        text = rng.choice(forms).format(n=rng.randrange(600), a=_address(rng), s="s")
        yield f"http-nio-8443-exec-{rng.randrange(9)}", "org.apache.http.wire", "DEBUG", text


def contexts(rng: random.Random) -> Iterator[Said]:
    """Objects with words of mail in their fields."""
    while True:
        context = {
            "tenant": rng.randrange(9),
            "email": _address(rng),
            "action": rng.choice(("sent", "failed", "email", "notify")),
            "message": rng.choice(("mail sent", "Email delivery failed", "ok")),
            "status": rng.choice(("success", "error")),
        }
        yield f"ctx-{rng.randrange(3)}", "com.fernway.ctx.Trace", "DEBUG", f"Context {json.dumps(context)}"


def gc(rng: random.Random) -> Iterator[Said]:
    """Garbage collection, JMX beans, class loading, with `ssl` among them."""
    forms = (
        "GC(530) Pause Young (Normal) {n}M->{n}M(554M) 4.535ms",
        "MBean Catalina:type=ThreadPool,name=https-jsse-nio-443 sslEnabled=true accepted={n}",
        "Loaded sun.security.ssl.SSLSessionImpl source: jrt:/java.base ok {n}",
        "jdk.tls.client.protocols=TLSv1.2 javax.net.ssl.trustStore=/etc/ts.p12 reload={n}",
        "Metaspace used {n}K, committed 587K, message count 465",
        "Attribute SmtpSessions of com.harbor:type=MailStats is {n}",
    )
    while True:
        yield "jmx", "jvm.Monitor", rng.choice(("INFO", "WARN")), rng.choice(forms).format(n=rng.randrange(900))


def services(rng: random.Random) -> Iterator[Said]:
    """LDAP and Kafka in trouble, with traces and TLS."""
    forms = (
        "LDAP search for mail=* failed\njavax.naming.CommunicationException: ldap.example.com:636 [Root exception is"
        " javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath."
        "SunCertPathBuilderException: unable to find valid certification path to requested target]\n"
        "\tat java.naming/com.sun.jndi.ldap.Connection.<init>(Connection.java:252)\n"
        "\tat com.harbor.ldap.Directory.open(Directory.java:{n})",
        "Failed to send message {n} to topic alarms\norg.apache.kafka.common.errors.SslAuthenticationException: SSL"
        " handshake failed\nCaused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed\n"
        "\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)\n"
        "\tat org.apache.kafka.common.network.SslTransportLayer.handshake(SslTransportLayer.java:{n})",
        "[Producer clientId=alarms-{n}] Connection to node -1 (kafka:9093) failed authentication due to: SSL handshake"
        " failed",
        "Message {n} delivered to partition 3 of topic notifications",
        "Webhook notification to https://hooks.example.com failed: 503",
    )
    while True:
        text = rng.choice(forms).replace("{n}", str(rng.randrange(900)))
        yield f"kafka-{rng.randrange(3)}", "org.apache.kafka.clients.NetworkClient", "ERROR", text


def loud(rng: random.Random) -> Iterator[Said]:
    """Failures of other services in the words and numbers of mail's: certificates, alerts, refusals, codes."""
    pkix = "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid"
    forms = (
        f"SLIC feed update failed\njavax.net.ssl.SSLHandshakeException: {pkix} certification path to requested target"
        "\n\tat com.harbor.feed.SlicFeedGetter.fetch(SlicFeedGetter.java:{n})",
        "Webhook to https://hooks.example.com/{n} failed\njavax.net.ssl.SSLHandshakeException: Received fatal alert:"
        " handshake_failure\n\tat org.apache.http.impl.execchain.MainClientExec.execute(MainClientExec.java:{n})",
        "Kafka broker kafka.example.com:9093: SSL handshake failed\njavax.net.ssl.SSLException: Unsupported or"
        " unrecognized SSL message\n\tat org.apache.kafka.common.network.SslTransportLayer.handshake(Ssl.java:{n})",
        "POST /api/v2/policies returned HTTP 535 in {n} ms",
        "GET /metrics: status=554 bytes=535 duration={n}",
        "JDBC pool: cannot get a connection\njava.net.ConnectException: Connection refused\n"
        "\tat org.postgresql.core.PGStream.createSocket(PGStream.java:{n})",
        "ISE session query failed\njava.net.SocketTimeoutException: Read timed out\n"
        "\tat com.harbor.ise.PxGridClient.query(PxGridClient.java:{n})",
        "Cannot resolve flow collector\njava.net.UnknownHostException: fc-{n}.example.com\n"
        "\tat com.harbor.fc.Collector.resolve(Collector.java:{n})",
        "WARNING: Illegal reflective access by com.sun.mail.util.SocketFetcher to field sun.nio.ch.{n}",
        "LDAPS bind failed\njavax.net.ssl.SSLHandshakeException: No subject alternative DNS name matching"
        " ldap-{n}.example.com found.\n\tat com.sun.jndi.ldap.Connection.createSocket(Connection.java:{n})",
        "Syslog over TLS to siem.example.com:6514: error:0A000086:SSL routines::certificate verify failed ({n})",
    )
    while True:
        level = rng.choice(("WARN", "ERROR"))
        yield (
            f"other-{rng.randrange(3)}",
            "com.harbor.other.Service",
            level,
            rng.choice(forms).format(n=rng.randrange(999)),
        )


def healthy(rng: random.Random) -> Iterator[Said]:
    """A sender that works: every line is a mail that was accepted."""
    while True:
        text = f"Email sent to {rng.randrange(1, 9)} recipient(s)"
        yield f"sender-{rng.randrange(10**9)}", "net.lumen.alert.mail.MailDispatcher", "INFO", text


def german(rng: random.Random) -> Iterator[Said]:
    """German messages."""
    forms = (
        "Benutzer {a} erfolgreich angemeldet",
        "E-Mail-Adresse {a} wurde geprüft, gültig",
        "Aktion Nr. {n} im Zwischenspeicher aktualisiert",
        "Auftrag {n} gestartet, Warteschlange Mail leer",
        "Zertifikat {n} eingelesen, Prüfung erfolgreich",
        "Zugriff auf Einstellungen verweigert für {a}",
        "Nachricht {n} aus Thema alarme gelesen",
    )
    while True:
        text = rng.choice(forms).format(a=_address(rng), n=rng.randrange(900))
        yield "haupt-1", "de.hafen.Dienst", rng.choice(("INFO", "WARN")), text


FAMILIES: dict[str, Family] = {
    family.__name__: family for family in (audit, schedulers, http, contexts, gc, services, loud, healthy, german)
}

Look = Callable[[datetime, Said], str]


def spring(at: datetime, said: Said) -> str:
    """`2026-11-24 03:31:33.244 INFO [thread] logger - text`."""
    thread, logger, level, text = said
    return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} {level} [{thread}] {logger} - {text}"


def json_lines(at: datetime, said: Said) -> str:
    """A logger's JSON."""
    thread, logger, level, text = said
    message, _, stack = text.partition("\n")
    stamp = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
    record = {"@timestamp": stamp, "message": message, "logger_name": logger, "thread_name": thread, "level": level}
    return json.dumps({**record, "stack_trace": stack} if stack else record)


def lines(family: str, count: int, seed: int, begin: datetime, step: timedelta, look: Look = spring) -> list[str]:
    """So many messages of a family, each of one or more lines, from a time on."""
    rng = random.Random(f"{family}-{seed}")
    said = FAMILIES[family](rng)
    return [line for n in range(count) for line in look(begin + n * step, next(said)).split("\n")]
