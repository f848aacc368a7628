"""From a rule file taken apart to a `Rule`; light, because every start goes through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from sestriage.model.phase import Phase
from sestriage.model.reference import Reference
from sestriage.model.scope import Scope
from sestriage.model.vocabulary import Severity
from sestriage.rules.language.conditions import Condition, Selection
from sestriage.rules.schema import Fix, NeededEvidence, Rule


@dataclass(frozen=True, slots=True)
class ParsedRule:
    """A rule file taken apart: the TOML data without examples, and the trees of its conditions by their text."""

    data: Mapping[str, object]
    selections: Mapping[str, Selection] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)


def build(parsed: ParsedRule, path: str, folder: str | None = None) -> Rule:
    """The rule of parsed and checked data. `folder` is the folder of rules that the file lies in."""
    data: Mapping[str, object] = parsed.data
    verdict = as_mapping(data["verdict"])

    def condition(table: Mapping[str, object], key: str) -> Condition | None:
        text = table.get(key)
        return parsed.conditions[str(text)] if text is not None else None

    when = condition(verdict, "when")
    assert when is not None  # noqa: S101  (a required key)
    return Rule(
        id=str(data["id"]),
        title=str(data["title"]),
        phase=Phase(str(data["phase"])),
        severity=cast("Severity", data["severity"]),
        why=str(data["why"]).strip(),
        selections={name: parsed.selections[str(text)] for name, text in as_mapping(data["select"]).items()},
        when=when,
        likely=condition(verdict, "likely"),
        confirmed=condition(verdict, "confirmed"),
        conflicts=condition(verdict, "conflicts"),
        contradiction=_text(verdict, "contradiction"),
        aliases=_strings(data.get("aliases")),
        references=references(data.get("references")),
        applies=Scope.of(data.get("applies")),
        caution=_text(data, "caution"),
        supersedes=_strings(data.get("supersedes")),
        alternatives=_strings(data.get("alternatives")),
        fallback=bool(data.get("fallback", False)),
        any_step=bool(data.get("any_step", False)),
        of_server=bool(data.get("of_server", False)),
        fixes=tuple(
            Fix(
                str(table["text"]).strip(),
                condition(table, "when"),
                *(_text(table, key) for key in ("command", "risk", "verify", "undo")),
            )
            for table in map(as_mapping, as_list(data.get("fix")))
        ),
        needs=tuple(
            NeededEvidence(
                str(table["evidence"]), str(table["why"]), str(table["command"]).strip(), condition(table, "when")
            )
            for table in map(as_mapping, as_list(data.get("need")))
        ),
        path=path,
        folder=folder,
    )


def as_mapping(value: object) -> Mapping[str, object]:
    """The value if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[object]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def references(value: object) -> tuple[Reference, ...]:
    """The documents that a rule names: tables of title and link, or titles alone; what is neither is left out."""
    found = []
    for item in as_list(value):
        title, url = (item.get("title"), item.get("url")) if isinstance(item, dict) else (item, None)
        if isinstance(title, str) and (url is None or isinstance(url, str)):
            found.append(Reference(title, url))
    return tuple(found)


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in as_list(value))


def _text(table: Mapping[str, object], key: str) -> str | None:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else None
