"""Write the certificates to import as PEM files. Nothing that exists is ever overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from sestriage import __version__, system
from sestriage.engine.certs.compare import CertOptions, compare
from sestriage.errors import InputError, reason_of
from sestriage.model.certs import CompareReport, ExportedFile, ExportReport, ImportAdvice, ImportChoice
from sestriage.model.message import Message, together
from sestriage.pki.export import file_names, fingerprint, is_unpublished, pem_text

_NOT_PUBLISHED = Message("bears the name of a public root, but NOT its published key")
LIST_NAME = "SHA-256.txt"
"""The list that is written beside the certificates."""


def export(
    paths: Sequence[str],
    options: CertOptions,
    folder: str,
    stdin: BinaryIO | None = None,
    *,
    everything: bool = False,
    allow_unpublished: bool = False,
) -> ExportReport:
    """Save what `certs compare` recommends (or, with `everything`, the whole served chain) in `folder`.

    A certificate that bears a published root's name over another key is left out unless `allow_unpublished`. Raises
    `InputError` when a file of one of the names exists with other content; then nothing was written.
    """
    compared = compare(paths, options, stdin, need_store=False)
    if not compared.held:
        return ExportReport(folder, ImportAdvice(""), problem=_unseen(compared), version=__version__)
    first = compared.held[0]
    advice = (
        ImportAdvice(Message("The whole served chain."), _everything(compared)) if everything else _merged(compared)
    )
    refused = tuple(c for c in advice.choices if c.unpublished and not allow_unpublished)
    chosen = tuple(c for c in advice.choices if c not in refused)
    files = save(folder, chosen) if chosen else ()
    return ExportReport(
        folder,
        advice,
        files,
        refused,
        str(Path(folder, LIST_NAME)) if files else None,
        first.chain.source,
        version=__version__,
    )


def _unseen(compared: CompareReport) -> str:
    unseen = (together(str(chain.source), chain.problem or "", between=": ") for chain in compared.unseen)
    return together(*unseen, between="; ") or Message("no served chain")


def _everything(compared: CompareReport) -> tuple[ImportChoice, ...]:
    chain = compared.held[0].chain.certificates
    readable = list({each.sha256: each for each in chain if each.der}.values())
    names = file_names(readable)
    return tuple(
        ImportChoice(
            each,
            "served",
            names[each.sha256],
            names[each.sha256].removesuffix(".pem"),
            warning=_NOT_PUBLISHED if is_unpublished(each) else None,
            unpublished=is_unpublished(each),
        )
        for each in readable
    )


def _merged(compared: CompareReport) -> ImportAdvice:
    """The advice of the newest chain; where several stores want different certificates, all of them."""
    newest = compared.held[0].chain
    advices = [held.advice for held in compared.held if held.chain is newest]
    choices = {choice.certificate.sha256: choice for advice in advices for choice in advice.choices}
    text = next((advice.text for advice in advices if advice.choices), advices[0].text)
    return ImportAdvice(text, tuple(choices.values()))


def save(folder: str, choices: Iterable[ImportChoice]) -> tuple[ExportedFile, ...]:
    """Write the certificates and their list; raises `InputError` as `export` does."""
    wanted = [(choice, pem_text(choice.certificate)) for choice in choices]
    listed = _list_text([choice for choice, _ in wanted])
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        contents = [(choice.file_name, text) for choice, text in wanted] + [(LIST_NAME, listed)]
        missing = {name for name, text in contents if not _is_there(target / name, text)}
        for name, text in contents:
            if name in missing:
                _create(target / name, text)
    except OSError as error:
        raise InputError(
            Message("cannot write to {folder}: {reason}", folder=folder, reason=reason_of(error))
        ) from error
    return tuple(ExportedFile(c, str(target / c.file_name), c.file_name in missing) for c, _ in wanted)


def _is_there(path: Path, text: str) -> bool:
    """The very same content stands there already; raises `InputError` for any other content."""
    if not os.path.lexists(path):
        return False
    if path.is_file() and not path.is_symlink() and path.stat().st_size == len(text.encode()):
        with path.open("rb") as file:
            if file.read() == text.encode():
                return True
    raise InputError(
        Message("{file} exists and is something else; nothing was written. Name another folder", file=path)
    )


def _create(path: Path, text: str) -> None:
    """A new file; a name that appeared meanwhile (a link, too) is an error."""
    descriptor = system.create(path, 0o644)
    with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
        file.write(text)


def _list_text(choices: Sequence[ImportChoice]) -> str:
    """File, friendly name and SHA-256 fingerprint (of the certificate, as `openssl x509 -fingerprint` prints it)."""
    lines = [
        "# SHA-256 fingerprints of the certificates, as `openssl x509 -noout -fingerprint -sha256 -in FILE` prints"
    ]
    for choice in choices:
        lines.append(f"{fingerprint(choice.certificate)}  {choice.file_name}  (friendly name: {choice.friendly_name})")
    return "\n".join(lines) + "\n"
