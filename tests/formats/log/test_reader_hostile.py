"""Hostile and damaged input: bounded, reported, the rest used."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.log.helpers import DATA, SAMPLES, SOURCE, facts, problems, read
from growth import assert_even
from sestriage.formats.log import LogReader, looks_like_log, parse_text, read_events
from sestriage.formats.log.exports.json_document import read_document
from sestriage.formats.log.limits import BLOCK_BYTES, MAX_LINE_BYTES
from sestriage.formats.log.lines.gates import GATES
from sestriage.formats.log.lines.physical import blocks, decode_line
from sestriage.formats.log.lines.scan import select
from sestriage.formats.log.problems import Problems

FAILURE = b"2026-11-24 03:31:33.244 ERROR [x] c.h.M - Unable to send email\n"


@pytest.mark.campaign(3)
@pytest.mark.parametrize("name", ["rex-1.log", "short-2603.log", "debug-2610.log"])
def test_cut_at_every_byte(name: str) -> None:
    data = (DATA / name).read_bytes()
    for end in range(0, len(data), 1 if len(data) < 2500 else 5):
        for event in read(data[:end]):
            assert event.source.line is not None


def test_cut_json_at_every_byte() -> None:
    data = (SAMPLES / "leaf-only-chain" / "sw-response-mgmt.log").read_bytes()
    for end in range(0, len(data), 9):
        read(data[:end])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    read(data)
    looks_like_log(data)


PIECES = [
    *(
        "2026-11-24 03:31:33.244 ",
        "INFO ",
        "ERROR ",
        "[main] ",
        "c.h.X - ",
        "javax.mail.MessagingException: ",
        "\n",
        "\t",
    ),
    *(
        "nested exception is:",
        ";",
        "Caused by: ",
        "Suppressed: ",
        "Wrapped by: ",
        "535 ",
        "554-x",
        "554 Message rejected: ",
    ),
    *(
        "{",
        '"log":"',
        '"message":',
        "}",
        '\\n"',
        "Nov 24 03:31:33 h t[1]: ",
        "#011",
        "DEBUG SMTP: ",
        "EHLO x",
        "354 go",
    ),
    *(
        ".",
        "at a.b.C(D.java:1)",
        "... 3 more",
        "error:0A00018A:",
        "SSL routines:",
        ":",
        " | ",
        "x-1  | ",
        "mail ",
        "sent",
    ),
    *(
        "250 Ok 0100018106685484-",
        "'",
        '"',
        "region US-EAST-1: ",
        "a@b.c, ",
        "AUTH LOGIN",
        "334 VXNlcm5hbWU6",
        "\x1b[31m",
    ),
    *("Failed messages: ", "; message exceptions (1) are:", "Failed message 1: ", "\r\n", "\0", "ä", "\u00a0", "&#39;"),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_any_mixture_of_what_the_parser_knows(pieces: list[str]) -> None:
    text = "".join(pieces)
    read(text.encode())
    for event in parse_text(text, SOURCE):
        assert event.outcome in {"failure", "success", "start", "other"}
        assert (event.success_grade is None) == (event.outcome != "success")
        assert "VXNlcm5hbWU6\nQUtJ" not in event.text


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5000))
def test_the_size_of_the_chunks_does_not_matter(size: int) -> None:
    data = (SAMPLES / "several-attempts-success" / "sw-response-mgmt.log").read_bytes()
    assert [facts(event) for event in read(data, size)] == [facts(event) for event in read(data)]


def test_an_endless_line_is_cut_and_the_next_one_read() -> None:
    def chunks() -> Iterator[bytes]:
        yield FAILURE
        for _ in range(600):
            yield b"mail " * 20000
        yield b"\n" + FAILURE

    tracemalloc.start()
    reader = LogReader(SOURCE)
    found = [(event.source.line, event.outcome) for event in reader.events(chunks())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (1, "failure") in found
    assert (3, "failure") in found
    assert any("longer than" in text for _, text in reader.problems)
    assert peak < 30 * MAX_LINE_BYTES


@pytest.mark.parametrize(
    "line",
    [
        b"a." * 100_000,
        b"javax.mail." * 20_000,
        b"Exception: " * 20_000,
        b"nested exception is: " * 10_000,
        b"2026-11-24 03:31:33.244 ERROR mail " + b"[" * 100_000,
        b"2026-11-24 03:31:33.244 ERROR mail " + b"'" * 100_000,
        b"2026-11-24 03:31:33.244 ERROR mail " + b"535 " * 30_000,
        b"2026-11-24 03:31:33.244 ERROR mail " + b"error:0A00018A:" * 10_000,
        b"mail " + b" " * 200_000,
        b"mail " + b"\t" * 200_000 + b"at x",
        b'{"mail":' + b"[" * 100_000,
        b'{"mail":"' + b"\\" * 100_001,
        b"mail" + b"#011" * 50_000,
        b"Nov 24 03:31:33 mail app: " + b"#303" * 50_000,
        b"mail 554 " + b"US-EAST-1" * 20_000,
        b"mail | " * 30_000,
        b"mail <" * 30_000,
        b"mail=" * 40_000,
        b"SSL routines:" * 15_000,
        b"at mail" + b"(" * 200_000,
    ],
    ids=lambda line: line[:24].decode(),
)
def test_no_pattern_explodes(line: bytes) -> None:
    """Each of these takes well under a second; a pattern that backtracks would take minutes."""
    read(b"\n".join([line] * 2) + b"\n")


def test_an_event_of_endless_lines_is_cut() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"2026-11-24 03:31:33.244 ERROR [x] c.h.M - Mail failed\njavax.mail.MessagingException: x\n"
        for _ in range(2000):
            yield b"\tat com.sun.mail.smtp.SMTPTransport.foo(SMTPTransport.java:1)\n" * 50

    reader = LogReader(SOURCE)
    (event,) = reader.events(chunks())
    assert event.outcome == "failure"
    assert len(event.throwables[0].frames) <= 128
    assert any("too long" in text for _, text in reader.problems)


def test_nothing_in_nothing() -> None:
    assert read(b"") == []
    assert read(b"\n" * 100_000) == []
    assert read(b"\0" * 1_000_000) == []
    assert any("NUL" in text for text in problems(b"\0" * 1000 + FAILURE))
    assert [event.outcome for event in read(b"\0" * 1000 + FAILURE)] == ["failure"]
    noise = random.Random(7).randbytes(1_000_000)
    assert [event.outcome for event in read(noise + b"\n" + FAILURE)][-1] == "failure"


def test_latin_1_debris_is_read_and_reported() -> None:
    data = "2026-11-24 03:31:33.244 ERROR [x] c.h.M - Prüfung: Unable to send email\n".encode("latin-1")
    (event,) = read(data)
    assert event.message == "Prüfung: Unable to send email"
    assert any("Windows-1252" in text for text in problems(data))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("für é".encode() + b" \x80", "für é €"),  # one stray byte
        (b"\x80 " + "é".encode(), "€ é"),
        ("für Prüfung".encode("cp1252"), "für Prüfung"),
        ("\xc3\xa9 für Prüfung".encode("cp1252"), "Ã© für Prüfung"),  # one that looks like UTF-8 by chance
        ("认证失败".encode("gb18030"), "认证失败".encode("gb18030").decode("cp1252")),
    ],
)
def test_bytes_that_are_not_utf8_are_read_by_what_the_others_are(data: bytes, text: str) -> None:
    assert decode_line(data + b"\r\n") == (text, False)


def test_a_log_that_ends_inside_an_exception_says_so() -> None:
    data = (SAMPLES / "pkix-root-missing" / "sw-response-mgmt.log").read_bytes()
    cut = data[: data.index(b"SSLTransport.decode") + 4]
    assert any("middle of an exception" in text for text in problems(cut))
    assert problems(data) == []
    assert [event.phase.value for event in read(cut) if event.phase] == ["certificate"]


def test_a_gate_far_from_the_head_of_its_event_finds_it() -> None:
    """The head of the event lies in a block without any gate literal."""
    filler = b"2026-11-24 03:31:33.000 INFO [y] c.h.P - poll\n"
    head = (
        b"2026-11-24 03:31:33.244 FATAL [x] c.h.M - Oops\njava.lang.RuntimeException: x\n"
        + b"\tat a.b.C(D.java:1)\n" * 60
    )
    tail = (
        b"Caused by: javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n\n\tat"
        b" a.b.E(F.java:1)\n"
    )
    for shift in (0, 20, 500, 1500):
        count = (BLOCK_BYTES - shift) // len(filler) + 1
        (event,) = read(filler * count + head + tail + filler * 5000)
        assert (event.level, event.reply_code) == ("FATAL", 535)


def test_line_numbers_count_lines_that_were_left_out() -> None:
    filler = b"2026-11-24 03:31:33.000 INFO [y] c.h.P - poll\n"
    (event,) = read(filler * 12345 + FAILURE + filler * 999)
    assert event.source.line == 12346


def test_chatter_is_not_even_cut_to_lines() -> None:
    filler = b"2026-11-24 03:31:33.000 INFO [y] c.h.P - poll\n" * 20000
    assert [line for line in select(blocks([filler], Problems())) if line is not None] == []


def test_gates_are_lower_case_and_survive_wrappings() -> None:
    for gate in GATES:
        assert gate == gate.lower()
        assert not set(gate) & set(b'\t"\\\n')


@pytest.mark.parametrize(
    "head",
    [
        b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00",
        b"\xfe\xed\xfe\xed\x00\x00\x00\x02",
        b"PK\x03\x04\x14\x00",
        b"TLS_AES_128_GCM_SHA256:ECDHE-RSA-AES128-GCM-SHA256\n",
        b"Just a note.\nWith two lines.\n",
        b"",
        random.Random(3).randbytes(4096),
        b"[mail]\nhost = h\nport = 25\n",
    ],
)
def test_what_is_no_log(head: bytes) -> None:
    assert not looks_like_log(head)


@pytest.mark.parametrize(
    "head",
    [
        FAILURE,
        b"SunCertPathBuilderException: unable to find valid certification path to requested target",
        b"SSL routines:tls_process_ske_dhe:dh key too small",
        b"535 Authentication Credentials Invalid",
        b"\0" * 300 + FAILURE,
        FAILURE.decode().encode("utf-16"),
    ],
)
def test_what_is_a_log(head: bytes) -> None:
    assert looks_like_log(head)


def test_read_events_is_lazy() -> None:
    def chunks() -> Iterator[bytes]:
        yield FAILURE * 30_000
        raise AssertionError("read too far")

    assert next(read_events(chunks(), SOURCE)).outcome == "failure"


RUNS = (
    " ",
    "\t",
    "\r",
    "\xa0",
    ";",
    "; ",
    "a.",
    "A",
    "5",
    "535 ",
    "554 ",
    "error:",
    "nested exception is: ",
    "Caused by: ",
    "[",
    "{",
)
CARRIERS = (
    "2026-11-24 03:46:04.318 ERROR [x] c.h.M - Unable to send email {run}z\n",
    "2026-11-24 03:46:04.318 ERROR [x] c.h.M - Unable to send email\njavax.mail.MessagingException: q{run}z;\n"
    "  nested exception is:\n\tjavax.net.ssl.SSLException: v{run}y\nCaused by: javax.net.ssl.SSLException: v{run}y\n",
    "DEBUG SMTP: trying to connect\n250 {run}\nDATA\n354 {run}\n{run}\n.\n250 Ok {run}\n",
)


@pytest.mark.parametrize("carrier", CARRIERS, ids=["message", "chain", "dialogue"])
@pytest.mark.parametrize("run", RUNS)
def test_long_runs_of_one_thing_take_linear_time(run: str, carrier: str) -> None:
    """Found by the fuzz run: a few thousand blanks in a message took seconds."""
    assert_even(lambda size: read(carrier.format(run=run * (size // len(run))).encode()), 60_000)


@pytest.mark.parametrize("gap", [",\n", "\nno JSON at all\n", ",[1]\n"], ids=["commas", "lines", "lists"])
def test_a_document_of_many_values_takes_linear_time(gap: str) -> None:
    first = '{\n "message": "ERROR mail failed",\n "level": "ERROR"\n}\n'
    one = f'{gap}{{"message": "ERROR mail failed", "level": "ERROR"}}\n'
    assert_even(lambda size: read_document(first + one * (size // len(one))), 400_000)
