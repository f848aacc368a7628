"""The words of a shell command whose values are still apart: where each value stands, and which programs get what.

A small part of the shell's grammar (POSIX.1-2017, XCU chapter 2): enough for the commands that rules print. What it
does not know makes the command no plain pipeline; a value in such a place is refused when a rule is loaded.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sestriage.model.message import Message


class Piece(NamedTuple):
    """Text of the author, or a `value` of which only the place is looked at."""

    text: str
    value: bool = False


class Place(NamedTuple):
    """Where a value stands: its quotes (`bare`, `single`, `double`), and why it must not stand there (None: it may)."""

    quoting: str
    fault: str | None = None
    printf: bool = False
    """It is part of the format of printf."""
    whole: bool = False
    """It is a word by itself."""


class Stages(NamedTuple):
    """`places` are those of the values, in order; `stages` the words of each program of a plain pipeline, else None."""

    places: tuple[Place, ...]
    stages: tuple[tuple[str, ...], ...] | None


SCRIPTED = frozenset(
    (
        *("sh", "bash", "dash", "ksh", "zsh", "eval", "ssh", "su", "xargs", "trap", "watch", "source"),
        *("awk", "gawk", "sed", "perl", "python", "python3", "ruby", "node", "php"),
    )
)
"""Programs that read a word as code: no value may stand behind them, whatever quotes are around it."""

_KEYWORDS = frozenset(
    (
        *("if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "select"),
        *("function", "time", "coproc", "{", "}", "!", "[[", "]]"),
    )
)
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_REDIRECTION = re.compile(r"<<-?|<>|<&|<\(|<|>>|>\||>&|>\(|>")


def read_stages(pieces: tuple[Piece, ...]) -> Stages:
    """Reads a command; never raises."""
    reader = _Reader(pieces)
    reader.read()
    return Stages(tuple(reader.places), reader.result())


PROGRAM = "it would be the program that is run"
"""A fault that only a ready-made command may have."""


class _Reader:
    """One pass over the characters; a value counts as one character that belongs to a word."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        self.units: list[str | Piece] = []
        for piece in pieces:
            self.units += [piece] if piece.value else list(piece.text)
        self.at = 0
        self.places: list[Place] = []
        self.plain = True
        self.stages: list[list[str]] = []
        self.words: list[str] = []
        self.word: list[str] | None = None
        self.quoted = False  # the word has a quoted part
        self.target: str | None = None  # the operator whose target the next word is
        self.values: list[int] = []  # places of the values of this word
        self.programs: set[str] = set()  # all words of this simple command so far

    def result(self) -> tuple[tuple[str, ...], ...] | None:
        if not self.plain or not self.stages or not all(self.stages):
            return None
        return tuple(tuple(stage) for stage in self.stages)

    def read(self) -> None:
        while self.at < len(self.units):
            unit = self.units[self.at]
            self.at += 1
            if isinstance(unit, Piece):
                self._value("bare")
                self._add(unit.text)
            elif unit == "\\":
                self._add(self._next_character())
                self.quoted = True
            elif unit == "'":
                self._quoted("'", "single")
            elif unit == '"':
                self._quoted('"', "double")
            elif unit in "$`":
                self._substitution(unit)
                self._add("")
            elif unit in " \t":
                self._end_word()
            elif unit == "#" and self.word is None:
                self._comment()
            elif unit in "<>":
                self._redirection(unit)
            elif unit in "|;&()\n":
                self._operator(unit)
            else:
                if unit in "*?[{" or (unit == "~" and self.word is None):
                    self.plain = False
                self._add(unit)
        self._end_word()
        self._end_command()

    # --- words ---------------------------------------------------------------------------------------------------

    def _add(self, text: str) -> None:
        if self.word is None:
            self.word = []
        self.word.append(text)

    def _next_character(self) -> str:
        unit = self.units[self.at] if self.at < len(self.units) else ""
        if isinstance(unit, Piece):  # a value behind a backslash would lose its own quoting
            self._value("bare", "a backslash stands before it")
        self.at += 1
        return unit.text if isinstance(unit, Piece) else unit

    def _value(self, quoting: str, fault: str | None = None) -> None:
        if fault is None and self.programs & SCRIPTED:
            fault = Message("`{program}` reads it as code", program=sorted(self.programs & SCRIPTED)[0])
        if fault is None and self.target is not None and ">" in self.target:
            fault = "it would name a file to be overwritten"
        if fault is None and self.target is not None and self.target.startswith("<<"):
            fault = "it stands in a here-document"
        self.values.append(len(self.places))
        self.places.append(Place(quoting, fault))

    def _quoted(self, mark: str, quoting: str) -> None:
        self.quoted = True
        self._add("")
        while self.at < len(self.units):
            unit = self.units[self.at]
            self.at += 1
            if isinstance(unit, Piece):
                self._value(quoting)
                self._add(unit.text)
            elif unit == mark:
                return
            elif mark == '"' and unit == "\\":
                follows = self._next_character()
                self._add(follows if follows in '$`"\\\n' else "\\" + follows)
            elif mark == '"' and unit in "$`":
                self._substitution(unit)
            else:
                self._add(unit)
        self._spoil("the quotes around it are not closed")

    def _end_word(self) -> None:
        if self.word is None:
            return
        text, first = "".join(self.word), not self.words and self.target is None
        if self.target is not None:
            self.target = None
        else:
            is_prefix = first and not self.quoted and (text in _KEYWORDS or _ASSIGNMENT.match(text) is not None)
            if is_prefix:
                self.plain = False
            elif first and self.values:
                self._fault(PROGRAM)
            is_format = len(self.words) == 1 and self.words[0] == "printf"
            whole = len(self.word) == 1 and not self.quoted
            for index in self.values:
                self.places[index] = self.places[index]._replace(printf=is_format, whole=whole)
            if not is_prefix:
                self.words.append(text)
                self.programs.add(text.rpartition("/")[2])
        self.word, self.quoted, self.values = None, False, []

    def _fault(self, reason: str) -> None:
        for index in self.values:
            if self.places[index].fault is None:
                self.places[index] = self.places[index]._replace(fault=reason)

    def _spoil(self, reason: str) -> None:
        """The command cannot be read any further: no value in it is safe."""
        self.plain = False
        self.places = [place if place.fault else place._replace(fault=reason) for place in self.places]

    # --- between words -------------------------------------------------------------------------------------------

    def _end_command(self) -> None:
        self.stages.append(self.words)
        self.words, self.programs, self.target = [], set(), None

    def _operator(self, unit: str) -> None:
        self._end_word()
        follows = self.units[self.at] if self.at < len(self.units) else ""
        if unit == "|" and follows not in ("|", "&"):
            self._end_command()
            return
        if unit == "\n" and all(u in " \t\n" for u in self.units[self.at :] if isinstance(u, str)):
            return
        self.plain = False
        self._end_command()

    def _redirection(self, unit: str) -> None:
        if self.word is not None and not (self.quoted or self.values) and "".join(self.word).isdigit():
            self.word = None  # the number of a descriptor
        self._end_word()
        tail = "".join(u if isinstance(u, str) else " " for u in self.units[self.at - 1 : self.at + 2])
        operator = match[0] if (match := _REDIRECTION.match(tail)) else unit
        self.at += len(operator) - 1
        if operator in ("<<", "<<-", "<(", ">("):
            self.plain = False
        self.target = operator

    def _comment(self) -> None:
        while self.at < len(self.units) and self.units[self.at] != "\n":
            if isinstance(self.units[self.at], Piece):
                self.places.append(Place("bare", "it stands in a comment"))
            self.at += 1

    def _substitution(self, unit: str) -> None:
        """`$NAME`, `${…}`, `$(…)` or backticks: the command is no plain one, and nothing may be put into them."""
        self.plain = False
        follows = self.units[self.at] if self.at < len(self.units) else ""
        if unit == "`":
            self._skip("`", "it stands in a command substitution")
        elif follows == "(":
            self.at += 1
            self._skip(")", "it stands in a command substitution")
        elif follows == "{":
            self.at += 1
            self._skip("}", "it stands in the expansion of a variable")
        elif isinstance(follows, Piece):
            self.places.append(Place("bare", "a dollar sign stands before it"))
            self.at += 1

    def _skip(self, end: str, reason: str) -> None:
        """Up to the end of a substitution, quotes and inner ones included."""
        quote = ""
        while self.at < len(self.units):
            unit = self.units[self.at]
            self.at += 1
            if isinstance(unit, Piece):
                self.places.append(Place("bare", reason))
            elif unit == "\\" and quote != "'":
                self._next_character()
            elif quote == "'":
                quote = "" if unit == "'" else quote
            elif unit == end and not quote:
                return
            elif unit == '"':
                quote = "" if quote else '"'
            elif unit == "'" and not quote:
                quote = "'"
            elif unit == "$" and self.units[self.at : self.at + 1] in (["("], ["{"]):
                inner = ")" if self.units[self.at] == "(" else "}"
                self.at += 1
                self._skip(inner, reason)
            elif unit == "(" and end == ")" and not quote:
                self._skip(")", reason)
        self._spoil("the substitution beside it is not closed")
