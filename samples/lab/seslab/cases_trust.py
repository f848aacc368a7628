"""Cases in which the client refuses the server's certificate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from ssl import TLSVersion

from . import pki
from .capture import CaptureOptions
from .client import ClientSettings
from .expected import PKIX_LOG, Alert, Expected, Facts, failed, hashes, undetermined
from .model import RELAY, SES, SES_HOST, Case, Store
from .pki import Hierarchy, Served
from .server import Endpoint, Replies, Tls
from .settings import jvm_trust, own_factory
from .voices import ALDER, FERN, GANNET, HARBOR, LUMEN, POSTBOX, QUARRY, TIDE

ECDHE = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
DISTRUST = Alert("client", "certificate_unknown")
WHOLE_CHAIN = [
    "leaf",
    "Amazon RSA 2048 M01",
    "Amazon Root CA 1 (cross-signed by G2)",
    "Starfield Services G2 (cross-signed by Class 2)",
]
#: The capture of a refused chain that is whole, in date, of Amazon and fits the name: two readings are left.
GOOD_CHAIN_REFUSED = failed(
    "pkix-path-not-found",
    "certificate",
    "suspected",
    ["ca-missing-from-trust-store", "trust-anchor-key-mismatch"],
).because("the served chain is whole, in date, of Amazon and fits the name: it speaks against the other readings")


def ses_facts(served: Served, alert: Alert | None = DISTRUST, port: int = 587, host: str = SES_HOST) -> Facts:
    """Facts of a TLS 1.2 handshake with the lab's usual suite."""
    return Facts(host, port, "TLSv1.2", ECDHE, None, host, hashes(served.chain), alert)


def pkix_root_missing(ca: Hierarchy) -> Case:
    """No CA of the chain is in the store."""
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return HARBOR.client(587, "starttls", jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store("PKCS12", {"example-holdings-root": ca.company_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="The trust store holds no CA of the served chain",
            configured={"mode": "STARTTLS", "served": WHOLE_CHAIN, "trust_store": ["Example Holdings Root CA"]},
            whole=failed("ca-missing-from-trust-store", "certificate", "confirmed"),
            log=PKIX_LOG,
            capture=GOOD_CHAIN_REFUSED,
            facts=ses_facts(served),
        ),
    )


def same_name_other_key(ca: Hierarchy) -> Case:
    """The store's Amazon root is of another key."""
    served = ca.ses()
    impostor = pki.Authority.make(pki.AMAZON_ROOT_1)

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = {"lab.failure.style": "both"}
        return LUMEN.client(587, "starttls", extra=extra, jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store(
            "JKS",
            {"amazonrootca1": pki.ca_certificate(impostor, impostor), "example-holdings-root": ca.company_root},
        ),
        capture=CaptureOptions("tcp port 587", pcapng=True),
        expected=Expected(
            title="The trust store holds an Amazon Root CA 1 with another key than the one that signed the chain",
            configured={
                "mode": "STARTTLS",
                "served": WHOLE_CHAIN,
                "trust_store": ["Amazon Root CA 1 (other key)", "Example Holdings Root CA"],
            },
            whole=failed("trust-anchor-key-mismatch", "certificate", "confirmed"),
            log=PKIX_LOG,
            capture=GOOD_CHAIN_REFUSED,
            facts=ses_facts(served),
        ),
    )


def leaf_only_chain(ca: Hierarchy) -> Case:
    """The server forgets its intermediate."""
    served = ca.ses(whole_chain=False)

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return FERN.client(587, "starttls", jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store("PEM", {"AmazonRootCA1": ca.a1_root, "StarfieldServicesRootCertificateAuthority-G2": ca.g2_root}),
        capture=CaptureOptions("tcp port 587", nanoseconds=True),
        expected=Expected(
            title="The server sends its leaf without the intermediate; the store holds the right roots",
            configured={
                "mode": "STARTTLS",
                "served": ["leaf"],
                "trust_store": ["Amazon Root CA 1", "Starfield Services G2"],
            },
            whole=failed("incomplete-server-chain", "certificate", "confirmed"),
            log=PKIX_LOG,
            capture=failed("incomplete-server-chain", "certificate", "suspected").because(
                "only the leaf came and the client distrusts it; whether the store holds M01 the capture cannot say"
            ),
            facts=ses_facts(served),
        ),
    )


def tls_inspection(ca: Hierarchy) -> Case:
    """A gateway answers in the stead of SES."""
    served = ca.inspected(SES_HOST)

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return TIDE.client(587, "starttls", jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root, "starfield-services-g2": ca.g2_root}),
        capture=CaptureOptions("tcp port 587", interface="any"),
        expected=Expected(
            title="A gateway of the company answers for SES with a certificate of its own CA",
            configured={
                "mode": "STARTTLS",
                "served": [
                    "leaf for the SES name by the company's inspection CA",
                    "Example Holdings TLS Inspection CA 3",
                ],
                "trust_store": ["Amazon Root CA 1", "Starfield Services G2"],
                "capture": "interface any: Linux cooked frames (SLL2)",
            },
            whole=failed("tls-inspection", "certificate", "confirmed"),
            log=PKIX_LOG,
            capture=failed("tls-inspection", "certificate", "likely"),
            facts=ses_facts(served),
        ),
    )


