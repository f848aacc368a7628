"""What was found in the input, as a tree and as JSON."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator
from dataclasses import replace

from sestriage.model.inspection import CaptureFacts, InspectedItem, Inspection, LogFacts, Span, StoreFacts
from sestriage.model.source import SourceRef
from sestriage.report.blocks import Block, Headline, Prose
from sestriage.report.common import clock, iso_time
from sestriage.report.inspect_tree import Branch, tree_of
from sestriage.report.leaves import Clean, clean_leaves, keep
from sestriage.report.safe import one_line, visible
from sestriage.report.wrapping import fill

SCHEMA_VERSION = 1

MARKS = {"used": "+", "set-aside": "-", "refused": "!"}
"""What stands before an item in the tree, by its use."""

KINDS = {
    "store": "trust store",
    "certificates": "certificates",
    "tls-ciphers": "cipher list",
    "keylog": "TLS key log",
    "openpgp": "OpenPGP data",
    "mail": "mail",
    "settings": "SMTP settings",
    "transcript": "s_client transcript",
    "other": "unknown",
}
"""Kinds that a reader should see in other words."""

ROLES = {"response": "response management", "other-service": "another service", "backup": "kept copy"}


def render_text(
    found: Inspection,
    *,
    clean: Clean = keep,
    clean_path: Clean = keep,
    color: bool = False,
    width: int = 80,
    ascii_only: bool = True,
) -> str:
    """As a tree. `clean` redacts a string, `clean_path` a path or a member's name."""
    from sestriage.report.text import draw

    head = draw(_head(found), color=color, width=width, ascii_only=ascii_only)
    lines: list[str] = []
    for branch in tree_of(found.items):
        lines += _branch_lines(branch, 0, clean, clean_path, width, ascii_only)
    return head + "\n" + "\n".join(lines) + "\n"


def _head(found: Inspection) -> Iterator[Block]:
    used, aside, refused = (found.count(use) for use in ("used", "set-aside", "refused"))
    text = f"{used} of use to triage, {aside} set aside, {refused} refused"
    yield Headline(text, "good" if used and not refused else "open" if used else "bad")
    yield Prose("+ is read by triage, - is of no use to triage, ! was refused or could not be read")


def _branch_lines(
    branch: Branch, depth: int, clean: Clean, clean_path: Clean, width: int, ascii_only: bool
) -> Iterator[str]:
    indent = "  " * depth
    item = branch.item
    mark = MARKS[item.use] if item is not None else " "
    name = visible(one_line(clean_path(branch.name)), ascii_only=ascii_only)
    title = f"  {_title(item)}" if item is not None else ""
    yield f"{mark} {indent}{name}{visible(clean(title), ascii_only=ascii_only)}".rstrip()
    for text in _details(item) if item is not None else ():
        shown = visible(one_line(clean(text)), ascii_only=ascii_only)
        for number, line in enumerate(fill(shown, max(30, width - len(indent) - 6))):
            yield f"{indent}      {'  ' if number else ''}{line}"
    for child in branch.children:
        yield from _branch_lines(child, depth + 1, clean, clean_path, width, ascii_only)


def _title(item: InspectedItem) -> str:
    """Kind, format, role and size in one line."""
    parts = [KINDS.get(item.kind, item.kind) if item.use != "refused" or item.kind != "other" else "not read"]
    form = item.store.format if item.store is not None else item.format
    parts += [text for text in (form, ROLES.get(item.role), item.detail) if text]
    if item.compression:
        parts.append(f"in {' in '.join(reversed(item.compression))}")
    if item.size is not None:
        parts.append(size_text(item.size))
    return "[" + ", ".join(parts) + "]"


def _details(item: InspectedItem) -> Iterator[str]:
    if item.why is not None:
        yield f"{'refused' if item.use == 'refused' else 'set aside'}: {item.why.removeprefix('refused: ')}"
    if item.log is not None:
        yield from _log_details(item.log)
    elif item.capture is not None:
        yield from _capture_details(item.capture)
    elif item.store is not None and item.use == "used":
        yield from _store_details(item.store)
    if item.problem is not None:
        yield f"problem: {item.problem}"


