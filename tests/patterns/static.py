"""What regexploit, a static analysis, says of the patterns it can read: `python -W ignore -m patterns.static`.

It knows neither possessive repetitions nor atomic groups; patterns that have these are left to pumping.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from regexploit.ast.sre import SreOpParser  # type: ignore[import-untyped]
from regexploit.redos import find  # type: ignore[import-untyped]

from patterns.collect import Pattern, all_patterns


def suspects() -> Iterator[tuple[Pattern, int]]:
    """Patterns with the degree of the polynomial that their worst case may follow (11: exponential), 3 or more."""
    for pattern in all_patterns():
        try:
            parsed = SreOpParser().parse_sre(pattern.text, pattern.flags & ~re.UNICODE)
        except AttributeError:  # an operator that it has no reader for
            continue
        degree = max((found.starriness for found in find(parsed)), default=0)
        if degree > 2:
            yield pattern, degree


if __name__ == "__main__":
    for pattern, degree in suspects():
        sys.stdout.write(f"{pattern.place} {pattern.name}: degree {degree}: {pattern.text[:80]!r}\n")