def self_signed(ca: Hierarchy) -> Case:
    """A relay with a certificate of its own making."""
    host = "relay.example.com"
    served = ca.self_signed(host)

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return QUARRY.client(587, "starttls", host=host, hosts={host: RELAY}, jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(
            Endpoint(RELAY, 587, Tls(served), scripts=(Replies(greeting=f"220 {host} ESMTP", banner_host=host),)),
        ),
        store=Store("JKS", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="An internal relay with a self-signed certificate that the store does not hold",
            configured={"mode": "STARTTLS", "served": ["self-signed leaf"], "trust_store": ["Amazon Root CA 1"]},
            whole=failed("self-signed-server-certificate", "certificate", "confirmed"),
            log=PKIX_LOG,
            capture=failed("self-signed-server-certificate", "certificate", "likely"),
            facts=ses_facts(served, host=host),
        ),
    )


def expired(ca: Hierarchy) -> Case:
    """A leaf of the past."""
    served = ca.ses(not_before=dt.datetime(2023, 1, 1), not_after=dt.datetime(2024, 2, 1, 23, 59, 59))

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return ALDER.client(587, "starttls", jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        docker=True,
        expected=Expected(
            title="The server's certificate expired on 2024-02-01",
            configured={"mode": "STARTTLS", "served": WHOLE_CHAIN, "trust_store": ["Amazon Root CA 1"]},
            whole=failed("certificate-expired", "certificate", "confirmed"),
            log=failed("certificate-expired", "certificate", "likely"),
            capture=failed("certificate-expired", "certificate", "confirmed").because(
                "the served dates and the client's refusal"
            ),
            facts=ses_facts(served, Alert("client", "certificate_expired")),
        ),
    )


def not_yet_valid(ca: Hierarchy) -> Case:
    """A leaf of the future."""
    served = ca.ses(not_before=dt.datetime(2047, 1, 1))

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return GANNET.client(587, "starttls", jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store("PEM", {"AmazonRootCA1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="The server's certificate is valid from 2047 on",
            configured={"mode": "STARTTLS", "served": WHOLE_CHAIN, "trust_store": ["Amazon Root CA 1"]},
            whole=failed("certificate-not-yet-valid", "certificate", "confirmed"),
            log=failed("certificate-not-yet-valid", "certificate", "likely"),
            capture=failed("certificate-not-yet-valid", "certificate", "likely").because(
                "the served dates and the client's refusal, which names no reason: one kind of evidence"
            ),
            facts=ses_facts(served, Alert("client", "bad_certificate")),
        ),
    )


def tls13(ca: Hierarchy) -> Case:
    """Root missing, and the chain is encrypted."""
    served = ca.ses()
    tls = Tls(served, minimum=TLSVersion.TLSv1_3, maximum=TLSVersion.TLSv1_3)

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = {"mail.smtp.ssl.ciphersuites": "TLS_AES_256_GCM_SHA384", "mail.smtp.ssl.protocols": "TLSv1.3"}
        return QUARRY.client(
            2587, "starttls", extra=extra, zone="UTC", wording="email", jvm_options=jvm_trust(stores["manager"])
        )

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 2587, tls),),
        store=Store("PKCS12", {"example-holdings-root": ca.company_root}),
        capture=CaptureOptions("tcp port 2587"),
        expected=Expected(
            title="TLS 1.3 and a store without the root: the certificates cannot be seen in the capture",
            configured={"mode": "STARTTLS", "served": WHOLE_CHAIN, "trust_store": ["Example Holdings Root CA"]},
            whole=PKIX_LOG.because(
                "the served chain is encrypted: openssl s_client -showcerts is the missing evidence"
            ),
            log=PKIX_LOG,
            capture=undetermined("certificates and the client's alert are encrypted"),
            facts=Facts(SES_HOST, 2587, "TLSv1.3", "TLS_AES_256_GCM_SHA384", None, SES_HOST, hashes(served.chain)),
        ),
    )


