"""Compiles the catalogues of translations while the package is built (also by `pip install -e`), and notes the commit
that a wheel is built from."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path(__file__).parent / "src" / "sestriage" / "locale"
COMMIT = Path(__file__).parent / "src" / "sestriage" / "commit.txt"


class Catalogues(BuildHookInterface[Any]):
    """`locale/LANGUAGE/LC_MESSAGES/sestriage.po` to `.mo` beside it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the files are gathered."""
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
            with path.open("rb") as stream:
                catalogue = read_po(stream, locale=path.parts[-3])
            # Babel would note the time of this very build: two builds of a commit are to be the same
            catalogue.creation_date = catalogue.revision_date = datetime.fromtimestamp(0, UTC)
            with path.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, catalogue)
        commit = _commit()  # outside of a checkout the file of the source distribution stays
        if commit and version != "editable":
            COMMIT.write_text(commit + "\n", encoding="ascii")


def _commit() -> str:
    """What the checkout stands at; empty outside of one."""
    root = str(Path(__file__).parent)
    try:
        done = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
