"""The headers of a delivered mail (RFC 5322), read with the standard library's email package.

Sources of the forms: RFC 5321 section 4.4 (Received), RFC 8601 (Authentication-Results), RFC 8617 (ARC), RFC 6376
(DKIM-Signature), and public mails delivered by SES. Only the header section is read, and of it at most `MAX_HEADERS`
bytes: bodies, however large or deeply nested, are never parsed. Nothing here raises.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as Mail
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import BinaryIO

from sestriage.model.known.hostnames import ADDRESS_PSEUDONYM, NAME_PSEUDONYM
from sestriage.model.mail import UNKNOWN, ArcSet, AuthResults, DkimSignature, Hop, MailHeaders, MethodResult
from sestriage.model.message import Message, said_by
from sestriage.model.source import SourceRef

MAX_HEADERS = 4 << 20
"""Bytes of the header section that are read."""
MAX_HOPS = 100
"""`Received` headers that are taken apart, from the top."""
MAX_FIELDS = 50
"""Headers of one other kind that are taken apart."""
_FIRST = Message("only the first {count} of {all} {name} headers were read")
_MOST = Message("only the first {count} of {all} headers `{name}` were read")
MAX_FIELD = 16_384
"""Characters of one header that are looked at."""

SES_OUTGOING_NETS: dict[str, tuple[str, ...]] = {
    "a": ("54.240.", "76.223."),
    "b": ("69.169.", "76.223."),
    "e": ("23.251.", "76.223."),
}
"""First octets of the addresses behind SES's outgoing hosts, by the first letter of their names. Observed, not
documented: the digits of a name are the last two octets."""

_SES_HOST = re.compile(
    r"(?P<letter>[a-z])(?P<third>\d{1,3})-(?P<fourth>\d{1,3})\.smtp-out\.(?:(?P<region>[a-z]{2}(?:-[a-z]+){1,2}-\d)\.)?"
    r"amazonses\.com",
    re.IGNORECASE,
)
_NAME = rf"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{{0,250}}[A-Za-z0-9])?|{NAME_PSEUDONYM})"
_HOST = rf"\[?(?:[A-Za-z0-9:][A-Za-z0-9.:_-]{{0,254}}|{NAME_PSEUDONYM}|{ADDRESS_PSEUDONYM})\]?"
_FROM = re.compile(rf"\Afrom\s+(?P<name>{_HOST})\.?(?:\s*\((?P<note>[^()]{{0,600}})\))?", re.I)
_SECOND_NOTE = re.compile(r"\s*\((?P<note>[^()]{0,300})\)")
_BY = re.compile(rf"(?:\A|\s)by\s+(?P<name>{_HOST})", re.I)
_BRACKETED = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{3,45})\]", re.I)
_BARE_IP = re.compile(r"(?<![\w.:])(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w.:])")
_HELO = re.compile(rf"(?i)\bhelo[= ]\[?({_NAME})")
_LEADING_NAME = re.compile(rf"\A({_NAME})\.?(?=\s|\Z|\[)")
_TAG = re.compile(r"(?:^|;)\s*([a-z]{1,2})\s*=\s*([^;]*)", re.I)
_COMMENT = re.compile(r"\([^()]*\)")
_METHOD = re.compile(r"\A([a-z0-9-]{2,20})\s*=\s*([a-z]{2,12})\b(.*)\Z", re.I | re.S)
_PROPERTY = re.compile(r"\b((?:header|smtp|policy|body)\.[a-z0-9-]{1,20})\s*=\s*(\"[^\"]*\"|[^\s;]+)", re.I)
_FEEDBACK = re.compile(r"(?:\A|:)\d?\.?([a-z]{2}(?:-[a-z]+){1,2}-\d)\.[A-Za-z0-9+/=]{20,}:AmazonSES\s*\Z")
_OUTGOING = re.compile(r"\A\s*(\d{4}\.\d{2}\.\d{2})-([0-9A-Fa-f.:]{3,45})\s*\Z")
_NON_BLANK = re.compile(rb"[^\s]")
_BLANK_LINE = re.compile(rb"\n\r?\n|\r\r")
_FIELD_LINE = re.compile(rb"[!-9;-~]+[ \t]*:")


def read_mail(stream: BinaryIO, source: SourceRef) -> MailHeaders:
    """The headers of a mail. `stream` needs only `read(n)`; nothing after the header section is read for long."""
    problems: list[str] = []
    return parse_headers(_header_section(stream, problems), source, problems)


def parse_headers(data: bytes, source: SourceRef, problems: Sequence[str] = ()) -> MailHeaders:
    """The headers in `data` (text after the first blank line does not count)."""
    found = list(problems)
    text, skipped = _clean(data, found)
    message = BytesHeaderParser(policy=compat32).parsebytes(text)
    return _Reader(message, text, source, skipped, found).read()


def looks_like_headers(data: bytes) -> bool:
    """True if at least one of the headers that tell a mail's way is there."""
    text, _ = _clean(data[: 1 << 20], [])
    names = {line.split(b":")[0].strip().lower() for line in text.split(b"\n") if _FIELD_LINE.match(line)}
    return bool(names & {b"received", b"return-path", b"message-id", b"authentication-results", b"from"})


