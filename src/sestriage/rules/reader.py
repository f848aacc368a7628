"""One rule file: TOML text to a checked `Rule`.

Reading happens in two steps, so that a compiled form can replace the costly one: `parse_source` parses TOML and every
condition and checks all of it; `parsed.build` puts the rule together from what that, or the compiled file, gives.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

from sestriage.errors import RuleError
from sestriage.model.phase import Phase
from sestriage.model.scope import CLIENT, SERVERS, Scope
from sestriage.rules.language.conditions import Condition, Selection
from sestriage.rules.language.types import FieldType, kind_type, nearest
from sestriage.rules.parsed import ParsedRule, as_list, as_mapping
from sestriage.rules.schema import EXPECTATIONS, KEYS_BY_SECTION, MAX_RULE_FILE, SCHEMA, SEVERITIES, Example, Key
from sestriage.rules.shared import FAMILY_PREFIX, PREFIX, Shared
from sestriage.rules.toml_places import Places, find_places, toml_error_place

MAX_SELECTIONS = 40

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = frozenset({"case"})
"""Names that templates use for something else."""

NO_SHARED = Shared()

_LISTS_OF_TABLES = ("fix", "need", "example")
_TYPE_NAMES = {str: "text", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}


class _Reader:
    """Collects what `parse_source` needs while it walks the file: path, places, trees, and everything that is wrong."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.places: Places = find_places(source)
        self.selections: dict[str, Selection] = {}
        self.conditions: dict[str, Condition] = {}
        self.faults: list[RuleError] = []

    def fault(self, message: str, section: str = "", number: int = 0, key: str = "") -> None:
        self.faults.append(RuleError(self.path, message, *self.places.key(section, number, key)))

    def fault_inside(self, message: str, section: str, number: int, key: str, offset: int) -> None:
        self.faults.append(RuleError(self.path, message, *self.places.inside(section, number, key, offset)))


def parse_source(raw: bytes, path: str, shared: Shared = NO_SHARED) -> ParsedRule:
    """Parses and checks a rule file. `path` is used in messages only.

    Raises:
        RuleError: the first thing that is wrong, with its place.
    """
    reader, parsed = _read(raw, path, shared)
    if reader.faults:
        raise reader.faults[0]
    return parsed


def faults(raw: bytes, path: str, shared: Shared = NO_SHARED) -> tuple[RuleError, ...]:
    """Everything that keeps a rule file from being used, in the order in which it is checked.

    A file that is no TOML has one: nothing behind it can be read.
    """
    try:
        return tuple(_read(raw, path, shared)[0].faults)
    except RuleError as error:
        return (error,)


def _read(raw: bytes, path: str, shared: Shared) -> tuple[_Reader, ParsedRule]:
    """The rule as far as it could be read: what is wrong is left out, and listed in the reader's faults."""
    found, reader = _load(raw, path)
    data = _checked(reader, found, "", 0)
    for section in _LISTS_OF_TABLES:
        if section in data:
            tables = enumerate(_tables(reader, data, section))
            data[section] = [_checked(reader, table, section, number) for number, table in tables]
    if "verdict" in data:
        data["verdict"] = _checked(reader, as_mapping(data["verdict"]), "verdict", 0)
    _check_values(reader, data)
    types = _parse_selections(reader, data, shared)
    for section, number, key, text, spec in _texts(data):
        if spec.condition:
            _parse_verdict(reader, text, tuple(as_mapping(data.get("select"))), section, number, key)
        elif spec.template and not _names_broken(text, data, types):
            _check_template(reader, text, types, section, number, key, spec.template)
        if key == "command" and text.startswith("builtin:"):
            _check_builtin(reader, text, section, number)
    kept = {key: value for key, value in data.items() if key != "example"}
    if "alternatives" in data:
        kept["alternatives"] = _readings(reader, data, shared)
    return reader, ParsedRule(kept, reader.selections, reader.conditions)


def _names_broken(text: str, data: Mapping[str, object], types: Mapping[str, FieldType]) -> bool:
    """The text has a field of a selection that is itself wrong: what the field is cannot be said."""
    broken = as_mapping(data.get("select")).keys() - types.keys()
    return any(f"{{{name}." in text for name in broken)


