"""Every contradiction that a packaged rule can tell of shows where its two sides meet, and only there."""

from __future__ import annotations

import pytest

from sestriage.formats.log import parse_text
from sestriage.model.facts import FactBase
from sestriage.model.source import SourceRef
from sestriage.rules import load_rules
from sestriage.rules.authoring.example_facts import fact_base

RULES = load_rules()
CONVERT = "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n\t"
NO_PATH = CONVERT + (
    "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath."
    "SunCertPathBuilderException: unable to find valid certification path to requested target\n"
)
BAD_SIGNATURE = CONVERT + (
    "javax.net.ssl.SSLHandshakeException: PKIX path validation failed: java.security.cert."
    "CertPathValidatorException: signature check failed\n"
)
EMPTY = CONVERT + (
    "javax.net.ssl.SSLException: java.security.InvalidAlgorithmParameterException: the trustAnchors parameter must be"
    " non-empty\n"
)
SMALL = CONVERT + "javax.net.ssl.SSLHandshakeException: error:0A00018A:SSL routines::dh key too small\n"
TIMED_OUT = (
    "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: mail.example.com, 587; timeout 4000;\n"
    "  nested exception is:\n\tjava.net.SocketTimeoutException: connect timed out\n"
)
UNKNOWN = (
    "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: mail.example.com, 587; timeout 4000;\n"
    "  nested exception is:\n\tjava.net.UnknownHostException: mail.example.com\n"
)
TRUSTED = {"trust.path": [{"status": "trusted"}]}
STRONG = {"tls": {"client_hello_seen": True, "server_hello_seen": True, "key_exchange": "ECDHE"}}
WEAK = {"tls": {"client_hello_seen": True, "server_hello_seen": True, "key_exchange": "DHE", "dh_bits": 1024}}


def facts(log: str, more: dict[str, object]) -> FactBase:
    return fact_base(more, {"log.event": tuple(parse_text(log, SourceRef("sw-response-mgmt.log")))})


@pytest.mark.parametrize(
    ("rule", "log", "against", "beside"),
    [
        ("pkix-path-not-found", NO_PATH, TRUSTED, {"trust.path": [{"status": "no-path"}]}),
        (
            "path-constraint-violated",
            BAD_SIGNATURE,
            TRUSTED,
            {"trust.path": [{"status": "invalid", "reason": "signature"}]},
        ),
        (
            "trust-store-empty",
            EMPTY,
            {"trust.store": [{"entries": [{"certificate": {"subject": "CN=Example Root CA"}}]}]},
            {"trust.store": [{"problem_kind": "empty"}]},
        ),
        (
            "dns-lookup-failed",
            UNKNOWN,
            {"dns.lookup": [{"name": "mail.example.com", "rcode": "NOERROR", "addresses": ["192.0.2.7"]}]},
            {"dns.lookup": [{"name": "mail.example.com", "rcode": "NXDOMAIN", "addresses": []}]},
        ),
        (
            "connection-timed-out",
            TIMED_OUT,
            {"tcp.stream": [{"tcp": {"established": True}}]},
            {"tcp.stream": [{"tcp": {"unanswered": True}}]},
        ),
        ("dh-key-too-small", SMALL, {"tcp.stream": [STRONG]}, {"tcp.stream": [WEAK]}),
    ],
)
def test_a_contradiction_shows_where_its_sides_meet(
    rule: str, log: str, against: dict[str, object], beside: dict[str, object]
) -> None:
    for more, contradicts in ((against, True), (beside, False), ({}, False)):
        findings = [each for each in RULES.evaluate(facts(log, more)) if each.rule == rule]
        assert [bool(each.conflicts) for each in findings] == [contradicts]
        assert [each.contradiction is not None for each in findings] == [contradicts]
