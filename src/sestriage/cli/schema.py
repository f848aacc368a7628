"""`sestriage schema`: the JSON schema of what a command prints."""

from __future__ import annotations

import click

from sestriage.cli.language import say
from sestriage.cli.options import silent_lang_option

EPILOG = """\b
Examples
  sestriage schema
  sestriage schema triage
  sestriage schema certs compare > certs-compare.schema.json
"""


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from sestriage.model.document.schemas import DOCUMENTS

    given = [*ctx.params.get("words", ())]
    words = (name.split() for name in DOCUMENTS)
    return sorted({name[len(given)] for name in words if name[: len(given)] == given and len(name) > len(given)})


@click.command("schema", epilog=EPILOG)
@click.argument("words", nargs=-1, metavar="[COMMAND]", shell_complete=_complete)
@silent_lang_option
def command(words: tuple[str, ...]) -> int:
    """Print the JSON schema (draft 2020-12) of what COMMAND prints with --format json; without COMMAND, list them.

    docs/json.md says what stays the same from version to version.
    """
    import json

    from sestriage.model.document.schemas import DOCUMENTS, schema, version_of

    name = " ".join(words)
    if not words:
        width = max(map(len, DOCUMENTS))
        for known in DOCUMENTS:
            click.echo(f"{known.ljust(width)}  schema_version {version_of(known)}")
        return 0
    if name not in DOCUMENTS:
        raise click.BadParameter(_no_document(name, tuple(DOCUMENTS)), param_hint="COMMAND")
    click.echo(json.dumps(schema(name), indent=2))
    return 0


def _no_document(name: str, known: tuple[str, ...]) -> str:
    from sestriage.model.known.spelling import nearest

    inside = [each for each in known if each.startswith(f"{name} ")]
    if inside:
        return say("`{name}` prints several documents: {commands}", name=name, commands=", ".join(inside))
    near = nearest(name, known)
    if near is None:
        return say("no command `{name}` prints JSON", name=name)
    return say("no command `{name}` prints JSON (did you mean `{near}`?)", name=name, near=near)