def _header_section(stream: BinaryIO, problems: list[str]) -> bytes:
    """Everything up to the first blank line after the first header line, at most `MAX_HEADERS` bytes."""
    data = b""
    while len(data) < MAX_HEADERS:
        try:
            chunk = stream.read(min(65_536, MAX_HEADERS - len(data)))
        except (OSError, EOFError) as error:
            problems.append(Message("reading stopped: {error}", error=said_by(error)))
            break
        if not chunk:
            return data
        searched = max(0, len(data) - 4)
        data += chunk
        first = _NON_BLANK.search(data)
        if first is not None and _BLANK_LINE.search(data, max(first.start(), searched)):
            return data
    problems.append(Message("only the first {count} bytes of the headers were read", count=len(data)))
    return data


def _clean(data: bytes, problems: list[str]) -> tuple[bytes, int]:
    """The headers as the email package needs them, and how many lines were taken off the top.

    Pasted headers come as UTF-16, with quoting marks, with blank lines above, or with the mbox line: taken off.
    """
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            data = data[2:].decode(codec, "replace").encode("utf-8")
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\0" in data:
        problems.append(Message("there are NUL bytes in the headers"))
        data = data.replace(b"\0", b"")
    lines = data.split(b"\n")
    top = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    lines = _unquoted(lines[top:])
    if lines and re.match(rb"(?:>?From )[^\n:]+ \S", lines[0]):
        lines, top = lines[1:], top + 1
    end = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    return b"\n".join(lines[:end]) + b"\n\n", top


def _unquoted(lines: list[bytes]) -> list[bytes]:
    """Lines without the mark (`> ` or blanks) that stands before each of them."""
    filled = [line for line in lines[:50] if line.strip()]
    if filled and all(line.startswith(b">") for line in filled):
        return [re.sub(rb"\A> ?", b"", line) for line in lines]
    indent = min((len(line) - len(line.lstrip(b" \t")) for line in filled), default=0)
    return [line[indent:] for line in lines] if indent else lines


