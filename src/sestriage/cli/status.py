"""Exit statuses of the commands."""

from __future__ import annotations

ACCEPTED = 0
FAILED = 1
USAGE = 2
UNDETERMINED = 3
INTERNAL_ERROR = 4
READER_GONE = 141
"""The reader of standard output went away (`| head`): what a shell gives for SIGPIPE. 0 would say "accepted"."""
