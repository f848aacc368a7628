"""Where rules lie, and which files there are: the listing of the folders is the index, so it is always current.

The id of a rule is the name of its file. This module imports little but `os`, because every start goes through it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from sestriage import system
from sestriage.errors import RuleError
from sestriage.model.message import Message

SITE_FOLDER = "/etc/sestriage/rules.d"
LOCALE_FOLDER = "locale"
"""Translations: not rules."""
SHARED_FILE = "shared.toml"
"""Shared selections: not a rule."""
PACK_FILE = "pack.toml"
"""What a folder of rules says of itself (`packs`)."""
ENDING = ".toml"
MAX_RULES = 2000
"""Files of one folder of rules."""
MAX_DEPTH = 4


def packaged_folder() -> str:
    """The rules that come with sestriage: inside an installed package, else those of the checkout."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # noqa: PTH120
    inside = os.path.join(package, "_rules")  # noqa: PTH118
    if os.path.isdir(inside):  # noqa: PTH112
        return inside
    return os.path.join(os.path.dirname(os.path.dirname(package)), "rules")  # noqa: PTH118, PTH120


def folders(extra: Sequence[str] = ()) -> tuple[str, ...]:
    """All folders of rules in search order; those that the user names (`extra`) are listed even when missing."""
    return (*extra, *(folder for folder in (SITE_FOLDER, packaged_folder()) if os.path.isdir(folder)))  # noqa: PTH112


def rule_files(folder: str) -> Iterator[str]:
    """The rule files below a folder, by name; links to folders are not followed.

    Raises:
        RuleError: there is no such folder, it holds too many files, or others may write to it (rules print commands
            that administrators run).
    """
    if not os.path.isdir(folder):  # noqa: PTH112
        raise RuleError(folder, Message("there is no such folder"))
    guarded = folder != packaged_folder()
    if guarded and folder == SITE_FOLDER and system.is_of_others(os.stat(folder)):  # noqa: PTH116
        raise RuleError(folder, Message("it belongs to another user: its rules are not used"))
    count = 0
    for where, names, files in os.walk(folder):
        depth = where[len(folder) :].strip(os.sep).count(os.sep) + (where != folder)
        names[:] = sorted(name for name in names if name != LOCALE_FOLDER and not name.startswith("."))
        if depth >= MAX_DEPTH:
            names.clear()
        if guarded:
            _refuse_open(where, *(os.path.join(where, name) for name in files if name.endswith(ENDING)))  # noqa: PTH118
        for name in sorted(files):
            if name.endswith(ENDING) and not name.startswith(".") and name not in (SHARED_FILE, PACK_FILE):
                count += 1
                if count > MAX_RULES:
                    raise RuleError(folder, Message("more than {most} rule files", most=MAX_RULES))
                yield os.path.join(where, name)  # noqa: PTH118


def _refuse_open(*paths: str) -> None:
    """Raises RuleError for what every account may write to."""
    for path in paths:
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116
        except OSError:
            continue  # reading it says why
        if system.every_user_may_write(mode):
            raise RuleError(path, Message("every user may write to it: the rules of this folder are not used"))


def rule_id(path: str) -> str:
    """The id of the rule in a file, by the file's name."""
    return os.path.basename(path).removesuffix(ENDING)  # noqa: PTH119


def listing(extra: Sequence[str] = ()) -> dict[str, list[tuple[str, str]]]:
    """Every rule id with its (file, folder of rules) pairs, those that are searched first in front.

    A folder that cannot be listed is left out here; loading its rules reports it.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for folder in folders(extra):
        try:
            for path in rule_files(folder):
                found.setdefault(rule_id(path), []).append((path, folder))
        except RuleError:
            continue
    return found
