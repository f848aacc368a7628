"""Secrets of TLS sessions: who has them reads what was said, or goes on with the session.

`openssl s_client` prints `Master-Key`, `Resumption PSK`, `Session-ID` and tickets (a dump of bytes); JSSE's debug log
dumps keys and secrets over several lines; key logs (SSLKEYLOGFILE, the format of NSS) hold one secret a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.spans import Span

_HINTS = ("secret", "master", "psk", "session", "client_random", "ticket", "iv", "key", "rsa ")
_FIELD = re.compile(
    r"\b(?:Master-Key|Resumption PSK|(?<!-)PSK|Session-ID|(?:pre_?)?master[ _]secret|session[ _]id|ticket|psk[ _]key)"
    r"[\"']?[ \t]*[:=][ \t]*[\"']?(?P<value>[0-9A-Fa-f]{2}(?:[ :]?[0-9A-Fa-f]{2}){7,400}+)(?![\w])",
    re.IGNORECASE,
)
_KEY_LOG = re.compile(
    r"\b(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_(?:HANDSHAKE_|EARLY_)?TRAFFIC_SECRET(?:_\d)?|(?:EARLY_)?EXPORTER_SECRET|ECH_SECRET"
    r"|ECH_CONFIG|PMS_CLIENT_RANDOM|RSA(?: Session-ID:[0-9a-fA-F]{2,64})?)[ \t]+(?:[0-9a-fA-F]{16,64}[ \t]+|(?=Master-Key:))"  # noqa: E501
    r"(?:Master-Key:)?(?P<value>[0-9a-fA-F]{16,192})(?![0-9a-zA-Z])"
)
_DUMP_HEAD = re.compile(
    r"(?:(?:Pre-?)?Master Secret|(?:Client|Server)[ ](?:MAC )?write (?:key|IV|Secret|MAC key)|write IV|write key"
    r"|TLS session ticket|session ticket|Session-ID|Session ID|Shared Secret|Keying material|Resumption PSK|HKDF secret"
    r"|(?:client|server) (?:finished|handshake|application) (?:key|secret|traffic secret))[^\r\n]{0,40}?[:({]?[ \t]*\r?\n",  # noqa: E501
    re.IGNORECASE,
)
_DUMP_LINE = re.compile(
    r"(?P<lead>[ \t]*+(?:[^\r\n0-9A-Fa-f]{0,40}[ \t])?(?:[0-9A-Fa-f]{4,8}[ \t]{0,8}[:-]?[ \t]{1,8})?)"
    r"(?P<value>(?:[0-9A-Fa-f]{2}[ -]{1,3}){3,40}+[^\r\n]*|(?:[0-9A-Fa-f]{2}[ ]?){1,40}+[ \t]{2,}[^\r\n]*|[0-9A-Fa-f]{16,200})[ \t]*(?:\r?\n|\Z)"  # noqa: E501
)
MAX_DUMP_LINES = 200


def tls_secret_spans(text: str, lowered: str) -> Iterator[Span]:
    """All secrets of TLS sessions."""
    if "master" in lowered or "psk" in lowered or "session" in lowered or "ticket" in lowered:
        for match in _FIELD.finditer(text):
            yield Span(match.start("value"), match.end("value"), "secret")
    if "CLIENT_RANDOM" in text or "_SECRET" in text or "RSA " in text:
        for match in _KEY_LOG.finditer(text):
            yield Span(match.start("value"), match.end("value"), "secret")
    if " secret" in lowered or "write" in lowered or "session" in lowered or "material" in lowered or "psk" in lowered:
        yield from _dumps(text)


def _dumps(text: str) -> Iterator[Span]:
    """The bytes below a heading, line by line: the addresses before them stay."""
    done = 0
    for head in _DUMP_HEAD.finditer(text):
        at = max(head.end(), done)
        for _ in range(MAX_DUMP_LINES):
            line = _DUMP_LINE.match(text, at)
            if line is None:
                break
            yield Span(line.start("value"), line.end("value"), "secret")
            at = line.end()
        done = at
