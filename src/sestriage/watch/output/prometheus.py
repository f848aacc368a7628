"""The result in Prometheus' text format, for the node exporter's textfile collector."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from sestriage import system
from sestriage.watch.output.text import safe
from sestriage.watch.result import Summary

PREFIX = "sestriage_"
RULE = "rule:"
_SAMPLE = re.compile(
    r'(?m)^sestriage_(?P<name>[a-z_]+_total)(?:\{(?P<label>outcome|rule)="(?P<value>[^"]{1,200})"\})?'
    r" (?P<number>[0-9.e+]+)"
)
_OLD_NAMES = {
    ("attempts_total", "failed"): "failed",
    ("attempts_total", "accepted"): "accepted",
    ("incidents_total", None): "incidents",
    ("log_read_bytes_total", None): "bytes",
}
MAX_FILE = 4 << 20


def render(summary: Summary, success: bool) -> str:
    """All metrics. `success`: the log could be read in this run; else the time of the last such run is kept."""
    return "".join(f"{line}\n" for line in _lines(summary, success))


def _lines(summary: Summary, success: bool) -> Iterator[str]:
    counters = dict(summary.counters or {})

    yield from _head("attempts_total", "counter", "Attempts to send alarm mail that the log told of.")
    for outcome in ("failed", "accepted"):
        yield _sample("attempts_total", counters.get(outcome, 0), outcome=outcome)
    yield from _head("failures_total", "counter", "Failed attempts by cause.")
    for name in sorted(counters):
        if name.startswith(RULE):
            yield _sample("failures_total", counters[name], rule=name[len(RULE) :])
    yield from _head("incidents_total", "counter", "Times in which alarm mail failed.")
    yield _sample("incidents_total", counters.get("incidents", 0))
    yield from _head("log_read_bytes_total", "counter", "Bytes of the log that were read.")
    yield _sample("log_read_bytes_total", counters.get("bytes", 0))
    yield from _head("open_incidents", "gauge", "Incidents that last.")
    yield _sample("open_incidents", len(summary.open))
    yield from _head("incident_failures", "gauge", "Failed attempts of an incident that lasts.")
    for incident in summary.open:
        yield _sample(
            "incident_failures",
            incident.count,
            incident=str(incident.number),
            rule=incident.cause.rule,
            phase=incident.cause.phase,
            scope=incident.scope,
        )
    yield from _head("log_readable", "gauge", "Whether the log could be read.")
    yield _sample("log_readable", int(success))
    yield from _head("last_run_timestamp_seconds", "gauge", "When the check last ran.")
    yield _sample("last_run_timestamp_seconds", summary.now)
    good = summary.now if success else counters.get("last_good", 0)
    yield from _head("last_success_timestamp_seconds", "gauge", "When the check last read the log; 0: never.")
    yield _sample("last_success_timestamp_seconds", good)
    yield from _head("last_accepted_timestamp_seconds", "gauge", "When a mail was last accepted; 0: never seen.")
    yield _sample("last_accepted_timestamp_seconds", counters.get("last_accepted", 0))
    if summary.grown is not None:
        yield from _head("log_modified_timestamp_seconds", "gauge", "When the log last changed.")
        yield _sample("log_modified_timestamp_seconds", summary.grown)
    if summary.certificates:
        yield from _head("certificate_not_after_timestamp_seconds", "gauge", "End of a certificate's validity.")
        for where, name, sha256, end in summary.certificates:
            # two certificates of one name are usual where a CA was renewed or cross-signed
            yield _sample("certificate_not_after_timestamp_seconds", end, file=where, name=name, sha256=sha256[:16])


def _head(name: str, kind: str, text: str) -> Iterator[str]:
    yield f"# HELP {PREFIX}{name} {text}"
    yield f"# TYPE {PREFIX}{name} {kind}"


def _sample(name: str, value: float, /, **labels: str) -> str:
    pairs = ",".join(f'{key}="{_escape(text)}"' for key, text in labels.items())
    number = str(int(value)) if float(value).is_integer() else f"{value:.3f}"
    return f"{PREFIX}{name}{{{pairs}}} {number}" if pairs else f"{PREFIX}{name} {number}"


def _escape(text: str) -> str:
    return safe(text).replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def earlier_counters(path: str) -> dict[str, float]:
    """The counters of a file that an earlier state wrote: after a fresh start they continue, and never decrease."""
    try:
        with Path(path).open(encoding="utf-8", errors="replace") as file:
            text = file.read(MAX_FILE)
    except OSError:
        return {}
    found: dict[str, float] = {}
    for match in _SAMPLE.finditer(text):
        name = _OLD_NAMES.get((match["name"], match["value"]))
        if match["name"] == "failures_total" and match["value"]:
            name = RULE + match["value"]
        if name is not None:
            try:
                found[name] = float(match["number"])
            except ValueError:
                continue
    return found


def replace_file(path: str, text: str) -> None:
    """Write the file under another name in the same folder and rename it: a reader sees the old or the new one whole.

    Raises OSError.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")  # noqa: PTH118
    try:
        handle = system.open_or_create(temporary, 0o644, empty=True)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(handle)
        os.replace(temporary, path)  # noqa: PTH105
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise
