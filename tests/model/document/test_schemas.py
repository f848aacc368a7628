"""The JSON schemas: what holds for each of them, and the keys that stay for ever."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from sestriage.model.document.schemas import DOCUMENTS, schema, version_of
from sestriage.model.document.watch import ChangeWord
from sestriage.model.document.words import OneOf
from sestriage.watch.incidents import Change

# jsonschema ships no types; the module is used as an untyped one on purpose.
VALIDATOR: Any = importlib.import_module("jsonschema").Draft202012Validator

each_document = pytest.mark.parametrize("command", DOCUMENTS)


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object with keys of its own."""
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value)


@each_document
def test_is_a_schema(command: str) -> None:
    VALIDATOR.check_schema(schema(command))
    assert schema(command)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@each_document
def test_every_part_and_key_is_described_and_no_other_key_is_taken(command: str) -> None:
    for part in objects(schema(command)):
        assert part["description"].endswith(".")
        assert part["additionalProperties"] is False
        for key, value in part["properties"].items():
            assert value.get("description", "").endswith("."), key


@each_document
def test_the_version_is_in_the_name_and_fixed(command: str) -> None:
    whole = schema(command)
    assert whole["properties"]["schema_version"]["const"] == version_of(command)
    assert whole["$id"].endswith(f":{version_of(command)}")
    assert {"schema_version", "version"} <= set(whole["required"])


ALWAYS = {
    "triage": (
        *("verdict.outcome", "verdict.primary.rule", "verdict.primary.confidence", "verdict.confidence"),
        *("verdict.cleared", "attempts", "fixes.text", "fixes.command"),
    ),
    "explain": ("matches.rule", "matches.confidence", "accepted", "cleared"),
}
"""Keys that keep their name and meaning in every version, whatever its number. A change that breaks this test breaks
the programs of users for good: give a new key another name instead."""


def at(command: str, place: str) -> dict[str, Any]:
    """The schema of a key, through lists and parts."""
    whole = node = schema(command)
    for key in place.split("."):
        while "properties" not in node:
            node = next((each for each in node.get("anyOf", ()) if each != {"type": "null"}), node.get("items", node))
            node = whole["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
        assert key in node["required"]
        node = node["properties"][key]
    return node


@pytest.mark.parametrize(("command", "place"), [(command, place) for command, all_ in ALWAYS.items() for place in all_])
def test_keys_that_stay_for_ever(command: str, place: str) -> None:
    assert at(command, place)["description"]


def test_the_words_behind_them_stay() -> None:
    assert at("triage", "verdict.outcome")["enum"] == ["failed", "accepted", "undetermined"]
    assert at("explain", "matches.confidence")["enum"] == ["suspected", "likely", "confirmed"]
    assert at("explain", "accepted")["type"] == "boolean"
    assert at("triage", "attempts")["type"] == at("triage", "fixes.text")["type"].replace("string", "array")


SAME = ("fix", "need", "evidence", "place", "certificate", "entry", "finding_with_fixes", "trusted_key", "input_file")


@pytest.mark.parametrize("part", SAME)
def test_one_part_is_the_same_in_every_document(part: str) -> None:
    found = [whole["$defs"][part] for command in DOCUMENTS if part in (whole := schema(command))["$defs"]]
    assert len(found) > 1
    assert all(each == found[0] for each in found)


RETIRED = {"steps", "attach", "against", "subject_key_id", "undo_steps", "check", "conflict"}
"""Second names of `fixes`, `needs`, `contradiction`, `ski`, `verify` and `conflicts`."""


@each_document
def test_no_second_name_for_a_thing(command: str) -> None:
    assert not RETIRED & {key for part in objects(schema(command)) for key in part["properties"]}


def test_changes_are_those_of_the_watch() -> None:
    (words,) = get_args(ChangeWord)[1:]
    assert words == OneOf(tuple(str(change) for change in Change))
