"""The closed loop: the real client fails, `sestriage triage` says why, its steps are done as printed, the mail goes.

Each kind of failure runs in mount and network namespaces of its own, with its own /lancope, its own loopback and a
`docker` that restarts the lab's client; the machine's files and ports stay as they are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from loop.kinds import KINDS
from seslab.client import check_tools
from support import ROOT, in_ci, need_tool

TIME_LIMIT = 180

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def namespaces() -> None:
    """Skips, with the reason, where the loop cannot run; there is no excuse in CI."""
    for program, package in (("unshare", "util-linux"), ("ip", "iproute2"), ("openssl", "openssl")):
        need_tool(program, package)
    missing = check_tools()
    reason = f"the lab lacks {', '.join(missing)}; tests/system-packages.sh installs it" if missing else ""
    if os.geteuid() != 0:
        reason = "needs root: mount and network namespaces"
    elif not reason and subprocess.run(["unshare", "-m", "-n", "true"], capture_output=True).returncode != 0:
        reason = "this machine allows no mount and network namespaces (unshare -m -n)"
    if reason and in_ci():
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the lab's client is kept once it is compiled."""
    return tmp_path_factory.mktemp("classes")


def run_inside(kind: str, folder: Path, classes: Path) -> Mapping[str, Any]:
    """What loop.inside reports."""
    root, work = folder / "root", folder / "work"
    root.mkdir()
    work.mkdir()
    paths = [str(ROOT / part) for part in ("src", "tests", "samples/lab")]
    command = ["unshare", "-m", "-n", "sh", str(ROOT / "tests/loop/enter.sh"), str(root)]
    command += [sys.executable, "-m", "loop.inside", kind, str(work)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        env=os.environ | {"PYTHONPATH": ":".join(paths), "NO_COLOR": "1", "SESLAB_CLASSES": str(classes)},
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-6000:]}"
    result: Mapping[str, Any] = json.loads((work / "result.json").read_text())
    return result


@pytest.mark.campaign(16)
@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize("kind", KINDS)
def test_mended_as_printed(kind: str, tmp_path: Path, classes: Path) -> None:
    result = run_inside(kind, tmp_path, classes)
    causes = [turn["cause"] for turn in result["turns"]]
    assert causes == [KINDS[kind].rule, *KINDS[kind].then]
    assert all(turn["done"] for turn in result["turns"])


def test_enough_kinds() -> None:
    assert len({kind.rule for kind in KINDS.values()}) >= 10


def test_the_machine_is_left_alone() -> None:
    assert not Path("/container").exists()
