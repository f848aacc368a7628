"""In what sestriage came here: a Python package, or a tree of its own (packaging/) with a build to tell of."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Form = Literal["tree", "run"]
"""An installed or unpacked tree, or the file that unpacks itself at its first start."""
BUILD_FILE = "build.json"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The tree that runs."""

    root: str
    form: Form
    command: str
    """What the user started, by its absolute path; crontabs and units name it."""


@dataclass(frozen=True, slots=True)
class Build:
    """What packaging/build noted of a tree."""

    built: date
    """The day of the sources."""
    newest_on: date
    """The day on which every part was the newest of its archive."""
    components: Mapping[str, str]
    """Name to version: Debian's packages and the wheels."""


_started: list[Delivery] = []


def started(root: str, form: Form, command: str) -> None:
    """The tree's start (boot.py) says so; nobody else calls this."""
    _started[:] = [Delivery(root, form, command)]


def delivery() -> Delivery | None:
    """The tree that runs; None for an installed Python package or a checkout."""
    return _started[0] if _started else None


def build_of(tree: Delivery) -> Build | None:
    """What was noted when a tree was built; None when its note cannot be read."""
    try:
        with open(os.path.join(tree.root, BUILD_FILE), encoding="ascii") as stream:  # noqa: PTH118, PTH123
            noted = json.load(stream)
        days = [date.fromisoformat(noted[name]) for name in ("built", "newest_on")]
        components = {str(name): str(version) for name, version in noted["components"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Build(days[0], days[1], components)
