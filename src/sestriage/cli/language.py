"""The command line in the language of the user: `--lang`, or `SESTRIAGE_LANG`.

Help is shown while the command line is still being read, so the choice is looked for before: whatever the place of
`--lang`, the help, the errors and the report are in one language. What click says itself is in our catalogue, too
(`click_words`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from copy import copy
from typing import TypeVar

import click

from sestriage.i18n import DOMAIN, FOLDER, LANGUAGES, translated
from sestriage.model.message import Message

VARIABLE = "SESTRIAGE_LANG"
_chosen = LANGUAGES[0]
_Command = TypeVar("_Command", bound=click.Command)


def choose(arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    """Takes the language that a command line asks for; English for anything that is none (the option's own check names
    it)."""
    global _chosen
    wanted = environment.get(VARIABLE, "")
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and at + 1 < len(arguments):
            wanted = arguments[at + 1]
        elif argument.startswith("--lang="):
            wanted = argument.partition("=")[2]
    before, _chosen = _chosen, wanted if wanted in LANGUAGES else LANGUAGES[0]
    if _chosen != before:
        _tell_click()


def _tell_click() -> None:
    """click asks gettext, and gettext the environment."""
    import gettext

    if _chosen == LANGUAGES[0]:
        gettext.textdomain("messages")
        os.environ.pop("LANGUAGE", None)
    else:
        gettext.bindtextdomain(DOMAIN, str(FOLDER))
        gettext.textdomain(DOMAIN)
        os.environ["LANGUAGE"] = _chosen


def chosen() -> str:
    """The language of this run."""
    return _chosen


def say(text: str, /, **values: object) -> str:
    """A text of the command line in the language of this run."""
    return translated(Message(text, **values), _chosen)


def shown(text: str) -> str:
    """A message in the language of this run; any other text as it is."""
    return translated(text, _chosen)


def told(error: BaseException) -> str:
    """The sentence of an error in the language of this run; one that is no message of ours says it as it is."""
    return shown(error.args[0]) if error.args and isinstance(error.args[0], Message) else str(error)


def speak(command: _Command) -> _Command:
    """The command with its help, and that of its options and of the commands below it, in the language of this run."""
    if _chosen == LANGUAGES[0]:
        return command
    spoken = copy(command)
    spoken._help_option = None  # click keeps the one that it made for the command in another language
    for name in ("help", "short_help", "epilog"):
        setattr(spoken, name, _said(getattr(command, name)))
    spoken.params = [_named(_spoken(parameter)) for parameter in command.params]
    if isinstance(spoken, click.Group):
        spoken.commands = {name: speak(below) for name, below in spoken.commands.items()}
    return spoken


def _spoken(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option):
        return parameter
    spoken = copy(parameter)
    spoken.help, spoken.prompt = _said(parameter.help), _said(parameter.prompt)
    return spoken


def _named(parameter: click.Parameter) -> click.Parameter:
    """Placeholders are the same in every language; click would make one of the translated name of the type."""
    kind = parameter.type
    if parameter.metavar or not isinstance(kind, click.Path):
        return parameter
    named = copy(parameter)
    named.metavar = "FILE" if not kind.dir_okay else "DIRECTORY" if not kind.file_okay else "PATH"
    return named


def _said(text: str | None) -> str | None:
    return text and say(text)
