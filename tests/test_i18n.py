"""Our own sentences: each has its German, and a triage in German says the same as one in English."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from string import Formatter
from typing import cast

import pytest

import messages
import sestriage
from german import english_words
from sestriage.engine.triage import TriageOptions, triage
from sestriage.errors import SestriageError
from sestriage.i18n import LANGUAGES, catalogue, speaker, table_in, translated
from sestriage.model.message import Message, together
from sestriage.model.verdict import Evidence, Finding, Report
from sestriage.report import markdown, text, words
from sestriage.report.language import in_language
from support import SAMPLES

SOURCE = Path(sestriage.__file__).parent
CASES = sorted(path.parent for path in SAMPLES.glob("*/expected.json"))

each_language = pytest.mark.parametrize("language", LANGUAGES[1:])


# --- messages ----------------------------------------------------------------------------------------------------


def test_a_message_is_its_english_text_and_keeps_its_values() -> None:
    port = Message("the log has port {port}", port=587)
    assert port == "the log has port 587"
    assert Message("{first}; {second}", first=port, second=Message("not read")) == "the log has port 587; not read"
    assert Message("braces {stay} without values") == "braces {stay} without values"
    assert Message(port) is port


def test_messages_within_messages_are_translated() -> None:
    said = together("log:3", Message("{first} and {second}", first=Message("certificates"), second="x"), between=": ")
    assert said == "log:3: certificates and x"
    assert translated(said, "de") == "log:3: Zertifikate und x"
    assert translated("certificates", "de") == "certificates", "a text of the evidence is nobody's to translate"
    assert in_language((said, "certificates"), "de") == ("log:3: Zertifikate und x", "certificates")


# --- the catalogues ----------------------------------------------------------------------------------------------


@each_language
def test_every_sentence_has_its_translation_and_no_other_has_one(language: str) -> None:
    kept, now = messages.read(language), messages.updated(language)
    assert [entry.id for entry in now if entry.id and not all(_strings(entry.string))] == []
    assert {(entry.id, entry.context) for entry in kept if entry.id} == {
        (entry.id, entry.context) for entry in now if entry.id
    }


@each_language
def test_translations_have_the_same_fields_and_no_english(language: str) -> None:
    for entry in messages.read(language):
        for english, told in zip(_strings(entry.id), _strings(entry.string), strict=True):
            if entry.id:
                assert _fields(english) >= _fields(told), english
                assert _fields(told) >= _fields(english) or isinstance(entry.id, tuple), english
                assert english_words(told) == [], told


def _strings(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(map(str, text)) if isinstance(text, tuple | list) else ("",)


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def _calls() -> Iterator[tuple[str, ast.Call, object]]:
    """Every `Message(…)` and `say(…)` with its place and its module."""
    for path in sorted(SOURCE.rglob("*.py")):
        inner = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in messages.SAID_BY:
                yield f"{inner}:{node.lineno}", node, importlib.import_module(f"sestriage.{inner}")


def _name(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        return function.attr if isinstance(function.value, ast.Name) and function.value.id == "language" else None
    return function.id if isinstance(function, ast.Name) else None


HANDS_ON = frozenset(
    (
        *("errors", "i18n", "model.message", "cli.language", "cli.main", "rules.texts.templates", "ingest.codecs"),
        *("report.inspect", "report.verdict", "report.mail", "report.certs", "engine.probe.points"),
        *("watch.output.text", "watch.output.history", "model.forecast.result", "report.html.forecast", "fleet.report"),
    )
)
"""Modules that say texts which other modules made (messages), and prose of rules."""


def test_babel_sees_every_sentence() -> None:
    """A sentence inside an f-string or a conditional expression would be passed over, and stay English for ever."""
    known = {text for _, _, text in messages.said()}
    for place, call, module in _calls():
        argument = call.args[0]
        if isinstance(argument, ast.Constant):
            assert argument.value in known or not messages.has_words(str(argument.value)), place
        elif isinstance(argument, ast.Name):
            value = getattr(module, argument.id, None)
            assert isinstance(value, Message) or place.partition(":")[0] in HANDS_ON, place
        else:
            assert place.partition(":")[0] in HANDS_ON, place


def test_a_table_has_the_meaning_of_its_key() -> None:
    german = table_in(words.ENGLISH, "de")
    assert list(german) == list(words.ENGLISH)
    assert (german["evidence"], german["block-evidence"]) == ("Belege", "Beleg")
    assert table_in(words.ENGLISH, "en") is words.ENGLISH


def test_a_catalogue_that_was_not_compiled_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sestriage.i18n.FOLDER", tmp_path)
    catalogue.cache_clear()
    with pytest.raises(SestriageError, match="not compiled"):
        catalogue("de")
    catalogue.cache_clear()


def test_what_has_no_translation_is_said_in_english() -> None:
    assert speaker("de")("no sentence of ours: {x}", x=1) == "no sentence of ours: 1"


# --- triage ------------------------------------------------------------------------------------------------------


@cache
def both(case: Path) -> tuple[Report, Report]:
    options = TriageOptions()
    german = triage([str(case)], replace(options, language="de"))
    return triage([str(case)], options), in_language(german, "de")


def findings(report: Report) -> list[Finding]:
    verdict = report.verdict
    return [*([verdict.primary] if verdict.primary else []), *verdict.contributing]


def as_said(english: tuple[Evidence, ...], german: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The German evidence with the English sentences about it: quotes, places and kinds must be the same."""
    pairs = zip(english, german, strict=True)
    return tuple(replace(g, quote=e.quote if isinstance(e.quote, Message) else g.quote) for e, g in pairs)


