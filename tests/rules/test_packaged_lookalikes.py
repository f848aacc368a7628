"""The look-alike pairs of docs/domain.md, section 10, each in both directions: the evidence of one side raises its
own rule and not that of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from rules.excerpts import causes, pasted
from sestriage.model.facts import FactBase
from sestriage.rules import load_rules
from sestriage.rules.authoring.example_facts import fact_base

RULES = load_rules()


@dataclass(frozen=True)
class Side:
    """Evidence and the rule that it must raise."""

    rule: str
    log: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def base(self) -> FactBase:
        return fact_base(self.facts, dict(pasted(self.log).facts) if self.log is not None else None)


def nested(inner: str, outer: str = "Could not convert socket to TLS") -> str:
    return f"javax.mail.MessagingException: {outer};\n  nested exception is:\n\t{inner}\n"


def connecting(inner: str, host: str = "email-smtp.us-east-1.amazonaws.com", port: int = 587) -> str:
    head = f"com.sun.mail.util.MailConnectException: Couldn't connect to host, port: {host}, {port}; timeout -1;"
    return f"{head}\n  nested exception is:\n\t{inner}\n"


def auth(reply: str) -> str:
    return f"javax.mail.AuthenticationFailedException: {reply}\n\n"


def send(reply: str) -> str:
    return f"com.sun.mail.smtp.SMTPSendFailedException: {reply}\n\n"


PKIX = nested(
    "javax.net.ssl.SSLHandshakeException: PKIX path building failed:"
    " sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested"
    " target"
)
INVALID = (
    "javax.net.ssl.SSLHandshakeException: PKIX path validation failed: java.security.cert.CertPathValidatorException: "
)
NOT_VERIFIED = (
    "554 Message rejected: Email address is not verified. The following identities failed the check in region"
)


def path(**fields: object) -> dict[str, object]:
    return {"trust.path": [{"status": "no-path", **fields}]}


def stored(**certificate: object) -> dict[str, object]:
    """A store without a path that holds this certificate."""
    return path(entries=[{"certificate": certificate}])


def beside(**certificate: object) -> dict[str, object]:
    """The same, where a root of Amazon is what it lacks, and the served chain leads on to the Services root."""
    chain = [{"subject": "CN=Amazon Root CA 1", "issuer": "CN=Starfield Services Root Certificate Authority - G2"}]
    return path(entries=[{"certificate": certificate}], chain=chain, gap={"published": "Amazon Root CA 1"})


def stream(**fields: object) -> dict[str, object]:
    return {"tcp.stream": [fields]}


def alert(sender: str, description: str, **tls: object) -> dict[str, object]:
    alerts = [{"sender": sender, "level": "fatal", "code": 1, "description": description}]
    return stream(tcp={"established": True}, tls={"client_hello_seen": True, "alerts": alerts, **tls})


def silence(port: int) -> dict[str, object]:
    return stream(server={"port": port}, tcp={"established": True, "closed_by": "client", "silent_since": 10.0})


DISTRUST = alert("client", "certificate_unknown", server_hello_seen=True)
SES = "email-smtp.us-east-1.amazonaws.com"
OVER_SMTPS = f"Could not connect to SMTP host: {SES}, port: 587"

PAIRS: list[tuple[str, Side, Side]] = [
    (
        "535 and 454 in the same exception",
        Side("smtp-credentials-invalid", auth("535 Authentication Credentials Invalid")),
        Side("authentication-temporary-failure", auth("454 Temporary authentication failure")),
    ),
    (
        "530 at the login and 530 at the mail",
        Side("starttls-required-by-server", auth("530 Must issue a STARTTLS command first")),
        Side("authentication-required", send("530 Authentication required")),
    ),
    (
        "554 not verified and 554 access denied",
        Side("identity-not-verified", send(f"{NOT_VERIFIED} region US-EAST-1: a@example.com")),
        Side(
            "ses-access-denied",
            send(
                "554 Access denied: User `arn:aws:iam::111122223333:user/x' is not authorized to perform"
                " `ses:SendRawEmail' on resource `arn:aws:ses:us-east-1:111122223333:identity/example.com'"
            ),
        ),
    ),
    (
        "554 not verified and 554 paused",
        Side("identity-not-verified", send(f"{NOT_VERIFIED} region US-EAST-1: a@example.com")),
        Side("sending-paused", send("554 Message rejected: Sending paused for this account. For more information")),
    ),
    (
        "454 daily and 454 rate",
        Side("daily-quota-exceeded", send("454 Throttling failure: Daily message quota exceeded")),
        Side("sending-rate-exceeded", send("454 Throttling failure: Maximum sending rate exceeded")),
    ),
    (
        "454 rate and 454 SigV2",
        Side("sending-rate-exceeded", send("454 Throttling failure: Maximum sending rate exceeded")),
        Side("old-signature-credentials", send("454 Throttling failure: Maximum SigV2 SMTP sending rate exceeded.")),
    ),
    (
        "454 throttling and 554 paused",
        Side("daily-quota-exceeded", send("454 Throttling failure: Daily message quota exceeded")),
        Side("sending-paused", send("554 Message rejected: Sending paused for this account.")),
    ),
    (
        "path building and path validation",
        Side("pkix-path-not-found", PKIX),
        Side(
            "certificate-expired",
            nested(f"{INVALID}validity check failed")
            + "Caused by: java.security.cert.CertificateExpiredException: NotAfter: Thu Feb 01 23:59:59 UTC 2024\n",
        ),
    ),
    (
        "path validation that is an anchor problem, and one that is not",
        Side("pkix-path-not-found", nested(f"{INVALID}Path does not chain with any of the trust anchors")),
        Side(
            "weak-certificate-signature",
            nested(f"{INVALID}Algorithm constraints check failed on signature algorithm: SHA1withRSA"),
        ),
    ),
    (
        "expired and not yet valid",
        Side(
            "certificate-expired", nested("java.security.cert.CertificateExpiredException: NotAfter: Thu Feb 01 2024")
        ),
        Side(
            "certificate-not-yet-valid",
            nested("java.security.cert.CertificateNotYetValidException: NotBefore: Tue Jan 01 2047"),
        ),
    ),
    (
        "a missing root and TLS inspection",
        Side("ca-missing-from-trust-store", PKIX, path()),
        Side("tls-inspection", PKIX, path(host_is_ses=True, private_ca=True)),
    ),
    (
        "a missing root and the wrong Starfield",
        Side("ca-missing-from-trust-store", PKIX, stored(common_name="Example Holdings Root CA")),
        Side("look-alike-root", PKIX, beside(common_name="Starfield Root Certificate Authority - G2")),
    ),
    (
        "a missing root and a rotated leaf",
        Side("ca-missing-from-trust-store", PKIX, stored(subject="CN=Example Holdings Root CA")),
        Side(
            "trust-store-pinned",
            PKIX,
            stored(subject=f"CN={SES}", subject_name_id="a", issuer_name_id="b"),
        ),
    ),
    (
        "TLS inspection and a wrong Starfield",
        Side(
            "tls-inspection",
            PKIX,
            path(
                host_is_ses=True,
                private_ca=True,
                entries=[{"certificate": {"common_name": "Starfield Root Certificate Authority - G2"}}],
            ),
        ),
        Side("look-alike-root", PKIX, beside(common_name="Starfield Root Certificate Authority - G2")),
    ),
    (
        "a missing root and a root of the same name",
        Side("ca-missing-from-trust-store", PKIX, path()),
        Side("trust-anchor-key-mismatch", PKIX, path(anchor_key_mismatch=True)),
    ),
    (
        "a missing root and a missing intermediate",
        Side("ca-missing-from-trust-store", PKIX, path()),
        Side("incomplete-server-chain", PKIX, path(only_leaf_served=True)),
    ),
    (
        "TLS inspection and a self-signed relay",
        Side("tls-inspection", PKIX, path(host_is_ses=True, private_ca=True)),
        Side("self-signed-server-certificate", PKIX, path(private_ca=True, leaf_self_signed=True)),
    ),
    (
        "an empty trust store and a missing file",
        Side(
            "trust-store-empty",
            nested(
                "javax.net.ssl.SSLException: Unexpected error: java.security.InvalidAlgorithmParameterException: the"
                " trustAnchors parameter must be non-empty"
            ),
        ),
        Side("pkix-path-not-found", PKIX),
    ),
    (
        "an empty trust store and one that cannot be opened",
        Side(
            "trust-store-empty",
            nested("java.security.InvalidAlgorithmParameterException: the trustAnchors parameter must be non-empty"),
        ),
        Side(
            "trust-store-unreadable",
            nested("java.security.KeyManagementException: problem accessing trust store"),
        ),
    ),
    (
        "a small DH key in OpenSSL and a large one in old Java",
        Side("dh-key-too-small", nested("SSLHandshakeException: error:0A00018A:SSL routines::dh key too small")),
        Side("dh-prime-too-large-for-client", nested("SSLException: Could not generate DH keypair")),
    ),
    (
        "a small DH key in JSSE and a large one in old Java",
        Side(
            "dh-key-too-small",
            nested("SSLHandshakeException: DH ServerKeyExchange does not comply to algorithm constraints"),
        ),
        Side("dh-prime-too-large-for-client", nested("SSLException: Prime size must be multiple of 64")),
    ),
    (
        "handshake_failure received and sent",
        Side("no-common-cipher-suite", facts=alert("server", "handshake_failure", sni="mail.example.com")),
        Side(
            "dh-key-too-small",
            facts=alert("client", "handshake_failure", server_hello_seen=True, key_exchange="DHE", dh_bits=1024),
        ),
    ),
    (
        "a name that the server does not know and a name that was not sent",
        Side("server-alert", facts=alert("server", "unrecognized_name", sni="mail.example.com")),
        Side("server-name-not-sent", facts=alert("server", "unrecognized_name")),
    ),
    (
        "the server's no and our own no",
        Side("no-common-cipher-suite", nested("SSLHandshakeException: Received fatal alert: handshake_failure")),
        Side(
            "client-cannot-offer-tls",
            nested("SSLException: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)"),
        ),
    ),
    (
        "certificate_unknown received and sent",
        Side("client-certificate-rejected", nested("SSLHandshakeException: Received fatal alert: certificate_unknown")),
        Side(
            "pkix-path-not-found", nested("SSLHandshakeException: (certificate_unknown) PKIX path building failed: x")
        ),
    ),
    (
        "certificate_unknown on the wire, by sender",
        Side("client-certificate-rejected", facts=alert("server", "certificate_unknown", server_hello_seen=True)),
        Side("pkix-path-not-found", facts=DISTRUST),
    ),
    (
        "wrong version number and a rejected version",
        Side(
            "smtps-on-starttls-port",
            nested(
                "SSLException: error:0A00010B:SSL routines::wrong version number",
                OVER_SMTPS,
            ),
        ),
        Side("tls-version-rejected", nested("SSLHandshakeException: Received fatal alert: protocol_version")),
    ),
    (
        "clear text on a STARTTLS port and in a STARTTLS session",
        Side(
            "smtps-on-starttls-port",
            nested(
                "SSLException: Unsupported or unrecognized SSL message",
                OVER_SMTPS,
            ),
        ),
        Side("plaintext-in-handshake", nested("SSLException: Unsupported or unrecognized SSL message")),
    ),
    (
        "[EOF] at the greeting of 465 and of 587",
        Side("starttls-on-smtps-port", f"Got bad greeting from SMTP host: {SES}, port: 465, response: [EOF]\n"),
        Side("closed-before-greeting", f"Got bad greeting from SMTP host: {SES}, port: 587, response: [EOF]\n"),
    ),
    (
        "silence on 465 and on 587",
        Side(
            "starttls-on-smtps-port",
            facts=silence(465),
        ),
        Side("greeting-timed-out", facts=silence(587)),
    ),
    (
        "no STARTTLS at a relay and at SES",
        Side(
            "starttls-not-offered",
            "javax.mail.MessagingException: STARTTLS is required but host does not support STARTTLS\n",
        ),
        Side(
            "starttls-stripped",
            f"2026-11-20 09:12:44.310 ERROR Test Action failed: email action 'x' via {SES}:587\n"
            "javax.mail.MessagingException: STARTTLS is required but host does not support STARTTLS\n",
        ),
    ),
    (
        "a misspelt region and one without an SMTP endpoint",
        Side("dns-lookup-failed", connecting("java.net.UnknownHostException: x", "email-smtp.us-eats-1.amazonaws.com")),
        Side(
            "region-without-smtp-endpoint",
            connecting("java.net.UnknownHostException: x", "email-smtp.me-south-1.amazonaws.com"),
        ),
    ),
    (
        "a broken resolver and a region without an SMTP endpoint",
        Side("dns-lookup-failed", connecting(f"java.net.UnknownHostException: {SES}")),
        Side(
            "region-without-smtp-endpoint",
            connecting("java.net.UnknownHostException: x", "email-smtp.af-south-1.amazonaws.com"),
        ),
    ),
    (
        "no answer and a refusal",
        Side("connection-timed-out", connecting("java.net.SocketTimeoutException: connect timed out", port=25)),
        Side("connection-refused", connecting("java.net.ConnectException: Connection refused", port=25)),
    ),
    (
        "a connect that times out and a read that does",
        Side("connection-timed-out", connecting("java.net.SocketTimeoutException: connect timed out")),
        Side("reply-timed-out", nested("SocketTimeoutException: Read timed out", "Exception reading response")),
    ),
    (
        "the SMTP endpoint and the HTTPS endpoint, both silent",
        Side("connection-timed-out", connecting("java.net.SocketTimeoutException: connect timed out")),
        Side(
            "not-an-smtp-endpoint",
            connecting("java.net.SocketTimeoutException: connect timed out", "email.us-east-1.amazonaws.com"),
        ),
    ),
    (
        "a reset in the handshake and in the transaction",
        Side("handshake-reset", nested("java.net.SocketException: Connection reset")),
        Side(
            "closed-in-transaction",
            nested("java.net.SocketException: Connection reset", "Exception reading response")
            + "\tat com.sun.mail.smtp.SMTPTransport.finishData(SMTPTransport.java:2126)\n",
        ),
    ),
    (
        "a reset at the greeting and in the handshake",
        Side(
            "closed-before-greeting",
            nested("java.net.SocketException: Connection reset", "Exception reading response")
            + "\tat com.sun.mail.smtp.SMTPTransport.openServer(SMTPTransport.java:2171)\n",
        ),
        Side("handshake-reset", nested("java.net.SocketException: Connection reset")),
    ),
    (
        "a reset and an orderly close in the handshake",
        Side("handshake-reset", nested("java.net.SocketException: Connection reset")),
        Side("handshake-closed", nested("SSLHandshakeException: Remote host terminated the handshake")),
    ),
    (
        "the sender and the recipient refused, in the same class",
        Side(
            "sender-refused",
            nested(
                "com.sun.mail.smtp.SMTPAddressFailedException: 550 5.1.8 <a@example.com>: Sender address rejected: x",
                "Invalid Addresses",
            ),
        ),
        Side(
            "recipient-refused",
            nested("com.sun.mail.smtp.SMTPAddressFailedException: 553 <a@> address unknown", "Invalid Addresses"),
        ),
    ),
    (
        "a wrong name and no path, both refused with certificate_unknown",
        Side(
            "hostname-mismatch",
            nested("SSLHandshakeException: No subject alternative DNS name matching x.example.com found."),
            DISTRUST | path(),
        ),
        Side("ca-missing-from-trust-store", PKIX, DISTRUST | path()),
    ),
    (
        "an expired certificate and a missing root, both refused with certificate_unknown",
        Side(
            "certificate-expired",
            facts=DISTRUST | path(status="invalid", reason="expired"),
        ),
        Side("ca-missing-from-trust-store", facts=DISTRUST | path()),
    ),
    (
        "535 for a wrong password and for an account without SES",
        Side("smtp-credentials-invalid", auth("535 Authentication Credentials Invalid")),
        Side("account-not-subscribed", auth("535 Account not subscribed to SES")),
    ),
    (
        "535 for a password of the right form and for an IAM secret",
        Side("smtp-credentials-invalid", auth("535 x"), {"config.smtp": [{"password_shape": "current"}]}),
        Side("iam-secret-as-smtp-password", auth("535 x"), {"config.smtp": [{"password_shape": "iam-secret"}]}),
    ),
]

DIRECTIONS = [pytest.param(a, b, id=f"{name}, one way") for name, a, b in PAIRS] + [
    pytest.param(b, a, id=f"{name}, other way") for name, a, b in PAIRS
]


@pytest.mark.parametrize(("shown", "other"), DIRECTIONS)
def test_pair(shown: Side, other: Side) -> None:
    raised = set(causes(RULES, shown.base())) - {rule for rule in RULES.rules if rule.startswith("settings-")}
    assert raised == {shown.rule}
    assert shown.rule != other.rule


def test_the_same_evidence_of_another_service_is_not_blamed() -> None:
    from sestriage.formats.log import parse_text
    from sestriage.model.source import SourceRef

    text = (
        "2023-01-04 00:27:50,497 INFO [SlicFeedGetter] SLIC feed download failed:"
        " https://feed.example.com: javax.net.ssl.SSLHandshakeException: PKIX path building failed:"
        " sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to"
        " requested target\n"
    )
    events = tuple(parse_text(text, SourceRef("smc-core.log")))
    assert causes(RULES, FactBase({"log.event": events}, frozenset({"log.event"}))) == {}
