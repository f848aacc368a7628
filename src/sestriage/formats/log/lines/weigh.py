"""The second gate: whether a line that holds a literal of the first one can be of worth, by the line alone.

The first gate finds words (`mail`, `ssl`, `action`); most lines that hold one are chatter. Here such a line is held
against what the later layers ask of it: a form (`forms`), an exception or an error of TLS (`phases`, `openssl_error`),
a reply (`smtp_reply`), a command or a trace of a dialogue (`maildebug`). What no event could come of is dropped before
anything is decoded, and its neighbours with it. Words and digits are weighed apart: what the words of a line are worth
holds for all lines that differ from it in digits and ids. A line is kept when in doubt: tests prove by mutation of
every form, and by reading everything, that nothing of worth is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from sestriage.formats.log.lines.certain_header import CERTAIN_HEADER
from sestriage.formats.log.wording.forms import CHANNEL, STATE_STARTS, THINGS, VERBS
from sestriage.formats.log.wording.smtp_reply import quotes_reply
from sestriage.formats.log.wording.vocabulary import REQUEST

MAX_WEIGHED = 1 << 12
"""Longer lines are kept: they may be parts of a longer one, or hold a whole event."""

_LETTERS = bytes(letter if 0x61 <= letter <= 0x7A or letter >= 0x80 else 0x20 for letter in range(256))
_ESCAPES = re.compile(rb"\\[nrt]|\\u[0-9a-f]{4}|#01[0-9a-f]|&[#a-z0-9]{2,6};")
_KEYS = re.compile(rb'\\?"(?:message|action|notification|email|mail|alert|log)\\?"\s?:(?!\s?\\?"(?:e-?mail|smtp)\\?")')
"""Keys of JSON, which are no words of a sentence."""
_DOTTED = re.compile(rb"(?<![\w$.])[a-z_$][\w$]{0,80}(?:\.[a-z_$][\w$]{0,80}){2,12}(?![\w$])")

_COLOURS = re.compile(rb"(?:\x1b|\\u001[bB])\[[0-9;]{0,20}[A-Za-z]")
_TECHNICAL = re.compile(
    rb"(?:javax|jakarta|sun|angus|springframework|commons|ext)\.mail|mail(?:connect|send|authentication)?exc"
    rb"|smtptransport|sendfailed|email-smtp|mail-manager-smtp|amazonses|simpleemails|smtp\w{0,60}exception|starttls|smtpd"
    rb"|\bat\s[^\s(]{0,300}(?:mail|smtp)[^\s(]{0,200}\("
    rb"|authenticationfailed|authentifizierungfehl|messaging(?:exc|aus)"
    rb"|ssl(?:hand|exc|prot|peer|key|v3 alert|[ -]rout| peer| message| alert|:|\])|_ssl|error:|ausnahme"
    rb"|certificate(?:expired|notyet| verify failed| has exp| is not yet| issued after|s do)|certification path"
    rb"|zertifizierungspfad|signed cert|issuer cert|first cert|trusted cert|certificate key|ca signature|certificate_"
    rb"|bad cert|certificate (?:expired|unknown)|certpath|(?:terminated the|during) handshake|handshake.failure"
    rb"|tls alert|alert number|unrecognized name"
    rb"|debug smtps?:|debug: |\b(?:mail from|rcpt to)\b|\b(?:ehlo|helo) |auth(?:entication)? (?:login|plain)"
)
"""Classes, places in code, errors and commands: each makes its line worth reading."""
_PROTOCOL = re.compile(rb"(?<![\w.])smtps?(?![\w.])")
"""The protocol's name makes an exception that of mail."""
_PORTS = re.compile(
    rb"(?:\b|\\[nrt])port\W{1,4}(?:25|465|587|2465|2587)(?!\d)"
    rb"|(?<!\.java)(?<!\.kt)(?<!\.scala):(?:465|587|2465|2587)(?!\d)",
    re.IGNORECASE,
)
"""Likewise its ports."""
_CODE = re.compile(
    rb"(?:^|[\s:;(\"'\[<=>]|\\[nrt/]|#01[0-9a-f]|\\u[0-9a-f]{4})[2345]\d\d[ -]\S|\([2345]\d\d, ", re.IGNORECASE
)

_REQUEST = re.compile(REQUEST.encode())
"""Words of a path are names (`vocabulary.URL`)."""
_FOLDED = bytes(0x31 if 0x31 <= letter <= 0x39 else letter for letter in range(256)).lower()
"""Small letters, and digits as `1` but for zeros: `0 errors` says something else than any other number of them."""
_IDS = re.compile(rb"1[a-f01]*+")
"""Numbers and hexadecimal ids in a folded line, but for letters that an id begins with."""
_ID_LETTERS = b"abcdef0"
_CHANNEL = re.compile(CHANNEL.encode(), re.IGNORECASE)

_THINGS = frozenset(word.encode() for word in THINGS)
_MAILS = frozenset((b"mail", b"email", b"mails", b"emails", b"smtp"))
_ACTIONS = frozenset((b"action", b"aktion"))


_WORD = re.compile(r"[^\W\d_]+")
_TEXT_ESCAPES = re.compile(r"\\(?:[nrt/]|u(?P<code>[0-9a-fA-F]{4}))|#01[0-9a-f]|&[#a-z0-9]{2,6};")


def _unescaped(text: str) -> str:
    """A line with the letters that a wrapping wrote as escapes; other escapes are blanks."""
    if "\\" not in text and "#0" not in text and "&" not in text:
        return text
    return _TEXT_ESCAPES.sub(lambda match: chr(int(match["code"], 16)) if match["code"] else " ", text)


