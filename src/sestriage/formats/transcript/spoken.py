"""A mail session by hand, as the reports' own command prints it: greeting, answer to EHLO and farewell of a server.

The command prints the server's lines only: the first reply is the greeting, the second answers EHLO, the third QUIT.
"""

from __future__ import annotations

import re

from sestriage.formats.smtp.dialogue import DialogueCollector
from sestriage.formats.transcript.terminal import Section
from sestriage.model.capture import Endpoint, Stream, TcpConnection
from sestriage.model.known.hostnames import is_address, is_host_name
from sestriage.model.source import SourceRef
from sestriage.model.transcript import Transcript

PROGRAM = "a mail session by hand"
_REPLY = re.compile(r"[2-5]\d\d(?:[ -].*)?\s*")
_GREETINGS = ("220", "421", "450", "451", "500", "521", "550", "554")
_SENT = (b"EHLO test\r\n", b"QUIT\r\n")
_TARGET = re.compile(r"\s'?([A-Za-z0-9.:-]{1,253})'?\s+(\d{1,5})\s*$")
_IN_TLS = re.compile(r"EHLO .{1,300}openssl s_client .{1,400}-quiet")
_DIALOGUE = re.compile(r"/dev/tcp/|EHLO ")


def is_spoken(section: Section) -> bool:
    """Every line is part of a reply, the first one of a greeting, and the answer to EHLO or a refusal is there."""
    texts = [line.text for line in section.lines]
    if _in_tls(section):
        return bool(texts) and texts[0].startswith("250") and all(map(_REPLY.fullmatch, texts))
    if not texts or not texts[0].startswith(_GREETINGS) or not all(map(_REPLY.fullmatch, texts)):
        return False
    own = section.command is not None and _DIALOGUE.search(section.command) is not None
    return own or (section.command is None and len(texts) > 1 and any(text.startswith("250") for text in texts))


def _in_tls(section: Section) -> bool:
    """Behind a handshake of openssl, which takes the greeting for itself."""
    return section.command is not None and _IN_TLS.search(section.command) is not None


def read_spoken(section: Section, source: SourceRef) -> Transcript:
    """The session as a capture would show its dialogue; the server is that of the command line, where there is one."""
    told = DialogueCollector(lambda is_client, name: None)
    sent = list(_SENT)
    if _in_tls(section):
        told.client.feed(sent.pop(0), section.number, None)
    for line in section.lines:
        told.server.feed(line.text.rstrip().encode() + b"\r\n", line.number, None)
        if line.text[3:4] != "-" and sent:
            told.client.feed(sent.pop(0), line.number, None)
    told.flush()
    target = _TARGET.search(section.command or "")
    host = target[1].lower() if target and (is_host_name(target[1]) or is_address(target[1])) else None
    place = source.at_line(section.lines[0].number, section.lines[-1].number)
    stream = Stream(
        place,
        Endpoint("", 0),
        Endpoint("", int(target[2]) if target and int(target[2]) < 65536 else 0),
        TcpConnection(established=True, syn_seen=True, synack_seen=True),
        smtp=told.result(),
        server_name=host,
    )
    return Transcript(place, stream, host=host, program=PROGRAM, answered=True)
