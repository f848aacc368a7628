"""What the rules of a triage would say if the Manager refused a server that was probed."""

from __future__ import annotations

from dataclasses import replace

from sestriage.model.capture import Stream, TlsAlert, TlsSession
from sestriage.model.facts import FactBase
from sestriage.model.trust import TrustPath, TrustStore
from sestriage.model.verdict import Finding
from sestriage.rules import RuleSet


def as_refused(stream: Stream, tls: TlsSession, alert: str, code: int, after: str) -> Stream:
    """The conversation as it would be if the client refused there."""
    refused = replace(
        tls, alerts=(TlsAlert("client", "fatal", code, alert, 0),), client_finished=False, completed=False
    )
    tcp = replace(stream.tcp, closed_by="client", closed_after=after)
    return replace(stream, tls=refused, tcp=tcp)


def distrusted(stream: Stream) -> Stream:
    """The conversation as it would be if the client refused the chain."""
    assert stream.tls is not None  # noqa: S101 - the callers' streams have certificates
    return as_refused(stream, replace(stream.tls, dh_bits=None), "certificate_unknown", 46, "server:Certificate")


def ask(
    rules: RuleSet,
    stream: Stream,
    path: TrustPath | None = None,
    store: TrustStore | None = None,
    only: str | None = None,
) -> Finding | None:
    """The weightiest finding for such a refusal (of the rule `only`, where one is named), without its evidence; None
    when no rule applies."""
    facts: dict[str, tuple[object, ...]] = {
        "tcp.stream": (stream,),
        "tcp.connection": (stream.tcp,),
        "smtp.dialogue": (stream.smtp,) if stream.smtp else (),
        "tls.handshake": (stream.tls,),
        "tls.certificate": stream.tls.certificates if stream.tls else (),
        "trust.path": (path,) if path else (),
        "trust.store": (store,) if store else (),
    }
    handed_in = {kind for kind, found in facts.items() if found}
    findings = rules.evaluate(FactBase.about(facts, handed_in))
    gone = {rule for finding in findings for rule in finding.supersedes}
    left = [f for f in findings if f.rule not in gone and f.severity != "warning" and only in (None, f.rule)]
    best = max(left, key=lambda f: f.confidence.rank, default=None)
    return None if best is None else replace(best, evidence=(), conflicts=(), needs=())
