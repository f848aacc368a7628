"""Exception chains: the lines of an event to its message and its throwables.

Forms: `Throwable.printStackTrace`, logback's converters (`%ex`, `%rEx` with the root cause first, short forms,
packaging data), JavaMail's `nested exception is:` and Spring's `Failed messages:` texts, and a chain that stands in
one line of the message only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from sys import intern

from sestriage.formats.log.limits import (
    MAX_EVENT_CHARS,
    MAX_EVENT_LINES,
    MAX_FRAMES,
    MAX_MESSAGE_CHARS,
    MAX_THROWABLES,
)
from sestriage.formats.log.wording.classnames import HEAD, INLINE, may_name_class, simple_name
from sestriage.formats.log.wording.other_languages import with_english
from sestriage.formats.log.wording.text import normalise, with_both_ends
from sestriage.model.log import Throwable
from sestriage.model.vocabulary import ThrowableRelation

_PASTED = (
    r"(?=at [^\s()]{3,300}\((?:[\w$]{1,100}\.(?:java|kt|scala|groovy)(?::\d{1,6})?|Native Method|Unknown Source)\))"
)
"""A frame that lost its indentation on the way through a web page."""
FRAME = re.compile(rf"(?:\s{{1,200}}|{_PASTED})at\s+(?P<where>[^\s()]{{3,300}})\(")
BARE_FRAME = re.compile(
    r"(?:[a-z][\w$]{0,60}\.){1,12}[A-Z][\w$]{0,100}\.[\w$<>]{1,100}\([\w$]{1,100}\.java(?::\d{1,6})?\)\s*$"
)
"""A frame without `at`, as some print the elements of a stack trace (`StackTraceElement.toString`)."""
FRAME_WHOLE = re.compile(r"\s{1,200}at\s+[^\s()]{3,300}\([^()]*\)(?:\s.*)?$")
MORE = re.compile(r"\s{0,200}\.\.\.\s+(?:\d+\s+(?:more|common frames omitted|lines|frames)|suppressed \d+ lines)")
LINK = re.compile(
    r"(?P<indent>[\t |\\+-]{0,200})(?P<word>Caused by|Suppressed|Wrapped by|Verursacht durch|Verursacht von"
    r"|Causado por|Causé par|Causata da)"
    r":\s+(?P<rest>.*)$",
    re.DOTALL,
)
NESTED = re.compile(r"[\s;]{0,200}nested exceptions? (?:is|are)\s*:?\s*(?P<rest>.*)$", re.DOTALL)
SPRING_LIST = re.compile(r"[\s;]{0,200}message exception(?:s| details) \(\d+\) are:\s*$")
SPRING_ITEM = re.compile(r"\s{0,200}Failed message \d+:\s*(?P<rest>.*)$", re.DOTALL)
_INLINE_LINK = re.compile(
    r"[;,.]?\s{0,9}(?:nested exceptions? (?:is|are)\s{0,9}:?|(?:[Cc]aused by|[Ww]rapped by|Verursacht durch)\s{0,9}:)$"
)
_NOISE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + ";"
"""What is left at the ends of a message when its links are taken off."""


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A line of an event, unwrapped and normalised, with its place in the file."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class ExceptionChain:
    """What the lines of an event hold.

    `message` is the text before the first throwable; `throwables` are in the order of the text; `causes` are the
    indices of the throwables outermost first, suppressed left out; `failed_list` tells that Spring's list of failed
    messages is among them.
    """

    message: str
    throwables: tuple[Throwable, ...]
    causes: tuple[int, ...]

    @property
    def ordered(self) -> tuple[Throwable, ...]:
        """The throwables outermost first, suppressed ones left out."""
        return tuple(self.throwables[index] for index in self.causes)


@dataclass(slots=True)
class _Open:
    name: str
    relation: ThrowableRelation
    line: int
    parts: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    size: int = 0

    def say(self, text: str) -> None:
        if self.size < MAX_MESSAGE_CHARS:
            self.parts.append(text[: MAX_MESSAGE_CHARS - self.size])
            self.size += len(text)


def is_trace_line(text: str) -> bool:
    """A line that can only continue a stack trace."""
    return bool(FRAME.match(text) or MORE.match(text) or LINK.match(text))


def continues_exception(text: str) -> bool:
    """A line that continues an exception's text even where nothing tells events apart: blank, `;`, indented, …"""
    return (
        not text
        or text[0] in "\t ;"
        or is_trace_line(text)
        or NESTED.match(text) is not None
        or SPRING_ITEM.match(text) is not None
        or text.startswith("] {")  # Node prints what an error holds behind the message in brackets
    )


