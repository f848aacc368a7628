"""For all tests: translations are compiled, a seed is chosen; slow tests come first, with a longer limit of time."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

import messages
import slices

SLOW_LIMIT = 1200
"""Seconds that a test marked `slow` may take on a busy machine."""


def pytest_xdist_auto_num_workers() -> int:
    """For `-n auto`, one process more than there are cores: tests that wait for a time limit or a server leave theirs
    to another one."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_configure() -> None:
    """Sentences in German are those of the checkout, also when they were changed after it was installed."""
    messages.compile_all()
    slices.choose_seed()
    gc.set_threshold(50_000, 20, 100)  # what is collected of tests stays: looking through it again finds nothing


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of each campaign those stay whose turn it is, unless tests are named one by one. With several processes none of
    them is left alone with a long test in the end."""
    if not any("::" in said for said in config.args):
        left_out = _not_in_turn(items)
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
    for item in items:
        if item.get_closest_marker("slow") is not None and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SLOW_LIMIT))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """What all tests share stays to the end: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()


def _not_in_turn(items: list[pytest.Item]) -> list[pytest.Item]:
    """Tests of one file that are marked as a campaign of as many parts take turns."""
    campaigns: dict[tuple[Path, int], list[pytest.Item]] = {}
    for item in items:
        mark = item.get_closest_marker("campaign")
        if mark is not None:
            campaigns.setdefault((item.path, mark.args[0]), []).append(item)
    staying = {item for (_, parts), all_of_it in campaigns.items() for item in slices.part(all_of_it, parts)}
    return [item for all_of_it in campaigns.values() for item in all_of_it if item not in staying]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Whoever sees a failure sees how to meet it again."""
    terminalreporter.write_line(slices.said())
