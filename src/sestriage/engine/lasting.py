"""The warning that a store trusts the server now and will not for long: one wording for triage and `certs compare`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sestriage.model.message import Message, together
from sestriage.model.trust import TrustPath


def lasting_notes(paths: Sequence[TrustPath]) -> list[str]:
    """A warning for each store that trusts its chain by nothing that lasts; each once."""
    notes = (note for path in paths if (note := lasting_note(path)) is not None)
    return list(dict.fromkeys(notes))


def lasting_note(path: TrustPath) -> str | None:
    """What the trust rests on, what will break it and when that is known; None where it lasts, or is not given."""
    weak = path.weak_anchor
    if weak is None:
        return None
    values = {"store": path.store, "anchor": weak.anchor.label, "until": _day(weak.leaf_ends or weak.ends)}
    if weak.kind == "starfield-class-2":
        return Message(
            "{store} trusts the server only by Starfield Class 2. A chain without the certificate that ties Starfield"
            " Services G2 to it breaks that: AWS leaves it out of its certificates' chains since August 2024, and when"
            " this server follows is not known. Import Amazon Root CA 1 or Starfield Services Root Certificate"
            " Authority - G2.",
            **values,
        )
    if weak.kind == "server":
        breaks = Message(
            "{store} trusts the server only by the server's own certificate (`{anchor}`). Its renewal breaks that, at"
            " the latest on {until}. Import the root.",
            **values,
        )
        habit = Message("Amazon renews its certificates weeks before they end.")
    else:
        breaks = Message(
            "{store} trusts the server only by an issuing CA (`{anchor}`). A certificate of the server from another"
            " issuing CA breaks that; the present one ends on {until}. Import the root.",
            **values,
        )
        habit = Message("Amazon chooses the issuing CA anew at each renewal.")
    return breaks if path.private_ca else together(breaks, habit)


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment is not None else Message("a day that is not in the evidence")
