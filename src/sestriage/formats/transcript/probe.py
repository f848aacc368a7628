"""Cases that `sestriage probe --save-case` keeps: JSON with the bytes of every conversation, read as facts again."""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TypeVar, get_args

from sestriage.errors import ParseError, reason_of
from sestriage.formats.tls.keylog import KeyLog
from sestriage.formats.transcript.packets import capture_of
from sestriage.model.capture import Endpoint, Stream, TcpConnection
from sestriage.model.log import LogEvent
from sestriage.model.message import Message
from sestriage.model.phase import Phase
from sestriage.model.probe import ENDS, OFFERS, Chunk, Probe, ProbeTalk
from sestriage.model.source import SourceRef
from sestriage.model.transcript import Transcript
from sestriage.model.vocabulary import ConnectionMode

Word = TypeVar("Word", bound=str)
_MODES: tuple[ConnectionMode, ...] = get_args(ConnectionMode)
FORMAT = 1
PROGRAM = "sestriage probe"
RESTRICTED = frozenset({"dhe", "tls12"})
"""Offers that leave out what a server may insist on."""
RESOLUTION = "name resolution"
"""Label of what stands for a name without address."""
MAX_TALKS = 32
MAX_CHUNKS = 5000
MAX_CASE_BYTES = 16 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# --- facts ---------------------------------------------------------------------------------------------------------


def stream_of(talk: ProbeTalk, source: SourceRef) -> Stream | None:
    """The conversation as a capture shows it; None when its address is none."""
    from sestriage.formats.capture import read_capture

    try:
        data = capture_of(talk)
    except (ValueError, OverflowError):
        return None
    capture = read_capture(io.BytesIO(data), source, KeyLog(talk.keylog))
    if not capture.streams:
        return None
    stream = capture.streams[0]
    named = _is_name(talk.host)
    tls = stream.tls
    if tls is not None:
        started_by = "starttls" if talk.mode == "starttls" else "connect"
        tls = replace(tls, started_by=started_by, sni=tls.sni or (talk.host if named else None))
    if talk.end == "unanswered":  # the one SYN that is written down does not show how long the probe waited
        stream = replace(stream, tcp=replace(stream.tcp, unanswered=True))
    if talk.end == "unreachable":
        stream = replace(stream, tcp=replace(stream.tcp, unanswered=False, icmp="host-unreachable"))
    server = Endpoint(stream.server.ip, talk.port)
    return replace(stream, tls=tls, server=server, server_name=stream.server_name or talk.host)


def _is_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def transcripts_of(probe: Probe, source: SourceRef) -> list[Transcript]:
    """The conversations as facts, in their order."""
    nameless = probe.unresolved is not None and not probe.addresses
    found: list[Transcript] = [_unresolved(probe, source)] if nameless else []
    for number, talk in enumerate(probe.talks, start=1):
        stream = stream_of(talk, source) or _nobody(source, talk.port)
        certificates = stream.tls.certificates if stream.tls else ()
        found.append(
            Transcript(
                source=source,
                stream=stream,
                listed=len(certificates),
                host=talk.host.lower(),
                cipher_option="DHE" if talk.offer == "dhe" else None,
                restricted=talk.offer in RESTRICTED,
                program=PROGRAM,
                answered=talk.done,
                label=f"conversation {number} ({OFFERS[talk.offer]})",
            )
        )
    return found


def _unresolved(probe: Probe, source: SourceRef) -> Transcript:
    """A name that gave no address: a failure before any conversation."""
    text = f"getaddrinfo {probe.host}: {probe.unresolved}"
    event = LogEvent(
        source=source,
        time=probe.started,
        level=None,
        logger=None,
        thread=None,
        message=text,
        throwables=(),
        text=text,
        quote=text,
        outcome="failure",
        mail=True,
        phase=Phase.DNS,
        host=probe.host.lower(),
        port=probe.port,
    )
    nobody = replace(_nobody(source, probe.port), started=probe.started)
    return Transcript(source, nobody, (event,), host=probe.host.lower(), program=PROGRAM, label=RESOLUTION)


def _nobody(source: SourceRef, port: int) -> Stream:
    return Stream(source, Endpoint("", 0), Endpoint("", port), TcpConnection())


# --- the file ------------------------------------------------------------------------------------------------------


def dump_probe(probe: Probe) -> str:
    """The case as JSON, a chunk a line."""
    talks = [_talk_json(talk) for talk in probe.talks]
    document = {
        "sestriage_probe": FORMAT,
        "version": probe.version,
        "host": probe.host,
        "port": probe.port,
        "mode": probe.mode,
        "started": probe.started.isoformat(),
        "ended": probe.ended.isoformat(),
        "addresses": list(probe.addresses),
        "unresolved": probe.unresolved,
        "conversations": talks,
    }
    return json.dumps(document, indent=1) + "\n"


