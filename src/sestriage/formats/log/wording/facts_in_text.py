"""What the text of an event names: host, port, region, identities, dates, the action."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sestriage.model.known.hostnames import ADDRESS, HOST, NAME
from sestriage.model.known.ses import host_form
from sestriage.model.log import SmtpReply

_HOST = rf"(?!\w{{2,9}}://)(?P<host>{HOST})\.?"
"""An address with a scheme before it (`smtp://…`), as somebody may have entered, is no name."""
_NAME = rf"(?P<host>{NAME})"
_HOST_PORT: tuple[re.Pattern[str], ...] = tuple(
    re.compile(form)
    for form in (
        rf"Couldn't connect to host, port: [\"']?{_HOST}[\"']?, (?P<port>\d{{1,5}})",
        rf"(?:Could not connect to|Got bad greeting from) SMTP host: [\"']?{_HOST}[\"']?, port: (?P<port>\d{{1,5}})",
        rf'trying to connect to host "{_HOST}", port (?P<port>\d{{1,5}})',
        rf'connected to host "{_HOST}", port: (?P<port>\d{{1,5}})',
        rf"Exception in startTLS using .{{1,200}}: host, port: {_HOST}, (?P<port>\d{{1,5}})",
        rf"Exception in startTLS .{{0,300}}host, port: {_HOST}[,;] (?P<port>\d{{1,5}})",
        rf"following server failed ?: ?{_NAME}:(?P<port>\d{{1,5}})\b",
        rf"\b(?:connect to |relay=|SSL_connect error to |failed for ){_NAME}\[{ADDRESS}\]:(?P<port>\d{{1,5}})\b",
        rf"\bgetaddrinfo E[A-Z_]{{4,12}} {_NAME}:(?P<port>\d{{1,5}})\b",
        rf"\b[Uu]nable to connect to (?:(?:ssl|tls|tcp)://)?{_NAME}:(?P<port>\d{{1,5}})\b",
        rf"connect\(2\) for \"?{_NAME}\"? port (?P<port>\d{{1,5}})\b",
        rf"\bvia {_NAME}:(?P<port>25|465|587|2465|2525|2587)\b",
    )
)
_HOST_ONLY: tuple[re.Pattern[str], ...] = tuple(
    re.compile(form)
    for form in (
        rf"Unknown SMTP host: {_HOST}",
        rf"\bH={_NAME} \[{ADDRESS}\]",
        rf"Can't verify identity of server: {_HOST}",
        rf"Server is not trusted: {_HOST}",
        rf"Unable to check server identity for: {_HOST}",
        rf"No (?:subject alternative DNS )?name matching {_HOST} found",
        # the names before it, or behind it, are those of the certificate
        rf"\bcertificate is valid for [^\n\"]{{1,2000}}?, not {_HOST}",
        rf"\bHost: {_HOST} is not in the cert's altnames",
        rf"\bcertificate is not valid for '{_HOST}'",
        # Java's getLocalHost says its own name twice
        rf"UnknownHostException: (?!(?P<own>\S{{1,253}}): (?P=own)\b){_HOST}",
    )
)
_SES_HOST = re.compile(
    r"(?<![\w.-])(?P<host>(?:vpce-[\w-]{1,80}\.)?email(?:-smtp)?(?:-fips)?\.[a-z0-9.-]{2,60}\.(?:amazonaws\.com"
    r"|api\.aws)|(?:[a-z0-9-]{2,40}+\.){1,4}mail-manager-smtp\.amazonaws\.com)\.?(?::(?P<port>\d{1,5}))?(?![\w-])",
    re.IGNORECASE,
)
_KEYED_HOST = re.compile(
    rf"\b(?:host|server|smtpHost|smtp_server|mail\.smtp\.host|relay)\s?[=:]\s?['\"]?{_HOST}(?<!:)", re.IGNORECASE
)
_CONNECT_PORT = re.compile(
    rf"\b(?:connect E[A-Z]{{4,12}} |dial tcp (?:\S{{1,60}}->)?)\[?{ADDRESS}\]?:(?P<port>\d{{1,5}})\b"
)
"""Node's and Go's errors name the address, which may be that of a name that was looked up."""
_KEYED_PORT = re.compile(r"\b(?:port|smtpPort|mail\.smtp\.port)\s?[=:]\s?['\"]?(?P<port>\d{2,5})\b", re.IGNORECASE)
_REGION = re.compile(
    r"(?<![A-Za-z0-9-])(?P<region>[A-Z]{2}(?:-GOV"
    r"|-ISO[A-Z]?)?-[A-Z]+-\d{1,2}|(?<=\bregion )[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d{1,2})(?![\w-])"
    r"(?P<rest>[^\n:]{0,120}:)?\s*(?P<list>.*)",
    re.DOTALL,
)
_UNVERIFIED = re.compile(r"Message rejected: Email address is not verified\..{1,2000}")
_ARN_REGION = re.compile(r"arn:aws[\w-]{0,10}:ses:(?P<region>[a-z]{2}(?:-[a-z]+){1,2}-\d{1,2}):")
_IDENTITY = re.compile(r"[^\s,;<>{}\"'\\]{1,320}")
_QUOTED_NAME = re.compile(r'"[^"\n]{0,200}"\s{0,9}(?=<)')
_IN_BRACKETS = re.compile(r"<(?P<address>[^\s,;<>{}\"'\\]{1,320})>")
"""SES names an identity as the header has it: `SNA Alarms <alarms@example.com>`."""
_NOT_AFTER = re.compile(r"NotAfter: (?P<date>[^\n]{10,60})")
_NOT_BEFORE = re.compile(r"NotBefore: (?P<date>[^\n]{10,60})")
_ACTIONS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"\b(?:action|aktion|testaktion|rule|regel)(?: name)?\s?[=:]?\s?'(?P<name>[^'\n]{1,120})'",
        r"\b(?:action|aktion|testaktion|rule|regel)(?: name)?\s?[=:]?\s?\"(?P<name>[^\"\n]{1,120})\"",
        r"\b\w{0,40}action\[(?:id|name)=(?P<name>[^,\]\n]{1,120})",
        r"\b(?:action|action[_-]?id|action[_-]?name|actionname|actionid)=(?P<name>[^\s,;\]\"']{1,120})",
        r"\baction #?(?P<name>\d{1,12})\b",
    )
)
_CLASS = re.compile(r"(?:[a-z]\w{0,40}\.){1,8}[A-Z]\w{0,80}(?:Exception|Error)")
_MAX_IDENTITIES = 50


@dataclass(frozen=True, slots=True)
class Named:
    """What an event names; None: it does not."""

    host: str | None
    port: int | None
    region: str | None
    identities: tuple[str, ...]
    not_after: datetime | None
    not_before: datetime | None
    action: str | None


def named_in(text: str, reply: SmtpReply | None, head: str) -> Named:
    """Read the names out of a normalised text; `head` is the logged message alone (where actions are named)."""
    host, port = _server(text)
    region, identities = _identities(reply, text)
    if region is None and (match := _ARN_REGION.search(text)):
        region = match["region"]
    if region is None and (form := host_form(host)) is not None:
        region = form.region
    return Named(host, port, region, identities, _date(_NOT_AFTER, text), _date(_NOT_BEFORE, text), action_in(head))


def action_in(text: str) -> str | None:
    """Name (or number) of the mail action that a message names."""
    for pattern in _ACTIONS:
        if match := pattern.search(text):
            return match["name"].strip()
    return None


def _server(text: str) -> tuple[str | None, int | None]:
    for pattern in _HOST_PORT:
        if match := pattern.search(text):
            return _host(match["host"]), _port(match["port"])
    lowered = text.lower()
    port_match = _CONNECT_PORT.search(text) if "connect E" in text or "dial tcp" in text else None
    if port_match is None and "port" in lowered:
        port_match = _KEYED_PORT.search(text)
    port = _port(port_match["port"]) if port_match else None
    # a check of revocation asks other servers, of which it may name one
    for pattern in () if "revocation status" in text else _HOST_ONLY:
        if match := pattern.search(text):
            return _host(match["host"]), port
    if (".com" in lowered or ".aws" in lowered) and (match := _SES_HOST.search(text)):
        return _host(match["host"]), _port(match["port"]) or port
    keyed = "host" in lowered or "server" in lowered or "relay" in lowered
    if keyed and (match := _KEYED_HOST.search(text)):
        host = _host(match["host"])
        if host is not None and "." in host:
            return host, port
    return None, _port(port_match["port"]) if port_match and port_match.re is _CONNECT_PORT else None


def _host(text: str) -> str | None:
    """A name as it was entered, without brackets and quotes, and without a port at its end."""
    name = text.strip("[].'\"")
    if name.count(":") == 1 and (cut := name.rpartition(":"))[2].isdigit():
        name = cut[0]
    # behind an empty name stands the class of the nested exception
    return None if _CLASS.fullmatch(name) else name.lower() or None


def _port(text: str | None) -> int | None:
    return int(text) if text and 0 < int(text) < 65536 else None


def _identities(reply: SmtpReply | None, text: str) -> tuple[str | None, tuple[str, ...]]:
    """Region and list of a 554 that names the identities which failed SES's check, in any language; or of SES's own
    words, where a program leaves the code out."""
    if reply is None and (said := _UNVERIFIED.search(text) if "not verified" in text else None) is not None:
        match = _REGION.search(said[0])
    elif reply is None or reply.code != 554:
        return None, ()
    else:
        match = _REGION.search(reply.text)
    if match is None:
        return None, ()
    region = match["region"].lower()
    if match["rest"] is None:
        return region, ()
    parts = _QUOTED_NAME.sub("", match["list"]).split(",")
    items = [_IN_BRACKETS.search(part) or _IDENTITY.search(part) for part in parts]
    found = [item[item.lastindex or 0].rstrip(".").strip() for item in items if item is not None]
    return region, tuple(dict.fromkeys(name for name in found if "@" in name or "." in name))[:_MAX_IDENTITIES]


def _date(pattern: re.Pattern[str], text: str) -> datetime | None:
    match = pattern.search(text)
    if match is None:
        return None
    from sestriage.formats.log.timestamp import java_date  # rare, and costly to load

    return java_date(match["date"])
