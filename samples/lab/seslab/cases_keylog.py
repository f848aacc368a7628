"""TLS 1.3 with the server's key log beside the capture: what is encrypted can be read after all."""

from __future__ import annotations

from collections.abc import Mapping
from ssl import TLSVersion

from .capture import CaptureOptions
from .cases_smtp import BAD_CREDENTIALS, GOOD_STORE, NOT_VERIFIED
from .cases_trust import DISTRUST, GOOD_CHAIN_REFUSED, WHOLE_CHAIN
from .client import ClientSettings
from .expected import ENCRYPTED_SESSION, PKIX_LOG, Alert, Expected, Facts, View, failed, hashes, undetermined
from .model import SES, SES_HOST, Case, Store
from .pki import Hierarchy, Served
from .server import Endpoint, Replies, Tls
from .settings import jvm_trust
from .voices import FERN, HARBOR, LUMEN, Voice

#: What SES answers: greeting, EHLO, STARTTLS; then EHLO again and AUTH LOGIN with its two prompts.
UP_TO_TLS = (220, 250, 220)
UP_TO_PASSWORD = (*UP_TO_TLS, 250, 334, 334)
KEYLOG = "tls-keys.txt: written by the server's OpenSSL (JSSE cannot write one)"


def _case(
    served: Served, voice: Voice, suite: str, store: Store, replies: Replies, port: int, expected: Expected
) -> Case:
    tls = Tls(served, minimum=TLSVersion.TLSv1_3, maximum=TLSVersion.TLSv1_3)

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = {"mail.smtp.ssl.ciphersuites": suite, "mail.smtp.ssl.protocols": "TLSv1.3"}
        return voice.client(port, "starttls", extra=extra, jvm_options=jvm_trust(stores["manager"]))

    return Case(
        client=client,
        endpoints=(Endpoint(SES, port, tls, scripts=(replies,)),),
        store=store,
        capture=CaptureOptions(f"tcp port {port}"),
        expected=expected,
        keylog=True,
    )


def _facts(
    served: Served, suite: str, port: int, replies: tuple[int, ...] = (), hidden_alert: Alert | None = None
) -> Facts:
    return Facts(
        SES_HOST,
        port,
        "TLSv1.3",
        suite,
        None,
        SES_HOST,
        hashes(served.chain),
        hidden_alert=hidden_alert,
        replies=replies,
    )


def root_missing(ca: Hierarchy) -> Case:
    """Root missing; the key log shows the served chain and the client's alert."""
    served, suite = ca.ses(), "TLS_AES_256_GCM_SHA384"
    expected = Expected(
        title="TLS 1.3 with key log, and a store without the root",
        configured={
            "mode": "STARTTLS",
            "served": WHOLE_CHAIN,
            "trust_store": ["Example Holdings Root CA"],
            "key_log": KEYLOG,
        },
        whole=failed("ca-missing-from-trust-store", "certificate", "confirmed"),
        log=PKIX_LOG,
        capture=undetermined("certificates and the client's alert are encrypted"),
        keyed=GOOD_CHAIN_REFUSED,
        facts=_facts(served, suite, 587, UP_TO_TLS, DISTRUST),
    )
    store = Store("PKCS12", {"example-holdings-root": ca.company_root})
    return _case(served, HARBOR, suite, store, Replies(), 587, expected)


def _refused(
    ca: Hierarchy, voice: Voice, suite: str, replies: Replies, said: tuple[int, ...], title: str, reply: str, view: View
) -> Case:
    served = ca.ses()
    expected = Expected(
        title=title,
        configured={
            "mode": "STARTTLS",
            "served": WHOLE_CHAIN,
            "trust_store": GOOD_STORE,
            "reply": reply,
            "key_log": KEYLOG,
        },
        whole=view,
        log=view,
        capture=ENCRYPTED_SESSION,
        keyed=view,
        facts=_facts(served, suite, 587, (*UP_TO_PASSWORD, *said)),
    )
    store = Store("PKCS12", {"amazon-root-ca-1": ca.a1_root})
    return _case(served, voice, suite, store, replies, 587, expected)


def credentials_invalid(ca: Hierarchy) -> Case:
    """535 behind TLS 1.3."""
    view = failed("smtp-credentials-invalid", "auth", "confirmed")
    title = "SES refuses user name and password; TLS 1.3 with key log"
    said = (535,)
    return _refused(
        ca, LUMEN, "TLS_AES_128_GCM_SHA256", Replies(auth=BAD_CREDENTIALS), said, title, BAD_CREDENTIALS, view
    )


def identity_not_verified(ca: Hierarchy) -> Case:
    """554 behind TLS 1.3."""
    view = failed("identity-not-verified", "data", "confirmed")
    title = "SES rejects the sender after DATA; TLS 1.3 (ChaCha20-Poly1305) with key log"
    said = (235, 250, 250, 354, 554, 250, 221)  # the last two: RSET, QUIT
    suite = "TLS_CHACHA20_POLY1305_SHA256"
    return _refused(ca, FERN, suite, Replies(end_of_data=NOT_VERIFIED), said, title, NOT_VERIFIED, view)
