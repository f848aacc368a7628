"""Machines for the tests of the packages; the file that unpacks itself lies on each as /sestriage.run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import chroots
from support import SAMPLES


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the packages."""
    return chroots.packages()


def made(built: Path, folder: Path) -> chroots.Machine:
    """A machine with the bundle at its root and the file that unpacks itself."""
    for above in (folder, *folder.parents[:2]):  # so that any account gets there
        above.chmod(0o755)
    machine = chroots.bare(folder / "root")
    shutil.copyfile(SAMPLES / "bundle" / "bundle.tar.gz", machine.root / "bundle.tar.gz")
    run = machine.root / "sestriage.run"
    shutil.copyfile(chroots.the(built, "*.run"), run)
    run.chmod(0o755)
    return machine


@pytest.fixture
def machine(built: Path, tmp_path: Path) -> Iterator[chroots.Machine]:
    """One that a test may change."""
    yield (one := made(built, tmp_path))
    shutil.rmtree(one.root)


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[chroots.Machine]:
    """One with the Debian package installed, for all tests of a file."""
    one = made(built, tmp_path_factory.mktemp("installed"))
    chroots.install(one, chroots.the(built, "*_amd64.deb"))
    yield one
    shutil.rmtree(one.root)