def commands(report: Report) -> list[str]:
    steps = [str(step.command) for finding in findings(report) for step in finding.fixes]
    return steps + [str(need.command) for need in report.verdict.needs]


@pytest.mark.campaign(3)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_languages_say_the_same(case: Path) -> None:
    english, german = both(case)
    assert german.language == "de"
    assert english.verdict.outcome is german.verdict.outcome
    assert [(f.rule, f.confidence, f.evidence) for f in findings(english)] == [
        (f.rule, f.confidence, as_said(f.evidence, g.evidence))
        for f, g in zip(findings(english), findings(german), strict=True)
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
        assert english_words(sentence.replace(str(case), "")) == [], sentence


def without_values(said: object) -> object:
    """A sentence without what it quotes."""
    if not isinstance(said, Message):
        return "" if isinstance(said, str) else said
    return said.with_values(lambda _, value: without_values(value))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_said_about_evidence_and_input_is_german(case: Path) -> None:
    english, german = both(case)
    said: list[str] = [item.quote for finding in findings(english) for item in finding.evidence]
    said += [note.problem for note in english.inputs if note.problem is not None]
    for sentence in said:
        told = translated(cast(str, without_values(sentence)), "de")
        assert english_words(told) == [], told
    for note in german.inputs:
        assert english_words(note.problem or "") == [], note.problem


def test_renderers_use_the_language_of_the_report() -> None:
    english, german = both(SAMPLES / "credentials-invalid")
    drawn = text.render(german, ascii_only=False)
    assert drawn.startswith("GESCHEITERT (bestätigt): Der Server lehnt SMTP-Benutzernamen")
    assert "Gescheitert am Schritt: Anmeldung (Regel smtp-credentials-invalid)" in drawn
    assert "## Was zu tun ist" in markdown.render(german)
    assert text.render(english).startswith("FAILED (confirmed): The server refuses the SMTP user name")


def test_a_rule_without_translation_is_named_and_english(tmp_path: Path) -> None:
    source = next((SOURCE.parents[1] / "rules").rglob("auth/smtp-credentials-invalid.toml"))
    (tmp_path / source.name).write_bytes(source.read_bytes())
    report = triage([str(SAMPLES / "credentials-invalid")], TriageOptions(rule_dirs=(tmp_path,), language="de"))
    assert report.verdict.primary is not None
    assert report.verdict.primary.title.startswith("The server refuses the SMTP user name")
    (note,) = [note for note in report.inputs if note.kind == "translation"]
    assert note.source.path == str(tmp_path / "locale" / "de" / source.name)
    assert note.used
