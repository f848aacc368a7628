"""SMTP replies quoted in log texts (RFC 5321 section 4.2, RFC 3463), told apart from numbers that are none."""

from __future__ import annotations

import re
from itertools import islice

from sestriage.formats.log.wording.vocabulary import REPLY_WORDS
from sestriage.model.log import SmtpReply

_ENHANCED = re.compile(r"(?P<code>[245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")
_AT_START = re.compile(r"\s*(?P<code>[2345]\d\d)(?P<sep>[ -])(?= {0,3}\S)")
_SOMEWHERE = re.compile(r"(?:^|(?<=[\s:;(\"'\[<=>]))(?P<code>[2345]\d\d)(?P<sep>[ -])(?=\S)", re.MULTILINE)
_ANY_CODE = re.compile(r"[2345]\d\d[ -]")
"""Tells quickly, most often, that there is no reply."""
_PYTHON = re.compile(r"\((?P<code>[2345]\d\d), b?(?P<quote>['\"])(?P<text>(?:(?!(?P=quote)).){1,500})(?P=quote)")
_LETTRE = re.compile(r"\b(?:permanent|transient) error \((?P<code>[45]\d\d)\): (?P<text>[^\n]{1,2000})")
_PEAR = re.compile(r"\(code: (?P<code>[2345]\d\d), response: (?P<text>[^\n]{1,2000})")
"""The reply in an error of PHP's Net_SMTP (MediaWiki, Horde, Roundcube), which begins with the words for it."""
_APPENDED = re.compile(r"; from=<[^>\s]{0,320}> to=<[^>\s]{0,320}>(?: proto=\S{1,10})?(?: helo=<[^>]{0,260}>)?\s*\Z")
"""What Postfix logs behind a reply of its own (`smtpd`)."""
_COUNTED = re.compile(
    r"(?<![\w.])(?!(?:reply|response|error|code|status|said|with|server|returned|got|answer\w*|smtp|failed|rejected|a|an"
    r"|Antwort|Fehler)\s)[A-Za-z]{2,20}\s$"
)
"""What stands before a number that counts something: `cache of 554 recipients`."""
_LINE_NUMBER = re.compile(r"\.[A-Za-z]{1,5}:$")
_HTTP_BEFORE = re.compile(
    r"HTTP(?:S|/\d(?:\.\d)?)?(?: (?:status|response|error|code)){0,2}[\s:=(]{0,3}$", re.IGNORECASE
)
_HTTP_REASON = re.compile(
    r"(?:500[ -]Internal Server Error|501[ -]Not Implemented|502[ -]Bad Gateway|503[ -]Service Unavailable(?!;)"
    r"|504[ -]Gateway Time-?out)",
    re.IGNORECASE,
)
"""Codes that both protocols have, with the reason phrases of RFC 9110 section 15.6."""
_ON_ONE_LINE = re.compile(r"\b(?:said|refused to talk to me): (?P<code>[2345]\d\d)-(?=\S)")
"""Before a reply of several lines in a log of Postfix, which has a blank (at the login a `?`) for each line end."""
_QUOTED = re.compile(r"\](?::\d{1,5})? (?:said|refused to talk to me): $")
"""Before a reply that Postfix quotes: one by where it stands, whatever its words are."""
_ANSWERS = re.compile(r"\(in reply to [A-Za-z ]{4,16} command\)\Z")
"""What Postfix adds to a reply that it quotes."""
_NEXT_LINE = re.compile(r"[ ?](?P<code>[2345]\d\d)(?P<sep>[ -])(?=\S)")
_ONLY_CODE = re.compile(r"response: (?P<code>[2345]\d\d)\b")
MAX_REPLY_LINES = 64
_SMTP_CODES = frozenset(
    (
        *(211, 214, 220, 221, 235, 250, 251, 252, 334, 354, 421, 432, 450, 451, 452, 454, 455),
        *(500, 501, 502, 503, 504, 521, 523, 525, 530, 534, 535, 538, 541, 550, 551, 552, 553, 554, 555, 556),
    )
)
"""Codes that SMTP and its extensions define; in free text a number outside of these is no reply (HTTP's 403, 404)."""


