"""Cases that fail before a certificate is judged: key size, version, the wrong mode for the port."""

from __future__ import annotations

from collections.abc import Mapping
from ssl import TLSVersion

from .capture import CaptureOptions
from .cases_trust import WHOLE_CHAIN
from .client import ClientSettings
from .expected import Alert, Expected, Facts, View, failed, hashes
from .model import SES, SES_HOST, Case, Store
from .pki import Hierarchy
from .server import Endpoint, Tls
from .settings import jvm_trust, own_factory
from .voices import ALDER, FERN, GANNET, HARBOR, LUMEN, TIDE

DHE = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
DHE_OPENSSL = "DHE-RSA-AES128-GCM-SHA256"
#: A list as an appliance might hold it; the DHE tokens are what Cisco's workaround takes out.
CIPHER_TOKENS = (
    "TLS_AES_128_GCM_SHA256",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "DHE-RSA-AES128-GCM-SHA256",
    "AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "DHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-CHACHA20-POLY1305",
    "DHE-RSA-CHACHA20-POLY1305",
    "AES256-GCM-SHA384",
)
TLS_CIPHERS = ":".join(CIPHER_TOKENS) + "\n"
#: The part of the list that netty takes for TLS 1.2.
TLS12_TOKENS = ":".join(token for token in CIPHER_TOKENS if not token.startswith("TLS_"))


def openssl_client(store: str) -> dict[str, str]:
    """Properties of a client whose TLS is OpenSSL's, with the cipher list of the appliance."""
    return own_factory("openssl", store) | {"lab.tls.protocols": "TLSv1.2", "lab.tls.ciphers": TLS12_TOKENS}


def dh_openssl(ca: Hierarchy) -> Case:
    """A small DH key in OpenSSL's words."""
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return HARBOR.client(587, "starttls", extra=openssl_client(stores["manager"]), zone="America/New_York")

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served, ciphers=DHE_OPENSSL, small_dh=True)),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root, "starfield-services-g2": ca.g2_root}),
        capture=CaptureOptions("tcp port 587"),
        tls_ciphers=TLS_CIPHERS,
        expected=Expected(
            title="The server's 1024-bit DH key is refused by a client whose TLS is OpenSSL (netty-tcnative)",
            configured={
                "mode": "STARTTLS",
                "served": WHOLE_CHAIN,
                "server_ciphers": DHE_OPENSSL,
                "dh": "1024 bits, RFC 2409 group 2",
                "tls_ciphers_holds_dhe": True,
            },
            whole=failed("dh-key-too-small", "tls", "confirmed"),
            log=failed("dh-key-too-small", "tls", "likely"),
            capture=failed("dh-key-too-small", "tls", "confirmed"),
            facts=Facts(
                SES_HOST,
                587,
                "TLSv1.2",
                DHE,
                1024,
                SES_HOST,
                hashes(served.chain),
                Alert("client", "handshake_failure"),
            ),
        ),
    )


def dh_jsse(ca: Hierarchy) -> Case:
    """A small DH key in Java's words."""
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        disabled = (
            "SSLv3, TLSv1, TLSv1.1, RC4, DES, MD5withRSA, DH keySize < 2048, EC keySize < 224, 3DES_EDE_CBC, anon, NULL"
        )
        return GANNET.client(
            587,
            "starttls",
            wording="dispatch",
            jvm_options=jvm_trust(stores["manager"]),
            security_overrides={"jdk.tls.disabledAlgorithms": disabled},
        )

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served, ciphers=DHE_OPENSSL, small_dh=True)),),
        store=Store("JKS", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="The server's 1024-bit DH key is refused by Java's own TLS (DH keySize < 2048)",
            configured={
                "mode": "STARTTLS",
                "served": WHOLE_CHAIN,
                "server_ciphers": DHE_OPENSSL,
                "dh": "1024 bits, RFC 2409 group 2",
                "jdk.tls.disabledAlgorithms": "DH keySize < 2048",
            },
            whole=failed("dh-key-too-small", "tls", "confirmed"),
            log=failed("dh-key-too-small", "tls", "likely"),
            capture=failed("dh-key-too-small", "tls", "confirmed"),
            facts=Facts(
                SES_HOST,
                587,
                "TLSv1.2",
                DHE,
                1024,
                SES_HOST,
                hashes(served.chain),
                Alert("client", "insufficient_security"),
            ),
        ),
    )


