"""What click says itself on a command line of ours, so that the catalogues translate it. Nothing imports this.

From the sources of click 8.1 to 8.3 (`click/core.py`, `exceptions.py`, `formatting.py`, `types.py`, `decorators.py`);
click asks gettext for each.
"""

from __future__ import annotations

from sestriage.model.message import Message

WORDS = (
    Message("Usage:"),
    Message("Options"),
    Message("Commands"),
    Message("Show this message and exit."),
    Message("[default: {default}]"),
    Message("default: {default}"),
    Message("env var: {var}"),
    Message("required"),
    Message("Error: {message}"),
    Message("Try '{command} {option}' for help."),
    Message("Invalid value: {message}"),
    Message("Invalid value for {param_hint}: {message}"),
    Message("Missing argument"),
    Message("Missing option"),
    Message("Missing parameter"),
    Message("Missing command."),
    Message("No such option: {name}"),
    Message("No such option {name!r}."),
    Message("Positional arguments"),
    Message("Aborted!"),
    Message("No such command {name!r}."),
    Message("Option {name!r} does not take a value."),
    Message("Could not open file {filename!r}: {message}"),
    Message("{value!r} is not a valid {number_type}."),
    Message("{value} is not in the range {range}."),
    Message("{name} {filename!r} does not exist."),
    Message("{name} {filename!r} is a directory."),
    Message("{name} {filename!r} is a file."),
    Message("{name} {filename!r} is not readable."),
    Message("{name} {filename!r} is not writable."),
    Message("Choose from:\n\t{choices}"),
    Message("unknown error"),
    Message("file"),
    Message("directory"),
    Message("path"),
)

PLURALS = (
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    ("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    ("{value!r} does not match the format {format}.", "{value!r} does not match the formats {formats}."),
)
"""For one, and for several."""
