"""Compiles the catalogues of translations while the package is built (also by `pip install -e`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path(__file__).parent / "src" / "sestriage" / "locale"


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
            with path.with_suffix(".mo").open("wb") as stream:
                write_mo(stream, catalogue)
