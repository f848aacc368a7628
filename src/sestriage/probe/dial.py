"""From a name to a connection: resolver, address family, source address, and what a failure means."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from sestriage.model.message import Message, together
from sestriage.probe.channel import EndError, broken

MAX_ADDRESSES = 8
"""Addresses of a name that are tried one after the other."""

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}

_REFUSED = {errno.ECONNREFUSED}
_UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


@dataclass(frozen=True, slots=True)
class Address:
    """Where to connect to."""

    family: int
    ip: str
    sockaddr: tuple[object, ...]


class UnresolvedError(Exception):
    """The name gives no address; the text says why."""


def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a name in the resolver's order.

    Raises UnresolvedError. How long that takes is up to the resolver of the system (its own time-outs apply).
    """
    try:
        found = socket.getaddrinfo(host, port, socket.AF_UNSPEC, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnresolvedError(getattr(error, "strerror", None) or str(error)) from error
    addresses = {str(item[4][0]): Address(item[0], str(item[4][0]), tuple(item[4])) for item in found}
    return list(addresses.values())


def connect(address: Address, source: str | None, timeout: float) -> socket.socket:
    """A connection; raises EndError (`refused`, `unanswered`, `unreachable`, `server-reset`)."""
    sock = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        if source is not None:
            sock.bind((source, 0))
        sock.connect(address.sockaddr)
    except TimeoutError:
        sock.close()
        raise EndError(
            "unanswered", Message("no answer from {ip} within {timeout:g} s", ip=address.ip, timeout=timeout)
        ) from None
    except ConnectionResetError as error:  # it came about, and the RST was quicker than our waking up
        sock.close()
        raise broken(error) from error
    except OSError as error:
        sock.close()
        raise EndError(_meaning(error), together(address.ip, error.strerror or str(error), between=": ")) from error
    return sock


def _meaning(error: OSError) -> str:
    if error.errno in _REFUSED:
        return "refused"
    if error.errno in _UNREACHABLE:
        return "unreachable"
    return "unanswered" if error.errno == errno.ETIMEDOUT else "unreachable"


def of_kind(addresses: Sequence[Address], version: int | None, source: str | None) -> list[Address]:
    """Those that are wanted: of IP `version`, if it is given, and of the source address's family."""
    wanted = {FAMILIES[version]} if version is not None else set(FAMILIES.values())
    if source is not None:
        wanted &= {_family(source)}
    return [address for address in addresses if address.family in wanted][:MAX_ADDRESSES]


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def is_local(address: str) -> bool:
    """True if this machine can send from the address."""
    try:
        with socket.socket(_family(address), socket.SOCK_STREAM) as sock:
            sock.bind((address, 0))
    except OSError:
        return False
    return True
