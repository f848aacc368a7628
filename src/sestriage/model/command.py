"""A command for a person's shell as data: the author's own text, and values of the evidence that are quoted last.

The text of the author (a rule file, this program) stands as it is. A value is checked for what it is, then hidden where
it is private, and only then written, quoted for the place where it stands. A value that is unknown, hidden, or not what
its kind says is never written: the command then asks the shell's user for it, `"${SMTP_SERVER:?set it to …}"`, which
runs nothing until it is set.

Named tuples, because `sestriage explain ID` loads this (see `explanation.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from sestriage.model.known.hostnames import is_address, is_host_name
from sestriage.model.known.ports import PORT_MODES
from sestriage.model.shellwords import Piece, read_stages
from sestriage.model.vocabulary import ConnectionMode

Kind = Literal["host", "address", "port", "region", "path", "mailbox", "domain", "fingerprint", "word"]
"""The kind of a value. `host` is a name or an address of a server, `address` an IP address, `mailbox` a mail address,
`fingerprint` hexadecimal digits, `word` any other short text."""

Quoting = Literal["bare", "single", "double"]
"""The quotes of the author in which a value stands."""

MAX_PATH = 4096
"""Characters of a path (PATH_MAX of Linux)."""
MAX_WORD = 300
"""Characters of any other value: a longer one is asked for rather than cut."""

_PORT = re.compile(r"[1-9][0-9]{0,4}")
_REGION = re.compile(r"[A-Za-z]{2,4}(?:-[A-Za-z]{1,12}){1,3}-[0-9]{1,2}")
_FINGERPRINT = re.compile(r"[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){7,63}")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{0,63}")

VARIABLES: dict[Kind, tuple[str, str]] = {
    "host": ("SMTP_SERVER", "set it to the SMTP server"),
    "address": ("IP_ADDRESS", "set it to the IP address"),
    "port": ("SMTP_PORT", "set it to the port of the SMTP server"),
    "region": ("SES_REGION", "set it to the AWS region of SES"),
    "path": ("EVIDENCE_FILE", "set it to the path of the file"),
    "mailbox": ("MAIL_ADDRESS", "set it to the mail address"),
    "domain": ("MAIL_DOMAIN", "set it to the domain"),
    "fingerprint": ("FINGERPRINT", "set it to the fingerprint"),
    "word": ("VALUE", "set it to the value"),
}
"""By kind: the variable that stands in for a value, and what the shell says while it is not set."""
IPV6_HINT = "set it to the SMTP server, an IPv6 address in brackets"


class Argument(NamedTuple):
    """A value in a command, or the variable that stands in for it.

    `value` is None when it is not known, is hidden, or is not what `kind` says. `quoting` are the author's quotes
    around it; in the format of `printf` (`printf`) its percent signs and backslashes are doubled.
    """

    kind: Kind
    value: str | None
    variable: str
    hint: str
    quoting: Quoting = "bare"
    printf: bool = False

    def __str__(self) -> str:
        if self.value is None:
            asked = f"${{{self.variable}:?{self.hint}}}"
            return {"bare": f'"{asked}"', "single": f"'\"{asked}\"'", "double": asked}[self.quoting]
        text = self.word
        if _INERT.fullmatch(text):
            return text
        if self.quoting == "single":
            return text.replace("'", "'\\''")
        return quoted(text) if self.quoting == "bare" else f'"{quoted(text)}"'

    @property
    def word(self) -> str:
        """The value as the program gets it; `${NAME}` where a variable stands in."""
        if self.value is None:
            return f"${{{self.variable}}}"
        return self.value.replace("\\", "\\\\").replace("%", "%%") if self.printf else self.value

    def hidden(self) -> Argument:
        """The same without its value."""
        return self._replace(value=None)


_INERT = re.compile(r"[A-Za-z0-9_@%+:,./][A-Za-z0-9_@%+=:,./-]*")
"""Text that means itself in a shell, without quotes and in both kinds of quotes."""


class Command(NamedTuple):
    """Text for a shell: pieces of the author's text, and values. `str()` of it is what a person types."""

    parts: tuple[str | Argument, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """The values, in order."""
        return tuple(part for part in self.parts if isinstance(part, Argument))

    @property
    def argv(self) -> tuple[tuple[str, ...], ...] | None:
        """The words of each program of a plain pipeline, redirections left out; None for any other construct of the
        shell (several commands, variables and patterns of the author, loops). A value that must be set first stands
        as `${NAME}`; None, too, where another value could be taken for that."""
        if self.variables and any("${" in (each.value or "") for each in self.arguments):
            return None
        pieces = tuple(Piece(part) if isinstance(part, str) else Piece(part.word, value=True) for part in self.parts)
        return read_stages(pieces).stages

    @property
    def variables(self) -> dict[str, str]:
        """The variables to set before it runs: name to a description of the value."""
        return {each.variable: each.hint for each in self.arguments if each.value is None}

    def hiding(self, private: Callable[[Argument], bool]) -> Command:
        """The command with variables in place of the values that are private."""
        hidden = tuple(
            part.hidden() if isinstance(part, Argument) and part.value is not None and private(part) else part
            for part in self.parts
        )
        return self if hidden == self.parts else Command(hidden)


def literal(text: str) -> Command:
    """A command without values of the evidence."""
    return Command((text,))


def joined(*parts: str | Argument | Command) -> Command:
    """A command of the author's text, values and other commands; neighbouring texts become one."""
    flat: list[str | Argument] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Command) else (part,):
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece:
                flat.append(piece)
    return Command(tuple(flat))