class _Reader:
    """Takes one parsed header section apart."""

    def __init__(self, message: Mail, text: bytes, source: SourceRef, skipped: int, problems: list[str]) -> None:
        self._source = source
        self._problems = problems
        self._fields: dict[str, list[tuple[str, SourceRef]]] = {}
        lines = _line_numbers(text, skipped)
        for number, (name, value) in enumerate(message.raw_items()):
            place = source.at_line(lines[number]) if number < len(lines) else source
            self._fields.setdefault(name.lower(), []).append((_as_text(value), place))
        for defect in message.defects[:3]:
            problems.append(Message("the headers are damaged: {defect}", defect=type(defect).__name__))

    def read(self) -> MailHeaders:
        results = [self._auth_results(text, at, None) for text, at in self._bounded("authentication-results")]
        hops = self._fields.get("received", [])
        if len(hops) > MAX_HOPS:
            self._problems.append(Message(_FIRST, count=MAX_HOPS, all=len(hops), name="Received"))
        senders = self._addresses("from")
        feedback = self._single("feedback-id")
        outgoing = self._single("x-ses-outgoing")
        out_match = _OUTGOING.match(outgoing or "")
        feedback_match = _FEEDBACK.search((feedback or "").strip())
        return MailHeaders(
            source=self._source,
            sender=senders[0] if senders else None,
            senders=senders,
            envelope_sender=self._envelope_sender(),
            message_id=self._message_id(),
            date=_date(self._single("date")),
            delivered_to=self._delivered_to(),
            hops=tuple(_hop(n, text, at) for n, (text, at) in enumerate(hops[:MAX_HOPS], 1)),
            hop_count=len(hops),
            signatures=tuple(self._signatures()),
            results=tuple(result for result in results if result is not None),
            arc=self._arc(),
            received_spf=self._received_spf(),
            feedback_id=feedback,
            feedback_region=feedback_match[1] if feedback_match else None,
            outgoing=outgoing,
            outgoing_ip=_ip(out_match[2]) if out_match else None,
            places=tuple((name, rows[0][1]) for name, rows in list(self._fields.items())[:200]),
            problems=tuple(self._problems),
        )

    def _bounded(self, name: str) -> list[tuple[str, SourceRef]]:
        rows = self._fields.get(name, [])
        if len(rows) > MAX_FIELDS:
            self._problems.append(Message(_MOST, count=MAX_FIELDS, all=len(rows), name=name))
        return rows[:MAX_FIELDS]

    def _single(self, name: str) -> str | None:
        rows = self._fields.get(name, [])
        return rows[0][0].strip()[:1000] if rows else None

    def _addresses(self, name: str) -> tuple[str, ...]:
        texts = [text for text, _ in self._fields.get(name, [])[:3]]
        try:
            found = [address for _, address in getaddresses(texts) if "@" in address]
        except (ValueError, IndexError, TypeError, RecursionError):
            self._problems.append(Message("the header `{name}` cannot be read", name=name))
            found = []
        return tuple(found[:20])

    def _envelope_sender(self) -> str | None:
        text = self._single("return-path")
        if text is None:
            return None
        match = re.search(r"<([^<>]*)>", text)
        return (match[1] if match else text).strip()

    def _delivered_to(self) -> str | None:
        """The address that the recipient's server noted: only above the newest `Received` no sender can write."""
        hops = self._fields.get("received", [])
        for name in ("delivered-to", "x-original-to", "envelope-to"):
            for text, at in self._fields.get(name, [])[:1]:
                if hops and at.line is not None and hops[0][1].line is not None and at.line < hops[0][1].line:
                    return text.strip(" <>").lower()[:1000] or None
        return None

    def _message_id(self) -> str | None:
        # a mailing list or gateway that gives a new id keeps the first one in a separate header
        text = self._single("message-id") or self._single("x-google-original-message-id")
        return text.strip(" <>") if text else None

    def _received_spf(self) -> str | None:
        text = self._single("received-spf")
        match = re.match(r"\s*([A-Za-z]+)", text or "")
        return match[1].lower() if match else None

    def _signatures(self) -> Iterator[DkimSignature]:
        for text, at in self._bounded("dkim-signature"):
            tags = _tags(text)
            if tags.get("d"):
                yield DkimSignature(tags["d"].lower(), tags.get("s"), at)

    def _auth_results(self, text: str, at: SourceRef, instance: int | None) -> AuthResults | None:
        """RFC 8601 section 2.2: `authserv-id [version] ; method=result property=value … ; …`."""
        parts = [part.strip() for part in _COMMENT.sub(" ", text).split(";")]
        if instance is not None and parts and re.match(r"i\s*=", parts[0]):
            parts = parts[1:]
        if not parts or not parts[0]:
            return None
        server = parts[0].split()[0].lower()
        if "=" in server:  # no name of the server at all, as some servers write it
            server, parts = "", ["", *parts]
        found = tuple(result for part in parts[1:40] if (result := _method(part)) is not None)
        return AuthResults(server, found, at, instance)

    def _arc(self) -> tuple[ArcSet, ...]:
        seals = self._by_instance("arc-seal")
        signatures = self._by_instance("arc-message-signature")
        records = self._by_instance("arc-authentication-results")
        sets: list[ArcSet] = []
        for instance in sorted({*seals, *signatures, *records}):
            tags = _tags(seals[instance][0]) if instance in seals else {}
            results = self._auth_results(*records[instance], instance) if instance in records else None
            complete = instance in seals and instance in signatures and instance in records
            cv = tags.get("cv")
            sets.append(
                ArcSet(instance, tags.get("d", "").lower() or None, cv.lower() if cv else None, complete, results)
            )
        return tuple(sets)

    def _by_instance(self, name: str) -> dict[int, tuple[str, SourceRef]]:
        """RFC 8617: instances are 1 to 50."""
        found: dict[int, tuple[str, SourceRef]] = {}
        for text, at in self._bounded(name):
            match = re.search(r"(?:^|;)\s*i\s*=\s*(\d{1,2})\s*(?:;|$)", text)
            if match and 1 <= int(match[1]) <= 50:
                found.setdefault(int(match[1]), (text, at))
        return found


