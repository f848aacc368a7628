"""Keyed fingerprints of what stands behind pseudonyms: equal names can be told in two reports that were made with one
key, and nobody without the key can try names."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from sestriage.model.verdict import Pseudonyms

KEY_BYTES = 32
_SIZE = 16
"""Bytes of a fingerprint."""
_KEY_ID = b"sestriage: name of the key"


def pseudonyms(mapping: Mapping[str, str], key: bytes) -> Pseudonyms:
    """The fingerprints of all pseudonyms of a redactor's `mapping` (`kind:value` to pseudonym)."""
    found = {
        label: _digest(key, kind_and_value.encode("utf-8", "surrogatepass"))
        for kind_and_value, label in mapping.items()
    }
    return Pseudonyms(_digest(key, _KEY_ID), tuple(sorted(found.items())))


def _digest(key: bytes, text: bytes) -> str:
    return hmac.new(key, text, hashlib.sha256).digest()[:_SIZE].hex()