def smtps_on_587(ca: Hierarchy) -> Case:
    """SMTPS where STARTTLS is spoken."""
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return LUMEN.client(587, "smtps", zone="UTC", wording="state", jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served)),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="Encryption type SMTPS with port 587",
            configured={"mode": "SMTPS", "port": 587, "server": "STARTTLS only on this port"},
            whole=failed("smtps-on-starttls-port", "tls", "confirmed"),
            log=failed("smtps-on-starttls-port", "tls", "likely"),
            capture=failed("smtps-on-starttls-port", "tls", "confirmed").because(
                "a ClientHello goes out, a clear 220 greeting comes back"
            ),
            facts=Facts(SES_HOST, 587, sni=SES_HOST, alert=Alert("client", "unexpected_message")),
        ),
    )


def _starttls_on_465(ca: Hierarchy, timeout_ms: int, title: str, store_kind: str, log: View) -> Case:
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        voice = FERN if timeout_ms > 10000 else ALDER
        return voice.client(465, "starttls", timeout_ms=timeout_ms, jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 465, Tls(served), wrapper=True),),
        store=Store(store_kind, {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 465"),
        expected=Expected(
            title=title,
            configured={
                "mode": "STARTTLS",
                "port": 465,
                "server": "TLS wrapper on this port, closes after 10 s of silence",
            },
            whole=failed("starttls-on-smtps-port", "greeting", "confirmed"),
            log=log,
            capture=failed("starttls-on-smtps-port", "greeting", "likely").because(
                "port 465, and neither side says a word: the client waits for a greeting, the server for a ClientHello"
            ),
            facts=Facts(SES_HOST, 465),
        ),
    )


def starttls_on_465(ca: Hierarchy) -> Case:
    """STARTTLS where TLS is spoken at once; the server gives up."""
    log = failed("starttls-on-smtps-port", "greeting", "likely")
    title = "Encryption type STARTTLS with port 465; the server hangs up after 10 s"
    return _starttls_on_465(ca, 15000, title, "PKCS12", log)


def starttls_on_465_timeout(ca: Hierarchy) -> Case:
    """The same; the client gives up."""
    log = failed("greeting-timed-out", "greeting", "likely", ["starttls-on-smtps-port"]).because(
        "JavaMail's read time-out names neither host nor port: a filtered port would log the same"
    )
    title = "Encryption type STARTTLS with port 465; the client gives up first"
    return _starttls_on_465(ca, 4000, title, "PEM", log)


def tls_version_rejected(ca: Hierarchy) -> Case:
    """No TLS version in common."""
    served = ca.ses()
    tls = Tls(served, minimum=TLSVersion.TLSv1_3, maximum=TLSVersion.TLSv1_3)

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = {"mail.smtp.ssl.protocols": "TLSv1.2"}
        return TIDE.client(587, "starttls", extra=extra, jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, tls),),
        store=Store("PKCS12", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title="The server wants TLS 1.3, the client stops at 1.2",
            configured={"mode": "STARTTLS", "server_versions": ["TLSv1.3"], "client_versions": ["TLSv1.2"]},
            whole=failed("tls-version-rejected", "tls", "confirmed"),
            log=failed("tls-version-rejected", "tls", "likely"),
            capture=failed("tls-version-rejected", "tls", "confirmed"),
            facts=Facts(SES_HOST, 587, sni=SES_HOST, alert=Alert("server", "protocol_version")),
        ),
    )
