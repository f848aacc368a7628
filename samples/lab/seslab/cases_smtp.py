"""Cases in which TLS is fine and the mail dialogue decides, and logs that hold more than one attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .capture import CaptureOptions
from .cases_trust import GOOD_CHAIN_REFUSED, WHOLE_CHAIN, ses_facts
from .client import ClientSettings
from .expected import ENCRYPTED_SESSION, PKIX_LOG, Expected, accepted, failed
from .model import DNS, SES, SES_HOST, Case, Dns, Store
from .pki import Authority, Hierarchy, ca_certificate, name
from .server import Endpoint, Replies, Tls
from .settings import SENDER, jvm_trust, own_factory
from .voices import ALDER, FERN, GANNET, HARBOR, LUMEN, POSTBOX, QUARRY, TIDE, Voice

NOT_VERIFIED = (
    "554 Message rejected: Email address is not verified. "
    f"The following identities failed the check in region US-EAST-1: {SENDER}"
)
BAD_CREDENTIALS = "535 Authentication Credentials Invalid"
GOOD_STORE = ["Amazon Root CA 1"]


def _good_session(ca: Hierarchy, voice: Voice, replies: Replies, extra: Mapping[str, str], expected: Expected) -> Case:
    """A case whose TLS is fine; ``expected`` lacks facts, they are filled in here."""
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return voice.client(587, "starttls", extra=extra, jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served), scripts=(replies,)),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=replace(expected, facts=ses_facts(served, alert=None)),
    )


def _expected(title: str, configured: Mapping[str, object], ca: Hierarchy) -> Expected:
    base = {"mode": "STARTTLS", "served": WHOLE_CHAIN, "trust_store": GOOD_STORE}
    return Expected(
        title=title,
        configured=base | dict(configured),
        whole=ENCRYPTED_SESSION,
        log=None,
        capture=ENCRYPTED_SESSION,
        facts=ses_facts(ca.ses(whole_chain=False)),
    )


def identity_not_verified(ca: Hierarchy) -> Case:
    """554 at the end of DATA."""
    view = failed("identity-not-verified", "data", "confirmed")
    expected = replace(
        _expected("SES rejects the sender after DATA: not verified", {"end_of_data": NOT_VERIFIED}, ca),
        whole=view,
        log=view,
    )
    return _good_session(ca, LUMEN, Replies(end_of_data=NOT_VERIFIED), {}, expected)


def credentials_invalid(ca: Hierarchy) -> Case:
    """535 at AUTH, over IPv6."""
    view = failed("smtp-credentials-invalid", "auth", "confirmed")
    expected = replace(
        _expected("SES refuses user name and password; over IPv6", {"auth": BAD_CREDENTIALS, "address": "::1"}, ca),
        whole=view,
        log=view,
    )
    case = _good_session(ca, TIDE, Replies(auth=BAD_CREDENTIALS), {}, expected)

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = {"mail.smtp.localaddress": "::1"}
        return TIDE.client(
            587, "starttls", extra=extra, hosts={SES_HOST: "::1"}, jvm_options=jvm_trust(stores["manager"])
        )

    return replace(case, client=client, endpoints=(replace(case.endpoints[0], address="::1"),))


def success(ca: Hierarchy) -> Case:
    """Accepted, ISO log."""
    expected = replace(
        _expected("The mail is accepted; the log says so in words of its own", {}, ca),
        whole=accepted("likely"),
        log=accepted("likely"),
    )
    return _good_session(ca, QUARRY, Replies(), {}, expected)


def success_json(ca: Hierarchy) -> Case:
    """Accepted, JSON log."""
    expected = replace(
        _expected("The mail is accepted; JSON log, one object a line", {}, ca),
        whole=accepted("likely"),
        log=accepted("likely"),
    )
    return _good_session(ca, FERN, Replies(), {}, expected)


def success_docker(ca: Hierarchy) -> Case:
    """Accepted, Docker log."""
    expected = replace(
        _expected("The mail is accepted; Docker json-file log, no line says that the attempt begins", {}, ca),
        whole=accepted("likely"),
        log=accepted("likely"),
    )
    return replace(_good_session(ca, ALDER, Replies(), {}, expected), docker=True)


def success_debug(ca: Hierarchy) -> Case:
    """Accepted, with the mail.debug trace."""
    expected = replace(
        _expected("The mail is accepted; mail.debug shows 250 Ok and the message id", {"mail.debug": True}, ca),
        whole=accepted("confirmed"),
        log=accepted("confirmed"),
    )
    return _good_session(ca, GANNET, Replies(), {"mail.debug": "true"}, expected)


def success_smtps(ca: Hierarchy) -> Case:
    """Accepted over SMTPS; the name is looked up in DNS."""
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return HARBOR.client(
            465, "smtps", resolver=DNS, zone="America/New_York", jvm_options=jvm_trust(stores["manager"])
        )

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 465, Tls(served), wrapper=True),),
        store=Store("JKS", {"starfield-services-g2": ca.g2_root}),
        capture=CaptureOptions(f"tcp port 465 or (udp port 53 and host {DNS})", pcapng=True),
        dns=Dns({SES_HOST: SES}),
        expected=Expected(
            title="The mail is accepted over SMTPS; the DNS answer is in the capture",
            configured={"mode": "SMTPS", "served": WHOLE_CHAIN, "trust_store": ["Starfield Services G2"]},
            whole=accepted("likely"),
            log=accepted("likely"),
            capture=ENCRYPTED_SESSION,
            facts=ses_facts(served, alert=None, port=465),
        ),
    )


def spring_wrapped(ca: Hierarchy) -> Case:
    """554 inside a Spring exception."""
    view = failed("identity-not-verified", "data", "confirmed")
    expected = replace(
        _expected("554 inside Spring's MailSendException", {"sender": "Spring JavaMailSenderImpl 4.3.30"}, ca),
        whole=view,
        log=view,
    )
    extra = {"lab.sender": "spring", "lab.failure.style": "print"}
    return _good_session(ca, HARBOR, Replies(end_of_data=NOT_VERIFIED), extra, expected)


def spring_auth(ca: Hierarchy) -> Case:
    """535 inside a Spring exception, one line and no trace."""
    view = failed("smtp-credentials-invalid", "auth", "confirmed")
    expected = replace(
        _expected(
            "535 inside Spring's MailAuthenticationException", {"sender": "Spring JavaMailSenderImpl 4.3.30"}, ca
        ),
        whole=view,
        log=view,
    )
    extra = {"lab.sender": "spring", "lab.failure.style": "text"}
    return _good_session(ca, POSTBOX, Replies(auth=BAD_CREDENTIALS), extra, expected)


def spring_pkix(ca: Hierarchy) -> Case:
    """PKIX inside a Spring exception; the store's only root is a look-alike."""
    served = ca.ses()
    lookalike = Authority.make(
        name(
            c="US",
            st="Arizona",
            loc="Scottsdale",
            o="Starfield Technologies, Inc.",
            cn="Starfield Root Certificate Authority - G2",
        )
    )

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = {"lab.sender": "spring", "lab.failure.style": "both"}
        return HARBOR.client(
            587, "starttls", extra=extra, layout="packaging", wording="relay", jvm_options=jvm_trust(stores["manager"])
        )

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store("JKS", {"starfield-g2": ca_certificate(lookalike, lookalike)}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="PKIX inside Spring's MailSendException; the store holds the look-alike Starfield root",
            configured={
                "mode": "STARTTLS",
                "sender": "Spring JavaMailSenderImpl 4.3.30",
                "served": WHOLE_CHAIN,
                "trust_store": ["Starfield Root Certificate Authority - G2 (not ... Services Root ...)"],
            },
            whole=failed("look-alike-root", "certificate", "confirmed"),
            log=PKIX_LOG,
            capture=GOOD_CHAIN_REFUSED,
            facts=ses_facts(served),
        ),
    )


