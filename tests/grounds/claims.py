"""What an answer claims of the attempt that it judges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from grounds import oracle
from sestriage.cli.explain import Request, _render, explain
from sestriage.model.verdict import Outcome, Report
from sestriage.report.text import render
from support import ROOT

DNS_PORT = 53
"""Every filter for a capture has it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """`prose` is all that the answer prints but its quotations; the other fields are what it says of the attempt."""

    prose: str
    proven: frozenset[str]
    failed_at: str | None
    accepted: bool
    host: str | None = None
    port: int | None = None


def of_report(report: Report) -> Claims:
    """What a triage claims, printed whole."""
    verdict = report.verdict
    newest = report.attempts[-1] if report.attempts else None
    return Claims(
        render(report, verbose=True, width=400),
        frozenset(step.value for step in verdict.cleared),
        str(newest.phase) if newest and newest.phase and verdict.outcome is Outcome.FAILED else None,
        verdict.outcome is Outcome.ACCEPTED,
        newest.host if newest else None,
        newest.port if newest else None,
    )


def of_explanation(text: str) -> Claims:
    """What `explain` claims of a text."""
    request = Request((text,), no_redact=True)
    answer = explain(request)
    return Claims(
        _render(answer, request, 0),
        frozenset(step.value for step in answer.cleared),
        str(answer.phase) if answer.phase else None,
        answer.accepted,
    )


def without_ground(claims: Claims, text: str) -> Iterator[str]:
    """The claims that nothing in the text gives a ground for, each as a sentence for the reader of a failed test."""
    allowed = oracle.may_be_proven(text, claims.host, accepted=claims.accepted)
    for step in sorted(claims.proven - allowed, key=oracle.LADDER.index):
        yield f"`{step}` is said to work"
    if claims.failed_at is not None and not oracle.may_have_failed_at(text, claims.failed_at):
        yield f"`{claims.failed_at}` is said to have failed"
    if claims.host is not None and not oracle.names_host(text, claims.host):
        yield f"the server is said to be {claims.host}"
    if claims.port is not None and not oracle.names_number(text, claims.port):
        yield f"the port is said to be {claims.port}"
    fixed = fixed_texts()
    for region in sorted(oracle.regions_in(claims.prose) - oracle.regions_in(text) - fixed.regions):
        yield f"the region {region} is named"
    for size in sorted(oracle.sizes_in(claims.prose) - fixed.sizes):
        if not oracle.names_number(text, size):
            yield f"a size of {size} bits is named"
    for port in sorted(oracle.ports_in(claims.prose) - fixed.ports):
        if not oracle.names_number(text, port):
            yield f"the port {port} is named"


@dataclass(frozen=True, slots=True)
class Fixed:
    """What the texts of the rules name themselves: it is said of every case, not of this one."""

    regions: frozenset[str]
    sizes: frozenset[int]
    ports: frozenset[int]


@cache
def fixed_texts() -> Fixed:
    """Read once: a megabyte of text, which every test asks about."""
    files = (ROOT / "rules").glob("*/*.toml")
    said = "\n".join(path.read_text(encoding="utf-8").split("[[example]]")[0] for path in sorted(files))
    return Fixed(
        oracle.regions_in(said),
        oracle.sizes_in(said),
        oracle.ports_in(said) | {DNS_PORT},
    )
