"""Names as OpenSSL prints them: `/C=US/O=Amazon/CN=…` (to 1.0.2), `C = US, O = Amazon, CN = …` (1.1.0 and later)."""

from __future__ import annotations

import re

from sestriage.formats.transcript.keytool import parse_dn, rfc4514_of

_PARTS = re.compile(r"/(?=[A-Za-z][A-Za-z0-9.]{0,30}=)")


def printed_part(text: str, keyword: str) -> str | None:
    """One part of a printed name (`O`, `CN`), the last of several; None when there is none."""
    return next((value for key, value in reversed(printed_pairs(text)) if key == keyword), None)


def printed_pairs(text: str) -> list[tuple[str, str]]:
    """The parts of a printed name, keyword in capitals and value, in the order of the text; empty when it is none."""
    text = text.strip()[:1000]
    if text.startswith("/"):
        pairs = [part.partition("=")[::2] for part in _PARTS.split(text)[1:]]
    else:
        pairs = [pair for rdn in parse_dn(text) for pair in rdn]
    return [(key.strip().upper(), value.strip()) for key, value in pairs]


def rfc4514(pairs: list[tuple[str, str]]) -> str:
    """The name in the form of `Certificate.subject`, the most specific part first."""
    return rfc4514_of([[pair] for pair in reversed(pairs)])
