"""Whether a rule says for which servers and clients it speaks: as data, in its conditions, and in its texts.

`applies` is what `explain` shows; a condition that asks for SES makes a rule one of SES whether it says so or not, and
a rule that calls itself one of SES must be held back from the replies of other servers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sestriage.errors import RuleError
from sestriage.model.message import Message
from sestriage.rules.authoring.lint_readings import alternatives_of
from sestriage.rules.authoring.linted import Linted
from sestriage.rules.language.conditions import Compare, Condition, Count, IsTrue, Junction, Not, Path, Quantified
from sestriage.rules.schema import Rule

_WORDS = {"ses": ("SES", "AWS"), "mail-manager": ("Mail Manager",)}
_SIGNS = frozenset({"for_ses", "region_differs", "host_form.is_endpoint", "host_is_ses"})
"""Fields that are true of an endpoint of SES alone."""
_KINDS = {
    **dict.fromkeys(("ses", "smtp", "smtp-fips", "smtp-dualstack", "smtp-vpce"), "ses"),
    "mail-manager": "mail-manager",
}
"""What `kind` of a server, or `server_kind` of settings, says of it."""
_NAMES_OF_AWS = frozenset({"https-api", "inbound", "feedback", "smtp-name-only"})


def check_scope(source: Linted) -> Iterator[RuleError]:
    """The problems of one rule."""
    rule = source.rule
    said = f"{rule.title} {rule.why} {rule.caution}"
    for name in (*rule.applies.servers, *rule.applies.clients):
        product = name.split()[0]
        if not any(word in said for word in _WORDS.get(name, (product, product.replace("JDK", "Java")))):
            yield source.problem(
                Message("`applies` names {name}, but title and texts do not", name=name), key="applies"
            )
    for name in sorted(_asked_for(rule) - set(rule.applies.servers)):
        yield source.problem(
            Message("the rule holds for {name} alone, and `applies` does not say so", name=name), key="id"
        )
    if rule.applies.servers and not all(_held_back(rule, term) for term in alternatives_of(rule.when)):
        message = "`applies` names a server, but the rule holds for a code or a form alone, which any server may give"
        yield source.problem(message, "verdict", "when")


def _asked_for(rule: Rule) -> set[str]:
    """The servers of which one is asked for in whatever way the rule holds."""
    ways = [{server for name in term for server in _servers(rule, name)} for term in alternatives_of(rule.when)]
    return set.union(*ways) if ways and all(ways) else set()


def _servers(rule: Rule, name: str) -> set[str]:
    condition = rule.selections[name].condition if name in rule.selections else None
    if condition is None:
        return set()
    return {server for server in _WORDS if _always(condition, partial(_asks_for, server))}


def _held_back(rule: Rule, term: frozenset[str]) -> bool:
    """One of the selections asks for a server of AWS, or for words of a reply."""
    conditions = (rule.selections[name].condition for name in term if name in rule.selections)
    return any(condition is not None and _always(condition, _tells) for condition in conditions)


def _always(condition: Condition, holds: Callable[[Condition], bool]) -> bool:
    """Whatever makes the condition true makes such a part of it true."""
    match condition:
        case Junction("or", parts):
            return all(_always(part, holds) for part in parts)
        case Junction(_, parts):
            return any(_always(part, holds) for part in parts)
        case Quantified("any", _, inner):
            return _always(inner, holds)
        case Not(_):
            return False
    return holds(condition)


def _asks_for(server: str, atom: Condition) -> bool:
    return _server_of(atom) == server


def _server_of(atom: Condition) -> str | None:
    """The server that a condition asks for."""
    match atom:
        case IsTrue(path) if str(path) in _SIGNS:
            return "ses"
        case Compare(Path() as path, "==", str(value)) if str(path) == "through_ses":
            return "ses" if value == "yes" else None
        case Compare(Path() as path, "==" | "in", value) if path.parts[-1] in ("kind", "server_kind"):
            values = value if isinstance(value, tuple) else (value,)
            named = {_KINDS.get(str(each)) for each in values}
            return named.pop() if len(named) == 1 else None
    return None


def _tells(atom: Condition) -> bool:
    if _server_of(atom) is not None:
        return True
    match atom:
        case Compare(Count(path), _, _):
            return str(path) == "identities"  # SES alone lists them
        case Compare(Path() as path, "contains" | "matches" | "startswith", _):
            return path.parts[-1] in ("text", "said")
        case Compare(Path() as path, "in", tuple(values)) if path.parts[-1] == "kind":
            return set(values) <= _NAMES_OF_AWS
    return False
