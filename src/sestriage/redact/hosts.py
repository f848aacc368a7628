"""Host names: which dotted names are host names of a customer, and which are Java's, a file's or public.

No list of endings tells `logback.core.net` from `mail.customer.net`. The form decides first (a file, a class, a
package), then the ending; where the words before a name say that a host follows, any name is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sestriage.model.known.servers import is_service_host
from sestriage.redact.forms.windows import from_words, in_lines, lower
from sestriage.redact.forms.words import trie
from sestriage.redact.spans import Span, matches
from sestriage.redact.tables import (
    COUNTRY_ENDINGS,
    DOMAIN_AND_FILE_ENDINGS,
    FILE_ENDINGS,
    GENERIC_ENDINGS,
    PACKAGE_ROOTS,
    PLAIN_WORDS,
    PUBLIC_DOMAINS,
)

_DOTTED = re.compile(r"(?:(?<![\w.-])|(?<=(?<![\w.-])[2-5]\d\d-)(?=[A-Za-z]))(?![2-5]\d\d-[A-Za-z])[\w-]+(?:\.[\w-]+)+")
"""A name with dots; the code of a reply before it (`250-mail.customer.example`) is no part of it."""
_NAME = r"(?P<name>[^\W_][\w-]*(?:\.[\w-]+)*)"
_CONTEXT = re.compile(
    r"(?:UnknownHostException:\s*"
    r"|(?:\b|(?<=smtp)|(?<=mail)|(?<=peer)|(?<=target)|(?<=remote)|(?<=server)|(?<=_))"
    r"host(?:[ _]?name)?[\"']?\s*[:=]\s*"
    r"|\bhost,\s*port:\s*"
    r"|\b(?:relay|mailhost|smarthost|smtps?\.localhost)[\"']?[ \t]*[:=][ \t]*"
    r"|\b(?:EHLO|HELO)[ \t]+"
    r"|\bmatching IP address |\bDNS name matching "
    r"|-(?:connect|servername|verify_hostname|host)[ =]+"
    r"|\b(?:SNI|server[ _]?name)\s*+[:=]?\s*+"
    r"|\b(?:nslookup|dig|ping|traceroute|getent hosts|nc -\w+)[ \t]+)"
    rf"[\"'\[(]?{_NAME}",
    re.IGNORECASE,
)
_URL = re.compile(rf"://(?<=(?:tp|ps|ap|sh|cp|sl|ls)://)(?:[^\s/@\"'<>]*@)?[\"'\[(]?{_NAME}", re.IGNORECASE)
"""Behind the scheme of a protocol that names a host (`https`, `smtps`, `ldap`, `imap`, `ssh`, `tcp`, `ssl`, `tls`)."""
_CONTEXT_HINTS = (
    *("unknownhost", "host", "ehlo", "helo", "matching ip", "dns name matching", "-connect", "-servername"),
    *("-verify_hostname", "-host", "sni", "server name", "server_name", "servername"),
    *("relay", "mailhost", "smarthost", "smtp.localhost", "smtps.localhost"),
    *("nslookup", "dig ", "dig\t", "ping ", "ping\t", "traceroute", "getent hosts", "nc -"),
)
"""In lower case: every match of `_CONTEXT` begins with one of these."""
_UNRESOLVED = re.compile(
    r"(?<![\w.-])(?P<name>[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){0,9}): (?=(?:(?P=name): )?"
    r"(?:Name or service not known|Temporary failure in name resolution|No address associated with"
    r"|nodename nor servname))"
)
"""A name, as Java's exceptions have it: once or twice before the resolver's words."""
_UNRESOLVED_WORDS = ("or service not known", "failure in name resolution", "no address associated", "nor servname")
_MAIL_PORT = re.compile(r":(?:25|465|587|2465|2525|2587|443|389|636|993|995|143)(?![\d:.])")
_ADDRESS_BEHIND = re.compile(r" ?[\[(](?:\d{1,3}\.){3}\d{1,3}[\])]")
_JAVAMAIL = re.compile(r"(?:[nrt]|\d{1,2}m)?mail\.(?:smtps?|imaps?|pop3s?)\.(?:localhost|auth\.ntlm\.domain)")
"""Properties of JavaMail that end like host names."""
_SINGLE_END = re.compile(r"[ \t]*(?:$|[\r\n,;:\"'`\])}/]|found|with|on port|(?:is )?(?:down|up|unreachable|offline)\b)")
"""What may follow a single-label host name; a sentence goes on otherwise (`EHLO lacked …`)."""
_ENDING = re.compile(
    rf"\.(?:{trie(tuple(GENERIC_ENDINGS | COUNTRY_ENDINGS | DOMAIN_AND_FILE_ENDINGS))}|xn--[\w-]+)(?!\.?[\w-])"
)
"""In lower case: the end of a host name."""
_RUN = re.compile(r"[\w.-]*")
_MAX_PUBLIC_LABELS = max(domain.count(".") + 1 for domain in PUBLIC_DOMAINS)
_DASHED_IP = re.compile(
    r"\b(?P<ip>(?:ec2|ip)-(?P<octets>\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})"
    r"(?P<domain>\.(?:[a-z0-9-]{1,30}\.)?(?:ec2|compute)\.internal)?)(?![\w-])",
    re.IGNORECASE,
)
"""Names that EC2 makes of addresses: the public one is under a public domain, the private one is but the address."""
_HEADER_NAME = r"(?P<name>[^\W_][\w.-]{0,100})"
_TAG = r"[\w./()@-]{1,100}(?:\[\d{1,10}\])?:(?:[ \r\n]|\Z)"
_SYSLOG = re.compile(
    r"[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})? (?:(?:(?:\d{1,3}\.){3}\d{1,3}|<ip-\d{1,9}>) )?"
    rf"{_HEADER_NAME} (?={_TAG}|: ?%[A-Z]|%[A-Z][A-Z_\d]{{1,30}}-\d-|last message repeated)"
)
"""The forms of RFC 3164, with the year as Cisco's devices write it, and with the address of a relay before the name."""
_MONTHS = ("Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec ")
_DATED = re.compile(
    r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d| [A-Z]{3,5}) "
    rf"{_HEADER_NAME} (?=[\w./-]{{1,100}}\[\d{{1,10}}\]: )|1\d{{9}}\.\d{{6}} (?P<unix>[^\W_][\w.-]{{0,100}}) (?=[\w./-]{{1,100}}\[\d{{1,10}}\]: )"  # noqa: E501
)
"""With a full date, as rsyslog and journalctl write it, and a process."""
_LINE = re.compile(
    r"^(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d) (?P<name>[^\W_][\w.-]{0,100}) (?=[a-zC][\w/-]{0,60}: )"  # noqa: E501
    r"|<\d{1,3}>1 (?:\d{4}-[\dT:.,Z+-]{8,40}|-) (?P<framed>[^\W_][\w.-]{0,100}) )",
    re.MULTILINE,
)
"""The same without a process, and RFC 5424: at the beginning of a line only."""
_LEVELS = frozenset(("trace", "debug", "info", "warn", "warning", "error", "fatal", "severe", "stdout", "stderr"))
_COMMAND_BEFORE = re.compile(
    r"(?:^|[^\w\s,;][ \t]*|(?<![a-z])[A-Z]{2,}[ \t])(?:EHLO|HELO)[ \t]+[\[\"'(]?\Z", re.I | re.M
)


