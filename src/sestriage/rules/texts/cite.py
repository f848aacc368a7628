"""Facts as evidence: the place of a fact, and one line that says what stands there."""

from __future__ import annotations

from sestriage.model.facts import FactBase
from sestriage.model.log import MAX_QUOTE_CHARS, LogEvent
from sestriage.model.message import Message
from sestriage.model.verdict import Evidence
from sestriage.rules.texts.templates import clean


def cite(kind: str, fact: object, facts: FactBase) -> tuple[Evidence, ...]:
    """The places to show for a fact: usually one, two where a second frame decides (an alert, a reset)."""
    if isinstance(fact, LogEvent):
        return (Evidence(fact.quote_source, clean(fact.quote or fact.message, MAX_QUOTE_CHARS), kind),)
    if kind == "smtp.server":  # what is known of the server follows from other facts
        return ()
    from sestriage.rules.texts.cite_facts import places

    return tuple(Evidence(source, _cleaned(quote), kind) for source, quote in places(fact, facts))


def _cleaned(quote: str) -> str:
    """As `templates.clean`; a message stays one unless it is too long to be shown whole."""
    plain = clean(quote)
    if plain == quote or not isinstance(quote, Message):
        return quote if plain == quote else plain
    told = quote.with_values(lambda _, value: _cleaned(value) if isinstance(value, str) else value)
    return told if told == plain else plain
