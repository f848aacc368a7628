"""Classify a name in the SMTP SERVER field, and guess the endpoint that was meant. Standard library only."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from sestriage.model.known.ses import FIPS_REGIONS, REGIONS_WITHOUT_SMTP, SMTP_REGIONS, host_form
from sestriage.model.known.spelling import nearest, typos

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

DIRECTIONS = frozenset(
    ("east", "west", "north", "south", "central", "northeast", "northwest", "southeast", "southwest")
)
"""The middle words of AWS region names."""

PREFIXES = frozenset(
    ("us", "us-gov", "us-iso", "us-isob", "ca", "mx", "sa", "eu", "eu-isoe", "ap", "af", "me", "il", "cn")
)
"""The first words of AWS region names."""

_PARTS = re.compile(r"(?P<prefix>[a-z]{2}(?:-[a-z]+)?)-(?P<direction>[a-z]+)-(?P<number>\d{1,2})")
_STRAY = re.compile(r"[\s/\\<>\[\]\"'@,;]|://|:\d+$")
_INNER = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
    *("::1/128", "fc00::/7", "fe80::/10"),
)
_MAX_TYPOS = 10
"""Single-character faults up to which a name counts as a misspelt endpoint (`smtp.us-east-1.…` has 6)."""


def region_status(region: str) -> str:
    """`smtp` (has an SMTP endpoint), `no-smtp` (the table says it has none), `unverified` (a possible region of which
    the table knows nothing), or `misspelt` (no region is called so)."""
    if region in SMTP_REGIONS:
        return "smtp"
    if region in REGIONS_WITHOUT_SMTP:
        return "no-smtp"
    return "unverified" if is_possible_region(region) else "misspelt"


def is_possible_region(region: str) -> bool:
    """True if the name is formed like those of AWS: known first word, a direction, a small number."""
    match = _PARTS.fullmatch(region)
    return (
        match is not None
        and match["prefix"] in PREFIXES
        and match["direction"] in DIRECTIONS
        and 1 <= int(match["number"]) <= 9
    )


def nearest_region(region: str) -> str | None:
    """The region with an SMTP endpoint whose name is nearest; None when none is near."""
    return nearest(region.lower(), SMTP_REGIONS, most=4)


def server_kind(server: str) -> str:
    """The kind of text in the SMTP SERVER field: a kind of `HostForm`, or

    * `ip-address`;
    * `stray`: more than a name (a blank, a scheme, a port, a path, brackets around anything but IPv6);
    * `misspelt`: near to an endpoint's name, or an endpoint's name with a region that cannot be;
    * `other`: any other name, such as a relay of one's own.
    """
    if _is_literal(server):
        return "ip-address"
    if _STRAY.search(server) or not server.isprintable():
        return "stray"
    form = host_form(server)
    if form is not None:
        known = form.region is None or region_status(form.region) != "misspelt"
        return form.kind if known else "misspelt"
    return "misspelt" if nearest_endpoint(server) else "other"


def bare_kind(server: str) -> str:
    """The same of the name alone, where the field holds more than it: `mail.example.com:25` is of the kind `other`."""
    kind = server_kind(server)
    return server_kind(_bare_name(server)) if kind == "stray" else kind


def is_elsewhere(server: str) -> bool:
    """True if nothing in the name is like AWS's domain: one that resembles an endpoint's may be an alias or a relay of
    one's own. A name of one or two parts may have lost its end."""
    name = _bare_name(server)
    return name.count(".") >= 2 and re.search("amaz|amz|aws", name) is None


def is_private_address(server: str) -> bool:
    """True if the text is an address of an inner network: private, shared (RFC 6598), loopback or link-local."""
    import ipaddress

    address = _address(server)
    if address is None:
        return False
    return any(address in net for net in map(ipaddress.ip_network, _INNER) if net.version == address.version)


def _is_literal(server: str) -> bool:
    """An address as Java takes one (`InetAddress.getByName`): no blank around it, and brackets only around IPv6."""
    address = _address(server)
    if address is None or server != server.strip() or server.strip("[]") not in (server, server[1:-1]):
        return False
    return "[" not in server or address.version == 6


def _address(server: str) -> IPv4Address | IPv6Address | None:
    """The address that the text is; Java takes brackets around an IPv6 address only."""
    import ipaddress  # not at start-up: only few commands look at server names

    name = server.strip()
    try:
        return ipaddress.IPv6Address(name[1:-1]) if re.fullmatch(r"\[.*\]", name) else ipaddress.ip_address(name)
    except ValueError:
        return None


def nearest_endpoint(server: str) -> str | None:
    """The SES SMTP endpoint whose name is nearest to what was typed; None when none is near.

    Scheme, port, path and blanks do not count. An exact name is nearest to itself.
    """
    name = _bare_name(server)
    if not name or name.endswith((".cn", ".amazonaws.eu")):
        return None  # other partitions of AWS (China, the European Sovereign Cloud) have endpoints of their own
    form = host_form(name)
    if form is None:
        return _like_an_endpoint(name)
    if form.kind == "https-api" and name.startswith("email-fips.") and form.region in FIPS_REGIONS:
        return f"email-smtp-fips.{form.region}.amazonaws.com"  # whoever named the FIPS variant has a reason
    return _endpoint_of(form.region)


def _bare_name(server: str) -> str:
    name = re.sub(r"^[a-z]+://", "", server.strip().lower())
    return re.sub(r"[\s\"'<>\[\]]", "", re.split(r"[/:@,;\\]", name)[0]).rstrip(".")[:100]


@lru_cache(maxsize=256)
def _like_an_endpoint(name: str) -> str | None:
    """Many rules ask for the same name."""
    best = min(_endpoints(), key=lambda known: typos(name, known))
    if best.startswith(name) and len(name) >= len("email-smtp.xx-east"):
        return best  # the end was lost in copying
    return best if typos(name, best) <= _MAX_TYPOS else None


def _endpoint_of(region: str | None) -> str | None:
    """The standard endpoint of a region, of the nearest one when it is misspelt; None where there is none."""
    if region is not None and region_status(region) == "misspelt":
        region = nearest_region(region)
    return f"email-smtp.{region}.amazonaws.com" if region in SMTP_REGIONS else None


@cache
def _endpoints() -> tuple[str, ...]:
    return tuple(f"email-smtp.{region}.amazonaws.com" for region in sorted(SMTP_REGIONS))