def shape(text: bytes) -> bytes:
    """A text without what differs between numbers and between ids."""
    return _shape(text.translate(_FOLDED))


def _shape(folded: bytes) -> bytes:
    *before, last = _IDS.split(folded)
    return b"1".join([*[part.rstrip(_ID_LETTERS) for part in before], last])


def _unweighed(line: bytes) -> bool:
    return len(line) > MAX_WEIGHED or b"\0" in line


def _without_colours(line: bytes) -> bytes:
    return _COLOURS.sub(b"", line) if b"\x1b" in line or b"\\u001b" in line else line


SaysNothing = Callable[[str], bool]
"""`reader.says_nothing`, which the reader hands down to here."""


class Worth(Enum):
    """What a line by itself can be worth. `WITH_EXCEPTION`: something when its event has an exception."""

    NOTHING = 0
    WITH_EXCEPTION = 1
    SOMETHING = 2


NOTHING, SOMETHING = Worth.NOTHING, Worth.SOMETHING
"""Names of their own: the members of an enumeration cost a search each time."""


class Scale:
    """Weighs lines, one after the other. Chatter repeats itself but for its numbers: what the words of
    a line are worth is remembered by the line without its digits, and without its ids."""

    MOST = 1 << 13
    """Lines, and words, that are remembered."""
    MOST_SHAPES = 1 << 12
    SHORT = 1 << 9
    """Longer lines are remembered without digits and ids only: hardly two of them are equal but for their digits."""

    def __init__(self, says_nothing: SaysNothing | None = None) -> None:
        self._says_nothing = says_nothing
        self._harmless: set[str] = set()
        """Words that are known to say nothing."""
        self._folded: dict[bytes, Worth] = {}
        self._shapes: dict[bytes, Worth] = {}

    def by_words(self, line: bytes) -> Worth:
        """What the words of a line (any case) are worth."""
        folded = line.translate(_FOLDED)
        known = self._folded.get(folded)
        if known is None:
            known = self._by_shape(line, folded)
            if len(folded) <= self.SHORT:
                if len(self._folded) >= self.MOST:
                    self._folded.clear()
                self._folded[folded] = known
        return known

    def by_digits(self, line: bytes) -> Worth:
        """What the digits of a line are worth: the code of a reply, or a port of mail."""
        if _unweighed(line):
            return Worth.SOMETHING
        line = _without_colours(line)
        if _CODE.search(line) is not None and quotes_reply(_unescaped(line.decode("utf-8", "replace"))):
            return Worth.SOMETHING
        return Worth.WITH_EXCEPTION if _PORTS.search(line) is not None else Worth.NOTHING

    def _by_shape(self, line: bytes, folded: bytes) -> Worth:
        if _unweighed(line):
            return Worth.SOMETHING
        if b"\\u" in folded or b"\\x" in folded:  # digits that are letters
            return self._weighed(line)
        shape = _shape(folded)
        known = self._shapes.get(shape)
        if known is None:
            known = self._weighed(line)
            if len(self._shapes) >= self.MOST_SHAPES:
                self._shapes.clear()
            self._shapes[shape] = known
        return known

    def _weighed(self, line: bytes) -> Worth:
        line = _without_colours(line)
        lowered = line.lower()
        plain = _REQUEST.sub(b" ", line).lower() if b" /" in line else lowered
        if _TECHNICAL.search(plain) is not None:
            return Worth.SOMETHING
        if self._tells(line, lowered) and not self._nothing_alone(line):
            return Worth.SOMETHING
        return Worth.WITH_EXCEPTION if _PROTOCOL.search(plain) is not None else Worth.NOTHING

    def _tells(self, line: bytes, lowered: bytes) -> bool:
        """A thing that may be a mail, and a word that says what became of it; the forms say whether they belong
        together."""
        if b"\\" in lowered or b"#0" in lowered or b"&" in lowered:
            lowered = _ESCAPES.sub(b" ", lowered)
        if b'":' in lowered or b'" :' in lowered:
            lowered = _KEYS.sub(b" ", lowered)
        if b"." in lowered:
            lowered = _DOTTED.sub(b" ", lowered)
        things = frozenset(lowered.translate(_LETTERS).split())
        if _THINGS.isdisjoint(things) and _CHANNEL.search(lowered) is None:
            return False
        text = _unescaped(line.decode("utf-8", "replace"))
        words = frozenset(_WORD.findall(text.lower()))
        named = not _MAILS.isdisjoint(things) and not _ACTIONS.isdisjoint(things)
        return (named or not VERBS.isdisjoint(words) or self._state(words)) and self._of_a_form(text)

    def _state(self, tokens: frozenset[str]) -> bool:
        fresh = tokens - self._harmless
        if any(token.startswith(STATE_STARTS) for token in fresh):
            return True
        if len(self._harmless) > self.MOST:
            self._harmless.clear()
        self._harmless |= fresh
        return False

    def _nothing_alone(self, line: bytes) -> bool:
        """The reader says that a line, which begins an event, tells of nothing by itself."""
        if self._says_nothing is None or not CERTAIN_HEADER.match(line):
            return False
        return self._says_nothing(line.decode("utf-8", "replace").rstrip("\r\n"))

    @staticmethod
    def _of_a_form(text: str) -> bool:
        from sestriage.formats.log.wording.sentences import may_tell  # not loaded for chatter without such words

        return may_tell(text)
