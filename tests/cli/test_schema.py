"""`sestriage schema`."""

from __future__ import annotations

import json

import pytest

from cli.terminal import Run
from sestriage.model.document.schemas import DOCUMENTS, schema


def test_lists_every_document_with_its_version(run: Run) -> None:
    rows = run("schema").out.splitlines()
    assert [row.partition("  ")[0] for row in rows] == list(DOCUMENTS)
    assert all(row.split()[-2] == "schema_version" for row in rows)


@pytest.mark.parametrize("command", DOCUMENTS)
def test_prints_what_is_published(run: Run, command: str) -> None:
    assert json.loads(run("schema", *command.split()).out) == schema(command)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("certs",), "certs compare, certs show, certs export"),
        (("triag",), "did you mean `triage`?"),
        (("guide",), "no command `guide` prints JSON"),
    ],
)
def test_a_command_without_a_document(run: Run, words: tuple[str, ...], told: str) -> None:
    result = run("schema", *words)
    assert result.status == 2
    assert told in result.err
