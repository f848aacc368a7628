"""What `--version` says: the program with its commit, and what it runs on."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import click

from sestriage import __version__
from sestriage.delivery import build_of, delivery

LIBRARIES = ("hyperscan", "isal")
"""Parts that speed up reading where the platform has them; without them the results are the same."""
_PACKAGE = Path(__file__).resolve().parents[1]
COMMIT_FILE = "commit.txt"
"""In a built package: the commit that it was built from (hatch_build.py)."""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LENGTH = 12


def show(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """The callback of the option."""
    if wanted and not context.resilient_parsing:
        click.echo(text())
        context.exit()


def text() -> str:
    """`sestriage 0.2.0 (commit 0123456789ab), Python 3.11.7, hyperscan 0.7.9, isal not installed`."""
    import platform

    commit = commit_of(_PACKAGE)
    program = f"sestriage {__version__}" + (f" (commit {commit[:_LENGTH]})" if commit else "")
    parts = [program, f"Python {platform.python_version()}", *(f"{name} {_version(name)}" for name in LIBRARIES)]
    return "\n".join([", ".join(parts), *_package()])


def _package() -> list[str]:
    """Of a package that carries everything itself: its day, and its parts."""
    tree = delivery()
    build = build_of(tree) if tree is not None else None
    if build is None:
        return []
    parts = ", ".join(f"{name} {version}" for name, version in build.components.items())
    return [f"package built {build.built}, its parts the newest of {build.newest_on}: {parts}"]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def commit_of(package: Path) -> str | None:
    """The commit at which the checkout of a package stands, else that from which it was built; None for neither."""
    try:
        return _of_checkout(package.parents[1] / ".git") or _checked(_read(package / COMMIT_FILE))
    except OSError:
        return None


def _of_checkout(folder: Path) -> str | None:
    """Of a checkout of this very project, with or without the program git."""
    if not (folder.parent / "src" / "sestriage" / "__init__.py").is_file():
        return None
    linked = _read(folder) if folder.is_file() else ""
    if linked.startswith("gitdir: "):
        folder = folder.parent / linked.removeprefix("gitdir: ").strip()
    head = _read(folder / "HEAD").strip()
    if not head.startswith("ref: "):
        return _checked(head)
    name = head.removeprefix("ref: ")
    common = folder / (_read(folder / "commondir").strip() or ".")
    for line in _read(common / "packed-refs").splitlines():
        if line.endswith(f" {name}"):
            return _checked(_read(common / name)) or _checked(line.partition(" ")[0])
    return _checked(_read(common / name))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[: 1 << 20] if path.is_file() else ""


def _checked(text: str) -> str | None:
    return text.strip() if _COMMIT.fullmatch(text.strip()) else None