def parse_chain(lines: Sequence[BodyLine]) -> ExceptionChain:
    """Message and throwables of the lines of one event (header removed from the first)."""
    walker = _Walker()
    for line in lines:
        walker.take(line)
    return walker.finish()


class _Walker:
    """Reads the lines of an event one after the other; `self.current` is the throwable that text belongs to."""

    def __init__(self) -> None:
        self.message: list[str] = []
        self.message_size = 0
        self.found: list[_Open] = []
        self.current: _Open | None = None
        self.in_frames = False
        self.pending: ThrowableRelation | None = None
        self.suppressed_at: int | None = None
        self.wrapped_groups: list[int] = []

    def take(self, line: BodyLine) -> None:
        text = line.text
        if match := FRAME.match(text):
            self._frame(match["where"])
        elif MORE.match(text):
            self.in_frames = True
        elif (match := LINK.match(text)) and HEAD.match(match["rest"]):
            self._link(match, line.number)
        elif match := NESTED.match(text):
            self._expect("nested", match["rest"], line.number)
        elif SPRING_LIST.match(text):
            self.pending = "nested"
        elif match := SPRING_ITEM.match(text):
            self._expect("nested", match["rest"], line.number)
        elif match := HEAD.match(text):
            self._head(match, text, line.number)
        else:
            self._text(line)

    def _frame(self, where: str) -> None:
        self.in_frames = True
        if self.current is not None and len(self.current.frames) < MAX_FRAMES:
            # the same methods again and again, of thousands of events that are kept
            self.current.frames.append(intern(where.rsplit("/", 1)[-1]))

    def _link(self, match: re.Match[str], number: int) -> None:
        word = match["word"]
        indent = len(match["indent"].expandtabs(8))
        if word == "Suppressed":
            if self.suppressed_at is None or indent < self.suppressed_at:
                self.suppressed_at = indent
        elif self.suppressed_at is not None and indent < self.suppressed_at:
            self.suppressed_at = None
        relation: ThrowableRelation
        if self.suppressed_at is not None:
            relation = "suppressed"
        else:
            relation = "wrapped-by" if word == "Wrapped by" else "caused-by"
        self._open(relation, match["rest"], number)

    def _expect(self, relation: ThrowableRelation, rest: str, number: int) -> None:
        """A marker after which a throwable follows, on this line or the next."""
        if HEAD.match(rest):
            self._open(self._inside(relation), rest, number)
        else:
            self.pending = relation
            if rest.strip() and self.current is not None:
                self.current.say("\n" + rest)

    def _head(self, match: re.Match[str], text: str, number: int) -> None:
        relation: ThrowableRelation
        if self.pending is not None:
            relation = self._inside(self.pending)
        elif self.current is None or not text[:1].isspace() or self.in_frames:
            relation = "outer"
            if not text[:1].isspace():
                self.suppressed_at = None
        else:
            relation = self._inside("nested")
        self._open(relation, text[match.start("class") :], number)

    def _inside(self, relation: ThrowableRelation) -> ThrowableRelation:
        """A nested throwable of a suppressed one is suppressed too."""
        return "suppressed" if self.current is not None and self.current.relation == "suppressed" else relation

    def _open(self, relation: ThrowableRelation, text: str, number: int) -> None:
        self.pending = None
        self.in_frames = False
        match = HEAD.match(text)
        if match is None or len(self.found) >= MAX_THROWABLES:
            return
        self.current = _Open(match["class"], relation, number)
        self.found.append(self.current)
        self.current.say(text[match.end() :].strip(" \t"))

    def _text(self, line: BodyLine) -> None:
        if self.current is None:
            self._message(line)
        elif not self.in_frames:
            self.current.say("\n" + line.text)
        # Text between frames and the next link belongs to nothing (interleaved output).

    def _message(self, line: BodyLine) -> None:
        """A line of the logged message; a class name in it begins a chain inside the message."""
        text = line.text
        match = None
        if may_name_class(text):
            match = next((m for m in INLINE.finditer(text) if m["colon"] or _bare_name_counts(m, text)), None)
        if match is not None:
            self._say_message(text[: match.start("class")].rstrip(" :;,-"))
            self._open("outer", text[match.start("class") :] if match["colon"] else match["class"], line.number)
            if not match["colon"] and self.current is not None:
                self.current.say(text[match.end("class") :].strip(" \t"))
            return
        self._say_message(text)

    def _say_message(self, text: str) -> None:
        if self.message_size < MAX_MESSAGE_CHARS:
            self.message.append(text[: MAX_MESSAGE_CHARS - self.message_size])
            self.message_size += len(text) + 1

    def finish(self) -> ExceptionChain:
        throwables: list[Throwable] = []
        groups: list[list[int]] = []
        for opened in self.found:
            new = _expand(opened)
            if opened.relation == "outer" or not groups:
                groups.append([])
            for throwable in new:
                if len(throwables) >= MAX_THROWABLES:
                    break
                if throwable.relation != "suppressed":
                    groups[-1].append(len(throwables))
                throwables.append(throwable)
        causes = [index for group in groups for index in _outermost_first(group, throwables)]
        return ExceptionChain("\n".join(self.message).strip(), tuple(throwables), tuple(causes))


