"""For the tests that run commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailserver import Pki, make_pki
from rules.commandlab import Lab, make_lab
from support import need_tool


@pytest.fixture(scope="module")
def pki() -> Pki:
    return make_pki(common="localhost", dns_name="localhost")


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    need_tool("openssl", "openssl")
    return make_lab(tmp_path)
