"""What a command for a person's shell does, by the programs that it runs: the label above it must be true.

Only forms that are known to change nothing count as reading; everything else is `other`, whatever its author meant.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Literal

Effect = Literal["reads", "saves", "other"]
"""`reads`: changes nothing. `saves`: writes new files where it is run, and changes nothing else. `other`: may change a
system, or is not known."""

_READERS = frozenset(
    (
        *("getent", "grep", "cat", "ls", "head", "tail", "cut", "tr", "wc", "uniq", "dig", "nslookup", "ss"),
        *("tracepath", "ping", "printf", "echo", "sleep", "true", "test", "[", "ntpq"),
    )
)
"""Programs that change nothing, whatever their arguments are."""
_FORMS = (
    *(("date", "-u"), ("chronyc", "sources"), ("chronyc", "-n", "sources"), ("chronyc", "tracking")),
    *(("openssl", "s_client"), ("openssl", "x509"), ("openssl", "pkey"), ("openssl", "dgst"), ("openssl", "ciphers")),
    *(("sestriage", "certs", "show"), ("sestriage", "certs", "compare"), ("sestriage", "credentials")),
    *(("docker", "ps"), ("docker", "logs"), ("command", "-v")),
)
"""Programs that change nothing with these first words, unless an option names a file to write."""
_SAVERS = (("sestriage", "certs", "export"),)
_WRITING = frozenset({"-out", "-o", "--output", "-keyout", "-sess_out", "-keylogfile", "-writerand"})
_AWS_READS = re.compile(r"(?:get|list|describe)-[a-z0-9-]+")
_SUBSTITUTED = re.compile(r"\$\((?!cat [\w./-]+\))|`")
"""A command in a word, but for a file that is read."""
_HARMLESS_TARGET = re.compile(r"/dev/null|&?[12]")
_SEPARATORS = frozenset({";", "|", "&&", "||"})


def effect_of(command: str) -> Effect:
    """What the command does at most."""
    if "\n" in command.strip():
        return "other"
    effects = {_effect(words) for words in _simple_commands(command)}
    if not effects or "other" in effects:
        return "other"
    return "saves" if "saves" in effects else "reads"


def _simple_commands(command: str) -> Iterator[Sequence[str]]:
    """The words of each program of pipelines and lists; a word that is none of a plain command makes it unknown."""
    lexer = shlex.shlex(command.strip(), posix=True, punctuation_chars=";|&<>()")
    lexer.whitespace_split = True
    words: list[str] = []
    try:
        for token in lexer:
            if token in _SEPARATORS:
                yield words
                words = []
            else:
                words.append(token)
    except ValueError:  # a quote that is not closed
        yield ()
        return
    if words:
        yield words


def _effect(words: Sequence[str]) -> Effect:
    unwrapped = _without_redirections(words)
    if not unwrapped or any(_SUBSTITUTED.search(word) for word in unwrapped):
        return "other"
    plain = _behind_wrappers(unwrapped)
    if not plain or _WRITING.intersection(plain):
        return "other"
    if any(tuple(plain[: len(form)]) == form for form in _SAVERS):
        return "saves"
    known = plain[0] in _READERS or any(tuple(plain[: len(form)]) == form for form in _FORMS) or _reads_aws(plain)
    return "reads" if known else "other"


def _reads_aws(words: Sequence[str]) -> bool:
    return len(words) > 2 and words[0] == "aws" and _AWS_READS.fullmatch(words[2]) is not None


def _without_redirections(words: Sequence[str]) -> list[str]:
    """The words without input and with output that goes nowhere; none at all where it goes into a file."""
    left: list[str] = []
    waiting = ""
    for word in words:
        if waiting:
            if ">" in waiting and not _HARMLESS_TARGET.fullmatch(word):
                return []
            waiting = ""
        elif word in ("<", ">", ">>", ">&"):
            waiting = word
            if left and left[-1] in ("1", "2"):
                left.pop()
        elif set(word) & set("<>()&;|") and set(word) <= set("<>()&;|"):
            return []
        else:
            left.append(word)
    return left


def _behind_wrappers(words: Sequence[str]) -> Sequence[str]:
    """The program that `timeout 20`, `time` or `docker exec CONTAINER` runs."""
    while words:
        if words[0] == "time":
            words = words[1:]
        elif words[0] == "timeout" and len(words) > 1 and words[1].isdigit():
            words = words[2:]
        elif tuple(words[:2]) == ("docker", "exec") and len(words) > 3 and not words[2].startswith("-"):
            words = words[3:]
        else:
            return words
    return words