def hostname_mismatch(ca: Hierarchy) -> Case:
    """Wrong name, found by JavaMail's check."""
    served = ca.ses("eu-west-1")

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = {"mail.smtp.ssl.checkserveridentity": "true"}
        return POSTBOX.client(587, "starttls", extra=extra, jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="The certificate names eu-west-1, the setting us-east-1; JavaMail's own check says no",
            configured={"mode": "STARTTLS", "checkserveridentity": True, "served": WHOLE_CHAIN},
            whole=failed("hostname-mismatch", "certificate", "confirmed"),
            log=failed("hostname-mismatch", "certificate", "likely"),
            capture=failed("hostname-mismatch", "certificate", "likely").because(
                "a finished handshake, no mail command, and a certificate without the name that the client asked for"
            ),
            facts=ses_facts(served, alert=None),
        ),
    )


def hostname_mismatch_jsse(ca: Hierarchy) -> Case:
    """Wrong name, found by JSSE's check."""
    served = ca.ses("eu-west-1")

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = own_factory("jsse", stores["manager"]) | {"lab.endpoint.check": "true", "lab.failure.style": "text"}
        return TIDE.client(465, "smtps", extra={"mail.smtps.socketFactory.fallback": "false"} | extra, zone="UTC")

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 465, Tls(served), wrapper=True),),
        store=Store("JKS", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 465"),
        expected=Expected(
            title="The certificate names eu-west-1, the setting us-east-1; JSSE's own check says no",
            configured={"mode": "SMTPS", "endpoint_identification": "HTTPS", "served": WHOLE_CHAIN},
            whole=failed("hostname-mismatch", "certificate", "confirmed"),
            log=failed("hostname-mismatch", "certificate", "likely"),
            capture=failed(
                "hostname-mismatch",
                "certificate",
                "suspected",
                ["ca-missing-from-trust-store", "trust-anchor-key-mismatch"],
            ).because("PKIX sends the same alert"),
            facts=ses_facts(served, port=465),
        ),
    )


def double_connect(ca: Hierarchy) -> Case:
    """Wrong name first, PKIX on the fallback connection."""
    served = ca.ses("eu-west-1")

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = own_factory("jsse", stores["manager"]) | {"mail.smtps.ssl.checkserveridentity": "true"}
        return HARBOR.client(
            465, "smtps", extra=extra, zone="America/New_York", jvm_options=jvm_trust(stores["jvm-default"])
        )

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 465, Tls(served), wrapper=True),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root}),
        other_stores={"jvm-default": {"example-holdings-root": ca.company_root}},
        capture=CaptureOptions("tcp port 465"),
        expected=Expected(
            title="SMTPS with a socket factory of its own: the host name is wrong, the logged PKIX text misleads",
            configured={
                "mode": "SMTPS",
                "checkserveridentity": True,
                "fallback": "JavaMail's default: a second connect with the JVM's own factory and store",
                "served": WHOLE_CHAIN,
                "manager_store": ["Amazon Root CA 1"],
                "jvm_default_store": ["Example Holdings Root CA (not in the folder)"],
            },
            whole=failed("hostname-mismatch", "certificate", "likely").because(
                "two TLS connections within a second: the first is the Manager's, the second, with PKIX, the fallback"
            ),
            log=PKIX_LOG.because("the log holds the failure of the second connection only"),
            capture=failed("hostname-mismatch", "certificate", "likely"),
            facts=ses_facts(served, alert=None, port=465),
        ),
    )