_ONLY_SMTP = frozenset((432, 454, 455, 521, 523, 525, 530, 534, 535, 538, 541, 550, 551, 552, 553, 554, 555, 556))
"""Those of them that HTTP does not have."""
_CALLED = re.compile(r"\b(?:response|reply|replied|answered|responded)\s?:?\s?\\?[\"']?$", re.IGNORECASE)


def reply_at_start(text: str) -> SmtpReply | None:
    """The reply that a text begins with, as in the messages of JavaMail's exceptions; None when it begins with none.

    A multi-line reply (`535-…`, `535 …`) is joined.
    """
    match = _AT_START.match(text)
    return _collect(text, match) if match is not None else None


def reply_in(text: str, whole: str | None = None) -> SmtpReply | None:
    """A reply inside free text: only where an enhanced code or words of a known reply follow the number.

    Byte counts, ports and line numbers that happen to be 454, 535 or 554 are therefore no replies. `whole` is the text
    to quote from, as long as `text`, in which names are blanked.
    """
    whole = text if whole is None else whole
    if "said: " in text or "refused to talk to me: " in text:
        text, whole = _in_lines(text, ends := _line_ends(text)), _in_lines(whole, ends)
    for match in _SOMEWHERE.finditer(text) if _ANY_CODE.search(text) else ():
        if int(match["code"]) not in _SMTP_CODES or _LINE_NUMBER.search(
            text, max(0, match.start() - 12), match.start()
        ):
            continue
        if _is_http(text, match):
            continue
        rest = text[match.end() : match.end() + 200]
        if match["sep"] == "-" and not _continued(text, match):
            continue
        if _called_a_reply(text, match):
            return _collect(whole, match)
        if _ENHANCED.match(rest) or (REPLY_WORDS.search(rest.split("\n", 1)[0]) and not _counts(text, match)):
            return _collect(whole, match)
    return _pear_reply(whole) or _lettre_reply(text, whole) or _python_reply(text, whole)


def _lettre_reply(text: str, whole: str) -> SmtpReply | None:
    """The reply in an error of Rust's lettre: `permanent error (535): 5.7.8 Error: authentication failed`."""
    match = _LETTRE.search(text) if " error (" in text else None
    if match is None or int(match["code"]) not in _SMTP_CODES:
        return None
    said = whole[slice(*match.span("text"))]
    worded = REPLY_WORDS.search(said) is not None and not 500 <= int(match["code"]) <= 504  # HTTP has these, too
    if int(match["code"]) in _ONLY_SMTP or _ENHANCED.match(said) or worded:
        return reply_at_start(f"{match['code']} {said}")
    return None


def _line_ends(text: str) -> list[int]:
    """Where a line of a reply ended that Postfix logged on one line; the first ones of so many."""
    ends: list[int] = []
    for first in islice(_ON_ONE_LINE.finditer(text), MAX_REPLY_LINES):
        line_end = text.find("\n", first.end())
        for match in _NEXT_LINE.finditer(text, first.end(), len(text) if line_end < 0 else line_end):
            if match["code"] != first["code"]:
                continue
            ends.append(match.start())
            if match["sep"] == " " or len(ends) >= MAX_REPLY_LINES:
                break
        if len(ends) >= MAX_REPLY_LINES:
            break
    return ends


def _in_lines(text: str, ends: list[int]) -> str:
    """The text, as long, with line ends at these places."""
    for end in ends:
        text = f"{text[:end]}\n{text[end + 1 :]}"
    return text


def _pear_reply(whole: str) -> SmtpReply | None:
    match = _PEAR.search(whole) if "(code: " in whole else None
    if match is None or int(match["code"]) not in _SMTP_CODES:
        return None
    return reply_at_start(f"{match['code']} {_inside(match['text'], ')]')}")


def _inside(text: str, closing: str) -> str:
    """A text without what closes the parenthesis around it."""
    text = text.rstrip()
    while text and text[-1] in closing and text.count(text[-1]) > text.count("([{<"[")]}>".index(text[-1])]):
        text = text[:-1].rstrip()
    return text


