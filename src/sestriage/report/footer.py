"""The foot of a report: by what it was made and when, and which files were handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sestriage.model.source import InputDigest
from sestriage.model.verdict import Report
from sestriage.report.blocks import Block, Prose, Section, Space
from sestriage.report.common import clock
from sestriage.report.heading import size_text
from sestriage.report.trust import SHORT_FINGERPRINT

PROGRAM = "sestriage"
BRIEF_FILES = 4
"""Files that the brief report names."""

Words = Mapping[str, str]


def footer_blocks(report: Report, brief: bool, words: Words) -> Iterator[Block]:
    """Nothing for a report that was not made of files."""
    if not report.analysed:
        return
    if brief:
        yield Space()
        yield Prose(read_files(report, words), words["read-brief"])
        yield Prose(made_by(report, words), PROGRAM)
        yield Prose(words["hint"], words["further"])
        return
    yield Section(words["read"])
    for digest in report.read:
        yield Prose(f"- {_file(digest, words, brief=False)}")
    if report.read_left_out:
        yield Prose(words["files-left-out"].format(count=report.read_left_out))
    yield Prose(made_by(report, words), PROGRAM)


def made_by(report: Report, words: Words) -> str:
    """Version, rules and time in one line."""
    parts = [report.version]
    if report.rules_digest:
        parts.append(words["rules-digest"].format(digest=report.rules_digest))
    if report.analysed:
        parts.append(words["analysed"].format(time=clock(report.analysed)))
    return ", ".join(parts)


def read_files(report: Report, words: Words) -> str:
    """The files that were handed in, in one line, without their folders."""
    named = "; ".join(_file(digest, words, brief=True) for digest in report.read[:BRIEF_FILES])
    rest = len(report.read) - BRIEF_FILES + report.read_left_out
    return f"{named}; {words['files-more'].format(count=rest)}" if rest > 0 else named


def _file(digest: InputDigest, words: Words, *, brief: bool) -> str:
    name = digest.source.path
    if brief:
        name = name.rstrip("/").rpartition("/")[2] or name
    if digest.size is None:
        return name
    known = [size_text(digest.size)]
    if digest.sampled and digest.modified:
        known.append(clock(digest.modified))
    if digest.sha256:
        value = digest.sha256[:SHORT_FINGERPRINT] if brief else digest.sha256
        known.append(
            words[f"{'sampled' if digest.sampled else 'whole'}{'-brief' if brief else ''}"].format(digest=value)
        )
    return f"{name} ({', '.join(known)})"
