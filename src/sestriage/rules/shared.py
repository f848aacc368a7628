"""Selections that several rules use, said once: `shared.toml` in the root of a folder of rules.

    [select]
    pkix_logged = 'log.event where …'

A rule takes one as `logged = "shared pkix_logged"`. A folder of a site sees the packaged ones too, and may replace them
for its own rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sestriage.errors import RuleError

FILE_NAME = "shared.toml"
PREFIX = "shared "
MAX_FILE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared files that rules of a folder see, most general first. Parsed only when a rule must be parsed."""

    files: tuple[tuple[str, bytes], ...] = ()
    _parsed: dict[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> bytes:
        """The inputs of the compiled form of a rule besides the rule itself."""
        return b"\0".join(raw.replace(b"\r\n", b"\n") for _, raw in self.files)

    def selections(self) -> Mapping[str, str]:
        """Texts of the selections by name.

        Raises:
            RuleError: a file is broken.
        """
        if not self._parsed:
            for path, raw in self.files:
                self._parsed.update(_parse(path, raw))
        return self._parsed


def read_shared(*folders: Path) -> Shared:
    """The shared files of these folders, where there are any."""
    files: list[tuple[str, bytes]] = []
    for folder in dict.fromkeys(folders):
        try:
            with (folder / FILE_NAME).open("rb") as stream:
                files.append((str(folder / FILE_NAME), stream.read(MAX_FILE)))
        except OSError:
            continue
    return Shared(tuple(files))


def _parse(path: str, raw: bytes) -> dict[str, str]:
    import tomllib

    from sestriage.rules.toml_places import toml_error_place

    try:
        data = tomllib.loads(raw.decode("utf-8").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        reason, line, column = toml_error_place(str(error))
        raise RuleError(path, f"not TOML: {reason}", line, column) from None
    except (ValueError, RecursionError) as error:
        raise RuleError(path, f"not TOML: {type(error).__name__}", 1, 1) from None
    selections = data.get("select", {})
    if set(data) - {"select"} or not isinstance(selections, dict):
        raise RuleError(path, "only [select] with texts may stand here", 1, 1)
    return {name: text for name, text in selections.items() if isinstance(text, str)}
