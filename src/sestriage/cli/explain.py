"""`sestriage explain`: what a message means, why it happens, how to be sure, and what to do."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import click

from sestriage.cli.language import say
from sestriage.cli.options import format_for, is_quiet, report_options
from sestriage.cli.status import UNDETERMINED
from sestriage.engine.explain.rule import explain_rule
from sestriage.errors import InputError, reason_of
from sestriage.formats.log.lines.physical import decode_line
from sestriage.i18n import LANGUAGES
from sestriage.model.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from sestriage.model.command import Command
    from sestriage.model.explanation import Explanation

MAX_BYTES = 1 << 20
"""Of an excerpt. A whole log belongs to `sestriage triage`, which reads any size."""
_ELSEWHERE = Message("`sestriage triage` reads whole logs, captures and trust stores")

_FILE_NAME = re.compile(
    r"(?:\.{0,2}/|~/|[A-Za-z]:\\)\S+|\S+\.(?:log|txt|out|pcap|pcapng|cap|json|gz|zip|tgz|eml|csv|toml|pem|crt)(?:\.\d+)?"
)
"""A word that can only be meant as the name of a file."""

EPILOG = """\b
Exit status
  0  a rule matches
  2  wrong usage, an excerpt that cannot be read, or a broken rule
  3  no rule matches; the closest ones are named

\b
Examples
  sestriage explain dh-key-too-small
  sestriage explain "535 Authentication Credentials Invalid"
  sestriage explain 0A00018A
  sestriage explain excerpt.txt
  sestriage explain --search "application password"
  xclip -o | sestriage explain - --format markdown
  sestriage explain --last
"""


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The ids of rules that begin with what is typed, those of `--rules` included."""
    from sestriage.engine.explain.rule import rule_ids

    return [rule for rule in rule_ids(tuple(ctx.params.get("rule_dirs") or ())) if rule.startswith(incomplete)]


@click.command("explain", epilog=EPILOG)
@click.argument("words", nargs=-1, metavar="WHAT", shell_complete=_complete)
@click.option("--search", is_flag=True, help="List the rules whose ids, titles, aliases or texts hold the words.")
@click.option("--last", is_flag=True, help="Explain the result of the last `sestriage triage`.")
@report_options()
@click.option(
    "--no-redact",
    is_flag=True,
    help="Show mail addresses, IP addresses and host names in quotes. Passwords and keys are never shown.",
)
@click.option(
    "--rules",
    "rule_dirs",
    multiple=True,
    type=click.Path(exists=True, file_okay=False),
    help="Folder of further rules; a rule there replaces the packaged one of the same id. May be repeated.",
)
def command(
    words: tuple[str, ...],
    search: bool,
    last: bool,
    form: str,
    output: str | None,
    no_redact: bool,
    rule_dirs: tuple[str, ...],
    language: str,
) -> int:
    """Explain a rule id, SMTP reply, exception or log excerpt: cause, proof, what to do, how to verify and undo it.

    WHAT is the id or an alias of a rule, an SMTP reply, the name of an exception, an OpenSSL error code, or an excerpt
    of a log (quoted, as a file, or "-" for standard input). For an excerpt the answer quotes the line that decides, and
    names the step that failed and the steps that worked. For whole logs, captures and trust stores use `sestriage
    triage`.
    """
    if last == bool(words) or (last and search):
        raise click.UsageError(say("say what to explain: either WHAT or --last"))
    form = format_for(form, output)
    language = LANGUAGES[0] if form == "json" else language
    return run(Request(words, rule_dirs, form, no_redact, last, language, search, output), sys.stdin.buffer)


class Request(NamedTuple):
    """The question: the words of the command line, further folders of rules, the format, what is shown, the
    language, and the file to write."""

    words: tuple[str, ...] = ()
    rule_dirs: tuple[str, ...] = ()
    form: str = "text"
    no_redact: bool = False
    last: bool = False
    language: str = "en"
    search: bool = False
    output: str | None = None


def run(request: Request, stdin: BinaryIO | None = None) -> int:
    """Writes the explanation and returns the exit status.

    Raises:
        InputError: an excerpt that cannot be read.
        RuleError: the rule that is asked for is broken.
    """
    explanation = explain(request, stdin)
    listed = explanation.origin == "search" and bool(explanation.nearest)
    status = 0 if explanation.matches or explanation.accepted or listed else UNDETERMINED
    from sestriage.cli.output import write

    write(_render(explanation, request, status), request.output)
    return status


def explain(request: Request, stdin: BinaryIO | None = None) -> Explanation:
    """The explanation itself; raises as `run` does."""
    if request.last:
        from sestriage.engine.explain.last import explain_last

        return explain_last(request.rule_dirs, request.language)
    if request.search:
        return _searched(request)
    if len(request.words) == 1 and request.words[0] != "-":
        found = explain_rule(request.words[0], request.rule_dirs, request.language)
        if found is not None:
            return found
    text, name = _excerpt(request.words, stdin)
    if not text.strip():
        raise InputError(Message("there is nothing to explain: the text is empty"))
    from pathlib import Path

    from sestriage.engine.explain.text import SHORT_TEXT, explain_text
    from sestriage.rules import load_rules

    clean = _cleaner(request.no_redact)
    hide = _hider(request.no_redact)
    folders = [Path(folder) for folder in request.rule_dirs]
    if "\n" in text.strip():
        from sestriage.engine.explain.hand_made import beside_hand_made, explain_runs, with_runs

        beside = beside_hand_made(text)
        if beside is not None:
            every = load_rules(folders, request.language)
            found = explain_text(beside, name, every, request.rule_dirs, clean, hide) if _says_more(beside) else None
            if found is not None and found.phase is not None:
                return with_runs(found, text, name, every, clean)
            return explain_runs(text, name, every, request.rule_dirs, clean, hide)
    about_logs = load_rules(folders, request.language, about="log.event")
    found = explain_text(text, name, about_logs, request.rule_dirs, clean, hide)
    if found.matches or found.accepted or len(text) > SHORT_TEXT:
        return found
    # only now the rules that no log can raise: the text may be an alias of theirs, or near their name
    return explain_text(text, name, load_rules(folders, request.language), request.rule_dirs, clean, hide)