@lru_cache(maxsize=1024)  # names come again and again
def is_public_host(name: str) -> bool:
    """The name stays in a redacted report: it is under a public domain, or says nothing (`localhost`)."""
    low = name.lower().rstrip(".")
    if low in ("localhost", "localhost.localdomain") or is_service_host(low):
        return True
    labels = low.rsplit(".", _MAX_PUBLIC_LABELS)[-_MAX_PUBLIC_LABELS:]
    return any(".".join(labels[i:]) in PUBLIC_DOMAINS for i in range(len(labels)))


def host_spans(text: str) -> Iterator[Span]:
    """Host names of customers in a text."""
    for match in matches(_DASHED_IP, text, ("ec2-", "ip-")):
        group = "ip" if match["ip"][:2].lower() == "ip" else "octets"
        end = match.end() if group == "ip" else match.end("octets")
        yield Span(match.start(group), end, "ip", match["octets"].replace("-", "."))
    for match in (*from_words(_CONTEXT, text, lower(text), _CONTEXT_HINTS), *from_words(_URL, text, text, ("://",))):
        if _is_named_host(match["name"], text, match.end("name")) and (
            "." in match["name"] or not _is_spoken(text, match.start("name"), match["name"])
        ):
            yield Span(match.start("name"), match.end("name"), "host", match["name"].lower().rstrip("."))
    for match in in_lines(_UNRESOLVED, text, lower(text), _UNRESOLVED_WORDS):
        if _is_unresolved(match, text):
            yield Span(match.start("name"), match.end("name"), "host", match["name"].lower().rstrip("."))
    for match in _syslog(text):
        group = match.lastgroup or "name"
        name = match[group].lower()
        if name not in _LEVELS and not is_public_host(name) and name not in PLAIN_WORDS and not _DASHED_IP.match(name):
            yield Span(match.start(group), match.end(group), "host", name)
    for match in _dotted(text):
        if (looks_like_host(match[0]) or _is_reached(match[0], text, match.end())) and not _is_call(
            match[0], text, match.end()
        ):
            yield Span(match.start(), match.end(), "host", match[0].lower())


