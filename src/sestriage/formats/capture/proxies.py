"""What a client and a proxy say to each other before the mail server is reached: SOCKS 4 and 5, and HTTP's CONNECT.

Sources: RFC 1928 (SOCKS 5), the SOCKS 4 and 4A memos, RFC 9110 section 9.3.6 (CONNECT).
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from sestriage.model.capture import ProxyHop, ProxyProtocol

MAX_TALK = 2048
"""Bytes of each side that are kept: a request with its login, an answer with its headers."""

_CONNECT = re.compile(rb"CONNECT \[?([A-Za-z0-9.:_-]{1,255}?)\]?:(\d{1,5}) HTTP/1\.[01]\r?\n")
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})[^\r\n]{0,100}")
_SOCKS5_ANSWERS = {
    1: "general failure",
    2: "connection not allowed by ruleset",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "TTL expired",
    7: "command not supported",
    8: "address type not supported",
}
_SOCKS4_ANSWERS = {91: "request rejected or failed", 92: "identd not reachable", 93: "identd named another user"}
_GRANTED4, _NO_METHOD, _LOGIN = 90, 0xFF, 2
_SIZES = {1: 4, 4: 16}
"""Length of an address by its type."""


def read_proxy(kind: str, asked: bytes, answered: bytes) -> ProxyHop | None:
    """The hop from what the client asked and the proxy answered first; None when no mail server was asked for."""
    if kind == "http-connect":
        return _connect(asked, answered)
    return _socks5(asked, answered) if asked[:1] == b"\x05" else _socks4(asked, answered)


def _connect(asked: bytes, answered: bytes) -> ProxyHop | None:
    match = _CONNECT.match(asked)
    if match is None:
        return None
    status = _STATUS.match(answered)
    said = status[0].decode("ascii", "replace").rstrip() if status else None
    return _hop("http-connect", match[1].decode(), int(match[2]), said, status is not None and status[1][:1] != b"2")


def _socks5(asked: bytes, answered: bytes) -> ProxyHop | None:
    chosen = answered[1] if len(answered) > 1 else None
    request = asked[2 + asked[1] :] if len(asked) > 1 else b""
    reply = answered[2:]
    if chosen == _NO_METHOD:
        return _hop("socks", None, None, "none of the offered ways to log in is accepted", True)
    if chosen == _LOGIN and len(request) > 1:  # RFC 1929
        name = request[1]
        secret = request[2 + name] if len(request) > 2 + name else 0
        request, status, reply = request[3 + name + secret :], reply[1:2], reply[2:]
        if status not in (b"", b"\0"):
            return _hop("socks", None, None, "login refused", True)
    target = _target(request)
    if target is None:
        return None
    code = reply[1] if len(reply) > 1 else None
    said = None if code is None else "granted" if code == 0 else _SOCKS5_ANSWERS.get(code, f"answer {code}")
    return _hop("socks", *target, said, bool(code))


def _target(request: bytes) -> tuple[str, int] | None:
    if len(request) < 5 or request[:2] != b"\x05\x01":
        return None
    kind, rest = request[3], request[4:]
    size = rest[0] + 1 if kind == 3 else _SIZES.get(kind, 0)
    if not size or len(rest) < size + 2:
        return None
    host = rest[1:size].decode("ascii", "replace") if kind == 3 else str(ip_address(rest[:size]))
    return host, int.from_bytes(rest[size : size + 2], "big")


def _socks4(asked: bytes, answered: bytes) -> ProxyHop | None:
    if len(asked) < 9 or asked[1] != 1:
        return None
    host, port = str(ip_address(asked[4:8])), int.from_bytes(asked[2:4], "big")
    if asked[4:7] == b"\0\0\0" and asked[7]:  # 4A: the name stands behind the user
        host = asked[8:].partition(b"\0")[2].partition(b"\0")[0].decode("ascii", "replace") or host
    code = answered[1] if len(answered) > 1 else None
    said = None if code is None else "granted" if code == _GRANTED4 else _SOCKS4_ANSWERS.get(code, f"answer {code}")
    return _hop("socks", host, port, said, code is not None and code != _GRANTED4)


def _hop(protocol: ProxyProtocol, host: str | None, port: int | None, said: str | None, refused: bool) -> ProxyHop:
    return ProxyHop(protocol, host.lower()[:253] if host else None, port, said, refused)
