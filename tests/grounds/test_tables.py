"""Every example of every rule that is a table of facts: what the finding says has its ground in the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grounds import oracle
from grounds.claims import fixed_texts
from rules.examples import examples_of
from sestriage.model.verdict import Finding
from sestriage.rules import RuleSet, load_rules
from sestriage.rules.authoring.examples import example_facts
from sestriage.rules.schema import Example
from support import ROOT

TABLES = [
    pytest.param(path.stem, example, id=f"{path.stem}-{example.line}")
    for path in sorted((ROOT / "rules").glob("*/*.toml"))
    for example in examples_of(path)
    if example.facts and example.expect != "none"
]


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_rules()


def texts_of(finding: Finding) -> Iterator[str]:
    """All that the finding says of this case, commands included; evidence is the facts themselves."""
    yield from (finding.title, finding.explanation, finding.caution or "", finding.contradiction or "")
    for fix in finding.fixes:
        yield from (fix.text, str(fix.command or ""), str(fix.verify or ""), str(fix.undo or ""))
    for need in finding.needs:
        yield from (need.evidence, need.why, str(need.command))


def values_of(table: object) -> Iterator[str]:
    """Every value of the tables, as text."""
    if isinstance(table, dict):
        for value in table.values():
            yield from values_of(value)
    elif isinstance(table, list):
        for value in table:
            yield from values_of(value)
    else:
        yield str(table)


@pytest.mark.parametrize(("rule", "example"), TABLES)
def test_a_finding_names_no_value_that_the_facts_lack(rule: str, example: Example, rules: RuleSet) -> None:
    findings = RuleSet({rule: rules.rules[rule]}).evaluate(example_facts(example))
    said = "\n".join(text for finding in findings for text in texts_of(finding))
    given = "\n".join([*values_of(dict(example.facts)), example.log or ""])
    fixed = fixed_texts()
    assert findings
    assert oracle.regions_in(said) <= oracle.regions_in(given) | fixed.regions
    for size in oracle.sizes_in(said) - fixed.sizes:
        assert oracle.names_number(given, size)
    for port in oracle.ports_in(said) - fixed.ports:
        assert oracle.names_number(given, port)