def _syslog(text: str) -> Iterator[re.Match[str]]:
    """The hosts in the headers of syslog."""
    yield from from_words(_SYSLOG, text, text, _MONTHS)
    yield from in_lines(_DATED, text, text, ("]: ",))
    yield from _LINE.finditer(text)


def _is_unresolved(match: re.Match[str], text: str) -> bool:
    """The name of a host, and no program's or function's (`getaddrinfo: Name or service not known`): it stands there
    twice, or has what words have not."""
    name = match["name"]
    twice = text.startswith(f"{name}: ", match.end()) or text.endswith(f"{name}: ", 0, match.start())
    return (twice or re.search(r"[\d-]", name) is not None) and not is_public_host(name) and not _is_java(f"{name}.")


def _is_spoken(text: str, start: int, name: str) -> bool:
    """`bei EHLO nennt`: a word behind the name of the command in a sentence."""
    before = text[max(0, start - 40) : start]
    if not before.rstrip(" \t[\"'(").lower().endswith(("ehlo", "helo")):
        return False
    return not re.search(r"[\d-]", name) and _COMMAND_BEFORE.search(before) is None


def _dotted(text: str) -> Iterator[re.Match[str]]:
    """The dotted names that have an ending of host names: most of a log have none, and no pattern looks at them."""
    done = 0
    backwards = text[::-1]
    size = len(text)
    for ending in _ENDING.finditer(lower(text)):
        start = ending.start()
        if start < done:
            continue
        start = size - _RUN.match(backwards, size - start, size - done).end()  # type: ignore[union-attr]
        done = _RUN.match(text, ending.end()).end()  # type: ignore[union-attr]
        yield from _DOTTED.finditer(text, start, done)


def _is_named_host(name: str, text: str, end: int) -> bool:
    """A name after words that announce a host; single words only when they are no plain words."""
    if is_public_host(name) or name.lower() in PLAIN_WORDS or name.isdigit() or text.startswith(":<", end):
        return False
    if "." in name:
        file = _is_file(name) and name.rpartition(".")[2].lower() not in DOMAIN_AND_FILE_ENDINGS
        return not file and not _is_java(name) and re.search(r"[^\W\d]", name) is not None
    return _SINGLE_END.match(text, end) is not None


@lru_cache(maxsize=4096)
def looks_like_host(name: str) -> bool:
    """A dotted name is a host name of a customer by its own form."""
    labels = name.split(".")
    ending = labels[-1].lower()
    if len(labels) < 2 or len(ending) < 2 or not all(label for label in labels) or is_public_host(name):
        return False
    known = ending in GENERIC_ENDINGS or ending in COUNTRY_ENDINGS or ending.startswith("xn--")
    return known and not _is_file(name) and not _is_java(name) and _one_case(labels[-1], labels[-2])


def _is_reached(name: str, text: str, end: int) -> bool:
    """`relay.corp.sh:587`, `corp.py[10.1.2.3]`: what is connected to is no file."""
    if name.rpartition(".")[2].lower() not in DOMAIN_AND_FILE_ENDINGS or is_public_host(name) or _is_java(name):
        return False
    return _ADDRESS_BEHIND.match(text, end) is not None or (
        name.count(".") > 1 and _MAIL_PORT.match(text, end) is not None
    )


def _is_file(name: str) -> bool:
    return name.rpartition(".")[2].lower() in FILE_ENDINGS


def _is_java(name: str) -> bool:
    """A class, a package or a property: a camel-case label, a Java-like first label, or one-letter packages before."""
    labels = name.split(".")
    if any(re.search(r"[a-z][A-Z]|^[A-Z][a-z]", label) for label in labels[1:]):
        return True
    if labels[0] in PACKAGE_ROOTS or _JAVAMAIL.fullmatch(name):
        return True
    return len(labels[0]) == len(labels[1]) == 1 and len(labels) > 2 and labels[0].isalpha()


def _one_case(ending: str, before: str) -> bool:
    """`failed.No` is two sentences; `customer.no` and `CUSTOMER.NO` are names."""
    return ending.islower() or (ending.isupper() and before == before.upper())


def _is_call(name: str, text: str, end: int) -> bool:
    """`list.at(` is code; `mail.customer.at(10.1.2.3)` is a host with its address."""
    return text.startswith("(", end) and name.count(".") == 1 and name.rpartition(".")[2] in COUNTRY_ENDINGS
