"""Name constraints (RFC 5280 4.2.1.10), as `sun.security.x509.NameConstraintsExtension` applies them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

from sestriage.errors import ParseError
from sestriage.formats.certs import der
from sestriage.formats.certs.x509 import NAME_CONSTRAINTS, SAN
from sestriage.formats.certs.x509_names import parse_name
from sestriage.model.trust import Certificate
from sestriage.pki.signature import pieces

EMAIL, DNS, DIRECTORY, URI, IP = 1, 2, 4, 6, 7
MAX_SUBTREES = 2000
_DNS_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*\.?", re.I)


@dataclass(frozen=True, slots=True)
class GeneralName:
    """A name of one kind: text in lower case, an address (with mask, in a constraint) or canonical name parts."""

    kind: int
    value: str | bytes | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameConstraints:
    """The subtrees of one certificate. `broken`: it could not be read, or holds distances, which Java refuses."""

    permitted: tuple[GeneralName, ...] = ()
    excluded: tuple[GeneralName, ...] = ()
    broken: bool = False


def general_name(data: bytes, part: der.Element) -> GeneralName | None:
    """A GeneralName, None for the kinds that are not compared (otherName, registeredID, …); raises DerError."""
    kind = part.tag & 0x1F
    if kind in (EMAIL, DNS, URI):
        return GeneralName(kind, der.content(data, part).decode("latin-1").lower())
    if kind == IP:
        return GeneralName(kind, der.content(data, part))
    if kind == DIRECTORY:
        return GeneralName(kind, parse_name(der.content(data, part)).rdns)
    return None


@lru_cache(maxsize=256)
def name_constraints(encoded: bytes) -> NameConstraints | None:
    """The name constraints of a certificate (its DER); None when it has none."""
    raw = pieces(encoded)
    if raw is None or NAME_CONSTRAINTS not in raw.extensions:
        return None
    value = raw.extensions[NAME_CONSTRAINTS][1]
    found: dict[int, list[GeneralName]] = {0xA0: [], 0xA1: []}
    try:
        outer = der.expect(value, 0, len(value), der.SEQUENCE)
        for group in der.walk(value, outer.body, outer.stop):
            for subtree in der.walk(value, group.body, group.stop):
                parts = der.children(value, subtree)
                name = general_name(value, parts[0])
                if len(parts) > 1:
                    return NameConstraints(broken=True)
                if name is not None and sum(map(len, found.values())) < MAX_SUBTREES:
                    found[group.tag].append(name)
    except (ParseError, KeyError, IndexError):
        return NameConstraints(broken=True)
    return NameConstraints(tuple(found[0xA0]), tuple(found[0xA1]))


@lru_cache(maxsize=256)
def names_of(encoded: bytes, common_name: str | None) -> tuple[GeneralName, ...]:
    """All names of a certificate that constraints apply to. The CN counts as a host name where the alternative names
    hold none of its kind, as Java has it."""
    raw = pieces(encoded)
    names: list[GeneralName] = []
    if raw is None:
        return ()
    try:
        subject = parse_name(raw.subject).rdns
        if subject:
            names.append(GeneralName(DIRECTORY, subject))
        if SAN in raw.extensions:
            value = raw.extensions[SAN][1]
            outer = der.expect(value, 0, len(value), der.SEQUENCE)
            names += [name for part in der.walk(value, outer.body, outer.stop) if (name := general_name(value, part))]
    except ParseError:
        pass
    kinds = {name.kind for name in names}
    if common_name and (address := _address(common_name)) is not None:
        if IP not in kinds:
            names.append(GeneralName(IP, address))
    elif common_name and DNS not in kinds and _DNS_NAME.fullmatch(common_name):
        names.append(GeneralName(DNS, common_name.lower()))
    return tuple(names)


def _address(text: str) -> bytes | None:
    try:
        return ip_address(text).packed
    except ValueError:
        return None


def violation(certificate: Certificate, constraints: NameConstraints) -> str | None:
    """`excluded` or `permitted` when one of the certificate's names is excluded, or of a permitted kind but in no
    permitted subtree; `broken` for constraints that cannot be applied; None when all names are well."""
    if constraints.broken:
        return "broken"
    for name in names_of(certificate.der, certificate.common_name):
        if any(_within(name, base) for base in constraints.excluded if base.kind == name.kind):
            return "excluded"
        same_kind = [base for base in constraints.permitted if base.kind == name.kind]
        if same_kind and not any(_within(name, base) for base in same_kind):
            return "permitted"
    return None


def _within(name: GeneralName, base: GeneralName) -> bool:
    """True if the name lies in the subtree of `base` (which is of the same kind)."""
    value, tree = name.value, base.value
    if isinstance(value, tuple) and isinstance(tree, tuple):
        return value[: len(tree)] == tree
    if isinstance(value, bytes) and isinstance(tree, bytes):
        return _in_network(value, tree)
    if isinstance(value, str) and isinstance(tree, str):
        return _TEXT_RULES[name.kind](value, tree)
    return False


def _in_network(address: bytes, network: bytes) -> bool:
    half = len(network) // 2
    if len(address) != half:
        return address == network
    mask = network[half:]
    return all(a & m == n for a, m, n in zip(address, mask, network[:half], strict=True))


def _dns_within(name: str, tree: str) -> bool:
    if not tree or name == tree:
        return True
    if not name.endswith(tree):
        return False
    return (name[-len(tree) - 1] == ".") ^ (tree[0] == ".")


def _email_within(name: str, tree: str) -> bool:
    if "@" in tree:
        return name == tree
    host = name.rpartition("@")[2]
    return host.endswith(tree) if tree.startswith(".") else host == tree


def _uri_within(name: str, tree: str) -> bool:
    found = re.match(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)", name)
    host = found[1] if found else ""
    return host.endswith(tree) if tree.startswith(".") else host == tree


_TEXT_RULES = {DNS: _dns_within, EMAIL: _email_within, URI: _uri_within}
