"""Fill prose to a width without ever breaking what a reader will copy."""

from __future__ import annotations

import re
from collections.abc import Iterator

COMMAND_WORDS = frozenset(
    (
        *("aws", "awk", "cat", "cp", "dig", "docker", "getent", "grep", "keytool", "ls", "mv", "nc", "nslookup"),
        *("openssl", "sed", "sestriage", "ss", "sudo", "tail", "tar", "tcpdump", "timeout", "zgrep"),
    )
)
"""First words that show that a whole line is a command (risk, check and way back may hold sentences or commands)."""

_UNIT = re.compile(r"(?:`[^`\n]+`|\S)+")
_ASSIGNMENT = re.compile(r"[A-Z_][A-Z0-9_]*=\S+$")
_LIST_MARK = re.compile(r"(?:[-*]|\d+[.)]) ")
_VERBATIM = " " * 4


def paragraphs(text: str) -> Iterator[tuple[str, bool]]:
    """The paragraphs of a text, each with whether it is verbatim.

    Lines are joined up to a blank line or a list mark. A line that is indented by four blanks or starts with a command
    word is verbatim: it comes by itself, without these four blanks (further ones stay), and must not be wrapped.
    """
    pending: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        verbatim = bool(stripped) and (line.startswith(_VERBATIM) or is_command(stripped))
        if pending and (verbatim or not stripped or _LIST_MARK.match(stripped)):
            yield " ".join(pending), False
            pending = []
        if verbatim:
            yield line.removeprefix(_VERBATIM).rstrip() if line.startswith(_VERBATIM) else stripped, True
        elif stripped:
            pending.append(stripped)
    if pending:
        yield " ".join(pending), False


def is_command(line: str) -> bool:
    """The line is a command rather than a sentence."""
    first, _, rest = line.partition(" ")
    starts = first in COMMAND_WORDS or _ASSIGNMENT.match(first) is not None
    return starts and bool(rest) and not line.endswith((".", ":"))


def fill(text: str, width: int, indent: str = "") -> list[str]:
    """The text in lines of at most `width` characters, follow-up lines indented.

    Words are never cut, and what stands in backticks is one word: such a line may be longer than `width`.
    """
    lines: list[str] = []
    current = ""
    for unit in _UNIT.findall(text):
        if current and len(current) + 1 + len(unit) > width:
            lines.append(current)
            current = indent + unit
        else:
            current = f"{current} {unit}" if current.strip() else current + unit
    return [*lines, current] if current.strip() else lines
