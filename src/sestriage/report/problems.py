"""Problems of the input in the language of the reader; what is kept as English text is taken apart for that."""

from __future__ import annotations

import re

from sestriage.i18n import Say
from sestriage.model.effort import TOOK_LONG

_TOOK_LONG = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>\\d{1,20})", re.escape(TOOK_LONG)))
_BETWEEN = "; "


def problem_text(problem: str, say: Say) -> str:
    """The sentences of a note's problem, those that have a translation translated."""
    return _BETWEEN.join(_sentence(part, say) for part in problem.split(_BETWEEN))


def _sentence(part: str, say: Say) -> str:
    match = _TOOK_LONG.fullmatch(part)
    return say(TOOK_LONG, **match.groupdict()) if match else part
