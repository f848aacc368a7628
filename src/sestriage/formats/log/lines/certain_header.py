"""Lines that begin an event for certain, told by their bytes."""

from __future__ import annotations

import re

CERTAIN_HEADER = re.compile(
    rb"\[?(?:\d{4}-\d\d-\d\d[T ]|\d\d[-/]\w{3}[-/]\d{4}[: ])?\d\d:\d\d:\d\d"
    rb"(?![^\n]{0,200}?(?:[\t ]at [\w.$/]|#01|nested exc|Caused by|\.\.\. \d|[Ee]xception:))"
    rb"|[\w.:%-]{1,100} [^\s]{1,60} [^\s]{1,60} \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] \""
)
"""A line that begins an event for certain. A collector's stamp stands before every line of a stack trace too. The
second form is that of access logs (`header`)."""
