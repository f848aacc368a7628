"""The only door for files: folders, archives, standard input."""

from sestriage.ingest.describe import Entry, describe
from sestriage.ingest.limits import HEAD_BYTES, Limits
from sestriage.ingest.members import Member
from sestriage.ingest.reading import Reading
from sestriage.ingest.roles import by_folder, folder_of, is_response_log, role, rotation_key
from sestriage.ingest.walker import walk

__all__ = [
    "Entry",
    "HEAD_BYTES",
    "Limits",
    "Member",
    "Reading",
    "by_folder",
    "describe",
    "folder_of",
    "is_response_log",
    "role",
    "rotation_key",
    "walk",
]
