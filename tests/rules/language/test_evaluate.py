"""Three values: the truth tables, what an absent field means, what a kind means that was not handed in."""

from __future__ import annotations

import itertools

import pytest

from sestriage.model.capture import SmtpDialogue, TlsAlert, TlsSession, WireReply
from sestriage.model.facts import FactBase
from sestriage.model.log import LogEvent
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate
from sestriage.rules.language.evaluate import Selections, Selector, StepBudget, StepLimitError, Tri
from sestriage.rules.language.grammar import parse_condition, parse_selection

HERE = SourceRef("x.log")


def event(**fields: object) -> LogEvent:
    base: dict[str, object] = dict.fromkeys(("time", "level", "logger", "thread"))
    base |= {"source": HERE, "message": "", "throwables": (), "text": "", "quote": ""}
    return LogEvent(**(base | fields))  # type: ignore[arg-type]


def base(kind: str, *facts: object, handed_in: bool = True) -> FactBase:
    return FactBase({kind: facts}, frozenset({kind} if handed_in else ()))


def truth(text: str, *facts: object, handed_in: bool = True) -> Tri:
    selection = parse_selection(text)
    return Selector.of(selection).run(base(selection.kind, *facts, handed_in=handed_in), StepBudget()).truth


def tls(**fields: object) -> TlsSession:
    return TlsSession(**fields)  # type: ignore[arg-type]


def test_a_kind_that_was_not_handed_in_is_unknown() -> None:
    assert truth("tls.handshake where completed", handed_in=False) is None
    assert truth("tls.handshake where completed") is False
    assert truth("tls.handshake") is False
    assert truth("tls.handshake", tls()) is True


def test_one_fact_that_matches_is_enough() -> None:
    assert truth("tls.handshake where dh_bits < 2048", tls(dh_bits=4096), tls(dh_bits=1024)) is True
    assert truth("tls.handshake where dh_bits < 2048", tls(dh_bits=4096)) is False


def test_an_unseen_field_is_unknown_on_the_wire_and_false_in_the_log() -> None:
    assert truth("tls.handshake where dh_bits < 2048", tls()) is None
    assert truth("tls.handshake where not dh_bits < 2048", tls()) is None
    assert truth("log.event where port == 587", event()) is False
    assert truth("log.event where not port == 587", event()) is True
    assert truth("log.event where port != 587", event()) is False


def test_an_unknown_fact_beside_a_false_one_leaves_the_selection_unknown() -> None:
    assert truth("tls.handshake where dh_bits < 2048", tls(dh_bits=4096), tls()) is None


def test_a_field_below_an_absent_one_is_absent() -> None:
    assert truth('tls.handshake where alert.sender == "client"', tls()) is None
    alert = TlsAlert("client", "fatal", 40, "handshake_failure", 9)
    assert truth('tls.handshake where alert.sender == "client"', tls(alerts=(alert,))) is True


def test_unknown_and_holds_are_never_unknown() -> None:
    assert truth("tls.handshake where unknown(dh_bits)", tls()) is True
    assert truth("tls.handshake where unknown(dh_bits)", tls(dh_bits=1)) is False
    assert truth("smtp.dialogue where holds(starttls_offered)", SmtpDialogue()) is False
    assert truth("smtp.dialogue where holds(starttls_offered)", SmtpDialogue(starttls_offered=True)) is True


def test_quantifiers_and_counts() -> None:
    replies = tuple(WireReply(code, "", 1) for code in (220, 250, 554))
    talk = SmtpDialogue(replies=replies)
    assert truth("smtp.dialogue where any(replies, code == 554)", talk) is True
    assert truth("smtp.dialogue where all(replies, code >= 220)", talk) is True
    assert truth("smtp.dialogue where all(replies, code < 500)", talk) is False
    assert truth("smtp.dialogue where any(replies, code == 1)", SmtpDialogue()) is False
    assert truth("smtp.dialogue where all(replies, code == 1)", SmtpDialogue()) is True
    assert truth("smtp.dialogue where count(replies) == 3", talk) is True
    assert truth("smtp.dialogue where count(replies, code >= 250) == 2", talk) is True


def test_a_count_may_have_a_condition_with_holds() -> None:
    replies = (WireReply(554, "", 1, decrypted=True), WireReply(250, "", 1))
    talk = SmtpDialogue(replies=replies)
    assert truth("smtp.dialogue where count(replies, holds(decrypted)) == 1", talk) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('log.event where text contains "DH KEY"', True),
        ('log.event where text startswith "ssl"', True),
        ('log.event where text matches "key\\s{1,3}too"', True),
        ('log.event where text == "ssl: dh key too small"', False),
        ('log.event where exceptions contains "SSLException"', True),
        ('log.event where exceptions contains "sslexception"', False),
        ('log.event where phase == "tls"', True),
        ('log.event where phase in ["dns", "tls"]', True),
    ],
)
def test_text_operators(text: str, expected: bool) -> None:
    from sestriage.model.phase import Phase

    fact = event(text="SSL: dh key too small", exceptions=("SSLException",), phase=Phase.TLS)
    assert truth(text, fact) is expected


KLEENE = (True, None, False)


def kleene_and(left: Tri, right: Tri) -> Tri:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


@pytest.mark.parametrize(("left", "right"), list(itertools.product(KLEENE, KLEENE)))
def test_verdicts_follow_kleene(left: Tri, right: Tri) -> None:
    facts = {True: (tls(dh_bits=1),), None: (tls(),), False: (tls(dh_bits=9),)}
    selectors = {
        "a": Selector.of(parse_selection("tls.handshake where dh_bits < 5")),
        "b": Selector.of(parse_selection("smtp.dialogue where starttls_offered")),
    }
    talks = {truth: SmtpDialogue(starttls_offered=truth) for truth in KLEENE}
    fact_base = FactBase(
        {"tls.handshake": facts[left], "smtp.dialogue": (talks[right],)}, frozenset({"tls.handshake", "smtp.dialogue"})
    )
    selections = Selections(selectors, fact_base)
    both = kleene_and(left, right)
    assert selections.decide(parse_condition("a and b")) is both
    flipped = kleene_and(None if left is None else not left, None if right is None else not right)
    assert selections.decide(parse_condition("a or b")) is (None if flipped is None else not flipped)
    assert selections.decide(parse_condition("not a")) is (None if left is None else not left)
    assert selections.decide(parse_condition("unknown(a)")) is (left is None)
    assert selections.decide(parse_condition("holds(a)")) is (left is True)


def test_the_step_limit_stops_a_rule() -> None:
    selection = parse_selection("smtp.dialogue where all(replies, code >= 0)")
    talk = SmtpDialogue(replies=tuple(WireReply(250, "", 1) for _ in range(100)))
    with pytest.raises(StepLimitError):
        Selector.of(selection).run(base("smtp.dialogue", talk), StepBudget(left=99))
    assert Selector.of(selection).run(base("smtp.dialogue", talk), StepBudget(left=200)).truth is True


def test_a_count_over_unknown_elements_is_unknown_only_where_it_matters() -> None:
    chain = tuple(Certificate(f"{n}", b"", is_ca=is_ca) for n, is_ca in enumerate((True, None, False)))
    session = tls(certificates=chain)
    assert truth("tls.handshake where count(certificates, is_ca) >= 1", session) is True
    assert truth("tls.handshake where count(certificates, is_ca) >= 2", session) is None
    assert truth("tls.handshake where count(certificates, is_ca) >= 3", session) is False