def _counts(text: str, match: re.Match[str]) -> bool:
    """The number stands in the middle of a sentence that goes on in lower case: it counts what comes after it."""
    rest = text[match.end() : match.end() + 1]
    return rest.islower() and _COUNTED.search(text, max(0, match.start() - 24), match.start()) is not None


def _called_a_reply(text: str, match: re.Match[str]) -> bool:
    """`response: 535 AUTH failed`: a code that HTTP does not have, behind the word for it; or what Postfix quotes."""
    if _QUOTED.search(text, max(0, match.start() - 32), match.start()):
        return True
    return (
        int(match["code"]) in _ONLY_SMTP and _CALLED.search(text, max(0, match.start() - 24), match.start()) is not None
    )


def _is_http(text: str, match: re.Match[str]) -> bool:
    return (
        _HTTP_REASON.match(text, match.start("code")) is not None
        or _HTTP_BEFORE.search(text, max(0, match.start() - 32), match.start("code")) is not None
    )


def quotes_reply(line: str) -> bool:
    """A line may quote a reply, whose further lines may follow it: what `reply_in` finds in any text with that line."""
    for match in _SOMEWHERE.finditer(line):
        rest = line[match.end() : match.end() + 200]
        if int(match["code"]) not in _SMTP_CODES or _is_http(line, match):
            continue
        if _called_a_reply(line, match) or _ENHANCED.match(rest):
            return True
        if REPLY_WORDS.search(rest) and not _counts(line, match):
            return True
    return _lettre_reply(line, line) is not None or _python_reply(line, line) is not None


def _python_reply(text: str, whole: str) -> SmtpReply | None:
    """The reply in an exception of Python's smtplib: `(535, b'Authentication Credentials Invalid')`."""
    for match in _PYTHON.finditer(text):
        said = whole[slice(*match.span("text"))].replace("\\n", "\n").strip()
        enhanced = _ENHANCED.match(said)
        if int(match["code"]) in _SMTP_CODES and (enhanced or REPLY_WORDS.search(said)):
            rest = said[enhanced.end() :] if enhanced else said
            return SmtpReply(int(match["code"]), rest, enhanced["code"] if enhanced else None)
    return None


def reply_after_response(text: str) -> SmtpReply | None:
    """The code in `Got bad greeting from SMTP host: h, port: p, response: 421 …` and its older, number-only form."""
    match = _ONLY_CODE.search(text)
    if match is None:
        return None
    return reply_at_start(text[match.start("code") :]) or SmtpReply(int(match["code"]), "")


def _continued(text: str, match: re.Match[str]) -> bool:
    """The next line carries the same code: a multi-line reply."""
    end = text.find("\n", match.end())
    return end >= 0 and re.match(rf"\s*{match['code']}[ -]", text[end + 1 : end + 20]) is not None


def _collect(text: str, match: re.Match[str]) -> SmtpReply:
    code = match["code"]
    lines: list[str] = []
    enhanced: str | None = None
    more = re.compile(rf"\s*{code}(?P<sep>[ -])(?P<rest>.*)")
    for number, line in enumerate(text[match.start("code") :].split("\n")[:MAX_REPLY_LINES]):
        found = more.match(line)
        if found is None:
            # A wrapped paste or the SES list of identities may go on; a blank line or another text ends the reply.
            if number and line.strip() and not line.lstrip().startswith((";", "at ", "nested", "message exception")):
                lines.append(line.strip())
            break
        rest = found["rest"].strip()
        if status := _ENHANCED.match(rest):
            enhanced = enhanced or status["code"]
            rest = rest[status.end() :]
        lines.append(rest.rstrip(";").rstrip() if rest.endswith(";") else rest)
        if found["sep"] == " ":
            break
    if lines:
        lines[-1] = _inside(_APPENDED.sub("", lines[-1]), ")")
        if _QUOTED.search(text, max(0, match.start("code") - 32), match.start("code")):
            lines[-1] = _ANSWERS.sub("", lines[-1]).rstrip()
        quote = text[max(0, match.start("code") - 1) : match.start("code")]
        if quote in ("'", '"') and lines[-1].rstrip(",").endswith(quote):  # `response: '554 No SMTP service',`
            lines[-1] = lines[-1].rstrip(",")[:-1]
    return SmtpReply(int(code), "\n".join(lines), enhanced)
