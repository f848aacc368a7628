"""The byte literals without one of which no line can matter.

A scanner looks for these (whatever the case) before anything is decoded. An event all of whose lines lack every gate is
chatter and is dropped. They follow from what the later layers ask: every branch of `vocabulary`, `phases`,
`openssl_error`, `smtp_reply` and `maildebug` that can make an event worth reporting holds one of them; a test reads the
branches and proves it. The literals survive every wrapping: none holds a tab, a quote, a backslash or a letter outside
ASCII (JSON may write those as escapes).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sestriage.formats.log import outcomes as words

GATES: tuple[bytes, ...] = (
    # mail: covers javax.mail, email-smtp, e-mail, MailSendException, sendmail, simpleemailservice
    b"mail",
    b"smtp",
    b"amazon",
    b"starttls",
    b"messagingexc",
    b"sendfailed",
    b"authenti",
    b"ehlo",
    b"helo ",
    b"250 ok",
    b"250-ok",
    b"250 2.",
    # TLS
    b"ssl",
    b"tls_process",
    b"tlsv1",
    b"handshake",
    b"fatal alert",
    b"serverkeyexchange",
    b"dh keypair",
    b"no appropriate protocol",
    b"protocol version",
    b"server chose",
    b"socket to tls",
    b"key too small",
    b"md too weak",
    b"wrong version number",
    b"no protocols available",
    b"no cipher",
    b"unsupported protocol",
    b"error:0a",
    b"error:14",
    b"[x509",
    b"[pem",
    # certificates
    b"pkix",
    b"certpath",
    b"certif",
    b"zertifi",
    b"trustanchor",
    b"trust anchor",
    b"trust store",
    b"not trusted",
    b"no trusted",
    b"validatorexception",
    b"subject alternative",
    b"no name matching",
    b"server identity",
    b"identity of server",
    b"hostname mismatch",
    b"validity check failed",
    b"constraints check failed",
    b"return code",
    b"verify error",
    # connections, where nothing else says that it was mail
    b"unknownhost",
    b"connectexception",
    b"socketexception",
    b"sockettimeout",
    b"noroutetohost",
    # replies
    b"authoriz",
    b"throttl",
    b"rejected",
    b"ausnahme",
    b"mensaje",
    b"messaggio",
    b"mensagem",
)
"""Each makes its line hot."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A gate that is a regular expression (bytes, no case). No match lies in a text that lacks all of `hints`."""

    text: bytes
    hints: tuple[bytes, ...]


_CODES = tuple(b"%d%d" % (first, second) for first in (4, 5) for second in range(10))

PATTERNS: tuple[Pattern, ...] = (
    # a reply with an enhanced status code, or with words that replies begin with
    Pattern(rb"[245]\d\d[ -][245]\.\d{1,3}\.\d", (b" 2.", b" 4.", b" 5.", b"-2.", b"-4.", b"-5.")),
    Pattern(
        rb"[45]\d\d[ -](?:temporary|tls not|access denied|transaction|too many|timeout|must issue|invalid|messa"
        rb"|service |requested|relay|sender|recipient|user |sending|bad |command |syntax|unrecognized|not auth"
        rb"|server busy|client|error:|account|<|nachricht|zugriff|drossel|vor|mensa|autent|creden)",
        _CODES,
    ),
    Pattern(rb"test\W{0,3}(?:action|aktion|message|notif)", (b"test",)),
    Pattern(rb"no recipient", (b"no recipient",)),
)
"""Each makes its line hot, too."""

WEAK: tuple[Pattern, ...] = (
    # In JSON logs every line has a key "message": what follows it tells the key from the word.
    Pattern(rb"message(?:[^\"]|\"[^: ])", (b"message",)),
    Pattern(rb"action", (b"action",)),
    Pattern(rb"notif", (b"notif",)),
    Pattern(rb"dispatch", (b"dispatch",)),
    Pattern(rb"aktion", (b"aktion",)),
    Pattern(rb"nachricht", (b"nachricht",)),
)
"""Things that may be a mail action (`vocabulary.ACTION`). They make their line hot only together with a word that says
what became of it: without mail, trouble and outcome a sentence is chatter to `judge`."""

CODES: tuple[Pattern, ...] = (Pattern(rb"(?:454|530|535|554)[ -]", (b"454", b"530", b"535", b"554")),)
"""Codes of replies. They make their line hot only when letters outside ASCII follow: words of a reply in a language
that no gate knows."""
_FOREIGN_REPLY = re.compile(rb"(?:454|530|535|554)[ -][^\n]{0,80}?(?:[\x80-\xff]|\\u[0-9a-f]{4})")

