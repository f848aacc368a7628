"""Exit statuses of the commands."""

from __future__ import annotations

ACCEPTED = 0
FAILED = 1
USAGE = 2
UNDETERMINED = 3
INTERNAL_ERROR = 4
