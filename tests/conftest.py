"""For all tests: translations are compiled, a seed is chosen; slow tests come first, with a longer limit of time."""

from __future__ import annotations

import pytest

import messages
import slices

SLOW_LIMIT = 1200
"""Seconds that a test marked `slow` may take on a busy machine."""


def pytest_configure() -> None:
    """Sentences in German are those of the checkout, also when they were changed after it was installed."""
    messages.compile_all()
    slices.choose_seed()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several processes none of them is left alone with a long test in the end."""
    for item in items:
        if item.get_closest_marker("slow") is not None and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SLOW_LIMIT))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Whoever sees a failure sees how to meet it again."""
    terminalreporter.write_line(slices.said())
