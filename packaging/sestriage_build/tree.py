"""The self-contained tree: loader, C library, Python, the wheels, and the data that belongs to them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sestriage_build import elf, licences, locks, prune, sbom, wheels
from sestriage_build.work import HERE, PYTHON, Target, day_of, files_of, run, set_modes

STANDARD = f"python/lib/python{PYTHON}"
INSTALLED = "/opt/sestriage"
"""Where the package puts the tree; its compiled modules name their sources so."""
ASK = """import sys
sys.path.append(sys.argv[1])
from sestriage.formats.capture import oddlink
assert oddlink._layer(9) and oddlink._layer(113), "scapy cannot be imported"
import scapy.layers.inet6
print(*sorted(name for name in sys.modules if name.split(".")[0] == "scapy"))
"""
"""What of scapy is imported when a frame of an odd link type comes (PPP 9, cooked 113)."""


@dataclass(frozen=True)
class Tree:
    """A tree on disk."""

    path: Path
    target: Target
    version: str
    """Of sestriage."""
    without: Sequence[str]
    """Wheels that were left out by wish (prune.OPTIONAL)."""

    @property
    def site(self) -> Path:
        """The wheels' modules."""
        return self.path / "site"

    def programs(self) -> list[Path]:
        """The files that are started."""
        folder = self.path
        return [folder / "bin/sestriage", folder / f"python/bin/python{PYTHON}", folder / "lib" / self.target.loader]

    def python(self) -> list[str]:
        """The words that start the tree's Python on this machine."""
        python = self.path / "python" / "bin" / f"python{PYTHON}"
        loader = self.path / "lib" / self.target.loader
        library = self.path / "lib"
        return [
            str(loader),
            "--argv0",
            str(python),
            "--library-path",
            str(library),
            str(python),
            "-E",
            "-s",
            "-S",
            "-B",
        ]


def make(
    path: Path,
    target: Target,
    unpacked: Path,
    wheel: Path,
    others: Sequence[Path],
    seconds: int,
    without: Sequence[str] = (),
) -> Tree:
    """A whole tree but for its compiled modules."""
    shutil.rmtree(path, ignore_errors=True)
    (path / "python" / "bin").mkdir(parents=True)
    tree = Tree(path, target, wheels.metadata(wheel)["version"], tuple(without))
    python = path / "python" / "bin" / f"python{PYTHON}"
    shutil.copyfile(unpacked / f"usr/bin/python{PYTHON}", python)
    python.chmod(0o755)
    shutil.copytree(unpacked / f"usr/lib/python{PYTHON}", path / STANDARD, symlinks=True)
    for link in [entry for entry in files_of(path / STANDARD) if entry.is_symlink()]:
        link.unlink()
    prune.prune(path / STANDARD, prune.STANDARD)
    left_out = {*prune.UNUSED, *without}
    used = [other for other in others if locks.normal(other.name.split("-")[0]) not in left_out]
    for one in (wheel, *used):
        wheels.unpack(one, tree.site)
    _own_data(tree)
    licences.gather(tree.path / "share" / "doc" / "copyright", unpacked, target, (wheel, *used))
    prune.prune(tree.site, prune.SITE)
    elf.strip(tree.site, target)
    elf.gather(path, unpacked, target)
    _programs(tree)
    parts = sbom.parts(target, unpacked, wheel, used)
    (path / "build.json").write_text(json.dumps(_build(tree, parts, seconds), indent=1) + "\n", encoding="ascii")
    document = sbom.document(tree.version, parts, seconds)
    (path / "share" / "doc" / "sbom.cdx.json").write_text(document, encoding="utf-8")
    return tree


def _own_data(tree: Tree) -> None:
    """Manual page and completions from the wheel to their place beside the modules."""
    (data,) = tree.site.glob("sestriage-*.data/data/share")
    shutil.copytree(data, tree.path / "share")
    (tree.path / "rules").symlink_to("site/sestriage/_rules")


def _programs(tree: Tree) -> None:
    shutil.copyfile(HERE / "boot.py", tree.path / "boot.py")
    launcher = tree.path / "bin" / "sestriage"
    launcher.parent.mkdir()
    text = (HERE / "launcher.sh").read_text(encoding="utf-8").replace("@LOADER@", tree.target.loader)
    launcher.write_text(text, encoding="utf-8")
    launcher.chmod(0o755)


def _build(tree: Tree, parts: Sequence[sbom.Part], seconds: int) -> dict[str, object]:
    """What `sestriage --version` and `self-test` tell of the package."""
    return {
        "version": tree.version,
        "built": day_of(seconds),
        "newest_on": locks.as_of(),
        "architecture": tree.target.debian,
        "components": {part.name: part.version for part in parts},
    }


def finish(tree: Tree, native: Tree) -> None:
    """Take out what of scapy is not used, and compile every module, both with a Python that runs on this machine."""
    if "scapy" not in tree.without:
        asked = run([*native.python(), "-c", ASK, str(tree.site)]) if tree is native else None
        names = asked.split() if asked is not None else _modules_of(native)
        prune.keep_modules(tree.site, "scapy", [*names, *prune.SCAPY_TABLES])
    prune.remove_empty(tree.path)
    compiler = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", tree.path, "-p", INSTALLED]
    environment = {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}
    run([*_compiling(native), *compiler, tree.path / STANDARD, tree.site], environment)
    set_modes(tree.path, tree.programs())


def _compiling(native: Tree) -> list[str]:
    """As `python`, with the seed that makes the order of sets the same each time."""
    return [word for word in native.python() if word != "-E"]


def _modules_of(tree: Tree) -> list[str]:
    """The modules of scapy that a finished tree has."""
    found = (path.relative_to(tree.site).with_suffix("") for path in (tree.site / "scapy").rglob("*.py"))
    return [path.as_posix().removesuffix("/__init__").replace("/", ".") for path in found]
