"""Overlays: the texts of a rule in another language.

An overlay lies in the folder of rules that holds the rule, as `locale/LANGUAGE/ID.toml`. It has the texts that people
read, in the order of the rule's `[[fix]]` and `[[need]]` tables: `title`, `why`, `caution`, `contradiction`; `text`,
`risk`, `verify`, `undo`; `evidence`, `why`. Conditions, commands and ids are the rule's own. Every text of the rule has
its translation, with the same placeholders.

Nothing heavy is imported here, because `sestriage explain ID --lang de` goes through it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sestriage.errors import RuleError, reason_of
from sestriage.model.message import Message
from sestriage.rules.files import LOCALE_FOLDER
from sestriage.rules.texts.command_text import command_in_sentence, sentences
from sestriage.rules.texts.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from sestriage.rules.schema import Rule

SCHEMA = 1
MAX_BYTES = 256 * 1024
"""Of one overlay."""

RULE_TEXTS = ("title", "why", "caution", "contradiction")
TABLE_TEXTS: Mapping[str, tuple[str, ...]] = {"fix": ("text", "risk", "verify", "undo"), "need": ("evidence", "why")}

TomlTable = Mapping[str, object]


class Fault(NamedTuple):
    """The fault of an overlay, and its key."""

    text: str
    section: str = ""
    number: int = 0
    key: str = ""


class MissingTranslationError(RuleError):
    """There is no overlay for the rule."""


def overlay_path(folder: str, language: str, rule_id: str) -> str:
    """Where the overlay of a rule of this folder of rules lies."""
    return f"{folder}/{LOCALE_FOLDER}/{language}/{rule_id}.toml"


def read_overlay(path: str) -> dict[str, object]:
    """The tables of an overlay.

    Raises:
        MissingTranslationError: there is no such file.
        RuleError: it cannot be read, or is not TOML.
    """
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  (pathlib costs a tenth of the whole run)
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise MissingTranslationError(path, Message("the rule has no translation")) from None
    except OSError as error:
        raise RuleError(path, Message("cannot be read: {reason}", reason=reason_of(error))) from None
    if len(raw) > MAX_BYTES:
        raise RuleError(path, Message("the file is larger than {most} bytes", most=MAX_BYTES), 1, 1)
    try:
        return tomllib.loads(raw.decode("utf-8").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        from sestriage.rules.toml_places import toml_error_place

        reason, line, column = toml_error_place(str(error))
        raise RuleError(path, Message("not TOML: {reason}", reason=reason), line, column) from None
    except (ValueError, RecursionError):
        raise RuleError(path, Message("not TOML: not UTF-8 text, or nested too deeply"), 1, 1) from None


def merged(data: TomlTable, overlay: TomlTable, path: str) -> dict[str, object]:
    """The tables of a rule file with the texts of an overlay. `path` is that of the overlay, for messages.

    Raises:
        RuleError: the overlay does not fit the rule.
    """
    fault = next(faults(data, overlay), None)
    if fault is not None:
        raise placed(fault, path)
    result = dict(data)
    result |= {key: overlay[key] for key in ("title", "why", "caution") if key in overlay}
    if "contradiction" in overlay:
        verdict = data.get("verdict")
        result["verdict"] = {
            **(verdict if isinstance(verdict, dict) else {}),
            "contradiction": overlay["contradiction"],
        }
    for section in TABLE_TEXTS:
        pairs = zip(_tables(data.get(section)), _tables(overlay.get(section)), strict=True)
        result[section] = [{**own, **other} for own, other in pairs]
    return result


def placed(fault: Fault, path: str) -> RuleError:
    """The fault as an error with line and column."""
    from sestriage.rules.toml_places import find_places

    try:
        with open(path, encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
            places = find_places(stream.read(MAX_BYTES))
    except OSError:
        return RuleError(path, fault.text)
    return RuleError(path, fault.text, *places.key(fault.section, fault.number, fault.key))


def faults(data: TomlTable, overlay: TomlTable) -> Iterator[Fault]:
    """Why an overlay does not fit a rule; nothing when it does."""
    if overlay.get("schema") != SCHEMA:
        yield Fault(
            Message(
                "schema {number} is not known, this version reads {schema}",
                number=repr(overlay.get("schema")),
                schema=SCHEMA,
            ),
            key="schema",
        )
    if overlay.get("id") != data.get("id"):
        yield Fault(
            Message("the overlay is for `{id}`, the rule is `{wanted}`", id=overlay.get("id"), wanted=data.get("id")),
            key="id",
        )
    yield from _text_faults(rule_texts(data), overlay, RULE_TEXTS, ("schema", "id", *TABLE_TEXTS))
    for section, keys in TABLE_TEXTS.items():
        own, other = _tables(data.get(section)), _tables(overlay.get(section))
        if len(own) != len(other):
            yield Fault(
                Message(
                    "has {count} [[{section}]], the rule has {wanted}",
                    count=len(other),
                    section=section,
                    wanted=len(own),
                ),
                section,
            )
            continue
        for number, (one, translated) in enumerate(zip(own, other, strict=True)):
            yield from _text_faults(one, translated, keys, (), section, number)


def rule_texts(data: TomlTable) -> dict[str, object]:
    """The texts of a rule that stand outside of its lists, as an overlay has them."""
    verdict = data.get("verdict")
    contradiction = verdict.get("contradiction") if isinstance(verdict, dict) else None
    return {**data, "contradiction": contradiction}


def _text_faults(
    own: TomlTable,
    translated: TomlTable,
    keys: Sequence[str],
    others: Sequence[str],
    section: str = "",
    number: int = 0,
) -> Iterator[Fault]:
    for key in translated:
        if key not in keys and key not in others:
            yield Fault(Message("an overlay has no key `{key}`", key=key), section, number, key)
    for key in keys:
        before, after = own.get(key), translated.get(key)
        if not isinstance(before, str):
            if key in translated:
                yield Fault(Message("the rule has no `{key}` here", key=key), section, number, key)
        elif not isinstance(after, str):
            said = Message("lacks the text `{key}`", key=key)
            if section:
                said = Message("[[{section}]] number {number} {said}", section=section, number=number + 1, said=said)
            yield Fault(said, section, number, key)
        elif _placeholders(before) != _placeholders(after):
            yield Fault(Message("`{key}` has other placeholders than the rule's text", key=key), section, number, key)
        elif (quoted := command_in_sentence(sentences(after) if key in ("verify", "undo") else after)) is not None:
            yield Fault(f"`{key}`: {quoted[0]}", section, number, key)


def _placeholders(text: str) -> list[tuple[str, bool]]:
    """Names, and whether there are words for an absent value; these words are translated."""
    return sorted((match[1] + match[2], match[3] is not None) for match in PLACEHOLDER.finditer(text))


def _tables(value: object) -> list[TomlTable]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


# --- loaded rules ------------------------------------------------------------------------------------------------


def translated(rule: Rule, language: str) -> Rule:
    """A loaded rule with its texts in a language.

    Raises:
        MissingTranslationError: the rule has no overlay.
        RuleError: the overlay cannot be read, or does not fit.
    """
    from dataclasses import replace

    if rule.folder is None:
        raise MissingTranslationError(rule.path or rule.id, "the rule has no translation")
    path = overlay_path(rule.folder, language, rule.id)
    data = merged(_as_tables(rule), read_overlay(path), path)
    texts = rule_texts(data)
    fixes, needs = _tables(data["fix"]), _tables(data["need"])
    return replace(
        rule,
        title=str(texts["title"]),
        why=str(texts["why"]).strip(),
        caution=_stripped(texts, "caution"),
        contradiction=_stripped(texts, "contradiction"),
        fixes=tuple(
            replace(
                fix,
                text=str(words["text"]).strip(),
                risk=_stripped(words, "risk"),
                verify=_stripped(words, "verify"),
                undo=_stripped(words, "undo"),
            )
            for fix, words in zip(rule.fixes, fixes, strict=True)
        ),
        needs=tuple(
            replace(need, evidence=str(words["evidence"]), why=str(words["why"]))
            for need, words in zip(rule.needs, needs, strict=True)
        ),
    )


def _as_tables(rule: Rule) -> dict[str, object]:
    """A loaded rule in the form of its file, texts only."""
    return {
        "id": rule.id,
        "title": rule.title,
        "why": rule.why,
        "caution": rule.caution,
        "verdict": {"contradiction": rule.contradiction},
        "fix": [{key: getattr(fix, key) for key in TABLE_TEXTS["fix"]} for fix in rule.fixes],
        "need": [{key: getattr(need, key) for key in TABLE_TEXTS["need"]} for need in rule.needs],
    }


def _stripped(table: TomlTable, key: str) -> str | None:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else None
