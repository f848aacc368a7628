"""Cases about what lies beside the attempt: another one within the second, a second connection, stores of other
services, tests by hand, and the answers to what a report asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from ssl import TLSVersion

from cryptography import x509

from .capture import CaptureOptions
from .cases_smtp import BAD_CREDENTIALS
from .cases_tls import DHE, DHE_OPENSSL, openssl_client
from .cases_trust import GOOD_CHAIN_REFUSED, WHOLE_CHAIN, ses_facts
from .client import ClientSettings
from .expected import ENCRYPTED_SESSION, PKIX_LOG, Alert, Expected, Facts, View, accepted, failed, hashes, undetermined
from .model import MANAGER, SES, SES_HOST, ByHand, Case, CaseMaker, Store
from .pki import Hierarchy, Served
from .server import Endpoint, Replies, Tls
from .settings import jvm_trust, own_factory
from .voices import ALDER, FERN, GANNET, HARBOR, LUMEN, POSTBOX, QUARRY, TIDE, Voice

ROOT_MISSING = failed("ca-missing-from-trust-store", "certificate", "confirmed")
LOGIN = failed("smtp-credentials-invalid", "auth", "confirmed")
S_CLIENT = f"openssl s_client -starttls smtp -connect {SES_HOST}:587 -servername {SES_HOST}"
_GOOD, _BARE = "good", "bare"
"""Stores with Amazon's root, and with the company's alone."""
_PAUSE = {"lab.pause.ms": "40"}


def _stores(ca: Hierarchy) -> dict[str, dict[str, x509.Certificate]]:
    return {_GOOD: {"amazon-root-ca-1": ca.a1_root}, _BARE: {"example-holdings-root": ca.company_root}}


def _published(ca: Hierarchy, kind: str, store: str, name: str = "") -> Store:
    return Store(kind, _stores(ca)[store], name)


def _case(
    ca: Hierarchy,
    voice: Voice,
    title: str,
    views: tuple[View, View, View | None],
    *,
    trusts: tuple[str, ...] = (_GOOD,),
    scripts: tuple[Replies, ...] = (Replies(),),
    extra: Mapping[str, str] | None = None,
    published: tuple[Store, ...] = (),
    by_hand: tuple[ByHand, ...] = (),
    served: Served | None = None,
    tls: Tls | None = None,
    facts: Facts | None = None,
    told: Mapping[str, object] | None = None,
) -> Case:
    """A STARTTLS case; the n-th attempt uses the n-th store of ``trusts``."""
    served = served or ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        properties = own_factory("jsse", stores[trusts[0]]) | dict(extra or {})
        for number, store in enumerate(trusts[1:], start=2):
            properties |= _PAUSE | {f"attempt.{number}.lab.trust.store": stores[store]}
        return voice.client(587, "starttls", extra=properties, attempts=len(trusts))

    whole, log, capture = views
    refused = whole.rule in ("ca-missing-from-trust-store", "pkix-path-not-found")
    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, tls or Tls(served), scripts=scripts),),
        other_stores=_stores(ca),
        published=published,
        by_hand=by_hand,
        capture=CaptureOptions(f"tcp port 587 and host {MANAGER}"),
        expected=Expected(
            title=title,
            configured={"mode": "STARTTLS", "served": WHOLE_CHAIN, "used": list(trusts)} | dict(told or {}),
            whole=whole,
            log=log,
            capture=capture,
            facts=facts or (ses_facts(served) if refused else ses_facts(served, alert=None)),
        ),
    )


def two_login_then_accepted(ca: Hierarchy) -> Case:
    """A refused login and an accepted mail, one behind the other."""
    return _case(
        ca,
        HARBOR,
        "Two Test Actions in a second: 535, then accepted",
        (accepted("likely"), accepted("likely"), ENCRYPTED_SESSION),
        trusts=(_GOOD, _GOOD),
        scripts=(Replies(auth=BAD_CREDENTIALS), Replies()),
    )


def two_path_then_login(ca: Hierarchy) -> Case:
    """The store is mended in between; the login is wrong, too."""
    return _case(
        ca,
        LUMEN,
        "Two Test Actions in a second: root missing, then 535",
        (LOGIN, LOGIN, ENCRYPTED_SESSION),
        trusts=(_BARE, _GOOD),
        scripts=(Replies(auth=BAD_CREDENTIALS),),
        published=(_published(ca, "JKS", _GOOD),),
    )


def two_accepted_then_path(ca: Hierarchy) -> Case:
    """The store is spoilt in between."""
    return _case(
        ca,
        FERN,
        "Two Test Actions in a second: accepted, then root missing",
        (ROOT_MISSING, PKIX_LOG, GOOD_CHAIN_REFUSED),
        trusts=(_GOOD, _BARE),
        published=(_published(ca, "PKCS12", _BARE),),
    )


def _tries(first: str, last: str) -> dict[str, str]:
    return {
        "attempt.2.lab.say.start": "",
        "attempt.1.lab.say.failure": f"Sending failed ({first})",
        "attempt.2.lab.say.failure": f"Sending failed ({last})",
    }


def retry_accepted(ca: Hierarchy) -> Case:
    """The second try gets through."""
    return _case(
        ca,
        TIDE,
        "One Test Action of two tries: 454 at the login, then accepted",
        (accepted("likely"), accepted("likely"), ENCRYPTED_SESSION),
        trusts=(_GOOD, _GOOD),
        scripts=(Replies(auth="454 Temporary authentication failure"), Replies()),
        extra=_tries("attempt 1 of 2", "attempt 2 of 2"),
    )


def retry_refused(ca: Hierarchy) -> Case:
    """Both tries are refused, for two reasons."""
    return _case(
        ca,
        QUARRY,
        "One Test Action of two tries: 454 at the login, then 535",
        (LOGIN, LOGIN, ENCRYPTED_SESSION),
        trusts=(_GOOD, _GOOD),
        scripts=(Replies(auth="454 Temporary authentication failure"), Replies(auth=BAD_CREDENTIALS)),
        extra=_tries("attempt 1 of 2", "attempt 2 of 2, giving up"),
    )


def _smtps(ca: Hierarchy, title: str, own: str, default: str, views: tuple[View, View, View | None]) -> Case:
    """SMTPS with a socket factory of the program's own, and JavaMail's second connection with that of the JVM."""
    served = ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra = own_factory("jsse", stores[own])
        return GANNET.client(465, "smtps", extra=extra, jvm_options=jvm_trust(stores[default]))

    whole, log, capture = views
    return Case(
        client=client,
        endpoints=(Endpoint(SES, 465, Tls(served), wrapper=True),),
        other_stores=_stores(ca),
        published=(_published(ca, "PKCS12", own),),
        capture=CaptureOptions("tcp port 465"),
        expected=Expected(
            title=title,
            configured={
                "mode": "SMTPS",
                "served": WHOLE_CHAIN,
                "own_store": own,
                "jvm_default_store": default,
                "fallback": "JavaMail's default: a second connect with the JVM's own factory and store",
            },
            whole=whole,
            log=log,
            capture=capture,
            facts=ses_facts(served, port=465),
        ),
    )


def double_connect_both_refuse(ca: Hierarchy) -> Case:
    """Neither store has the root."""
    title = "SMTPS with a socket factory of its own; both connections are refused for the missing root"
    return _smtps(ca, title, _BARE, _BARE, (ROOT_MISSING, PKIX_LOG, GOOD_CHAIN_REFUSED))


def double_connect_fallback_works(ca: Hierarchy) -> Case:
    """The second connection gets through with another store."""
    title = "SMTPS with a socket factory of its own without the root; the second connection, with the JVM's, works"
    return _smtps(ca, title, _BARE, _GOOD, (accepted("likely"), accepted("likely"), ENCRYPTED_SESSION))


def other_store_login(ca: Hierarchy) -> Case:
    """A 535, beside the store of another service."""
    return _case(
        ca,
        HARBOR,
        "535; the store in the folder is another service's, without Amazon's root",
        (LOGIN, LOGIN, ENCRYPTED_SESSION),
        scripts=(Replies(auth=BAD_CREDENTIALS),),
        published=(_published(ca, "PKCS12", _BARE, "truststore-web.p12"),),
    )


def other_store_accepted(ca: Hierarchy) -> Case:
    """An accepted mail, beside the store of another service."""
    return _case(
        ca,
        POSTBOX,
        "Accepted; the store in the folder is another service's, without Amazon's root",
        (accepted("likely"), accepted("likely"), ENCRYPTED_SESSION),
        published=(_published(ca, "JKS", _BARE, "truststore-web.jks"),),
    )


def two_stores_path(ca: Hierarchy) -> Case:
    """The mail service's store lacks the root, another service's has it."""
    whole = failed("ca-missing-from-trust-store", "certificate", "likely").because(
        "which of the two stores the mail service used is not in the evidence"
    )
    return _case(
        ca,
        TIDE,
        "Root missing from the store that was used; another service's store in the folder has it",
        (whole, PKIX_LOG, GOOD_CHAIN_REFUSED),
        trusts=(_BARE,),
        published=(_published(ca, "PKCS12", _BARE), _published(ca, "JKS", _GOOD, "truststore-web.jks")),
    )


def listing_path(ca: Hierarchy) -> Case:
    """`keytool -list -v`, pasted, in the place of the store."""
    return _case(
        ca,
        FERN,
        "Root missing; of the store there is what keytool prints",
        (ROOT_MISSING, PKIX_LOG, GOOD_CHAIN_REFUSED),
        trusts=(_BARE,),
        published=(_published(ca, "LISTING", _BARE),),
    )


def by_hand_chain(ca: Hierarchy) -> Case:
    """TLS 1.3 hides the chain; a run of s_client shows it."""
    served = ca.ses()
    suite = "TLS_AES_256_GCM_SHA384"
    return _case(
        ca,
        LUMEN,
        "TLS 1.3 and a missing root; openssl s_client -showcerts shows the chain",
        (ROOT_MISSING, PKIX_LOG, undetermined("certificates and the client's alert are encrypted")),
        trusts=(_BARE,),
        extra={"mail.smtp.ssl.ciphersuites": suite, "mail.smtp.ssl.protocols": "TLSv1.3"},
        published=(_published(ca, "JKS", _BARE),),
        by_hand=(ByHand(f"{S_CLIENT} -showcerts </dev/null"),),
        served=served,
        tls=Tls(served, minimum=TLSVersion.TLSv1_3, maximum=TLSVersion.TLSv1_3),
        facts=Facts(SES_HOST, 587, "TLSv1.3", suite, None, SES_HOST, hashes(served.chain)),
    )


def by_hand_after(ca: Hierarchy) -> Case:
    """The newest conversation of the capture is a test by hand, from the Manager itself."""
    return _case(
        ca,
        ALDER,
        "Root missing; a test by hand from the Manager is captured behind the attempt",
        (ROOT_MISSING, PKIX_LOG, None),
        trusts=(_BARE,),
        published=(_published(ca, "PKCS12", _BARE),),
        by_hand=(ByHand(f"{S_CLIENT} -bind {MANAGER} </dev/null"),),
        told={"by_hand": "openssl s_client, behind the attempt, in the capture"},
    )


def by_hand_before_login(ca: Hierarchy) -> Case:
    """A test by hand before an attempt that fails at the login."""
    return _case(
        ca,
        GANNET,
        "535; a test by hand from the Manager is captured before the attempt",
        (LOGIN, LOGIN, ENCRYPTED_SESSION),
        scripts=(Replies(), Replies(auth=BAD_CREDENTIALS)),
        by_hand=(ByHand(f"{S_CLIENT} -bind {MANAGER} -brief </dev/null", early=True),),
        told={"by_hand": "openssl s_client, before the attempt, in the capture"},
    )


def by_hand_key(ca: Hierarchy) -> Case:
    """The size of the DH key, asked for with grep."""
    served = ca.ses()
    case = _case(
        ca,
        HARBOR,
        "OpenSSL refuses the server's 1024-bit DH key; a run of s_client shows its size",
        (
            failed("dh-key-too-small", "tls", "confirmed"),
            failed("dh-key-too-small", "tls", "likely"),
            failed("dh-key-too-small", "tls", "confirmed"),
        ),
        by_hand=(ByHand(f"{S_CLIENT} -cipher 'DEFAULT@SECLEVEL=0' </dev/null 2>/dev/null | grep 'Temp Key'"),),
        served=served,
        tls=Tls(served, ciphers=DHE_OPENSSL, small_dh=True),
        facts=Facts(
            SES_HOST, 587, "TLSv1.2", DHE, 1024, SES_HOST, hashes(served.chain), Alert("client", "handshake_failure")
        ),
    )

    def client(stores: Mapping[str, str]) -> ClientSettings:
        return HARBOR.client(587, "starttls", extra=openssl_client(stores[_GOOD]))

    return replace(case, client=client)


def by_hand_dates(ca: Hierarchy) -> Case:
    """The dates of the leaf, asked for with x509."""
    served = ca.ses(not_before=dt.datetime(2023, 1, 1), not_after=dt.datetime(2024, 2, 1, 23, 59, 59))
    return _case(
        ca,
        QUARRY,
        "The server's certificate expired on 2024-02-01; a run of x509 shows its dates",
        (
            failed("certificate-expired", "certificate", "confirmed"),
            failed("certificate-expired", "certificate", "likely"),
            failed("certificate-expired", "certificate", "confirmed"),
        ),
        by_hand=(ByHand(f"{S_CLIENT} </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -dates"),),
        served=served,
        facts=ses_facts(served, Alert("client", "certificate_expired")),
    )


def by_hand_names(ca: Hierarchy) -> Case:
    """The names of the leaf, asked for with x509."""
    served = ca.ses("eu-west-1")
    return _case(
        ca,
        TIDE,
        "The certificate names eu-west-1, the setting us-east-1; a run of x509 shows the names",
        (
            failed("hostname-mismatch", "certificate", "confirmed"),
            failed("hostname-mismatch", "certificate", "likely"),
            failed("hostname-mismatch", "certificate", "likely"),
        ),
        extra={"mail.smtp.ssl.checkserveridentity": "true"},
        by_hand=(ByHand(f"{S_CLIENT} </dev/null 2>/dev/null | openssl x509 -noout -subject -ext subjectAltName"),),
        served=served,
        facts=ses_facts(served, alert=None),
    )


def name_refused_tls13(ca: Hierarchy) -> Case:
    """JavaMail's own check of the name, behind a finished handshake of TLS 1.3."""
    served = ca.ses("eu-west-1")
    suite = "TLS_AES_256_GCM_SHA384"
    view = failed("hostname-mismatch", "certificate", "likely")
    return _case(
        ca,
        POSTBOX,
        "TLS 1.3; the certificate names eu-west-1, the setting us-east-1: the client leaves without a command",
        (view, view, undetermined("a finished handshake without a command; the certificate is encrypted")),
        extra={
            "mail.smtp.ssl.checkserveridentity": "true",
            "mail.smtp.ssl.ciphersuites": suite,
            "mail.smtp.ssl.protocols": "TLSv1.3",
        },
        served=served,
        tls=Tls(served, minimum=TLSVersion.TLSv1_3, maximum=TLSVersion.TLSv1_3),
        facts=Facts(SES_HOST, 587, "TLSv1.3", suite, None, SES_HOST, hashes(served.chain)),
    )


CASES: Mapping[str, CaseMaker] = {
    "two-535-then-accepted": two_login_then_accepted,
    "two-pkix-then-535": two_path_then_login,
    "two-accepted-then-pkix": two_accepted_then_path,
    "retry-accepted": retry_accepted,
    "retry-refused": retry_refused,
    "double-connect-both-refuse": double_connect_both_refuse,
    "double-connect-fallback-works": double_connect_fallback_works,
    "other-store-535": other_store_login,
    "other-store-accepted": other_store_accepted,
    "two-stores-pkix": two_stores_path,
    "listing-pkix": listing_path,
    "by-hand-chain": by_hand_chain,
    "by-hand-after": by_hand_after,
    "by-hand-before-535": by_hand_before_login,
    "by-hand-key": by_hand_key,
    "by-hand-dates": by_hand_dates,
    "by-hand-names": by_hand_names,
    "hostname-mismatch-tls13": name_refused_tls13,
}