def _log_details(log: LogFacts) -> Iterator[str]:
    wrapped = f"wrapped as {', '.join(log.wrappings)}" if log.wrappings else "plain lines"
    yield wrapped + (f", {log.encoding.upper()}" if log.encoding else "")
    if log.span.first is None:
        yield "no time stamp with a date"
    else:
        named = [zone for zone in log.zones if zone != "none"]
        zone = f"zone {', '.join(named)}" if named else "no time zone in the log"
        if named and "none" in log.zones:
            zone += ", and times without a zone"
        yield f"{_span_text(log.span)}; {zone}"
    if log.jumps:
        first = log.jumps[0]
        at = f", first at line {first.line}" if first.line is not None else ""
        yield f"the time stamps go back {_times(len(log.jumps))}{at}, by {round(first.seconds)} s"
    counts = ((log.starts, "started"), (log.failures, "failed"), (log.successes, "succeeded"))
    about = ", ".join(f"{count} {word}" for count, word in counts if count)
    yield f"attempts to send mail: {about}" if about else "nothing about sending mail was found in it"
    if log.other:
        yield f"{_count(log.other, 'event')} with signs of trouble elsewhere, left alone"
    for line, text in log.problems:
        yield f"problem: line {line}: {text}" if line is not None else f"problem: {text}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _count(number: int, word: str, more: str | None = None) -> str:
    return f"{number} {word if number == 1 else more or word + 's'}"


def _capture_details(capture: CaptureFacts) -> Iterator[str]:
    yield (
        f"{_count(capture.packets, 'packet')}; {_count(capture.conversations, 'conversation')} kept, {capture.mail} of"
        f" them with a mail server; {_count(capture.lookups, 'DNS question')}"
    )
    if capture.span.first is not None:
        yield _span_text(capture.span)
    if capture.cut_packets:
        yield "problem: packets were cut when they were captured; use `tcpdump -s 0`"
    if capture.problem is not None:
        yield f"problem: {capture.problem}"


def _store_details(store: StoreFacts) -> Iterator[str]:
    yield f"{_count(store.entries, 'entry', 'entries')}, {store.anchors} trusted"
    if store.problem is not None:
        yield f"problem: {store.problem}"


def _span_text(span: Span) -> str:
    return f"{clock(span.first)} to {clock(span.last)}"


def size_text(size: int) -> str:
    """Bytes for people: `333 bytes`, `4.1 KiB`."""
    if size < 1024:
        return f"{size} bytes"
    value = float(size)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        value /= 1024
        if value < 1024 or unit == "TiB":
            break
    return f"{value:.1f} {unit}"


# --- JSON --------------------------------------------------------------------------------------------------------


def render_json(found: Inspection, *, clean: Clean = keep, clean_path: Clean = keep) -> str:
    """As JSON, pure ASCII; times as ISO 8601 (`Z` for UTC, none where the log has no zone)."""
    items = [replace(item, source=_clean_source(item, clean_path)) for item in found.items]
    document = {
        "schema_version": SCHEMA_VERSION,
        "version": found.version or None,
        "summary": {use.replace("-", "_"): found.count(use) for use in MARKS},
        "inputs": [_item_dict(item) for item in items],
    }
    return json_module.dumps(clean_leaves(document, clean), indent=2, ensure_ascii=True) + "\n"


def _clean_source(item: InspectedItem, clean_path: Clean) -> SourceRef:
    source = item.source
    member = clean_path(source.member) if source.member is not None else None
    return replace(source, path=clean_path(source.path), member=member)


def _item_dict(item: InspectedItem) -> dict[str, object]:
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


def _log_dict(log: LogFacts) -> dict[str, object]:
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


def _capture_dict(capture: CaptureFacts) -> dict[str, object]:
    return {
        "packets": capture.packets,
        "first": iso_time(capture.span.first),
        "last": iso_time(capture.span.last),
        "conversations": capture.conversations,
        "mail_conversations": capture.mail,
        "dns_questions": capture.lookups,
        "packets_cut": capture.cut_packets,
        "problem": capture.problem,
    }


def _store_dict(store: StoreFacts) -> dict[str, object]:
    return {
        "entries": store.entries,
        "trusted": store.anchors,
        "readable": store.readable,
        "problem": store.problem,
    }