def read_examples(raw: bytes, path: str) -> tuple[Example, ...]:
    """The examples of a rule file.

    Raises:
        RuleError: not TOML, or an example of another form.
    """
    data, reader = _load(raw, path)
    examples = []
    for number, found in enumerate(_tables(reader, data, "example")):
        table = _checked(reader, found, "example", number)
        if reader.faults:
            raise reader.faults[0]
        line, _ = reader.places.key("example", number, "")
        need = table.get("need")
        examples.append(
            Example(
                str(table["expect"]),
                _text(table, "log"),
                as_mapping(table.get("facts")),
                _text(table, "note"),
                line,
                need if isinstance(need, int) else None,
                *(_text(table, key) for key in ("before", "answer", "then")),
            )
        )
    if reader.faults:
        raise reader.faults[0]
    return tuple(examples)


def _text(table: Mapping[str, object], key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) else None


def _load(raw: bytes, path: str) -> tuple[dict[str, object], _Reader]:
    if len(raw) > MAX_RULE_FILE:
        raise RuleError(path, f"the file is larger than {MAX_RULE_FILE} bytes", 1, 1)
    try:
        source = raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise RuleError(path, "not UTF-8 text", line, 1) from None
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        reason, line, column = toml_error_place(str(error))
        raise RuleError(path, f"not TOML: {reason}", line, column) from None
    except (RecursionError, ValueError) as error:
        raise RuleError(path, f"not TOML: {type(error).__name__}", 1, 1) from None
    return data, _Reader(path, source)


def _checked(reader: _Reader, table: Mapping[str, object], section: str, number: int) -> dict[str, object]:
    """The keys of a table that are known and of their type."""
    keys = KEYS_BY_SECTION[section]
    where = f"[{section}] " if section else ""
    good: dict[str, object] = {}
    for key, value in table.items():
        if key not in keys:
            reader.fault(f"{where}has no key `{key}`{nearest(key, keys)}", section, number, key)
            continue
        wanted = keys[key].type
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            reader.fault(f"`{key}` must be {_TYPE_NAMES[wanted]}", section, number, key)
            continue
        good[key] = value
    for key, spec in keys.items():
        if spec.required and key not in table:
            reader.fault(f"{where}lacks the key `{key}`", section, number)
    return good


