"""The results of `sestriage certs`: served chains, how each relates to each store, and what to import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sestriage.model.source import InputNote, SourceRef
from sestriage.model.trust import Certificate, TrustPath, TrustStore
from sestriage.model.vocabulary import LinkState


@dataclass(frozen=True, slots=True)
class ServedChain:
    """The certificates that a server sent, its own first.

    `origin` is `capture`, `transcript` (of `openssl s_client`) or `files` (PEM or DER files whose order was found out).
    `host` and `port` are None when they are not known from there. `at` is the time of the conversation (aware), None
    when unknown.
    """

    certificates: tuple[Certificate, ...]
    source: SourceRef
    origin: str
    host: str | None = None
    port: int | None = None
    at: datetime | None = None
    problem: str | None = None
    """Why the chain cannot be judged, or only in part (encrypted, cut, only the leaf kept); None when it is whole."""
    usable: bool = True
    """False when no statement about trust is possible because of `problem`."""


@dataclass(frozen=True, slots=True)
class Link:
    """A certificate in the tree from the server's own certificate up to what the store trusts.

    `state`: `served`, `anchor` (the store trusts it), `missing` (neither served nor stored; `certificate` is None),
    `root` (self-signed, and not in the store), `limit` (more is not drawn). `note` says more. `broken` marks the first
    broken link; at most one link of a tree has it.
    """

    label: str
    state: LinkState
    certificate: Certificate | None = None
    note: str = ""
    broken: bool = False
    above: tuple[Link, ...] = ()
    """Its possible issuers; several where a CA is cross-signed."""


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """A certificate to import, with the reason.

    `file_name` is what the certificate is saved as, `friendly_name` what to enter beside it. `origin` is `served` or
    the path of the CA bundle that holds it. `warning` is a reason not to import it unchecked; `unpublished` is True
    when that reason is a published root's name over another key. `answer` is what Java says with it in the store
    (`trusted`), `openssl` the same for `openssl verify`.
    """

    certificate: Certificate
    reason: str
    file_name: str
    friendly_name: str
    origin: str = "served"
    warning: str | None = None
    unpublished: bool = False
    answer: str = ""
    openssl: str = ""


@dataclass(frozen=True, slots=True)
class ImportAdvice:
    """The certificates to import, and why; `text` alone where an import cannot help or none is needed."""

    text: str
    choices: tuple[ImportChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """One served chain compared with one store."""

    chain: ServedChain
    store: TrustStore
    path: TrustPath
    tree: Link | None
    advice: ImportAdvice
    differences: tuple[str, ...] = ()
    """Where Java and OpenSSL do not say the same, and why; one sentence each."""
    warning: str | None = None
    """Why the trust will not last although it works; None where it lasts, or there is none."""
    host_message: str | None = None
    """The text that Java's endpoint identification would print; None if the name fits or is not known."""

    @property
    def trusted(self) -> bool | None:
        """Java trusts the chain, and the name fits where it is known; None when nothing can be said."""
        if self.path.status == "undecided":
            return None
        return self.path.status == "trusted" and self.path.host_matches is not False


@dataclass(frozen=True, slots=True)
class CompareReport:
    """The result of `certs compare`."""

    jdk: str
    held: tuple[Held, ...] = ()
    unseen: tuple[ServedChain, ...] = ()
    """Conversations whose certificates cannot be seen or judged."""
    notes: tuple[str, ...] = ()
    inputs: tuple[InputNote, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class ShowReport:
    """The result of `certs show`. `hidden` counts the entries that were left out of `stores` for length."""

    now: datetime
    stores: tuple[TrustStore, ...] = ()
    chains: tuple[ServedChain, ...] = ()
    hidden: int = 0
    inputs: tuple[InputNote, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file that `certs export` wrote; `written` is False where the very same content was there already."""

    choice: ImportChoice
    path: str
    written: bool


@dataclass(frozen=True, slots=True)
class ExportReport:
    """The result of `certs export`. `refused` are certificates that were not written because of their warning."""

    folder: str
    advice: ImportAdvice
    files: tuple[ExportedFile, ...] = ()
    refused: tuple[ImportChoice, ...] = ()
    list_file: str | None = None
    """The file with names and SHA-256 fingerprints; None when nothing was written."""
    source: SourceRef | None = None
    problem: str | None = None
    version: str = ""
