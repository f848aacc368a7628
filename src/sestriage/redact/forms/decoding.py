"""Base64 as it stands in texts: in either alphabet, wrapped, cut."""

from __future__ import annotations

import base64
import binascii
import re


def decode_base64(run: str) -> bytes | None:
    """The bytes of a base64 text (either alphabet, line ends and a missing end allowed); None when it is none."""
    letters = re.sub(r"[^A-Za-z0-9+/_-]", "", run).replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(letters[: len(letters) // 4 * 4] + _padded(letters))
    except (binascii.Error, ValueError):
        return None


def _padded(letters: str) -> str:
    rest = letters[len(letters) // 4 * 4 :]
    return rest + "=" * (4 - len(rest)) if len(rest) > 1 else ""