def _tables(reader: _Reader, data: Mapping[str, object], section: str) -> list[dict[str, object]]:
    tables = data.get(section, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        reader.fault(f"write [[{section}]] above each one", section)
        return []
    return tables


def _check_values(reader: _Reader, data: Mapping[str, object]) -> None:
    def one_of(key: str, allowed: tuple[str, ...]) -> None:
        if key in data and data[key] not in allowed:
            near = nearest(str(data[key]), allowed)
            reader.fault(f"`{key}` must be one of {', '.join(allowed)}{near}", key=key)

    if data.get("schema", SCHEMA) != SCHEMA:
        reader.fault(f"schema {data['schema']} is not known, this version reads {SCHEMA}", key="schema")
    if "id" in data and not _ID.fullmatch(str(data["id"])):
        reader.fault("`id` must be lower-case words joined by hyphens", key="id")
    one_of("severity", SEVERITIES)
    one_of("phase", tuple(phase.value for phase in Phase))
    for key in ("aliases", "supersedes", "alternatives"):
        if not all(isinstance(item, str) for item in as_list(data.get(key))):
            reader.fault(f"`{key}` must be a list of texts", key=key)
    if not all(map(_is_reference, as_list(data.get("references")))):
        reader.fault('`references` must be a list of texts, or of tables {title = "…", url = "…"}', key="references")
    if not _is_scope(as_mapping(data.get("applies"))):
        form = f"`servers` of {', '.join(SERVERS)} and `clients` such as JavaMail 1.6, JDK 9+ or JDK 8-"
        reader.fault(f"`applies` must have {form}", key="applies")
    for number, table in enumerate(as_list(data.get("example"))):
        if as_mapping(table).get("expect", EXPECTATIONS[0]) not in EXPECTATIONS:
            reader.fault(f"`expect` must be one of {', '.join(EXPECTATIONS)}", "example", number, "expect")


def _is_scope(table: Mapping[str, object]) -> bool:
    scope = Scope.of(table)
    known = set(scope.servers) <= set(SERVERS) and all(map(CLIENT.fullmatch, scope.clients))
    return known and table.keys() <= set(Scope._fields) and all(scope[Scope._fields.index(key)] for key in table)


def _is_reference(item: object) -> bool:
    texts = tuple(item.values()) if isinstance(item, dict) and item.keys() == {"title", "url"} else (item,)
    return all(isinstance(text, str) and text.strip() for text in texts)


def _parse_selections(reader: _Reader, data: Mapping[str, object], shared: Shared) -> dict[str, FieldType]:
    """The types of the selections that are right."""
    from sestriage.rules.fixes.case import CaseFacts
    from sestriage.rules.language.grammar import ConditionError, parse_selection
    from sestriage.rules.language.type_check import check_selection

    types: dict[str, FieldType] = {"case": FieldType(CaseFacts)}
    selections = as_mapping(data.get("select"))
    if "select" in data and not 0 < len(selections) <= MAX_SELECTIONS:
        reader.fault(f"[select] needs 1 to {MAX_SELECTIONS} selections", "select")
    for name, text in list(selections.items())[:MAX_SELECTIONS]:
        if not _NAME.fullmatch(name) or name in RESERVED:
            reader.fault(f"`{name}` cannot name a selection", "select", 0, name)
            continue
        if not isinstance(text, str):
            reader.fault(f"`{name}` must be text", "select", 0, name)
            continue
        meant = _shared_text(reader, name, text, shared)
        if meant is None:
            continue
        try:
            selection = parse_selection(meant)
            check_selection(selection)
        except ConditionError as error:
            reader.fault_inside(str(error), "select", 0, name, error.at)
            continue
        reader.selections[text] = selection
        types[name] = kind_type(selection.kind)
    return types


def _shared_text(reader: _Reader, name: str, text: str, shared: Shared) -> str | None:
    """The text of a selection, None for a shared one that is not there."""
    if not text.startswith(PREFIX):
        return text
    known, wanted = shared.selections(), text.removeprefix(PREFIX).strip()
    if wanted not in known:
        reader.fault_inside(
            f"there is no shared selection `{wanted}`{nearest(wanted, known)}", "select", 0, name, len(PREFIX)
        )
    return known.get(wanted)


def _readings(reader: _Reader, data: Mapping[str, object], shared: Shared) -> list[str]:
    """The other readings of a rule: those that it names, and the other members of the families that it names."""
    found: dict[str, None] = {}
    for text in map(str, as_list(data["alternatives"])):
        name = text.removeprefix(FAMILY_PREFIX).strip()
        if name == text.strip():
            found[name] = None
            continue
        families = shared.families()
        if name not in families:
            reader.fault(f"there is no family `{name}`{nearest(name, families)}", key="alternatives")
            continue
        found.update(dict.fromkeys(families[name]))
    return [name for name in found if name != data.get("id") or name in as_list(data["alternatives"])]


def _parse_verdict(reader: _Reader, text: str, names: tuple[str, ...], section: str, number: int, key: str) -> None:
    from sestriage.rules.language.grammar import ConditionError, parse_condition
    from sestriage.rules.language.type_check import check_verdict

    try:
        condition = parse_condition(text)
        check_verdict(condition, names)
    except ConditionError as error:
        reader.fault_inside(str(error), section, number, key, error.at)
        return
    reader.conditions[text] = condition


def _check_template(
    reader: _Reader, text: str, types: Mapping[str, FieldType], section: str, number: int, key: str, form: str
) -> None:
    from sestriage.rules.texts.command_text import command_in_sentence, faults, faults_in_lines
    from sestriage.rules.texts.templates import check

    problem = check(text, types)
    if problem is None:
        if form == "text":
            problem = command_in_sentence(text)
        else:
            problem = (faults if form == "command" else faults_in_lines)(text, types)
    if problem:
        reader.fault_inside(problem[0], section, number, key, problem[1])


def _check_builtin(reader: _Reader, text: str, section: str, number: int) -> None:
    from sestriage.rules.fixes.builtins import BUILTINS

    name = text.removeprefix("builtin:")
    if section != "fix" or name not in BUILTINS:
        reader.fault(f"there is no `{text}`{nearest(name, BUILTINS)}", section, number, "command")


def _texts(data: Mapping[str, object]) -> Iterator[tuple[str, int, str, str, Key]]:
    """All texts of a rule with section, number, key, and what the text is."""
    sections: list[tuple[str, int, Mapping[str, object]]] = [
        ("", 0, data),
        ("verdict", 0, as_mapping(data.get("verdict"))),
    ]
    for section in ("fix", "need"):
        sections += [(section, number, as_mapping(table)) for number, table in enumerate(as_list(data.get(section)))]
    for section, number, table in sections:
        for key, value in table.items():
            spec = KEYS_BY_SECTION[section].get(key)
            if spec is not None and isinstance(value, str):
                yield section, number, key, value, spec
