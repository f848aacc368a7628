"""How commands write their results: width, colour and links of the terminal, redaction, files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypedDict

import click

from sestriage import system
from sestriage.cli.language import say, shown
from sestriage.cli.options import color_choice
from sestriage.cli.saving.outfile import named_files, refuse_over_inputs, written_aside
from sestriage.errors import reason_of

if TYPE_CHECKING:
    from sestriage.model.source import Run
    from sestriage.model.verdict import Finding
    from sestriage.redact import Redactor


USUAL_WIDTH = 100
"""Where neither a terminal nor `COLUMNS` says it."""
MAX_COLUMNS = 10_000
OLDEST_VTE = 5000
"""`VTE_VERSION` of the first GNOME terminals that know links; earlier ones show them as rubbish."""


class TextStyle(TypedDict):
    """How a text report is drawn, as its renderers take it."""

    color: bool
    width: int
    ascii_only: bool
    links: bool


def text_style(output: str | None, language: str = "en", *, usual_width: int = USUAL_WIDTH) -> TextStyle:
    """The style that fits where the report goes; languages other than English need more than ASCII.

    The width is that of the terminal, or of `COLUMNS`, which counts for pipes and files too.
    """
    terminal = output in (None, "-") and sys.stdout.isatty()
    color = has_color(terminal)
    ascii_only = not color and not (language != "en" and writes_utf8(output))
    links = terminal and color and _shows_links()
    return {"color": color, "width": _width(terminal, usual_width), "ascii_only": ascii_only, "links": links}


def _width(terminal: bool, usual: int) -> int:
    import shutil

    if terminal:
        return shutil.get_terminal_size((usual, 24)).columns
    told = os.environ.get("COLUMNS", "")
    return int(told) if told.isascii() and told.isdigit() and 0 < int(told) < MAX_COLUMNS else usual


def _shows_links() -> bool:
    """False for a terminal that is known to show the escape sequence of a link (OSC 8) instead of following it."""
    if os.environ.get("TERM", "") in ("", "dumb", "linux"):
        return False
    vte = os.environ.get("VTE_VERSION", "")
    return not (vte.isascii() and vte.isdigit() and int(vte) < OLDEST_VTE)


def has_color(terminal: bool) -> bool:
    """`--color` decides; then `NO_COLOR` (https://no-color.org) and `FORCE_COLOR`, where they are not empty."""
    choice = color_choice()
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb")


def writes_utf8(output: str | None) -> bool:
    """True if letters outside ASCII can be written as they are; files always are UTF-8."""
    if output is not None and output != "-":
        return True
    return (sys.stdout.encoding or "ascii").lower().replace("-", "") in ("utf8", "utf16")


@dataclass(frozen=True)
class Cleaner:
    """Cleans a report: removes secrets always, private data where there is a redactor."""

    redactor: Redactor | None

    def __call__(self, text: str) -> str:
        """A string of the report; never that of a command."""
        from sestriage.redact import strip_secrets

        return strip_secrets(text) if self.redactor is None else self.redactor.redact(text)

    def findings(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Findings whose commands have variables in place of such values."""
        from sestriage.redact.commands import hide_in_finding

        return tuple(hide_in_finding(finding, self.redactor) for finding in findings)


def cleaner(no_redact: bool, hosts: Iterable[str | None] = (), public: Iterable[str] = ()) -> Cleaner:
    """Make the cleaner of every string and finding of a report: it removes secrets always, private data unless
    `no_redact`.

    `hosts` are the case's own host names and domains, replaced wherever they stand; `public` names stay.
    """
    from sestriage.redact import Redactor

    if no_redact:
        return Cleaner(None)
    redactor = Redactor()
    kept = set(public)
    redactor.learn("host", (name for name in hosts if name not in kept))
    redactor.protect(kept)
    return Cleaner(redactor)


def standard_input(paths: Iterable[str], what: str) -> BinaryIO:
    """What a command reads for `-` among its paths; on a terminal it is told first what is waited for."""
    if "-" in paths:
        tell_wait(what)
    return sys.stdin.buffer


def tell_wait(what: str) -> None:
    """On a terminal that is waited for: what to type there, and how to end it. `what` is a message."""
    if sys.stdin is not None and sys.stdin.isatty():
        end = say("paste {what} here, then press Ctrl-D on a line of its own (Ctrl-C to give up)", what=shown(what))
        click.echo(f"sestriage: {end}", err=True)


def run_of(paths: Iterable[str], exit_status: int) -> Run:
    """The head of a document: version, time, and the files that were handed in, with their digests."""
    from dataclasses import replace
    from datetime import UTC, datetime

    from sestriage import __version__
    from sestriage.engine.reading.fingerprint import fingerprints
    from sestriage.model.source import Run, SourceRef
    from sestriage.redact import strip_secrets

    found, left_out = fingerprints(tuple(paths))
    read = (replace(file, source=SourceRef(strip_secrets(file.source.path))) for file in found)
    return Run(__version__, exit_status, datetime.now(UTC), tuple(read), left_out)


def write(text: str, output: str | None) -> None:
    """To a file, which is then whole or as it was, or to standard output.

    Raises `click.ClickException` where neither takes it (disk full).
    """
    if output is None or output == "-":
        _print(text)
        return
    refuse_over_inputs(output, named_files())
    try:
        with written_aside(output) as stream:
            stream.write(text.encode("utf-8"))
    except OSError as error:
        raise click.FileError(output, shown(reason_of(error))) from error


def _print(text: str) -> None:
    from sestriage.cli.pager import paged

    try:
        if paged(text):
            return
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # what is left in the buffer must not fail once more at the end of the program
        system.leave_nothing_to_write(sys.stdout.fileno())
        raise click.ClickException(say("cannot write to standard output: {reason}", reason=reason_of(error))) from error
