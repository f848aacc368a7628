"""What several rules use, said once: `shared.toml` in the root of a folder of rules.

    [select]
    pkix_logged = 'log.event where …'

    [family]
    chain-refused = ["tls-inspection", "ca-missing-from-trust-store", …]

A rule takes a selection as `logged = "shared pkix_logged"`, and the look-alikes of a family as its other readings with
`alternatives = ["family chain-refused"]`. A folder of a site sees the packaged ones too, and may replace them for its
own rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sestriage.errors import RuleError
from sestriage.model.message import Message

FILE_NAME = "shared.toml"
PREFIX = "shared "
FAMILY_PREFIX = "family "
MAX_FILE = 256 * 1024


@dataclass(frozen=True, slots=True)
class _Content:
    """What the shared files say, the later ones last."""

    selections: dict[str, str] = field(default_factory=dict)
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shared:
    """The shared files that rules of a folder see, most general first. Parsed only when a rule must be parsed."""

    files: tuple[tuple[str, bytes], ...] = ()
    _parsed: list[_Content] = field(default_factory=list)
    """One at most."""

    @property
    def raw(self) -> bytes:
        """The inputs of the compiled form of a rule besides the rule itself."""
        return b"\0".join(raw.replace(b"\r\n", b"\n") for _, raw in self.files)

    def selections(self) -> Mapping[str, str]:
        """Texts of the selections by name.

        Raises:
            RuleError: a file is broken.
        """
        return self._content().selections

    def families(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the rules that the same signs fit, by the name of the family.

        Raises:
            RuleError: a file is broken.
        """
        return self._content().families

    def _content(self) -> _Content:
        if not self._parsed:
            content = _Content()
            for path, raw in self.files:
                _parse(path, raw, content)
            self._parsed.append(content)
        return self._parsed[0]


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


def _parse(path: str, raw: bytes, content: _Content) -> None:
    import tomllib

    from sestriage.rules.toml_places import toml_error_place

    try:
        data = tomllib.loads(raw.decode("utf-8").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        reason, line, column = toml_error_place(str(error))
        raise RuleError(path, Message("not TOML: {reason}", reason=reason), line, column) from None
    except (ValueError, RecursionError) as error:
        raise RuleError(path, Message("not TOML: {kind}", kind=type(error).__name__), 1, 1) from None
    selections, families = data.get("select", {}), data.get("family", {})
    if set(data) - {"select", "family"} or not isinstance(selections, dict) or not isinstance(families, dict):
        raise RuleError(path, Message("only [select] with texts and [family] with lists of rules may stand here"), 1, 1)
    content.selections.update((name, text) for name, text in selections.items() if isinstance(text, str))
    for name, members in families.items():
        if not isinstance(members, list) or not all(isinstance(member, str) for member in members):
            raise RuleError(path, Message("the family `{name}` must be a list of rules", name=name), 1, 1)
        content.families[name] = tuple(members)
