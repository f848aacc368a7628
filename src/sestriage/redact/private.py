"""Private data that is shown only on demand: mail addresses, IP addresses, AWS accounts and the names in ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.hosts import host_spans, is_public_host
from sestriage.redact.people import people_spans
from sestriage.redact.spans import Span, lacks_all, matches
from sestriage.redact.tables import PUBLIC_MAIL_DOMAINS


def private_spans(text: str) -> Iterator[Span]:
    """All private data of a text (one view of it)."""
    if "@" in text:
        yield from _addresses(text)
    if text.count(".") >= 3:
        yield from _ipv4(text)
    if text.count(":") >= 2:
        yield from _ipv6(text)
        yield from _arns(text)
    yield from _accounts(text)
    yield from people_spans(text)
    yield from host_spans(text)


# --- mail addresses ----------------------------------------------------------------------------------------------

_QUOTED_LOCAL = re.compile(r"\"\w[\w .+-]{0,62}\"\Z")
_LOCAL = frozenset("_.!#$%&*+/=?^{|}~'-")
_DOMAIN = re.compile(r"\[[0-9A-Fa-f:.]+(?:IPv6:[0-9A-Fa-f:.]+)?\]|\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*")
_URL_USER = re.compile(r"://[^\s/:@\"'<>]*:\Z")
"""Before an @ stands the password of a URL then, which is a secret."""
_OBJECT_HASH = re.compile(r"[0-9a-f]{1,8}")
MAX_LOCAL = 130
"""Characters before an @ that are looked at (RFC 5321 allows 64)."""


def _addresses(text: str) -> Iterator[Span]:
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        local = _local(text, at) if domain else ""
        if domain and local:
            name = local.lstrip("'/=&?!#|.*{+^~%$-") if local[0] != '"' else local
            # `user=soc@x` and `a/b@x` start at the last separator
            name = re.split(r"[=&?|/]", name)[-1]
            start = at - len(name)
            if name and _is_address(name, domain[0]) and not _URL_USER.search(text[max(0, start - MAX_LOCAL) : start]):
                yield Span(start, domain.end(), "address", text[start : domain.end()].lower())
        at = text.find("@", at + 1)


def _local(text: str, at: int) -> str:
    """What stands before an @ and may belong to an address; empty when there is nothing."""
    floor = max(0, at - MAX_LOCAL + 2)
    start = at
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in _LOCAL):
        start -= 1
    if start == at and (quoted := _QUOTED_LOCAL.search(text[max(0, at - MAX_LOCAL) : at])):
        return quoted[0]
    return text[start:at]


def _is_address(local: str, domain: str) -> bool:
    low = domain.lower()
    if any(low == public or low.endswith("." + public) for public in PUBLIC_MAIL_DOMAINS):
        return False
    if "." in domain or domain.startswith("["):
        return True
    java_like = re.search(r"[A-Z;$]|\.\w+\.", local) is not None
    return not (_OBJECT_HASH.fullmatch(domain) and (java_like or any(c.isdigit() for c in domain)))


# --- IP addresses ------------------------------------------------------------------------------------------------

_QUAD = re.compile(r"(?<![0-9])(?<![0-9]\.)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?!\d)(?!\.\d)")
_INNER = re.compile(r"\.(?=\d{1,3}\.\d{1,3}\.\d)")
"""Begins with a letter that is found quickly; most digits of a log belong to no address."""
_VERSION_BEFORE = re.compile(
    r"(?:[A-Za-z]-|\bv|(?<![A-Za-z])(?:version|release|build|firmware|revision|patch|update|upgrade|ver|rev)\.?(?:[ \t:=\\\"'(]|&quot;|%2[0278]|%3[AD]){1,12}v?)\Z",  # noqa: E501
    re.IGNORECASE,
)
_VERSION_WORDS = ("ver", "release", "build", "firmware", "rev", "patch", "update", "upgrade")
_REACHED = re.compile(r":\d{2,5}(?![\d.])|/\d{1,2}(?![\d.])")
"""A port, or the length of a prefix: a version has neither."""
_VERSION_AFTER = re.compile(r"\.(?:jar|war|Final|RELEASE|GA)\b|-SNAPSHOT|-RC\d|\+\d")
_OBJECT_ID = re.compile(r"2\.5\.(?:4|29)\.\d+")


def _quads(text: str) -> Iterator[re.Match[str]]:
    for inner in _INNER.finditer(text):
        start = inner.start()
        while start and text[start - 1].isdigit() and inner.start() - start < 3:
            start -= 1
        if start < inner.start() and (match := _QUAD.match(text, start)):
            yield match


def _ipv4(text: str) -> Iterator[Span]:
    for match in _quads(text):
        if any(int(octet) > 255 for octet in match[0].split(".")) or _OBJECT_ID.fullmatch(match[0]):
            continue
        if _VERSION_AFTER.match(text, match.end()):
            continue
        before = text[max(0, match.start() - 24) : match.start()]
        if (before[-1:] in "-vV" or _says_version(before.lower())) and (
            _VERSION_BEFORE.search(before) and not _is_no_version(match[0], before, text, match.end())
        ):
            continue
        yield Span(match.start(), match.end(), "ip", ".".join(str(int(octet)) for octet in match[0].split(".")))


def _says_version(before: str) -> bool:
    return any(word in before for word in _VERSION_WORDS)


def _is_no_version(quad: str, before: str, text: str, end: int) -> bool:
    """Four numbers behind a word such as `version` are an address all the same: one of a private network that no
    product counts up to, or one with a port."""
    if re.search(r"(?i)\bip-\Z", before) or _REACHED.match(text, end):
        return True
    first, second, third, fourth = (int(octet) for octet in quad.split("."))
    if (first, second) in ((192, 168), (169, 254)) or first == 127 or (first == 172 and 16 <= second <= 31):
        return True
    if first == 10:  # some products are at their tenth version
        return max(second, third, fourth) >= 100 or (before[-1:] == "-" and not before.lower().endswith(_PRODUCTS))
    return False


_PRODUCTS = ("jdk-", "jre-", "java-", "openjdk-", "mariadb-", "postgresql-", "tomcat-", "server-", "client-", "lib-")
_COLONS = re.compile(r"[0-9A-Fa-f:]{1,63}:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|[0-9A-Fa-f:]{2,64}")
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF:")
_TWO_COLONS = re.compile(r":(?=[0-9A-Fa-f]{0,4}:)(?!\d\d:\d\d(?![:\w]))")
_SERIAL = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})+")
_ZONE = re.compile(r"%[\w.-]+")
_FEEDBACK_ID = re.compile(r"\.[a-z]{2}(?:-[a-z]+)+-\d")
"""`::1.us-east-1.…:AmazonSES` is the Feedback-ID header of delivered mail."""


def _hexadecimal(text: str) -> Iterator[re.Match[str]]:
    """Runs with two colons close to each other that are no time of day."""
    done = 0
    for colon in _TWO_COLONS.finditer(text):
        start = colon.start()
        if start < done:
            continue
        while start > done and text[start - 1] in _HEXADECIMAL:
            start -= 1
        while (match := _COLONS.match(text, start)) and (done := match.end()) <= colon.start():
            start = done
        if match:
            yield match


def _ipv6(text: str) -> Iterator[Span]:
    for match in _hexadecimal(text):
        if match[0].count(":") < 2 or _SERIAL.fullmatch(match[0]) or _FEEDBACK_ID.match(text, match.end()):
            continue
        bounds = _address_part(text, match.start(), match.end())
        if bounds is None:
            continue
        start, end, value = bounds
        zone = _ZONE.match(text, end)
        yield Span(start, zone.end() if zone else end, "ip", value)


def _address_part(text: str, start: int, end: int) -> tuple[int, int, str] | None:
    """The part of a run of hexadecimal groups that is an IPv6 address: words and ports may be glued to it."""
    import ipaddress  # few texts hold such a run

    if start and (text[start - 1].isalnum() or text[start - 1] in "_-"):
        start = text.find(":", start, end)
        if text.startswith("::", start):
            return None  # `Type::member`
    if end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end = text.rfind(":", start, end) + 1
        if text.startswith("::", end - 2):
            return None
    edges = [i for i in range(start, end) if text[i] == ":"]
    starts = [start, *(i + 1 for i in edges[:2])]
    ends = [end, *reversed(edges[-2:])]
    for first in starts:
        for last in ends:
            piece = text[first:last]
            if piece.count(":") >= 2 and any(c != ":" for c in piece) and not _SERIAL.fullmatch(piece):
                try:
                    address = ipaddress.IPv6Address(piece)
                    return first, last, (address.ipv4_mapped or address).compressed
                except ValueError:
                    continue
    return None


# --- AWS ---------------------------------------------------------------------------------------------------------

_ARN = re.compile(
    r"arn:aws[\w-]*:[\w-]*:[\w-]*:(?P<account>\d{12}|):"
    r"(?:(?P<kind>[a-z-]+)/(?P<name>[^\s'\"`’”,;<>)\]}]+))?",
    re.IGNORECASE,
)
_ACCOUNT_WORD = re.compile(
    r"(?:account|konto|acct)[\w ]{0,12}[\"']?[\s:=#(\"']{0,4}(?P<id>\d{4}[- ]?\d{4}[- ]?\d{4})(?!\d)", re.IGNORECASE
)
_ACCOUNT_BEFORE = re.compile(r"(?<![\d.:])(?P<id>\d{12})(?=[\"')]?[ \t]+(?:account|konto))", re.IGNORECASE)
_PRINCIPALS = frozenset(("user", "role", "group", "assumed-role", "federated-user", "instance-profile"))


def _arns(text: str) -> Iterator[Span]:
    for match in matches(_ARN, text, ("arn:aws",)):
        if match["account"]:
            yield Span(match.start("account"), match.end("account"), "account", match["account"])
        kind, name = (match["kind"] or "").lower(), match["name"] or ""
        if kind in _PRINCIPALS:
            yield Span(match.start("name"), match.end("name"), "name", name)
        elif kind == "identity" and "@" not in name and not is_public_host(name):
            yield Span(match.start("name"), match.end("name"), "host", name.lower())


def _accounts(text: str) -> Iterator[Span]:
    if lacks_all(text, ("account", "konto", "acct")):
        return
    for pattern in (_ACCOUNT_WORD, _ACCOUNT_BEFORE):
        for match in pattern.finditer(text):
            yield Span(match.start("id"), match.end("id"), "account", re.sub(r"[- ]", "", match["id"]))
