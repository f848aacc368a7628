"""What was found in the input, as a tree and as JSON."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sestriage.i18n import Say, english, speaker
from sestriage.model.inspection import CaptureFacts, InspectedItem, Inspection, LogFacts, StoreFacts, TimeSpan
from sestriage.model.message import Message
from sestriage.model.source import Run, SourceRef
from sestriage.report.blocks import Block, Headline, Lines, Prose, Section
from sestriage.report.clean import Clean, clean_leaves, keep
from sestriage.report.common import clock, iso_time
from sestriage.report.inspect_tree import Branch, tree_of
from sestriage.report.json.parts import read_head_json
from sestriage.report.safe import one_line, visible
from sestriage.report.wrapping import fill

if TYPE_CHECKING:
    from sestriage.model.document import inspect as shape

MARKS = {"used": "+", "set-aside": "-", "refused": "!"}
"""What stands before an item in the tree, by its use."""

KINDS = {
    "store": Message("trust store"),
    "certificates": Message("certificates"),
    "tls-ciphers": Message("cipher list"),
    "keylog": Message("TLS key log"),
    "openpgp": Message("OpenPGP data"),
    "mail": Message("mail"),
    "settings": Message("SMTP settings"),
    "transcript": Message("transcript"),
    "other": Message("unknown"),
    "log": Message("log"),
    "capture": Message("capture"),
    "archive": Message("archive"),
}
"""Kinds that a reader should see in other words."""

NOT_READ = Message("not read")
ROLES = {
    "response": Message("response management"),
    "other-service": Message("another service"),
    "backup": Message("kept copy"),
}


ONE = {
    "event": Message("event"),
    "packet": Message("packet"),
    "conversation": Message("conversation"),
    "lookup": Message("DNS question"),
    "entry": Message("entry"),
}
SEVERAL = {
    "event": Message("events"),
    "packet": Message("packets"),
    "conversation": Message("conversations"),
    "lookup": Message("DNS questions"),
    "entry": Message("entries"),
}
"""What is counted, one and several."""


def render_text(
    found: Inspection,
    *,
    clean: Clean = keep,
    clean_path: Clean = keep,
    color: bool = False,
    width: int = 80,
    ascii_only: bool = True,
    links: bool = False,
    language: str = "en",
) -> str:
    """As a tree. `clean` redacts a string, `clean_path` a path or a member's name."""
    say = speaker(language)
    from sestriage.report.text import draw

    head = draw(_head(found, say), color=color, width=width, ascii_only=ascii_only, links=links)
    lines: list[str] = []
    for branch in tree_of(found.items):
        lines += _branch_lines(branch, 0, clean, clean_path, width, ascii_only, say)
    return head + "\n" + "\n".join(lines) + "\n"


def outline(
    found: Inspection, *, clean: Clean = keep, clean_path: Clean = keep, language: str = "en"
) -> Iterator[Block]:
    """The same as blocks in that language: the tree is one verbatim paragraph behind the counts."""
    say = speaker(language)
    yield from _head(found, say)
    lines = [
        line for branch in tree_of(found.items) for line in _branch_lines(branch, 0, clean, clean_path, 100, False, say)
    ]
    yield Section(say("Input"))
    yield Lines(tuple(lines))


def _head(found: Inspection, say: Say) -> Iterator[Block]:
    used, aside, refused = (found.count(use) for use in ("used", "set-aside", "refused"))
    text = say("{used} used by triage, {aside} set aside, {refused} refused", used=used, aside=aside, refused=refused)
    yield Headline(text, "good" if used and not refused else "open" if used else "bad")
    yield Prose(say("+ is used by triage, - is ignored, ! was refused or could not be read"))


