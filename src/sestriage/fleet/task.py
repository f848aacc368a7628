"""What a worker gets for one bundle, and what it gives back. Both travel between processes and machines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sestriage.fleet.remote import without_secrets
from sestriage.redact.secrets import strip_secrets

MIB = 1 << 20

Kind = Literal["file", "folder", "url"]
Ending = Literal["read", "known", "container", "unreadable", "refused", "time", "memory", "killed", "failed"]
"""How the work on a bundle ended. `known`: its bytes were read before. `container`: it holds bundles, which are named.
`unreadable`: it cannot be opened at all, so that there is nothing to keep. `refused`: the worker is of another
version, or has other rules. The others are states of the table."""


@dataclass(frozen=True, slots=True)
class Source:
    """A bundle that was found. `inner` are the names of members, one inside the other, that lead to it inside `path`.

    `size` in bytes and `stamp` (nanoseconds since 1970) tell whether it is still the same; None and 0: not known.
    """

    path: str
    kind: Kind = "file"
    size: int | None = None
    stamp: int = 0
    inner: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name as the tables have it: the members behind the path, joined by `!/`."""
        return "!/".join((self.place, *self.inner))

    @property
    def place(self) -> str:
        """The path as it may be shown: a URL without its secrets."""
        return without_secrets(self.path) if self.kind == "url" else self.path

    def told(self, text: str) -> str:
        """What an error says of this bundle, as it may be shown: libraries quote URLs."""
        return strip_secrets(text.replace(self.path, self.place)) if self.kind == "url" else text


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one bundle may cost: `seconds` of time, `memory` in bytes."""

    seconds: float = 120.0
    memory: int = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Terms:
    """What is the same for all bundles of a run. `key` None: no pseudonyms (`--no-redact`).

    `version` and `rules` are those of the one who asks: a worker of others refuses.
    """

    version: str
    rules: str
    now: datetime
    key: bytes | None = field(default=None, repr=False)
    rule_dirs: tuple[str, ...] = ()
    store_password_file: str | None = None
    bounds: Bounds = Bounds()
    release_pattern: str | None = None
    """How the name of a bundle tells the release of its Manager: a pattern, whose first group is the release."""


@dataclass(frozen=True, slots=True)
class Task:
    """One bundle to be read. `known` are digests of bundles of this size that were read before, by these terms."""

    source: Source
    terms: Terms
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a bundle. `rows` are the lines (JSON) for each table; `detail` says why it was not read."""

    source: Source
    ending: Ending
    digest: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    inside: tuple[Source, ...] = ()
    detail: str | None = None
    worker: str = ""


class OtherVersionError(Exception):
    """A worker of another version, or with other rules, than the one who asks. Its text names both."""
