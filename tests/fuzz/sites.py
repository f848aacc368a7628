"""What a site writes or keeps: rule files, the state of `check`, and the words of a command line."""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from functools import cache
from pathlib import Path
from unittest.mock import patch

import click

from fuzz.mutate import mutate
from fuzz.targets import Target
from sestriage.cli.main import COMMANDS, cli
from sestriage.errors import RuleError, SestriageError
from sestriage.rules.loader import packaged_folder, rule_files
from sestriage.rules.reader import parse_source
from sestriage.rules.shared import read_shared
from sestriage.watch.run import Surroundings, check
from sestriage.watch.settings import resolve
from sestriage.watch.state import NAME
from support import SAMPLES

# --- rules -------------------------------------------------------------------------------------------------------


@cache
def _rule_texts() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in rule_files(packaged_folder()))


def make_rule(dice: random.Random) -> tuple[str, bytes]:
    """A packaged rule, damaged."""
    return "rule file", mutate(dice.choice(_rule_texts()), dice, _rule_texts())


def run_rule(case: object, _: Path) -> None:
    """Reads it as the rule of a site: it is refused with a sentence, or used."""
    from sestriage.model.facts import FactBase
    from sestriage.rules import RuleSet
    from sestriage.rules.parsed import build

    assert isinstance(case, tuple)
    try:
        rule = build(parse_source(case[1], "site.toml", read_shared(packaged_folder())), "site.toml")
    except RuleError as error:
        if not str(error).startswith("site.toml"):
            raise
        return
    RuleSet({rule.id: rule}).evaluate(FactBase.about({}, set()))


# --- the state of check ------------------------------------------------------------------------------------------

VALUES = ("NULL", "''", "'x'", "-1", "0", "9e999", "1e300", "x'00ff'", "CAST(x'ff' AS TEXT)", "'{}'", "'[[1]]'", "5")


@cache
def _good_state() -> bytes:
    """A state with an incident, and a report on its way."""
    with tempfile.TemporaryDirectory() as name:
        _check(Path(name), SAMPLES / "dh-openssl" / "sw-response-mgmt.log")
        return (Path(name) / NAME).read_bytes()


def _check(folder: Path, log: Path) -> str:
    given = {"log": "LOG", "state": str(folder), "grace": "0", "since": "2000-01-01"}
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    here = folder / "LOG"
    if not here.exists():
        shutil.copy(log, here)
    from watch.watching import judge

    with (folder / "out").open("ab+") as out:
        settings = resolve({**given, "log": str(here)}, None, {})[0]
        check(settings, Surroundings(judge=judge, out=out.fileno(), wait=0.0))
        out.seek(0)
        return out.read().decode()


def make_state(dice: random.Random) -> tuple[str, bytes]:
    """A state with damaged bytes, or with statements that put a value where it means nothing."""
    if dice.random() < 0.5:
        return "bytes", mutate(_good_state(), dice)
    tables = {
        "incident": "started last count cause timed ended resolution reported told closed_told causes scope",
        "cursor": "device inode offset line size mtime_ns head_length head tail_length tail known looked held carry",
        "counter": "name value",
    }
    table = dice.choice(sorted(tables))
    column = dice.choice(tables[table].split())
    return "values", f"UPDATE OR IGNORE {table} SET {column} = {dice.choice(VALUES)}".encode()


def run_state(case: object, folder: Path) -> None:
    """Two runs over it: the first may begin anew and say so, the second has nothing to tell."""
    assert isinstance(case, tuple)
    kind, data = case
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(data if kind == "bytes" else _good_state())
    if kind == "values":
        with contextlib.closing(sqlite3.connect(folder / NAME)) as db:
            db.execute(data.decode())
            db.commit()
    for _ in range(2):
        with contextlib.suppress(SestriageError):
            _check(folder, SAMPLES / "dh-openssl" / "sw-response-mgmt.log")


# --- command lines -----------------------------------------------------------------------------------------------

WORDS = ("", "-", "--", "-o", "/dev/null", "nothing", "0", "-1", "99999999999", "\u202e", "\udcff", "a\nb", "ä", "%s")
OFFLINE = tuple(sorted(set(COMMANDS) - {"probe"}))


def make_command(dice: random.Random) -> tuple[str, bytes]:
    """A command with options of its own, and words that fit or do not; input is a file of a sample."""
    name = dice.choice(OFFLINE)
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    words = [name]
    while isinstance(command, click.Group):
        inner = dice.choice(command.list_commands(click.Context(command)))
        command = command.get_command(click.Context(command), inner)
        words.append(inner)
    assert command is not None
    options = [option for param in command.params for option in param.opts if option.startswith("-")]
    choices = [str(c) for p in command.params if isinstance(p.type, click.Choice) for c in p.type.choices]
    files = [str(path.relative_to(SAMPLES)) for path in sorted((SAMPLES / "dh-openssl").iterdir())]
    pool = (options, choices or list(WORDS), files, list(WORDS))
    words += [dice.choice(dice.choice([each for each in pool if each])) for _ in range(dice.randint(0, 5))]
    return name, "\x1f".join(words).encode("utf-8", "surrogatepass")


def run_command(case: object, folder: Path) -> None:
    """The command ends with a status of its own or with a usage error, never with a fault of ours."""
    assert isinstance(case, tuple)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SAMPLES / "dh-openssl", folder / "dh-openssl")
    words = case[1].decode("utf-8", "surrogatepass").split("\x1f")
    kept = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "PATH": os.environ["PATH"]}
    with contextlib.ExitStack() as opened:
        out = opened.enter_context((folder / "out").open("w", encoding="utf-8", errors="backslashreplace"))
        streams = {"stdout": out, "stderr": out, "stdin": io.TextIOWrapper(io.BytesIO(b""))}
        opened.enter_context(contextlib.chdir(folder))
        for name, stream in streams.items():
            opened.enter_context(patch.object(sys, name, stream))
        opened.enter_context(patch.dict(os.environ, kept, clear=True))
        opened.enter_context(contextlib.suppress(*MEANT))
        cli.main(words, prog_name="sestriage", standalone_mode=False)


MEANT = (click.ClickException, SestriageError, click.exceptions.Abort, click.exceptions.Exit)
"""What the entry point turns into a sentence and a status."""

SITE_TARGETS = {
    "rules": Target(make_rule, run_rule),
    "states": Target(make_state, run_state),
    "commands": Target(make_command, run_command),
}