def _talk_json(talk: ProbeTalk) -> dict[str, object]:
    return {
        "offer": talk.offer,
        "address": talk.address,
        "port": talk.port,
        "local": list(talk.local) if talk.local else None,
        "started": talk.started.isoformat(),
        "ended": talk.ended.isoformat(),
        "end": talk.end,
        "problem": talk.problem,
        "keylog": talk.keylog.decode("ascii", "replace"),
        "chunks": [
            f"{(chunk.time - talk.started) / timedelta(microseconds=1):.0f} {'>' if chunk.client else '<'} "
            + base64.b64encode(chunk.data).decode("ascii")
            for chunk in talk.chunks
        ],
    }


def load_probe(data: bytes) -> Probe:
    """Read a saved case; raises ParseError with one sentence."""
    if len(data) > MAX_CASE_BYTES:
        raise ParseError(Message("a probe case of more than {most} MiB", most=MAX_CASE_BYTES >> 20))
    try:
        document = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ParseError(Message("no JSON: {reason}", reason=str(error)[:100])) from error
    if not isinstance(document, dict) or document.get("sestriage_probe") != FORMAT:
        raise ParseError(Message("no probe case of format {format}", format=FORMAT))
    fields = _Fields(document)
    host, port, mode = fields.text("host"), fields.port("port"), fields.one_of("mode", _MODES)
    talks = fields.items("conversations", MAX_TALKS)
    return Probe(
        host=host,
        port=port,
        mode=mode,
        started=fields.time("started"),
        ended=fields.time("ended"),
        addresses=tuple(str(each)[:64] for each in fields.items("addresses", 64)),
        unresolved=fields.optional("unresolved"),
        talks=tuple(_load_talk(talk, host, mode) for talk in talks),
        version=fields.text("version"),
    )


def _load_talk(value: object, host: str, mode: ConnectionMode) -> ProbeTalk:
    fields = _Fields(value if isinstance(value, dict) else {})
    started = fields.time("started")
    local = fields.items("local", 2)
    known = len(local) == 2 and isinstance(local[1], int) and 0 < local[1] < 65536
    return ProbeTalk(
        offer=fields.one_of("offer", tuple(OFFERS)),
        mode=mode,
        host=host,
        address=fields.text("address"),
        port=fields.port("port"),
        started=started,
        ended=fields.time("ended"),
        end=fields.one_of("end", ENDS),
        chunks=tuple(_load_chunk(chunk, started) for chunk in fields.items("chunks", MAX_CHUNKS)),
        local=(str(local[0])[:64], int(str(local[1]))) if known else None,
        keylog=fields.text("keylog").encode("ascii", "replace"),
        problem=fields.optional("problem"),
    )


_CHUNK = re.compile(r"(\d{1,10}) ([<>]) ([A-Za-z0-9+/=]*)")


def _load_chunk(value: object, started: datetime) -> Chunk:
    match = _CHUNK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ParseError(Message("a chunk is not of the form `microseconds > base64`"))
    try:
        data = base64.b64decode(match[3], validate=True)
        return Chunk(started + timedelta(microseconds=int(match[1])), match[2] == ">", data)
    except (binascii.Error, ValueError, OverflowError) as error:
        raise ParseError(Message("a chunk cannot be read: {reason}", reason=reason_of(error))) from error


class _Fields:
    """Typed access to a JSON object; every miss is a ParseError."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or len(value) > 10_000:
            raise ParseError(Message("`{name}` is no text", name=name))
        return value

    def optional(self, name: str) -> str | None:
        return None if self._values.get(name) is None else self.text(name)

    def one_of(self, name: str, known: tuple[Word, ...]) -> Word:
        value = self.text(name)
        for word in known:
            if word == value:
                return word
        raise ParseError(Message("`{name}` is none of {known}", name=name, known=", ".join(known)))

    def port(self, name: str) -> int:
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 65536:
            raise ParseError(Message("`{name}` is no port", name=name))
        return value

    def time(self, name: str) -> datetime:
        try:
            value = datetime.fromisoformat(self.text(name))
            value = value if value.tzinfo else value.replace(tzinfo=UTC)
            in_range = _EPOCH < value < _EPOCH + timedelta(days=36500)
        except (ValueError, OverflowError) as error:
            raise ParseError(Message("`{name}` is no time", name=name)) from error
        if not in_range:
            raise ParseError(Message("`{name}` is no time of this century", name=name))
        return value

    def items(self, name: str, most: int) -> list[object]:
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most:
            raise ParseError(Message("`{name}` is no list of at most {most}", name=name, most=most))
        return value
