"""Is a certificate valid for a host? As Java's endpoint identification (`sun.security.util.HostnameChecker`, RFC 6125)
and as JavaMail's own check (`com.sun.mail.util.SocketFetcher`) answer it; the two differ."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address, ip_address

from sestriage.model.trust import Certificate
from sestriage.pki.algorithms import DEFAULT_JDK

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)", re.I)


def _as_ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _ascii(name: str) -> str | None:
    """The name in its ASCII form without a final dot, lower case; None when it is no host name."""
    name = name.rstrip(".").lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if name and len(name) < 254 and all(_LABEL.fullmatch(part) for part in name.split(".")) else None


WILDCARDS_ANYWHERE = frozenset({"8", "11", "17"})
"""JDK generations that let a wildcard stand in every label of a name; the later ones only in the leftmost."""


def java_refusal(certificate: Certificate, host: str, jdk: str = DEFAULT_JDK) -> str | None:
    """Java's message when the certificate is not valid for the host, None when it is."""
    anywhere = jdk in WILDCARDS_ANYWHERE
    address = _as_ip(host)
    if address is not None:
        if not certificate.has_san:
            return "No subject alternative names present"
        if any(_as_ip(each) == address for each in certificate.ip_addresses):
            return None
        return f"No subject alternative names matching IP address {host.strip('[]')} found"
    host = host.rstrip(".")
    if _ascii(host) is None:
        return f"Illegal given domain name: {host}"
    if certificate.dns_names:
        if any(_matches(host, name, anywhere) for name in certificate.dns_names):
            return None
        return f"No subject alternative DNS name matching {host} found."
    name = certificate.common_name
    if name is not None and unicodedata.is_normalized("NFKC", name) and _matches(host, name, anywhere):
        return None
    return f"No name matching {host} found"


def _matches(host: str, template: str, anywhere: bool) -> bool:
    """True if one name of the certificate fits, wildcards in the leftmost label (or `anywhere`) included."""
    wanted, pattern = _ascii(host), template.lower()
    if wanted is None:
        return False
    if "*" not in pattern:
        return _ascii(pattern) == wanted
    if "." not in pattern[pattern.rindex("*") :] or _ascii(pattern.replace("*", "z")) is None:
        return False
    names, patterns = wanted.split("."), pattern.split(".")
    if len(names) != len(patterns) or not _wild_label(names[0], patterns[0]):
        return False
    if not anywhere:
        return names[1:] == patterns[1:]
    return all(map(_wild_label, names[1:], patterns[1:]))


def _wild_label(label: str, pattern: str) -> bool:
    """True if the label fits: a `*` stands for any characters, none included. Each piece is taken where it first fits,
    which costs one pass.

    No regular expression: one with many `*`, as a hostile certificate may have, tries every way to place them.
    """
    first, *others = pattern.split("*")
    if not others:
        return label == pattern
    last = others.pop()
    if not label.startswith(first) or not label.endswith(last) or len(label) < len(first) + len(last):
        return False
    at, end = len(first), len(label) - len(last)
    for piece in others:
        at = label.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def javamail_matches(certificate: Certificate, host: str) -> bool:
    """True if JavaMail's check with `mail.smtp.ssl.checkserveridentity` passes (1.6, where Java's own checker is out of
    reach): a wildcard stands for any number of labels, addresses are compared as text with DNS names and the CN."""
    if certificate.dns_names:
        return any(_javamail_name(host, name) for name in certificate.dns_names)
    return certificate.common_name is not None and _javamail_name(host, certificate.common_name.strip())


def _javamail_name(host: str, name: str) -> bool:
    if name.startswith("*."):
        tail = name[1:].lower()
        return len(tail) > 1 and host.lower().endswith(tail) and len(host) > len(tail)
    return host.lower() == name.lower()
