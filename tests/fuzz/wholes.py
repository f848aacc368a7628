"""Whole triages of damaged samples with planted secrets: every renderer, raw and redacted, in both languages."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import tarfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from fuzz.mutate import mutate
from fuzz.targets import SMALL, Target, _folders, rules
from redact.planted import all_planted
from sestriage.engine.reading.collect import Options, collect
from sestriage.engine.triage import TriageOptions, conclude
from sestriage.model.verdict import Outcome, Report
from sestriage.redact import redact_report, strip_report, strip_secrets
from sestriage.report import markdown, text, ticket
from sestriage.report.html import page
from sestriage.report.json import verdict
from sestriage.report.language import in_language

RENDERERS: Mapping[str, Callable[[Report], str]] = {
    "text": lambda report: text.render(report, width=80, verbose=True),
    "markdown": lambda report: markdown.render(report, verbose=True),
    "ticket": ticket.render,
    "json": verdict.render,
    "html": page.render,
}
MOST_PLANTED = 3
SHORTEST = 8
_BODY = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)


def packed(files: Mapping[str, bytes]) -> bytes:
    """The files as one input."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def unpack(data: bytes, folder: Path) -> None:
    """An input as files of an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(folder, filter="data")


@cache
def _secrets() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Texts with secrets, and the secrets: those that nothing else holds by chance, and that a report takes out.

    (What only looks random beside a word of security is for `sestriage redact`, which is more thorough.)
    """
    return tuple(
        (planted.text, planted.secrets)
        for planted in all_planted(7)
        if planted.secrets
        and min(map(len, planted.secrets)) >= SHORTEST
        and not any(secret in strip_secrets(f"Exception: x {planted.text}") for secret in planted.secrets)
    )


def _with_secrets(log: bytes, dice: random.Random) -> bytes:
    """A log with secrets on lines of their own, or behind what an exception says, where a report may quote them."""
    lines = log.split(b"\n")
    for said, _ in dice.sample(_secrets(), dice.randint(1, MOST_PLANTED)):
        at = dice.randrange(len(lines))
        telling = [number for number, line in enumerate(lines) if b"Exception" in line]
        if telling and "\n" not in said and dice.random() < 0.6:
            lines[dice.choice(telling)] += b" " + said.encode()
        else:
            lines.insert(at, said.encode())
    return b"\n".join(lines)


def make(dice: random.Random) -> tuple[str, bytes]:
    """One sample with at least one file damaged; now and then secrets in its log."""
    files = dict(dice.choice(_folders()))
    kind = "damaged"
    if dice.random() < 0.3:
        kind = "with secrets"
        for name in files:
            files[name] = _with_secrets(files[name], dice) if name.endswith(".log") else files[name]
    for name in dice.sample(sorted(files), dice.randint(1, len(files))):
        files[name] = mutate(files[name], dice)
    return kind, packed(files)


def run(case: object, folder: Path) -> None:
    """Triage and every renderer; raises when a promise is broken."""
    assert isinstance(case, tuple)
    unpack(case[1], folder)
    report = conclude(collect([str(folder)], Options(limits=SMALL)), rules(), TriageOptions())
    assert report.verdict.outcome in tuple(Outcome)
    assert (report.verdict.primary is not None) <= (report.verdict.outcome is Outcome.FAILED)
    assert not [note for note in report.inputs if note.fault is not None], "a fault of ours"
    whole = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    said = [secrets for text, secrets in _secrets() if text.encode() in whole] if case[0] == "with secrets" else []
    planted = [secret for secrets in said for secret in secrets]
    for shown in (redact_report(report), strip_report(report)):
        for language in ("en", "de"):
            _check(in_language(shown, language), planted)


def _check(report: Report, planted: list[str]) -> None:
    for name, render in RENDERERS.items():
        out = render(report)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", out), name
        for secret in planted:
            assert secret not in out, f"{name} shows a planted secret"
        if name == "json":
            assert out.isascii()
            json.loads(out)
        if name == "html":
            assert "<script" not in _BODY.sub("", out)


WHOLE_TARGETS = {"wholes": Target(make, run)}