def several_attempts_success(ca: Hierarchy) -> Case:
    """PKIX, 535, accepted."""
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = own_factory("jsse", stores["manager"])
        extra |= {"attempt.1.lab.trust.store": stores["before-import"], "lab.pause.ms": "2500"}
        return TIDE.client(587, "starttls", extra=extra, attempts=3, zone="America/New_York")

    scripts = (Replies(), Replies(auth=BAD_CREDENTIALS), Replies())
    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served), scripts=scripts),),
        store=Store("PEM", {"AmazonRootCA1": ca.a1_root, "ExampleHoldingsRootCA": ca.company_root}),
        other_stores={"before-import": {"example-holdings-root": ca.company_root}},
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="Three attempts in one log: root missing, 535, accepted",
            configured={
                "attempts": ["store without the root", BAD_CREDENTIALS, "accepted"],
                "mode": "STARTTLS",
                "served": WHOLE_CHAIN,
                "trust_store": "as it is after the import",
            },
            whole=accepted("likely"),
            log=accepted("likely"),
            capture=ENCRYPTED_SESSION.because(
                "the first of three streams was refused by the client; the newest was not"
            ),
            facts=ses_facts(served, alert=None),
        ),
    )


def several_attempts_failure(ca: Hierarchy) -> Case:
    """Accepted, 535."""
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = {"lab.pause.ms": "2500", "lab.failure.style": "both"}
        return FERN.client(587, "starttls", extra=extra, attempts=2, jvm_options=jvm_trust(stores["manager"]))

    view = failed("smtp-credentials-invalid", "auth", "confirmed")
    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served), scripts=(Replies(), Replies(auth=BAD_CREDENTIALS))),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="Two attempts in one log: accepted, then 535",
            configured={
                "attempts": ["accepted", BAD_CREDENTIALS],
                "mode": "STARTTLS",
                "served": WHOLE_CHAIN,
                "trust_store": GOOD_STORE,
            },
            whole=view,
            log=view,
            capture=ENCRYPTED_SESSION,
            facts=ses_facts(served, alert=None),
        ),
    )
