"""The compiled form: current, equal to what parsing gives, and never believed for another file."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage.rules import load_rules
from sestriage.rules import loader as loading
from sestriage.rules.authoring.compile import compile_folder
from sestriage.rules.compiled import FILE_NAME, HEADER, CompiledIndex, digest, dump
from sestriage.rules.loader import packaged_folder, read_bytes, rule_files, shared_for
from sestriage.rules.parsed import build
from sestriage.rules.reader import parse_source
from sestriage.rules.shared import Shared

from .ruletext import GOOD, changed

NOTHING_SHARED = Shared()


def test_the_committed_file_is_current() -> None:
    text = (packaged_folder() / FILE_NAME).read_text(encoding="utf-8")
    assert text == compile_folder(packaged_folder()), "run: python -m sestriage.rules.authoring.compile"


def test_a_compiled_rule_equals_the_parsed_one() -> None:
    index = CompiledIndex((packaged_folder() / FILE_NAME).read_text(encoding="utf-8"))
    shared = shared_for(packaged_folder())
    for path in rule_files(packaged_folder()):
        raw = read_bytes(path)
        compiled = index.get(digest(raw, shared))
        assert compiled is not None, path
        parsed = parse_source(raw, str(path), shared)
        assert dump([(raw, compiled)], shared) == dump([(raw, parsed)], shared)


def test_packaged_rules_load_without_any_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a rule was parsed")

    monkeypatch.setattr(loading, "_parse", refuse)
    assert len(load_rules().rules) > 50


def test_a_changed_rule_or_shared_selection_is_not_found() -> None:
    raw = GOOD.encode()
    index = CompiledIndex(dump([(raw, parse_source(raw, "r"))], NOTHING_SHARED))
    found = index.get(digest(raw, NOTHING_SHARED))
    assert found is not None
    assert build(found, "r") == build(parse_source(raw, "r"), "r")
    assert index.get(digest(raw.replace(b"\n", b"\r\n"), NOTHING_SHARED)) is not None
    assert index.get(digest(changed("A small", "Another"), NOTHING_SHARED)) is None
    assert index.get(digest(raw, Shared((("s", b"[select]"),)))) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "another header\nabc {}\n",
        f"{HEADER}\nKEY\n",
        f"{HEADER}\nKEY not json\n",
        f"{HEADER}\nKEY {{}}\n",
        f'{HEADER}\nKEY {{"data":{{}},"select":{{"x":["log.event",["zz"]]}},"when":{{}}}}\n',
        f'{HEADER}\nKEY {{"data":{{}},"select":3,"when":{{}}}}\n',
    ],
)
def test_a_damaged_file_is_as_good_as_none(text: str) -> None:
    assert CompiledIndex(text).get("KEY") is None


def test_a_compiled_file_in_the_folder_of_a_site_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(GOOD, encoding="utf-8")
    text = compile_folder(tmp_path)
    assert "A small rule" in text
    (tmp_path / FILE_NAME).write_text(text.replace("A small rule", "Another rule"), encoding="utf-8")
    assert load_rules([tmp_path]).rules["small"].title == "A small rule"


@pytest.mark.parametrize(
    "entry", ['{"data":{},"select":{},"when":{}}', '{"data":{"verdict":{}},"select":{},"when":{}}', "[" * 100_000]
)
def test_of_an_entry_that_lacks_something_the_rule_itself_is_read(monkeypatch: pytest.MonkeyPatch, entry: str) -> None:
    path = next(iter(rule_files(packaged_folder())))
    raw = read_bytes(path)
    key = digest(raw, shared_for(packaged_folder()))
    monkeypatch.setattr(loading, "_index", lambda: CompiledIndex(f"{HEADER}\n{key} {entry}\n"))
    parsed = build(parse_source(raw, str(path), shared_for(packaged_folder())), str(path), str(packaged_folder()))
    assert loading.load_file(path, packaged_folder()) == parsed
