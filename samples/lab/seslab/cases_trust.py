"""Cases in which the client refuses the server's certificate."""

from __future__ import annotations

from .capture import CaptureOptions
from .client import ClientSettings
from .expected import PKIX_LOG, Alert, Expected, Facts, failed, hashes
from .model import SES, SES_HOST, Case, Store
from .pki import Hierarchy
from .server import Endpoint, Tls
from .settings import chatter, jvm_trust, smtp

ECDHE = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
DISTRUST = Alert("client", "certificate_unknown")


def pkix_root_missing(ca: Hierarchy) -> Case:
    served = ca.ses()

    def client(store: str) -> ClientSettings:
        properties = smtp(
            587,
            "starttls",
            wording="action",
            logger="com.harbor.response.action.EmailActionExecutor",
            thread="action-exec-3",
        )
        properties |= chatter(
            {
                0: [
                    "INFO|com.harbor.response.Bootstrap|Response engine up, 14 rules, 3 actions",
                    "INFO|com.harbor.response.feed.AlarmSubscriber|Subscribed to alarm stream, lag 0",
                ],
                1: [
                    "INFO|com.harbor.response.feed.AlarmSubscriber|Polled 0 alarms",
                    "WARN|com.harbor.response.syslog.SyslogSender|UDP send buffer smaller than requested: 212992 bytes",
                ],
            }
        )
        return ClientSettings(
            properties,
            "spring-boot",
            package="com.harbor.response.action",
            class_name="EmailActionExecutor",
            hosts={SES_HOST: SES},
            jvm_options=jvm_trust(store),
        )

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store("PKCS12", {"example-holdings-root": ca.company_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="The trust store holds no CA of the served chain",
            configured={
                "client": "JavaMail 1.6.5, STARTTLS, port 587, JSSE of OpenJDK 17",
                "served": ["leaf", "Amazon RSA 2048 M01", "Amazon Root CA 1 (cross)", "Starfield Services G2 (cross)"],
                "trust_store": ["Example Holdings Root CA"],
                "log_layout": "Spring Boot pattern, no zone, JVM in UTC",
            },
            whole=failed("ca-missing-from-trust-store", "certificate", "confirmed"),
            log=PKIX_LOG,
            capture=failed(
                "pkix-path-not-found",
                "certificate",
                "suspected",
                ["ca-missing-from-trust-store", "trust-anchor-key-mismatch"],
            ).because("the served chain is whole, in date, of Amazon and fits the name, so the other readings fall"),
            facts=Facts(SES_HOST, 587, "TLSv1.2", ECDHE, None, SES_HOST, hashes(served.chain), DISTRUST),
        ),
    )
