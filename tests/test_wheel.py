"""An installed wheel finds its rules, its schema and its types with no checkout around."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sestriage.cli.self_test import SAMPLES as SELF_TEST
from support import ROOT, SAMPLES


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel installs."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (wheel,) = out.glob("*.whl")
    site = out / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(installed: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`sestriage` from the unpacked wheel; the checkout's own package is kept off the path."""
    program = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); import sestriage; "
        "assert sestriage.__file__.startswith(sys.path[0]), sestriage.__file__; "
        "from sestriage.cli.main import main; main()"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "XDG_STATE_HOME": str(cwd)}
    command = [sys.executable, "-c", program, str(installed), *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_the_wheel_triages_a_bundle(installed: Path, tmp_path: Path) -> None:
    result = run(installed, tmp_path, "triage", str(SAMPLES / "bundle" / "bundle.tar.gz"))
    assert result.stderr == ""
    assert result.returncode == 1
    assert result.stdout.startswith("FAILED (confirmed): The server's DH key is too small")


@pytest.mark.slow
def test_the_wheel_holds_all_data(installed: Path) -> None:
    package = installed / "sestriage"
    packaged = {path.relative_to(package / "_rules") for path in (package / "_rules").rglob("*.toml")}
    assert packaged == {path.relative_to(ROOT / "rules") for path in (ROOT / "rules").rglob("*.toml")}
    assert (package / "py.typed").is_file()
    assert (package / "locale/de/LC_MESSAGES/sestriage.mo").is_file()
    assert {path.name for path in (package / "_samples").iterdir()} == set(SELF_TEST)
    (information,) = installed.glob("*.dist-info")
    assert "sestriage = sestriage.cli.entry:main" in (information / "entry_points.txt").read_text()
    assert list(installed.glob("*.data/data/share/man/man1/sestriage.1"))
    assert (package / "pki" / "known_events.toml").is_file()
