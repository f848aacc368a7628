"""What regexploit, a static analysis, says of the patterns it can read: `python -W ignore -m patterns.static`;
with `-` of those that standard input holds.

It knows neither possessive repetitions nor atomic groups; patterns that have these are left to pumping.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator

from regexploit.ast.sre import SreOpParser  # type: ignore[import-untyped]
from regexploit.redos import find  # type: ignore[import-untyped]

from patterns.collect import Pattern, all_patterns, read


def suspects(patterns: Iterable[Pattern]) -> Iterator[tuple[Pattern, int]]:
    """Patterns with the degree of the polynomial that their worst case may follow (11: exponential), 3 or more."""
    for pattern in patterns:
        try:
            parsed = SreOpParser().parse_sre(pattern.text, pattern.flags & ~re.UNICODE)
        except AttributeError:  # an operator that it has no reader for
            continue
        degree = max((found.starriness for found in find(parsed)), default=0)
        if degree > 2:
            yield pattern, degree


if __name__ == "__main__":
    for pattern, degree in suspects(read(sys.stdin.read()) if sys.argv[1:] == ["-"] else all_patterns()):
        sys.stdout.write(f"{pattern.place} {pattern.name}: degree {degree}: {pattern.text[:80]!r}\n")
