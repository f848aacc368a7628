"""Whole reports in German: no sentence of the catalogue is left in English."""

from __future__ import annotations

import messages
import slices
from sestriage.engine.triage import TriageOptions, triage
from sestriage.report import text
from support import SAMPLES

SHORTEST = 25
"""Letters of a sentence that stands in no evidence by chance."""


def test_no_sentence_of_ours_is_left_in_english() -> None:
    """A message that is cut, joined or formatted on its way is no message any more, and nobody translates it."""
    sentences = {
        " ".join(str(entry.id).split())
        for entry in messages.read("de")
        if len(entry.id) >= SHORTEST and "{" not in entry.id and entry.string != entry.id
    }
    assert len(sentences) > 500
    folders = sorted(path.parent for path in SAMPLES.glob("*/expected.json"))
    for folder in slices.part(folders, 4):
        report = triage([str(folder)], TriageOptions(language="de"))
        shown = " ".join(text.render(report, width=100_000, verbose=True).split())
        assert [sentence for sentence in sentences if sentence in shown] == [], folder.name
