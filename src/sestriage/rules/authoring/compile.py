"""`python -m sestriage.rules.authoring.compile`: writes the compiled form of the packaged rules beside them.

A test checks that the committed file is current.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sestriage.errors import RuleError
from sestriage.rules.compiled import FILE_NAME, dump
from sestriage.rules.loader import packaged_folder, read_bytes, rule_files, shared_for
from sestriage.rules.reader import parse_source


def compile_folder(folder: Path) -> str:
    """The text of the compiled file of a folder of rules.

    Raises:
        RuleError: a rule is broken.
    """
    shared = shared_for(folder)
    sources = [(read_bytes(path), path) for path in rule_files(folder)]
    return dump(((raw, parse_source(raw, str(path), shared)) for raw, path in sources), shared)


def main() -> int:
    """Compiles the rules of the checkout."""
    folder = packaged_folder()
    try:
        text = compile_folder(folder)
    except RuleError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
