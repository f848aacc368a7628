"""Message ids of Amazon SES: region and time of acceptance, without any access to AWS.

    RRRR TTTTTTTTTTTT - 8-4-4-4-12 - 000000      (hexadecimal; blanks for reading only)

RRRR stands for the region, T for milliseconds since 1970-01-01 UTC. AWS does not document the layout; it was derived
from public samples of the regions in the table, whose Date headers agree within a second. Everything read from it is
to be marked as derived.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from sestriage.model.mail import SesMessageId

REGION_CODES: Mapping[str, str] = {
    "0100": "us-east-1",
    "0101": "us-west-2",
    "0102": "eu-west-1",
    "0106": "ap-northeast-1",
    "0107": "eu-central-1",
    "0108": "ap-southeast-2",
    "0109": "ap-south-1",
    "010b": "eu-west-2",
    "010d": "ca-central-1",
    "010e": "ap-southeast-1",
    "010f": "us-east-2",
    "0110": "eu-north-1",
    "0111": "us-west-1",
}
"""Codes that were seen together with their region. Until early 2016 both us-east-1 and us-west-2 made `0000`."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime(2011, 1, 1, tzinfo=UTC)
"""SES began in January 2011."""
_LAST = datetime(2100, 1, 1, tzinfo=UTC)

_ID = re.compile(
    r"(?<![0-9A-Za-z-])([0-9a-f]{4})([0-9a-f]{12})-([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})-([0-9]{6})(?![0-9A-Za-z-])",
    re.IGNORECASE,
)


def decode_message_id(text: str | None) -> SesMessageId | None:
    """The first SES message id in a text (a reply, a header, the bare id); None when there is none, or when its time
    cannot be one of SES."""
    return next(message_ids(text or ""), None)


def message_ids(text: str) -> Iterator[SesMessageId]:
    """All SES message ids in a text."""
    for match in _ID.finditer(text):
        code = match[1].lower()
        try:
            time = _EPOCH + timedelta(milliseconds=int(match[2], 16))
        except OverflowError:
            continue
        if _FIRST <= time < _LAST:
            yield SesMessageId(match[0].lower(), code, REGION_CODES.get(code), time)
