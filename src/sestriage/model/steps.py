"""What to do, and what to collect: the steps that findings and explanations are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FixStep:
    """One thing to do. `command` is exactly executable, None for a menu step; `verify` says how to check, `undo` how
    to go back."""

    rule: str
    text: str
    command: str | None = None
    risk: str | None = None
    verify: str | None = None
    undo: str | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """Evidence that is missing: what, why it would help, and the command that collects it."""

    evidence: str
    why: str
    command: str
