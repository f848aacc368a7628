"""Folders that stand for a machine with a shell and nothing else, and what runs in them."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import in_ci

VARIABLE = "SESTRIAGE_PACKAGES"
NOBODY = 65534


def give_up(reason: str) -> None:
    """Skip with the reason; where CI has built packages it is a failure."""
    if in_ci():
        pytest.fail(reason)
    pytest.skip(reason)


def packages() -> Path:
    """The folder that `packaging/build --out` wrote to."""
    named = os.environ.get(VARIABLE)
    if not named:
        pytest.skip(
            f"needs built packages: packaging/build --level 1 --out build/packages, and {VARIABLE}=build/packages"
        )
    if platform.machine() != "x86_64":
        pytest.skip("the packages are built for x86-64")
    return Path(named).resolve()


def the(folder: Path, pattern: str) -> Path:
    """The one file of a build that a pattern names."""
    (found,) = folder.glob(pattern)
    return found


@dataclass(frozen=True)
class Done:
    status: int
    out: bytes
    err: bytes


@dataclass(frozen=True)
class Machine:
    """A root folder with a static busybox."""

    root: Path

    def run(self, *command: str, user: int = 0, prepare: str = "", env: dict[str, str] | None = None) -> Done:
        """A command inside, as a user without HOME. `prepare` is a script outside, with mounts of its own; there is
        `$ROOT`."""
        start = ["chroot", f"--userspec={user}:{user}", str(self.root), *command]
        script = f'set -e\n{prepare}\nexec "$@"'
        surroundings = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **(env or {})}
        outside = {**surroundings, "ROOT": str(self.root)}
        whole = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *start]
        done = subprocess.run(whole, capture_output=True, env=outside, check=False, timeout=300)
        return Done(done.returncode, done.stdout, done.stderr)

    def shell(self, text: str, user: int = 0) -> Done:
        """A script inside."""
        return self.run("/bin/sh", "-c", text, user=user)

    def names(self) -> set[str]:
        """Everything that lies inside."""
        return {path.relative_to(self.root).as_posix() for path in self.root.rglob("*")}


def bare(root: Path) -> Machine:
    """A shell and its tools in one static file; no libraries, no /dev, no accounts."""
    busybox = shutil.which("busybox")
    if busybox is None:
        give_up("needs a static busybox (Debian package busybox-static); tests/system-packages.sh installs it")
        raise AssertionError
    if os.geteuid() != 0:
        give_up("needs root, for chroot and mount")
    for folder in ("bin", "tmp", "var/tmp", "var/cache", "etc", "opt", "usr/bin"):
        (root / folder).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    (root / "var/tmp").chmod(0o1777)
    (root / "etc/hostname").write_text("machine\n")
    shutil.copyfile(busybox, root / "bin/busybox")
    (root / "bin/busybox").chmod(0o755)
    listed = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()
    for name in set(listed) - {"busybox"}:
        (root / "bin" / name).symlink_to("busybox")
    for path in (root, *root.rglob("*")):
        if path.is_dir() and path.name != "tmp":
            path.chmod(0o755)
    return Machine(root)


def install(machine: Machine, deb: Path) -> None:
    """With the dpkg outside; the package's scripts run inside."""
    for name in ("info", "updates"):
        (machine.root / "var/lib/dpkg" / name).mkdir(parents=True, exist_ok=True)
    (machine.root / "var/lib/dpkg/status").touch()
    dpkg(machine, "--install", str(deb))


def dpkg(machine: Machine, *words: str) -> str:
    """What it says."""
    command: Sequence[str] = ["dpkg", f"--root={machine.root}", "--force-unsafe-io", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
