"""Recognise host names by their form, and IP addresses. Standard library only.

A redacted log has pseudonyms in their places: what reads names out of texts takes `NAME`, `ADDRESS` and `HOST`, so that
a redacted log reads as the raw one does.
"""

from __future__ import annotations

import re

MAX_NAME = 253
"""Characters of a host name without the full stop of the root (RFC 1035 section 2.3.4)."""

NAME_PSEUDONYM = r"<host(?:name)?-\d{1,9}>"
"""What stands for a host name in a redacted log: `<host-1>` for one under a domain, `<hostname-1>` for a bare word."""
ADDRESS_PSEUDONYM = r"<ip-\d{1,9}>"
"""What stands for an IP address in a redacted log."""
NAME = rf"(?:[A-Za-z0-9][A-Za-z0-9._-]{{0,252}}|{NAME_PSEUDONYM})"
"""A host name as programs print it, where what stands around it tells that it is one."""
ADDRESS = rf"(?:[0-9A-Fa-f.:]{{2,45}}|{ADDRESS_PSEUDONYM})"
"""An IP address as programs print it, where what stands around it tells that it is one."""
HOST = (
    r"(?:\[?[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,253}[A-Za-z0-9])?\]?"
    rf"|\[?(?:{NAME_PSEUDONYM}|{ADDRESS_PSEUDONYM})\]?)"
)
"""A host name or an IP address, in brackets or not, with a port glued to it or not."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_DOMAIN_PSEUDONYM = re.compile(r"<host-\d{1,9}>")
_HERE = re.compile(r"[0-9.]+|.*\.localhost|.*\.localdomain")
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9._-]{1,16})?")


def is_host_name(text: str) -> bool:
    """True for letters, digits and hyphens in labels of 1 to 63 characters (RFC 1123 section 2.1), with or without the
    full stop of the root (`mail.example.com.`)."""
    return len(text.rstrip(".")) <= MAX_NAME and _NAME.fullmatch(text) is not None


def is_under_domain(text: str) -> bool:
    """True for a name under a domain, or its pseudonym: not for an address, this host, or a bare word, which may be an
    alias of anything."""
    if _DOMAIN_PSEUDONYM.fullmatch(text):
        return True
    return "." in text and _HERE.fullmatch(text) is None and ":" not in text


def is_address(text: str) -> bool:
    """True for an IPv4 or IPv6 address, without brackets; a zone (`fe80::1%eth0`) holds nothing but a plain name."""
    if not (_IPV4.fullmatch(text) or (":" in text and _IPV6.fullmatch(text))):
        return False
    import ipaddress  # not at start-up: few values can be addresses

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
