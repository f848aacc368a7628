"""The Manager's `tls-ciphers` file: an OpenSSL cipher list (openssl-ciphers(1)), token by token.

Which DHE suites a list switches on is worked out as OpenSSL does it, over the suites of `dhe_suites`: words add, `-`
takes out, `!` takes out for good, `+` only moves. Unknown words are skipped, as OpenSSL does, except names that plainly
mean a DHE suite (other releases have more of them). In doubt the list counts as one that allows DHE: `DEFAULT` does
anywhere in it (OpenSSL heeds it in first place only), line ends separate like blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from sestriage.formats.tls.dhe_suites import ANONYMOUS_SUITES, DHE_SUITES, NARROW_WORDS
from sestriage.model.config import CipherList, CipherToken
from sestriage.model.message import Message
from sestriage.model.source import SourceRef

DHE_OFF: Final = ("!kDHE", "!kEDH")
"""Appended when a macro stays: turns every suite with ephemeral DH off. Releases before 1.0.2 know only `kEDH`."""

MAX_BYTES: Final = 64 * 1024
"""A cipher list of all suites there are has some 6 KB."""

_SEPARATORS: Final = re.compile(r"[:,; \t\r\n]+")
_TOKEN: Final = re.compile(r"[!+-]?[A-Za-z0-9][A-Za-z0-9_.+=-]*|@[A-Z]+(?:=\d+)?")
_QUOTES: Final = str.maketrans("", "", "\"'`\u00b4\u2018\u2019\u201c\u201d\ufeff\u200b\u00ad")

_NAMES: Final = (
    ("TLS13", re.compile(r"TLS_(?:AES|CHACHA20|SM4)_(?!\w*WITH_)[A-Z0-9_]+")),
    (
        "PSK",  # the first PSK counts, and what may stand behind it is known before it is looked for
        re.compile(
            r"(?:(?!(?:PSK|SRP)-)[A-Z]++-)*+(?:PSK|SRP)-[A-Z0-9-]+|(?:TLS|SSL)_(?=\w+\Z)(?:\w+_)?(?:PSK|SRP)_\w+"
        ),
    ),
    ("DHE", re.compile(r"(?:EXP(?:1024)?-)?(?:DHE|EDH|ADH)-[A-Z0-9-]+|(?:TLS|SSL)_(?:DHE|DH_anon)_\w+")),
    ("ECDHE", re.compile(r"(?:ECDHE|EECDH|AECDH|ECDH)-[A-Z0-9-]+|(?:TLS|SSL)_ECDHE?_\w+")),
    (
        "RSA",
        re.compile(
            r"(?:EXP(?:1024)?-)?(?:AES|CAMELLIA|ARIA|DES|RC2|RC4|SEED|IDEA|NULL)\d*-[A-Z0-9-]+|(?:TLS|SSL)_RSA_\w+"
        ),
    ),
)
"""Key exchange by the shape of a suite's name, OpenSSL's or the registry's; the first that fits counts."""

_MACROS: Final = frozenset(
    {"ALL", "COMPLEMENTOFALL", "COMPLEMENTOFDEFAULT", "DEFAULT", "EXP", "EXPORT", "eNULL", "HIGH", "LOW", "MEDIUM"}
    | {"NULL", "PROFILE=SYSTEM"}
)
_WORDS: Final = _MACROS | frozenset(NARROW_WORDS) | frozenset().union(*DHE_SUITES.values())


def parse_cipher_list(text: str | bytes, source: SourceRef) -> CipherList:
    """The list with its tokens in order, and the same list without DHE. Never raises.

    Lines that begin with `#` are comments; quotes are dropped. `problem` says what is wrong with the list itself:
    longer than a list can be, tokens that are none, nothing left without DHE.
    """
    plain = _plain(text)
    words = [word for word in _SEPARATORS.split(plain) if word]
    tokens = tuple(_token(word) for word in words if _TOKEN.fullmatch(word))
    allowed = bool(dhe_suites(tokens))
    problem = _problem(text, words)
    without: str | None = None
    if allowed:
        kept, without = _without_dhe(tokens, _separator(plain))
        problem = problem or _nothing_left(kept)
    return CipherList(source, tokens, allowed, without, empty=not tokens, problem=problem)


def looks_like_cipher_list(head: bytes) -> bool:
    """True if all of a small file is one cipher list: nothing but tokens, most of them known, at least one suite or
    macro."""
    if len(head) > MAX_BYTES:
        return False
    words = [word for word in _SEPARATORS.split(_plain(head)) if word]
    if not words or not all(map(_TOKEN.fullmatch, words)):
        return False
    tokens = [_token(word) for word in words]
    known = [token for token in tokens if token.key_exchange != "other" or _is_word(token.text)]
    suites = any(_shape(_bare(token.text)) or ("+" in _bare(token.text) and _is_word(token.text)) for token in tokens)
    macros = len(tokens) > 1 and any(_bare(token.text) in _MACROS for token in tokens)
    return (suites or macros) and len(known) * 10 >= len(tokens) * 8


