"""What `getent hosts` and `getent ahosts` print, on the appliance and in a container, alone or between `resolv.conf`
and routes as the commands of the reports print them.

`getent` says nothing where it finds no address: that counts only where the command line stands there and another prompt
below it. Source of the forms: glibc's getent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.formats.transcript.terminal import Section
from sestriage.model.known.hostnames import is_address, is_host_name
from sestriage.model.source import SourceRef
from sestriage.model.transcript import NameAnswer

_ADDRESS = re.compile(
    r"(?P<address>[0-9A-Fa-f.:]{3,45})[ \t]{1,40}"
    r"(?:(?:STREAM|DGRAM|RAW)(?:[ \t]{1,4}(?P<socket>[\w.-]{1,253}))?"
    r"|(?P<names>[\w.-]{1,253}(?:[ \t]{1,40}[\w.-]{1,253}){0,20}))[ \t]{0,40}"
)
_DOTTED = re.compile(r"\S{1,253}\.\S{1,253}")
_RESOLVER = re.compile(r"(?:nameserver|search|domain|options|sortlist) \S.{0,300}")
_ROUTE = re.compile(r"(?:default|unreachable|blackhole|prohibit|[0-9A-Fa-f.:]{2,45}(?:/\d{1,3})?) .{0,300}")
_ERROR = re.compile(
    r"(?:Error response from daemon|OCI runtime exec|permission denied|Cannot connect to the Docker).{0,400}"
)
_GETENT = re.compile(r"(?P<inside>docker exec (?:-\w{1,3} )?\S{1,100} )?getent a?hosts (?P<name>\S.*)")
_OUTPUT_OF = (
    (re.compile(r"grep nameserver |(?:docker exec \S{1,100} )?cat /etc/resolv\.conf"), _RESOLVER),
    (re.compile(r"ip (?:-6 )?route"), _ROUTE),
)
"""Commands that stand beside `getent` on one line, and what a line of their output looks like."""


def asks_for_names(command: str | None) -> bool:
    """The command line holds a run of getent, and nothing whose output is not known here."""
    parts = _parts(command)
    return any(map(_GETENT.fullmatch, parts)) and all(_form(part) is not None for part in parts)


def is_resolved(section: Section) -> bool:
    """Every line is an address with its name, or comes from a command that is known to stand beside getent."""
    texts = [line.text for line in section.lines]
    if section.command is None:
        return bool(texts) and all(_is_address_line(text) and _has_full_names(text) for text in texts)
    if not asks_for_names(section.command):
        return False
    return all(
        _is_address_line(text) or any(form.fullmatch(text) for form in (_RESOLVER, _ROUTE, _ERROR)) for text in texts
    )


def read_names(section: Section, source: SourceRef) -> Iterator[NameAnswer]:
    """One answer for each run of getent."""
    lines = list(section.lines)
    place = source.at_line(lines[0].number, lines[-1].number) if lines else source.at_line(section.number)
    failed = any(_ERROR.fullmatch(line.text) for line in lines)
    lines = [line for line in lines if not _ERROR.fullmatch(line.text)]
    parts = _parts(section.command) or ("getent hosts",)

    def later(number: int) -> bool:
        """What is left belongs to a later run of getent: between the two stood an output that is behind us already."""
        between = any(_form(part) is _RESOLVER for part in parts[number:])
        return between and not failed and not any(_RESOLVER.fullmatch(line.text) for line in lines)

    for number, part in enumerate(parts):
        form, asked = _form(part), _GETENT.fullmatch(part)
        taken = []
        while lines and form is not None and _fits(form, lines[0].text) and not (form is _ADDRESS and later(number)):
            taken.append(lines.pop(0).text)
        if form is not _ADDRESS or (asked is not None and asked["inside"] and failed):
            continue
        found = [match for text in taken if (match := _ADDRESS.fullmatch(text)) is not None]
        name = _name(asked["name"] if asked else "", [match["socket"] or match["names"] for match in found])
        if name is not None:
            addresses = tuple(dict.fromkeys(match["address"] for match in found))
            yield NameAnswer(place, name, addresses, asked is not None and asked["inside"] is not None)


def _parts(command: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r" ?(?:;|&&|\|\|) ?", command or "") if part.strip())


def _form(part: str) -> re.Pattern[str] | None:
    """What a line of the output of a command looks like; None for a command that is not known here."""
    if part == "getent hosts" or _GETENT.fullmatch(part):
        return _ADDRESS
    return next((form for command, form in _OUTPUT_OF if command.match(part)), None)


def _fits(form: re.Pattern[str], text: str) -> bool:
    return (
        _is_address_line(text) if form is _ADDRESS else form.fullmatch(text) is not None and not _is_address_line(text)
    )


def _is_address_line(text: str) -> bool:
    match = _ADDRESS.fullmatch(text)
    return match is not None and is_address(match["address"])


def _has_full_names(text: str) -> bool:
    """Without its command a line must not be a sentence: all that stands behind the address are names with a dot."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and all(map(_DOTTED.fullmatch, (match["names"] or "").split()))


def _name(asked: str, printed: list[str | None]) -> str | None:
    """The name that was asked for: by the command, else the last one of the first line (an alias stands behind the name
    that it leads to)."""
    given = asked.strip("'\"").rstrip(".").lower()
    if is_host_name(given):
        return given
    last = next((names.split()[-1] for names in printed if names), "").rstrip(".").lower()
    return last if is_host_name(last) else None
