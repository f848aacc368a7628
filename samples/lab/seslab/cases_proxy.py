"""Cases with a proxy in front of the mail server: it refuses, it is not there, or it opens the way and the mail server
behind it decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from .capture import CaptureOptions
from .cases_smtp import BAD_CREDENTIALS
from .cases_trust import GOOD_CHAIN_REFUSED, WHOLE_CHAIN, ses_facts
from .client import ClientSettings
from .expected import ENCRYPTED_SESSION, PKIX_LOG, Alert, Expected, Facts, View, accepted, failed, undetermined
from .model import MANAGER, PROXY, SES, SES_HOST, Case, CaseMaker, Store
from .pki import Hierarchy, Served
from .proxies import FORBIDDEN, Proxy
from .server import Endpoint, Replies, Tls
from .settings import jvm_trust
from .voices import ALDER, FERN, GANNET, HARBOR, LUMEN, POSTBOX, QUARRY, TIDE, Voice

_NAMES = {SES_HOST: SES}
SOCKS, WEB = Proxy("socks", PROXY, 1080, _NAMES), Proxy("web", PROXY, 3128, _NAMES)
_REFUSED = failed("proxy-refused", "tcp", "confirmed")


def _case(
    ca: Hierarchy,
    voice: Voice,
    title: str,
    proxy: Proxy,
    views: tuple[View, View, View | None],
    *,
    replies: Replies | None = None,
    served: Served | None = None,
    bare: bool = False,
    there: bool = True,
    facts: Facts | None = None,
    told: Mapping[str, object] | None = None,
) -> Case:
    """A STARTTLS case behind the proxy. The client cannot look up the mail server's name, the proxy does. The store is
    ``bare`` where it lacks Amazon's root; nothing listens at the proxy's port where it is not ``there``."""
    served = served or ca.ses()

    def client(stores: Mapping[str, str]) -> ClientSettings:
        extra, trust = proxy.properties("smtp"), jvm_trust(stores["manager"])
        return voice.client(587, "starttls", hosts={"proxy.example.com": PROXY}, extra=extra, jvm_options=trust)

    whole, log, capture = views
    entries = {"example-holdings-root": ca.company_root} if bare else {"amazon-root-ca-1": ca.a1_root}
    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served), scripts=(replies or Replies(),)),),
        proxy=proxy if there else None,
        store=Store("PKCS12", entries),
        capture=CaptureOptions(f"tcp and host {MANAGER}"),
        expected=Expected(
            title=title,
            configured={
                "mode": "STARTTLS",
                "proxy": proxy.kind,
                "proxy_port": proxy.port,
                "served": WHOLE_CHAIN,
                "trust_store": ["Example Holdings Root CA" if bare else "Amazon Root CA 1"],
            }
            | dict(told or {}),
            whole=whole,
            log=log,
            capture=capture,
            facts=facts or Facts(SES_HOST, 587),
        ),
    )


def socks_forbids(ca: Hierarchy) -> Case:
    """SOCKS 5, answer 2."""
    return _case(
        ca,
        LUMEN,
        "A SOCKS proxy does not allow the connection",
        replace(SOCKS, refusal=str(FORBIDDEN)),
        (_REFUSED, _REFUSED, _REFUSED),
        told={"proxy_answer": FORBIDDEN},
    )


def socks_then_path(ca: Hierarchy) -> Case:
    """The way is open, the store lacks the root."""
    served = ca.ses()
    return _case(
        ca,
        FERN,
        "Behind a SOCKS proxy: the trust store holds no CA of the served chain",
        SOCKS,
        (failed("ca-missing-from-trust-store", "certificate", "confirmed"), PKIX_LOG, GOOD_CHAIN_REFUSED),
        served=served,
        bare=True,
        facts=ses_facts(served),
    )


def socks_accepted(ca: Hierarchy) -> Case:
    """The way is open, the mail is accepted."""
    served = ca.ses()
    return _case(
        ca,
        TIDE,
        "Behind a SOCKS proxy: the mail is accepted",
        SOCKS,
        (accepted("likely"), accepted("likely"), ENCRYPTED_SESSION),
        served=served,
        facts=ses_facts(served, alert=None),
    )


def web_wants_login(ca: Hierarchy) -> Case:
    """CONNECT, 407."""
    status = "HTTP/1.1 407 Proxy Authentication Required"
    return _case(
        ca,
        HARBOR,
        "A web proxy wants a login: 407",
        replace(WEB, refusal=status),
        (_REFUSED, _REFUSED, _REFUSED),
        told={"proxy_answer": status},
    )


def web_then_login(ca: Hierarchy) -> Case:
    """The way is open, the login is refused."""
    served = ca.ses()
    login = failed("smtp-credentials-invalid", "auth", "confirmed")
    return _case(
        ca,
        GANNET,
        "Behind a web proxy: SES refuses user name and password",
        WEB,
        (login, login, ENCRYPTED_SESSION),
        replies=Replies(auth=BAD_CREDENTIALS),
        served=served,
        facts=ses_facts(served, alert=None),
        told={"auth": BAD_CREDENTIALS},
    )


def web_then_expired(ca: Hierarchy) -> Case:
    """The way is open, the certificate is out of date."""
    served = ca.ses(not_before=dt.datetime(2023, 1, 1), not_after=dt.datetime(2024, 2, 1, 23, 59, 59))
    view = failed("certificate-expired", "certificate", "confirmed")
    return _case(
        ca,
        QUARRY,
        "Behind a web proxy: the server's certificate expired on 2024-02-01",
        WEB,
        (view, failed("certificate-expired", "certificate", "likely"), view),
        served=served,
        facts=ses_facts(served, Alert("client", "certificate_expired")),
    )


def web_not_there(ca: Hierarchy) -> Case:
    """Nothing listens where the proxy is said to be."""
    view = failed("proxy-unreachable", "tcp", "likely")
    return _case(
        ca,
        ALDER,
        "Nothing listens at the web proxy: the SYN is answered by RST",
        WEB,
        (view, view, undetermined("a refused connection to a port that is not one of mail")),
        there=False,
        told={"proxy_there": False},
    )


def web_loses_greeting(ca: Hierarchy) -> Case:
    """The greeting comes along with the proxy's answer."""
    view = failed("greeting-lost-at-proxy", "greeting", "confirmed")
    return _case(
        ca,
        POSTBOX,
        "A web proxy sends the greeting along with its own answer: JavaMail reads it away and waits for it",
        replace(WEB, eager=True),
        (
            view,
            failed("closed-before-greeting", "greeting", "likely", ["greeting-lost-at-proxy"]),
            failed("greeting-lost-at-proxy", "greeting", "likely"),
        ),
        told={"proxy_answer": "HTTP/1.1 200 Connection established, and the greeting of the server in one segment"},
    )


CASES: Mapping[str, CaseMaker] = {
    "proxy-socks-forbids": socks_forbids,
    "proxy-socks-pkix": socks_then_path,
    "proxy-socks-accepted": socks_accepted,
    "proxy-web-407": web_wants_login,
    "proxy-web-535": web_then_login,
    "proxy-web-expired": web_then_expired,
    "proxy-web-not-there": web_not_there,
    "proxy-web-greeting-lost": web_loses_greeting,
}
