"""The limits of the log reader. Reaching one is reported as a problem of the input."""

from __future__ import annotations

BLOCK_BYTES = 1 << 20
"""How much is scanned for gate literals at once."""
LOOK_BACK_BYTES = 1 << 14
"""How much before a hit is read too: the head of an event whose first gate literal comes late."""
LOOK_AHEAD_BYTES = 1 << 13
"""How much after a hit is read too: the end of an event."""
LOOK_HEADERS = 12
"""So many lines that certainly begin an event are enough in either direction, however few bytes they are."""
MAX_LINE_BYTES = 1 << 18
"""Longer physical lines are cut."""
MAX_EVENT_LINES = 3000
MAX_EVENT_CHARS = 1 << 19
"""Longer events are cut; the rest of their lines is skipped."""
MAX_THROWABLES = 64
MAX_FRAMES = 128
"""Frames kept of one stack trace."""
MAX_MESSAGE_CHARS = 1 << 14
"""Longer messages (of an event or an exception) are cut."""
MAX_WRAPPERS = 6
"""How many wrappings may lie on top of each other."""
MAX_STREAMS = 64
"""How many interleaved streams (container, process) are told apart at a time."""
MAX_PENDING_PARTS = 512
"""How many parts of a partial line (Docker, CRI) are joined."""