def argument(kind: Kind, value: str | int | None, variable: str | None = None, hint: str | None = None) -> Argument:
    """A value for a command, if it is what its kind says; else the variable that asks for it.

    A path that begins with a hyphen gets `./` before it, so that it is no option.
    """
    name, ask = VARIABLES[kind]
    text = None if value is None or value == "" else _checked(kind, _without_brackets(kind, str(value)))
    return Argument(kind, text, variable or name, hint or ask)


def _without_brackets(kind: Kind, text: str) -> str:
    """An IPv6 address that was entered in the brackets which only stand before `:port`; any other value as it is."""
    inside = text[1:-1]
    return inside if kind in ("host", "address") and text == f"[{inside}]" and is_address(inside) else text


def server_in_url(host: str | None) -> Argument:
    """A server before `:port`."""
    return in_brackets(argument("host", host))


def in_brackets(server: Argument) -> Argument:
    """An IPv6 address as it stands before `:port`; any other value as it is."""
    if server.kind not in ("host", "address") or server.value is None or ":" not in server.value:
        return server
    return server._replace(value=f"[{server.value}]", hint=IPV6_HINT)


DNS_PORT = 53


def s_client(host: str | None = None, port: int | None = 587, mode: ConnectionMode = "starttls") -> Command:
    """`openssl s_client …` for a server; `mode` is `starttls` or `wrapper`. Without a port, or a host that can be
    one, the shell asks for it. An address is no server name (RFC 6066 section 3).

    It ends after 20 seconds: behind a firewall that drops packets it would wait for minutes.
    """
    starttls = "-starttls smtp " if mode == "starttls" else ""
    connect = f"timeout 20 openssl s_client {starttls}-connect "
    client = joined(connect, server_in_url(host), ":", argument("port", port))
    name = argument("host", host)
    return client if name.value is not None and is_address(name.value) else joined(client, " -servername ", name)


def mail_capture(
    file: str, host: str | None = None, port: int | None = None, other_ports: Iterable[int] = ()
) -> Command:
    """`tcpdump …` for one Test Action: DNS, the ports of mail submission, `port` and `other_ports` (those of a proxy),
    and what devices in the path answer (ICMP, of both versions of IP). A server that is named by its address needs no
    DNS.
    """
    names = () if host is not None and is_address(host) else (DNS_PORT,)
    known = (port,) if port is not None else ()
    ports = sorted({*names, *known, *other_ports, *PORT_MODES})
    what = " or ".join((*(f"port {number}" for number in ports), "icmp", "icmp6"))
    return joined(f"tcpdump -i any -s 0 -w {file} '{what}'")


def quoted(text: str) -> str:
    """The text as one word of a shell."""
    return text if _INERT.fullmatch(text) else "'" + text.replace("'", "'\"'\"'") + "'"


def _checked(kind: Kind, text: str) -> str | None:
    if kind == "path":
        # "-" is standard input; a name that does not print cannot be typed, and is not what would be read in a report
        if text == "-" or len(text) > MAX_PATH or not text.isprintable():
            return None
        return f"./{text}" if text.startswith("-") else text
    return text if len(text) <= MAX_WORD and _IS[kind](text) else None


def _is_word(text: str) -> bool:
    return text.isprintable() and not text.startswith("-") and bool(text.strip())


def _is_mailbox(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    return bool(at) and _LOCAL.fullmatch(local) is not None and is_host_name(domain)


_IS: dict[Kind, Callable[[str], bool]] = {
    "host": lambda text: is_host_name(text) or is_address(text),
    "address": lambda text: is_address(text),
    "port": lambda text: _PORT.fullmatch(text) is not None and int(text) < 65536,
    "region": lambda text: _REGION.fullmatch(text) is not None,
    "mailbox": _is_mailbox,
    "domain": lambda text: is_host_name(text) or _is_mailbox(text),
    "fingerprint": lambda text: _FINGERPRINT.fullmatch(text) is not None,
    "word": _is_word,
}


# --- commands among prose --------------------------------------------------------------------------------------------

COMMAND_WORDS = frozenset(
    (
        *("aws", "awk", "cat", "cp", "dig", "docker", "getent", "grep", "keytool", "ls", "mv", "nc", "nslookup"),
        *("openssl", "sed", "sestriage", "ss", "sudo", "tail", "tar", "tcpdump", "timeout", "zgrep"),
    )
)
"""First words that show that a whole line is a command (risk, check and way back may hold sentences or commands)."""

_ASSIGNMENT = re.compile(r"[A-Z_][A-Z0-9_]*=\S+$")


def is_command(line: str) -> bool:
    """True if the line is a command rather than a sentence."""
    first, _, rest = line.partition(" ")
    starts = first in COMMAND_WORDS or _ASSIGNMENT.match(first) is not None
    return starts and bool(rest) and not line.endswith((".", ":"))


class Instructions(NamedTuple):
    """Instructions, in lines of prose and of commands: how to check a step, or to undo it."""

    lines: tuple[str | Command, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands among the lines, in order."""
        return tuple(line for line in self.lines if isinstance(line, Command))


def prose(text: str) -> Instructions:
    """Instructions without a value in a command: sentences, and commands of the author. A line of its own stays the
    message that it is."""
    lines = text.split("\n") if "\n" in text else [text]
    return Instructions(tuple(literal(line) if is_command(line.strip()) else line for line in lines))
