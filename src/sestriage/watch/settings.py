"""The settings of watching, and where each value came from: option, environment, file, default."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sestriage import system
from sestriage.errors import InputError, reason_of
from sestriage.model.message import Message
from sestriage.times.spans import parse_optional_span, parse_span

DEFAULT_LOG: Final = "/lancope/var/logs/containers/sw-response-mgmt.log"
"""A copy of `model.known.appliance.LOG_PATH` (a test compares them): a run without news does not import the model."""
CONFIG_FILE: Final = "/etc/sestriage.toml"
CONFIG_VARIABLE: Final = "SESTRIAGE_CONFIG"
TABLE: Final = "check"
"""The table of the file that holds the settings."""
MAX_CONFIG_BYTES: Final = 1 << 20
FORMATS: Final = ("text", "plugin", "prometheus", "json")


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Everything that can be set. Spans are seconds; None means `off` (or, for paths, not set)."""

    log: str
    state: str | None
    since: str
    grace: float
    remind: float | None
    stale: float | None
    tz: str
    cert_days: int
    store: tuple[str, ...]
    chain: tuple[str, ...]
    forecast: bool
    format: str
    output: str | None
    syslog: bool
    warning: str
    critical: str
    redact: bool
    rules: tuple[str, ...]
    keep: float
    keep_incidents: int


@dataclass(frozen=True, slots=True)
class Value:
    """A setting as it will be used: its name, the value, and where that came from in words."""

    name: str
    value: object
    origin: str


def _text(value: str) -> str:
    if not value:
        raise ValueError(Message("it is empty"))
    return value


def _flag(value: str) -> bool:
    plain = value.strip().lower()
    if plain in ("1", "true", "yes", "on"):
        return True
    if plain in ("0", "false", "no", "off"):
        return False
    raise ValueError(Message("{value} is neither yes nor no", value=repr(value)))


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not value.strip().isdigit() or not low <= int(value) <= high:
            raise ValueError(
                Message("{value} is no number from {low} to {high}", value=repr(value), low=low, high=high)
            )
        return int(value)

    return parse


def _format(value: str) -> str:
    if value not in FORMATS:
        raise ValueError(Message("{value} is none of {known}", value=repr(value), known=", ".join(FORMATS)))
    return value


def _range(value: str) -> str:
    from sestriage.watch.output.plugin import Range

    Range.parse(value)
    return value


def _since(value: str) -> str:
    from sestriage.times.named import parse_since

    parse_since(value, 0.0)
    return value


def _zone(value: str) -> str:
    from sestriage.times.zone import parse_zone

    parse_zone(value)
    return value


