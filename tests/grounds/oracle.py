"""What a text of a log, a dialogue or a paste can show, by the protocol alone.

Each function gives the most that may be claimed. It is coarse on purpose: a claim that it allows may still be false,
one that it does not allow has no ground in the text at all.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

LADDER = ("dns", "tcp", "greeting", "starttls", "tls", "certificate", "auth", "mail", "rcpt", "data", "accepted")

_SES = re.compile(r"email-smtp(-fips)?\.[a-z0-9-]+\.(amazonaws\.com|api\.aws|vpce\.amazonaws\.com)", re.IGNORECASE)
_CODE = r"(?:2[0-5]\d|3[35]4|4[2-7]\d|5[0-7]\d)"
_REPLY = re.compile(
    rf"(?:^|[\s:\"'>\[(=;])(?:{_CODE})(?:[ -][A-Za-z0-9<«`'#\"]|\s*$|[\"'\\\])])|\({_CODE}, b?['\"]",
    re.MULTILINE | re.IGNORECASE,
)
"""A reply of a server, with or without its text; in Python's form it is a pair."""
_SPOKE = re.compile(
    r"Read timed out|[Cc]onnection reset|Broken pipe|\[EOF\]|bad greeting|EOF|SSL|TLS|PKIX|[Cc]ertificat|handshake"
    r"|[Rr]eading response|send command|DATA|write|closed|response: -1|mail server|mail relay|[Ss]erver|Greeting never"
    r"|: SMTP timeout after ",  # Exim's `check_response`: a response did not come
)
_UPGRADED = re.compile(
    r"convert socket to TLS|STARTTLS|startTLS|220[ -].{0,30}TLS|TLS (?:go ahead|started)|start_tls", re.IGNORECASE
)
_ENCRYPTED = re.compile(
    r"convert socket to TLS|STARTTLS|smtps|isSSL true|TLSv1|SSL|TLS|ssl\.enable|:(?:2?465|2?587)\b|port[ :=]+\d+",
    re.IGNORECASE,
)
_LOGGED_IN = re.compile(r"\b235\b|[Aa]uthentication succe|[Ll]ogged in|[Aa]uthenticated", re.IGNORECASE)
_ACCEPTED = re.compile(
    r"\b250\b|sent|delivered|accepted|succe|SUCCEEDED|\bok\b|versendet|zugestellt|angenommen|gesendet|queued|Message-?ID",
    re.IGNORECASE,
)
_AFTER_MAIL = re.compile(
    r"RCPT|recipient|Invalid Addresses|SMTPAddressFailed|DATA|554|552|451|454|Message rejected|Access denied"
    r"|Throttling|\b354\b|SendFailed|content|virus|spam|rejected|Transaction failed|quota|size|too (?:long|large|big)"
    r"|55\d|45\d|\b250\b",
    re.IGNORECASE,
)
_AFTER_RCPT = re.compile(
    r"DATA|354|finishData|end of data|Message rejected|Access denied|Throttling|554|552|Sending paused"
    r"|Transaction failed|too long|size|content|virus|spam|message|451|454|\b250\b|IOException while sending",
    re.IGNORECASE,
)
_PROXY = re.compile(r"\b(?:socks|proxy)\b", re.IGNORECASE)
_NEVER_CONNECTED = re.compile(
    r"UnknownHost|Unknown SMTP host|not known|no such host|[Nn]o address|password specified|user name specified"
    r"|no object DCH|NoClassDef|NoSuchProvider",
)
_SOME_HOST = re.compile(
    r"email-smtp|(?:host|server|relay|via|port:|connect to|HELO|220|matching)[ =:,'\"]+[a-z0-9-]*[a-z]"
    r"|[a-z0-9-]+(?:\.[a-z0-9-]+)*:\d{2,4}\b"
    r"|[a-z0-9-]+\.mail-manager-smtp|smtp\.[a-z]"
    r"|certificate is (?:valid for [^\n\"]{1,2000}, not |not valid for ')[a-z0-9.-]*[a-z]"
    r"|altnames: Host: [a-z0-9.-]*[a-z]",
    re.IGNORECASE,
)
"""A server that is named, whichever: all that can be asked of an answer that names none."""

_METHODS = ("openServer", "ehlo", "startTLS", "authenticate", "mailFrom", "rcptTo", "data", "finishData")
_FRAME = re.compile(r"SMTP(?:SSL)?Transport(?:\$\w*)?\.(\w+)\(")
_BODY = re.compile(r"IOException while sending message")
_BY_METHOD = {
    "greeting": {"ehlo", "startTLS", "authenticate", "mailFrom", "rcptTo", "data", "finishData"},
    "mail": {"rcptTo", "data", "finishData"},
    "rcpt": {"data", "finishData"},
}
"""A method of JavaMail's transport waits for its reply only when the steps before it went well."""
_COMMAND_REFUSED = re.compile(r"(?:SMTPSendFailed|SMTPSenderFailed|SMTPAddressFailed|AuthenticationFailed)Exception")
"""These stand for the answer to a command, also where the answer is that nobody is there any more; an
`AuthenticationFailedException` without a reply is thrown before any connection as well, or after EHLO."""


