"""Every parser of bytes that are handed in, with where its inputs begin and what must hold of what it gives.

A parser gives facts or raises `ParseError`; anything else is a broken promise. Inputs are small, so that many can be
tried: most of them are a few lines, or a few hundred bytes, of a good input.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from formats.capture.damage import mutated
from formats.capture.wire import alert, client_hello, record
from fuzz.capture_seeds import EHLO, GREETING, seeds
from fuzz.capture_targets import CAPTURE_TARGETS
from fuzz.mutate import mutate
from fuzz.targets import Target
from sestriage.errors import ParseError
from sestriage.formats.certs import der, jks, pem, pkcs12, stores, x509
from sestriage.formats.certs.derivation import DerivationBudget
from sestriage.formats.log import LogReader, looks_like_log
from sestriage.formats.log.jsonline import read_json_line
from sestriage.formats.log.timestamp import parse_stamp
from sestriage.formats.mail_headers import looks_like_headers, parse_headers
from sestriage.formats.message_id import message_ids
from sestriage.formats.smtp_password import password_shape, user_shape
from sestriage.formats.smtp_settings import looks_like_settings, parse_settings
from sestriage.formats.tls.keylog import looks_like_keylog, parse_keylog
from sestriage.formats.tls_ciphers import looks_like_cipher_list, parse_cipher_list
from sestriage.formats.transcript import looks_like_transcript
from sestriage.formats.transcript.answers import looks_like_answer, read_answers
from sestriage.formats.transcript.build import read_runs
from sestriage.formats.transcript.by_hand import read_sessions, without_sessions
from sestriage.formats.transcript.jsse import read_traces
from sestriage.formats.transcript.keytool import read_listing
from sestriage.formats.transcript.pieces import served_pieces
from sestriage.formats.transcript.probe import dump_probe, load_probe, transcripts_of
from sestriage.formats.transcript.scan import read_scans
from sestriage.ingest.sniff import sniff
from sestriage.ingest.time_search import times_in
from sestriage.model.probe import OFFERS, Chunk, Probe, ProbeTalk
from sestriage.model.source import SourceRef
from sestriage.redact.redactor import Redactor
from sestriage.times.named import parse_moment
from sestriage.times.spans import parse_span
from sestriage.times.zone import parse_zone
from support import ROOT, SAMPLES

SOURCE = SourceRef("x")
KDF = 200
"""Iterations of key derivation for one input: a damaged count must not turn the campaign into key derivation."""
MOST_LINES = 12


@dataclass(frozen=True)
class Parser:
    """`begins` gives the good inputs; `read` reads one, and asserts what holds for all."""

    begins: Callable[[], Iterable[bytes]]
    read: Callable[[bytes], None]
    lines: bool = True
    """True if a part of an input, some lines of it, is an input too."""
    share: int = 1
    """How many inputs it gets where others get one: more where they cost little."""


# --- where inputs begin ------------------------------------------------------------------------------------------


def _files(folder: Path, pattern: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(folder.glob(pattern)) if path.name != "README.md")


_TRANSCRIPTS = ROOT / "tests" / "formats" / "transcript"


@cache
def transcripts() -> tuple[bytes, ...]:
    """Runs, listings, scans and traces that real programs printed."""
    return tuple(
        data for name in ("recorded", "handmade", "scans", "jsse") for data in _files(_TRANSCRIPTS / name, "*")
    )


@cache
def log_texts() -> tuple[bytes, ...]:
    """The logs of the samples and of the tests."""
    return (*_files(SAMPLES, "*/*.log"), *_files(ROOT / "tests" / "formats" / "log" / "data", "*.log"))


@cache
def key_stores() -> tuple[bytes, ...]:
    """The key stores of the samples, and one of each form whose keys cost little."""
    from formats.certs.keystores import jks as made_jks
    from formats.certs.keystores import made_certificates
    from formats.certs.keystores import pem as made_pem

    found = made_certificates(2)
    small = (made_jks({"a": found[0], "b": found[1]}), made_pem(found), made_pem(found).replace(b"\n", b"\r\n"))
    lab = {data for pattern in ("*/truststore*", "*/*.jks") for data in _plain_files(pattern)}
    return (*small, *sorted(data for data in lab if len(data) < 20_000))


def _plain_files(pattern: str) -> Iterable[bytes]:
    return (path.read_bytes() for path in SAMPLES.glob(pattern) if path.is_file())


@cache
def certificates() -> tuple[bytes, ...]:
    """Certificates in DER, of many issuers."""
    found: dict[bytes, None] = {}
    for data in (*key_stores(), *transcripts()):
        for block in pem.blocks(data):
            if block.label == "CERTIFICATE" and block.content is not None:
                found[block.content] = None
    return tuple(found)


@cache
def settings_files() -> tuple[bytes, ...]:
    """Files of settings, as TOML and line by line."""
    more = b"SMTP SERVER: email-smtp.us-east-1.amazonaws.com\nPORT: 587\nENCRYPTION TYPE: STARTTLS\nTo: a@b.example\n"
    return (*_files(SAMPLES / "settings", "*.toml"), more, b'{"server": "a.example", "port": 25, "sandbox": true}')


CIPHERS = (
    b"DEFAULT:!aNULL:!eNULL:@SECLEVEL=2\n",
    b"ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-SHA:!DH\n",
    b"TLS_DHE_RSA_WITH_AES_256_CBC_SHA\nTLS_RSA_WITH_AES_128_CBC_SHA\n# x\n",
)
KEY_LOGS = (
    b"# x\nCLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 48 + b"\n",
    b"CLIENT_TRAFFIC_SECRET_0 " + b"ab" * 32 + b" " + b"cd" * 32 + b"\n",
    b"RSA Session-ID:" + b"ab" * 32 + b" Master-Key:" + b"cd" * 48 + b"\n",
)
WORDS = (
    *(b"2026-11-24T03:46:04.318+01:00", b"yesterday 14:00", b"24.11.2026 03:46", b"2h", b"1d12h", b"Europe/Berlin"),
    *(b"Tue Nov 24 03:46:04 CET 2026", b"+0530", b"now", b"AKIAIOSFODNN7EXAMPLE", b"ses-smtp-user.20261124-034604"),
    *(base64.b64encode(b"\x04" + bytes(32)), b"0100018e0123abcd-0a1b2c3d-0000-4000-8000-000000000000-000000"),
)


# --- what is read ------------------------------------------------------------------------------------------------


def _log(data: bytes) -> None:
    looks_like_log(data)
    for event in LogReader(SOURCE).events([data]):
        assert event.source.line is not None
        assert event.source.line >= 1
    for line in data.decode("utf-8", "replace").split("\n")[:4]:
        read_json_line(line)
        parse_stamp(line)
    list(times_in(data))


def _redact(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    once = Redactor().redact(text)
    assert once.count("\n") <= text.count("\n")


def _certificate(data: bytes) -> None:
    found = x509.parse_certificate(data)
    assert len(found.sha256) == 64
    x509.strict_refusal(data)


def _der(data: bytes) -> None:
    whole = der.element(data)
    for part in der.walk(data, 0, len(data)):
        for read in (der.content, der.octets, der.integer, der.bits, der.oid, der.time, der.text):
            try:
                read(data, part)
            except ParseError:
                continue
    assert whole.end <= len(data)


def _store(data: bytes) -> None:
    stores.looks_like_store(data)
    store = stores.read_store(data, SOURCE, ("changeit", ""), DerivationBudget(KDF))
    assert all(len(anchor.sha256) == 64 for anchor in store.anchors)


def _store_forms(data: bytes) -> None:
    """The readers below `read_store`, on what it would not hand them."""
    for read in (
        lambda: jks.read_jks(data, ("changeit",)),
        lambda: pkcs12.read_pkcs12(data, ("changeit",), DerivationBudget(KDF)),
        lambda: stores.certificates_of_pkcs7(data),
        lambda: stores.declared_cost(data, ("changeit",)),
        lambda: list(pem.blocks(data)),
    ):
        try:
            read()
        except ParseError:
            continue


def _ciphers(data: bytes) -> None:
    looks_like_cipher_list(data)
    assert parse_cipher_list(data, SOURCE).source == SOURCE


def _settings(data: bytes) -> None:
    looks_like_settings(data)
    found = parse_settings(data.decode("utf-8", "replace"), SOURCE)
    assert found.port is None or 0 < found.port < 65_536


def _mail(data: bytes) -> None:
    looks_like_headers(data)
    parse_headers(data, SOURCE)


def _keylog(data: bytes) -> None:
    looks_like_keylog(data)
    assert all(len(random_of) <= 32 for _, random_of in parse_keylog(data))


def _words(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    list(message_ids(text))
    password_shape(text)
    user_shape(text)
    for read in (parse_zone, parse_span, lambda text: parse_moment(text, datetime(2026, 11, 24, tzinfo=UTC))):
        try:
            read(text)
        except ValueError:  # documented: with a sentence for a user
            continue


def _transcript(data: bytes) -> None:
    looks_like_transcript(data)
    looks_like_answer(data)
    read_answers(data, SOURCE)
    read_runs(data, SOURCE)
    read_sessions(data, SOURCE)
    assert without_sessions(data).count(b"\n") <= data.count(b"\n")
    read_traces(data, SOURCE)
    read_scans(data, SOURCE)
    served_pieces(data, SOURCE)
    read_listing(data, SOURCE)


def _probe(data: bytes) -> None:
    transcripts_of(load_probe(data), SOURCE)


def _sniff(data: bytes) -> None:
    sniff(data, "x.log", complete=True)
    sniff(data, "", complete=False)


@cache
def _probes() -> tuple[bytes, ...]:
    """A case of `sestriage probe` as it is saved: a conversation up to STARTTLS, and a handshake that was refused."""
    begun = datetime(2026, 11, 24, 3, 46, 4, tzinfo=UTC)
    said = ((False, GREETING), (True, b"EHLO a\r\n"), (False, EHLO), (True, b"STARTTLS\r\n"), (False, b"220 go\r\n"))
    plain = tuple(Chunk(begun + timedelta(milliseconds=at), *each) for at, each in enumerate(said))
    secure = (Chunk(begun, True, record(22, client_hello())), Chunk(begun, False, alert(2, 40)))
    talks = tuple(
        ProbeTalk(offer, "starttls", "a.example", "192.0.2.1", 587, begun, begun, "done", chunks, ("192.0.2.9", 40000))
        for offer, chunks in zip(OFFERS, (plain, (*plain, *secure)), strict=False)
    )
    case = Probe("a.example", 587, "starttls", begun, begun, ("192.0.2.1",), None, talks, "1")
    return (dump_probe(case).encode(),)


PARSERS: Mapping[str, Parser] = {
    "log": Parser(log_texts, _log),
    "redaction": Parser(lambda: (*log_texts(), *transcripts(), *settings_files()), _redact),
    "certificate": Parser(certificates, _certificate, lines=False, share=4),
    "der": Parser(certificates, _der, lines=False, share=4),
    "store": Parser(key_stores, _store, lines=False, share=4),
    "store forms": Parser(lambda: (*key_stores(), *certificates()), _store_forms, lines=False, share=4),
    "cipher list": Parser(lambda: CIPHERS, _ciphers, share=4),
    "settings": Parser(settings_files, _settings, share=2),
    "mail": Parser(lambda: _files(SAMPLES / "mail", "*.eml"), _mail, share=4),
    "key log": Parser(lambda: KEY_LOGS, _keylog, share=4),
    "words": Parser(lambda: WORDS, _words, share=4),
    "transcript": Parser(transcripts, _transcript, share=2),
    "probe case": Parser(_probes, _probe, lines=False, share=4),
    "sniff": Parser(lambda: (*log_texts(), *transcripts(), *CIPHERS, *KEY_LOGS, *settings_files()), _sniff),
}
"""Parser to its inputs; the four of captures (`CAPTURE_TARGETS`) come on top."""


# --- inputs ------------------------------------------------------------------------------------------------------


@cache
def _begins(name: str) -> tuple[bytes, ...]:
    found = tuple(PARSERS[name].begins()) if name in PARSERS else seeds(name)
    assert found, f"no input of {name} to begin with"
    return found


def names() -> tuple[str, ...]:
    """All parsers."""
    return (*PARSERS, *CAPTURE_TARGETS)


@cache
def _shares() -> tuple[str, ...]:
    return tuple(name for name in names() for _ in range(PARSERS[name].share if name in PARSERS else 1))


def _part(data: bytes, dice: random.Random) -> bytes:
    """Some lines of a text."""
    lines = data.splitlines(keepends=True)
    at = dice.randrange(len(lines)) if lines else 0
    return b"".join(lines[at : at + dice.randint(1, MOST_LINES)])


def make_of(name: str, dice: random.Random) -> bytes:
    """An input for one parser."""
    data = dice.choice(_begins(name))
    if name not in PARSERS:
        return mutated(dice, data)
    if PARSERS[name].lines and dice.random() < 0.9:
        data = _part(data, dice)
    return mutate(data, dice, _begins(name)) if len(data) < 3000 or dice.random() < 0.3 else mutate(data, dice)


def make(dice: random.Random) -> tuple[str, bytes]:
    """An input for any parser."""
    name = dice.choice(_shares())
    return name, make_of(name, dice)


def run(case: object, _: Path) -> None:
    """Reads an input; raises when a promise is broken."""
    assert isinstance(case, tuple)
    name, data = case
    if name in CAPTURE_TARGETS:
        CAPTURE_TARGETS[name](data)
        return
    try:
        PARSERS[name].read(data)
    except ParseError:
        return


PARSER_TARGETS = {"parsers": Target(make, run)}
