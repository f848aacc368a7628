r"""How programs print an SMTP dialogue: whose line it is, what is said in it, and where they connected.

Forms, each with the program that prints it: `S: 220 …` (nodemailer, MailKit), `SERVER -> CLIENT: 220 …` (PHPMailer),
`<< 220 …` (SwiftMailer), `< 220 …` (Symfony Mailer, curl), `<-- 220 …` (msmtp), `<~  220 …` and `<** 535 …` (swaks),
`SMTP<< 220 …` (Exim), `Net::SMTP>>> EHLO …` (libnet), `reply: b'220 …\r\n'` (smtplib), `-> "220 …\n"` (Net::SMTP of
Ruby, in which `<-` is the client's line), `Wrote: EHLO …` (lettre). JavaMail prints both sides bare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sestriage.model.known.hostnames import ADDRESS, ADDRESS_PSEUDONYM, NAME
from sestriage.model.vocabulary import ConnectionMode

Side = Literal["server", "client"]

_TAG = r"(?:\[[\w-]{1,20}\] )?"
_SERVER = (
    r"S:|<<<:?|<<:?|<--:?|<-(?! *\"):?|<~[*]?:?|<\*[*~]|SERVER -> CLIENT:?|SMTP -> FROM SERVER:|SMTP<<"
    r"|Net::SMTP[^<>\n]{0,60}<<<|reply:(?= b?['\"])|->(?= *\")"
    r"|<(?= [2345]\d\d(?:[ -]|$))"
)
_CLIENT = (
    r"C:|>>>:?|>>:?|-->:?|->(?! *\"):?|~>:?|CLIENT -> (?:SERVER|SMTP):?|SMTP>>|Net::SMTP[^<>\n]{0,60}>>>"
    r"|send:(?= b?['\"])|<-(?= *\")|Wrote:"
    r"|>(?= [A-Za-z])"
)
_MARK = re.compile(rf"\s{{0,4}}{_TAG}(?:(?P<server>{_SERVER})|(?P<client>{_CLIENT}))(?![<>])\s{{0,2}}")
_QUOTED = re.compile(r"b?(?P<quote>['\"])(?P<inner>.*)(?P=quote)\s*$")
_LINE_ENDS = ("\\r", "\\n", "<CRLF>", "<br>", "<br/>", "<br />")
"""Line ends as a log writes them out."""
_REPEATED = re.compile(r"\s{0,4}(?:SMTP INBOUND: |reply: retcode \(|data: \(\d{3}, |SMTP -> get_lines\(\): )")
"""Lines that say again what the line before them said."""

_HOST = rf"(?P<host>{NAME}|{ADDRESS_PSEUDONYM})"
_PORT = r"(?P<port>\d{1,5})"
_JAVAMAIL = rf"(?:DEBUG SMTPS?: )?trying to connect to host \"(?P<host>[^\"]{{1,255}})\", port {_PORT}, isSSL "
"""With and without the beginning of JavaMail's own output: `java.util.logging` leaves it out."""
_FORMS: tuple[tuple[str, ConnectionMode | None], ...] = (
    (rf"{_JAVAMAIL}true", "wrapper"),
    (rf"{_JAVAMAIL}false", None),
    (rf"Connected to smtps://{_HOST}:{_PORT}/", "wrapper"),  # MailKit
    (rf"Connected to smtp://{_HOST}:{_PORT}/", None),
    # PHPMailer; behind a time its first word is read as who logged the line
    (rf"(?:Connection: )?opening to (?:ssl|tls)://{_HOST}:{_PORT},", "wrapper"),
    (rf"(?:Connection: )?opening to {_HOST}:{_PORT},", None),
    (rf"connect: (?:to )?\('{_HOST}', {_PORT}\)", None),  # smtplib
    (rf"\* +Connected to {_HOST} \({ADDRESS}\) port {_PORT}\b", None),  # curl
    (rf"=== Trying {_HOST}:{_PORT}\.\.\.", None),  # swaks
)
_CONNECTS = tuple((re.compile(form), mode) for form, mode in _FORMS)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a dialogue: who says it (None: not marked), and what. `repeated`: it says again what was said."""

    side: Side | None
    said: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """Where a program says that it connects; `mode` is None when the line does not tell."""

    host: str
    port: int
    mode: ConnectionMode | None


def line_of(text: str) -> Line:
    """A logged line without its mark."""
    if _REPEATED.match(text):
        return Line(None, text, repeated=True)
    match = _MARK.match(text)
    if match is None:
        return Line(None, text)
    said = text[match.end() :]
    if quoted := _QUOTED.match(said):
        said = quoted["inner"]
    return Line("server" if match["server"] else "client", _without_line_ends(said))


def connect_of(text: str) -> Connect | None:
    """The server to which a line says that a program connects."""
    if "onnect" not in text and "===" not in text and not text.startswith("opening to "):
        return None
    for pattern, mode in _CONNECTS:
        if match := pattern.match(text):
            return Connect(match["host"].lower(), int(match["port"]), mode)
    return None


def _without_line_ends(text: str) -> str:
    text = text.rstrip()
    stop = len(text)
    while end := next((end for end in _LINE_ENDS if text.endswith(end, 0, stop)), ""):
        stop -= len(end)
        while stop and text[stop - 1].isspace():
            stop -= 1
    return text[:stop]


def reply_lines(text: str) -> list[str]:
    """The lines of a reply of several lines that was printed in one (lettre), each with the mark; else none.

    << 250-mx.example.com<CRLF>250-STARTTLS<CRLF>250 Ok<CRLF>
    """
    if "<CRLF>" not in text or (match := _MARK.match(text)) is None or match["server"] is None:
        return []
    parts = [part for part in text[match.end() :].split("<CRLF>") if part.strip()]
    return [f"{match[0]}{part}" for part in parts] if len(parts) > 1 else []


_STEP = re.compile(r"\s(?=(?:<<|>>|!!|\+\+)\s)")
_RECEIVED = re.compile(r"<< [2345]\d\d[ -]")
_SENT = re.compile(r">> [A-Z]{4}")
_NEXT_LINE = re.compile(r"\s(?=(\d\d\d)[ -])")
"""Before what may be a further line of a reply of several lines."""


def lines_in(text: str) -> list[str]:
    """The lines of a dialogue that was printed in one (SwiftMailer's and Symfony's exceptions in a log); else none.

    ++ Starting … << 220 mx.example.com ESMTP >> EHLO x << 250-mx.example.com 250 Ok >> AUTH LOGIN << 334 …
    """
    if " << " not in text or " >> " not in text or not (_RECEIVED.search(text) and _SENT.search(text)):
        return []
    lines: list[str] = []
    for part in _STEP.split(text):
        if part.startswith("<< "):
            lines.extend(f"<< {line}" for line in _of_one_reply(part[3:]))
        else:
            lines.append(part)
    return lines


def _of_one_reply(text: str) -> list[str]:
    """`250-mx.example.com 250 Ok` as its lines; a number that is not the reply's code divides nothing."""
    ends = [match for match in _NEXT_LINE.finditer(text) if match[1] == text[:3]]
    starts = [0, *(match.end() for match in ends)]
    return [text[begin:end] for begin, end in zip(starts, [*(match.start() for match in ends), len(text)], strict=True)]