def dhe_suites(tokens: Iterable[CipherToken], anonymous: bool = False) -> frozenset[str]:
    """The suites with ephemeral DH that a list switches on, named as OpenSSL does.

    Suites without any authentication (`ADH-…`) that only a macro brings in count with `anonymous` alone: OpenSSL's
    usual security level refuses them, and no mail server offers them. `HIGH:!DHE` is free of DHE.
    """
    on: set[str] = set()
    dead: set[str] = set()
    for token in tokens:
        matched = _matched(_bare(token.text))
        if token.operator == "":
            if token.key_exchange != "DHE" and not anonymous:
                matched -= ANONYMOUS_SUITES
            on |= matched - dead
        elif token.operator in "-!":
            on -= matched
            dead |= matched if token.operator == "!" else set()
    return frozenset(on)


def _plain(text: str | bytes) -> str:
    """The text without comments and quotes, of bounded size."""
    if isinstance(text, bytes):
        wide = text.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = text[:MAX_BYTES].decode("utf-16" if wide else "utf-8", "replace")
    lines = text[:MAX_BYTES].splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith("#")).translate(_QUOTES).strip()


def _token(word: str) -> CipherToken:
    operator = word[0] if word[0] in "!+-" else ""
    kind = _key_exchange(word[len(operator) :])
    return CipherToken(word, kind, operator, tls13=kind == "TLS13")


def _bare(word: str) -> str:
    return word[1:] if word[0] in "!+-" else word


def _is_word(word: str) -> bool:
    return word.startswith("@") or all(part in _WORDS for part in _bare(word).split("+"))


def _shape(name: str) -> str | None:
    return next((kind for kind, shape in _NAMES if shape.fullmatch(name)), None)


def _key_exchange(name: str) -> str:
    if name.startswith("@"):
        return "other"
    shape = _shape(name)
    if shape is not None:
        return shape
    matched = _matched(name)
    if not matched:
        return _narrow(name)
    return "DHE" if any(part in _ONLY_DHE for part in name.split("+")) else "ANY"


_ONLY_DHE: Final = frozenset({"DHE", "EDH", "kDHE", "kEDH", "DH", "ADH"})
"""Words that stand for ephemeral DH and nothing else."""


def _narrow(name: str) -> str:
    """Key exchange of a word that matches no DHE suite."""
    kinds = {NARROW_WORDS[part] for part in name.split("+") if part in NARROW_WORDS}
    return kinds.pop() if len(kinds) == 1 else "other"


def _matched(name: str) -> set[str]:
    """The DHE suites that a token stands for; a name that is not in the table stands for itself."""
    if name in DHE_SUITES:
        return {name}
    if name == "PROFILE=SYSTEM":
        name = "DEFAULT"
    parts = set(name.split("+"))
    matched = {suite for suite, words in DHE_SUITES.items() if parts <= words}
    return matched or ({name} if _shape(name) == "DHE" else set())


def _separator(plain: str) -> str:
    """The separator of the list: `:`, `,`, `;`, a blank or a line end."""
    present = [mark for mark in ":,; \n" if mark in plain]
    return present[0] if present else ":"


def _without_dhe(tokens: tuple[CipherToken, ...], separator: str) -> tuple[list[CipherToken], str | None]:
    kept = [token for token in tokens if token.key_exchange != "DHE" or token.operator in ("!", "-")]
    switched_on = [token for token in kept if token.operator == "" and not token.text.startswith("@")]
    if not switched_on:
        return kept, None
    words = [token.text for token in kept]
    if dhe_suites(kept, anonymous=True):
        words += [word for word in DHE_OFF if word not in words]
    return kept, separator.join(words)


def _nothing_left(kept: list[CipherToken]) -> str | None:
    left = [token for token in kept if token.operator == "" and not token.text.startswith("@")]
    if not left:
        return Message("every suite of the list uses DHE: nothing would be left without them")
    if all(token.tls13 for token in left):
        return Message("without DHE only suites of TLS 1.3 would be left")
    return None


def _problem(text: str | bytes, words: list[str]) -> str | None:
    if not words:
        return Message("holds no cipher token at all")
    if len(text) > MAX_BYTES:
        return Message("longer than a cipher list can be: only the first {count} bytes were read", count=MAX_BYTES)
    strange = [word for word in words if not _TOKEN.fullmatch(word)]
    if strange:
        shown = strange[0][:40].encode("ascii", "backslashreplace").decode()
        shown = "".join(character if character.isprintable() else "?" for character in shown)
        return Message(
            "{count} of {all} words are no cipher tokens, the first is {first}",
            count=len(strange),
            all=len(words),
            first=repr(shown),
        )
    return None
