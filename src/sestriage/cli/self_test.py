"""`sestriage self-test`: the verdicts of known samples on this very machine, offline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sestriage.cli.language import say, told
from sestriage.cli.options import lang_option
from sestriage.cli.status import ACCEPTED, FAILED
from sestriage.errors import SestriageError

if TYPE_CHECKING:
    from sestriage.delivery import Build
    from sestriage.model.verdict import Report

SAMPLES: Final = (
    "bundle",
    "access-denied",
    "credentials-invalid",
    "dh-openssl",
    "hostname-mismatch",
    "other-store-535",
    "pkix-root-missing",
    "success-debug",
    "success-json",
    "tls13-535-keylog",
)
"""The samples that the package carries: an archive, logs of several layouts, captures (one with keys), trust stores."""
EXPECTED: Final = "expected.json"
OLD_DAYS: Final = 180
"""From this age on the parts of a package may lack known repairs."""

EPILOG = """\b
Exit status
  0  every sample has its verdict
  1  a sample has another one, or cannot be judged: this copy of sestriage does not work here
  4  internal error

\b
Examples
  sestriage self-test
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a sample is known to show, or what was found."""

    outcome: str
    rule: str | None
    confidence: str | None

    def __str__(self) -> str:
        parts = [self.outcome, self.rule or "", f"({self.confidence})" if self.confidence else ""]
        return " ".join(filter(None, parts))


@click.command("self-test", epilog=EPILOG)
@lang_option
def command(language: str) -> int:
    """Judge samples whose verdicts are known, to see that this copy of sestriage works on this machine.

    The samples come with sestriage; nothing is written, and the network is not touched. Takes a few seconds. A package
    that carries its own Python and OpenSSL is told of when these are older than 180 days.
    """
    del language  # `say` knows it
    from sestriage.cli.version import text

    click.echo(text())
    width = max(map(len, SAMPLES))
    wrong = 0
    for name in SAMPLES:
        known, found = tried(folder() / name)
        if found == known:
            click.echo(f"{name.ljust(width)}  {found}")
        else:
            wrong += 1
            both = say("expected: {known}, found: {found}", known=known, found=found)
            click.echo(f"{name.ljust(width)}  {both}")
    for sentence in remarks(datetime.now(UTC).date()):
        click.echo(sentence)
    if wrong:
        bad = say("{wrong} of {count} samples have another verdict: do not trust this copy here.", **_count(wrong))
        click.echo(bad)
        return FAILED
    click.echo(say("All {count} samples have the verdict that is known for them.", **_count(wrong)))
    return ACCEPTED


def _count(wrong: int) -> dict[str, object]:
    return {"wrong": wrong, "count": len(SAMPLES)}


def folder() -> Path:
    """Where the samples lie: inside an installed package, else in the checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "_samples"
    return inside if inside.is_dir() else package.parents[1] / "samples"


def tried(sample: Path) -> tuple[Verdict, Verdict | str]:
    """The verdict that is known for a sample, and that of this machine, or why there is none."""
    import json

    known = json.loads((sample / EXPECTED).read_text(encoding="utf-8"))["whole"]
    expected = Verdict(known["outcome"], known["rule"], known["confidence"])
    inputs = [str(path) for path in sorted(sample.iterdir()) if path.name != EXPECTED]
    try:
        from sestriage import triage

        return expected, _verdict(triage(inputs))
    except SestriageError as error:
        return expected, told(error)
    except Exception as error:  # whatever is missing or broken here, the other samples are tried too
        from sestriage.formats.guard import fault_of

        fault = fault_of(error)
        return expected, say("internal error ({kind}, code {code})", kind=fault.kind, code=fault.code)


def _verdict(report: Report) -> Verdict:
    verdict = report.verdict
    return Verdict(verdict.outcome, verdict.primary.rule if verdict.primary else None, verdict.confidence)


def remarks(today: date) -> Iterator[str]:
    """What an owner should know of this copy, though it works."""
    from importlib.util import find_spec

    from sestriage.delivery import build_of, delivery
    from sestriage.formats.capture.oddlink import is_missing
    from sestriage.ingest.codecs import ZSTD_PACKAGE, reads_zstd

    for name in ("hyperscan", "stringzilla", "isal"):
        if find_spec(name) is None:
            yield say("Without the Python package {name}: slower, with equal results.", name=name)
    if not reads_zstd():
        yield say("Without the Python package {name}: .zst files are not read.", name=ZSTD_PACKAGE)
    if is_missing():
        yield say("Without the Python package {name}: captures of rare link types are not read.", name="scapy")
    tree = delivery()
    build = build_of(tree) if tree is not None else None
    if build is not None:
        yield from aged(build, today)


def aged(build: Build, today: date) -> Iterator[str]:
    """A warning about parts that may lack known repairs."""
    days = (today - build.newest_on).days
    if days > OLD_DAYS:
        yield say(
            "Warning: OpenSSL {openssl} and Python {python} of this package were the newest on {day}, {days} days ago; "
            "repairs since then are missing. Install a newer package, or build one (packaging/build).",
            openssl=build.components.get("libssl3", "?"),
            python=build.components.get("python3.11-minimal", "?"),
            day=build.newest_on.isoformat(),
            days=days,
        )