_CHECKED_ONLY = (_range, _since, _zone)
"""These return their text unchanged."""
DEFAULT: Final = Message("default")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: how its text is read, the default as text (None: not set), whether it is a list of paths."""

    parse: Callable[[str], object]
    default: str | None
    many: bool = False


SETTINGS: Final[Mapping[str, Setting]] = {
    "log": Setting(_text, DEFAULT_LOG),
    "state": Setting(_text, None),
    "since": Setting(_since, "24h"),
    "grace": Setting(parse_span, "10s"),
    "remind": Setting(parse_optional_span, "off"),
    "stale": Setting(parse_optional_span, "off"),
    "tz": Setting(_zone, "auto"),
    "cert_days": Setting(_number(0, 10_000), "30"),
    "store": Setting(_text, None, many=True),
    "chain": Setting(_text, None, many=True),
    "forecast": Setting(_flag, "no"),
    "format": Setting(_format, "text"),
    "output": Setting(_text, None),
    "syslog": Setting(_flag, "no"),
    "warning": Setting(_range, "0"),
    "critical": Setting(_range, "0"),
    "redact": Setting(_flag, "yes"),
    "rules": Setting(_text, None, many=True),
    "keep": Setting(parse_span, "400d"),
    "keep_incidents": Setting(_number(1, 1_000_000), "10000"),
}
"""Name to meaning, in the order in which they are shown."""


def resolve(
    given: Mapping[str, str | Sequence[str] | None], config: str | None = None, environ: Mapping[str, str] | None = None
) -> tuple[WatchSettings, tuple[Value, ...]]:
    """All settings: `given` (options; None: not given) before `SESTRIAGE_*` before the file before the defaults.

    `config` names the file; None means `SESTRIAGE_CONFIG`, else the usual place, where it need not exist.
    Raises InputError with the origin of what is wrong.
    """
    environment = os.environ if environ is None else environ
    from_file = _read_file(config or environment.get(CONFIG_VARIABLE), required=config is not None)
    values: list[Value] = []
    for name, setting in SETTINGS.items():
        variable = f"SESTRIAGE_{name.upper()}"
        option = given.get(name)
        if option is not None and option != () and option != []:
            origin = Message("option {name}", name="--" + name.replace("_", "-"))
            values.append(_value(name, setting, option, origin))
        elif environment.get(variable):
            text = environment[variable]
            origin = Message("variable {name}", name=variable)
            values.append(_value(name, setting, text.split(":") if setting.many else text, origin))
        elif name in from_file:
            raw, place = from_file[name]
            values.append(_value(name, setting, raw, place))
        else:
            default = () if setting.many else setting.default
            values.append(
                Value(name, default, DEFAULT) if default in (None, ()) else _value(name, setting, default, DEFAULT)
            )
    return WatchSettings(**{value.name: value.value for value in values}), tuple(values)  # type: ignore[arg-type]


def form_asked_for(option: str | None, config: str | None) -> str | None:
    """The form of the report that is asked for; None if wrong settings hide it."""
    if option or os.environ.get("SESTRIAGE_FORMAT"):
        return option or os.environ["SESTRIAGE_FORMAT"]
    try:
        text, _ = _read_file(config or os.environ.get(CONFIG_VARIABLE), required=True).get("format", (None, ""))
    except InputError:
        return None
    return text if isinstance(text, str) else None


def _value(name: str, setting: Setting, raw: str | Sequence[str] | None, origin: str) -> Value:
    if origin == DEFAULT and setting.parse in _CHECKED_ONLY:
        return Value(name, raw, origin)  # what is never wrong need not be checked: that takes imports
    try:
        if setting.many:
            texts = (raw,) if isinstance(raw, str) else tuple(raw or ())
            return Value(name, tuple(setting.parse(text) for text in texts if text), origin)
        if isinstance(raw, list):
            raise ValueError(Message("only one value may be given"))
        return Value(name, setting.parse(str(raw)), origin)
    except ValueError as error:
        raise InputError(
            Message("{name} ({origin}): {problem}", name=name, origin=origin, problem=reason_of(error))
        ) from error


def _read_file(path: str | None, required: bool) -> dict[str, tuple[str | list[str], str]]:
    """The settings of the file as text, each with its place. A file that exists must be readable and whole."""
    name = path or CONFIG_FILE
    try:
        handle = system.open_to_read(name)
    except FileNotFoundError:
        if required or path is not None:
            raise InputError(Message("there is no configuration file {file}", file=name)) from None
        return {}
    except OSError as error:
        raise _no_config(name, error) from error
    import tomllib

    try:
        with os.fdopen(handle, "rb") as file:
            text = file.read(MAX_CONFIG_BYTES).decode("utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise _no_config(name, error) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(Message("{file} is no valid TOML: {problem}", file=name, problem=str(error))) from error
    for other in data:
        if other != TABLE:
            raise InputError(Message("{place}: {problem}", place=_place(name, text, other), problem=_stray(other)))
    table = data.get(TABLE, {})
    if not isinstance(table, dict):
        raise InputError(Message("{file}: [{table}] must be a table", file=name, table=TABLE))
    found: dict[str, tuple[str | list[str], str]] = {}
    for key, value in table.items():
        place = _place(name, text, key)
        found[_known(key, place)] = (_as_text(key, value, place), place)
    return found


def _no_config(file: str, error: OSError) -> InputError:
    return InputError(
        Message("cannot read the configuration file {file}: {reason}", file=file, reason=reason_of(error))
    )


def _place(file: str, text: str, key: str) -> str:
    """The file, and the line of a key or table if it can be found."""
    import re

    word = rf"(?:{TABLE}\s*\.\s*)?[\"']?{re.escape(key)}[\"']?"
    match = re.search(rf"(?m)^[ \t]*(?:{word}\s*=|\[+\s*{word}\s*\])", text)
    if match is None:
        return file
    return Message("{file}, line {line}", file=file, line=text.count("\n", 0, match.end()) + 1)


def _stray(name: str) -> Message:
    """The problem with an entry outside of the table: it would be ignored."""
    if name.replace("-", "_") in SETTINGS:
        return Message("{key} must stand below [{table}]", key=repr(name), table=TABLE)
    return Message("there is no table [{other}]; settings stand below [{table}]", other=name, table=TABLE)


def _known(key: str, place: str) -> str:
    name = key.replace("-", "_")
    if name in SETTINGS:
        return name
    from sestriage.model.known.spelling import nearest

    near = nearest(name, SETTINGS)
    if near is None:
        raise InputError(Message("{place}: there is no setting {key}", place=place, key=repr(key)))
    raise InputError(
        Message(
            "{place}: there is no setting {key}; did you mean {near}?",
            place=place,
            key=repr(key),
            near=repr(near),
        )
    )


def _as_text(key: str, value: Any, place: str) -> str | list[str]:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise InputError(
        Message("{place}: {key} must be text, a number, yes or no, or a list of texts", place=place, key=key)
    )


def state_folder(settings: WatchSettings, environ: Mapping[str, str] | None = None) -> str:
    """Where the state lives: as set, else systemd's `$STATE_DIRECTORY`, else /var/lib/sestriage, else XDG.

    Raises:
        InputError: the account has no home folder; a folder that all accounts share would be anybody's.
    """
    environment = os.environ if environ is None else environ
    if settings.state is not None:
        return settings.state
    if given := environment.get("STATE_DIRECTORY"):
        return given.split(":")[0]
    shared = "/var/lib/sestriage"
    if system.account() == 0 or os.access(shared, os.W_OK | os.X_OK):
        return shared
    given = environment.get("XDG_STATE_HOME", "")
    if given.startswith("/"):  # a relative one does not count (XDG Base Directory Specification)
        return os.path.join(given, "sestriage")  # noqa: PTH118
    home = environment.get("HOME") or os.path.expanduser("~")  # noqa: PTH111
    if not home.startswith("/"):
        raise InputError(Message("this account has no home folder for the state: name a folder with --state"))
    return os.path.join(home, ".local/state/sestriage")  # noqa: PTH118
