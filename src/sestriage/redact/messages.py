"""Redaction of our own sentences: what a detector finds is replaced within their values; our prose stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from sestriage.model.message import MARK, Cut, Message
from sestriage.redact.spans import Span, disjoint, replace

Label = Callable[[Span], str]


def everywhere(text: str, find: Callable[[str], Iterable[Span]]) -> Iterator[Span]:
    """What is found in the text and, of a message, in each of its values by itself, as spans of the text.

    A form may end where the evidence ended, and in a sentence something of ours follows there. A sentence without
    values is ours alone.
    """
    if not isinstance(text, Message):
        yield from _around(text, find)
    elif text.values:
        yield from find(str(text))
        for at, value in _values(text, 0):
            for span in _around(value, find):
                yield span._replace(start=at + span.start, end=at + span.end)


def _around(text: str, find: Callable[[str], Iterable[Span]]) -> Iterator[Span]:
    """What is found in a text; where it was cut, with what stood beside the cut before one's eyes, too."""
    yield from find(str(text))
    if isinstance(text, Cut):
        start = len(text.before)
        end, shift = start + len(text.shown), start - (len(MARK) if text.before else 0)
        for span in find(f"{text.before}{text.shown}{text.after}"):
            if span.start < end and start < span.end:
                yield span._replace(start=max(span.start, start) - shift, end=min(span.end, end) - shift)


def _values(message: Message, at: int) -> Iterator[tuple[int, str]]:
    """Each text of the evidence in a message that begins at `at`, and where it stands."""
    for piece, name, form in message.pieces():
        inner = message.values[name] if name is not None else None
        if isinstance(inner, Message):
            yield from _values(inner, at)
        elif name is not None:
            yield at, inner if isinstance(inner, Cut) and not form else piece
        at += len(piece)


def replaced(text: str, spans: Iterable[Span], label: Label) -> str:
    """The text with each span replaced by its label: within its values only where it is a message, which it stays.

    The whole sentence was looked at, so that the words around a value help to see what it is.
    """
    if not isinstance(text, Message):
        return replace(text, spans, label)
    found = disjoint(spans)
    return _rebuilt(text, 0, found, label) if found else text


def _rebuilt(message: Message, at: int, found: Sequence[Span], label: Label) -> Message:
    """`at` is where the message begins in the text that the spans are of."""
    changed: dict[str, object] = {}
    for piece, name, _ in message.pieces():
        end = at + len(piece)
        inside = [span for span in found if span.start < end and at < span.end] if name is not None else []
        if name is not None and inside and name not in changed:
            value = message.values[name]
            if isinstance(value, Message):
                changed[name] = _rebuilt(value, at, found, label)
            else:
                changed[name] = replace(piece, (_clipped(span, at, end) for span in inside), label)
        at = end
    return message.with_values(lambda name, value: changed.get(name, value))


def _clipped(span: Span, start: int, end: int) -> Span:
    return Span(max(span.start, start) - start, min(span.end, end) - start, span.kind, span.value)
