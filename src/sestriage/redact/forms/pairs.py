"""Pairs such as `password=…`, where the name of the key holds one of a few words: in lines, options, elements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.windows import from_words, lower
from sestriage.redact.forms.words import is_harmless, is_sentence, is_state, looks_made, says_something_about
from sestriage.redact.spans import Span, lacks_all

_KEY = (
    r"(?:passwor[dt]|passwd|passphrase|kennwort|contrase[nñ]a|mot_?de_?passe|senha|(?!(?-i:PWD=/))pwd|secret|storepass"
    r"|keypass|api[_.-]?key|secret[_.-]?key|access[_.-]?key[_.-]?id|private[_.-]?key|(?:access|auth|session|security"
    r"|refresh)[_.-]?token|x-amz-(?:signature|credential)|(?<![A-Za-z])pass|(?-i:(?<=[a-z])Pass)|credentials(?==))"
)
"""Key words whose value is a secret, as a part of the key's name."""
_KEYS = re.compile(_KEY, re.IGNORECASE)
_GATE_HINTS = (
    *("pass", "kennwort", "contrase", "senha", "pwd", "secret", "key", "token", "x-amz-", "credentials", "signature="),
)
_STEMS = (
    *("pass", "kennwort", "contrase", "mot", "senha", "pwd", "secret", "storepass", "keypass", "api", "access"),
    *("private", "auth", "session", "security", "refresh", "x-amz-", "credentials"),
)
"""In lower case: every match of `_KEY` begins with one of these."""
_BARE = (
    r"(?P<bare>(?![{\[]\s?\\*[\"'])(?:(?![,;&](?:\s|[\w.-]+[=:]|$)|</|\\n)[^\s\"')\]}>]"
    r"|(?![\"')\]}>]+(?:[\s,;:.)\]}]|$))[\"')\]}>]++)+)"
)
"""A value without quotes, up to what ends it. A run of closing marks ends it or belongs to it as a whole."""
_QUOTED = r"\"(?P<dq>(?:[^\"\\\r\n]|\\.)*)(?:\"|$)|'(?P<sq>(?:[^'\\\r\n]|\\.)*)(?:'|$)|`(?P<bq>[^`\r\n]*)`"
_PAIR = re.compile(
    rf"{_KEY}[\w.-]{{0,24}}[ \t]*+\*?[\"']?[ \t]*+(?:[:=]{{1,2}}>?|->)[ \t]*"
    rf"(?:{_QUOTED}|{_BARE})",
    re.IGNORECASE | re.MULTILINE,
)
_SPOKEN = re.compile(rf"{_KEY}[ \t]+(?:(?:is|was|ist|war|of)[ \t]+)?(?:{_QUOTED})", re.IGNORECASE | re.MULTILINE)
_WHOLE_LINE = re.compile(
    rf"^[ \t]*[\w.-]{{0,64}}{_KEY}[\w.-]{{0,24}}[ \t]*[=:]>?[ \t]*+(?P<bare>(?![^\r\n]*[,;&] ?\w+=)\S[^\r\n]*)$",
    re.I | re.M,
)
_OPTION = re.compile(
    rf"(?<!\S)--?[\w-]{{0,32}}{_KEY}[\w-]*[ \t=]+(?:{_QUOTED}|(?P<bare>\S+))", re.IGNORECASE | re.MULTILINE
)
_ELEMENT = re.compile(
    rf"<(?P<tag>[\w:.-]{{0,64}}{_KEY}[\w.-]{{0,64}})(?: [^<>]{{0,200}})?>(?P<bare>[^<]+)(?:</(?P=tag)|(?<!<secret>)\Z)",
    re.IGNORECASE,
)
_LABELS = ("secret", "access-key", "private-key")
_SIGNATURE = re.compile(r"Signature=(?P<bare>[0-9a-f]{64})", re.IGNORECASE)


def pair_spans(text: str) -> Iterator[Span]:
    """All values of pairs and of options, elements and sentences that name the secret."""
    if lacks_all(text, _GATE_HINTS):
        return
    for pattern, match in _paired(text):
        for group in ("dq", "sq", "bq", "bare"):
            value = match.groupdict().get(group)
            if (
                value is None
                or is_harmless(value.split("\\n")[0])
                or says_something_about(text, match.start(), match.start(group))
                or _is_prompt(text, match, group)
                or (group == "bare" and is_sentence(text, match.start(group)))
                or (text.endswith(": ", 0, match.start(group)) and is_state(value))
            ):
                continue
            if pattern is _SPOKEN and match[0][:6].lower() == "secret" and not looks_made(value):
                continue  # the name of an object of Kubernetes
            yield Span(match.start(group), match.end(group), "secret")


def _paired(text: str) -> Iterator[tuple[re.Pattern[str], re.Match[str]]]:
    """A key is looked for once; the forms that begin with it are matched there."""
    lowered = lower(text)
    seen: set[int] = set()
    for key in from_words(_KEYS, text, lowered, _STEMS):
        at = key.start()
        end = text.find("\n", at) + 1 or len(text)
        for pattern in (_PAIR, _SPOKEN):
            if match := pattern.match(text, at, end):
                yield pattern, match
        start = text.rfind("\n", 0, at) + 1
        if start in seen:
            continue
        seen.add(start)
        if match := _WHOLE_LINE.match(text, start, end):
            yield _WHOLE_LINE, match
        if text.find("-", start, end) >= 0:
            yield from ((_OPTION, match) for match in _OPTION.finditer(text, start, end))
    if "signature=" in lowered:
        yield from ((_SIGNATURE, match) for match in _SIGNATURE.finditer(text))
    for match in _ELEMENT.finditer(text) if "<" in text else ():
        if match[0].endswith(match["tag"]) or _is_cut(match):
            yield _ELEMENT, match


def _is_cut(element: re.Match[str]) -> bool:
    """An element that lacks its end because the text was cut there; not what stands for a secret, nor `<apikey>`."""
    return element["tag"] not in _LABELS and not re.search(r"[\s\"\\]", element["bare"].strip())


def _is_prompt(text: str, pair: re.Match[str], group: str) -> bool:
    """`"Password:"` in quotes: the quote after the colon closes what the one before the word opened."""
    quote = {"dq": '"', "sq": "'"}.get(group)
    if quote is None:
        return False
    start = pair.start()
    while start and (text[start - 1].isalnum() or text[start - 1] in "._-"):
        start -= 1
    return text[start - 1 : start] == quote and text.count(quote, pair.start(), pair.start(group)) == 1
