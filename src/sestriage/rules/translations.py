"""Which rules lack a translation, or a part of one: the overlays in `locale/LANGUAGE/` of a folder of rules.

An overlay is named like its rule and repeats its texts: `title`, `why`, `caution`, `contradiction`, and, in the same
order, `[[fix]]` with `text`, `risk`, `verify`, `undo` and `[[need]]` with `evidence`, `why`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from sestriage.errors import RuleError
from sestriage.rules.build import as_list, as_mapping
from sestriage.rules.index import ENDING, LOCALE_FOLDER, rule_files, rule_id
from sestriage.rules.places import find_places, toml_error_place

TOP_TEXTS = ("title", "why", "caution")
VERDICT_TEXTS = ("contradiction",)
STEP_TEXTS: Mapping[str, tuple[str, ...]] = {"fix": ("text", "risk"), "need": ("evidence", "why")}
"""Texts that an overlay must have where the rule has them. `verify` and `undo` may be commands, which stay as they are,
so they are not asked for."""


def untranslated(folder: Path) -> Iterator[RuleError]:
    """For every language of the folder the rules without overlay, the texts that an overlay lacks, and overlays of no
    rule; nothing for a folder without `locale/`."""
    try:
        rules = {rule_id(path): path for path in rule_files(str(folder))}
    except RuleError:
        return
    for language in _languages(folder):
        overlays = {path.name.removesuffix(ENDING): path for path in sorted(language.rglob(f"*{ENDING}"))}
        for name, path in rules.items():
            if name not in overlays:
                yield RuleError(path, f"no translation: {language.relative_to(folder) / (name + ENDING)}", 1, 1)
            else:
                yield from _gaps(Path(path), overlays[name])
        for name in sorted(overlays.keys() - rules.keys()):
            yield RuleError(str(overlays[name]), f"there is no rule `{name}` to translate", 1, 1)


def _languages(folder: Path) -> list[Path]:
    locale = folder / LOCALE_FOLDER
    if not locale.is_dir():
        return []
    return sorted(Path(entry.path) for entry in os.scandir(locale) if entry.is_dir())


def _gaps(rule_path: Path, overlay_path: Path) -> Iterator[RuleError]:
    try:
        rule, overlay = _load(rule_path), _load(overlay_path)
    except RuleError as error:
        if error.path == str(overlay_path):
            yield error
        return
    places = find_places(overlay_path.read_text(encoding="utf-8", errors="replace"))

    def gap(message: str, section: str = "", number: int = 0) -> RuleError:
        return RuleError(str(overlay_path), message, *places.key(section, number, ""))

    for key in TOP_TEXTS:
        if key in rule and not _is_text(overlay.get(key)):
            yield gap(f"lacks the text `{key}`")
    for key in VERDICT_TEXTS:
        if key in as_mapping(rule.get("verdict")) and not _is_text(overlay.get(key)):
            yield gap(f"lacks the text `{key}`")
    for section, keys in STEP_TEXTS.items():
        wanted = [as_mapping(table) for table in as_list(rule.get(section))]
        given = [as_mapping(table) for table in as_list(overlay.get(section))]
        if len(wanted) != len(given):
            yield gap(f"has {len(given)} [[{section}]], the rule has {len(wanted)}", section)
            continue
        for number, (source, target) in enumerate(zip(wanted, given, strict=True)):
            for key in keys:
                if key in source and not _is_text(target.get(key)):
                    yield gap(f"[[{section}]] number {number + 1} lacks the text `{key}`", section, number)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _load(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        reason, line, column = toml_error_place(str(error))
        raise RuleError(str(path), f"not TOML: {reason}", line, column) from None
    except (OSError, ValueError, RecursionError) as error:
        raise RuleError(str(path), f"cannot be read: {type(error).__name__}", 1, 1) from None
