"""The whole comparison: which cases belong together, why two reports may not, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sestriage.engine.compare.changes import changes, not_compared
from sestriage.engine.compare.names import Names
from sestriage.engine.compare.steps import check_steps, is_later
from sestriage.model.compared.comparison import CaseComparison
from sestriage.model.compared.snapshot import Snapshot
from sestriage.model.message import Message, clock, together

KNOWN_SCHEMAS = (1,)
"""Versions of the JSON report that are known to be read aright."""


def compare_all(
    before: Sequence[Snapshot], after: Sequence[Snapshot], *, shared: bool = False
) -> tuple[list[CaseComparison], list[Snapshot]]:
    """Every case of AFTER with its case of BEFORE, and the cases of either that have no other half.

    A single case on both sides is the same one, whatever its name. `shared`: one redactor made all pseudonyms.
    """
    if len(before) == len(after) == 1:
        return [compare(before[0], after[0], shared=shared)], []
    waiting = {_last(case): case for case in before}
    pairs, alone = [], []
    for case in after:
        other = waiting.pop(_last(case), None)
        if other is None:
            alone.append(case)
        else:
            pairs.append(compare(other, case, shared=shared))
    return pairs, [*alone, *waiting.values()]


def _last(case: Snapshot) -> str:
    """The name of the case without the folders around it, which differ from one day to the next."""
    return (case.case or "").rstrip("/!").rpartition("/")[2]


def compare(before: Snapshot, after: Snapshot, *, shared: bool = False) -> CaseComparison:
    """Two reports of one case."""
    names = Names(before, after, shared)
    return CaseComparison(
        before,
        after,
        tuple(changes(names)),
        tuple(check_steps(before, after, in_order=not _older(before, after))),
        tuple(_warnings(names)),
        tuple(not_compared(names)),
    )


def _older(before: Snapshot, after: Snapshot) -> bool:
    """AFTER is the older one: by its newest attempt, else by the time at which the report was made."""
    if before.newest and after.newest:
        return is_later(before.newest, after.newest)
    return is_later(before.analysed, after.analysed)


def _warnings(names: Names) -> Iterator[Message]:
    before, after = names.before, names.after
    for report, side in ((before, "BEFORE"), (after, "AFTER")):
        if report.schema_version not in KNOWN_SCHEMAS:
            yield Message(
                "{side} has schema_version {version}, which this sestriage does not know: only what has the known form "
                "was compared.",
                side=side,
                version="-" if report.schema_version is None else report.schema_version,
            )
    if _older(before, after):
        yield Message(
            "AFTER is older than BEFORE ({after}, {before}): was the order meant?",
            after=clock(after.newest or after.analysed),
            before=clock(before.newest or before.analysed),
        )
    yield from _other_manager(names)


def _other_manager(names: Names) -> Iterator[Message]:
    """Captures that show the mail to come from other addresses are probably those of another Manager."""
    if not (names.before.clients and names.after.clients):
        return
    was = {names.of_before(client) for client in names.before.clients} - {None}
    now = {names.of_after(client) for client in names.after.clients} - {None}
    if was and now and not was & now:
        shown = [", ".join(sorted(side)[:3]) for side in (names.before.clients, names.after.clients)]
        yield Message(
            "Another Manager? In BEFORE the mail comes from {before}, in AFTER from {after}.",
            before=together(shown[0]),
            after=together(shown[1]),
        )
