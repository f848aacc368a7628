"""The other readings of the evidence that a verdict rests on, each with what would settle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from sestriage.engine.decide import Decision
from sestriage.errors import SestriageError
from sestriage.model.facts import FactBase
from sestriage.model.known.hostnames import is_under_domain
from sestriage.model.known.ses import PORT_MODES, host_form
from sestriage.model.log import LogEvent
from sestriage.model.message import Message, together
from sestriage.model.phase import TLS_STEPS, Phase
from sestriage.model.verdict import Alternative, Attempt, Finding
from sestriage.rules.fixes.case import other_program
from sestriage.rules.language.evaluate import StepLimitError
from sestriage.rules.ruleset import RuleSet

EVIDENCE: Mapping[str, Message] = {
    "log.event": Message("the log"),
    "dns.lookup": Message("a packet capture"),
    "dns.answer": Message("what getent finds for the name"),
    "tcp.stream": Message("a packet capture"),
    "tcp.connection": Message("a packet capture"),
    "smtp.dialogue": Message("a packet capture"),
    "tls.handshake": Message("a packet capture"),
    "tls.certificate": Message("the served chain"),
    "server.chain": Message("the served chain"),
    "trust.store": Message("the trust store"),
    "config.tls_ciphers": Message("the Manager's cipher list"),
    "config.smtp": Message("the SMTP settings"),
    "config.action": Message("the settings of the e-mail action"),
    "mail.delivered": Message("the headers of a delivered mail"),
}
"""What to hand in for facts of a kind."""
SAID_INSIDE_TLS = Message("the client's mail debug log or the server's own log")
"""For a dialogue that a capture holds encrypted, or may (from the login on): with or without TLS these show it."""
BEFORE_TLS13 = Message("a packet capture (not with TLS 1.3, which encrypts certificates and alerts)")
"""For a certificate that was refused, where the version is not known."""
_TRANSACTION = frozenset({"MAIL", "RCPT", "DATA", "."})
MADE_OF: Mapping[str, tuple[str, ...]] = {"trust.path": ("server.chain", "trust.store")}
"""Kinds of facts that are worked out from others."""


_COMMANDS = frozenset({"ehlo", "auth"})
_BEFORE_COMMANDS = frozenset({Phase.DNS, Phase.TCP, Phase.GREETING, Phase.TLS, Phase.CERTIFICATE})
"""No handshake is under way while a client waits for the answer to a command."""


def alternatives_of(
    primary: Finding | None, others: Sequence[Finding], decision: Decision, proven: Sequence[Phase], rules: RuleSet
) -> tuple[Alternative, ...]:
    """The other readings that the primary finding of a decision names, but for those that hold anyway and are listed as
    such, those of a step that is `proven` to work or that the attempt left behind, and those of a service that was not
    asked."""
    if primary is None:
        return ()
    behind = {*proven, *_left_behind(decision.attempt)}
    inside = Phase.TLS in proven or dialogue_in_tls(decision.attempt)
    there = decision.facts.handed_in | ({"log.event"} if decision.dropped_log else set())
    held = {finding.rule for finding in others}
    elsewhere = other_program(decision.attempt.events) is not None
    return tuple(
        Alternative(
            rule,
            rules.in_language(rules.rules[rule]).title,
            _settled_by(rule, decision.facts, there, rules, inside=inside),
        )
        for rule in primary.alternatives
        if rule not in held
        and rule in rules.rules
        and (rules.rules[rule].any_step or rules.rules[rule].phase not in behind)
        and not _of_another_service(rules.rules[rule].applies.servers, decision.attempt.host)
        and not (elsewhere and _of_java(rules.rules[rule].applies.clients))
    )


def _of_java(clients: Sequence[str]) -> bool:
    """The rule speaks for clients in Java alone."""
    return bool(clients) and all(name.startswith(("Java", "JDK")) for name in clients)


def _of_another_service(servers: Sequence[str], host: str | None) -> bool:
    """True if the rule speaks for these servers alone, and the host is known to be none of them by its name."""
    form = host_form(host)
    if not servers or (form is not None and not form.is_endpoint and form.kind != "mail-manager"):
        return False
    if form is not None:
        return ("ses" if form.is_endpoint else form.kind) not in servers
    return is_under_domain((host or "").rstrip(".").lower())


def _left_behind(attempt: Attempt) -> Set[Phase]:
    """The steps up to the login, where every failure that the log tells of came after it (without one in the log: where
    the conversation did); those up to the certificate, where each came while the client waited for the answer to a
    command; the greeting, where each came in the handshake; and the certificate, where each is a handshake of Postfix,
    which goes on with a certificate that it does not accept and decides behind the handshake. Else none."""
    failures = [event for event in attempt.events if event.outcome == "failure"]
    if failures and all(event.smtp_step in _COMMANDS for event in failures):
        return _BEFORE_COMMANDS
    if failures and all(event.phase in TLS_STEPS for event in failures):
        late = all(event.program == "Postfix" and event.phase is Phase.TLS for event in failures)
        return frozenset({Phase.GREETING, Phase.CERTIFICATE}) if late else frozenset({Phase.GREETING})
    reached = [phase for event in failures for phase in (event.phase, *event.phases) if phase]
    smtp = attempt.streams[-1].smtp if attempt.streams and not failures else None
    if smtp is not None and any(command.verb in _TRANSACTION for command in smtp.commands):
        reached.append(Phase.MAIL)
    if not reached or min(phase.rank for phase in reached) < Phase.MAIL.rank:
        return frozenset()
    return frozenset(phase for phase in Phase if Phase.CONFIG.rank < phase.rank < Phase.MAIL.rank)


def dialogue_in_tls(attempt: Attempt) -> bool:
    """The mail commands of the attempt are encrypted on the wire from the first one on, or behind a handshake that a
    capture shows."""
    if any(stream.tls is not None and stream.tls.client_finished for stream in attempt.streams):
        return True
    failures = [event for event in attempt.events if event.outcome == "failure"]
    return bool(failures) and speaks_tls_first(failures[-1])


def speaks_tls_first(event: LogEvent) -> bool:
    """TLS from the first byte, by what the event says of the connection, else by its port."""
    return (event.connection_mode or PORT_MODES.get(event.port or 0)) == "wrapper"


def _settled_by(rule: str, facts: FactBase, there: Set[str], rules: RuleSet, *, inside: bool) -> str:
    """Which evidence decides a rule that these facts leave open; empty where they decide it, or only more of what is
    `there` already would. `inside`: the mail commands are encrypted on the wire."""
    try:
        kinds = rules.undecided(rule, facts)
    except (SestriageError, StepLimitError):  # it is told where the rules are evaluated
        return ""
    needed = [each for kind in kinds for each in MADE_OF.get(kind, (kind,))]
    phase = rules.rules[rule].phase
    evidence = {
        **EVIDENCE,
        **({"smtp.dialogue": SAID_INSIDE_TLS} if inside or phase.rank >= Phase.AUTH.rank else {}),
        **({"tcp.stream": BEFORE_TLS13} if phase is Phase.CERTIFICATE else {}),
    }
    named = dict.fromkeys(evidence[kind] for kind in needed if kind in evidence and kind not in there)
    return Message("to be settled by {evidence}", evidence=together(*named, between=", ")) if named else ""
