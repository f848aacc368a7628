"""Values of keys whose name says "secret": in any syntax, on the same line or the next, quoted, nested or in a block.

A key is found by a word of `words`; where it ends, one of the forms below must follow. Every form begins where the key
ends and is matched there only, so that no text is looked through twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.windows import lower
from sestriage.redact.forms.words import (
    HINT,
    SAYS_SOMETHING_ABOUT,
    STRONG,
    is_harmless,
    is_sentence,
    key_windows,
    looks_made,
)
from sestriage.redact.spans import Span

_STRONG = frozenset(STRONG)
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_REST = re.compile(r"[A-Za-z0-9_.-]{0,40}")
MAX_LEAD = 64
"""Characters of a key before its word."""

_QUOTED = (
    r"(?P<q>\\{0,7}[\"'`])(?P<quoted>(?:(?!(?P=q))(?:\\.|[^\r\n\\]))*+)(?:(?P=q)|(?=[\r\n]|\Z))"
    r"|[“„«‘](?P<curly>[^\r\n“”«»’]{1,200})[”“»’]"
)
_BARE = (
    r"(?P<bare>\d{1,12}(?=,\\{0,7}\"[\w.-]{1,40}\\{0,7}\":)|(?:(?![,;&](?:\s|[\w.-]+[=:]|$)|</|\]\]>|\\n)[^\s\"'`)\]}>]"
    r"|(?![\"'`)\]}>]+(?:[\s,;:.)\]}]|$))[\"'`)\]}>]++)++)"
)
"""A number in JSON ends where the next member begins: `"responseCode":535,"command":"AUTH PLAIN"`."""
_WORD = r"(?![\w-]{1,20}[ \t]+<secret>)(?P<bare>[^\s\"'<>,;]{3,200})"
_ASCII_WORD = r"(?![\w-]{1,20}[ \t]+<secret>)(?P<bare>(?=[!-~]*[A-Za-z0-9])[!#-&(-+.-:=?-~]{3,200})"
"""A value without a blank before it, in a language that sets none between words."""
_MEMBERS = r"(?:\\{0,7}[\"'][\w.-]{1,30}\\{0,7}[\"']\s{0,9}:\s{0,9}(?:\\{0,7}\"[^\"\\\r\n]{0,80}\\{0,7}\"|[\w.-]{1,20})\s{0,9},\s{0,40}){0,3}?"  # noqa: E501
"""Other members of an object, which stand between its name and its value."""
_SEPARATOR = r"[ \t]*+(?:[:=]{1,2}>?|->|→|：|＝|\t)[ \t]*+"
_CLOSE = r"(?:\[\w{0,20}\])?+\\{0,7}[\"'`]?\]?\*{0,2}[ \t]*+(?:\([^()\r\n]{0,30}\)[ \t]*+)?"


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_ASSIGNED = _form(
    rf"{_CLOSE}{_SEPARATOR}(?:!!?\w{{1,20}}[ \t]+)?(?:[bru]?(?:{_QUOTED})|(?![|>][+-]?\d?[ \t]*[\r\n]){_BARE})"
)
_DECLARED = _form(rf"[\"']?[ \t]*:[ \t]*&?(?:'\w+ )?[\w<>\[\].]{{1,30}}\??[ \t]*=[ \t]*(?:{_QUOTED})")
"""`let secret: &str = "…"`."""
_FORMS: tuple[re.Pattern[str], ...] = (
    # name="password" value="…"
    _form(
        r"\\{0,3}[\"'](?:[ \t]+[\w:.-]{1,30}=\\{0,3}[\"'][^\"'<>\r\n]{0,80}[\"']){0,4}?\s{1,20}"
        rf"(?:value|content|val|data)[ \t]*=[ \t]*(?:{_QUOTED})"
    ),
    # <entry key="password">…</entry>, <password><value>…, <name>password</name><value>…
    _form(
        r"(?:\\{0,3}[\"'](?:[ \t]+[\w:.-]{1,30}=[\"'][^\"'<>\r\n]{0,80}[\"']){0,4}|[ \t][^<>\r\n]{1,100})?[ \t]{0,9}(?<!-)>"  # noqa: E501
        r"\s{0,80}(?:<(?:\w{1,20}:)?(?:value|string|val|text|data|v)\b[^<>]{0,60}>\s{0,80})?(?:<!\[CDATA\[)?"
        r"(?P<bare>[^<\]\s](?:[^<\]]|\](?!\]>)){0,400}+)(?=</|\]\]>)"
    ),
    _form(
        r"(?:\]\]>)?\s{0,9}</[\w:.-]{1,40}>\s{0,80}<[\w:.-]{1,40}(?:[ \t][^<>\r\n]{0,80})?>\s{0,40}(?:<!\[CDATA\[)?"
        r"(?P<bare>[^<\]\s](?:[^<\]]|\](?!\]>)){0,400}+)(?=</|\]\]>)"
    ),
    # {"name": "PASSWORD", "value": "…"}, with other members between
    _form(
        rf"\\{{0,7}}[\"']\s{{0,40}}[,;]\s{{0,40}}{_MEMBERS}\\{{0,7}}[\"']?"
        r"(?:\w{0,20}(?:value|content)|default|val|data|v|text|old|new|before|after)\\{0,7}[\"']?\s{0,9}[:=]\s{0,40}"
        rf"(?:{_QUOTED})"
    ),
    # "password": {"type": "string", "value": "…"}
    _form(
        rf"\\{{0,7}}[\"']?\s{{0,9}}[:=]\s{{0,9}}\{{\s{{0,40}}{_MEMBERS}\\{{0,7}}[\"']?(?:value|default)\\{{0,7}}[\"']?\s{{0,9}}[:=]\s{{0,9}}"
        rf"(?:{_QUOTED})"
    ),
    # variable "password" { default = "…" }
    _form(
        r"\\{0,7}[\"'][ \t]{0,9}\{\s{0,80}(?:(?:type|description|sensitive)[ \t]{0,20}=[^\r\n{}]{0,120}\r?\n\s{0,80}){0,3}"  # noqa: E501
        rf"default[ \t]{{0,20}}=[ \t]{{0,20}}(?:{_QUOTED})"
    ),
    # s:8:"password";s:12:"…"
    _form(rf"[\"'];s:\d{{1,5}}:(?:{_QUOTED})"),
    # DefaultPassword    REG_SZ    …, /v Password /t REG_SZ /d …
    _form(rf"[ \t]+(?:/t[ \t]+)?REG_[A-Z_]{{2,12}}[ \t]+(?:/d[ \t]+)?(?:{_QUOTED}|{_WORD})"),
    # name: PASSWORD, and value: … on the next line
    _form(r"[\"']?[ \t]*\r?\n[ \t-]{0,40}(?:value|val|data|content)[\"']?[ \t]*[:=][ \t]*" + rf"(?:{_QUOTED}|{_BARE})"),
    # the password of user x = …, the password for x is …
    _form(
        r"(?:[ \t]+(?:is|was|has been)[ \t]+(?:generated|set|created))?[ \t]+(?:of|for|von|für|fuer|de|del|di|do|da|du|des|della|dello|dos|pour|para|per|van|voor|för|dla|для)[ \t]+(?:[\w'’]{1,12}[ \t]+){0,2}[\"']?[\w.@~/\\-]{1,80}[\"']?"  # noqa: E501
        rf"(?:[ \t]*[:=][ \t]*|[ \t]+(?:is|was|ist|war|lautet|est|es|è|é)(?:[ \t]*+:)?[ \t]++)(?:{_QUOTED}|{_BARE})"
    ),
    # の値は「…」, is "…"
    _form(
        r"(?:の値)?[ \t]*+(?:は|が|是|为|為|은|는|이|가)[ \t]*+[:：]?[ \t]*+"
        rf"(?:[「『](?P<curly2>[^」』\r\n]{{1,200}})[」』]|{_QUOTED}|{_ASCII_WORD})"
    ),
)
_OPTION = _form(rf"[ \t]+(?:{_QUOTED}|(?P<bare>[^\s\"'`-]\S*+))")
_CALLED = _form(rf"[\"'][ \t]*,\s{{0,20}}(?:[bru]?(?:{_QUOTED}))")
_SETTER = _form(rf"\([ \t]*(?:{_QUOTED})")
_SPOKEN = _form(
    r"[ \t]+(?:(?:is|was|ist|war|lautet|est|es|è|é|set[ \t]+to|changed[ \t]+to|now|to|from|von|[:=])(?:[ \t]*+:)?[ \t]+){0,2}"  # noqa: E501
    rf"(?:{_QUOTED}|{_WORD})"
)
_TYPED = _form(
    r"[ \t]+(?:[0-9]|encrypted|hash|sha(?:256|512)?|md5|aes|des|scrypt|pbkdf2|auth-?md5)[ \t]+(?P<bare>[^\s\"'<>]{3,200})"  # noqa: E501
)
_STATED = _form(rf"[ \t]+(?:is|ist|lautet|est|es|è|é)(?:[ \t]*+:)?[ \t]+(?:{_QUOTED}|{_WORD})")
_APART = _form(
    r"(?:[ \t]{1,9}[\w.-]{1,20}(?<!\d)[ \t]{0,9}[:=]|[ \t]{1,9}\[[^\[\]\r\n]{1,30}\][ \t]{0,9}[:=]|[ \t]{0,9}\.{3,80}[ \t]{0,9}:?|[ \t]{0,40}\|)"  # noqa: E501
    rf"[ \t]{{0,40}}(?:{_QUOTED}|{_WORD})"
)
"""`Password SMTP = …`, `password [hidden]: …`, `Password ....... …`, `| password | … |`."""
_CHANGED = _form(rf"\\{{0,7}}[\"'][ \t]*(?:->|=>|→|to|zu|auf|in|a|en|à)[ \t]*(?:{_QUOTED})")
_CHANGED_MEMBER = _form(
    rf"\\{{0,7}}[\"']\s{{0,9}},\s{{0,9}}\\{{0,7}}[\"'](?:new|after)(?:_?value)?\\{{0,7}}[\"']\s{{0,9}}:\s{{0,9}}(?:{_QUOTED})"
)
"""What it is now, behind what it was."""
_NEXT_LINE = _form(
    rf"{_CLOSE}[ \t]*+(?:[:=][ \t]*+(?P<block>[|>][+-]?\d?)?)?[ \t]*+\r?\n(?P<indent>[ \t>]*+)(?P<bare>[^\s<][^\r\n]*)"
)
_BLOCK_LINE = re.compile(r"(?:[ \t]*\r?\n)*(?P<indent>[ \t]*+)(?P<bare>[^\s][^\r\n]*)\r?\n?")
_GROUPS = ("quoted", "curly", "curly2", "bare")
MAX_BLOCK_LINES = 400
_ONE_VALUE = re.compile(r"[^\s:=<>\[\]{}]{4,200}|[^\s<>]{0,200}[=]{1,2}")
_TIME = re.compile(r"\d{4}-\d\d|\d\d:\d\d|[A-Z][a-z]{2} +\d")
_PHRASE = re.compile(r"[^\W\d_]+(?:[ ,]+[^\W\d_]+){5,}")


_OBJECT = re.compile(r"\{(?:\\*[\"']|\Z)")
_LABEL = re.compile(r"(?:secret|access-key|private-key)>")
_CLOSED = re.compile(r"(?P<bare>[^<\s][^<]{0,400}+)</secret")
"""What stands for a secret that was taken out has the form of an element."""


def keyed_spans(text: str) -> Iterator[Span]:
    """The values of all keys that say "secret"."""
    lowered = lower(text)
    at = 0
    for match in (m for start, end in key_windows(text, lowered) for m in HINT.finditer(lowered, start, end)):
        if match.start() < at:
            continue
        key = _key(text, lowered, match)
        if key is None:
            continue
        start, end, strong = key
        for span in _values(text, start, end, strong):
            at = span.end
            yield span
            if changed := _CHANGED.match(text, at) or _CHANGED_MEMBER.match(text, at):
                at = changed.end()
                yield from _taken(changed, strong, "")


def _key(text: str, lowered: str, word: re.Match[str]) -> tuple[int, int, bool] | None:
    """Start and end of the key that the word stands in, and whether the word alone says all; None for no such key."""
    start, end = word.span()
    strong = word[0] in _STRONG
    if (not strong and not _is_whole(text, start, end)) or lowered.endswith("existing", 0, start):
        return None
    rest = _REST.match(text, end)
    stop = rest.end() if rest else end
    if text[max(0, start - 8) : start].lower().endswith(("dkim-", "message-", "seal-")):
        return None  # signatures of a mail, which are public
    if text[stop - 1] in ".-" and stop > end:
        stop -= 1
    if any(SAYS_SOMETHING_ABOUT.fullmatch(part.lower()) for part in _PART.findall(text, end, stop)):
        return None
    if strong and stop > end and text[end].islower() and not _is_ending(lowered[end:stop]):
        return None
    if text[start:end] == "PWD" and text.startswith("=/", stop):
        return None  # the shell's working folder
    floor = max(0, start - MAX_LEAD)
    while start > floor and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
        start -= 1
    return start, stop, strong


def _is_ending(rest: str) -> bool:
    """`passwords`, `passworddb`: what may be glued to a word without a sign of a new one."""
    return rest[:1] in "s0123456789" or rest.isalnum()


def _is_whole(text: str, start: int, end: int) -> bool:
    """A short word counts where it is a part of the key for itself: `smtpPass`, `smtp_pass`, not `passed`."""
    before, after = text[start - 1 : start], text[end : end + 1]
    opens = not before.isalpha() or (before.islower() and text[start].isupper()) or text[start - 2 : start] == "-D"
    closes = not after.isalpha() or (after.isupper() and text[end - 1].islower())
    return opens and closes


def _values(text: str, start: int, end: int, strong: bool) -> Iterator[Span]:
    before = text[max(0, start - 3) : start]
    if before[-1:] == "<" and (label := _LABEL.match(text, start)):
        closed = _CLOSED.match(text, label.end())
        if closed is not None:
            yield from _taken(closed, strong, before)
        return
    match = _DECLARED.match(text, end) or _ASSIGNED.match(text, end)
    if match is not None and not _OBJECT.match(match.groupdict().get("bare") or ""):
        if match["q"] is None or not (_is_prompt(text, start, match.start("q")) or _is_frame(text, start, match)):
            yield from _taken(match, strong or text[end - 2 : end].lower() == "pw", before)
        return
    for form in _FORMS if before[-2:] != "</" else ():
        match = form.match(text, end)
        if match is not None:
            yield from _taken(match, strong, before)
            return
    if (before[-1:] in ('"', "'") and before[-2:-1] == "(" and (match := _CALLED.match(text, end))) or (
        strong and (match := _SETTER.match(text, end))
    ):
        yield from _taken(match, strong, before)
    elif text[start : start + 1] == "-" and (match := _OPTION.match(text, end) or _CALLED.match(text, end)):
        yield from _taken(match, strong or text[start : start + 2] == "--", before)
    elif match := _TYPED.match(text, end):
        yield from _taken(match, False, before)
    else:
        yield from _spoken(text, start, end, strong)


def _spoken(text: str, start: int, end: int, strong: bool) -> Iterator[Span]:
    """Values in sentences, in columns, and on the next line."""
    before = text[max(0, start - 3) : start]
    if not strong:
        if match := _STATED.match(text, end):
            yield from _taken(match, False, before)
    elif (match := _APART.match(text, end)) and any(True for _ in _taken(match, False, before)):
        yield from _taken(match, False, before)
    elif match := _SPOKEN.match(text, end):
        if match["quoted"] is not None and not _closes(text, start, match.start("q")):
            name = text[start:end].lower() in ("secret", "secrets")  # an object of Kubernetes has one
            yield from _taken(match, not name, before)
        elif match["quoted"] is None and "=" not in match[0]:
            yield from _taken(match, False, before)
    elif match := _NEXT_LINE.match(text, end):
        yield from _on_next_lines(text, start, match)


def _closes(text: str, start: int, quote: int) -> bool:
    """The quote behind the key closes what one before the key opened: `"Username and password "`."""
    line = text.rfind("\n", 0, start) + 1
    return text.count(text[quote], max(line, start - 400), quote) % 2 == 1


def _is_prompt(text: str, start: int, quote: int) -> bool:
    """`"Password:"` in quotes: the quote after the colon closes what the one before the word opened."""
    return text[start - 1 : start] == text[quote] and text.count(text[quote], start, quote) == 0


def _is_frame(text: str, start: int, match: re.Match[str]) -> bool:
    """What looks like an opening quote closes the value of a record, in which the key stands without a value."""
    ended = text.startswith(match["q"], match.end("quoted"))
    return not ended and _closes(text, start, match.end("q") - 1)


def _taken(match: re.Match[str], strong: bool, before: str) -> Iterator[Span]:
    found = match.groupdict()
    for group in _GROUPS:
        value = found.get(group)
        if value is None:
            continue
        value = value.split("\\n")[0].split("\\r")[0]
        if (
            value.isdigit()
            and len(value) <= 8
            and before[-1:] != "."
            and match.string[max(0, match.start() - 3) : match.start()].lower() in ("pin", "otp")
        ):
            yield Span(match.start(group), match.end(group), "secret")
            return
        if group == "bare" and is_sentence(match.string, match.start(group)):
            return
        if is_harmless(value) or _PHRASE.match(value) or not (strong or looks_made(value)):
            return
        if group == "bare" and value[:1] in "({[" and not looks_made(value[1:]):
            return
        yield Span(match.start(group), match.end(group), "secret")
        return


def _on_next_lines(text: str, start: int, first: re.Match[str]) -> Iterator[Span]:
    """A value below its key: one word, or the lines of a block that is indented more than the key."""
    if first["block"] is None:
        value = first["bare"].strip("\"' \t,")
        asked = (
            ":" in first[0][: first.start("bare") - first.start()]
            or "=" in first[0][: first.start("bare") - first.start()]
        )
        sure = "pass" in text[start : first.start()].lower() or looks_made(value)
        if asked and sure and _ONE_VALUE.fullmatch(value) and not _TIME.match(value) and not is_harmless(value):
            yield Span(first.start("bare"), first.end("bare"), "secret")
        return
    line = text.rfind("\n", 0, start) + 1
    own = len(text[line:start]) - len(text[line:start].lstrip(" \t-"))
    if len(first["indent"]) <= own and own:
        return
    yield Span(first.start("bare"), first.end("bare"), "secret")
    at = first.end()
    for _ in range(MAX_BLOCK_LINES):
        following = _BLOCK_LINE.match(text, at + 1 if text[at : at + 1] == "\n" else at)
        if following is None or len(following["indent"]) < len(first["indent"]) or not first["indent"]:
            return
        yield Span(following.start("bare"), following.end("bare"), "secret")
        at = following.end()
