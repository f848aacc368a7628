"""An alias means its rule: read as an error, it is no sure sign of a rule that its own does not replace."""

from __future__ import annotations

import pytest

from rules.excerpts import pasted
from sestriage.model.verdict import Confidence
from sestriage.rules.authoring.example_facts import fact_base
from sestriage.rules.loader import load_rules

RULES = load_rules()
ALIASES = [(rule.id, alias) for rule in RULES.rules.values() for alias in rule.aliases]


@pytest.mark.parametrize(("rule_id", "alias"), ALIASES)
def test_it_leads_to_no_other_rule(rule_id: str, alias: str) -> None:
    rule = RULES.rules[rule_id]
    findings = RULES.evaluate(fact_base({}, dict(pasted(f"javax.mail.MessagingException: {alias}\n").facts)))
    sure = {found.rule for found in findings if found.confidence is not Confidence.SUSPECTED}
    others = sure - {rule_id, *rule.supersedes}
    assert others == set()
