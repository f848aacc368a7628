"""The published JSON schema of each command's document (draft 2020-12), derived from the classes of this room.

A document of one more command is one more class, and one more row in `DOCUMENTS`.
"""

from __future__ import annotations

import importlib
import re
import types
import typing
from collections.abc import Mapping
from typing import Any

from sestriage.model.document.words import AtLeast, OneOf, Pattern

DRAFT = "https://json-schema.org/draft/2020-12/schema"

DOCUMENTS: Mapping[str, tuple[str, str]] = {
    "triage": ("triage", "Triage"),
    "triage summary": ("several", "Summary"),
    "compare": ("several", "Compare"),
    "explain": ("explain", "Explain"),
    "inspect": ("inspect", "Inspect"),
    "certs compare": ("certs", "CertsCompare"),
    "certs show": ("certs", "CertsShow"),
    "certs export": ("certs", "CertsExport"),
    "forecast": ("forecast", "Forecast"),
    "fleet report": ("fleet", "Fleet"),
    "settings": ("settings", "Settings"),
    "mail": ("mail", "Mail"),
    "probe": ("probe", "Probe"),
    "check": ("watch", "Check"),
    "history": ("watch", "History"),
    "config show": ("watch", "ConfigShow"),
    "rules list": ("rules", "RulesList"),
    "rules facts": ("rules", "RulesFacts"),
    "rules why": ("rules", "RulesWhy"),
}
"""Command to module and class of its document."""

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", types.NoneType: "null"}

Schema = dict[str, Any]


def document(command: str) -> type:
    """The class of a command's document. Raises KeyError for a command without one."""
    module, name = DOCUMENTS[command]
    found: type = getattr(importlib.import_module(f"sestriage.model.document.{module}"), name)
    return found


def version_of(command: str) -> int:
    """The `schema_version` of a command's document."""
    (version,) = typing.get_args(typing.get_type_hints(document(command))["schema_version"])
    return int(version)


def schema(command: str) -> Schema:
    """The schema of a command's document. Raises KeyError for a command without one."""
    definitions: dict[str, Schema] = {}
    root = _object(document(command), definitions)
    return {
        "$schema": DRAFT,
        "$id": f"urn:sestriage:{command.replace(' ', '-')}:{version_of(command)}",
        "title": f"sestriage {command}",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _object(shape: type, definitions: dict[str, Schema]) -> Schema:
    """A document or a part of one: every key is always there but for those marked `NotRequired`, and no other."""
    hints = typing.get_type_hints(shape, include_extras=True)
    optional = {name for name, hint in hints.items() if typing.get_origin(hint) is typing.NotRequired}
    return {
        "description": " ".join((shape.__doc__ or "").split()),
        "type": "object",
        "properties": {name: _value(hint, definitions) for name, hint in hints.items()},
        "required": [name for name in hints if name not in optional],
        "additionalProperties": False,
    }


def _value(hint: Any, definitions: dict[str, Schema]) -> Schema:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.NotRequired:
        return _value(arguments[0], definitions)
    if origin is typing.Annotated:
        return _annotated(_value(arguments[0], definitions), arguments[1:])
    if origin in (types.UnionType, typing.Union):
        return _either([_value(argument, definitions) for argument in arguments])
    if origin is typing.Literal:
        return {"const": arguments[0]} if len(arguments) == 1 else {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _value(arguments[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _value(arguments[1], definitions)}
    if typing.is_typeddict(hint):
        return _part(hint, definitions)
    return {"type": _PLAIN[hint]}


def _annotated(found: Schema, notes: tuple[object, ...]) -> Schema:
    for note in notes:
        match note:
            case Pattern(expression):
                found = {**found, "pattern": expression}
            case AtLeast(least):
                found = {**found, "minimum": least}
            case OneOf(words):
                found = {"enum": list(words)}
            case str():
                found = {"description": note, **found}
    return found


def _either(choices: list[Schema]) -> Schema:
    """One of several. Plain types become one list of types, which is what readers of a schema look for."""
    if all(set(choice) <= {"type", "pattern", "minimum", "items"} and "type" in choice for choice in choices):
        bounds = {key: value for choice in choices for key, value in choice.items() if key != "type"}
        return {"type": [choice["type"] for choice in choices], **bounds}
    if all(set(choice) == {"enum"} or choice == {"type": "null"} for choice in choices):
        return {"enum": [word for choice in choices for word in choice.get("enum", [None])]}
    return {"anyOf": choices}


def _part(shape: type, definitions: dict[str, Schema]) -> Schema:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", shape.__name__).lower()
    if name not in definitions:
        definitions[name] = {}  # a part may hold parts of its own kind
        definitions[name] = _object(shape, definitions)
    return {"$ref": f"#/$defs/{name}"}