def _says_more(beside: str) -> bool:
    """What stands beside the runs looks like a log: it may show an attempt of the Manager."""
    from sestriage.formats.log import looks_like_log

    return looks_like_log(beside.encode("utf-8", "replace"))


def _searched(request: Request) -> Explanation:
    """The rules that hold the words, as the nearest ones: nothing was judged."""
    from pathlib import Path

    from sestriage.engine.explain.search import search
    from sestriage.model.explanation import Explanation
    from sestriage.rules import load_rules
    from sestriage.rules.files import listing
    from sestriage.rules.texts.rule_summary import titles

    words = " ".join(request.words)
    rules = load_rules([Path(folder) for folder in request.rule_dirs], request.language)
    found = titles(search(words, rules), listing(request.rule_dirs), request.language)
    notes = tuple(Message("{problem}; skipped", problem=problem) for problem in rules.problems)
    return Explanation(nearest=tuple(found), origin="search", word=words, notes=notes)


def _cleaner(no_redact: bool) -> Callable[[str], str]:
    """Loads the detectors when the first text is cleaned."""
    redact: list[Callable[[str], str]] = []

    def clean(text: str) -> str:
        if not redact:
            from sestriage.redact import Redactor, strip_secrets

            redact.append(strip_secrets if no_redact else Redactor().redact)
        return redact[0](text)

    return clean


def _hider(no_redact: bool) -> Callable[[Command], Command]:
    """The same for the values of commands."""

    def hide(command: Command) -> Command:
        from sestriage.redact import Redactor
        from sestriage.redact.commands import hide_in_command

        return hide_in_command(command, None if no_redact else Redactor())

    return hide


def _render(explanation: Explanation, request: Request, status: int) -> str:
    form, output, language = request.form, request.output, request.language
    if form == "json":
        from sestriage.cli.output import run_of
        from sestriage.report.json import explain as explain_json
        from sestriage.report.json.parts import head_json

        return explain_json.render(explanation, head_json(run_of((), status)))
    from sestriage.report.explain import outline

    if form != "text" or is_quiet():
        from sestriage.cli.drawing import drawn

        return drawn(outline(explanation, language), form, output, language)
    from sestriage.cli.output import text_style, writes_utf8
    from sestriage.report.explain_text import WIDTH, draw

    style = text_style(output, language, usual_width=WIDTH)
    style["ascii_only"] = not writes_utf8(output)
    return draw(outline(explanation, language), **style)


# --- the excerpt -------------------------------------------------------------------------------------------------


def _excerpt(words: Sequence[str], stdin: BinaryIO | None) -> tuple[str, str]:
    """The text, and the name that quotes give it: standard input, a file, or the words themselves."""
    if list(words) == ["-"]:
        from sestriage.cli.output import tell_wait

        tell_wait(Message("the error message or log lines"))
        stream = stdin if stdin is not None else sys.stdin.buffer
        return _decoded(stream.read(MAX_BYTES + 1), Message("standard input")), "stdin"
    if len(words) == 1 and _is_file(words[0]):
        try:
            with open(words[0], "rb") as stream:  # noqa: PTH123
                return _decoded(stream.read(MAX_BYTES + 1), words[0]), _shown_name(words[0])
        except OSError as error:
            raise InputError(Message("cannot read {file}: {reason}", file=words[0], reason=reason_of(error))) from None
    if len(words) == 1 and _FILE_NAME.fullmatch(words[0]):
        raise InputError(Message("there is no file {file}", file=words[0]))
    text = " ".join(words)
    _check_size(len(text.encode("utf-8", "replace")), Message("the text"))
    return text.encode("utf-8", "replace").decode("utf-8"), "paste"


def _shown_name(path: str) -> str:
    """A name of a file may hold a secret, as any text of the evidence."""
    from sestriage.redact import strip_secrets

    return strip_secrets(path)


def _is_file(word: str) -> bool:
    try:
        return os.path.isfile(word)  # noqa: PTH113
    except ValueError:
        return False


def _check_size(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise InputError(
            Message(
                "{file} is longer than {most} MB, too long for an excerpt; {elsewhere}",
                file=name,
                most=MAX_BYTES >> 20,
                elsewhere=_ELSEWHERE,
            )
        )


def _decoded(raw: bytes, name: str) -> str:
    """Bytes of an excerpt as text: UTF-8, UTF-16 with its mark; others are read as those of a log are."""
    _check_size(len(raw), name)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    if strange := re.search(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f]", raw):
        raise InputError(
            Message(
                "{file} is not text (byte 0x{byte:02x} at offset {offset}); {elsewhere}",
                file=name,
                byte=strange[0][0],
                offset=strange.start(),
                elsewhere=_ELSEWHERE,
            )
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "\n".join(decode_line(line)[0] for line in raw.split(b"\n"))
