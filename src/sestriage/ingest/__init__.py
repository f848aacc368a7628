"""The only door for files that a user names: folders, archives, standard input.

`limits`, `files` (what lies on disk), `pipes` (opening what was named), `names` and `roles` (what names tell),
`layers` (streams on streams), `codecs` with `inflate` (compression), `tar`, `zip`, `zipstream` (archives), `sniff`
(what a file is), `members` (what a walk yields), `mail_parts` (what was sent in a saved mail), `walker` (the walk),
`paced` (a file's budget of time), `notes` (findings), `progress` (how far it has come), `describe` (what is in the
input), `time_search` (where in a large log a window of time lies).
"""

from sestriage.ingest.describe import InputEntry, describe
from sestriage.ingest.limits import HEAD_BYTES, Limits
from sestriage.ingest.members import Member
from sestriage.ingest.progress import Reading
from sestriage.ingest.roles import by_folder, folder_of, is_response_log, number_of, role, rotation_key
from sestriage.ingest.walker import walk

__all__ = [
    "InputEntry",
    "HEAD_BYTES",
    "Limits",
    "Member",
    "Reading",
    "by_folder",
    "describe",
    "folder_of",
    "is_response_log",
    "role",
    "number_of",
    "rotation_key",
    "walk",
]
