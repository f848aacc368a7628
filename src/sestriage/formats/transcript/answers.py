"""The short outputs of commands that a report asks for: names and dates of a certificate, the cipher list, the form of
a password, the identities of an SES account.

Sources of the forms: OpenSSL 1.1.1 and 3.0 (`openssl x509 -noout -subject -issuer -dates`, `-ext subjectAltName`,
`-text`), the AWS CLI (`sesv2 list-email-identities`, `get-account`), and the commands of the rules themselves.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sestriage.formats.certs.x509_names import cut, escape
from sestriage.formats.smtp_password import shape_of_beginning
from sestriage.formats.tls_ciphers import looks_like_cipher_list, parse_cipher_list
from sestriage.formats.transcript.printed_name import printed_pairs, rfc4514
from sestriage.formats.transcript.resolved import asks_for_names, is_resolved, read_names
from sestriage.formats.transcript.spoken import is_spoken, read_spoken
from sestriage.formats.transcript.terminal import MAX_ANSWER, Section, commands
from sestriage.model.capture import Endpoint, Stream, TcpConnection, TlsMessage, TlsSession
from sestriage.model.config import CipherList, FieldOrigin, SmtpSettings
from sestriage.model.known.address import address_problem
from sestriage.model.known.hostnames import is_host_name
from sestriage.model.source import SourceRef
from sestriage.model.transcript import NameAnswer, Transcript
from sestriage.model.trust import Certificate

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(?:notBefore|notAfter)=(\w{3}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4}) GMT\s*$")
_CERTIFICATE_LINE = re.compile(
    r"\s{0,8}(?P<key>subject|issuer|serial|notBefore|notAfter|sha256 Fingerprint|SHA256 Fingerprint)= ?(?P<value>\S.*)"
    r"|\s{0,20}Subject: ?(?P<name>[\w.]{1,60} ?= ?\S.*|)|\s{0,8}X509v3 Subject Alternative Name: *(?:critical)?\s*"
    r"|\s{0,30}(?P<names>(?:DNS|IP Address):[^\s,]{1,300}(?:, ?(?:DNS|IP Address|email|URI):[^\s,]{1,300}){0,200})\s*"
    r"|\s{0,30}(?:Full Name: ?|(?:OCSP|CA Issuers) - )?URI:\S{1,1000}\s*"
)
_SHAPE = re.compile(r"length (?P<length>\d{1,5}), starts with (?P<start>.{0,2})")
_CLOCK = re.compile(r"\w{3} \w{3} {1,2}\d{1,2} \d\d:\d\d:\d\d(?: [AP]M)? [A-Z]{3,5} \d{4}\s*")
_CIPHERS_COMMAND = re.compile(r"\bcat\b.{0,300}\btls-ciphers\b")
_REGION_OPTION = re.compile(r"--region[ =]+([a-z0-9-]{4,30})")
_CONNECT = re.compile(r"-(?:servername|connect) \[?([A-Za-z0-9.-]{1,253})")


@dataclass(frozen=True, slots=True)
class Answers:
    """What the outputs in one text tell; a field is empty where none of them does."""

    transcripts: tuple[Transcript, ...] = ()
    ciphers: tuple[CipherList, ...] = ()
    settings: tuple[SmtpSettings, ...] = ()
    names: tuple[NameAnswer, ...] = ()


def looks_like_answer(data: bytes) -> bool:
    """Every line of a small text is a prompt, a command or an output that is read here, one of these at least."""
    if len(data) > MAX_ANSWER:
        return False
    found = _told(data)
    return bool(found) and all(_is_known(section) for section in found) and any(not _is_idle(each) for each in found)


def read_answers(data: bytes, source: SourceRef) -> Answers:
    """The facts in the order of the text. Never raises."""
    transcripts: list[Transcript] = []
    ciphers: list[CipherList] = []
    settings: list[SmtpSettings] = []
    names: list[NameAnswer] = []
    for section in _told(data):
        if is_resolved(section):
            names += read_names(section, source)
        elif is_spoken(section):
            transcripts.append(read_spoken(section, source))
        elif (printed := _certificate(section, source)) is not None:
            transcripts.append(printed)
        elif _is_cipher_list(section):
            text = "\n".join(line.text for line in section.lines)
            ciphers.append(parse_cipher_list(text, _place(section, source)))
        elif (shape := _password(section, source)) is not None:
            settings.append(shape)
        elif (account := _account(section, source)) is not None:
            settings.append(account)
    return Answers(tuple(transcripts), tuple(ciphers), tuple(settings), tuple(names))


def _told(data: bytes) -> list[Section]:
    """The sections that say something: with an output, or without one where that is the answer."""
    return [each for each in commands(data) if each.lines or (each.ended and asks_for_names(each.command))]


def _is_known(section: Section) -> bool:
    if _is_cipher_list(section) or is_spoken(section) or is_resolved(section) or _identities(section) is not None:
        return True
    return all(
        _CERTIFICATE_LINE.fullmatch(line.text) or _SHAPE.fullmatch(line.text) or _CLOCK.fullmatch(line.text)
        for line in section.lines
    )


def _is_idle(section: Section) -> bool:
    """Only the time of day: it says nothing alone."""
    return bool(section.lines) and all(_CLOCK.fullmatch(line.text) for line in section.lines)


def _place(section: Section, source: SourceRef) -> SourceRef:
    return source.at_line(section.lines[0].number, section.lines[-1].number)


# --- a certificate by its names and dates ------------------------------------------------------------------------


def _certificate(section: Section, source: SourceRef) -> Transcript | None:
    """The server's own certificate as `openssl x509` prints it: a served leaf of which nothing else is known."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in section.lines:
        match = _CERTIFICATE_LINE.fullmatch(line.text)
        if match is None:
            continue
        if match["key"]:
            found.setdefault(match["key"], line.text.strip() if "not" in match["key"] else match["value"])
        elif match["name"]:
            found.setdefault("subject", match["name"])
        elif match["names"]:
            names += [name.strip() for name in match["names"].split(",")]
    if not found and not names:
        return None
    place = _place(section, source)
    leaf = _leaf(found, names, place)
    tls = TlsSession(
        certificates_visibility="truncated",
        certificates=(leaf,),
        messages=(TlsMessage("server", "Certificate", section.lines[0].number),),
        server_hello_seen=True,
        source=place,
    )
    host = _host(section.command)
    stream = Stream(place, Endpoint("", 0), Endpoint("", 0), TcpConnection(), tls=tls, server_name=host)
    return Transcript(
        place,
        stream,
        listed=1,
        host=host,
        printed=((leaf.subject, leaf.issuer),),
        program="openssl x509",
        chain_only=True,
    )


