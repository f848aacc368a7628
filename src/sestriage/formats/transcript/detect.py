"""What a pasted text is, by its first bytes; light, for every file of an input is asked."""

from __future__ import annotations

import re

from sestriage.formats.certs import pem

_S_CLIENT = re.compile(
    rb"(?m)^(?:>[ \t]?)?(?:CONNECTED\([0-9A-Fa-f]{8}\)\r?$|CONNECTION ESTABLISHED\r?$|connect:errno=\d+\r?$"
    rb"|depth=\d{1,3} [^\r\n]{1,400}\r?\nverify (?:error|return):"
    rb"|SSL handshake has read \d+ bytes and written|Certificate chain\r?\n {0,2}\d{1,3} s:)"
)
_KEYTOOL = re.compile(
    rb"(?m)^(?:Your keystore contains \d+ entr|Keystore enth\xc3\xa4lt \d+ Eintr"
    rb"|[^:\r\n]{4,60}: (?:trustedCertEntry|PrivateKeyEntry)"
    rb"|.{1,200}, (?:trustedCertEntry|PrivateKeyEntry), ?\r?$)"
)
"""The kinds of entries have one name in every language of keytool."""
_FINGERPRINT = re.compile(
    rb"(?m)^[^:\r\n]{0,100}?\bSHA[- ]?(?:256|1)(?:\)[^:\r\n]{0,60})?(?: |\xc2\xa0)?: (?:[0-9A-Fa-f]{2}:){8}"
    rb"|^[^:\r\n]{4,100}\(MD5\)[^:\r\n]{0,60}: (?:[0-9A-Fa-f]{2}:){8}"
)
_PROBE = re.compile(rb'\A\s*\{\s*"sestriage_probe"\s*:\s*\d')


def looks_like_transcript(head: bytes) -> str | None:
    """`s_client`, `keytool` or `probe` when a file begins like the output of that program; None for others.

    The output of s_client may stand behind other text; a keytool listing counts when it shows a fingerprint.
    """
    text = pem.plain_text(head)
    if _PROBE.match(text):
        return "probe"
    if _S_CLIENT.search(text):
        return "s_client"
    return "keytool" if _KEYTOOL.search(text) and _FINGERPRINT.search(text) else None