_OFFER_READ = re.compile(
    r"TLS is required, but (?:was not offered|host)|TLS session is required, but (?:the server did not|an attempt)"
    r"|does not support TLS via|not support secure connections"
    r"|server response was: \S|cannot authenticate to server",
    re.IGNORECASE,
)
"""A client's own words about what the server answered: it was greeted."""
_PYTHON = re.compile(r"smtplib\.py\", line \d+, in (\w+)")
_RUBY = re.compile(r"net/smtp\.rb:\d+:in [`'](?:block in )?(\w+)'")
_RELAY = re.compile(
    r"(?:lost connection|conversation) with \S+ (?:timed out )?while (?:receiving|performing|sending) (?:the )?(\S+)"
)
_EXIM = re.compile(r": SMTP timeout after (?:pipelined )?(initial|EHLO|HELO|STARTTLS|MAIL|RCPT|DATA|sending|end)\b")
_RUBY_METHODS = {
    "tcp_socket": "openServer",
    "mailfrom": "mailFrom",
    "rcptto": "rcptTo",
    "starttls": "startTLS",
    "ehlo": "ehlo",
    "helo": "ehlo",
}
_RELAY_METHODS = {
    "initial": "openServer",
    "EHLO": "ehlo",
    "HELO": "ehlo",
    "STARTTLS": "startTLS",
    "MAIL": "mailFrom",
    "RCPT": "rcptTo",
    "DATA": "data",
    "message": "data",
    "sending": "data",
    "end": "finishData",
}
_PYTHON_METHODS = {
    "connect": "openServer",
    "ehlo": "ehlo",
    "helo": "ehlo",
    "starttls": "startTLS",
    "login": "authenticate",
    "auth": "authenticate",
    "mail": "mailFrom",
    "rcpt": "rcptTo",
    "data": "data",
}
"""What smtplib, and the clients of Postfix and Exim, call what JavaMail's methods do."""


def may_be_proven(text: str, host: str | None, *, accepted: bool) -> frozenset[str]:
    """Steps for which the text has any ground. `host` is the server that the report names; `accepted`: the report says
    that the mail was taken (which must itself have its ground)."""
    return frozenset({*_proven(text, host, accepted=accepted), *_by_frames(text)})


def _by_frames(text: str) -> Iterator[str]:
    methods = set(_FRAME.findall(text)) | ({"finishData"} if _BODY.search(text) else set())
    methods |= {_PYTHON_METHODS.get(name, "") for name in _PYTHON.findall(text)}
    methods |= {_RELAY_METHODS.get(name, "") for name in (*_RELAY.findall(text), *_EXIM.findall(text))}
    methods |= {_RUBY_METHODS.get(name, "") for name in _RUBY.findall(text)}
    if methods & set(_METHODS):
        yield "tcp"
    for step, ground in _BY_METHOD.items():
        if methods & ground:
            yield step
    if _COMMAND_REFUSED.search(text) and not _NEVER_CONNECTED.search(text):
        yield from ("tcp", "greeting")
    if {"close", "readServerResponse"} <= methods:  # it says QUIT only where it is connected and logged in
        yield from ("tcp", "greeting")


def _proven(text: str, host: str | None, *, accepted: bool) -> Iterator[str]:
    if _NEVER_CONNECTED.search(text) and not _REPLY.search(text):
        return
    named = _is_looked_up(host) if host is not None else _SOME_HOST.search(text) is not None
    if named and not _PROXY.search(text):
        yield "dns"
    taken = accepted and _ACCEPTED.search(text) is not None
    replied = _REPLY.search(text) is not None
    if replied or taken or _SPOKE.search(text):
        yield "tcp"
    if replied or taken or _UPGRADED.search(text) or _OFFER_READ.search(text):
        yield "greeting"
    ses = _SES.search(text) is not None or (host is not None and _SES.match(host) is not None)
    if _UPGRADED.search(text) or (ses and (replied or taken)):
        yield "starttls"
    if (replied or taken) and (ses or _ENCRYPTED.search(text)):
        yield from ("tls", "certificate")
    if _LOGGED_IN.search(text) or (ses and (replied or taken)):
        yield "auth"
    if taken or (replied and _AFTER_MAIL.search(text)):
        yield "mail"
    if taken or (replied and _AFTER_RCPT.search(text)):
        yield "rcpt"
    if taken:
        yield from ("data", "accepted")


def _is_looked_up(host: str) -> bool:
    bare = host.strip("[]").rstrip(".").partition("%")[0]
    if bare == "localhost":
        return False
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return True
    return False


