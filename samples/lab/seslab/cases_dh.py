"""DHE groups of three sizes against Java's own TLS as it comes: it refuses less than 1024 bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .capture import CaptureOptions
from .cases_tls import DHE, DHE_OPENSSL
from .cases_trust import WHOLE_CHAIN
from .client import ClientSettings
from .expected import ENCRYPTED_SESSION, Alert, Expected, Facts, View, accepted, failed, hashes
from .model import SES, SES_HOST, Case, Store
from .pki import Hierarchy
from .server import Endpoint, Tls
from .settings import jvm_trust
from .voices import ALDER, QUARRY, TIDE, Voice
from .weakdh import WeakDhe

HAND_MADE_512 = (
    "the server's handshake, up to ServerHelloDone (the lab's Python: OpenSSL 3 does not serve less than 1024 bits)"
)


def _case(ca: Hierarchy, voice: Voice, bits: int, title: str, view: View, capture: View, alert: Alert | None) -> Case:
    served = ca.ses()
    tls = WeakDhe(served) if bits == 512 else Tls(served, ciphers=DHE_OPENSSL, dh_bits=bits)

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return voice.client(587, "starttls", jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, tls),),
        store=Store("JKS", {"amazon-root-ca-1": ca.a1_root}),
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title=title,
            configured={
                "mode": "STARTTLS",
                "served": WHOLE_CHAIN,
                "server_ciphers": DHE_OPENSSL,
                "dh": f"{bits} bits",
                "jdk.tls.disabledAlgorithms": "as OpenJDK 17 has it (DH keySize < 1024)",
            },
            whole=view,
            log=view if view.outcome == "accepted" else replace(view, confidence="likely"),
            capture=capture,
            hand_made=(HAND_MADE_512,) if bits == 512 else (),
            facts=Facts(SES_HOST, 587, "TLSv1.2", DHE, bits, SES_HOST, hashes(served.chain), alert),
        ),
    )


def dhe_512(ca: Hierarchy) -> Case:
    """Refused by every Java."""
    refused = failed("dh-key-too-small", "tls", "confirmed")
    title = "The server's 512-bit DH key is refused by Java's own TLS as it comes"
    return _case(ca, QUARRY, 512, title, refused, refused, Alert("client", "insufficient_security"))


def dhe_1024(ca: Hierarchy) -> Case:
    """Taken by a Java with its own settings: a small key alone is no failure."""
    title = "The server's 1024-bit DH key is taken by Java's own TLS as it comes; the mail is accepted"
    return _case(ca, ALDER, 1024, title, accepted("likely"), ENCRYPTED_SESSION, None)


def dhe_2048(ca: Hierarchy) -> Case:
    """Taken by every client."""
    title = "The server's 2048-bit DH key is taken; the mail is accepted"
    return _case(ca, TIDE, 2048, title, accepted("likely"), ENCRYPTED_SESSION, None)
