"""A leaflet shows all steps of a rule; those that only some evidence calls for say so."""

from __future__ import annotations

import pytest

from rules.printed import files
from sestriage.report.language import in_language
from sestriage.rules.loader import packaged_folder
from sestriage.rules.texts.rule_summary import read


@pytest.mark.parametrize(("language", "words"), [("en", "If the evidence shows it: "), ("de", "Wenn die Belege es ")])
@pytest.mark.parametrize(
    ("rule_id", "marked"),
    [
        ("tls-version-rejected", [True, False, True, True]),  # `current`; none; `ours`; `open_side`
        ("hostname-mismatch", [True, False]),  # `address`; `not holds(address)`
        ("pkix-path-not-found", [False, False, True]),  # `unknown(judged)` twice
        ("connection-refused", [False, True, False]),  # `not holds(known_port)`, `here`, `not holds(here)`
    ],
)
def test_a_step_for_some_evidence_says_so(rule_id: str, marked: list[bool], language: str, words: str) -> None:
    leaflet = read(files()[rule_id][0][0], str(packaged_folder()), files(), language)
    steps = in_language(leaflet.steps, language)
    assert [step.text.startswith(words) for step in steps] == marked
