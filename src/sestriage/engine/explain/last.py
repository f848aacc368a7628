"""The last triage, kept for `sestriage explain --last`: redacted, readable by its owner only, and no more than needed.

The file lies in the XDG state folder (`$XDG_STATE_HOME/sestriage/last-triage.json`).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from sestriage.engine.explain.rule import UNCLASSIFIED, Listing, leaflet_of, support_needs
from sestriage.errors import InputError, reason_of
from sestriage.model.command import Command
from sestriage.model.explanation import Advice, Explanation, Match, Title, Wanted
from sestriage.model.message import Message
from sestriage.model.phase import Phase
from sestriage.model.verdict import Finding, FixStep, Need, Outcome, Report
from sestriage.rules.files import listing
from sestriage.rules.texts.rule_summary import titles

NAME = "last-triage.json"
VERSION = 1
MAX_BYTES = 4 << 20
MAX_MATCHES = 30


class NoHomeError(InputError, OSError):
    """There is no place for files of this account."""


def state_file() -> Path:
    """Where the last triage is kept (XDG Base Directory Specification: a relative `$XDG_STATE_HOME` does not count).

    Raises:
        NoHomeError: the account has no home folder.
    """
    home = os.environ.get("XDG_STATE_HOME", "")
    base = Path(home) if home.startswith("/") else Path(os.path.expanduser("~")) / ".local" / "state"  # noqa: PTH111
    if not base.is_absolute():
        raise NoHomeError(Message("this account has no home folder"))
    return base / "sestriage" / NAME


def remember(report: Report) -> None:
    """Keeps what a redacted report says about the newest attempt.

    Raises:
        OSError: the folder or the file cannot be written.
    """
    path = state_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps(_document(report), ensure_ascii=False)
    handle, temporary = tempfile.mkstemp(prefix=".", dir=path.parent)  # mode 0600, and never through a link
    try:
        with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123  (a descriptor, not a path)
            stream.write(text)
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


def explain_last(extra: Sequence[str] = (), language: str = "en") -> Explanation:
    """The last triage as an explanation. What it said in another language is told as the rule has it without a case.

    Raises:
        InputError: there is none, or it cannot be read.
        RuleError: the rule that it names is broken.
    """
    path = state_file()
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES)
    except OSError as error:
        reason = Message("there is none yet") if isinstance(error, FileNotFoundError) else reason_of(error)
        raise InputError(Message("cannot read the last triage ({file}): {reason}", file=path, reason=reason)) from None
    try:
        document = json.loads(raw)
        if document["version"] != VERSION:
            raise ValueError("version")
        return _explanation(document, extra, language)
    except (ValueError, KeyError, TypeError, RecursionError):
        damaged = Message("the file is damaged; run `sestriage triage`")
        raise InputError(Message("cannot read the last triage ({file}): {reason}", file=path, reason=damaged)) from None


# --- writing -----------------------------------------------------------------------------------------------------


def _document(report: Report) -> dict[str, object]:
    verdict = report.verdict
    findings = [f for f in (verdict.primary, *verdict.contributing) if f is not None and f.rule != UNCLASSIFIED]
    known = {finding.rule for finding in findings}
    matches = [_match(finding) for finding in findings]
    for attempt in reversed(report.attempts[:-1]):
        if attempt.finding is not None and attempt.finding.rule not in known | {UNCLASSIFIED}:
            known.add(attempt.finding.rule)
            matches.append(_match(attempt.finding)._replace(earlier=True))
    newest = report.attempts[-1] if report.attempts else None
    return {
        "version": VERSION,
        "language": report.language,
        "matches": [match._asdict() for match in matches[:MAX_MATCHES]],
        "cleared": [phase.value for phase in verdict.cleared],
        "phase": newest.phase.value if newest and newest.phase and verdict.outcome is Outcome.FAILED else None,
        "accepted": verdict.outcome is Outcome.ACCEPTED,
        "needs": [_wanted(need)._asdict() for need in verdict.needs],
        "texts": _texts(findings[0]) if findings else None,
    }


def _match(finding: Finding) -> Match:
    first = finding.evidence[0] if finding.evidence else None
    quote, place = (first.quote, str(first.source)) if first is not None else (None, None)
    return Match(finding.rule, finding.title, finding.confidence.value, quote, place)


def _advice(step: FixStep) -> Advice:
    argv = step.command and step.command.argv
    return Advice(step.text, _maybe(step.command), step.risk, _maybe(step.verify), _maybe(step.undo), argv)


def _maybe(said: object) -> str | None:
    return None if said is None else str(said)


def _wanted(need: Need) -> Wanted:
    argv = need.command.argv if isinstance(need.command, Command) else None
    return Wanted(need.evidence, need.why, str(need.command), argv)


def _texts(finding: Finding) -> dict[str, object]:
    return {
        "title": finding.title,
        "why": finding.explanation,
        "caution": finding.caution,
        "steps": [_advice(step)._asdict() for step in finding.fixes],
        "needs": [_wanted(need)._asdict() for need in finding.needs],
        "alternatives": list(finding.alternatives),
    }


# --- reading -----------------------------------------------------------------------------------------------------


def _explanation(document: Mapping[str, object], extra: Sequence[str], language: str) -> Explanation:
    files = listing(extra)
    read = tuple(Match(**_row(row)) for row in _rows(document["matches"]))
    same = document.get("language", "en") == language
    matches = tuple(match if same else _retitled(match, files, language) for match in read if match.rule in files)
    gone = tuple(
        Message("the rule `{rule}` is not there any more", rule=match.rule) for match in read if match.rule not in files
    )
    result = Explanation(
        matches=matches,
        cleared=tuple(Phase(str(name)) for name in _rows(document["cleared"])),
        phase=None if document["phase"] is None else Phase(str(document["phase"])),
        origin="triage",
        accepted=document["accepted"] is True,
        notes=gone,
    )
    if not matches:
        needs = tuple(Wanted(**_row(row)) for row in _rows(document["needs"])) if same else ()
        return result._replace(attach=() if result.accepted else needs or support_needs(files, language))
    leaflet, notes = leaflet_of(matches[0].rule, files, language)
    texts = document["texts"]
    if texts is not None and same and matches[0] is read[0]:
        kept = _row(texts)
        leaflet = leaflet._replace(
            title=str(kept["title"]),
            why=str(kept["why"]),
            caution=None if kept["caution"] is None else str(kept["caution"]),
            steps=tuple(Advice(**_row(row)) for row in _rows(kept["steps"])) or leaflet.steps,
            needs=tuple(Wanted(**_row(row)) for row in _rows(kept["needs"])) or leaflet.needs,
            alternatives=_titles(kept["alternatives"], files, language),
        )
    return result._replace(leaflet=leaflet, notes=(*gone, *notes))


def _titles(rule_ids: object, files: Listing, language: str) -> tuple[Title, ...]:
    return tuple(titles([str(rule_id) for rule_id in _rows(rule_ids)], files, language))


def _retitled(match: Match, files: Listing, language: str) -> Match:
    return match._replace(title=next((found.title for found in titles([match.rule], files, language)), match.title))


def _rows(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _row(value: object) -> dict[str, Any]:
    """The fields of a dataclass; a name that it does not have is a TypeError of its own."""
    if not isinstance(value, dict):
        raise TypeError("not a table")
    return value
