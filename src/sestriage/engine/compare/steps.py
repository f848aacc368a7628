"""Whether the fix that BEFORE printed was done, and whether it worked.

A step is seen to be done only where the evidence of AFTER shows its result. That it worked is said only with an
accepted attempt that is later than everything that BEFORE knew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sestriage.model.compared.comparison import Done, Effect, StepCheck
from sestriage.model.compared.snapshot import PrintedStep, SeenCertificate, Snapshot
from sestriage.model.message import Message, clock, together
from sestriage.times.zone import WIDEST

EXPORT = "certs export"
"""In the command of a step that imports certificates into the trust store."""
CIPHER_FILE = "tls-ciphers"


def check_steps(before: Snapshot, after: Snapshot, *, in_order: bool) -> Iterator[StepCheck]:
    """The steps for the cause that BEFORE found, in their order. `in_order`: AFTER is the later one."""
    if before.outcome != "failed":
        return
    for step in before.steps:
        if step.rule != before.rule:
            continue
        done, ground = _done(step, before, after)
        effect, said = _effect(done, before, after, in_order=in_order)
        yield StepCheck(step.rule, step.text, done, effect, together(ground, said))


# --- done? -------------------------------------------------------------------------------------------------------


def _done(step: PrintedStep, before: Snapshot, after: Snapshot) -> tuple[Done, Message]:
    if EXPORT in (step.command or "") or any(digest in step.text for digest in before.importable):
        return _imported(before, after)
    if CIPHER_FILE in (step.command or "") and before.ciphers and before.ciphers[-1].dhe_allowed:
        return _without_dhe(before, after)
    if before.from_settings:
        return _set(before, after)
    return "not-visible", Message("Whether it was done cannot be seen in this evidence.")


def _imported(before: Snapshot, after: Snapshot) -> tuple[Done, Message]:
    stores = [store for store in after.stores if store.readable]
    if not stores:
        return "not-visible", Message("AFTER has no trust store that can be read, so an import cannot be seen.")
    if not before.importable:
        return "not-visible", Message("BEFORE does not name the certificates to import.")
    entries = [entry for store in stores for entry in store.entries if entry.sha256 in before.importable]
    trusted = [entry for entry in entries if entry.trusted is not False]
    if trusted:
        return "done", Message("Done: the trust store now holds {certificate}.", certificate=_name(trusted[0]))
    if entries:
        return "not-done", Message(
            "Not done: the trust store holds {certificate}, but not as a trusted entry.", certificate=_name(entries[0])
        )
    return "not-done", Message("Not done: the trust store still holds none of the certificates to import.")


def _name(entry: SeenCertificate) -> str:
    return entry.subject or entry.alias or entry.sha256[:16]


def _without_dhe(before: Snapshot, after: Snapshot) -> tuple[Done, Message]:
    if not after.ciphers:
        return "not-visible", Message("AFTER has no cipher list, so a change of it cannot be seen.")
    if not after.ciphers[-1].dhe_allowed:
        return "done", Message("Done: the cipher list no longer allows DHE.")
    return "not-done", Message("Not done: the cipher list still allows DHE.")


def _set(before: Snapshot, after: Snapshot) -> tuple[Done, Message]:
    """A fault that nothing but the settings showed."""
    if after.settings is None:
        return "not-visible", Message("AFTER has no settings, so a change of them cannot be seen.")
    if before.rule in after.rules:
        return "not-done", Message("Not done: the settings still show the fault.")
    return "done", Message("Done: the settings no longer show the fault.")


# --- what came of it? --------------------------------------------------------------------------------------------


def _effect(done: Done, before: Snapshot, after: Snapshot, *, in_order: bool) -> tuple[Effect, Message]:
    if not in_order:
        return "not-known", Message("AFTER is not later than BEFORE, so nothing can be said of its effect.")
    later = [a for a in after.attempts if is_later(a.started, before.newest)]
    if not later:
        return "no-attempt-since", Message(
            "No attempt in AFTER is known to be later than those of BEFORE: run a Test Action."
        )
    newest = later[-1]
    time = clock(newest.started)
    if newest.outcome == "accepted":
        if done == "done":
            return "worked", Message("It worked: an attempt was accepted at {time}.", time=time)
        return "accepted", Message("All the same an attempt was accepted at {time}.", time=time)
    if newest.outcome == "failed" and newest.rule == before.rule:
        return "still-fails", Message("The attempt at {time} fails for the same cause.", time=time)
    if newest.outcome == "failed":
        cause = newest.rule or Message("not known")
        return "fails-otherwise", Message(
            "The attempt at {time} fails for another cause: {cause}.", time=time, cause=cause
        )
    return "not-known", Message("How the attempt at {time} ended is not known.", time=time)


def is_later(one: datetime | None, other: datetime | None) -> bool:
    """True only if both times are known and the first is later, whatever zone a time without one is of."""
    if one is None or other is None:
        return False
    if (one.tzinfo is None) == (other.tzinfo is None):
        return one > other
    apart = one.replace(tzinfo=one.tzinfo or UTC) - other.replace(tzinfo=other.tzinfo or UTC)
    return apart > WIDEST
