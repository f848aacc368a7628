"""Secrets of Kubernetes: all below `data` and `stringData` of an object of the kind `Secret`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.words import is_harmless
from sestriage.redact.spans import Span

_KIND = re.compile(r"kind[\"']?[ \t]*:[ \t]*[\"']?secret(?![\w-])")
_DATA = re.compile(r"[\"']?\b(?:stringdata|data)[\"']?[ \t]*:")
_LINE = re.compile(
    r"(?P<indent>[ \t]*)[\"']?[\w.-]{1,100}[\"']?[ \t]*:[ \t]+(?:[|>][+-]?[ \t]*\r?$|(?P<bare>\S[^\r\n]*))", re.M
)
_MORE = re.compile(r"(?P<indent>[ \t]+)(?P<bare>\S[^\r\n]*)")
_MEMBER = re.compile(r"\s{0,80}\"[\w.-]{1,100}\"\s{0,9}:\s{0,9}\"(?P<dq>[^\"\r\n]*)\"\s{0,80},?")
_OBJECT = re.compile(r"\s{0,9}\{")
MAX_CHARS = 20_000
"""Characters before and behind the kind in which the object's data are looked for."""
MAX_LINES = 400


def kubernetes_spans(text: str, lowered: str) -> Iterator[Span]:
    """The values of all secrets of Kubernetes, in YAML and in JSON."""
    if "secret" not in lowered or "kind" not in lowered or "data" not in lowered:
        return
    done = 0
    for kind in _KIND.finditer(lowered):
        if kind.start() < done:
            continue
        start = max(done, kind.start() - MAX_CHARS, lowered.rfind("\n---", done, kind.start()))
        following = _KIND.search(lowered, kind.end())
        end = min(len(text), kind.end() + MAX_CHARS, following.start() if following else len(text))
        divided = lowered.find("\n---", kind.end(), end)
        done = divided if divided >= 0 else end
        for data in _DATA.finditer(lowered, start, done):
            yield from _values(text, data.end())


def _values(text: str, at: int) -> Iterator[Span]:
    if opened := _OBJECT.match(text, at):
        at = opened.end()
        while member := _MEMBER.match(text, at):
            yield from _taken(member, "dq")
            at = member.end()
        return
    at = text.find("\n", at) + 1
    indent = None
    for _ in range(MAX_LINES):
        line = (_LINE.match(text, at) or (indent is not None and _MORE.match(text, at)) or None) if at else None
        if line is None or not line["indent"] or (indent is not None and len(line["indent"]) < indent):
            return
        indent = len(line["indent"]) if indent is None else indent
        if line["bare"]:
            yield from _taken(line, "bare")
        at = text.find("\n", line.end()) + 1


def _taken(match: re.Match[str], group: str) -> Iterator[Span]:
    if not is_harmless(match[group]):
        yield Span(match.start(group), match.end(group), "secret")
