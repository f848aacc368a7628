"""The one helper for suggested names: regions, hosts, settings, rules, fields. Standard library only."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], *, most: int | None = None) -> str | None:
    """The known name with the fewest typing errors between it and `name`, the first in their order of several.

    None where the nearest one has more than `most` of them; without `most`, more than half its length.
    """
    best = min(((typos(name, each), each) for each in sorted(known)), default=None)
    if best is None or best[0] > (max(1, len(best[1]) // 2) if most is None else most):
        return None
    return best[1]


def typos(one: str, other: str) -> int:
    """Least number of characters to insert, delete, replace or swap with their neighbour (optimal string alignment).

    Texts of more than 100 characters are cut.
    """
    one, other = one[:100], other[:100]
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
