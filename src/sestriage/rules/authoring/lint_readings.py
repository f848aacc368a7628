"""Whether a rule claims no more than its evidence carries: other readings, kinds of evidence, facts of one store."""

from __future__ import annotations

from collections.abc import Iterator

from sestriage.errors import RuleError
from sestriage.model.message import Message
from sestriage.model.phase import Phase
from sestriage.rules.authoring.linted import Linted
from sestriage.rules.language.conditions import Condition, Holds, IsTrue, Junction, Not, Unknown
from sestriage.rules.schema import Rule

_Term = frozenset[str]
"""What must hold together: names of selections, `not `, `unknown ` or `holds ` before them where they are not bare."""

_STORE_KINDS = frozenset({"trust.path", "trust.store"})
_WIRE_KINDS = frozenset(
    {"tcp.stream", "tcp.connection", "tls.handshake", "tls.certificate", "server.chain", "smtp.dialogue"}
)
_CONVERSATIONS = frozenset({"tcp.stream", "tcp.connection", "tls.handshake", "smtp.dialogue"})
_SETTING_KINDS = frozenset({"config.smtp", "config.action", "config.tls_ciphers"})
_SILENT_PHASES = frozenset({Phase.DNS, Phase.TCP, Phase.TLS, Phase.CERTIFICATE})
"""Steps at which the client writes what it concludes; from the greeting on it writes what the server replied."""
_QUOTING = frozenset({"proxy-refused"})
"""Rules of such a step whose line quotes a reply all the same, that of a proxy."""


def check_readings(source: Linted) -> Iterator[RuleError]:
    """The problems of one rule."""
    rule = source.rule
    if rule.severity == "warning" or rule.fallback:
        return
    if may_be_suspected(rule) and not rule.alternatives:
        yield source.problem(
            Message("the rule can be `suspected` and names no other reading in `alternatives`"), key="id"
        )
    if rule.confirmed is not None and any(_one_kind(rule, term) for term in alternatives_of(rule.confirmed)):
        message = "`confirmed` rests on two signs of one capture, which are one kind of evidence"
        yield source.problem(message, "verdict", "confirmed")
    for problem in sorted({problem for term in _proofs(rule) if (problem := _unproven(rule, term))}):
        yield source.problem(Message("`confirmed` rests on {problem}", problem=problem), "verdict", "confirmed")
    for key, condition in (("when", rule.when), ("likely", rule.likely), ("confirmed", rule.confirmed)):
        if condition is not None and any(_joins_stores(rule, term) for term in alternatives_of(condition)):
            joined = Message("`{key}` joins facts of a path and of a store, which may be two stores", key=key)
            yield source.problem(Message("{joined}; ask for `entries` of the path", joined=joined), "verdict", key)
        if condition is not None and any(_joins_conversations(rule, term) for term in alternatives_of(condition)):
            joined = Message("`{key}` joins two selections over conversations, which may be two conversations", key=key)
            yield source.problem(Message("{joined}; ask for both in one selection", joined=joined), "verdict", key)


def may_be_suspected(rule: Rule) -> bool:
    """There is evidence for which `when` holds, but neither `likely` nor `confirmed`."""
    surer = [
        term
        for condition in (rule.likely, rule.confirmed)
        if condition is not None
        for term in alternatives_of(condition)
    ]
    return not all(any(better <= term for better in surer) for term in alternatives_of(rule.when))


def _proofs(rule: Rule) -> tuple[_Term, ...]:
    """What holds together where the rule is confirmed."""
    return () if rule.confirmed is None else alternatives_of(Junction("and", (rule.when, rule.confirmed)))


def alternatives_of(condition: Condition) -> tuple[_Term, ...]:
    """The condition of a verdict as alternatives of what must hold together."""
    match condition:
        case Junction("or", parts):
            return tuple(term for part in parts for term in alternatives_of(part))
        case Junction(_, parts):
            found: tuple[_Term, ...] = (frozenset(),)
            for part in parts:
                found = tuple(term | more for term in found for more in alternatives_of(part))
            return found
        case Not(inner):
            return (frozenset({f"not {_name(inner)}"}),)
        case _:
            return (frozenset({_name(condition)}),)


def _name(condition: Condition) -> str:
    match condition:
        case IsTrue(path):
            return str(path)
        case Unknown(path):
            return f"unknown {path}"
        case Holds(path):
            return f"holds {path}"
    return repr(condition)


def _kinds(rule: Rule, term: _Term) -> list[str]:
    return [rule.selections[name].kind for name in term if name in rule.selections]


def _unproven(rule: Rule, term: _Term) -> str | None:
    """Why what holds together is no proof; None when it is one. Direct proof is a reply of the server, logged or
    captured, and what the captured conversation itself shows; what the client concludes needs a second kind."""
    kinds = set(_kinds(rule, term))
    if rule.phase is Phase.CONFIG and kinds <= _SETTING_KINDS:
        return None  # it says what the settings are; as a cause of a failure it is never more than suspected
    if kinds <= _STORE_KINDS | _SETTING_KINDS:
        return "stores or settings alone: nothing shows that this attempt used them"
    if kinds == {"log.event"} and rule.phase in _SILENT_PHASES and rule.id not in _QUOTING:
        return "one line of a log alone, which says what the client concluded"
    return None


def _one_kind(rule: Rule, term: _Term) -> bool:
    """What a client refuses without saying why, and a fault of the certificate beside it; one selection that asks for
    both of one conversation is a statement of its own."""
    kinds = _kinds(rule, term)
    return rule.phase is Phase.CERTIFICATE and len(kinds) > 1 and set(kinds) <= _WIRE_KINDS


def _joins_conversations(rule: Rule, term: _Term) -> bool:
    """`server.chain` stands for what the server shows to any client, and is bound by the host."""
    return sum(kind in _CONVERSATIONS for kind in _kinds(rule, term)) > 1


def _joins_stores(rule: Rule, term: _Term) -> bool:
    return set(_kinds(rule, term)) >= _STORE_KINDS
