"""The Debian package: the tree below /opt, and what belongs to the system's own folders beside it."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from email.utils import formatdate
from pathlib import Path

from sestriage_build import locks
from sestriage_build.tree import Tree
from sestriage_build.work import HERE, ROOT, files_of, run, set_modes, set_times

SCRIPTS = ("postinst", "prerm", "postrm")
DESCRIPTION = """Find out why a Manager cannot mail its alarms through Amazon SES
 sestriage reads the response-management log of a Cisco Secure Network Analytics
 Manager, a packet capture of the attempt and the trust store, alone or in a
 support bundle, and says what failed, on which evidence, and what to do.
 .
 This package carries its own Python and C library and depends on nothing."""
UNIT_COMMAND = "/usr/bin/sestriage check"
OVERRIDES = """# A vendor's package lives in /opt, as the FHS has it.
sestriage: dir-or-file-in-opt
# It carries its own C library, Python and libraries on purpose: which ones the machine has is not known. The loader is
# a program, too; Debian's Python was built as it is; its modules name an interpreter that nobody starts them with.
sestriage: embedded-library
sestriage: shared-library-is-executable
sestriage: hardening-no-pie
sestriage: python3-script-but-no-python3-dep
sestriage: script-not-executable
sestriage: shared-library-lacks-prerequisites
sestriage: undeclared-elf-prerequisites
# Nothing writes below /opt later, so the compiled modules are part of the package.
sestriage: package-installs-python-pycache-dir
# The address of those who build it is not known here: set SESTRIAGE_MAINTAINER for a package of your own.
sestriage: bogus-mail-host
sestriage: bogus-mail-host-in-debian-changelog
# Debian does not carry it.
sestriage: initial-upload-closes-no-bugs
# On removal a timer that somebody enabled is ended, without debhelper's tools, which are not everywhere.
sestriage: maintainer-script-calls-systemctl
"""


def write(tree: Tree, out: Path, work: Path, seconds: int, level: int) -> Path:
    """The file `sestriage_VERSION_ARCHITECTURE.deb`."""
    shutil.rmtree(work, ignore_errors=True)
    root = work / "root"
    _content(tree, root, seconds)
    _control(tree, root)
    started = [root / "opt/sestriage" / path.relative_to(tree.path) for path in tree.programs()]
    set_modes(root, [*started, *(root / "DEBIAN" / name for name in SCRIPTS)])
    set_times(root, seconds)
    path = out / f"sestriage_{version_of(tree)}_{tree.target.debian}.deb"
    pack = ["dpkg-deb", "--root-owner-group", "--uniform-compression", "--threads-max=1", "-Zxz", f"-z{level}"]
    run([*pack, "--build", root, path], {"SOURCE_DATE_EPOCH": str(seconds), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    return path


def maintainer() -> str:
    """`SESTRIAGE_MAINTAINER`, as `Name <address>`."""
    return os.environ.get("SESTRIAGE_MAINTAINER", "The sestriage authors <sestriage@localhost>")


def version_of(tree: Tree) -> str:
    """That of sestriage, and the day of the parts: the same sestriage with newer parts is a newer package."""
    left_out = "".join(f"+without.{name}" for name in tree.without)
    return f"{tree.version}-{locks.as_of().replace('-', '')}{left_out}"


def _content(tree: Tree, root: Path, seconds: int) -> None:
    opt = root / "opt" / "sestriage"
    shutil.copytree(tree.path, opt, symlinks=True)
    share = opt / "share"
    _gzipped(share / "man/man1/sestriage.1", root / "usr/share/man/man1/sestriage.1.gz")
    for place, name in (
        ("bash-completion/completions", "sestriage"),
        ("zsh/site-functions", "_sestriage"),
        ("fish/vendor_completions.d", "sestriage.fish"),
    ):
        into = root / "usr/share" / place.replace("site-functions", "vendor-completions")
        into.mkdir(parents=True)
        shutil.copyfile(share / place / name, into / name)
    for folder in ("man", "bash-completion", "zsh", "fish"):
        shutil.rmtree(share / folder)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/sestriage").symlink_to("/opt/sestriage/bin/sestriage")
    (root / "etc/sestriage/rules.d").mkdir(parents=True)
    _units(opt / "site/sestriage/watch/units", root / "usr/lib/systemd/system")
    _documents(tree, root / "usr/share/doc/sestriage", seconds)
    overrides = root / "usr/share/lintian/overrides/sestriage"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(OVERRIDES, encoding="utf-8")


def _units(templates: Path, into: Path) -> None:
    """The service and the timer that `check --print-unit` prints, for the installed command; not enabled."""
    into.mkdir(parents=True)
    for name in ("sestriage-check.service", "sestriage-check.timer"):
        text = (templates / name).read_text(encoding="utf-8")
        filled = text.replace("@OUTPUT@\n", "").replace("@COMMAND@", UNIT_COMMAND)
        (into / name).write_text(filled, encoding="utf-8")


def _documents(tree: Tree, into: Path, seconds: int) -> None:
    into.mkdir(parents=True)
    own = (ROOT / "packaging" / "copyright").read_text(encoding="utf-8")
    (into / "copyright").write_text(own, encoding="utf-8")
    _gzipped(ROOT / "CHANGELOG.md", into / "changelog.gz")
    entry = (
        f"sestriage ({version_of(tree)}) stable; urgency=medium\n\n"
        f"  * sestriage {tree.version} with the newest parts of {locks.as_of()}; see changelog.gz.\n\n"
        f" -- {maintainer()}  {formatdate(seconds)}\n"
    )
    aside = into / "changelog.Debian"
    aside.write_text(entry, encoding="utf-8")
    _gzipped(aside, into / "changelog.Debian.gz")
    aside.unlink()


def _gzipped(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _control(tree: Tree, root: Path) -> None:
    folder = root / "DEBIAN"
    content = [path for path in files_of(root) if not path.is_symlink()]
    size = sum(path.stat().st_size for path in content) // 1024
    sums = [f"{_md5(path)}  {path.relative_to(root).as_posix()}\n" for path in content]
    folder.mkdir()
    (folder / "md5sums").write_text("".join(sums), encoding="utf-8")
    fields = {
        "Package": "sestriage",
        "Version": version_of(tree),
        "Architecture": tree.target.debian,
        "Maintainer": maintainer(),
        "Installed-Size": str(size),
        "Section": "mail",
        "Priority": "optional",
        "Description": DESCRIPTION,
    }
    (folder / "control").write_text("".join(f"{key}: {value}\n" for key, value in fields.items()), encoding="utf-8")
    for name in SCRIPTS:
        shutil.copyfile(HERE / f"{name}.sh", folder / name)


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
