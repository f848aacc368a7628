"""What a suite of Debian holds, read from its index; the release file that names the index's hash is signed."""

from __future__ import annotations

import lzma
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sestriage_build import fetch
from sestriage_build.work import BuildError, run, sha256

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def entries(area: str, suite: str, architecture: str) -> Iterator[dict[str, str]]:
    """The fields of each package; `Filename` is below the archive's area (`debian`, `debian-security`).

    Raises:
        BuildError: no mirror answers, Debian's keys did not sign, or the index is another one.
    """
    base = f"{fetch.mirrors()[0]}/{area}/dists/{suite}"
    name = f"main/binary-{architecture}/Packages.xz"
    release = _verified(fetch.read(f"{base}/InRelease"))
    found = re.search(rf"^ ([0-9a-f]{{64}}) +\d+ {re.escape(name)}$", release, re.MULTILINE)
    body = fetch.read(f"{base}/{name}")
    with tempfile.NamedTemporaryFile() as stream:
        stream.write(body)
        stream.flush()
        if found is None or sha256(Path(stream.name)) != found.group(1):
            raise BuildError(f"{base}/{name} is not what the release file names")
    for text in lzma.decompress(body).decode().split("\n\n"):
        pairs = (line.partition(": ") for line in text.splitlines() if not line.startswith(" "))
        yield {key: value for key, _, value in pairs}


def _verified(signed: bytes) -> str:
    """The text of a release file that Debian's keys have signed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "InRelease"
        path.write_bytes(signed)
        return run(["gpgv", "--quiet", "--keyring", KEYRING, "--output", "-", path])
