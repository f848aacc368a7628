"""What a package noted of its build, and who started it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from sestriage import delivery


def test_nobody_but_a_tree_starts_one() -> None:
    assert delivery.delivery() is None


def test_a_note_is_read(tmp_path: Path) -> None:
    noted = {"built": "2026-11-30", "newest_on": "2026-11-29", "components": {"libssl3": "3.0.22"}, "further": 1}
    tmp_path.joinpath(delivery.BUILD_FILE).write_text(json.dumps(noted))
    build = delivery.build_of(delivery.Delivery(str(tmp_path), "tree", "sestriage"))
    assert build == delivery.Build(date(2026, 11, 30), date(2026, 11, 29), {"libssl3": "3.0.22"})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"built": "x", "newest_on": "2026-11-29", "components": {}}'])
def test_a_note_that_cannot_be_read(text: str, tmp_path: Path) -> None:
    tmp_path.joinpath(delivery.BUILD_FILE).write_text(text)
    assert delivery.build_of(delivery.Delivery(str(tmp_path), "tree", "sestriage")) is None
