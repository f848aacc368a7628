"""A pack of site rules: a folder of rules that says what it is, and which sestriage it is written for.

`pack.toml` in the root of the folder; a folder without it fits every version:

    name = "corp-relay"
    version = "1.3"
    needs = "0.2.0"        # this sestriage or a newer one
    below = "0.4.0"        # and one older than this; may be left out
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sestriage import __version__
from sestriage.errors import RuleError, reason_of
from sestriage.model.message import Message
from sestriage.rules.files import PACK_FILE
from sestriage.rules.toml_places import Places, find_places

MAX_BYTES = 16 * 1024
_KEYS = ("name", "version", "needs", "below")
_VERSION = re.compile(r"(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?(?:[.-]?(?:dev|a|b|rc)\d{0,6})?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}")


@dataclass(frozen=True, slots=True)
class Pack:
    """What a folder of rules says of itself. `version` is its own, empty for none."""

    name: str
    version: str = ""


def read_pack(folder: Path, running: str = __version__) -> Pack:
    """The pack that a folder of rules is; one without `pack.toml` has the folder's name.

    Raises:
        RuleError: `pack.toml` cannot be used, or it needs another version than the `running` one.
    """
    path = folder / PACK_FILE
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Pack(folder.name or "rules")
    except OSError as error:
        raise RuleError(str(path), Message("cannot be read: {reason}", reason=reason_of(error))) from None
    values, places = _values(raw, path)
    for key in ("needs", "below"):
        _check_version(key, values, running, path, places)
    return Pack(_checked("name", values, path, places) or folder.name, _checked("version", values, path, places))


def _values(raw: bytes, path: Path) -> tuple[Mapping[str, object], Places]:
    import tomllib

    if len(raw) > MAX_BYTES:
        raise RuleError(str(path), Message("larger than {most} KiB", most=MAX_BYTES >> 10), 1)
    try:
        source = raw.decode("utf-8")
        values = tomllib.loads(source)
    except (ValueError, RecursionError) as error:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        raise RuleError(str(path), Message("is no TOML: {reason}", reason=str(error)[:120]), line, column) from None
    places = find_places(source)
    unknown = next((key for key in values if key not in _KEYS), None)
    if unknown is not None:
        raise RuleError(
            str(path),
            Message("has no key `{unknown}` (known: {known})", unknown=unknown[:60], known=", ".join(_KEYS)),
            *places.key("", 0, unknown),
        )
    return values, places


def _checked(key: str, values: Mapping[str, object], path: Path, places: Places) -> str:
    value = values.get(key, "")
    if value != "" and not (isinstance(value, str) and _NAME.fullmatch(value)):
        raise RuleError(
            str(path),
            Message("`{key}` must be a text of letters, digits, `.`, `_` and `-`", key=key),
            *places.key("", 0, key),
        )
    return str(value)


def _check_version(key: str, values: Mapping[str, object], running: str, path: Path, places: Places) -> None:
    if key not in values:
        return
    at = places.key("", 0, key)
    wanted, here = _number(values[key]), _number(running)
    if wanted is None:
        raise RuleError(str(path), Message("`{key}` must be a version such as 0.2.0", key=key), *at)
    if here is not None and (here < wanted if key == "needs" else here >= wanted):
        bound = (
            Message("sestriage {version} or newer", version=values[key])
            if key == "needs"
            else Message("a sestriage older than {version}", version=values[key])
        )
        raise RuleError(
            str(path), Message("this pack of rules needs {bound}, this is {running}", bound=bound, running=running), *at
        )


def _number(text: object) -> tuple[int, int, int] | None:
    """A version by its first three numbers; None for what is no version."""
    match = _VERSION.fullmatch(text) if isinstance(text, str) else None
    return None if match is None else (int(match[1]), int(match[2] or 0), int(match[3] or 0))
