"""What is said of pip-audit's answers, which is silent about what it could not ask."""

from __future__ import annotations

import json

from sestriage_build import audit

CLEAN = {"name": "click", "version": "8.5.1", "vulns": []}
KNOWN = {"name": "jinja2", "version": "2.4", "vulns": [{"id": "PYSEC-2021-66"}, {"id": "PYSEC-2019-217"}]}
SKIPPED = {"name": "rich", "skip_reason": "Dependency not found on PyPI and could not be audited: rich (15.0.0)"}


def judged(*packages: object) -> tuple[str, int]:
    return audit.judged(json.dumps({"dependencies": packages, "fixes": []}))


def test_known_vulnerabilities_are_named() -> None:
    said, known = judged(CLEAN, KNOWN)
    assert known == 1
    assert said == "2 packages audited, 1 with known vulnerabilities; jinja2 2.4: PYSEC-2021-66, PYSEC-2019-217"


def test_what_was_not_asked_about_is_no_clean_one() -> None:
    assert judged(CLEAN) == ("1 packages audited, 0 with known vulnerabilities", 0)
    said, known = judged(CLEAN, SKIPPED)
    assert known == 0
    assert said.startswith("1 packages audited, 0 with known vulnerabilities; 1 not audited")


def test_no_answer_is_said() -> None:
    for answer in ("", "{}", "[]", "null"):
        assert audit.judged(answer) == ("not audited: pip-audit gave no answer", 0)
