"""The way of a delivered mail: where the sender's record ends and the recipient's own begins."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sestriage.model.known.address import domain_of
from sestriage.model.known.ses_names import is_private_address
from sestriage.model.mail import UNKNOWN, AuthResults, Hop, MailHeaders

_TWO_PART_ENDINGS = frozenset(
    f"{second}.{top}"
    for top in ("uk", "au", "nz", "jp", "br", "za", "in", "kr", "il", "tr", "mx", "cn", "tw", "hk", "sg", "at", "pl")
    for second in ("co", "com", "org", "net", "ac", "gov", "gv", "or", "ne", "edu", "go")
)
"""Endings below which each name belongs to somebody else."""

_ONE_OWNER = {
    "microsoft.com": "outlook.com",
    "office365.com": "outlook.com",
    "googlemail.com": "google.com",
    "gmail.com": "google.com",
}
"""Domains that stand for the mail servers of another one."""


def owner(name: str) -> str:
    """The registered domain of a host name (by form); an address stands for itself."""
    host = name.strip("[]. ").lower()
    labels = host.split(".")
    if len(labels) < 2 or _is_address(host):
        return host
    size = 3 if ".".join(labels[-2:]) in _TWO_PART_ENDINGS else 2
    registered = ".".join(labels[-size:])
    return _ONE_OWNER.get(registered, registered)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


BORDERS = (".mail.protection.outlook.com",)
"""Servers that take mail from outside and record no look-up: there the greeting is any stranger's word."""

PROVIDERS = frozenset(
    (
        "google.com",
        "outlook.com",
        "yahoo.com",
        "gmx.net",
        "web.de",
        "t-online.de",
        "icloud.com",
        "zoho.com",
        "proton.me",
    )
)
"""Domains of public mail providers: their servers' names say nothing about a customer."""

CLEANING = frozenset({"google.com"})
"""Providers that write their results below their `Received`, and take off those that pretend to be theirs."""


MILTER_LINES = 12
"""Lines below the `Received` of the border in which a milter's own headers stand (each may be folded)."""


@dataclass(frozen=True, slots=True)
class Way:
    """`boundary` is the hop by which the mail reached the recipient's servers, None when it cannot be told; everything
    below it was written by the sender's side. `owners` are the domains of the recipient's servers, `trusted` the
    authentication results that these recorded."""

    boundary: Hop | None
    owners: frozenset[str]
    trusted: tuple[AuthResults, ...]


def find_way(headers: MailHeaders, receivers: Collection[str] = ()) -> Way:
    """Walks down from the top as long as mail was handed on inside the recipient's own servers.

    `receivers` are further domains of the recipient's mail servers, as the user knows them. The topmost `Received` is
    the recipient's own: nobody else can write above it.
    """
    owners = {owner(name) for name in receivers}
    delivered = domain_of(headers.delivered_to or "")
    if delivered:
        owners.add(owner(delivered))
    boundary = None
    for hop in headers.hops:
        if hop.by:
            owners.add(owner(hop.by))
        if not _is_handover(hop, owners):
            boundary = hop
            break
    return Way(boundary, frozenset(owners), _trusted_results(headers, boundary, owners))


def _is_handover(hop: Hop, owners: Collection[str]) -> bool:
    """Both ends of the hop are the recipient's: by the looked-up name, by a private address, or, where the server
    records no look-up at all, by the name of the same owner as the receiver's."""
    if hop.helo is None and hop.ip is None:
        return True
    if hop.ip is not None and is_private_address(hop.ip):
        return True
    if hop.rdns is not None:
        return hop.rdns != UNKNOWN and owner(hop.rdns) in owners
    if hop.helo is None or hop.by is None or hop.by.endswith(BORDERS):
        return False
    return owner(hop.helo) == owner(hop.by)


def _trusted_results(headers: MailHeaders, boundary: Hop | None, owners: Collection[str]) -> tuple[AuthResults, ...]:
    """Results that stand where only the recipient's servers write: above the boundary.

    Between the boundary and the next `Received` the sender's own headers begin. Results there count only under the
    name of one of the recipient's servers, and only where these are known to take off headers that pretend to be
    theirs (RFC 8601 section 5), or where SES itself is the sender.
    """
    if boundary is None or boundary.source.line is None:
        return ()
    edge = boundary.source.line
    end = next((hop.source.line for hop in headers.hops if hop.number > boundary.number), None)
    seals = {step.results: step.sealed_by for step in headers.arc if step.results is not None}
    found: list[AuthResults] = []
    for results in (*headers.results, *seals):
        line = results.source.line
        if line is None or (end is not None and line > end):
            continue
        server = owner(results.server) if results.server else ""
        named = server in owners or owner(seals.get(results) or "-") in owners
        if (line < edge and (named or not server)) or (named and (boundary.ses_address or server in CLEANING)):
            found.append(results)
    return _newest_per_server(found)


def may_be_of_milter(results: AuthResults, boundary: Hop) -> bool:
    """A milter of the server at the border may have written it: under that server's full name, in the lines right below
    its own `Received`, where a milter puts headers in. So may a sender, unless the milter takes such headers off."""
    last, line = boundary.source.end_line or boundary.source.line or 0, results.source.line or 0
    return boundary.by is not None and results.server == boundary.by and 0 < line - last <= MILTER_LINES


def _newest_per_server(results: Sequence[AuthResults]) -> tuple[AuthResults, ...]:
    """Of several records of one server the topmost counts; an ARC record stands beside the plain one."""
    kept: dict[tuple[str, bool], AuthResults] = {}
    for found in sorted(results, key=lambda r: r.source.line or 0):
        kept.setdefault((found.server, found.arc_instance is not None), found)
    return tuple(kept.values())
