"""Programs that the client poses as: package, class, thread, layout, zone, chatter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .client import ClientSettings
from .model import SES, SES_HOST
from .settings import chatter, smtp


@dataclass(frozen=True, slots=True)
class Voice:
    """How a program looks in its log. ``chat`` holds the lines after attempt N (0: before the first)."""

    package: str
    class_name: str
    thread: str
    layout: str
    wording: str
    zone: str = "UTC"
    chat: Mapping[int, Sequence[str]] = field(default_factory=dict)

    def client(
        self,
        port: int,
        mode: str,
        *,
        host: str = SES_HOST,
        hosts: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        attempts: int = 1,
        timeout_ms: int = 15000,
        resolver: str | None = None,
        jvm_options: tuple[str, ...] = (),
        security_overrides: Mapping[str, str] | None = None,
        wording: str = "",
        layout: str = "",
        zone: str = "",
    ) -> ClientSettings:
        """Settings of a run; without ``hosts`` and ``resolver`` the SES host resolves to the SES address."""
        properties = smtp(
            port,
            mode,
            host=host,
            wording=wording or self.wording,
            logger=f"{self.package}.{self.class_name}",
            thread=self.thread,
            attempts=attempts,
            timeout_ms=timeout_ms,
        )
        return ClientSettings(
            properties | chatter(self.chat) | dict(extra or {}),
            layout or self.layout,
            package=self.package,
            class_name=self.class_name,
            hosts=None if resolver else dict(hosts or {SES_HOST: SES}),
            resolver=resolver,
            zone=zone or self.zone,
            jvm_options=jvm_options,
            security_overrides=security_overrides or {},
        )


HARBOR = Voice(
    "com.harbor.response.action",
    "EmailActionExecutor",
    "action-exec-3",
    "spring-boot",
    "action",
    chat={
        0: (
            "INFO|com.harbor.response.Bootstrap|Response engine up, 14 rules, 3 actions",
            "INFO|com.harbor.response.feed.AlarmSubscriber|Subscribed to alarm stream, lag 0",
        ),
        1: (
            "INFO|com.harbor.response.feed.AlarmSubscriber|Polled 0 alarms",
            "WARN|com.harbor.response.syslog.SyslogSender|UDP send buffer smaller than requested: 212992 bytes",
        ),
        2: ("INFO|com.harbor.response.feed.AlarmSubscriber|Polled 2 alarms, 0 matched a rule",),
    },
)
LUMEN = Voice(
    "net.lumen.alert.mail",
    "MailDispatcher",
    "pool-2-thread-1",
    "classic",
    "email",
    zone="America/New_York",
    chat={
        0: ("INFO|net.lumen.alert.Heartbeat|alive, queue depth 0",),
        1: (
            "WARN|net.lumen.alert.rule.RuleCache|Rule 9 has no action, ignored",
            "INFO|net.lumen.alert.Heartbeat|alive, queue depth 0",
        ),
        2: ("INFO|net.lumen.alert.Heartbeat|alive, queue depth 1",),
    },
)
TIDE = Voice(
    "org.tidewater.notify",
    "NotificationJob",
    "scheduling-1",
    "log4j",
    "dispatch",
    zone="Europe/Berlin",
    chat={
        0: ("INFO|org.tidewater.store.ConfigLoader|Configuration revision 208 loaded",),
        1: ("WARN|org.tidewater.db.SlowQuery|Query took 1204 ms (limit 1000 ms)",),
        2: ("INFO|org.tidewater.store.ConfigLoader|Configuration revision 209 loaded",),
    },
)
QUARRY = Voice(
    "io.quarry.outbound",
    "SmtpOutlet",
    "http-nio-8080-exec-7",
    "iso-zone",
    "relay",
    zone="Asia/Kolkata",
    chat={
        0: ("INFO!|io.quarry.web.Access|POST /actions/41/test from 127.0.0.1",),
        1: ("INFO!|io.quarry.web.Access|POST /actions/41/test took 731 ms, status 200",),
    },
)
FERN = Voice(
    "com.fernway.actions",
    "ActionRunner",
    "action-worker-12",
    "json",
    "state",
    chat={
        0: ('INFO|com.fernway.health.Probe|liveness "ok"',),
        1: (
            'INFO|com.fernway.health.Probe|liveness "ok"',
            "WARN|com.fernway.syslog.Forwarder|Dropped 3 events, destination 'siem' is slow",
        ),
        2: ('INFO|com.fernway.health.Probe|liveness "ok"',),
    },
)
ALDER = Voice(
    "dev.alder.rules",
    "RuleActionService",
    "ForkJoinPool-1-worker-3",
    "classic",
    "silent-start",
    chat={
        0: ("INFO|dev.alder.rules.Evaluator|Evaluated 31 rules in 4 ms",),
        1: ("INFO|dev.alder.rules.Evaluator|Evaluated 31 rules in 3 ms",),
    },
)
POSTBOX = Voice(
    "mailer",
    "Postbox",
    "main",
    "no-time",
    "relay",
    chat={
        0: ("INFO|mailer.Queue|1 message waiting",),
        1: ("WARN|mailer.Disk|Spool partition is 81 % full",),
    },
)
GANNET = Voice(
    "eu.gannet.alarm.out",
    "OutboundChannel",
    "channel-2",
    "bars",
    "email",
    zone="America/Sao_Paulo",
    chat={
        0: ("INFO|eu.gannet.alarm.Cluster|Node joined, 1 member",),
        1: ("WARN|eu.gannet.alarm.Snmp|No community configured, traps are off",),
    },
)
