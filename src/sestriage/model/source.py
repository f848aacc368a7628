"""Where a fact comes from: every sentence of a report cites one of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sestriage.model.fault import Fault


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A place in the evidence.

    `path` is the file as the user named it (`-` for standard input); `member` the path inside an archive, joined with
    `!/` where archives nest, None for a plain file. `line` and `end_line` count from 1 (logs, text), `frame` counts
    from 1 (captures), `sha256` names a certificate; None where it does not apply.
    """

    path: str
    member: str | None = None
    line: int | None = None
    end_line: int | None = None
    frame: int | None = None
    sha256: str | None = None

    def at_line(self, line: int, end_line: int | None = None) -> SourceRef:
        """The same source, at a line."""
        return SourceRef(self.path, self.member, line, end_line, self.frame, self.sha256)

    def at_frame(self, frame: int | None) -> SourceRef:
        """The same source, at a frame of the capture."""
        # not `replace`: this is done for every fact of a capture
        return SourceRef(self.path, self.member, self.line, self.end_line, frame, self.sha256)

    @property
    def name(self) -> str:
        """The innermost name: the member if there is one, else the path."""
        return self.member if self.member is not None else self.path

    @property
    def file(self) -> str:
        """Path and member in one string, `bundle.tgz!/var/log/x.log`."""
        return self.path if self.member is None else f"{self.path}!/{self.member}"

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f":{self.line}"
        if self.frame is not None:
            where += f", frame {self.frame}"
        return where


@dataclass(frozen=True, slots=True)
class InputNote:
    """One file or archive member of the input and what became of it.

    `kind` is one of `log`, `capture`, `trust-store`, `certificates`, `tls-ciphers`, `settings`, `mail`, `keylog`,
    `transcript`, `archive`, `folder`, `other`. `problem` is None when all of it was used; else one sentence that says
    what could not be used, and where. `used` is False for a file that gave no fact at all.
    """

    source: SourceRef
    kind: str
    problem: str | None = None
    used: bool = True
    size: int | None = None
    detail: str | None = None
    fault: Fault | None = None
    """The fault of sestriage itself that `problem` tells of: something of the file, or all of it, is lost."""


@dataclass(frozen=True, slots=True)
class InputDigest:
    """A file that was handed in, so that a reader of the report can tell it from another one.

    `size` is in bytes, `modified` (UTC) when it was last written, `sha256` in lower-case hex digits; each is None where
    it is not known (standard input, a file that cannot be opened). With `sampled` the digest is that of the first MiB
    followed by the last one, not of the whole file.
    """

    source: SourceRef
    size: int | None = None
    modified: datetime | None = None
    sha256: str | None = None
    sampled: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a command, for the head of its document.

    `analysed` is when it was (UTC), None where that is of no interest. `read` are the files that were handed in,
    `read_left_out` counts further files of folders.
    """

    version: str
    exit_status: int
    analysed: datetime | None = None
    read: tuple[InputDigest, ...] = ()
    read_left_out: int = 0
