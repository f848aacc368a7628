"""Answers to a mail server's login prompts, in every form in which programs log a conversation.

A server asks with the base64 of "Username:" and "Password:" (or a variant); whatever base64 ends one of the next lines
is the answer. The forms that name the command itself (`AUTH PLAIN …`) are in `secrets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.windows import from_words
from sestriage.redact.spans import Span

_PROMPT = re.compile(
    r"VXNlcm5hbWU6?|UGFzc3dvcmQ6?|dXNlcm5hbWU6?|cGFzc3dvcmQ6?|VXNlciBOYW1lAA==|UGFzc3dvcmQA|VXNlciBuYW1l|VXNlcjo="
)
_PROMPT_HINTS = ("VXNlc", "UGFzc3dvcmQ", "dXNlcm5hbWU", "cGFzc3dvcmQ")
_SAME_LINE = re.compile(
    r"[ \t]{1,4}>>[ \t]{1,4}(?P<value>[A-Za-z0-9+/]{2,400}={0,2})(?=[ \t]{1,4}(?:<<|!!|\+\+)|[ \t]*(?:[\r\n]|\Z))"
)
"""The answer in a dialogue that was printed in one line: `<< 334 VXNlcm5hbWU6 >> dXNlcg== << 334 …`."""
_LINE = re.compile(r"[^\r\n]*")
_ANSWER = re.compile(
    r"(?:^|[\s\"'>:\[({=|])(?P<value>[A-Za-z0-9+/]{2,400}={0,2})(?:\\+[rn]|<(?:CR|LF|CRLF|EOL)>|\[?\\?(?:CRLF)\]?|[\"'\]})>,;. \t])*\Z"  # noqa: E501
)
_REPLY = re.compile(r"(?:^|[\s:<>\]\"'(\[-])[2-5]\d\d(?:[ \"'-]|$|\))")
_ARGUMENTS = re.compile(
    r"\bAUTH[\"']?[ \t]*[,:=|][ \t]*[\"'\[]*(?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|NTLM)[\"']?[ \t]*+(?:[,:=|][ \t]*+)?[\"'\[]*"  # noqa: E501
    r"(?P<value>[A-Za-z0-9+/_-]{8,2000}={0,2})(?![\w])",
    re.IGNORECASE,
)
_INITIAL = re.compile(
    r"\b(?:initial[ _-]?response|sasl[ _-]?(?:response|payload|data)|auth[ _-]?(?:response|payload|data|string|blob)|xoauth2?)"  # noqa: E501
    r"[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[A-Za-z0-9+/_-]{8,2000}={0,2})(?![\w])",
    re.IGNORECASE,
)
_INITIAL_WORDS = ("initial", "sasl", "auth", "xoauth")
MAX_LINES = 6
"""Lines below a prompt among which the answer is looked for."""
MAX_WIDTH = 600


def dialogue_spans(text: str, lowered: str) -> Iterator[Span]:
    """The answers to login prompts, and payloads that are logged as an argument."""
    if any(hint in text for hint in _PROMPT_HINTS):
        for prompt in _PROMPT.finditer(text):
            yield from _answer(text, prompt)
    for pattern, words in ((_ARGUMENTS, ("auth",)), (_INITIAL, _INITIAL_WORDS)):
        for match in from_words(pattern, text, lowered, words):
            if any(c in "0123456789+/=" for c in match["value"]):
                yield Span(match.start("value"), match.end("value"), "secret")


def _answer(text: str, prompt: re.Match[str]) -> Iterator[Span]:
    """The first line below the prompt that ends in base64 and is nothing of the server's."""
    line = text.rfind("\n", 0, prompt.start()) + 1
    if "334" not in text[max(line, prompt.start() - 200) : prompt.start()]:
        return
    if beside := _SAME_LINE.match(text, prompt.end()):
        yield Span(beside.start("value"), beside.end("value"), "secret")
        return
    at = text.find("\n", prompt.end()) + 1
    for _ in range(MAX_LINES):
        match = _LINE.match(text, at)
        if not at or match is None:
            return
        words = match[0][-MAX_WIDTH:]
        if "<secret>" in words:
            return
        found = _ANSWER.search(words)
        if (
            found
            and not _PROMPT.fullmatch(found["value"])
            and not found["value"].isdigit()
            and not _REPLY.search(words)
        ):
            offset = match.end() - len(words)
            yield Span(offset + found.start("value"), offset + found.end("value"), "secret")
            return
        if _REPLY.search(words) and "334" not in words:
            return
        at = text.find("\n", match.end()) + 1
