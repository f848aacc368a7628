"""Replace private data by pseudonyms that stay the same over a whole case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sestriage.model.effort import Effort, EffortSpentError
from sestriage.model.known.hostnames import is_host_name, is_under_domain
from sestriage.model.message import Cut, Message
from sestriage.redact.hosts import is_public_host, looks_like_host
from sestriage.redact.messages import everywhere, replaced
from sestriage.redact.private import private_spans
from sestriage.redact.secrets import MAX_SECONDS, hidden, secret_spans, thorough_spans
from sestriage.redact.spans import Span
from sestriage.redact.tables import PLAIN_WORDS
from sestriage.redact.view import find

MIN_LEARNED = 4
"""Shortest name that is replaced wherever it stands once it is known."""

MAX_LEARNED = 400
"""Names that are learned from texts; a hostile log may hold any number."""

MAX_REMEMBERED = 4096
"""Longer texts (blocks of a log that is redacted in a stream) are not remembered."""

NUMBERED = ("address", "ip", "host", "hostname", "account", "name")
"""Kinds that get a number, so that equal values can be recognised; secrets get none."""


class Redactor:
    """Removes secrets, and replaces private data by pseudonyms (`<host-1>`); equal values get equal pseudonyms.

    The name of a host that stands under no domain gets another kind (`<hostname-1>`): it may be an alias of anything,
    and who reads the log has to know that.

    `mapping` continues an earlier case: keys are `kind:value`, values pseudonyms. It names real values, so keep it
    private. A `thorough` one is for whole texts: it takes out, too, what only looks random next to a word of security.
    """

    def __init__(self, mapping: Mapping[str, str] | None = None, *, thorough: bool = False) -> None:
        self._thorough = thorough
        self._pseudonyms: dict[str, str] = dict(mapping or {})
        self._counts = dict.fromkeys(NUMBERED, 0)
        for label in self._pseudonyms.values():
            kind, _, number = label.strip("<>").rpartition("-")
            if kind in self._counts and number.isdigit():
                self._counts[kind] = max(self._counts[kind], int(number))
        self._learned: dict[str, tuple[str, str]] = {}
        """Lower-case text to kind and value."""
        self._learned_pattern: re.Pattern[str] | None = None
        self._protected: set[str] = set()
        self._protected_pattern: re.Pattern[str] | None = None
        self._done: dict[str, str] = {}

    @property
    def mapping(self) -> dict[str, str]:
        """All pseudonyms so far, by `kind:value`; holds the real values."""
        return dict(self._pseudonyms)

    def redact(self, text: str) -> str:
        """The text without secrets and with pseudonyms for private data. Line ends stay. Idempotent.

        Of a `Message` only the values change, and it stays one.
        """
        if isinstance(text, Message | Cut):  # equal to its text, which may be another's, too
            return self._redacted(text)
        known = self._done.get(text)
        if known is None:
            known = self._redacted(text)
            if len(text) <= MAX_REMEMBERED:
                self._done[text] = known
        return known

    def learn(self, kind: str, values: Iterable[str | None], alias: str | None = None) -> None:
        """Values of the case that are to be replaced wherever they stand, whatever the words around them.

        With `alias` they get the pseudonym of that value (a certificate's whole subject that of its host name).
        """
        for value in values:
            if value and self._is_worth_learning(kind, value):
                self._learned[value.lower()] = (kind, (alias or value).lower())
        self._learned_pattern = None
        self._done.clear()

    def protect(self, values: Iterable[str]) -> None:
        """Texts that stay wherever they stand (names of CAs); secrets inside them still go."""
        self._protected.update(value for value in values if len(value) >= MIN_LEARNED)
        self._protected_pattern = None
        self._done.clear()

    def host(self, name: str) -> str:
        """Pseudonym of a string that is known to be a host name or an address; public names stay."""
        if self._is_label(name) or not name:
            return name
        if is_public_host(name):
            # only a name is public by its end: a text that ends so may hold anything
            return name if is_host_name(name) else self.redact(name)
        return self._pseudonym("host", name.lower().rstrip("."))

    def ip(self, address: str) -> str:
        """Pseudonym of a string that is known to be an IP address."""
        return address if self._is_label(address) or not address else self._pseudonym("ip", address.lower())

    def identity(self, identity: str) -> str:
        """Pseudonym of an SES identity: a mail address or a domain."""
        return self.redact(identity) if "@" in identity else self.host(identity)

    # --- inside --------------------------------------------------------------------------------------------------

    def _is_worth_learning(self, kind: str, value: str) -> bool:
        if kind == "host" and (is_public_host(value) or value.lower() in PLAIN_WORDS):
            return False
        if _REGION.fullmatch(value):
            return False  # whoever calls a host so
        single_word = value.isalpha()
        return len(value) >= MIN_LEARNED and not (kind == "host" and single_word) and not self._is_label(value)

    def _redacted(self, text: str) -> str:
        try:
            effort = Effort(MAX_SECONDS)
            spans = list(everywhere(text, lambda said: self._found(said, effort)))
            if self._thorough:
                spans += self._named_again(str(text), spans)
            return replaced(text, spans, self._label)
        except EffortSpentError:
            return hidden(text)

    def _named_again(self, text: str, spans: list[Span]) -> Iterator[Span]:
        """Names that only their surroundings gave away as those of hosts, where they stand in this text without these;
        in what follows they are known."""
        names = {span.value for span in spans if span.kind == "host" and not looks_like_host(span.value)}
        new = tuple(sorted(name for name in names - self._learned.keys() if self._is_worth_learning("host", name)))
        if not new or len(self._learned) >= MAX_LEARNED:
            return
        self.learn("host", new)
        for match in _pattern_of(new).finditer(text):
            yield Span(match.start(), match.end(), "host", match[0].lower())

    def _found(self, text: str, effort: Effort) -> Iterator[Span]:
        yield from find(text, thorough_spans if self._thorough else secret_spans, effort)
        kept = self._protected_places(text)
        for span in find(text, self._private, effort):
            if not any(start <= span.start and span.end <= end for start, end in kept):
                yield span

    def _private(self, text: str) -> Iterator[Span]:
        yield from self._learned_spans(text)
        yield from private_spans(text)

    def _learned_spans(self, text: str) -> Iterator[Span]:
        if not self._learned:
            return
        if text.isascii():
            yield from self._learned_in_ascii(text.lower())
            return
        if self._learned_pattern is None:
            self._learned_pattern = _pattern_of(tuple(self._learned))
        for match in self._learned_pattern.finditer(text):
            kind, value = self._learned.get(match[0].lower(), ("host", match[0].lower()))
            yield Span(match.start(), match.end(), kind, value)

    def _learned_in_ascii(self, lowered: str) -> Iterator[Span]:
        """A pattern of a thousand names takes longer to compile than to look for each of them. In a text that is not
        ASCII more letters are equal to each other than lower case makes equal, so only there a pattern is needed."""
        for learned, (kind, value) in self._learned.items():
            at = lowered.find(learned)
            while at >= 0:
                end = at + len(learned)
                if not (lowered[at - 1 : at].isalnum() or lowered[end : end + 1].isalnum()):
                    yield Span(at, end, kind, value)
                at = lowered.find(learned, end)

    def _protected_places(self, text: str) -> list[tuple[int, int]]:
        if not self._protected:
            return []
        if self._protected_pattern is None:
            self._protected_pattern = re.compile(_any_of(self._protected))
        return [match.span() for match in self._protected_pattern.finditer(text)]

    def _label(self, span: Span) -> str:
        return self._pseudonym(span.kind, span.value) if span.kind in self._counts else f"<{span.kind}>"

    def _pseudonym(self, kind: str, value: str) -> str:
        if kind == "host" and (address := _as_address(value)) is not None:
            kind, value = "ip", address
        elif kind == "host" and not is_under_domain(value):
            kind = "hostname"
        key = f"{kind}:{value}"
        label = self._pseudonyms.get(key)
        if label is None:
            self._counts[kind] += 1
            label = self._pseudonyms[key] = f"<{kind}-{self._counts[kind]}>"
        return label

    @staticmethod
    def _is_label(text: str) -> bool:
        return text.startswith("<") and re.fullmatch(r"<[a-z-]+(?:-\d+)?>", text) is not None


def _as_address(name: str) -> str | None:
    """The address that stands in the place of a host's name, in its short form."""
    name = name.strip("[]")
    if not (":" in name or name[-1:].isdigit()):  # no other name can be one
        return None
    import ipaddress

    try:
        return ipaddress.ip_address(name.split("%")[0]).compressed
    except ValueError:
        return None


_REGION = re.compile(r"[a-z]{2}(?:-[a-z]{2,10}){1,3}-\d{1,2}", re.IGNORECASE)


@lru_cache(maxsize=256)
def _pattern_of(values: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the values where they stand as whole words, in capitals or not."""
    return re.compile(rf"(?<![^\W_])(?:{_any_of(values)})(?![^\W_])", re.IGNORECASE)


def _any_of(values: Iterable[str]) -> str:
    """A pattern for any of the values, the longest first."""
    return "|".join(re.escape(value) for value in sorted(values, key=len, reverse=True))
