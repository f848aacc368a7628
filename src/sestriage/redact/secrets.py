"""Secrets: what is never shown, whatever the user asks for.

Shapes: AWS access key ids; SMTP passwords of Amazon SES (44 base64 characters that decode to 33 bytes, the first of
them 0x04, or 0x02 for those made before 2019); AUTH payloads (RFC 4954); pairs such as `password=`; private keys; JSON
web tokens. A secret may be wrapped over lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from sestriage.model.effort import HIDDEN, Effort, EffortSpentError
from sestriage.redact.forms.clients import client_spans
from sestriage.redact.forms.columns import column_spans
from sestriage.redact.forms.decoding import decode_base64
from sestriage.redact.forms.devices import device_spans
from sestriage.redact.forms.dialogues import dialogue_spans
from sestriage.redact.forms.keyed import keyed_spans
from sestriage.redact.forms.keys import key_spans
from sestriage.redact.forms.kubernetes import kubernetes_spans
from sestriage.redact.forms.pairs import pair_spans
from sestriage.redact.forms.prefixed import prefixed_spans
from sestriage.redact.forms.random_looking import random_spans
from sestriage.redact.forms.shapes import shape_spans
from sestriage.redact.forms.spoken import spoken_spans
from sestriage.redact.forms.tls_secrets import tls_secret_spans
from sestriage.redact.forms.windows import from_words, lower
from sestriage.redact.forms.words import is_harmless as _harmless
from sestriage.redact.messages import everywhere, replaced
from sestriage.redact.spans import Span, lacks_all
from sestriage.redact.view import find

_WRAP = r"(?:[ \t]*\r?\n[ \t>|]*)?"
"""A line end inside a token, with the indentation or quoting of the next line."""

_B64 = "A-Za-z0-9+/"
MAX_KEY_BLOCK = 1 << 15
"""Characters between the two lines of a private key in PEM."""
MAX_SECONDS = 30
"""Processor time for one text: a field of a report, or a block of a file; an ordinary one takes some milliseconds."""


def strip_secrets(text: str) -> str:
    """The text without its secrets; everything else, mail addresses and host names included, stays."""
    try:
        effort = Effort(MAX_SECONDS)
        spans = everywhere(text, lambda said: find(said, secret_spans, effort))
        return replaced(text, spans, lambda span: f"<{span.kind}>")
    except EffortSpentError:
        return hidden(text)


def hidden(text: str) -> str:
    """What is shown in place of a text that took too long: its line ends, so that lines keep count."""
    return HIDDEN.format(size=len(text), seconds=MAX_SECONDS) + "\n" * text.count("\n")


def secret_spans(text: str) -> Iterator[Span]:
    """All secrets of a text (one view of it)."""
    yield from _shaped(text)
    yield from _encoded(text)
    yield from _private_keys(text)
    yield from _smtp_auth(text)
    yield from _tokens(text)
    yield from pair_spans(text)
    lowered = lower(text)
    yield from dialogue_spans(text, lowered)
    yield from spoken_spans(text, lowered)
    yield from client_spans(text)
    yield from device_spans(text)
    yield from _over_lines(text)
    yield from prefixed_spans(text, lowered, _over_lines)


def _over_lines(text: str) -> Iterator[Span]:
    """Secrets that go on over lines, or whose key stands on another one."""
    lowered = lower(text)
    yield from column_spans(text, lowered)
    yield from shape_spans(text)
    yield from tls_secret_spans(text, lowered)
    yield from key_spans(text)
    yield from kubernetes_spans(text, lowered)
    yield from keyed_spans(text)


def thorough_spans(text: str) -> Iterator[Span]:
    """All secrets of a text that is handed out whole, and what looks like one next to a word of security."""
    yield from secret_spans(text)
    yield from random_spans(text, lower(text))


# --- shapes ------------------------------------------------------------------------------------------------------

_ACCESS_KEY = re.compile(r"(?:AKIA|ASIA)" + f"(?:{_WRAP}[A-Z0-9])" + "{16}")
_ACCESS_KEY_FOLDED = re.compile(r"(?<![A-Za-z0-9])(?i:akia|asia)(?=[A-Za-z]*\d)[A-Za-z0-9]{16}(?![A-Za-z0-9])")
_START = r"[AB](?:(?<![A-Za-z0-9][AB])|(?<==[0-9A-F][0-9A-F][AB]))"
"""No word before, or a character in the quoted-printable form (`=3D`). The letter comes first: it is found quickly."""
_SMTP_PASSWORD = re.compile(
    rf"{_START}(?:(?<=B){_WRAP}[A-P]|(?<=A){_WRAP}[g-v])(?:{_WRAP}[{_B64}]){{42}}(?![A-Za-z0-9])"
)
_NOT_A_PASSWORD = re.compile(r"=+:AmazonSES")  # the Feedback-ID header of delivered mail has the same shape
_IAM_SECRET = re.compile(rf"(?<![{_B64}])[{_B64}]{{40}}(?![{_B64}=])")
_IAM_WORDS = re.compile(r"secret|passw|pwd|credential|kennwort|iam\b|aws|access.?key|smtp", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_NEAR = 80
"""Characters around a 40-character token in which a key word makes it a secret."""

_WORDS = re.compile(r"(?:[A-Z]{0,5}+[a-z]{2,}+\d{0,2}+|[/+])*+[A-Z]?")
"""A class name or a path of words: may have the length of a secret by chance, but not its looks."""


def _shaped(text: str) -> Iterator[Span]:
    for pattern in () if lacks_all(text, ("akia", "asia")) else (_ACCESS_KEY, _ACCESS_KEY_FOLDED):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), "access-key")
    for match in _SMTP_PASSWORD.finditer(text):
        if not _WORDS.fullmatch(re.sub(r"[\s>|]", "", match[0])) and not _NOT_A_PASSWORD.match(text, match.end()):
            yield Span(match.start(), match.end(), "secret")
    for match in _IAM_SECRET.finditer(text):
        near = text[max(0, match.start() - _NEAR) : match.start()] + " " + text[match.end() : match.end() + _NEAR]
        plain = _HEX.fullmatch(match[0]) or _WORDS.fullmatch(match[0])
        if not plain and _IAM_WORDS.search(near):
            yield Span(match.start(), match.end(), "secret")


# --- secrets inside base64 ---------------------------------------------------------------------------------------

_ENCODED = re.compile(rf"[{_B64}_-]{{16,}}(?:[ \t]*\r?\n[ \t>|]*[{_B64}_-]{{4,}})*={{0,2}}")
_PLAIN_FORM = re.compile(rb"[\x20-\x7e\x80-\xff]*\x00[\x20-\x7e\x80-\xff]+\x00[\x20-\x7e\x80-\xff]+")
_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32), 127))
_UNSEEN = _CONTROLS + bytes(range(128, 256))
_PAIR_BYTES = re.compile(rb"(?i)passw|secret|token|pwd")


def _encoded(text: str, depth: int = 2) -> Iterator[Span]:
    """Base64 runs that decode to something with a secret in it, SASL PLAIN messages (RFC 4616) included."""
    for match in _ENCODED.finditer(text):
        lines = [
            Span(match.start() + line.start(), match.start() + line.end(), "secret")
            for line in re.finditer(rf"[{_B64}_=-]+", match[0])
            if _hides_secret(line[0], depth)
        ]
        if lines:
            yield from lines
        elif "\n" in match[0] and _hides_secret(match[0], depth):
            yield Span(match.start(), match.end(), "secret")


def _hides_secret(run: str, depth: int) -> bool:
    return _short_run(run, depth) if len(run) <= _SHORT else _tried(run, depth)


_SHORT = 256
"""Characters of a run whose answer is remembered: class names come again and again, and memory must not grow."""


@lru_cache(maxsize=2048)
def _short_run(run: str, depth: int) -> bool:
    return _tried(run, depth)


_ONE_CASE = re.compile(r"[a-z0-9_/-]+|[A-Z0-9_/-]+")
"""Words and numbers (`sender-404290962`): base64 of a text has letters of both cases."""


def _tried(run: str, depth: int) -> bool:
    """What is glued to the front of a base64 text shifts it, so all four positions are tried."""
    if _ONE_CASE.fullmatch(run):
        return False
    letters = re.sub(r"[^A-Za-z0-9+/_-]", "", run)
    return any(_is_secret(decoded, depth) for k in range(4) if (decoded := decode_base64(letters[k:])))


def _is_secret(decoded: bytes, depth: int) -> bool:
    if _PLAIN_FORM.fullmatch(decoded):
        return True
    if not _is_text(decoded) and not _PAIR_BYTES.search(decoded):
        return False
    inner = decoded.decode("latin-1")
    if any(True for _ in _shaped(inner)):
        return True
    if _PAIR_BYTES.search(decoded) and any(True for _ in pair_spans(inner)):
        return True
    return depth > 1 and any(True for _ in _encoded(inner, depth - 1))


def _is_text(decoded: bytes) -> bool:
    """Three quarters of it are letters and signs: of ASCII, or of any language in UTF-8."""
    if len(decoded.translate(None, _UNSEEN)) * 4 >= len(decoded) * 3:
        return True
    letters = decoded.decode("utf-8", "ignore").encode().translate(None, _CONTROLS)
    return len(letters) * 4 >= len(decoded) * 3


# --- private keys ------------------------------------------------------------------------------------------------

_KEY_NAME = r"(?: [A-Z0-9]+){0,3} PRIVATE KEY(?: BLOCK)?\s?-----"
_KEY_BEGIN = re.compile(rf"-----\s?BEGIN{_KEY_NAME}", re.IGNORECASE)
_KEY_END = re.compile(rf"-----\s?END{_KEY_NAME}", re.IGNORECASE)
_KEY_BODY = re.compile(
    r"(?:\s*(?:Proc-Type|DEK-Info|Comment|Version):[^\n]*)*"
    rf"(?:[\s>|\"',\\]*[{_B64}=]{{20,}}+)*+(?:[\s>|\"',\\]*[{_B64}=]{{1,19}}(?=[\s\"',\\]|$))?"
)
_KEY_LINE = re.compile(rf"[\s>|\"',]*[{_B64}]{{1,100}}={{0,2}}[\s\"',\\]*")


def _private_keys(text: str) -> Iterator[Span]:
    """Private keys in PEM (RFC 7468 and older); one that is cut at either end is removed as far as it goes."""
    if "-----" not in text:
        return
    done = 0
    end = _KEY_END.search(text)
    for begin in _KEY_BEGIN.finditer(text):
        if begin.start() < done:
            continue
        if end and end.start() < begin.end():  # looked for again only when passed: a thousand begins cost one search
            end = _KEY_END.search(text, begin.end())
        limit = begin.end() + MAX_KEY_BLOCK
        body = end if end and end.end() <= limit else _KEY_BODY.match(text, begin.end(), limit)
        done = body.end() if body else begin.end()
        yield Span(begin.start(), done, "private-key")
    for end in _KEY_END.finditer(text, done):
        start = end.start()
        limit = max(done, end.start() - MAX_KEY_BLOCK)
        while start > limit:
            line_start = text.rfind("\n", limit, start - 1) + 1 or limit
            if not _KEY_LINE.fullmatch(text, line_start, start):
                break
            start = line_start
        done = end.end()
        yield Span(start, done, "private-key")


# --- SMTP AUTH ---------------------------------------------------------------------------------------------------

_AUTH = re.compile(
    r"\bAUTH[ \t]+(?:PLAIN|LOGIN|CRAM-MD5|DIGEST-MD5|NTLM|GSSAPI|XOAUTH2|OAUTHBEARER|SCRAM-[A-Z0-9-]+)[ \t]+"
    rf"(?P<payload>[{_B64}_=-]{{2,}}(?:[ \t]*\r?\n[ \t>|]*[{_B64}=]{{8,}}(?![^\s\"'<,;)\]}}]))*)",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(rf"(?<![\w.])334(?:[ -](?P<prompt>[{_B64}=]*))?[\"'}}\])]*[ \t]*(?:\r?\n|$)")
_ANSWER = re.compile(
    rf"(?:[ \t]*\r?\n)*(?P<lead>(?:[{_B64}=]*+[^{_B64}=\r\n]++)*?)"
    rf"(?P<payload>[{_B64}=]{{2,}}+)[\"'\]}})>]*[ \t]*(?:\r?\n|$)"
)
"""The lead goes on by whole runs of letters: from the middle of one no shorter payload is tried."""
_RECORD_CHALLENGE = re.compile(
    rf"(?<![\w.])334(?:[ -](?P<prompt>[{_B64}=]*+))?(?:\\[rn]|[ \t\r\n])*+\"[ \t]*+(?=[,}}])"
)
"""A challenge at the end of a JSON value: of a container's log, or of a logger that writes records."""
_RECORD_LEAD, _RECORD_WIDTH = 400, 2000
"""Characters before a challenge in which its key, and behind it in which the key of the next record is looked for."""
_RECORD_KEY = re.compile(r"(?P<key>\"[\w@.-]{1,40}\")[ \t]{0,9}:[ \t]{0,9}\"[^\"\r\n]{0,300}\Z")
_RECORD_ANSWER = re.compile(
    rf"[ \t]*:[ \t]*\"(?P<lead>(?:[{_B64}=]*+[^{_B64}=\r\n\"\\]++)*?)(?P<payload>[{_B64}=]{{2,}}+)"
    r"(?:\\[rn]|[ \t\r\n])*+\""
)
_ENDS_VALUE = re.compile(r"\"[ \t]*+[,}]")
"""What stands behind a line of a container's log, once its line end is decoded: no answer, but the record's own."""
_REPLY = re.compile(r"(?:^|[\s:<>\]-])[2-5]\d\d(?:[ -]|$)")
_MECHANISMS = frozenset(("PLAIN", "LOGIN", "XOAUTH2", "NTLM", "GSSAPI", "CRAM-MD5", "DIGEST-MD5", "OAUTHBEARER"))


