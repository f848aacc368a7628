"""The options that raise the limits of what is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from sestriage.cli.language import say
from sestriage.formats.certs.derivation import VARIABLE
from sestriage.ingest.limits import GIB, KIB, MIB, Limits

_Command = TypeVar("_Command", bound=Callable[..., Any])

_UNITS = {"": 1, "K": KIB, "M": MIB, "G": GIB, "T": GIB * 1024}


def size(text: str) -> int:
    """A number of bytes, with K, M, G or T (powers of 1024) behind it where wanted. Raises `click.BadParameter`."""
    short = text.strip().upper().removesuffix("IB").removesuffix("B")
    unit = short[-1:] if short[-1:] in _UNITS else ""
    number = short.removesuffix(unit)
    if not number.isascii() or not number.isdigit() or len(number) > 15 or int(number) < 1:
        raise click.BadParameter(say("{value} is not a size such as 500M or 16G", value=repr(text)))
    return int(number) * _UNITS[unit]


@dataclass(frozen=True, slots=True)
class _Limit:
    field: str
    kind: Any
    text: str
    variable: str | None = None
    """Of the environment, that sets it too."""

    @property
    def option(self) -> str:
        return "--" + self.field.replace("_", "-")

    @property
    def metavar(self) -> str:
        return "SIZE" if self.kind is size else "N"

    @property
    def default(self) -> str:
        value: int = getattr(Limits(), self.field)
        if self.kind is size:
            unit = next((u for u in "GMK" if value % _UNITS[u] == 0), "")
            return f"{value // _UNITS[unit]}{unit}"
        return str(value)


KDF_LIMIT = _Limit(
    "max_kdf_iterations",
    click.IntRange(1),
    "Iterations of key derivation, all key stores and passwords taken together.",
    VARIABLE,
)

LIMITS = (
    _Limit("max_total_bytes", size, "Everything unpacked, taken together."),
    _Limit("max_member_bytes", size, "One archive member or compressed file, unpacked."),
    _Limit("max_members", click.IntRange(1), "Files and archive members looked at."),
    _Limit("max_archives", click.IntRange(1), "Archives opened."),
    _Limit("max_depth", click.IntRange(1, 32), "Archives and compressions inside each other."),
    _Limit("max_ratio", click.IntRange(1), "Unpacked bytes for each packed byte; more is taken for a bomb."),
    _Limit("max_window_bytes", size, "Memory that one xz or zstd stream may ask for."),
    KDF_LIMIT,
    _Limit("max_seconds", click.IntRange(1), "Seconds of processor time for one file or archive member."),
    _Limit("max_notes", click.IntRange(1), "Findings about the input that are listed."),
)
"""The limits a user can change; the others bound memory and need no raising."""


def limit_options(command: _Command) -> _Command:
    """Give a command one option for each limit."""
    for limit in reversed(LIMITS):
        command = _option(limit)(command)
    return command


def kdf_option(command: _Command) -> _Command:
    """Give a command that reads stores alone the option for what their key derivation may cost."""
    return _option(KDF_LIMIT)(command)


def _option(limit: _Limit) -> Callable[[_Command], _Command]:
    text = f"{limit.text}  [default: {limit.default}]"
    return click.option(
        limit.option, limit.field, type=limit.kind, metavar=limit.metavar, help=text, envvar=limit.variable
    )


def limits_from(values: Mapping[str, int | None]) -> Limits:
    """The limits, with the values that the user set."""
    return Limits(**{name: value for name, value in values.items() if value is not None})
