"""Find faults of the overlays of a folder of rules: `lint` of `locale/LANGUAGE/`.

Their form stands in `texts/overlays.py`.

A folder without `locale/` has no translations, and that is no problem: rules of a site need none. Where rules are
translated into a language, all of them are.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from sestriage.errors import RuleError
from sestriage.model.message import Message
from sestriage.rules.files import ENDING, LOCALE_FOLDER, rule_files, rule_id
from sestriage.rules.texts.overlays import (
    RULE_TEXTS,
    TABLE_TEXTS,
    Fault,
    TomlTable,
    faults,
    placed,
    read_overlay,
    rule_texts,
)

_CODE = re.compile(r"`([^`]+)`")
_DEFAULT = re.compile(r"\|([^{}]*+)(\}?)")
_COMMAND = re.compile(
    r"^(?:\{case\.|aws |date -|dig |docker |getent |grep |keytool |openssl |ping |printf |sestriage |tail |timeout )"
    r"[^\n]*?(?=   #|$)",
    re.MULTILINE,
)
"""A line of a text that is a command, up to a remark in it."""


def untranslated(folder: Path) -> Iterator[RuleError]:
    """For every language of the folder the rules without overlay, the overlays that do not fit, and those of no rule;
    nothing for a folder without `locale/`."""
    try:
        rules = {rule_id(path): path for path in rule_files(str(folder))}
    except RuleError:
        return
    for language in _languages(folder):
        overlays = {path.stem: path for path in sorted(language.rglob(f"*{ENDING}"))}
        for name, path in rules.items():
            expected = language / (name + ENDING)
            if name not in overlays:
                yield RuleError(path, Message("no translation: {file}", file=expected.relative_to(folder)), 1, 1)
            elif overlays[name] != expected:
                yield RuleError(
                    str(overlays[name]), Message("belongs to {file}", file=expected.relative_to(folder)), 1, 1
                )
            else:
                yield from _problems(path, str(expected))
        for name in sorted(overlays.keys() - rules.keys()):
            yield RuleError(str(overlays[name]), Message("there is no rule `{name}` to translate", name=name), 1, 1)


def _languages(folder: Path) -> list[Path]:
    locale = folder / LOCALE_FOLDER
    if not locale.is_dir():
        return []
    return sorted(Path(entry.path) for entry in os.scandir(locale) if entry.is_dir())


def _problems(rule_path: str, overlay_path: str) -> Iterator[RuleError]:
    try:
        rule = tomllib.loads(Path(rule_path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return  # `lint` tells of the rule
    try:
        overlay = read_overlay(overlay_path)
    except RuleError as error:
        yield error
        return
    for fault in (*faults(rule, overlay), *_leftovers(rule, overlay)):
        yield placed(fault, overlay_path)


# --- what a translator must leave, and what must not be left -----------------------------------------------------


def _leftovers(rule: TomlTable, overlay: TomlTable) -> Iterator[Fault]:
    for section, number, key, before, after in _pairs(rule, overlay):
        if before == after and _is_prose(before):
            yield Fault(Message("`{key}` is the English text", key=key), section, number, key)
        for command in _COMMAND.findall(before):
            if command.strip() not in after:
                yield Fault(
                    Message("`{key}` lacks the command {command}", key=key, command=repr(command.strip()[:60])),
                    section,
                    number,
                    key,
                )
        for difference in _changed_facts(before, after):
            yield Fault(f"`{key}` {difference}", section, number, key)
        for code in sorted(_codes(before) - _codes(after)):
            yield Fault(
                Message("`{key}` lacks what stands in backticks: {code}", key=key, code=repr(code)),
                section,
                number,
                key,
            )
        for code in sorted(_codes(after) - _codes(before)):
            yield Fault(
                Message("`{key}` has {code} in backticks, which the rule has not", key=key, code=repr(code)),
                section,
                number,
                key,
            )


_PLACEHOLDERS = re.compile(r"\{[^{}]*\}")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.:-]\d+)*(?!\w)")
_NAME = re.compile(r"\b(?:[A-Z][A-Z0-9]{2,}|[A-Z]+[a-z]+[A-Z]\w*|[a-z]+[A-Z]\w*)\b")
"""Words that are the same in every language: abbreviations, and names with a capital letter inside
(`SMTPTransport`)."""
_PLACE = re.compile(
    r"(?<![\w@./-])(?:[A-Za-z0-9_-]{1,63}\.){1,8}(?:aws|com|exe|java|jks|lan|log|net|org|p12|pcap|pem|toml)\b"
    r"|(?<![\w.])/(?:dev|etc|lancope|proc|tmp|usr|var)/[\w./-]*\w"
)
"""Names of hosts and files, and paths."""
_MENU = re.compile(r"> ([A-Z]\w*(?: [A-Z]\w*)*)")
"""An entry of a menu, which the appliance and AWS show in English."""


def _changed_facts(before: str, after: str) -> Iterator[str]:
    """Numbers, codes and names that only one of the two texts has; commands are held against each other as a whole."""
    texts = [_PLACEHOLDERS.sub(" ", _COMMAND.sub(" ", text)) for text in (before, after)]
    for kind, pattern in (("number", _NUMBER), ("name", _NAME), ("name", _PLACE)):
        here, there = (set(pattern.findall(text)) for text in texts)
        for lost in sorted(here - there):
            yield Message("lacks the {kind} {lost}", kind=kind, lost=repr(lost))
        for new in sorted(there - here):
            if not new.isupper():  # German may spell out an abbreviation: "ein Gerät, das TLS aufbricht"
                yield Message("has the {kind} {new}, which the rule has not", kind=kind, new=repr(new))
    translated = " ".join(texts[1].split())
    for entry in _MENU.findall(" ".join(texts[0].split())):
        if entry not in translated:
            yield Message("lacks the menu entry {entry}", entry=repr(entry))


def _pairs(rule: TomlTable, overlay: TomlTable) -> Iterator[tuple[str, int, str, str, str]]:
    """Section, number, key, English text and translation, wherever both are there."""
    tables: list[tuple[str, int, TomlTable, TomlTable, tuple[str, ...]]] = [
        ("", 0, rule_texts(rule), overlay, RULE_TEXTS)
    ]
    for section, keys in TABLE_TEXTS.items():
        own, other = rule.get(section), overlay.get(section)
        if isinstance(own, list) and isinstance(other, list):
            pairs = enumerate(zip(own, other, strict=False))
            tables += [(section, number, one, translated, keys) for number, (one, translated) in pairs]
    for section, number, one, translated, keys in tables:
        for key in keys:
            before, after = one.get(key), translated.get(key)
            if isinstance(before, str) and isinstance(after, str) and before.strip():
                yield section, number, key, before.strip(), after.strip()


def _is_prose(text: str) -> bool:
    """True if the text is more than commands and code."""
    return re.search(r"[a-z]{3} [a-z]{2}", _CODE.sub("", _COMMAND.sub("", text))) is not None


def _codes(text: str) -> set[str]:
    """The texts in backticks; words for an absent value may differ."""
    named = _DEFAULT.sub(lambda default: "}" if default[2] else default[0], " ".join(text.split()))
    return set(_CODE.findall(named))