def _smtp_auth(text: str) -> Iterator[Span]:
    for match in from_words(_AUTH, text, lower(text), ("auth",)):
        if _is_payload(match["payload"]):
            yield Span(match.start("payload"), match.end("payload"), "secret")
    if "334" not in text:
        return
    in_records: set[int] = set()
    for challenge in from_words(_RECORD_CHALLENGE, text, text, ("334",)):
        answer = _answer_in_next_record(text, challenge)
        if answer is not None:
            in_records.add(challenge.start())
            yield from _answered(challenge, answer)
    for challenge in from_words(_CHALLENGE, text, text, ("334",)):
        if challenge.start() not in in_records and not _ENDS_VALUE.match(text, challenge.end()):
            yield from _answered(challenge, _ANSWER.match(text, challenge.end()))


def _answered(challenge: re.Match[str], answer: re.Match[str] | None) -> Iterator[Span]:
    if answer is None or _REPLY.search(answer["lead"] + answer["payload"]):
        return
    prompted = bool(challenge["prompt"]) and _is_payload(challenge["prompt"])
    if (prompted and not re.search(r"\w{4}", answer["lead"])) or _is_payload(answer["payload"]):
        yield Span(answer.start("payload"), answer.end("payload"), "secret")


def _answer_in_next_record(text: str, challenge: re.Match[str]) -> re.Match[str] | None:
    """The value that the key of this one has in the next record; other fields may stand before, between and behind."""
    key = _RECORD_KEY.search(text, max(0, challenge.start() - _RECORD_LEAD), challenge.start())
    at = -1 if key is None else text.find(key["key"], challenge.end(), challenge.end() + _RECORD_WIDTH)
    return None if key is None or at < 0 else _RECORD_ANSWER.match(text, at + len(key["key"]))


