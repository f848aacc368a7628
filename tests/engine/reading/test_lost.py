"""A reader that raises loses its piece; it is named, and nothing that the piece could speak against is confirmed."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from formats.certs.keystores import jks
from formats.test_guard import PanicException
from sestriage.engine.inspect import inspect
from sestriage.engine.reading.collect import Options, collect
from sestriage.engine.triage import TriageOptions, triage
from sestriage.ingest.sniff import sniff
from sestriage.model.verdict import Confidence, Outcome, Report
from sestriage.report.text import render
from support import SAMPLES

SECRET = "AKIAIOSFODNN7EXAMPLE"
RAISED = [
    ValueError(SECRET),
    PanicException(SECRET),
    RecursionError(SECRET),
    MemoryError(SECRET),
    StopIteration(SECRET),
    struct.error(SECRET),
    AssertionError(SECRET),
]
FAILED_LOG = (SAMPLES / "credentials-invalid" / "sw-response-mgmt.log").read_bytes()

READERS = {
    "trust-store": ("sestriage.formats.certs.stores.read_store", "store.jks", jks({})),
    "capture": ("sestriage.formats.capture.read_capture", "a.pcap", b"\xd4\xc3\xb2\xa1" + bytes(20)),
    "tls-ciphers": ("sestriage.formats.tls_ciphers.parse_cipher_list", "tls-ciphers", b"ECDHE-RSA-AES128-GCM-SHA256\n"),
    "settings": (
        "sestriage.formats.smtp_settings.parse_settings",
        "smtp.toml",
        b'[smtp]\nserver = "a.example"\nport = 587\nencryption = "starttls"\n',
    ),
    "mail": (
        "sestriage.formats.mail_headers.read_mail",
        "a.eml",
        b"Received: from a.example by b.example; Mon, 2 Mar 2026 04:00:00 +0000\nFrom: a@a.example\nTo: b@b.example\n"
        b"Message-ID: <1@a.example>\nSubject: x\n\n",
    ),
    "transcript": (
        "sestriage.formats.transcript.build.read_runs",
        "s_client.txt",
        b"CONNECTED(00000003)\n---\nCertificate chain\n---\n",
    ),
}
"""Kind of the note, reader, and a file that it gets."""


def raiser(error: BaseException) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


def evidence(folder: Path, *kinds: str) -> str:
    (folder / "sw-response-mgmt.log").write_bytes(FAILED_LOG)
    for kind in kinds:
        _, name, content = READERS[kind]
        (folder / name).write_bytes(content)
    return str(folder)


def confidence(report: Report) -> Confidence | None:
    return report.verdict.primary.confidence if report.verdict.primary is not None else None


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("kind", READERS)
def test_a_reader_that_raises(kind: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = evidence(tmp_path, kind)
    whole = collect([path], Options())
    monkeypatch.setattr(READERS[kind][0], raiser(error))
    out = collect([path], Options())
    (note,) = [note for note in out.notes if note.fault is not None]
    assert (note.kind, note.used) == (kind, False)
    assert note.source.path.endswith(READERS[kind][1])
    assert note.problem is not None
    assert note.problem.startswith(f"internal fault while reading it ({type(error).__name__}, code ")
    assert SECRET not in note.problem
    assert out.logs == whole.logs


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_what_ends_the_program_passes(
    kind: str, end: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = evidence(tmp_path, kind)
    monkeypatch.setattr(READERS[kind][0], raiser(end()))
    with pytest.raises(end):
        collect([path], Options())


def test_inspect_lists_the_piece_and_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = evidence(tmp_path, "trust-store", "mail")
    before = len(inspect([path], Options()).items)
    monkeypatch.setattr("sestriage.formats.certs.stores.read_store", raiser(PanicException(SECRET)))
    items = inspect([path], Options()).items
    assert len(items) == before
    faulty = [item for item in items if item.why and "internal fault" in item.why]
    assert [Path(item.source.path).name for item in faulty] == ["store.jks"]
    assert sum(item.use == "used" for item in items) >= 2


# what is confirmed


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("capture", Confidence.LIKELY),  # it could hold a newer attempt
        ("transcript", Confidence.LIKELY),
        ("trust-store", Confidence.CONFIRMED),  # no store speaks against a server's 535
        ("mail", Confidence.CONFIRMED),
        ("tls-ciphers", Confidence.CONFIRMED),
    ],
)
def test_only_what_could_speak_against_it_lowers_the_confidence(
    kind: str, expected: Confidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = evidence(tmp_path)
    alone = triage([path])
    assert confidence(alone) is Confidence.CONFIRMED
    assert not [note for note in alone.verdict.notes if "internal fault" in note]
    evidence(tmp_path, kind)
    monkeypatch.setattr(READERS[kind][0], raiser(IndexError(SECRET)))
    report = triage([path])
    assert report.verdict.outcome is Outcome.FAILED
    assert confidence(report) is expected
    assert report.verdict.primary is not None
    assert alone.verdict.primary is not None
    assert report.verdict.primary.rule == alone.verdict.primary.rule
    assert READERS[kind][1] in next(note for note in report.verdict.notes if "internal fault" in note)


def test_a_german_report_says_it_in_german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = evidence(tmp_path, "capture")
    monkeypatch.setattr(READERS["capture"][0], raiser(IndexError(SECRET)))
    text = " ".join(render(triage([path], TriageOptions(language="de")), ascii_only=False).split())
    assert "interner Fehler beim Lesen (IndexError, Code " in text
    assert "gilt hier höchstens als wahrscheinlich" in text
    assert "internal fault" not in text


# parts of a piece


def test_a_log_is_used_up_to_the_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sestriage.formats.log import LogReader

    whole = LogReader.events

    def breaks_off(self: LogReader, chunks: object) -> object:
        for number, event in enumerate(whole(self, chunks)):  # type: ignore[arg-type]
            if number == 1:
                raise RecursionError(SECRET)
            yield event

    path = evidence(tmp_path)
    events = collect([path], Options()).logs[0].events
    assert len(events) > 1
    monkeypatch.setattr(LogReader, "events", breaks_off)
    out = collect([path], Options())
    assert out.logs[0].events == events[:1]
    (note,) = out.notes
    assert note.fault is not None
    assert note.used
    assert note.problem is not None
    assert note.problem.count("internal fault") == 1


def test_a_member_that_cannot_be_told_does_not_hide_those_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails_for_one(head: bytes, name: str, complete: bool) -> object:
        if name.endswith("first.bin"):
            raise ValueError(SECRET)
        return sniff(head, name, complete)

    import zipfile

    with zipfile.ZipFile(tmp_path / "b.zip", "w") as bundle:
        bundle.writestr("first.bin", b"\x01\x02")
        bundle.writestr("sw-response-mgmt.log", FAILED_LOG)
    monkeypatch.setattr("sestriage.ingest.walker.sniff", fails_for_one)
    out = collect([str(tmp_path / "b.zip")], Options())
    assert [log.source.member for log in out.logs] == ["sw-response-mgmt.log"]
    (note,) = [note for note in out.notes if note.fault is not None]
    assert note.source.member == "first.bin"
    assert confidence(triage([str(tmp_path / "b.zip")])) is Confidence.LIKELY


def test_a_store_that_waits_for_others_is_guarded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from formats.hostile import mac_data, pkcs12

    path = evidence(tmp_path)
    (tmp_path / "a.p12").write_bytes(pkcs12(mac=mac_data(10)))
    monkeypatch.setattr("sestriage.formats.certs.stores.read_store", raiser(PanicException(SECRET)))
    (note,) = [note for note in collect([path], Options()).notes if note.fault is not None]
    assert (note.kind, note.used) == ("trust-store", False)
    assert note.problem is not None
    assert re.match(r"internal fault while reading it \(PanicException, code [0-9a-f]{8}\)", note.problem)


def test_an_attempt_that_meets_a_fault_is_undetermined_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sestriage.engine.decide.build", raiser(PanicException(SECRET)))
    report = triage([evidence(tmp_path)])
    assert report.verdict.outcome is Outcome.UNDETERMINED
    assert report.attempts
    assert any(note.fault is not None for note in report.inputs)


def test_inspect_goes_on_where_the_content_itself_cannot_be_brought_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sestriage.ingest.members import Member

    real = Member.open

    class Fails(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise struct.error(SECRET)

    monkeypatch.setattr(Member, "open", lambda self: Fails() if self.ref.name.endswith("a.pcap") else real(self))
    items = inspect([evidence(tmp_path, "capture", "mail")], Options()).items
    assert {Path(item.source.path).name for item in items} >= {"a.pcap", "a.eml", "sw-response-mgmt.log"}
    (faulty,) = {Path(item.source.path).name for item in items if "internal fault" in f"{item.why}{item.problem}"}
    assert faulty == "a.pcap"
