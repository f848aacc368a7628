"""Secrets of TLS sessions: who has them reads what was said, or goes on with the session.

`openssl s_client` prints `Master-Key`, `Resumption PSK`, `Session-ID` and tickets (a dump of bytes); JSSE's debug log
dumps keys and secrets over several lines; key logs (SSLKEYLOGFILE, the format of NSS) hold one secret a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sestriage.redact.forms.gate import Words
from sestriage.redact.forms.windows import in_lines
from sestriage.redact.spans import Span

_FIELD_WORDS = ("master", "psk", "session-id", "session id", "session_id", "ticket", '"identity"', "binder")
_KEY_LOG_WORDS = ("client_random", "traffic_secret", "exporter_secret", "ech_", "rsa ")
_DUMP_WORDS = (
    *(
        "master secret",
        "shared secret",
        "hkdf secret",
        " write ",
        "write iv",
        "write key",
        "session ticket",
        '"ticket"',
    ),
    *("session-id", "session id", "material", "resumption psk", "finished key", "finished secret", "handshake key"),
    *("handshake secret", "application key", "application secret", "traffic secret"),
)
_WORDS = Words((*_FIELD_WORDS, *_KEY_LOG_WORDS, *_DUMP_WORDS))
"""In lower case: no match of the patterns below is without one of their words."""
_FIELD = re.compile(
    r"\b(?:Master-Key|Resumption PSK|(?<!-)PSK|Session-ID|(?:pre_?)?master[ _]secret|session[ _]id|ticket|psk[ _]key"
    r"|(?<=\")identity|binders?)[\"']?[ \t]*[:=][ \t]*[\"'{]{0,2}(?P<value>[0-9A-Fa-f]{2}(?:[ :]?[0-9A-Fa-f]{2}){7,400}+)(?![\w])",  # noqa: E501
    re.IGNORECASE,
)
_KEY_LOG = re.compile(
    r"\b(?:CLIENT_RANDOM|(?:CLIENT|SERVER)_(?:HANDSHAKE_|EARLY_)?TRAFFIC_SECRET(?:_\d)?|(?:EARLY_)?EXPORTER_SECRET|ECH_SECRET"
    r"|ECH_CONFIG|PMS_CLIENT_RANDOM|RSA(?: Session-ID:[0-9a-fA-F]{2,64})?)[ \t]+(?:[0-9a-fA-F]{16,64}[ \t]+|(?=Master-Key:))"  # noqa: E501
    r"(?:Master-Key:)?(?P<value>[0-9a-fA-F]{16,192})(?![0-9a-zA-Z])"
)
_DUMP_HEAD = re.compile(
    r"(?:(?:Pre-?)?Master Secret|(?:Client|Server)[ ](?:MAC )?write (?:key|IV|Secret|MAC key)|write IV|write key"
    r"|TLS session ticket|session ticket|(?<=\")ticket\"|Session-ID|Session ID|Shared Secret|Keying material|Resumption PSK|HKDF secret"  # noqa: E501
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
    if not _WORDS.present(lowered):
        return
    for match in in_lines(_FIELD, text, lowered, _FIELD_WORDS):
        yield Span(match.start("value"), match.end("value"), "secret")
    for match in in_lines(_KEY_LOG, text, lowered, _KEY_LOG_WORDS):
        yield Span(match.start("value"), match.end("value"), "secret")
    yield from _dumps(text, lowered)


def _dumps(text: str, lowered: str) -> Iterator[Span]:
    """The bytes below a heading, line by line: the addresses before them stay."""
    done = 0
    for head in in_lines(_DUMP_HEAD, text, lowered, _DUMP_WORDS):
        at = max(head.end(), done)
        for _ in range(MAX_DUMP_LINES):
            line = _DUMP_LINE.match(text, at)
            if line is None:
                break
            yield Span(line.start("value"), line.end("value"), "secret")
            at = line.end()
        done = at