def _line_numbers(text: bytes, skipped: int) -> list[int]:
    return [n for n, line in enumerate(text.split(b"\n"), skipped + 1) if _FIELD_LINE.match(line)]


def _as_text(value: object) -> str:
    """A raw header value: unfolded, encoded words decoded where they can be, bounded."""
    text = re.sub(r"\r?\n[ \t]*", " ", str(value)[: MAX_FIELD * 2])[:MAX_FIELD]
    if "=?" not in text:
        return text.encode("utf-8", "replace").decode("utf-8", "replace")
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError, RecursionError):
        return text
    return "".join(_decoded(part, charset) for part, charset in parts)


def _decoded(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "ascii", "replace")
    except (LookupError, ValueError):
        return part.decode("latin-1")


def _tags(text: str) -> dict[str, str]:
    """`tag=value; …` (RFC 6376 section 3.2), blanks inside values removed."""
    found: dict[str, str] = {}
    for match in _TAG.finditer(text):
        found.setdefault(match[1].lower(), re.sub(r"\s+", "", match[2]))
    return found


def _method(part: str) -> MethodResult | None:
    match = _METHOD.match(part)
    if match is None:
        return None
    properties = {name.lower(): value.strip('"') for name, value in _PROPERTY.findall(match[3])}
    wanted = {
        "dkim": ("header.d", "header.i"),
        "spf": ("smtp.mailfrom", "smtp.helo"),
        "dmarc": ("header.from",),
    }.get(match[1].lower(), ())
    identity = next((properties[name] for name in wanted if name in properties), None)
    return MethodResult(match[1].lower(), match[2].lower(), identity, properties.get("header.s"))


def _date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(_COMMENT.sub(" ", text).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, RecursionError):
        return None


def _ip(text: str | None) -> str | None:
    if not text:
        return None
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None


def _hop(number: int, text: str, source: SourceRef) -> Hop:
    """One Received header in the forms of Postfix, Sendmail and Google, Exim, Exchange and qmail."""
    body, _, date = text.strip().rpartition(";")
    if not body:
        body, date = date, ""
    body = " ".join(body.split())
    helo = rdns = ip = None
    match = _FROM.match(body)
    if match is not None:
        helo, rdns, ip = _sender(match["name"], match["note"] or "", body[match.end() :])
    by = _BY.search(body)
    name, region, proven = _ses_host(helo, rdns, ip)
    return Hop(
        number=number,
        source=source,
        helo=helo,
        rdns=rdns,
        ip=ip,
        by=by["name"].strip("[]").lower() if by else None,
        time=_date(date),
        ses_name=name,
        ses_region=region,
        ses_address=proven,
    )


def _sender(name: str, note: str, rest: str) -> tuple[str | None, str | None, str | None]:
    """HELO name, looked-up name and address of `from NAME (NOTE)`."""
    helo: str | None = name.strip("[]").lower()
    said = _HELO.search(note)
    if said is not None:  # Exim `from RDNS ([IP] helo=HELO)`, qmail `from RDNS (HELO x) (IP)`
        rdns = UNKNOWN if _ip(helo) or helo == UNKNOWN else helo
        second = _SECOND_NOTE.match(rest)
        ip = _first_ip(note) or _ip(helo) or (_first_ip(second["note"]) if second else None)
        return said[1].lower(), rdns, ip
    first = _LEADING_NAME.match(note)
    found = first[1].lower() if first and _ip(first[1]) is None else None
    return helo, found, _first_ip(note) or _ip(helo)


def _first_ip(text: str) -> str | None:
    match = _BRACKETED.search(text)
    if match is not None:
        return _ip(match[1])
    return next((ip for found in _BARE_IP.findall(text) if (ip := _ip(found))), None)


def _ses_host(helo: str | None, rdns: str | None, ip: str | None) -> tuple[str | None, str | None, bool]:
    """Name and region of the SES host that handed the mail on, and whether the recorded address proves the name."""
    for name, looked_up in ((rdns, True), (helo, False)):
        match = _SES_HOST.fullmatch(name or "")
        if match is None:
            continue
        digits = f"{int(match['third'])}.{int(match['fourth'])}"
        in_net = any(ip == f"{net}{digits}" for net in SES_OUTGOING_NETS.get(match["letter"].lower(), ()))
        proven = ip is not None and (looked_up or (rdns in (None, UNKNOWN) and in_net))
        return match[0].lower(), (match["region"] or "us-east-1").lower(), proven
    return None, None, False
