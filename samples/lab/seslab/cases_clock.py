"""Cases in which the Manager's clock is days off, beside a capture whose clock is right: of its own session, and of
another Manager's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from .capture import CaptureOptions
from .cases_smtp import BAD_CREDENTIALS, GOOD_STORE
from .cases_trust import GOOD_CHAIN_REFUSED, WHOLE_CHAIN, ses_facts
from .client import ClientSettings
from .expected import ENCRYPTED_SESSION, PKIX_LOG, Expected, View, accepted, failed
from .model import SES, Case, CaseMaker
from .pki import Hierarchy
from .server import Endpoint, Replies, Tls
from .settings import jvm_trust
from .voices import GANNET, HARBOR, LUMEN, QUARRY, Voice

LOGIN = failed("smtp-credentials-invalid", "auth", "confirmed")
AHEAD, BEHIND = dt.timedelta(days=40), dt.timedelta(days=-25)
_DEBUG = {"mail.debug": "true"}


def _case(
    ca: Hierarchy,
    voice: Voice,
    title: str,
    views: tuple[View, View, View],
    *,
    off: dt.timedelta,
    extra: Mapping[str, str] | None = None,
    replies: Replies | None = None,
    trusted: bool = True,
) -> Case:
    served = ca.ses()
    store = {"amazon-root-ca-1": ca.a1_root} if trusted else {"example-holdings-root": ca.company_root}

    def client(stores: Mapping[str, str]) -> ClientSettings:
        settings = voice.client(587, "starttls", extra=extra, jvm_options=jvm_trust(stores["used"]))
        return replace(settings, clock_ahead=off)

    whole, log, capture = views
    told = {"mode": "STARTTLS", "served": WHOLE_CHAIN, "used": GOOD_STORE if trusted else list(store)}
    return Case(
        client=client,
        endpoints=(Endpoint(SES, 587, Tls(served), scripts=(replies or Replies(),)),),
        other_stores={"used": store},
        capture=CaptureOptions("tcp port 587"),
        expected=Expected(
            title=title,
            configured=told | {"clock_ahead_days": off.days},
            whole=whole,
            log=log,
            capture=capture,
            facts=ses_facts(served, alert=None) if trusted else ses_facts(served),
        ),
    )


def _of_another(case: Case, other: Case) -> Case:
    """The log of one Manager, and the capture of another one, whose clock is right."""
    told = {**case.expected.configured, "capture": "of another Manager"}
    expected = replace(case.expected, configured=told, facts=other.expected.facts)
    return replace(case, captured=other, expected=expected)


def login_ahead(ca: Hierarchy) -> Case:
    """The greeting that `mail.debug` logs is that of the captured session."""
    return _case(
        ca,
        GANNET,
        "535; the Manager's clock is 40 days ahead of the capture's; mail.debug logs the greeting",
        (LOGIN, LOGIN, ENCRYPTED_SESSION),
        off=AHEAD,
        extra=_DEBUG,
        replies=Replies(auth=BAD_CREDENTIALS),
    )


def accepted_behind(ca: Hierarchy) -> Case:
    """The same of an accepted mail and a clock that is behind."""
    return _case(
        ca,
        QUARRY,
        "Accepted; the Manager's clock is 25 days behind the capture's; mail.debug logs the greeting",
        (accepted("confirmed"), accepted("confirmed"), ENCRYPTED_SESSION),
        off=BEHIND,
        extra=_DEBUG,
    )


def path_ahead(ca: Hierarchy) -> Case:
    """Nothing in the log is of this session only: the two may be of one attempt, and nothing shows it."""
    case = _case(
        ca,
        HARBOR,
        "Root missing; the Manager's clock is 40 days ahead of the capture's; nothing in the log names the session",
        (PKIX_LOG, PKIX_LOG, GOOD_CHAIN_REFUSED),
        off=AHEAD,
        trusted=False,
    )
    told = {**case.expected.configured, "capture": "of a gateway, whose clock is right"}
    return replace(case, expected=replace(case.expected, configured=told))


def login_of_another(ca: Hierarchy) -> Case:
    """Two Managers are refused alike: the greetings are of two sessions."""
    title = "535; the Manager's clock is 40 days ahead; the capture is another Manager's 535"
    refused = Replies(auth=BAD_CREDENTIALS)
    views = (LOGIN, LOGIN, ENCRYPTED_SESSION)
    case = _case(ca, GANNET, title, views, off=AHEAD, extra=_DEBUG, replies=refused)
    return _of_another(case, _case(ca, HARBOR, title, views, off=dt.timedelta(), replies=refused))


def path_of_another(ca: Hierarchy) -> Case:
    """Two Managers whose stores lack the root."""
    title = "Root missing; the Manager's clock is 40 days ahead; the capture is another Manager's failure of the kind"
    views = (PKIX_LOG, PKIX_LOG, GOOD_CHAIN_REFUSED)
    case = _case(ca, QUARRY, title, views, off=AHEAD, trusted=False)
    return _of_another(case, _case(ca, LUMEN, title, views, off=dt.timedelta(), trusted=False))


def login_of_another_now(ca: Hierarchy) -> Case:
    """The two clocks agree: it is the greeting alone that tells the two Managers apart."""
    title = "535; the capture is of another Manager's 535 within the same seconds"
    refused = Replies(auth=BAD_CREDENTIALS)
    views = (ENCRYPTED_SESSION, LOGIN, ENCRYPTED_SESSION)
    case = _case(ca, QUARRY, title, views, off=dt.timedelta(), extra=_DEBUG, replies=refused)
    return _of_another(case, _case(ca, HARBOR, title, views, off=dt.timedelta(), replies=refused))


CASES: Mapping[str, CaseMaker] = {
    "clock-ahead-535": login_ahead,
    "clock-behind-accepted": accepted_behind,
    "clock-ahead-pkix": path_ahead,
    "clock-ahead-535-other": login_of_another,
    "clock-ahead-pkix-other": path_of_another,
    "same-seconds-535-other": login_of_another_now,
}
