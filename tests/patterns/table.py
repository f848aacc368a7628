"""Prints how the cost of every pattern grows with hostile text: `PYTHONPATH=src:tests python -m patterns.table`.

The worst comes first. `--texts N` tries so many texts for each pattern, `--seed N` makes other ones, `--only MODULE`
looks at one module, `--brief` prints one row for each module. Ends with 1 when a pattern grows too fast.
"""

from __future__ import annotations

import argparse
import sys

from patterns.collect import Pattern, all_patterns
from patterns.pump import MOST_TEXTS, Growth, growths

WIDTH = 60
MODES = {"finditer": "f", "search": "s", "match": "m", "fullmatch": "M"}


def main() -> int:
    """Measures, prints a table in Markdown, and tells whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=MOST_TEXTS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--brief", action="store_true")
    wanted = parser.parse_args()
    rows = [
        (pattern, growth)
        for pattern in all_patterns()
        if pattern.place.startswith(wanted.only)
        for growth in growths(pattern, wanted.seed, wanted.texts)
    ]
    rows.sort(key=lambda row: (-row[1].times, row[0].place))
    if wanted.brief:
        _print_modules(rows)
    else:
        print("| where | pattern | mode | 4 times the text costs | |\n| --- | --- | --- | --- | --- |")
        for row in rows:
            print(_line(*row))
    return 1 if any(growth.too_much for _, growth in rows) else 0


def _print_modules(rows: list[tuple[Pattern, Growth]]) -> None:
    """For each module its patterns: line or name, mode, and how many times as much 4 times the text costs."""
    modules: dict[str, list[str]] = {}
    for pattern, growth in rows:
        module, _, line = pattern.place.rpartition(":")
        cost = f"max {pattern.most}" if pattern.most is not None else f"{growth.times:.1f}" if growth.times else "0"
        said = f"{pattern.name or line} {MODES[growth.mode]} {cost}{' TOO MUCH' if growth.too_much else ''}"
        modules.setdefault(module, []).append(said)
    print("f: all finds, s: search, m: match, M: whole match; 0: too little to measure; max: characters at most\n")
    print("| module | patterns |\n| --- | --- |")
    for module in sorted(modules):
        print(f"| {module} | {_counted(modules[module])} |")


def _counted(said: list[str]) -> str:
    times = {each: said.count(each) for each in dict.fromkeys(said)}
    return ", ".join(each if count == 1 else f"{each} ({count})" for each, count in times.items())


def _line(pattern: Pattern, growth: Growth) -> str:
    start = pattern.text[:WIDTH].encode("unicode_escape").decode().replace("|", "\\|").replace("`", "'")
    where = f"{pattern.place} {pattern.name}".strip()
    return f"| {where} | `{start}` | {growth.mode} | {_times(pattern, growth)} | {verdict(growth)} |"


def _times(pattern: Pattern, growth: Growth) -> str:
    if pattern.most is not None:
        return f"at most {pattern.most} characters"
    return f"{growth.times:.1f} times" if growth.times else "too little to measure"


def verdict(growth: Growth) -> str:
    """`linear`, or the text that shows that it is not."""
    return f"TOO MUCH: {growth.pump}" if growth.too_much else "linear"


if __name__ == "__main__":
    sys.exit(main())