def _leaf(found: dict[str, str], names: list[str], place: SourceRef) -> Certificate:
    subject, issuer = (printed_pairs(found.get(key, "")) for key in ("subject", "issuer"))
    parts, above = dict(subject), dict(issuer)
    dns = tuple(cut(escape(name[4:]), 300) for name in names if name.startswith("DNS:"))
    addresses = tuple(name[11:] for name in names if name.startswith("IP Address:"))
    return Certificate(
        sha256="",
        der=b"",
        subject=rfc4514(subject),
        issuer=rfc4514(issuer),
        common_name=parts.get("CN"),
        issuer_common_name=above.get("CN"),
        organization=parts.get("O"),
        issuer_organization=above.get("O"),
        not_before=_moment(found.get("notBefore", "")),
        not_after=_moment(found.get("notAfter", "")),
        dns_names=dns,
        ip_addresses=addresses,
        has_san=bool(names),
        source=place,
        problem=None if names else "its alternative names were not printed",
    )


def _moment(text: str) -> datetime | None:
    match = _DATE.match(text)
    if match is None or match[1] not in _MONTHS:
        return None
    day, hour, minute, second, year = (int(match[n]) for n in (2, 3, 4, 5, 6))
    try:
        return datetime(year, _MONTHS.index(match[1]) + 1, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _host(command: str | None) -> str | None:
    match = _CONNECT.search(command or "")
    return match[1].lower() if match and is_host_name(match[1]) else None


# --- the cipher list ---------------------------------------------------------------------------------------------


def _is_cipher_list(section: Section) -> bool:
    if section.command is None or not _CIPHERS_COMMAND.search(section.command):
        return False
    return looks_like_cipher_list("\n".join(line.text for line in section.lines).encode())


# --- settings ----------------------------------------------------------------------------------------------------


def _password(section: Section, source: SourceRef) -> SmtpSettings | None:
    """The form of the password, by its length and its first two characters."""
    for line in section.lines:
        if match := _SHAPE.fullmatch(line.text):
            place = source.at_line(line.number)
            shape = shape_of_beginning(int(match["length"]), match["start"])
            return SmtpSettings(place, password_shape=shape, origins=(FieldOrigin("password", place),))
    return None


def _account(section: Section, source: SourceRef) -> SmtpSettings | None:
    """The verified identities of a region, and whether the account is in the sandbox of it."""
    told = _identities(section)
    if told is None:
        return None
    identities, production = told
    place = _place(section, source)
    region = _REGION_OPTION.search(section.command or "")
    settings = SmtpSettings(
        place,
        verified_domains=identities,
        verified_region=region[1] if region and identities else None,
        sandbox=None if production is None else not production,
    )
    given = [name for name in ("verified_domains", "verified_region", "sandbox") if getattr(settings, name)]
    if settings.sandbox is not None and "sandbox" not in given:
        given.append("sandbox")
    return replace(settings, origins=tuple(FieldOrigin(name, place) for name in given))


def _identities(section: Section) -> tuple[tuple[str, ...], bool | None] | None:
    """Verified identities and production access of the JSON that the AWS CLI prints; None for other text."""
    text = "\n".join(line.text for line in section.lines).strip()
    if not text.startswith("{"):
        return None
    try:
        first, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    listed = first.get("EmailIdentities") if isinstance(first, dict) else None
    if not isinstance(listed, list):
        return None
    verified = tuple(
        name.lower()
        for each in listed[:10_000]
        if isinstance(each, dict)
        and each.get("VerificationStatus", "SUCCESS") == "SUCCESS"
        and isinstance(name := each.get("IdentityName"), str)
        and _is_identity(name)
    )
    rest = text[end:].strip().lower()
    return (verified, rest == "true") if rest in ("true", "false") else ((verified, None) if not rest else None)


def _is_identity(name: str) -> bool:
    return address_problem(name) is None if "@" in name else is_host_name(name)