def _branch_lines(
    branch: Branch, depth: int, clean: Clean, clean_path: Clean, width: int, ascii_only: bool, say: Say
) -> Iterator[str]:
    indent = "  " * depth
    item = branch.item
    mark = MARKS[item.use] if item is not None else " "
    name = visible(one_line(clean_path(branch.name)), ascii_only=ascii_only)
    title = f"  {_title(item, say)}" if item is not None else ""
    yield f"{mark} {indent}{name}{visible(clean(title), ascii_only=ascii_only)}".rstrip()
    for text in _details(item, say) if item is not None else ():
        shown = visible(one_line(clean(text)), ascii_only=ascii_only)
        for number, line in enumerate(fill(shown, max(30, width - len(indent) - 6))):
            yield f"{indent}      {'  ' if number else ''}{line}"
    for child in branch.children:
        yield from _branch_lines(child, depth + 1, clean, clean_path, width, ascii_only, say)


def _title(item: InspectedItem, say: Say) -> str:
    """Kind, format, role and size in one line."""
    kind = KINDS.get(item.kind, item.kind) if item.use != "refused" or item.kind != "other" else NOT_READ
    parts = [say(kind)]
    form = item.store.format if item.store is not None else item.format
    parts += [text for text in (form, _role(item, say), item.detail) if text]
    if item.compression:
        parts.append(f"in {' in '.join(reversed(item.compression))}")
    if item.size is not None:
        parts.append(size_text(item.size, say))
    return "[" + ", ".join(parts) + "]"


def _role(item: InspectedItem, say: Say) -> str | None:
    role = ROLES.get(item.role)
    return None if role is None else say(role)


def _details(item: InspectedItem, say: Say) -> Iterator[str]:
    if item.why is not None:
        use = say("refused") if item.use == "refused" else say("set aside")
        yield f"{use}: {say(item.why)}"
    if item.log is not None:
        yield from _log_details(item.log, say)
    elif item.capture is not None:
        yield from _capture_details(item.capture, say)
    elif item.store is not None and item.use == "used":
        yield from _store_details(item.store, say)
    if item.problem is not None:
        yield say("problem: {problem}", problem=say(item.problem))


def _log_details(log: LogFacts, say: Say) -> Iterator[str]:
    wrapped = say("wrapped as {forms}", forms=", ".join(log.wrappings)) if log.wrappings else say("plain lines")
    yield wrapped + (f", {log.encoding.upper()}" if log.encoding else "")
    if log.span.first is None:
        yield say("no time stamp with a date")
    else:
        named = [zone for zone in log.zones if zone != "none"]
        zone = say("zone {zones}", zones=", ".join(named)) if named else say("no time zone in the log")
        if named and "none" in log.zones:
            zone += say(", and times without a zone")
        yield f"{_span_text(log.span, say)}; {zone}"
    if log.jumps:
        first = log.jumps[0]
        at = say(", first at line {line}", line=first.line) if first.line is not None else ""
        times = say("once") if len(log.jumps) == 1 else say("{count} times", count=len(log.jumps))
        yield say(
            "the time stamps go back {times}{at}, by {seconds} s", times=times, at=at, seconds=round(first.seconds)
        )
    counts = ((log.starts, say("started")), (log.failures, say("failed")), (log.successes, say("succeeded")))
    about = ", ".join(f"{count} {word}" for count, word in counts if count)
    if about:
        yield say("attempts to send mail: {counts}", counts=about)
    else:
        yield say("nothing about sending mail was found in it")
    if log.other:
        yield say("{events} of another service, ignored", events=_count(log.other, "event", say))
    for line, text in log.problems:
        place = say("line {line}", line=line) + ": " if line is not None else ""
        yield say("problem: {problem}", problem=place + text)


def _count(number: int, word: str, say: Say) -> str:
    return f"{number} {say(ONE[word] if number == 1 else SEVERAL[word])}"


def _capture_details(capture: CaptureFacts, say: Say) -> Iterator[str]:
    yield say(
        "{packets}; {conversations} kept, {mail} of them with a mail server; {questions}",
        packets=_count(capture.packets, "packet", say),
        conversations=_count(capture.conversations, "conversation", say),
        mail=capture.mail,
        questions=_count(capture.lookups, "lookup", say),
    )
    if capture.span.first is not None:
        yield _span_text(capture.span, say)
    if capture.cut_packets:
        yield say("problem: packets were cut when they were captured; use `tcpdump -s 0`")
    if capture.passed_over is not None:
        yield say(capture.passed_over)
    if capture.problem is not None:
        yield say("problem: {problem}", problem=say(capture.problem))


