"""The German texts of the packaged rules: complete, German, and harmless to the redaction."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from german import english_words
from sestriage.redact import Redactor
from sestriage.rules.authoring.lint_overlays import untranslated
from sestriage.rules.loader import packaged_folder, rule_files

FOLDER = packaged_folder()
OVERLAYS = sorted((FOLDER / "locale" / "de").glob("*.toml"))
RULES = {path.stem: path for path in rule_files(FOLDER)}


ASKED = re.compile(r"\$\{[A-Z_]+:\?[^}]*\}")
"""What a command asks for; commands stand as they are."""


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "id":
                yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def load(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_every_rule_has_its_overlay_and_lint_is_clean() -> None:
    assert {path.stem for path in OVERLAYS} == set(RULES)
    assert [str(problem) for problem in untranslated(FOLDER)] == []


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_no_english_sentence_is_left(path: Path) -> None:
    for text in texts(load(path)):
        assert english_words(ASKED.sub("", text)) == [], text


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_letters_are_written_as_letters(path: Path) -> None:
    """No umlaut written as two letters, and none that a wrong encoding has taken apart."""
    for text in texts(load(path)):
        assert not re.search(r"\b(fuer|ueber|koenn\w+|muess\w+|waehl\w+|Schluess\w+|pruef\w+|groess\w+)\b", text)
        assert "Ã" not in text
        assert "\ufffd" not in text


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_the_redaction_finds_nothing_private_in_them(path: Path) -> None:
    for text in texts(load(path)):
        assert Redactor().redact(text) == text


def test_the_age_of_credentials_is_named_only_beside_old_signatures() -> None:
    """SES lets unused credentials be (docs/domain.md, section 2.1); old signatures are about the form."""
    told = {
        path.stem: text
        for path in OVERLAYS
        for text in texts(load(path))
        if re.search(r"\b(alt sind|Alter|eine Weile nicht benutzt|45 Tage)\b", text)
    }
    assert set(told) == {"old-signature-credentials", "old-signature-refused"}
    assert "Das Problem ist die alte Signatur, nicht das Alter" in " ".join(told["old-signature-credentials"].split())


def test_menus_stay_english_and_fields_with_a_german_name_say_it() -> None:
    """The German interface shows Antwortmanagement, Aktionen, Thema and An (docs/domain.md, section 8.1)."""
    for path in OVERLAYS:
        for text in texts(load(path)):
            joined = " ".join(text.split())
            assert "Vertrauensspeicher >" not in joined
            assert "Response Management >" not in joined, path.stem
            if "Response Management" in joined:
                assert "Response Management (Antwortmanagement) > Actions (Aktionen)" in joined
            if "Feld To" in joined:
                assert "Feld To (An)" in joined
