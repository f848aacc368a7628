"""What changed between two reports, and whether the printed fix was done and worked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sestriage.model.compared.snapshot import Snapshot

Subject = Literal["verdict", "findings", "attempts", "served", "store", "ciphers", "settings", "input"]
"""What a change is about."""
Done = Literal["done", "not-done", "not-visible"]
"""Whether the evidence of AFTER shows that a step was done."""
Effect = Literal["worked", "still-fails", "fails-otherwise", "no-attempt-since", "accepted", "not-known"]
"""What came of it. `worked`: the step is seen to be done, and an attempt later than all of BEFORE was accepted.
`accepted`: there is such an attempt, and the step is not seen to be done."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that differs, in one sentence."""

    subject: Subject
    text: str
    new: bool = True
    """It is something that BEFORE did not have, not only something that went away."""


@dataclass(frozen=True, slots=True)
class StepCheck:
    """A step that BEFORE printed: whether it was done, what came of it, and on what ground that is said."""

    rule: str
    text: str
    done: Done
    effect: Effect
    why: str


@dataclass(frozen=True, slots=True)
class CaseComparison:
    """Two reports of one case, held against each other.

    `warnings` say why the two may not belong together (another Manager, a wrong order, another schema version),
    `not_compared` what could not be compared and why.
    """

    before: Snapshot
    after: Snapshot
    changes: tuple[Change, ...] = ()
    steps: tuple[StepCheck, ...] = ()
    warnings: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()