def _bare_name_counts(match: re.Match[str], text: str) -> bool:
    """A class name without a colon: it counts when it is qualified, or when it stands alone or first in the text."""
    return "." in match["class"] or match.start("class") <= 1 or text.strip().endswith(match["class"])


def _outermost_first(group: list[int], throwables: Sequence[Throwable]) -> list[int]:
    """The order of causes of one printed trace; `Wrapped by:` prints the innermost first."""
    if not any(throwables[index].relation == "wrapped-by" for index in group):
        return group
    blocks: list[list[int]] = []
    for index in group:
        if throwables[index].relation == "wrapped-by" or not blocks:
            blocks.append([index])
        else:
            blocks[-1].append(index)
    return [index for block in reversed(blocks) for index in block]


def _expand(opened: _Open) -> list[Throwable]:
    """A throwable, followed by those that its own message names (`toString()` of causes inside the text)."""
    text = "".join(opened.parts)
    relation: ThrowableRelation = "suppressed" if opened.relation == "suppressed" else "nested"
    result: list[Throwable] = []
    name, own_relation, frames = opened.name, opened.relation, tuple(opened.frames)
    for _ in range(8):
        inner = next((m for m in INLINE.finditer(text) if m["colon"]), None) if may_name_class(text) else None
        own = text if inner is None else text[: inner.start("class")]
        message = _clean(_INLINE_LINK.sub("", own.rstrip()) if _is_joint(text, inner) else text)
        result.append(Throwable(intern(name), intern(simple_name(name)), message, own_relation, opened.line, frames))
        if inner is None:
            break
        name, own_relation, frames = inner["class"], relation, ()
        text = text[inner.end() :].strip(" \t")
    return result


def _is_joint(text: str, inner: re.Match[str] | None) -> bool:
    """The inner class name follows a joint (`nested exception is:`, `Failed messages:`), so that the outer message
    ends before it. Otherwise (`PKIX path building failed: sun…Exception: unable to find …`) the outer message is
    the whole text."""
    return (
        inner is not None
        and re.search(
            r"(?:nested exceptions? (?:is|are)\s*+:?|[Cc]aused by:|Failed messages:)\s*+$", text[: inner.start("class")]
        )
        is not None
    )


def _clean(text: str) -> str:
    return text.strip(_NOISE)


def bounded(texts: list[tuple[int, str]]) -> list[BodyLine]:
    """The lines of an event, normalised, as many as fit."""
    result: list[BodyLine] = []
    room = MAX_EVENT_CHARS
    for number, text in texts[: MAX_EVENT_LINES * 2]:
        if room <= 0:
            break
        text = with_both_ends(text, room)
        clean = with_english(normalise(text.rstrip("\r")), text)
        room -= len(clean) + 1
        result.append(BodyLine(number, clean))
    return result
