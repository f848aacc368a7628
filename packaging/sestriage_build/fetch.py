"""Files from the network, each held against its SHA-256; what was fetched once is kept below `build/`."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from pathlib import Path

from sestriage_build.locks import DebianFile
from sestriage_build.work import BuildError, sha256

ARCHIVES = ("http://deb.debian.org", "https://snapshot.debian.org/archive")
"""Debian's archive, and the one of everything that was ever in it (whose paths bear a time)."""
SECONDS = 120


def mirrors() -> tuple[str, ...]:
    """`SESTRIAGE_DEBIAN_MIRROR` in front of Debian's own."""
    named = os.environ.get("SESTRIAGE_DEBIAN_MIRROR")
    return ((named.rstrip("/"),) if named else ()) + ARCHIVES[:1]


def read(url: str) -> bytes:
    """What a server answers.

    Raises:
        BuildError: it does not.
    """
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 - http and https only, see ARCHIVES
            body: bytes = answer.read()
    except (urllib.error.URLError, OSError) as error:
        raise BuildError(f"cannot fetch {url}: {error}") from error
    return body


def debian(package: DebianFile, cache: Path, day: str | None) -> Path:
    """A package's file; `day` is that of the lock, for the archive of old versions (`None`: it is of today).

    Raises:
        BuildError: no mirror has it, or it is another one.
    """
    path = cache / Path(package.path).name
    if path.is_file() and sha256(path) == package.sha256:
        return path
    problems = []
    for url in (*(f"{mirror}/{package.path}" for mirror in mirrors()), *_old(package, day)):
        try:
            body = read(url)
        except BuildError as error:
            problems.append(str(error))
            continue
        aside = path.with_suffix(".part")
        aside.write_bytes(body)
        if sha256(aside) == package.sha256:
            return aside.replace(path)
        problems.append(f"{url} has another SHA-256 than {package.sha256}")
        aside.unlink()
    told = "\n".join(problems)
    raise BuildError(f"{told}\nA newer version may have taken its place: packaging/build --update-locks")


def _old(package: DebianFile, day: str | None) -> tuple[str, ...]:
    """Where a version lies for ever."""
    area, _, rest = package.path.partition("/")
    return () if day is None else (f"{ARCHIVES[1]}/{area}/{day.replace('-', '')}T235959Z/{rest}",)
