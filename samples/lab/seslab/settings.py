"""The recurring parts of client settings: SMTP modes, wordings, chatter, trust."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .model import MANAGER, SES_HOST
from .stores import PASSWORD

#: AWS's published example credentials; the password is derived from AWS's example secret for us-east-1.
USER = "AKIAIOSFODNN7EXAMPLE"
SMTP_PASSWORD = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"
SENDER = "sna-alarms@example.com"
RECIPIENT = "soc@example.com"


@dataclass(frozen=True, slots=True)
class Wording:
    """How a release might word an attempt. ``start`` may be empty: not every program says that it begins."""

    start: str
    success: str
    failure: str


WORDINGS: Mapping[str, Wording] = {
    "action": Wording(
        "Executing test action 'Mail to SOC' (EMAIL)",
        "Test action 'Mail to SOC' completed successfully",
        "Test action 'Mail to SOC' failed",
    ),
    "email": Wording("Sending test email to 1 recipient(s)", "Email sent to 1 recipient(s)", "Unable to send email"),
    "dispatch": Wording(
        "ResponseAction[id=17,type=EMAIL] dispatch begin",
        "ResponseAction[id=17,type=EMAIL] dispatch ok in 1 try",
        "ResponseAction[id=17,type=EMAIL] dispatch error",
    ),
    "relay": Wording(
        "Handing 1 queued message to the mail relay",
        "Message delivered to the mail relay",
        "Error while delivering message",
    ),
    "silent-start": Wording("", "Notification was accepted by the mail server", "Could not notify by e-mail"),
    "state": Wording(
        "action=41 kind=email trigger=test state=STARTED",
        "action=41 kind=email trigger=test state=SUCCEEDED",
        "action=41 kind=email trigger=test state=FAILED",
    ),
}


def smtp(
    port: int,
    mode: str,
    *,
    host: str = SES_HOST,
    wording: str = "action",
    logger: str,
    thread: str,
    attempts: int = 1,
    timeout_ms: int = 15000,
) -> dict[str, str]:
    """Properties of the client for ``mode`` "starttls", "smtps" or "plain"."""
    protocol = "smtps" if mode == "smtps" else "smtp"
    words = WORDINGS[wording]
    prefix = f"mail.{protocol}"
    result = {
        "lab.protocol": protocol,
        "lab.attempts": str(attempts),
        "lab.logger": logger,
        "lab.thread": thread,
        "lab.say.start": words.start,
        "lab.say.success": words.success,
        "lab.say.failure": words.failure,
        "lab.user": USER,
        "lab.password": SMTP_PASSWORD,
        "lab.from": SENDER,
        "lab.to": RECIPIENT,
        f"{prefix}.host": host,
        f"{prefix}.port": str(port),
        f"{prefix}.auth": "true",
        f"{prefix}.localhost": "smc.example.com",
        f"{prefix}.localaddress": MANAGER,
        f"{prefix}.connectiontimeout": str(timeout_ms),
        f"{prefix}.timeout": str(timeout_ms),
    }
    if mode == "starttls":
        result[f"{prefix}.starttls.enable"] = "true"
        result[f"{prefix}.starttls.required"] = "true"
    return result


def chatter(lines: Mapping[int, Sequence[str]]) -> dict[str, str]:
    """Healthy and unrelated lines, after attempt N (0: before the first): ``LEVEL|logger|text``."""
    return {
        f"lab.chat.{after}.{number}": text
        for after, texts in lines.items()
        for number, text in enumerate(texts, start=1)
    }


def jvm_trust(store: str) -> tuple[str, ...]:
    """JVM options that make ``store`` (a PKCS#12) the default trust store."""
    return (
        f"-Djavax.net.ssl.trustStore={store}",
        f"-Djavax.net.ssl.trustStorePassword={PASSWORD}",
        "-Djavax.net.ssl.trustStoreType=PKCS12",
    )


def own_factory(kind: str, store: str) -> dict[str, str]:
    """Properties for a socket factory of the program's own (``jsse`` or ``openssl``) over ``store``."""
    return {
        "lab.factory": kind,
        "lab.trust.store": store,
        "lab.trust.password": PASSWORD,
        "lab.trust.type": "PKCS12",
    }
