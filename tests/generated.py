"""Brings every generated file up to date: `.ci/generate`, or `python tests/generated.py [--check]`.

With `--check` nothing is written; the status is 1 and the files are named that are not current. A test does the same
(`tests/test_docs.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import manpage
import messages
from children import usual_signals
from documents import facts_document, fields_document, options_document, tables_document
from sestriage.i18n import LANGUAGES
from support import ROOT

REPORT_BEGINS = "<!-- report: written by .ci/generate -->"
REPORT_ENDS = "<!-- end of the report -->"
BUNDLE = "samples/bundle/bundle.tar.gz"
REPORT_COMMAND = rf"sestriage triage {BUNDLE} | sed '/^2\. /,$d'"
"""What README names: the report of the bundle up to its second step."""


def generated() -> Iterator[tuple[Path, Callable[[], str]]]:
    """Every generated file with what makes its text, in an order in which none needs a later one."""
    from sestriage.rules.authoring import catalogue, compile
    from sestriage.rules.compiled import FILE_NAME

    rules = ROOT / "rules"
    yield rules / FILE_NAME, lambda: compile.compile_folder(rules)
    yield rules / catalogue.FILE_NAME, lambda: catalogue.catalogue(str(rules))
    yield ROOT / "docs" / "options.md", options_document
    yield ROOT / "docs" / "facts.md", facts_document
    yield ROOT / "docs" / "fleet-tables.md", tables_document
    yield ROOT / manpage.PAGE, manpage.page
    yield from ((ROOT / place, partial(manpage.completion, shell)) for shell, place in manpage.SHELLS.items())
    yield ROOT / "docs" / "json-fields.md", fields_document
    yield from ((messages.path_of(language), partial(_translations, language)) for language in LANGUAGES[1:])
    yield ROOT / "README.md", readme


def _translations(language: str) -> str:
    return messages.as_text(messages.updated(language))


def readme() -> str:
    """README.md with the report as it is today; everything else in it is written by hand."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(REPORT_BEGINS)
    _, _, after = rest.partition(REPORT_ENDS)
    return f"{before}{REPORT_BEGINS}\n\n```console\n$ {REPORT_COMMAND}\n{report()}```\n\n{REPORT_ENDS}{after}"


def report() -> str:
    """The report of the bundle, up to its second step."""
    command = [sys.executable, "-m", "sestriage", "triage", BUNDLE, "--no-save", "--lang", "en"]
    # the width and the character set of the page are those of nobody's terminal
    surroundings = {**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1", "NO_COLOR": "1"}
    with usual_signals():
        done = subprocess.run(command, cwd=ROOT, env=surroundings, check=False, capture_output=True, timeout=120)
    if done.returncode != 1:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout.decode().partition("\n2. ")[0].rstrip("\n") + "\n"


def outdated() -> list[Path]:
    """The files whose text is not what their program writes."""
    return [path for path, make in generated() if not path.exists() or path.read_text(encoding="utf-8") != make()]


def main() -> int:
    if "--check" in sys.argv[1:]:
        late = outdated()
        for path in late:
            print(f"not current: {path.relative_to(ROOT)} (run .ci/generate)")
        return 1 if late else 0
    for path, make in generated():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")
        if path.suffix == ".po":
            messages.compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
