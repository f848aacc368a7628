"""What a pasted text is, by its first bytes; light, for every file of an input is asked."""

from __future__ import annotations

import re

from sestriage.formats.certs import pem
from sestriage.formats.transcript.by_hand import find_sessions

_S_CLIENT = re.compile(
    rb"(?m)^(?:>[ \t]?)?(?:CONNECTED\([0-9A-Fa-f]{8}\)\r?$|CONNECTION ESTABLISHED\r?$|connect:errno=\d+\r?$"
    rb"|depth=\d{1,3} [^\r\n]{1,400}\r?\nverify (?:error|return):"
    rb"|(?:[^\r\n]{0,80}[#$%>] ?)?openssl s_client [^\r\n]{1,400}\r?\n[0-9A-Fa-f]{4,16}:error:"
    rb"|SSL handshake has read \d+ bytes and written|Certificate chain\r?\n {0,2}\d{1,3} s:"
    rb"|New, (?:TLS|SSL)v[\d.]{1,3}, Cipher is \S"
    rb"|(?:Server|Peer) Temp Key: (?:DH|ECDH|X25519|X448)\b)"
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
_SCAN = re.compile(
    rb"(?m)^Testing SSL server (?:\x1b\[[0-9;]{1,10}m)?\S{1,253} on port "
    rb"|^(?:\x1b\[[0-9;]{1,10}m| ){0,4}Start \d{4}-\d\d-\d\d \d\d:\d\d:\d\d {1,20}-->> \S{1,60}:\d{1,5} \("
    rb"|^\|_? ?ssl-enum-ciphers: *\r?$"
)
_ANSWER = re.compile(
    rb"(?m)^\s{0,30}(?:subject=|issuer=|notBefore=|notAfter=|Subject: ?[\w.]{1,60} ?=|DNS:\S|IP Address:\S"
    rb"|length \d{1,5}, starts)"
    rb"|\bcat\b[^\r\n]{0,300}\btls-ciphers\b|\"EmailIdentities\""
    rb"|\bgetent a?hosts "
    rb"|^[0-9A-Fa-f.:]{3,45}[ \t]{1,40}(?:STREAM [\w.]|[\w-]{1,63}\.[\w.-]{1,200}(?:[ \t][^\r\n]{0,300})?\r?$)"
    rb"|\bEHLO [^\r\n]{1,700} -quiet\b"
    rb"|^(?:220|4\d\d|5\d\d)[ -][^\r\n]{1,400}\r?\n[245]\d\d[ -]"
)
"""One of these stands in every output that `answers` reads."""
_PROBE = re.compile(rb'\A\s*\{\s*"sestriage_probe"\s*:\s*\d')


def looks_like_transcript(head: bytes) -> str | None:
    """What a file begins like the output of: `s_client`, `keytool`, `probe`, `scan` (sslscan, testssl.sh, nmap's
    ssl-enum-ciphers), `by_hand` (swaks, telnet, curl and others), or `answer` (short outputs of other commands that a
    report prints); None for others.

    The output of s_client or a scanner may stand behind other text; a keytool listing counts when it shows a
    fingerprint.
    """
    text = pem.plain_text(head)
    if _PROBE.match(text):
        return "probe"
    if _S_CLIENT.search(text):
        return "s_client"
    if _SCAN.search(text):
        return "scan"
    if find_sessions(text):
        return "by_hand"
    if _KEYTOOL.search(text) and _FINGERPRINT.search(text):
        return "keytool"
    return "answer" if _ANSWER.search(text) and _is_answer(text) else None


def _is_answer(text: bytes) -> bool:
    """Asked last: the code that tells is slow to load."""
    from sestriage.formats.transcript.answers import looks_like_answer

    return looks_like_answer(text)
