"""What `sestriage explain` does, without click: for the name of a rule, click would be most of the run."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from sestriage.cli.status import UNDETERMINED
from sestriage.engine.explain import explain_rule
from sestriage.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sestriage.model.command import Command
    from sestriage.model.explanation import Explanation

FORMATS = ("text", "markdown", "json")
MAX_BYTES = 1 << 20
"""Of an excerpt. A whole log belongs to `sestriage triage`, which reads any size."""
_ELSEWHERE = "`sestriage triage` reads whole logs, captures and trust stores"


class Request(NamedTuple):
    """What is asked: the words of the command line, further folders of rules, the format, what is shown, and the
    language."""

    words: tuple[str, ...] = ()
    rule_dirs: tuple[str, ...] = ()
    form: str = "text"
    no_redact: bool = False
    last: bool = False
    language: str = "en"


def run(request: Request, stdin: BinaryIO | None = None) -> int:
    """Writes the explanation to standard output and returns the exit status.

    Raises:
        InputError: an excerpt that cannot be read.
        RuleError: the rule that is asked for is broken.
    """
    explanation = explain(request, stdin)
    sys.stdout.write(_render(explanation, request.form, request.language))
    sys.stdout.flush()
    return 0 if explanation.matches or explanation.accepted else UNDETERMINED


def explain(request: Request, stdin: BinaryIO | None = None) -> Explanation:
    """The explanation itself; raises as `run` does."""
    if request.last:
        from sestriage.engine.save import explain_last

        return explain_last(request.rule_dirs, request.language)
    if len(request.words) == 1 and request.words[0] != "-":
        found = explain_rule(request.words[0], request.rule_dirs, request.language)
        if found is not None:
            return found
    text, name = _excerpt(request.words, stdin)
    if not text.strip():
        raise InputError("there is nothing to explain: the text is empty")
    from pathlib import Path

    from sestriage.engine.lookup import SHORT_TEXT, explain_text
    from sestriage.rules import load_rules

    clean = _cleaner(request.no_redact)
    hide = _hider(request.no_redact)
    folders = [Path(folder) for folder in request.rule_dirs]
    about_logs = load_rules(folders, request.language, about="log.event")
    found = explain_text(text, name, about_logs, request.rule_dirs, clean, hide)
    if found.matches or found.accepted or len(text) > SHORT_TEXT:
        return found
    # only now the rules that no log can raise: the text may be an alias of theirs, or near their name
    return explain_text(text, name, load_rules(folders, request.language), request.rule_dirs, clean, hide)


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


def _render(explanation: Explanation, form: str, language: str) -> str:
    if form == "json":
        from sestriage.report import explain_json

        return explain_json.render(explanation)
    from sestriage.report.explain import outline

    if form == "markdown":
        from sestriage.report import markdown

        return markdown.draw(outline(explanation, language))
    from sestriage.report.explain_text import draw

    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    return draw(outline(explanation, language), color=color, ascii_only=encoding not in ("utf8", "utf16"))


# --- the excerpt -------------------------------------------------------------------------------------------------


def _excerpt(words: Sequence[str], stdin: BinaryIO | None) -> tuple[str, str]:
    """The text and what quotes call it: standard input, a file, or the words themselves."""
    if list(words) == ["-"]:
        stream = stdin if stdin is not None else sys.stdin.buffer
        return _decoded(stream.read(MAX_BYTES + 1), "standard input"), "stdin"
    if len(words) == 1 and _is_file(words[0]):
        try:
            with open(words[0], "rb") as stream:  # noqa: PTH123
                return _decoded(stream.read(MAX_BYTES + 1), words[0]), words[0]
        except OSError as error:
            raise InputError(f"cannot read {words[0]}: {error.strerror or error}") from None
    text = " ".join(words)
    _check_size(len(text.encode("utf-8", "replace")), "the text")
    return text.encode("utf-8", "replace").decode("utf-8"), "paste"


def _is_file(word: str) -> bool:
    try:
        return os.path.isfile(word)  # noqa: PTH113
    except ValueError:
        return False


def _check_size(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise InputError(f"{name} is longer than {MAX_BYTES >> 20} MB, too long for an excerpt; {_ELSEWHERE}")


def _decoded(raw: bytes, name: str) -> str:
    """Bytes of an excerpt as text: UTF-8, UTF-16 with its mark, else Windows-1252."""
    _check_size(len(raw), name)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    if strange := re.search(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f]", raw):
        raise InputError(f"{name} is not text (byte 0x{strange[0][0]:02x} at offset {strange.start()}); {_ELSEWHERE}")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
