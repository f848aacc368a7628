"""The warning that a store trusts the server now and will not for long: one wording for all commands."""

from __future__ import annotations

from collections.abc import Sequence

from sestriage.model.trust import TrustPath
from sestriage.pki.lasting import lasting_note

__all__ = ["lasting_note", "lasting_notes"]


def lasting_notes(paths: Sequence[TrustPath]) -> list[str]:
    """A warning for each store that trusts its chain by nothing that lasts; each once."""
    notes = (note for path in paths if (note := lasting_note(path)) is not None)
    return list(dict.fromkeys(notes))
