"""What is left and looks random next to a word of security: better one value too many than one too few.

Only for texts that are handed out whole (`sestriage redact`): quotes of a report show the part that decides.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from sestriage.redact.forms.windows import line_windows
from sestriage.redact.spans import Span

_WORDS = (
    *(
        "passw",
        "secret",
        "token",
        "credential",
        "passphrase",
        "kennwort",
        "private key",
        "api key",
        "api_key",
        "api-key",
    ),
    *("apikey", "bearer", "signing", "hmac", "otp"),
)
_RUN = re.compile(r"(?:(?<![\w+/.%-])|(?<=%[0-9A-F][0-9A-F]))(?<!\x1b\[)[A-Za-z0-9+/_-]{16,}={0,2}(?![\w+/.-]*[(:.])")
_STAYS = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-f]{16}-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}-\d{6}"
    r"|[\d:T.Z/+-]+|[A-Za-z]*+(?:[-_/+][A-Za-z]*+)*+|(?:[A-Z]{0,5}+[a-z]++\d{0,4}+|[A-Z]++(?:[_-]|\Z)|[/_-])*+"
    r"|(?:TLS|SSL|ECDHE|DHE|RSA|AES)[\w-]+"
)
"""Identifiers, times, names of classes and ciphers, words."""
_PUBLIC_KEYS = re.compile(
    r"(?:fingerprint|sha-?\d+|md5|serial|message[ _-]?id|msgid|request[ _-]?id|trace|span|uuid|guid|thumbprint|digest|checksum|etag|commit|class"  # noqa: E501
    r"|thread|id)[\"']?[ \t]*[:=(\[<#]*[ \t]*[\"'<]?\Z",
    re.IGNORECASE,
)
MIN_ENTROPY = 3.6
"""Bits a character: words and names have less, base64 of 20 random bytes has about 4.2."""
_MADE = re.compile(
    r"(?<![^\s\"'„“«「(])(?=[^\s]{0,40}[A-Za-z])(?=[^\s]{0,40}\d)[A-Za-z0-9_-]{0,40}+[!#*?+~^@$][A-Za-z0-9!#*?+~^@$_-]{0,40}+(?<=[^\s]{8})"
    r"(?![^\s\"'”“»」).,;:?!])"
)
"""A word with letters, digits and a mark between them: what people make as a password, and programs seldom print."""
_MARK = re.compile(r"[!#*?+~^@$][A-Za-z0-9]|[A-Za-z0-9][!#*?+~^@$]")
_CLASSES = re.compile(
    r"[\w-]*@[0-9a-f]{1,8}|[\w-]*\$[A-Z\d][\w$]*|\w+\+\w+|\w*#\d*|.*[?!]|[^A-Za-z]*+[A-Za-z]?+[^A-Za-z]*+|.*\bCVE.*"
)
"""Inner classes, hash codes of objects, numbers of tickets, words that end a sentence."""
MIN_HEX = 32
_HEX = re.compile(r"[0-9a-fA-F]+")


def random_spans(text: str, lowered: str) -> Iterator[Span]:
    """Runs that look random on lines with a word of security."""
    for start, end in line_windows(text, lowered, _WORDS):
        for run in _RUN.finditer(text, start, end):
            if _is_random(run[0]) and not _PUBLIC_KEYS.search(text, max(start, run.start() - 40), run.start()):
                yield Span(run.start(), run.end(), "secret")
        for word in _MADE.finditer(text, start, end) if _MARK.search(text, start, end) else ():
            if not _CLASSES.fullmatch(word[0]):
                yield Span(word.start(), word.end(), "secret")


def _is_random(run: str) -> bool:
    if _STAYS.fullmatch(run):
        return False
    if _HEX.fullmatch(run):
        return len(run) >= MIN_HEX and any(c.isalpha() for c in run) and any(c.isdigit() for c in run)
    kinds = (any(c.isupper() for c in run), any(c.islower() for c in run), any(c.isdigit() for c in run))
    return all(kinds) and _entropy(run) >= MIN_ENTROPY


def _entropy(run: str) -> float:
    return -sum(n / len(run) * math.log2(n / len(run)) for n in Counter(run).values())
