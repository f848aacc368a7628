"""The file that unpacks itself: a shell script (`header.sh`), and behind it the tree as .tar.gz."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

from sestriage_build.tree import Tree
from sestriage_build.work import HERE


def write(tree: Tree, path: Path, seconds: int, level: int) -> Path:
    """The file, which everyone may run."""
    payload = _payload(tree.path, seconds, level)
    digest = hashlib.sha256(payload).hexdigest()
    text = (HERE / "header.sh").read_text(encoding="utf-8")
    values = {"VERSION": tree.version, "MACHINE": tree.target.machine, "LOADER": tree.target.loader, "SHA256": digest}
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    size = len(text.encode()) - len("@SKIP@") + len(_skip(0))
    text = text.replace("@SKIP@", _skip(size + 1))
    path.write_bytes(text.encode() + payload)
    path.chmod(0o755)
    return path


def _skip(count: int) -> str:
    """The first byte of the payload, in digits of one length."""
    return f"{count:07}"


def _payload(tree: Path, seconds: int, level: int) -> bytes:
    whole = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=level, fileobj=whole, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as archive,
    ):
        for path in sorted(tree.rglob("*")):
            entry = archive.gettarinfo(path, path.relative_to(tree).as_posix())
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = seconds
            if entry.isreg():
                with path.open("rb") as stream:
                    archive.addfile(entry, stream)
            else:
                archive.addfile(entry)
    return whole.getvalue()
