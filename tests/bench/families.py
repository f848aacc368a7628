"""Families of chatter, each of its own vocabulary and layout: what services beside the mail actions write all day.

Written from what such services print, not from what sestriage looks for; a family is never changed for the sake of a
figure. In a text `{a}` is a small number, `{b}` one up to 63, `{c}` one up to 1,023, `{x}` ten hexadecimal digits. A
piece of several lines is one event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Layout = Literal["spring", "access", "json", "plain", "gc"]
"""`spring`: Spring Boot's default line; `access`: Tomcat's combined log; `json`: a line of JSON each; `plain`: stamp,
level, `[thread]`, logger, text; `gc`: unified logging of the JVM."""


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of chatter. Each piece is level, thread, logger and text; where the layout has none of the first three,
    they are empty. `success_every`: a report of a sent mail stands in every so many pieces; 0: none."""

    layout: Layout
    pieces: tuple[tuple[str, str, str, str], ...]
    success_every: int = 0


_SPRING = (
    ("INFO ", "main", "o.s.b.w.embedded.tomcat.TomcatWebServer", "Tomcat started on port(s): 8080 (http) with context"),
    ("INFO ", "task-{a}", "c.h.response.email.EmailAction", "Refreshed cache of {b} recipients in {c} ms ok"),
    ("INFO ", "task-{a}", "c.h.response.email.EmailTemplateLoader", "Loaded template {b} version {c} for locale en_US"),
    ("INFO ", "task-{a}", "c.h.response.mail.MailGroupResolver", "Group {b} resolved to {a} members, cached {c} s"),
    (
        "INFO ",
        "scheduling-{a}",
        "o.s.s.c.ThreadPoolTaskExecutor",
        "Initializing ExecutorService 'mailTaskExecutor-{b}'",
    ),
    ("DEBUG", "scheduling-{a}", "o.s.s.c.ThreadPoolTaskExecutor", "Task {x} completed ok after {c} ms"),
    ("INFO ", "task-{a}", "c.h.response.action.ActionRegistry", "Action {b} of type EMAIL registered, listener {x} ok"),
    (
        "INFO ",
        "http-nio-8080-exec-{a}",
        "c.h.response.rest.ActionController",
        "Saved action {b}, revision {c}: success",
    ),
    ("INFO ", "task-{a}", "c.h.response.alarm.AlarmListener", "Alarm {x} handed to {a} listeners, ok"),
    ("WARN ", "task-{a}", "c.h.response.email.AddressValidator", "Recipient list {b} has no entries, skipped"),
    ("INFO ", "task-{a}", "c.h.response.sync.ContactSync", "Contact sync finished: {b} added, {a} removed, status OK"),
    ("INFO ", "scheduling-{a}", "c.h.response.email.DigestPlanner", "Next digest of group {b} in {c} minutes"),
)
_HTTP_DEBUG = (
    ("DEBUG", "exec-{a}", "org.apache.http.wire", 'http-outgoing-{b} >> "POST /v2/mail/rules/{c} HTTP/1.1[\\r][\\n]"'),
    ("DEBUG", "exec-{a}", "org.apache.http.wire", 'http-outgoing-{b} << "HTTP/1.1 200 OK[\\r][\\n]"'),
    ("DEBUG", "exec-{a}", "org.apache.http.wire", 'http-outgoing-{b} << "Content-Length: {c}[\\r][\\n]"'),
    ("DEBUG", "exec-{a}", "org.apache.http.wire", 'http-outgoing-{b} << "{{"status":"ok","id":"{x}","mail":null}}"'),
    (
        "DEBUG",
        "exec-{a}",
        "o.a.h.i.conn.PoolingHttpClientConnectionManager",
        "Connection [id: {b}][route: {{s}}->https://auth.internal:443] can be kept alive for {c}.0 seconds",
    ),
    ("DEBUG", "exec-{a}", "o.a.h.c.ssl.SSLConnectionSocketFactory", "Enabled protocols: [TLSv1.3, TLSv1.2]"),
    ("DEBUG", "exec-{a}", "o.a.h.c.ssl.SSLConnectionSocketFactory", "Starting handshake"),
    ("DEBUG", "exec-{a}", "o.a.h.c.ssl.SSLConnectionSocketFactory", " peer principal: CN=auth.internal, O=Harbor"),
    (
        "DEBUG",
        "exec-{a}",
        "o.s.jdbc.core.JdbcTemplate",
        "Executing prepared SQL statement [select email, name from contact where id = ?]",
    ),
    ("DEBUG", "exec-{a}", "o.s.jdbc.datasource.DataSourceUtils", "Fetching JDBC Connection from DataSource"),
    (
        "TRACE",
        "exec-{a}",
        "o.h.type.descriptor.sql.BasicBinder",
        "binding parameter [{a}] as [VARCHAR] - [user{c}@corp.example]",
    ),
    ("DEBUG", "exec-{a}", "o.s.web.servlet.DispatcherServlet", "Completed 200 OK"),
    ("DEBUG", "exec-{a}", "o.s.security.web.FilterChainProxy", "Secured GET /api/contacts/{c}/mail"),
)
_ACCESS = (
    (
        "",
        "",
        "",
        '"GET /sw-response-mgmt/v1/actions?type=EMAIL HTTP/1.1" 200 {c} "-" "Mozilla/5.0 (X11; Linux x86_64)" {b}',
    ),
    ("", "", "", '"POST /sw-response-mgmt/v1/actions/{b}/test HTTP/1.1" 202 {c} "https://smc/" "Mozilla/5.0" {b}'),
    ("", "", "", '"GET /static/js/chunk-{x}.js HTTP/2.0" 304 0 "https://smc/" "Mozilla/5.0 (Windows NT 10.0)" {a}'),
    ("", "", "", '"GET /health HTTP/1.1" 200 15 "-" "kube-probe/1.28" {a}'),
    ("", "", "", '"PUT /sw-response-mgmt/v1/rules/{c} HTTP/1.1" 409 {b} "https://smc/" "Mozilla/5.0" {c}'),
    ("", "", "", '"GET /smc/rest/domains/301/hosts/10.1.{b}.{a} HTTP/1.1" 401 535 "-" "curl/7.88.1" {a}'),
    (
        "",
        "",
        "",
        '"GET /mail/preview?id={x}&to=user{c}%40corp.example HTTP/1.1" 200 {c} "https://smc/" "Mozilla/5.0" {b}',
    ),
    ("", "", "", '"GET /api/v1/search?q=smtp+failure HTTP/1.1" 200 {c} "https://smc/" "Mozilla/5.0" {b}'),
)
_KAFKA = (
    (
        "INFO ",
        "kafka-{a}",
        "org.apache.kafka.clients.NetworkClient",
        "[Consumer clientId=mail-{a}, groupId=response] Node {b} disconnected.",
    ),
    (
        "INFO ",
        "kafka-{a}",
        "o.a.k.c.c.internals.ConsumerCoordinator",
        "[Consumer clientId=mail-{a}, groupId=response] Successfully joined group with generation Generation{{generationId={c}, memberId='mail-{x}'}}",
    ),
    (
        "INFO ",
        "kafka-{a}",
        "o.a.k.c.c.internals.AbstractCoordinator",
        "[Consumer clientId=mail-{a}, groupId=response] (Re-)joining group",
    ),
    (
        "INFO ",
        "kafka-{a}",
        "o.a.k.c.c.internals.SubscriptionState",
        "[Consumer clientId=mail-{a}, groupId=response] Resetting offset for partition alarms-{b} to position FetchPosition{{offset={c}}}",
    ),
    (
        "WARN ",
        "kafka-{a}",
        "org.apache.kafka.clients.NetworkClient",
        "[Consumer clientId=mail-{a}, groupId=response] Connection to node {b} (broker{b}/10.2.0.{b}:9093) could not be established. Broker may not be available.",
    ),
    (
        "DEBUG",
        "kafka-{a}",
        "o.a.k.c.consumer.internals.Fetcher",
        "[Consumer clientId=mail-{a}, groupId=response] Added READ_UNCOMMITTED fetch request for partition alarms-{b} at position {c} to node {a}",
    ),
    ("INFO ", "kafka-{a}", "c.h.feed.EventListenerContainer", "Listener {b} processed {c} records, ok"),
    ("INFO ", "kafka-{a}", "o.apache.kafka.common.metrics.Metrics", "Metrics scheduler closed"),
    (
        "ERROR",
        "kafka-{a}",
        "o.a.kafka.common.network.Selector",
        "[Consumer clientId=mail-{a}, groupId=response] Failed authentication with broker{b}/10.2.0.{b} (SSL handshake failed)",
    ),
)
_JSON = (
    ("INFO", "exec-{a}", "com.harbor.api.AuditFilter", "request finished"),
    ("INFO", "exec-{a}", "com.harbor.contacts.ContactService", "contact updated"),
    ("DEBUG", "exec-{a}", "com.harbor.notify.NotificationService", "notification {x} queued for channel email"),
    ("INFO", "exec-{a}", "com.harbor.notify.TemplateService", "template {b} rendered in {c} ms"),
    ("WARN", "exec-{a}", "com.harbor.api.RateLimiter", "client {x} exceeded {c} requests"),
    ("INFO", "exec-{a}", "com.harbor.session.SessionService", "session {x} of user{c} closed: ok"),
)
_AUDIT = (
    (
        "INFO ",
        "audit-{a}",
        "AUDIT",
        "user=user{c}@corp.example action=LOGIN result=SUCCESS ip=10.4.{b}.{a} session={x}",
    ),
    (
        "INFO ",
        "audit-{a}",
        "AUDIT",
        "user=user{c}@corp.example action=EXPORT object=report-{b} result=SUCCESS rows={c}",
    ),
    (
        "INFO ",
        "audit-{a}",
        "AUDIT",
        "user=admin action=UPDATE_CONTACT object=desk{b}@corp.example field=email result=SUCCESS",
    ),
    (
        "WARN ",
        "audit-{a}",
        "AUDIT",
        'user=user{c}@corp.example action=LOGIN result=FAILURE reason="bad password" ip=10.4.{b}.{a}',
    ),
    ("INFO ", "audit-{a}", "AUDIT", "user=svc-{b}@corp.example action=TOKEN_REFRESH result=SUCCESS token={x}"),
    ("INFO ", "audit-{a}", "AUDIT", "user=user{c}@corp.example action=VIEW object=/alarms/{x} result=SUCCESS"),
    (
        "INFO ",
        "audit-{a}",
        "AUDIT",
        "user=user{c}@corp.example action=SUBSCRIBE list=daily-digest to=team{b}@corp.example result=SUCCESS",
    ),
    (
        "INFO ",
        "audit-{a}",
        "AUDIT",
        "user=user{c}@corp.example action=SEND_INVITATION to=guest{b}@other.example result=QUEUED id={x}",
    ),
)
_GC = (
    ("info", "", "gc,start", "GC({c}) Pause Young (Normal) (G1 Evacuation Pause)"),
    ("info", "", "gc,task", "GC({c}) Using {a} workers of 8 for evacuation"),
    ("info", "", "gc,phases", "GC({c})   Pre Evacuate Collection Set: 0.{a}ms"),
    ("info", "", "gc,heap", "GC({c}) Eden regions: {b}->0({b})"),
    ("info", "", "gc,metaspace", "GC({c}) Metaspace: {c}K->{c}K(1114112K)"),
    ("info", "", "gc", "GC({c}) Pause Young (Normal) (G1 Evacuation Pause) {c}M->{b}M(2048M) {a}.{b}ms"),
    (
        "info",
        "",
        "safepoint",
        'Safepoint "G1CollectForAllocation", Time since last: {x} ns, Reaching safepoint: {c} ns',
    ),
    ("warning", "", "gc,alloc", "smtp-sender-{a}: Retried waiting for GCLocker too often allocating {c} words"),
    ("info", "", "jmx", "java.lang:type=MemoryPool,name=G1 Old Gen Usage={{committed={c}, init=0, max=-1, used={x}}}"),
    (
        "info",
        "",
        "jmx",
        "org.apache.activemq:type=Broker,destinationName=mail.outbound QueueSize={c} ConsumerCount={a}",
    ),
    ("info", "", "jmx", "com.harbor:type=EmailSender,name=stats Sent={c} Failed=0 State=OK"),
)
_STACKS = (
    (
        "ERROR",
        "worker-{a}",
        "c.h.ldap.DirectorySync",
        """Sync of realm {b} failed
javax.naming.CommunicationException: ldap{b}.corp.example:636 [Root exception is javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target]
\tat java.naming/com.sun.jndi.ldap.Connection.<init>(Connection.java:252)
\tat java.naming/com.sun.jndi.ldap.LdapClient.<init>(LdapClient.java:137)
\tat com.harbor.ldap.DirectorySync.connect(DirectorySync.java:{c})
\tat java.base/java.lang.Thread.run(Thread.java:840)""",
    ),
    (
        "ERROR",
        "exec-{a}",
        "o.a.c.c.C.[.[.[/].[dispatcherServlet]",
        """Servlet.service() for servlet [dispatcherServlet] in context with path [] threw exception
java.net.SocketTimeoutException: Read timed out
\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)
\tat com.harbor.feed.FeedClient.poll(FeedClient.java:{c})
\tat org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:{c})
\tat java.base/java.lang.Thread.run(Thread.java:840)""",
    ),
    (
        "WARN ",
        "pool-{a}",
        "c.zaxxer.hikari.pool.ProxyConnection",
        """HikariPool-{a} - Connection org.postgresql.jdbc.PgConnection@{x} marked as broken because of SQLSTATE(08006), ErrorCode(0)
org.postgresql.util.PSQLException: An I/O error occurred while sending to the backend.
\tat org.postgresql.core.v3.QueryExecutorImpl.execute(QueryExecutorImpl.java:{c})
Caused by: java.net.SocketException: Connection reset
\tat java.base/java.net.SocketInputStream.read(SocketInputStream.java:186)
\t... {b} common frames omitted""",
    ),
    (
        "ERROR",
        "kafka-{a}",
        "c.h.feed.AlarmConsumer",
        """Record {x} could not be read
com.fasterxml.jackson.databind.exc.MismatchedInputException: Cannot deserialize value of type `java.lang.String` from Object value
\tat com.fasterxml.jackson.databind.DeserializationContext.reportInputMismatch(DeserializationContext.java:{c})
\tat com.harbor.feed.AlarmConsumer.read(AlarmConsumer.java:{b})""",
    ),
    ("INFO ", "worker-{a}", "c.h.rules.Evaluator", "Evaluated {b} rules in {c} ms"),
)
_HEALTHY = (
    ("INFO ", "action-{a}", "c.h.response.action.ActionRunner", "Alarm {x} matched rule {b}, {a} actions"),
    ("INFO ", "action-{a}", "c.h.response.action.ActionRunner", "Syslog action {b} done in {c} ms"),
    ("DEBUG", "action-{a}", "c.h.response.action.Throttle", "Window of rule {b}: {a} of {c}"),
    ("INFO ", "action-{a}", "c.h.response.alarm.AlarmStore", "Stored alarm {x} ({c} bytes)"),
)
_GERMAN = (
    ("INFO ", "aufgabe-{a}", "d.hafen.antwort.RegelPrüfer", "{b} Regeln in {c} ms geprüft, {a} Treffer"),
    ("INFO ", "aufgabe-{a}", "d.hafen.antwort.MailVorlage", "Vorlage {b} für E-Mail-Benachrichtigung geladen"),
    ("WARN ", "aufgabe-{a}", "d.hafen.antwort.Verteiler", "Verteilerliste {b} ist leer, übersprungen"),
    ("INFO ", "aufgabe-{a}", "d.hafen.antwort.Abgleich", "Abgleich der Kontakte erfolgreich: {c} Adressen, {a} neu"),
    (
        "ERROR",
        "aufgabe-{a}",
        "d.hafen.antwort.Verzeichnis",
        "Verbindung zum Verzeichnisdienst abgelehnt (Versuch {a} von 8)",
    ),
    ("INFO ", "aufgabe-{a}", "d.hafen.antwort.Sitzung", "Sitzung {x} von benutzer{c}@firma.example beendet"),
    ("WARN ", "aufgabe-{a}", "d.hafen.antwort.Datenbank", "Zeitüberschreitung bei Abfrage {x} nach {c} ms"),
    ("INFO ", "aufgabe-{a}", "d.hafen.antwort.Aktion", "Aktion {b} gespeichert, gesendet an {a} Empfänger der Konsole"),
)

FAMILIES: dict[str, Family] = {
    "spring": Family("spring", _SPRING),
    "http-debug": Family("spring", _HTTP_DEBUG),
    "access": Family("access", _ACCESS),
    "kafka": Family("plain", _KAFKA),
    "json": Family("json", _JSON),
    "audit": Family("plain", _AUDIT),
    "healthy": Family("spring", _HEALTHY, success_every=10),
    "gc": Family("gc", _GC),
    "stacks": Family("plain", _STACKS),
    "german": Family("spring", _GERMAN),
}
"""By the names that `make_log.py --family` takes."""
