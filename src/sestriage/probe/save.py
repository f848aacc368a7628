"""Save the results of the probe: certificates as PEM files, and a case for `sestriage triage`.

A server chooses the names in its certificates: they are reduced to harmless file names, and nothing is overwritten.
"""

from __future__ import annotations

import io
import os
import re
import tarfile
from collections.abc import Sequence
from pathlib import Path

from sestriage import system
from sestriage.errors import InputError, reason_of
from sestriage.formats.transcript.probe import dump_probe
from sestriage.model.message import Message
from sestriage.model.probe import Probe
from sestriage.model.trust import Certificate
from sestriage.pki.export import pem_text as bare_pem

MAX_NAME = 100
_HARMLESS = re.compile(r"[^A-Za-z0-9._-]+")

README = """This is a case of `sestriage probe {host}:{port}`. Read it with: sestriage triage FILE

probe.json   what was said and heard in each conversation, with the address from which it was asked, and the session
             keys of those conversations that went through a handshake; no mail and no password is in it
chain/       the certificates as the server sent them, in order
"""


def file_name(certificate: Certificate) -> str:
    """The common name without blanks and `.pem`, as Cisco's document names the files; harmless whatever it holds."""
    name = _HARMLESS.sub("_", (certificate.common_name or "").replace(" ", "")).strip("._-")[:MAX_NAME].rstrip("._-")
    if not name or system.RESERVED_NAME.match(name):
        name = f"certificate-{certificate.sha256[:16]}"
    return f"{name}.pem"


def pem_text(index: int, certificate: Certificate) -> str:
    """A certificate with the lines above it that `s_client` prints, by which it is known as a served one."""
    return f" {index} s:{certificate.subject}\n   i:{certificate.issuer}\n{bare_pem(certificate)}"


def named(certificates: Sequence[Certificate]) -> list[tuple[str, str]]:
    """File name and content of each certificate, in order. Two of one name are told apart by their fingerprints, and a
    certificate that is served again and again by its place in the chain."""
    found: list[tuple[str, str]] = []
    taken: set[str] = set()
    for index, certificate in enumerate(certificates):
        name = file_name(certificate)
        marked = _with_fingerprint(name, certificate)
        choices = (name, marked, f"{marked.removesuffix('.pem')}-{index}.pem")
        free = next(choice for choice in choices if choice.lower() not in taken)
        taken.add(free.lower())
        found.append((free, pem_text(index, certificate)))
    return found


def _with_fingerprint(name: str, certificate: Certificate) -> str:
    return f"{name.removesuffix('.pem')}-{certificate.sha256[:16]}.pem"


def save_certificates(certificates: Sequence[Certificate], folder: str) -> list[Path]:
    """Write the served chain as PEM files; gives their paths. Raises InputError.

    A file that is there already with the same content is left alone; one with other content is never touched, the
    certificate then gets a name with its fingerprint.
    """
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        pairs = zip(certificates, named(certificates), strict=True)
        return [_save(target, name, text, certificate) for certificate, (name, text) in pairs]
    except OSError as error:
        raise InputError(
            Message("cannot write certificates to {folder}: {reason}", folder=folder, reason=reason_of(error))
        ) from error


def _save(folder: Path, name: str, text: str, certificate: Certificate) -> Path:
    for choice in dict.fromkeys((name, _with_fingerprint(name, certificate))):
        path = folder / choice
        if _create(path, text.encode("utf-8")) or _same(path, text):
            return path
    raise InputError(Message("{file} is there already with other content; nothing was overwritten", file=folder / name))


def _same(path: Path, text: str) -> bool:
    return path.is_file() and not path.is_symlink() and path.read_bytes() == text.encode("utf-8")


def _create(path: Path, data: bytes) -> bool:
    """Write a new file; False if the name is taken, also by a link that leads nowhere."""
    try:
        handle = system.create(path, 0o644)
    except FileExistsError:
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except BaseException:  # a full disk, an interrupt: half a file would look like a whole one
        path.unlink(missing_ok=True)
        raise
    return True


def must_be_free(file: str) -> None:
    """Raises InputError when there is something already: better before the probe than after it."""
    if os.path.lexists(file):
        raise _taken(file)


def _taken(file: str) -> InputError:
    return InputError(Message("{file} exists already; nothing was overwritten", file=file))


def save_case(probe: Probe, certificates: Sequence[Certificate], file: str) -> None:
    """Write everything into a new tar.gz for `sestriage triage`; raises InputError, also when the file exists."""
    members = [("probe.json", dump_probe(probe)), ("README.txt", README.format(host=probe.host, port=probe.port))]
    members += [(f"chain/{name}", text) for name, text in named(certificates)]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in members:
            data = text.encode("utf-8")
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(data), int(probe.ended.timestamp()), 0o644
            archive.addfile(info, io.BytesIO(data))
    try:
        created = _create(Path(file), packed.getvalue())
    except OSError as error:
        raise InputError(Message("cannot write {file}: {reason}", file=file, reason=reason_of(error))) from error
    if not created:
        raise _taken(file)