def _is_payload(word: str) -> bool:
    """Base64 rather than a word of English (`AUTH LOGIN failed`, `AUTH PLAIN LOGIN`)."""
    if word.upper() in _MECHANISMS:
        return False
    if re.search(r"[0-9+/=]", word) and len(word) >= 8:
        return True
    decoded = decode_base64(word)
    if not decoded:
        return False
    try:
        return all(c.isprintable() or c == "\0" for c in decoded.decode("utf-8"))
    except UnicodeDecodeError:
        return False


# --- tokens --------------------------------------------------------------------------------------------

_NEWLINE = _WRAP.removesuffix("?")
_JWT_PART = rf"[\w-]++(?:{_NEWLINE}[\w-]++)*+"
_JWT = re.compile(
    rf"(?<![A-Za-z0-9])eyJ[\w-]{{2,600}}+(?:{_NEWLINE}[\w-]{{1,600}}+){{0,9}}+{_WRAP}\.{_WRAP}{_JWT_PART}(?:{_WRAP}\.{_WRAP}(?:{_JWT_PART})?)?"
)
_BEARER = re.compile(r"\b(?:Bearer|Basic|Negotiate)[ \t]+(?P<value>[\w.~+/=-]{8,})", re.IGNORECASE)
_AUTHORIZATION = re.compile(
    r"authorization[\"']?[ \t]*[:=>]+[ \t]*[\"']?(?:(?:Basic|Bearer|Digest|Negotiate|NTLM|Token)[ \t]+)?"
    r"(?P<value>(?!AWS4-HMAC)[^\s\"'<>,;]{4,})",
    re.IGNORECASE,
)
_TOKEN_HINTS = ("bearer", "basic", "negotiate", "authorization", "://")
_URL_LOGIN = re.compile(r"://[^\s/:@\"'<>]*:(?P<value>[^\s/@\"'<>]+)@")


def _tokens(text: str) -> Iterator[Span]:
    for match in _JWT.finditer(text) if "eyJ" in text else ():
        yield Span(match.start(), match.end(), "secret")
    if lacks_all(text, _TOKEN_HINTS):
        return
    for pattern in (_BEARER, _AUTHORIZATION, _URL_LOGIN):
        for match in pattern.finditer(text):
            if not _harmless(match["value"]) and not match["value"].isalpha():
                yield Span(match.start("value"), match.end("value"), "secret")
