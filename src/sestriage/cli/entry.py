"""Where the program starts. `sestriage explain WHAT` is answered without loading click; everything else goes to `main`.

The short way understands only the plainest command lines. What it does not understand, or fails at, is left to the
full command line, which says everything there is to say about it.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from sestriage.cli.explaining import Request


def main() -> None:
    """Run the command line and exit."""
    status = _short_way(sys.argv[1:])
    if status is not None:
        sys.exit(status)
    from sestriage.engine.ahead import Ahead

    ahead = Ahead()
    triage = sys.argv[1:2] == ["triage"]
    try:
        if triage:
            # evidence becomes many small objects that stay: looking through them for garbage again and again costs much
            gc.set_threshold(50_000, 20, 20)
            ahead.begin(sys.argv[2:])
        from sestriage.cli.main import main as whole

        whole(ahead)
    except SystemExit as end:
        if triage and isinstance(end.code, int):
            ahead.stop()
            _leave(end.code)
        raise
    except KeyboardInterrupt:  # before or behind the command itself, which says so too
        sys.stderr.write("sestriage: interrupted\n")
        sys.exit(130)
    finally:
        ahead.stop()


def _leave(status: int) -> NoReturn:
    """Ends at once: taking the evidence apart piece by piece, as the interpreter does at its end, helps nobody."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(status)
    os._exit(status)


def _short_way(arguments: Sequence[str]) -> int | None:
    """The exit status of an `explain` that could be answered; None when the full command line must have a look."""
    if arguments[:1] != ["explain"] or "_SESTRIAGE_COMPLETE" in os.environ:
        return None
    gc.disable()  # a short run over a bounded text: collecting would find nothing
    try:
        from sestriage.cli.explaining import run

        request = understand(arguments[1:])
        return None if request is None else run(request)
    except KeyboardInterrupt:
        sys.stderr.write("sestriage: interrupted\n")
        return 130
    except Exception:
        return None
    finally:
        gc.enable()


def understand(arguments: Sequence[str]) -> Request | None:
    """What is asked; None for standard input, other options and wrong usage."""
    from sestriage.cli.explaining import FORMATS, Request
    from sestriage.model.speech import LANGUAGES

    words: list[str] = []
    options: dict[str, list[str]] = {"--rules": [], "--format": [], "--lang": []}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if name in options and (equals or rest):
            options[name].append(value if equals else rest.pop(0))
        elif word.startswith("-"):
            return None
        else:
            words.append(word)
    form = options["--format"][-1] if options["--format"] else "text"
    language = options["--lang"][-1] if options["--lang"] else os.environ.get("SESTRIAGE_LANG") or "en"
    if not words or form not in FORMATS or language not in LANGUAGES or not all(map(os.path.isdir, options["--rules"])):
        return None
    return Request(tuple(words), tuple(options["--rules"]), form, language=language)
