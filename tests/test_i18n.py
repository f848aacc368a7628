"""Sentences that are built in code: each has its German, and a triage in German says the same as one in English."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import sestriage
from german import english_words
from sestriage.engine import needs
from sestriage.engine.triage import TriageOptions, triage
from sestriage.locale import engine_de as engine_german
from sestriage.locale import explain_words_de, words_de
from sestriage.locale import report_de as report_german
from sestriage.locale import rules_de as rules_german
from sestriage.model.verdict import Finding, Need, Report
from sestriage.report import explain_words, markdown, text, words
from support import SAMPLES

SOURCE = Path(sestriage.__file__).parent
TABLES = {"engine": engine_german.GERMAN, "rules": rules_german.GERMAN, "report": report_german.GERMAN}
CASES = sorted(path.parent for path in SAMPLES.glob("*/expected.json"))
VALUES = re.compile(r"yes|no|it |nothing stands|no domain|the part|the domain|truncated|padded|too-long|quoted|other-v")
"""Beginnings of values of facts: the German table of the rules has them too, no `say` does."""


def said(package: str) -> Iterator[tuple[str, str]]:
    """Every text that is given to a `say` in the modules of a package, with its place."""
    for path in sorted((SOURCE / package).rglob("*.py")):
        inner = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        module = importlib.import_module(f"sestriage.{inner.removesuffix('.__init__')}")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _is_say(node.func):
                for found in _texts(node.args[0], module):
                    yield found, f"{path.name}:{node.lineno}"


def _is_say(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "say") or (
        isinstance(function, ast.Attribute) and function.attr == "say"
    )


def _texts(node: ast.expr, module: object) -> list[str]:
    """The texts that an argument can be; none for one that is only known when it runs."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, module), *_texts(node.orelse, module)]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    value: object = None
    if isinstance(node, ast.Name):
        value = getattr(module, node.id, None)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        value = getattr(getattr(module, node.value.id, None), node.attr, None)
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("package", TABLES)
def test_everything_that_is_said_has_its_german(package: str) -> None:
    missing = [f"{place}: {text}" for text, place in said(package) if text not in TABLES[package]]
    assert missing == []


def test_every_need_of_the_engine_has_its_german() -> None:
    found = [value for value in vars(needs).values() if isinstance(value, Need)]
    for said_text in (part for need in found for part in (need.evidence, need.why)):
        assert said_text in engine_german.GERMAN, said_text


@pytest.mark.parametrize("package", TABLES)
def test_the_tables_hold_nothing_else(package: str) -> None:
    known = {text for text, _ in said(package)}
    if package == "engine":
        found = [value for value in vars(needs).values() if isinstance(value, Need)]
        assert found
        known |= {text for need in found for text in (need.evidence, need.why)}
    if package == "report":
        from sestriage.engine.inspect import SET_ASIDE
        from sestriage.report.inspect import KINDS, MORE, ROLES

        known |= {*KINDS.values(), *ROLES.values(), *MORE, *MORE.values(), *SET_ASIDE.values()}
        known |= {"log", "capture", "archive", "not read", "started", "refused", "set aside"}
        assert {*KINDS.values(), *ROLES.values(), *MORE, *SET_ASIDE.values()} <= set(TABLES[package])
    left = [text for text in TABLES[package] if text not in known]
    assert [text for text in left if not (package == "rules" and VALUES.match(text))] == []


def _fields(template: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(template) if name)


ALL_TABLES: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "engine": ({text: text for text in engine_german.GERMAN}, engine_german.GERMAN),
    "rules": ({text: text for text in rules_german.GERMAN}, rules_german.GERMAN),
    "report in code": ({text: text for text in report_german.GERMAN}, report_german.GERMAN),
    "report": (words.ENGLISH, words_de.GERMAN),
    "explain": (explain_words.ENGLISH, explain_words_de.GERMAN),
}


@pytest.mark.parametrize("name", ALL_TABLES)
def test_german_tables_have_the_same_keys_and_fields_and_no_english(name: str) -> None:
    english, german = ALL_TABLES[name]
    assert list(english) == list(german)
    for key, sentence in german.items():
        assert _fields(english[key]) == _fields(sentence), key
        assert english_words(sentence) == [], sentence


# --- triage ------------------------------------------------------------------------------------------------------


@cache
def both(case: Path) -> tuple[Report, Report]:
    options = TriageOptions()
    return triage([str(case)], options), triage([str(case)], replace(options, language="de"))


def findings(report: Report) -> list[Finding]:
    verdict = report.verdict
    return [*([verdict.primary] if verdict.primary else []), *verdict.contributing]


def commands(report: Report) -> list[str]:
    steps = [str(step.command) for finding in findings(report) for step in finding.fixes]
    return steps + [str(need.command) for need in report.verdict.needs]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_languages_say_the_same(case: Path) -> None:
    english, german = both(case)
    assert german.language == "de"
    assert english.verdict.outcome is german.verdict.outcome
    assert [(f.rule, f.confidence, f.evidence) for f in findings(english)] == [
        (f.rule, f.confidence, f.evidence) for f in findings(german)
    ]
    assert commands(english) == commands(german)
    for one, other in zip(findings(english), findings(german), strict=True):
        assert one.title != other.title
        assert one.explanation != other.explanation
    for several in ("notes", "needs", "contradictions", "alternatives"):
        assert len(getattr(english.verdict, several)) == len(getattr(german.verdict, several))
    assert not any(note.kind == "translation" for note in german.inputs)


def sentences(report: Report) -> Iterator[str]:
    """What a report says itself, without what it quotes."""
    verdict = report.verdict
    for finding in findings(report):
        yield from (finding.title, finding.explanation, finding.caution or "", finding.contradiction or "")
        for step in finding.fixes:
            yield from (step.text, step.risk or "")
    for need in verdict.needs:
        yield from (need.evidence, need.why)
    yield from verdict.notes
    yield from (contradiction.text for contradiction in verdict.contradictions)
    yield from (other.title for other in verdict.alternatives)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_english_is_left_in_a_german_report(case: Path) -> None:
    for sentence in sentences(both(case)[1]):
        assert english_words(sentence) == [], sentence


def test_renderers_use_the_language_of_the_report() -> None:
    english, german = both(SAMPLES / "credentials-invalid")
    drawn = text.render(german, ascii_only=False)
    assert drawn.startswith("GESCHEITERT (bestätigt): Der Server lehnt")
    assert "Gescheitert am Schritt: Anmeldung (Regel smtp-credentials-invalid)" in drawn
    assert "## Was zu tun ist" in markdown.render(german)
    assert text.render(english).startswith("FAILED (confirmed): The server refuses")


def test_a_rule_without_translation_is_named_and_english(tmp_path: Path) -> None:
    source = next((SOURCE.parents[1] / "rules").rglob("auth/smtp-credentials-invalid.toml"))
    (tmp_path / source.name).write_bytes(source.read_bytes())
    report = triage([str(SAMPLES / "credentials-invalid")], TriageOptions(rule_dirs=(tmp_path,), language="de"))
    assert report.verdict.primary is not None
    assert report.verdict.primary.title.startswith("The server refuses")
    (note,) = [note for note in report.inputs if note.kind == "translation"]
    assert note.source.path == str(tmp_path / "locale" / "de" / source.name)
    assert note.used
