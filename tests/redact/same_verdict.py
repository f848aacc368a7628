"""Whether a redacted log says the same as the raw one: `PYTHONPATH=src:tests python -m redact.same_verdict FILE...`.

Compares outcome, rule, confidence, phase, proven steps, and who the server is with its region. Prints each difference.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import astuple, is_dataclass
from datetime import UTC, datetime
from pathlib import Path

from sestriage import triage
from sestriage.engine.triage import TriageOptions
from sestriage.model.known.servers import server_of
from sestriage.model.known.ses import host_form
from sestriage.redact import Redactor
from sestriage.redact.stream import redact_lines

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def redacted(path: Path) -> bytes | None:
    """The file as `sestriage redact` writes it; None when it is no text."""
    raw = path.read_bytes()
    if b"\0" in raw:
        return None
    lines = raw.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    clean = Redactor(thorough=True).redact
    return "".join(redact_lines(lines, clean)).encode("utf-8", "surrogateescape")


def says(path: Path) -> dict[str, object]:
    """What must be the same."""
    report = triage([str(path)], TriageOptions(now=NOW))
    verdict = report.verdict
    servers = []
    for attempt in report.attempts:
        server = server_of(attempt.events, attempt.streams)
        form = host_form(server.host)
        servers.append((server.kind, server.name, form.region if form else None))
    return {
        "outcome": verdict.outcome,
        "rule": verdict.primary.rule if verdict.primary else None,
        "confidence": verdict.confidence,
        "phases": [attempt.phase for attempt in report.attempts],
        "proven": [_step(step) for step in verdict.cleared],
        "servers": servers,
        "alternatives": [finding.rule for finding in verdict.alternatives],
    }


def _step(step: object) -> object:
    if is_dataclass(step) and not isinstance(step, type):
        return astuple(step)[0]
    return step


def differences(path: Path) -> list[str]:
    """One line for each thing that the redacted file says otherwise."""
    clean = redacted(path)
    if clean is None:
        return []
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / path.name
        other.write_bytes(clean)
        raw, after = says(path), says(other)
    return [f"{path}: {key}: {raw[key]} -> {after[key]}" for key in raw if raw[key] != after[key]]


def main() -> int:
    """Compares all files that are named; 1 when one differs."""
    found = [line for name in sys.argv[1:] for line in differences(Path(name))]
    sys.stdout.write("\n".join(found or ["all the same"]) + "\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
