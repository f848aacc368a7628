"""How many planted secrets are left by redaction, and how many harmless values it removes.

    PYTHONPATH=src:tests python tests/bench/bench_redact.py [--seed N] [--show N] [--thin N]

`--thin N` looks at every Nth pair of a kind and a wrapping. Ends with 1 when a limit of `tests/redact/test_bench.py` is
not held.
"""

from __future__ import annotations

import argparse
import collections
import sys

from redact.measure import MAX_LEFT, MAX_REMOVED, Measured, measure


def main() -> int:
    """Measures and prints what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=40)
    parser.add_argument("--thin", type=int, default=1)
    wanted = parser.parse_args()
    found = measure(wanted.seed, wanted.thin)
    _show("secrets left", found.left, found.secrets, wanted.show)
    _show("harmless values removed", found.removed, found.harmless, wanted.show)
    print(
        f"texts with another number of lines: {len(found.miscounted)}, changed by a second run: {len(found.unstable)}"
    )
    for text in (*found.miscounted, *found.unstable)[: wanted.show]:
        print("  ", repr(text)[:300])
    return int(_too_much(found))


def _too_much(found: Measured) -> bool:
    return (
        len(found.left) > MAX_LEFT * found.secrets
        or len(found.removed) > MAX_REMOVED * found.harmless
        or bool(found.miscounted or found.unstable)
    )


def _show(title: str, pairs: list[tuple[str, str, str]], total: int, show: int) -> None:
    print(f"{title}: {len(pairs)} of {total} ({100 * len(pairs) / max(total, 1):.2f} %)")
    by_kind: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
    for kind, wrapping, out in pairs:
        by_kind[kind].append((wrapping, out))
    for kind, found in sorted(by_kind.items(), key=lambda item: -len(item[1]))[:show]:
        print(f"  {len(found):3} {kind[:90]!r}: {', '.join(w for w, _ in found)[:80]}\n        {found[0][1]!r}")


if __name__ == "__main__":
    sys.exit(main())