_STEP = {
    "config": r"password specified|user ?name specified|configur|setting|properties|provider|address"
    r"|NoClassDef|NoSuchMethod|NoSuchField|DCH"
    r"|failed to connect(?:$|, no)|recipients",
    "dns": r"UnknownHost|Unknown SMTP host|not known|resol|NXDOMAIN|SERVFAIL|lookup|getaddrinfo|ENOTFOUND"
    r"|Name service error|EAI_|No address|gaierror|nodename",
    "tcp": r"refused|timed? ?out|unreachable|no route|connect|reset|ECONN|EHOSTUNREACH|prohibited",
    "greeting": r"greeting|EOF|reset|timed out|reading response|openServer|banner|response|\b[245]\d\d\b",
    "starttls": r"STARTTLS|convert socket|start ?tls|EHLO|HELO|encrypt|TLS|SSL required|secure connections",
    "tls": r"SSL|TLS|handshake|cipher|protocol|dh key|DH |unrecognized|plaintext|alert"
    r"|Could not connect to SMTP host: [^\n]{1,200};\n[^\n]{1,80}\n[^\n]{0,80}Read timed out",  # domain.md, section 3.2
    "certificate": r"PKIX|certificat|trustAnchors|(?:trust|key) ?store"
    r"|subject alternative|identity|trusted|issuer|CertPath"
    r"|Zertifi|unknown_ca|keystore|SSLContext|[Kk]ey ?[Uu]sage|signature algorithm|Integrity check|DerInputStream"
    r"|safe contents|No name matching|md too weak|key too (?:small|weak)|disabled algorithm",
    "auth": r"53[0-8]|454|AUTH|login|credential|mechanism|334|password|43[2-5]|526|525|signature",
    "mail": r"MAIL|sender|from|SendFailed|\b[45]\d\d\b",
    "rcpt": r"RCPT|recipient|Invalid Addresses|AddressFailed|\b[45]\d\d\b",
    "data": r"\bDATA\b|finishData|Message rejected|Access denied|Throttling|while sending|\b[45]\d\d\b",
    "delivery": r"bounce|deliver|DMARC|DKIM|SPF|spam|status|suppress|Received",
}
"""By which words a step may be known to have failed."""


def may_have_failed_at(text: str, step: str) -> bool:
    """The text has a word by which the step could be known."""
    return re.search(_STEP[step], text, re.IGNORECASE) is not None


def names_host(text: str, host: str) -> bool:
    """The text holds the server's name or address, whatever case it is written in."""
    plain = re.sub(r"[­​-‍﻿]", "", text)
    squeezed = re.sub(r"\s+", "", plain)
    wanted = host.strip("[]").lower()
    return any(wanted in form for form in (plain.lower(), squeezed.lower()))


def names_number(text: str, number: int) -> bool:
    """The text holds the number, as a number of its own."""
    return re.search(rf"(?<!\d){number}(?!\d)", text) is not None


_REGION = re.compile(
    r"(?<![a-z0-9-])(?:us|eu|ap|sa|ca|af|me|il|mx)-(?:gov-)?(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d(?![0-9])",
    re.IGNORECASE,
)
_ID_REGION = {
    "0100": "us-east-1", "0101": "us-west-2", "0102": "eu-west-1", "0106": "ap-northeast-1", "0107": "eu-central-1",
    "0108": "ap-southeast-2", "0109": "ap-south-1", "010b": "eu-west-2",
    "010d": "ca-central-1",
    "010e": "ap-southeast-1",
    "010f": "us-east-2", "0110": "eu-north-1", "0111": "us-west-1",
}  # fmt: skip
_MESSAGE_ID = re.compile(r"\b(0[01][0-9a-f]{2})[0-9a-f]{12}-[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)


def regions_in(text: str) -> frozenset[str]:
    """Regions that are written in the text, in any case, with underscores or wrapped; or that a message id tells."""
    forms = (text, text.replace("_", "-"), re.sub(r"\s+", "", text))
    written = {match.group().lower() for form in forms for match in _REGION.finditer(form)}
    told = {_ID_REGION[code.lower()] for code in _MESSAGE_ID.findall(text) if code.lower() in _ID_REGION}
    return frozenset(written | told)


_SIZE = re.compile(r"(?<![\d-])(\d{2,6})[- ]?bits?\b", re.IGNORECASE)


def sizes_in(text: str) -> frozenset[int]:
    """Sizes of keys in bits that are written in a text."""
    return frozenset(int(size) for size in _SIZE.findall(text))


_PORT = re.compile(r"(?:\bports? ?[:=]?|(?<=[a-z0-9\]}])(?<!:\d\d):)\s*(\d{2,5})\b(?![.:\d]|-\d\d-)", re.IGNORECASE)


def ports_in(text: str) -> frozenset[int]:
    """Ports that are written in a text, as `port N` or behind the name of a host; not minutes of a time, nor a year."""
    return frozenset(port for port in map(int, _PORT.findall(text)) if port)
