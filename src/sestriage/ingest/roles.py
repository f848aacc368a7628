"""Read a file's name: whose log it is, its age among the rotated files of the same log, the folder it shares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from sestriage.model.source import SourceRef

RESPONSE: Final = "response"
OTHER_SERVICE: Final = "other-service"
BACKUP: Final = "backup"

_RESPONSE_NAME: Final = re.compile(r"(?i)(?:^|[^a-z0-9])sw[-_]res?ponse[-_]mgmt(?![a-z0-9])")
"""`sw-response-mgmt` and the document's `sw-reponse-mgmt`, also behind a prefix (`stack_sw-response-mgmt_1.log`)."""
_RESPONSE_FOLDER: Final = re.compile(r"(?i)sw[-_]res?ponse[-_]mgmt")
_KNOWN_OTHER: Final = re.compile(r"(?i)^(?:svc-|smc-core|sw-(?!res?ponse))")
_CIPHER_FILE: Final = re.compile(r"(?i)^tls-ciphers(?![a-z0-9])")
_BACKUP: Final = re.compile(r"(?i)^tls-ciphers.*(?:bak|orig|old|save|~|\d{4})")

_COMPRESSION: Final = re.compile(r"(?i)\.(?:gz|bz2|xz|zst|zstd|z)$")
_DATE: Final = re.compile(
    r"[.\-_](?P<y>20\d\d)-?(?P<m>0[1-9]|1[0-2])-?(?P<d>0[1-9]|[12]\d|3[01])(?:[-_T.]?(?P<t>[0-2]\d(?:[-:]?[0-5]\d){0,2})(?!\d))?"
    r"(?:[.\-_](?P<n>\d{1,10})(?!\d))?(?![\dA-Za-z])"
)
"""Also logrotate's `-%Y%m%d-%s`, where the seconds since 1970 are the index."""
_EPOCH: Final = re.compile(r"[.\-_](?P<epoch>1\d{9})(?!\d)")
_NUMBER: Final = re.compile(r"\.(?P<n>\d{1,6})(?=$|\.(?:log|txt|out)$)")

_DATED, _NUMBERED, _CURRENT = 0, 1, 2

type_of_key = tuple[str, int, str, int]


def base_name(name: str) -> str:
    """The last part of a path, of a member path, or of a Windows path."""
    return re.split(r"[/\\]", name.rstrip("/\\"))[-1]


def is_response_name(name: str) -> bool:
    """True if the name, or the folder right above, is the response-management service's."""
    parts = re.split(r"[/\\]", name.split("!/")[-1])
    if _RESPONSE_NAME.search(parts[-1]):
        return True
    return len(parts) > 1 and _RESPONSE_FOLDER.fullmatch(parts[-2]) is not None and not _KNOWN_OTHER.match(parts[-1])


def is_response_log(ref: SourceRef) -> bool:
    """True if the file is a log of response management by its name, current or rotated, misspelt or not."""
    return is_response_name(ref.name)


def is_cipher_file(name: str) -> bool:
    """True if the name is `tls-ciphers`, with or without a suffix."""
    return _CIPHER_FILE.match(base_name(name)) is not None


def role(ref: SourceRef, kind: str = "log", named: bool = False, alone: bool = True) -> str:
    """The role of the file in the case: `response`, `other-service`, `backup`, or empty where roles do not apply.

    `named`: the user named this very file or piped it in; such a log is response management's whatever it is called.
    `alone`: False when another argument bears the response log's name; then a file with the name of a known other
    service is that service's.
    """
    if kind == "tls-ciphers":
        return BACKUP if _BACKUP.match(base_name(ref.name)) else ""
    if kind != "log":
        return ""
    if is_response_log(ref):
        return RESPONSE
    if named and (alone or not _KNOWN_OTHER.match(base_name(ref.name))):
        return RESPONSE
    return OTHER_SERVICE


def rotation_key(ref: SourceRef) -> type_of_key:
    """Sort key that puts rotated logs in the order in which they were written, oldest first.

    The first item is folder and base name, equal for logs of one series. Dated ones come first, by date and then by
    index (logback counts up within a day), then numbered ones (`.2` before `.1`), then the current one.
    """
    folder, _, name = ref.file.replace("\\", "/").rpartition("/")
    name = _COMPRESSION.sub("", name)
    rank, when, index = _CURRENT, "", 0
    if dated := _DATE.search(name):
        rank = _DATED
        clock = re.sub(r"\D", "", dated["t"] or "").ljust(6, "0")
        when, index = f"{dated['y']}{dated['m']}{dated['d']}{clock}", int(dated["n"] or 0)
        name = name[: dated.start()] + name[dated.end() :]
    elif epoch := _EPOCH.search(name):
        rank, index = _DATED, int(epoch["epoch"])
        name = name[: epoch.start()] + name[epoch.end() :]
    elif numbered := _NUMBER.search(name):
        rank, index = _NUMBERED, -int(numbered["n"])
        name = name[: numbered.start()] + name[numbered.end() :]
    return f"{folder}/{_COMPRESSION.sub('', name)}".lstrip("/"), rank, when, index


def number_of(ref: SourceRef) -> int | None:
    """The number by which a rotated log is told from the others of its series; None for a date, or for the current one.

    With logrotate and logback's FixedWindow the highest number is the oldest file, with log4j2 (`fileIndex="max"`, its
    default) the newest one: the name does not say which.
    """
    _, rank, _, index = rotation_key(ref)
    return -index if rank == _NUMBERED else None


def folder_of(ref: SourceRef) -> SourceRef:
    """The folder that holds the file, as a separate source: the key that PEM files of one trust store share."""
    if ref.member is None:
        return SourceRef(ref.path.rpartition("/")[0] or ("/" if ref.path.startswith("/") else "."))
    parent, slash, _ = ref.member.rpartition("/")
    if slash and parent.endswith("!"):  # the file lies at the top of a nested archive
        parent = parent[:-1]
    return replace(SourceRef(ref.path), member=parent) if parent else SourceRef(ref.path)


def by_folder(refs: Iterable[SourceRef]) -> dict[SourceRef, tuple[SourceRef, ...]]:
    """Files grouped by their folder, both in the order given."""
    groups: dict[SourceRef, list[SourceRef]] = {}
    for ref in refs:
        groups.setdefault(folder_of(ref), []).append(ref)
    return {folder: tuple(files) for folder, files in groups.items()}
