"""A text without the words that somebody else chose: names in quotes, and what a reply quotes of the mail.

An alarm may be called "Connection refused", a recipient dmarc@, an attachment virus.zip; a text that names them does
not say so. What is taken out leaves `_` behind for each of its characters, so that places stay where they are.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NAMED = (
    r"(?<!trans)(?<!inter)action|aktion|alarm|rule|regel|policy|richtlinie|subject|betreff|group|gruppe|category|kategorie"
    r"|template|vorlage|queue|title|titel"
    r"|(?<!fatal )(?<!TLS )(?<!SSL )(?<!tlsv1 )(?<!read )(?<!write )(?<!received )alert"
)
"""Things with a name that a user chose. An alert may be one, TLS's alerts are none."""
_TOLD = r"event|ereignis|report|bericht|task|aufgabe|job|notification|benachrichtigung|incident|e-?mail|mail"
"""Likewise; but `event="…"` may hold all that a program says."""
_ATTRIBUTE = r"(?:[ _-]?(?:name|id|title|type))"
_QUOTED = re.compile(
    rf"(?:(?:{_NAMED}){_ATTRIBUTE}?(?:\\?[\"']?\s?[:=]\s?|\s?)|(?:{_TOLD})(?:{_ATTRIBUTE}\\?[\"']?\s?[:=]\s?|\s))(?:"
    r"\\?\"(?P<double>[^\"\\\n]{1,200})\\?\""
    r"|'(?P<single>(?:[^'\n]|(?<=\w)'(?=\w)){1,200}+)'(?!\w)"
    r"|`(?P<tick>[^`'\n]{1,200})['`])",
    re.IGNORECASE,
)
"""`alarm 'Connection refused'`, `"subject": "…"`."""
_KEYED = re.compile(
    r"(?:\b(?:subject|betreff|title|titel)|\[(?:name|id))\s?=\s?(?!/?(?:CN|C|O|OU|L|ST|DC|emailAddress)\s?=)"
    r"(?P<value>(?:(?!\s[\w.-]{1,30}=)[^,;:\]\n|\"']){1,200})",
    re.IGNORECASE,
)
"""`subject=High traffic, host=…`; the subject of a certificate is another thing."""
_ADDRESS = re.compile(r"(?<![\w.+%=-])[\w.+%=-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_LINK = re.compile(r"(?<=://)(?P<host>[^\s/]{1,255})(?P<path>/[^\s>\"'?]{0,2000}(?:\?(?!p=)[^\s>\"']{0,2000})?)")
"""Google names its reason in a link of its own: `…/mail/?p=BadCredentials`."""
_FILE = re.compile(
    r"(?<![\w.-])[\w.-]{1,100}\.(?:zip|rar|7z|gz|tgz|iso|exe|js|vbs|scr|bat|docx?m?|xls[xmb]?|pptx?|pdf|rtf|csv|txt|xml|json"
    r"|eml|msg|html?|png|jpe?g|gif|ics)\b(?![.@\w-])",
    re.IGNORECASE,
)
_OWN_HEADER = re.compile(r"\bX-[A-Za-z][\w-]{0,60}")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?![\d.])[ \t]{0,9}")
"""The enhanced status code that each line of a reply repeats (RFC 2034)."""
_LETTER = re.compile(r"[^@.<>]")


def _blank(match: re.Match[str]) -> str:
    return _LETTER.sub("_", match[0])


def _blank_group(match: re.Match[str]) -> str:
    name = match.lastgroup or 0
    at, end = match.start(name) - match.start(), match.end(name) - match.start()
    return match[0][:at] + "_" * (end - at) + match[0][end:]


def without_names(text: str) -> str:
    """The text with names in quotes blanked, as long as before: of actions, alarms, rules, subjects, and the like."""
    if "'" in text or '"' in text or "`" in text:
        text = _QUOTED.sub(_blank_group, text)
    return _KEYED.sub(_blank_group, text) if "=" in text else text


def own_words(reply: str) -> str:
    """What a server says of its own: without names, and without what a reply quotes of the mail or points to:
    addresses, files, links but for their host, headers of others (`X-…`). As long as before."""
    text = without_names(reply)
    if "://" in text:
        text = _LINK.sub(lambda match: match["host"] + "_" * len(match["path"]), text)
    if "@" in text:
        text = _ADDRESS.sub(_blank, text)
    if "." in text:
        text = _FILE.sub(_blank, text)
    return _OWN_HEADER.sub(_blank, text) if "X-" in text else text


@lru_cache(maxsize=1 << 8)
def said_in(reply: str) -> str:
    """A server's own words in a reply, in one line. Remembered: hundreds of conditions ask for those of one reply."""
    return own_words(in_one_line(reply))


def in_one_line(reply: str) -> str:
    """A reply of several lines as one: a sentence means the same wherever a server ends its lines."""
    if "\n" not in reply:
        return reply
    first, *more = (line.strip(" \t") for line in reply.split("\n"))
    return " ".join((first, *(line[match.end() :] if (match := _STATUS.match(line)) else line for line in more)))
