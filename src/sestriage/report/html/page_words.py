"""The words of the page that no other report has."""

from __future__ import annotations

from collections.abc import Mapping

from sestriage.i18n import table_in
from sestriage.report.words import words_of as report_words

ENGLISH: Mapping[str, str] = {
    "page-contents": "On this page",
    "page-pictures": "What happened",
    "page-steps": "The steps of the attempt",
    "page-chain": "Certificates that the server sent, beside the trust store",
    "page-timeline": "The attempts in time",
    "page-as-text": "The picture in words",
    "page-served": "Sent by the server",
    "page-missing-issuer": "missing in the store: {issuer}",
    "page-anchor": "trusted by the store: {anchor}",
    "page-manager": "Manager",
    "page-middlebox": "something between them",
    "page-pause": "pause of {seconds} s",
    "page-broken": "here it broke",
    "page-rests-on": "Rests on",
    "page-bears": "What rests on it",
    "page-verdict": "the verdict",
    "page-piece": "evidence {number}",
    "step-worked": "worked",
    "step-failed": "failed here",
    "step-not-used": "not used in this session",
    "step-unknown": "not shown by the evidence",
    "ground-observed": "seen",
    "ground-implied": "follows from what was seen",
}


def words_of(language: str) -> Mapping[str, str]:
    """The words of the page and of all reports, in a language of `i18n.LANGUAGES`."""
    return {**report_words(language), **table_in(ENGLISH, language)}