_OUTCOMES = (words.DELIVERED, words.SUCCEEDED, words.FAILED, words.STARTED, words.BEGUN)
_STATE_STARTS = (
    *("fail", "error", "reject", "deni", "undeliver", "abort", "bounc", "timed", "timeout", "fehl", "start", "beg"),
    *("running", "initiat", "trigger", "in_progress", "progress", "sending", "succe", "ok", "done", "sent", "deliver"),
    *("complet", "finish", "accept", "erfolg", "pass"),
)
"""Beginnings of the values in `vocabulary.STATES`."""
_ESCAPES = re.compile(rb"\\[nrt]|\\u[0-9a-f]{4}|#01[0-9a-f]|&[#a-z0-9]{2,6};")
_PARTLY = re.compile(rb"\d\s?(?:of|/|out of|von)\s?\d")


@dataclass(frozen=True, slots=True)
class _Stems:
    """The outcome vocabulary in the form in which bytes are searched for it.

    `whole` are words, `starts` beginnings of words, `phrases` words that must all be there, `pieces` parts of words
    with letters outside ASCII.
    """

    whole: frozenset[bytes]
    starts: tuple[bytes, ...]
    phrases: tuple[frozenset[bytes], ...]
    pieces: tuple[bytes, ...]


def _stems() -> _Stems:
    whole: set[bytes] = set()
    starts: set[bytes] = {start.encode() for start in _STATE_STARTS}
    phrases: set[frozenset[bytes]] = set()
    pieces: set[bytes] = set()
    for vocabulary in _OUTCOMES:
        for entry, opened in vocabulary.entries():
            word = max(entry, key=len)
            if not word.isascii():
                pieces.add(max(re.findall(r"[a-z]+", word), key=len).encode())
            elif len(entry) > 1:
                certain = entry[:-1] if opened else entry
                phrases.add(frozenset(part.encode() for part in certain if part.isascii() and part.isalpha()))
            elif "'" in word:
                starts.add(word.split("'")[0].encode())
            elif opened:
                starts.add(word.encode())
            else:
                whole.add(word.encode())
    return _Stems(frozenset(whole), tuple(sorted(starts)), tuple(phrases), tuple(sorted(pieces)))


_STEMS = _stems()
_KEYS = {phrase: max(sorted(phrase), key=len) for phrase in _STEMS.phrases if phrase}
_PHRASES = {key: tuple(phrase for phrase in _KEYS if _KEYS[phrase] == key) for key in _KEYS.values()}
"""The phrases by their longest word."""
_PHRASE_KEYS = frozenset(_PHRASES)
_PARTS = frozenset((b"of", b"von"))
_LETTERS = bytes(letter if 0x61 <= letter <= 0x7A else 0x20 for letter in range(256))
_MOST_HARMLESS = 1 << 14


class Outcomes:
    """Tells whether a line holds a word that may say what became of an action.

    Chatter repeats its words: those that are known to say nothing are not looked at again. For one thread.
    """

    def __init__(self) -> None:
        self._harmless: set[bytes] = set()

    def said(self, lowered: bytes) -> bool:
        """A line (lower case) holds such a word. Words are runs of letters: `2sent` says `sent`."""
        escaped = b"\\" in lowered
        plain = _ESCAPES.sub(b" ", lowered) if escaped or b"#0" in lowered or b"&" in lowered else lowered
        tokens = frozenset(plain.translate(_LETTERS).split())
        if not _STEMS.whole.isdisjoint(tokens):
            return True
        if fresh := tokens - self._harmless:
            if any(token.startswith(_STEMS.starts) for token in fresh):
                return True
            if len(self._harmless) > _MOST_HARMLESS:
                self._harmless.clear()
            self._harmless |= fresh
        for key in _PHRASE_KEYS & tokens:
            if any(phrase <= tokens for phrase in _PHRASES[key]):
                return True
        if (escaped or not lowered.isascii()) and any(piece in lowered for piece in _STEMS.pieces):
            return True
        return (b"/" in plain or not _PARTS.isdisjoint(tokens)) and _PARTLY.search(plain) is not None


def says_reply(lowered: bytes) -> bool:
    """A line holds the code of a reply with letters outside ASCII behind it."""
    return (not lowered.isascii() or b"\\u" in lowered) and _FOREIGN_REPLY.search(lowered) is not None
