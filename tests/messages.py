"""The sentences of the program, as Babel finds them in the source, and the catalogues that translate them.

`.ci/generate` brings the catalogues (`src/sestriage/locale`) up to date and compiles them: new sentences come without
a translation, which a test then asks for, and sentences that nothing says any more go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from string import Formatter

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from sestriage.cli import click_words
from support import ROOT

LOCALE = ROOT / "src" / "sestriage" / "locale"
SAID_BY = {"Message": None, "say": None}
"""What takes a sentence as its first argument."""
OWN_CONTEXT = frozenset({"all-inputs", "block-evidence"})
"""Keys of tables whose English another key has, too, with another meaning."""


def tables() -> Iterator[tuple[str, Mapping[str, str]]]:
    """The tables of sentences by key, with the module that has them."""
    from sestriage.report import explain_words, words
    from sestriage.report.html import page_words

    yield "report/words.py", words.ENGLISH
    yield "report/explain_words.py", explain_words.ENGLISH
    yield "report/html/page_words.py", page_words.ENGLISH


def helps() -> Iterator[tuple[str, str]]:
    """What `--help` of every command says, with the module of the command."""
    from sestriage.cli.main import COMMANDS, cli

    yield from (("cli/main.py", text) for _, text in COMMANDS.values())
    yield from _of_command(cli, "cli/main.py")
    for module, _ in COMMANDS.values():
        yield from _of_command(
            import_module(module).command, module.removeprefix("sestriage.").replace(".", "/") + ".py"
        )


def _of_command(command: click.Command, place: str) -> Iterator[tuple[str, str]]:
    texts = [command.help, command.short_help, command.epilog]
    for option in command.params:
        texts += [option.help, option.prompt] if isinstance(option, click.Option) else []
    yield from ((place, text) for text in texts if text)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _of_command(below, place)


@cache
def said() -> tuple[tuple[str, str | None, str | tuple[str, str]], ...]:
    """Every sentence: where it is said, its context (None: none), and its English (for one, and for several)."""
    return tuple(_said())


def _said() -> Iterator[tuple[str, str | None, str | tuple[str, str]]]:
    source = ROOT / "src" / "sestriage"
    for path in sorted(source.rglob("*.py")):
        place = path.relative_to(source).as_posix()
        if not re.search(r"\b(?:Message|say)\(", path.read_text(encoding="utf-8")):
            continue
        for _, text, _, _ in extract_from_file("python", path, keywords=SAID_BY):
            if isinstance(text, str) and has_words(text):
                yield place, None, text
    for place, text in helps():
        yield place, None, text
    for one, several in click_words.PLURALS:
        yield "cli/click_words.py", None, (one, several)
    for place, table in tables():
        for key, text in table.items():
            if has_words(text):
                yield place, key if key in OWN_CONTEXT else None, text


def has_words(text: str) -> bool:
    """There is something to translate beside the values."""
    return any(letter.isalpha() for literal, *_ in Formatter().parse(text) for letter in literal)


def updated(language: str) -> Catalog:
    """The catalogue of a language with exactly the sentences that are said now, in the order of their places."""
    catalogue = Catalog(locale=language, project="sestriage", charset="utf-8", fuzzy=False)
    before = read(language)
    for place, context, text in said():
        old = before.get(text if isinstance(text, str) else text[0], context)
        nothing = "" if isinstance(text, str) else ("", "")
        catalogue.add(text, old.string if old is not None else nothing, locations=[(place, 0)], context=context)
    return catalogue


def path_of(language: str) -> Path:
    """The file that is kept by hand and by `.ci/generate`."""
    return LOCALE / language / "LC_MESSAGES" / "sestriage.po"


def read(language: str) -> Catalog:
    """The catalogue as it is kept; an empty one where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def as_text(catalogue: Catalog) -> str:
    """A catalogue in gettext's format, without dates."""
    stream = BytesIO()
    write_po(
        stream, catalogue, width=118, omit_header=True, sort_by_file=True, include_lineno=False, ignore_obsolete=True
    )
    return HEADER + stream.getvalue().decode("utf-8")


HEADER = """\
# Translations of sestriage's own sentences. The translations are written by hand; the rest is kept by .ci/generate.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def compile_all() -> None:
    """Compiles the catalogues that are newer than what was made of them."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        target = path.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime_ns < path.stat().st_mtime_ns:
            compile_one(path, target)


def compile_one(path: Path, target: Path) -> None:
    """Written aside and renamed: other processes may read it."""
    import os

    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=path.parts[-3])
    aside = target.with_suffix(f".{os.getpid()}")
    with aside.open("wb") as stream:
        write_mo(stream, catalogue)
    aside.replace(target)