def _store_details(store: StoreFacts, say: Say) -> Iterator[str]:
    yield say("{entries}, {anchors} trusted", entries=_count(store.entries, "entry", say), anchors=store.anchors)
    if store.problem is not None:
        yield say("problem: {problem}", problem=say(store.problem))


def _span_text(span: TimeSpan, say: Say) -> str:
    return say("{first} to {last}", first=clock(span.first), last=clock(span.last))


def size_text(size: int, say: Say = english) -> str:
    """Bytes for people: `333 bytes`, `4.1 KiB`."""
    if size < 1024:
        return say("{count} bytes", count=size)
    value = float(size)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        value /= 1024
        if value < 1024 or unit == "TiB":
            break
    return f"{value:.1f} {unit}"


# --- JSON --------------------------------------------------------------------------------------------------------


def render_json(found: Inspection, run: Run, *, clean: Clean = keep, clean_path: Clean = keep) -> str:
    """As JSON, pure ASCII; times as ISO 8601 (`Z` for UTC, none where the log has no zone)."""
    items = [replace(item, source=_clean_source(item, clean_path)) for item in found.items]
    document: shape.Inspect = {
        "schema_version": 1,
        **read_head_json(run),
        "summary": {
            "used": found.count("used"),
            "set_aside": found.count("set-aside"),
            "refused": found.count("refused"),
        },
        "inputs": [_item_dict(item) for item in items],
    }
    return json_module.dumps(clean_leaves(document, clean), indent=2, ensure_ascii=True) + "\n"


def _clean_source(item: InspectedItem, clean_path: Clean) -> SourceRef:
    source = item.source
    member = clean_path(source.member) if source.member is not None else None
    return replace(source, path=clean_path(source.path), member=member)


def _item_dict(item: InspectedItem) -> shape.InspectedItem:
    return {
        "path": item.source.path,
        "member": item.source.member,
        "kind": item.kind,
        "format": item.store.format if item.store is not None else item.format,
        "role": item.role or None,
        "use": item.use,
        "why": item.why,
        "size": item.size,
        "compression": list(item.compression),
        "modified": iso_time(item.modified),
        "detail": item.detail,
        "problem": item.problem,
        "log": _log_dict(item.log) if item.log is not None else None,
        "capture": _capture_dict(item.capture) if item.capture is not None else None,
        "store": _store_dict(item.store) if item.store is not None else None,
    }


def _log_dict(log: LogFacts) -> shape.LogContent:
    return {
        "wrappings": list(log.wrappings),
        "encoding": log.encoding,
        "first": iso_time(log.span.first),
        "last": iso_time(log.span.last),
        "zones": list(log.zones),
        "clock_jumps": [{"line": jump.line, "seconds_back": jump.seconds} for jump in log.jumps],
        "mail_events": {"started": log.starts, "failed": log.failures, "succeeded": log.successes},
        "other_events": log.other,
        "problems": [{"line": line, "text": text} for line, text in log.problems],
    }


def _capture_dict(capture: CaptureFacts) -> shape.CaptureContent:
    return {
        "packets": capture.packets,
        "first": iso_time(capture.span.first),
        "last": iso_time(capture.span.last),
        "conversations": capture.conversations,
        "mail_conversations": capture.mail,
        "dns_questions": capture.lookups,
        "packets_cut": capture.cut_packets,
        "passed_over": None if capture.passed_over is None else str(capture.passed_over),
        "problem": capture.problem,
    }


def _store_dict(store: StoreFacts) -> shape.StoreContent:
    return {
        "entries": store.entries,
        "trusted": store.anchors,
        "readable": store.readable,
        "problem": store.problem,
    }
