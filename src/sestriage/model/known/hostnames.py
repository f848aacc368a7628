"""Recognise host names by their form, and IP addresses. Standard library only."""

from __future__ import annotations

import re

MAX_NAME = 253
"""Characters of a host name without the full stop of the root (RFC 1035 section 2.3.4)."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_IPV4 = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]{2,45}(?:%[A-Za-z0-9._-]{1,16})?")


def is_host_name(text: str) -> bool:
    """True for letters, digits and hyphens in labels of 1 to 63 characters (RFC 1123 section 2.1), with or without the
    full stop of the root (`mail.example.com.`)."""
    return len(text.rstrip(".")) <= MAX_NAME and _NAME.fullmatch(text) is not None


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
