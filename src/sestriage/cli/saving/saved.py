"""Saved JSON reports as input of a command, and comparisons as its output."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sestriage.cli.drawing import drawn
from sestriage.errors import InputError, ParseError, reason_of
from sestriage.model.message import Message

if TYPE_CHECKING:
    from sestriage.model.compared.comparison import CaseComparison
    from sestriage.model.compared.snapshot import Snapshot
    from sestriage.model.source import Run
    from sestriage.model.verdict import Report


def read_report(path: str) -> list[Snapshot]:
    """The cases of a saved JSON report. Raises `InputError`."""
    from sestriage.report.json.saved import MAX_BYTES, read_saved

    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        return read_saved(data, path)
    except OSError as error:
        raise InputError(Message("cannot read {file}: {reason}", file=path, reason=reason_of(error))) from None
    except ParseError as error:
        raise InputError(Message("{file}: {problem}", file=path, problem=error.reason)) from None


def is_report(path: str) -> bool:
    """A file that begins as a saved report does: everything else is evidence."""
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    except OSError:
        return False
    return head.startswith(b"{") and b'"schema_version"' in head


def snapshots(reports: Sequence[Report], name: str) -> list[Snapshot]:
    """Reports that were just made, as they would be read again."""
    from sestriage.report.json.saved import snapshots_of
    from sestriage.report.json.verdict import document_of

    return snapshots_of(document_of(reports, [0] * len(reports)), name)  # no status is compared


def render_comparison(
    pairs: Sequence[CaseComparison],
    alone: Sequence[Snapshot],
    form: str,
    output: str | None,
    language: str,
    run: Run,
    *,
    only_new: bool = False,
) -> str:
    """A comparison in the form that was asked for; `run` is the head of a document."""
    from sestriage.report.several import compare

    if form == "json":
        return compare.render_json(run, pairs, alone, only_new=only_new)
    return drawn(compare.outline(pairs, alone, only_new=only_new), form, output, language)
