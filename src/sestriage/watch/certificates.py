"""Find out when the certificates of trust stores and of the last seen chain end, from the files at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sestriage.formats.guard import Guard
from sestriage.model.fault import Fault
from sestriage.model.message import Message
from sestriage.watch.state import State
from sestriage.watch.state_rows import MEANINGLESS, to_number, to_text

if TYPE_CHECKING:
    from sestriage.formats.certs.derivation import DerivationBudget
    from sestriage.ingest import Member
    from sestriage.model.source import InputNote
    from sestriage.model.trust import Certificate

MAX_SHOWN = 200
MAX_STORE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Ending:
    """One certificate: its SHA-256, its name, the end of its validity (seconds since 1970), and where it lies."""

    sha256: str
    name: str
    not_after: float
    where: str


@dataclass(frozen=True, slots=True)
class Watched:
    """The certificates of all files, and the files that could not be used: (path, why)."""

    endings: tuple[Ending, ...]
    problems: tuple[tuple[str, str], ...]
    rootless: tuple[tuple[str, str, str], ...] = ()
    """Stores that hold no certificate that lasts: (path, kind, sentence)."""


def watched(state: State, stores: Sequence[str], chains: Sequence[str], passwords: Sequence[str]) -> Watched:
    """The certificates of the files. A file is read again only when it changed; what was read goes to the state
    within the caller's transaction, if one is open."""
    from sestriage.formats.certs.derivation import DerivationBudget, from_environment

    budget, paths = from_environment(), len(stores) + len(chains)
    endings: dict[tuple[str, str], Ending] = {}
    problems: list[tuple[str, str]] = []
    rootless: list[tuple[str, str, str]] = []
    for path in (*stores, *chains):
        try:
            stamp = file_stamp(path)
        except OSError as error:
            problems.append((path, Message("cannot be read: {error}", error=error.strerror or error)))
            continue
        kept = state.cached(path)
        content = _kept_content(path, kept[1]) if kept is not None and kept[0] == stamp else None
        if content is None:
            read = _content(path, passwords, DerivationBudget(budget.total // paths))
            state.cache(path, stamp, read)
            content = _kept_content(path, read)
        found, problem, weak = content or ([], None, None)
        if path in stores and weak is not None:
            rootless.append((path, weak[0], _rootless_sentence(path, *weak)))
        if problem or not found:
            problems.append((path, problem or Message("holds no certificate that can be read")))
        endings.update({(path, ending.sha256): ending for ending in found})
    return Watched(tuple(endings.values()), tuple(problems), tuple(rootless))


def _kept_content(path: str, text: str) -> tuple[list[Ending], str | None, tuple[str, str, float | None] | None] | None:
    """Endings, problem and weakness of a file as the state keeps them; None for what means nothing."""
    try:
        kept = json.loads(text)
        if isinstance(kept, list):  # an earlier release kept no problems
            kept = {"endings": kept, "problem": None}
        endings = [
            Ending(to_text(sha256), to_text(name), to_number(end), path) for sha256, name, end in kept["endings"]
        ]
        problem, weak = kept["problem"], kept.get("rootless")
        if weak is not None:
            kind, label, end = weak
            weak = to_text(kind), to_text(label), to_number(end) if end is not None else None
        return endings, to_text(problem) if problem is not None else None, weak
    except MEANINGLESS:
        return None


def file_stamp(path: str) -> str:
    """Changes whenever a file, or any file of a folder, does."""
    status = os.stat(path)  # noqa: PTH116
    parts = [f"{status.st_dev}:{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"]
    if os.path.isdir(path):  # noqa: PTH112
        with os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                inner = entry.stat()
                parts.append(f"{entry.name}:{inner.st_size}:{inner.st_mtime_ns}")
    from hashlib import sha256

    return sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _content(path: str, passwords: Sequence[str], budget: DerivationBudget) -> str:
    """The content of the file, and a note on what could not be read (None: nothing), in JSON. A file that meets a fault
    of ours is not read again until it changes."""
    found: list[Certificate] = []
    problems: dict[str, None] = {}
    weak: tuple[str, str, float | None] | None = None

    def lost(fault: Fault) -> None:
        problems[Message("could not be read in full: {sentence}", sentence=fault.sentence)] = None

    with Guard(lost):
        for item in _read(path, passwords, budget, lost, problems):
            found.append(item)
        weak = None if problems else _rootless(found)
    endings = [(each.sha256, each.label[:MAX_SHOWN], each.not_after.timestamp()) for each in found if each.not_after]
    return json.dumps({"endings": endings, "problem": "; ".join(problems) or None, "rootless": weak})


def _rootless(anchors: Sequence[Certificate]) -> tuple[str, str, float | None] | None:
    """Kind, name and end of what a store rests on that holds no certificate that lasts."""
    from sestriage.pki.lasting import rootless

    weak = rootless(anchors)
    if weak is None:
        return None
    return weak.kind, weak.anchor.label[:MAX_SHOWN], weak.ends.timestamp() if weak.ends else None


def _rootless_sentence(path: str, kind: str, name: str, ends: float | None) -> str:
    if kind == "starfield-class-2":
        return Message(
            "the trust store {path} trusts Amazon's servers only by Starfield Class 2; a chain without the certificate"
            " that ties Starfield Services G2 to it breaks that: import Amazon Root CA 1",
            path=path,
        )
    day = Message(", at the latest on {day}", day=_day(ends)) if ends is not None else ""
    if kind == "server":
        return Message(
            "the trust store {path} holds no root, only a server's own certificate ({name}); the server's next"
            " certificate breaks that{day}: import the root",
            path=path,
            name=repr(name),
            day=day,
        )
    return Message(
        "the trust store {path} holds no root, only an issuing CA ({name}); a server certificate from another"
        " issuing CA breaks that{day}: import the root",
        path=path,
        name=repr(name),
        day=day,
    )


def _read(
    path: str,
    passwords: Sequence[str],
    budget: DerivationBudget,
    lost: Callable[[Fault], object],
    problems: dict[str, None],
) -> Iterator[Certificate]:
    """Every certificate with an end, once: anchors of stores, chains that captures show."""
    from sestriage.errors import InputError
    from sestriage.ingest import Limits, walk

    seen: set[str] = set()
    try:
        notes: list[InputNote] = []
        for member in walk([path], Limits(), notes):
            certificates: Iterable[Certificate] = ()
            with Guard(lost):
                certificates = _certificates(member, passwords, budget, problems)
            for certificate in certificates:
                if certificate.not_after is not None and certificate.sha256 not in seen:
                    seen.add(certificate.sha256)
                    yield certificate
                    if len(seen) >= 10_000:
                        return
        for note in notes:
            if note.fault is not None:
                lost(note.fault)
    except InputError:
        return


def _certificates(
    member: Member, passwords: Sequence[str], budget: DerivationBudget, problems: dict[str, None]
) -> Iterable[Certificate]:
    if member.kind in ("store", "certificates", "transcript"):
        from sestriage.formats.certs.stores import read_store

        store = read_store(member.read(MAX_STORE_BYTES), member.ref, passwords, budget)
        if store.problem is not None and not store.anchors:
            problems[Message("holds no certificate that can be read: {problem}", problem=store.problem)] = None
        return store.anchors
    if member.kind == "capture":
        from sestriage.formats.capture import Scope, read_capture

        streams = read_capture(member.open(), member.ref, scope=Scope(all_ports=True)).streams
        chains = [s.tls.certificates for s in streams if s.tls is not None and s.tls.certificates]
        return chains[-1] if chains else ()
    return ()


def stage(ending: Ending, days: int, now: float) -> str | None:
    """`expired`, `soon` (within `days` days), or None."""
    if ending.not_after <= now:
        return "expired"
    return "soon" if ending.not_after - now <= days * 86400 else None


def sentence(ending: Ending, now: float) -> str:
    """The sentence for a user: the days left, and the date."""
    day = _day(ending.not_after)
    left = int((ending.not_after - now) // 86400)
    when = Message("expires on {day}, in {count} days", day=day, count=left)
    if ending.not_after <= now:
        when = Message("expired on {day}", day=day)
    elif left == 1:
        when = Message("expires on {day}, in 1 day", day=day)
    return Message(
        "certificate {name} in {file} {when} (SHA-256 {digest}…)",
        name=repr(ending.name),
        file=ending.where,
        when=when,
        digest=ending.sha256[:16],
    )


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d")
