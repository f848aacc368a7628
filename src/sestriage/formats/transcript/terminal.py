"""What a person copied from a terminal, divided into commands and what each of them printed.

A text counts when every line of it is a prompt, a command, or something that `answers` knows: a log in which such a
line stands by chance stays a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sestriage.formats.certs import pem
from sestriage.formats.transcript.s_client import NumberedLine

MAX_ANSWER = 32 * 1024
"""Bytes of a text that can be the answer to a command: a longer one is something else."""

_PROMPT = re.compile(
    r"(?:\[[^\]\r\n]{1,80}\] ?[#$]|[\w.-]{1,60}@[\w.-]{1,120}:[^\s#$]{0,200}[#$]|[\w.-]{0,60}(?:[#$]|~[#$]))"
    r"(?:\s+(?P<command>\S.*)|\s*)$"
)
_PROGRAMS = r"time|timeout|openssl|cat|getent|keytool|docker|aws|grep|IFS=|date"
_COMMAND = re.compile(rf"(?:(?:sudo|exec) )?(?:{_PROGRAMS})\b[^ /=\n]*+[ /=].*\S")
"""A command line without its prompt."""


@dataclass(slots=True)
class Section:
    """A command, None where only its output was copied, and the lines that it printed (blank ones left out)."""

    command: str | None = None
    lines: list[NumberedLine] = field(default_factory=list)


def sections(data: bytes) -> list[Section]:
    """The commands of a text in its order, each with its output. What stands above the first command comes first."""
    found = [Section()]
    for number, text in _lines(data):
        prompt = _PROMPT.match(text)
        command = prompt["command"] if prompt else (text if _COMMAND.fullmatch(text) else None)
        if prompt is not None or command is not None:
            found.append(Section(command))
        elif text.strip():
            found[-1].lines.append(NumberedLine(number, text))
    return [section for section in found if section.lines]


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    text = pem.plain_text(data).decode("utf-8", "replace")
    for number, line in enumerate(text.split("\n"), start=1):
        yield number, line.rstrip("\r")[:4096]
