"""Commands of rules: shell text of the author with `{name.field}` in it, to `model.command.Command`.

A placeholder is a value, or a whole command such as `{case.s_client}`. Where a value may stand is found out from the
author's text alone (`model.shellwords`), so that no value can change it. The form of a value follows from the name of
its field. The text behind a `|` says only that the step makes sense without the value: the shell asks for it then, for
no default can stand in for what is not known. Without `|` there is no command without the value.

Nothing heavy is imported here, because `sestriage explain ID` starts with it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sestriage.model.command import (
    VARIABLES,
    Argument,
    Command,
    Instructions,
    Kind,
    argument,
    in_brackets,
    is_command,
    joined,
)
from sestriage.model.message import Message
from sestriage.model.shellwords import PROGRAM, Piece, Place, read_stages
from sestriage.rules.texts.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sestriage.rules.language.types import FieldType

Lookup = Callable[[str, tuple[str, ...]], object]
"""Gives the value of a field of a bound fact, None when there is none."""

KINDS: dict[str, Kind] = {
    **dict.fromkeys(("host", "server", "server_name", "sni"), "host"),
    **dict.fromkeys(("ip", "address"), "address"),
    **dict.fromkeys(("region", "server_region", "verified_region"), "region"),
    **dict.fromkeys(("path",), "path"),
    **dict.fromkeys(("sender", "recipient"), "mailbox"),
    **dict.fromkeys(("sha256", "spki_sha256"), "fingerprint"),
    "port": "port",
    "domain": "domain",
}
"""Name of a field to the kind of its value; any other field is a `word`."""

_COMMON = frozenset({"case.host", "case.port", "case.region", "smtp.server", "smtp.server_region", "smtp.port"})
"""Placeholders whose variables have the common names; those of others are named after selection and field."""


class Hole(NamedTuple):
    """A placeholder in a command: `optional` when something stands behind a `|`."""

    name: str
    path: tuple[str, ...]
    optional: bool
    place: Place

    @property
    def dotted(self) -> str:
        """As it is written, without braces."""
        return ".".join((self.name, *self.path))


@lru_cache(maxsize=1024)
def parse(template: str) -> tuple[str | Hole, ...]:
    """A command taken apart; never raises."""
    found = list(PLACEHOLDER.finditer(template))
    pieces: list[Piece] = []
    end = 0
    for match in found:
        pieces += [Piece(template[end : match.start()]), Piece(match[0], value=True)]
        end = match.end()
    pieces.append(Piece(template[end:]))
    places = read_stages(tuple(pieces)).places
    assert len(places) == len(found)  # noqa: S101  (each value has its place)
    holes = iter(
        Hole(match[1], tuple(match[2].split(".")[1:]), match[3] is not None, place)
        for match, place in zip(found, places, strict=True)
    )
    return tuple(next(holes) if piece.value else piece.text for piece in pieces if piece.value or piece.text)


def fill(template: str, lookup: Lookup) -> Command | None:
    """The command with its values; None when one without `|` is absent, or stands where none may."""
    parts: list[str | Argument | Command] = []
    taken = parse(template.strip())
    for part, follows in zip(taken, (*taken[1:], ""), strict=True):
        filled = part if isinstance(part, str) else _filled(part, lookup)
        if filled is None:
            return None
        before_port = isinstance(follows, str) and follows.startswith(":")
        parts.append(in_brackets(filled) if isinstance(filled, Argument) and before_port else filled)
    return joined(*parts)


def fill_lines(template: str, lookup: Lookup, prose: Callable[[str], str | None]) -> Instructions | None:
    """Lines of prose, which `prose` fills, and of commands; None when a value without default is absent."""
    lines: list[str | Command] = []
    for line in template.strip().split("\n"):
        filled = fill(line, lookup) if _has_command(line) else prose(line)
        if filled is None:
            return None
        lines.append(filled)
    return Instructions(tuple(lines))


def without_case(template: str, ready: Mapping[str, Command]) -> Command:
    """The command with a variable for every value; `ready` are the commands of `case`."""
    parts: list[str | Argument | Command] = []
    for part in parse(template.strip()):
        whole = ready.get(part.path[0]) if isinstance(part, Hole) and part.name == "case" else None
        parts.append(part if isinstance(part, str) else whole or _argument(part, None))
    return joined(*parts)


def lines_without_case(template: str, ready: Mapping[str, Command], prose: Callable[[str], str | None]) -> Instructions:
    """Lines of prose and of commands, likewise."""
    lines = template.strip().split("\n")
    return Instructions(tuple(without_case(line, ready) if _has_command(line) else prose(line) or "" for line in lines))


def faults(template: str, types: Mapping[str, FieldType]) -> tuple[str, int] | None:
    """Why a value must not stand where a command has it, and at which offset; None when all may. The names of the
    placeholders have been checked (`templates.check`)."""
    from sestriage.rules.language.types import resolve

    for match, hole in zip(PLACEHOLDER.finditer(template), _holes(template.strip()), strict=True):
        fault = _fault(hole, resolve(types[hole.name], hole.path))
        if fault is not None:
            return Message("`{{{dotted}}}` cannot stand there: {fault}", dotted=hole.dotted, fault=fault), match.start()
    return None


def faults_in_lines(template: str, types: Mapping[str, FieldType]) -> tuple[str, int] | None:
    """The same for the lines of a check or way back that are commands, and for commands in backticks."""
    offset = 0
    for line in template.split("\n"):
        if _has_command(line):
            if (fault := faults(line, types)) is not None:
                return fault[0], offset + fault[1]
        elif (quoted := command_in_sentence(line)) is not None:
            return quoted[0], offset + quoted[1]
        offset += len(line) + 1
    return None


def sentences(template: str) -> str:
    """The lines of a check or way back that are no commands."""
    return "\n".join(line for line in template.split("\n") if not _has_command(line))


def command_in_sentence(text: str) -> tuple[str, int] | None:
    """A command in a sentence must hold no placeholder, and be none: it would be copied without being quoted for the
    shell. Why and where one is in a text that is no command; None when none is."""
    for match in PLACEHOLDER.finditer(text):
        if match[1] == "case" and match[2].removeprefix(".") in READY_MADE:
            return Message("`{command}` is a command: {what}", command=match[0], what=_OWN_LINE), match.start()
    for number, piece in enumerate(pieces := text.split("`")):
        if number % 2 and is_command(piece) and PLACEHOLDER.search(piece):
            at = sum(len(before) + 1 for before in pieces[:number])
            return Message("a command with a placeholder: {what}", what=_OWN_LINE), at
    return None


_OWN_LINE = Message("it stands on a line of its own, in `command`, `verify` or `undo`")


def _holes(template: str) -> list[Hole]:
    return [part for part in parse(template) if isinstance(part, Hole)]


def _has_command(line: str) -> bool:
    """True if a line starts as a command, or holds a ready-made one."""
    stripped = line.strip()
    holes = _holes(stripped)
    if is_command(stripped) or any(hole.name == "case" and hole.path[0] in READY_MADE for hole in holes):
        return True
    return bool(holes) and stripped.partition(" ")[0] in _MORE_WORDS


_MORE_WORDS = frozenset(
    (
        *("bash", "cd", "chronyc", "curl", "dash", "date", "eval", "exec", "find", "for", "host", "if", "ip", "ntpq"),
        *("ping", "printf", "read", "sh", "test", "timeout", "tracepath", "traceroute", "while"),
    )
)
"""Further first words of commands: where a value stands behind them, it must be quoted for the shell."""
READY_MADE = frozenset({"s_client", "dialogue", "tcpdump", "trust_stores"})
"""The commands that `case` has."""


def _filled(hole: Hole, lookup: Lookup) -> Argument | Command | None:
    value = lookup(hole.name, hole.path)
    if isinstance(value, Command):
        return None if _command_fault(hole) else value
    if hole.place.fault is not None:
        return None
    if value is None or value == "":
        return _argument(hole, None) if hole.optional else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return _argument(hole, str(value))


def _argument(hole: Hole, value: str | None) -> Argument:
    kind = KINDS.get(hole.path[-1], "word")
    variable, hint = VARIABLES[kind]
    if hole.dotted not in _COMMON:
        variable = f"{hole.name}_{hole.path[-1]}".upper()
    place = hole.place
    quoting = place.quoting if place.quoting in ("single", "double") else "bare"
    return argument(kind, value, variable, hint)._replace(quoting=quoting, printf=place.printf)  # type: ignore[arg-type]


def _fault(hole: Hole, kind: FieldType) -> str | None:
    if kind.base is Command:
        return _command_fault(hole)
    if kind.many or kind.base is bool or not issubclass(kind.base, str | int):
        return Message("{kind} is no word of a command", kind=kind)
    return hole.place.fault


def _command_fault(hole: Hole) -> str | None:
    if hole.place.fault not in (None, PROGRAM):
        return hole.place.fault
    return None if hole.place.whole else "a command stands by itself, without quotes or text around it"
