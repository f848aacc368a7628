"""Folders, named files, standard input, and what members offer."""

from __future__ import annotations

import gzip
import io
import os
import socket
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from growth import assert_even
from ingest.corpus import CIPHERS, LOG, bundle_tar, good_tar, piped, tar_member, walked
from sestriage.errors import InputError
from sestriage.ingest import Limits, describe, walk
from sestriage.model.source import InputNote, SourceRef
from support import SAMPLES


def test_a_folder_is_walked_in_order_and_nothing_else_is_opened(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "z.log").write_bytes(LOG)
    (tmp_path / "b" / "a.log").write_bytes(LOG)
    (tmp_path / "a-ciphers").write_bytes(CIPHERS)
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "sock"))
        result = walked(str(tmp_path))
    assert list(result.content) == [str(tmp_path / name) for name in ("a-ciphers", "b/a.log", "b/z.log")]
    problems = " ".join(result.problems())
    for word in (
        "link: it is a symbolic link",
        "loop: it is a symbolic",
        "pipe: it is a named",
        "sock: it is a socket",
    ):
        assert word in problems
    assert result.members[str(tmp_path / "a-ciphers")].kind == "tls-ciphers"


def test_the_path_is_kept_as_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x.log").write_bytes(LOG)
    monkeypatch.chdir(tmp_path)
    for typed, path in (("d", "d/x.log"), ("./d", "./d/x.log"), ("d/", "d/x.log"), ("d/x.log", "d/x.log")):
        assert list(walked(typed).content) == [path]


def test_an_unreadable_file_is_noted(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (tmp_path / "x.log").write_bytes(LOG)
    (tmp_path / "x.log").chmod(0)
    (tmp_path / "y.log").write_bytes(LOG)
    result = walked(str(tmp_path))
    assert len(result.content) == 1
    assert "cannot be opened" in result.problems()[0]


@pytest.mark.parametrize("path", ["/nowhere/at/all", "/dev/null", "nul\0inside", ""])
def test_a_path_that_cannot_be_used_is_an_error_before_anything_is_read(path: str, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(LOG)
    with pytest.raises(InputError):
        next(walk([str(tmp_path), path], Limits(), []))


def test_a_name_with_control_characters_is_shown_safely(tmp_path: Path) -> None:
    (tmp_path / "x\x1b[2J.log").write_bytes(LOG)
    assert list(walked(str(tmp_path)).content) == [str(tmp_path) + "/x\\x1b[2J.log"]


def test_deep_folders_end_at_the_limit(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["d"] * 12)
    folder.mkdir(parents=True)
    (folder / "x.log").write_bytes(LOG)
    result = walked(str(tmp_path), Limits(max_folder_depth=5))
    assert not result.content
    assert "folders inside each other" in result.problems()[0]


def test_a_named_link_and_a_process_substitution_are_followed(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(LOG)
    (tmp_path / "link").symlink_to(tmp_path / "x.log")
    assert list(walked(str(tmp_path / "link")).content.values()) == [LOG]
    reader, writer = os.pipe()
    os.write(writer, gzip.compress(LOG))
    os.close(writer)
    assert list(walked(f"/dev/fd/{reader}").content.values()) == [LOG]
    os.close(reader)


def test_standard_input_is_a_response_log() -> None:
    for data in (LOG, gzip.compress(LOG)):
        member = piped(data).members["-"]
        assert (member.kind, member.role, member.named, member.ref) == ("log", "response", True, SourceRef("-"))


def test_a_second_named_log_of_another_service(tmp_path: Path) -> None:
    names = ["sw-response-mgmt.log", "smc-core.log", "pasted.txt"]
    for name in names:
        (tmp_path / name).write_bytes(LOG)
    roles = [member.role for member in walk([str(tmp_path / name) for name in names], Limits(), [])]
    assert roles == ["response", "other-service", "response"]
    alone = [member.role for member in walk([str(tmp_path / "smc-core.log")], Limits(), [])]
    assert alone == ["response"]


def test_a_plain_file_can_be_opened_again_and_seeks(tmp_path: Path) -> None:
    path = tmp_path / "big.log"
    path.write_bytes(LOG * 1000)
    for member in walk([str(path)], Limits(), []):
        assert member.size == path.stat().st_size
        assert member.mtime is not None
        assert member.mtime.timestamp() == pytest.approx(path.stat().st_mtime, abs=0.001)
        for _ in range(2):
            with member.open() as stream:
                stream.seek(len(LOG))
                assert stream.read(len(LOG)) == LOG
        assert member.read(10) == LOG[:10]


def test_a_stream_can_be_opened_once() -> None:
    notes: list[InputNote] = []
    for member in walk(["-"], Limits(), notes, io.BytesIO(LOG * 1000)):
        assert member.read(len(LOG) * 1000) == LOG * 1000
        assert member.read() == member.head
    assert "read once" in str(notes[0].problem)


def test_a_small_stream_can_be_opened_again() -> None:
    for member in walk(["-"], Limits(), [], io.BytesIO(gzip.compress(LOG))):
        assert [member.read(), member.read()] == [LOG, LOG]
        assert member.size == len(LOG)


def test_read_is_bounded_and_says_so() -> None:
    notes: list[InputNote] = []
    for member in walk(["-"], Limits(max_small_bytes=100), notes, io.BytesIO(LOG)):
        assert member.read() == LOG[:100]
    assert [note.problem for note in notes] == ["only the first 100 bytes were read"]


def test_a_problem_joins_the_note_that_the_reader_left() -> None:
    notes: list[InputNote] = []
    for member in walk(["-"], Limits(), notes, io.BytesIO(gzip.compress(LOG)[:-4])):
        notes.append(InputNote(member.ref, member.kind))
    assert len(notes) == 1
    assert "cut off" in str(notes[0].problem)


def test_an_unread_member_does_not_disturb_the_next() -> None:
    data = tar_member(b"one.log", LOG * 500) + tar_member(b"two.log", LOG * 500) + good_tar()
    names = [member.ref.member for member in walk(["-"], Limits(), [], io.BytesIO(gzip.compress(data)))]
    assert names[:2] == ["one.log", "two.log"]
    heads = [member.open().read(5) for member in walk(["-"], Limits(), [], io.BytesIO(gzip.compress(data)))]
    assert heads == [LOG[:5]] * 3


def test_a_reader_that_stops_early_closes_quietly(tmp_path: Path) -> None:
    path = tmp_path / "b.tar"
    path.write_bytes(bundle_tar())
    walker = walk([str(path)], Limits(), [])
    next(walker)
    walker.close()  # type: ignore[attr-defined]


KINDS = {
    "armored": (b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", "openpgp"),
    "public-key session": (bytes.fromhex("85010c03") + bytes(8) + b"\x01" + bytes(200), "openpgp"),
    "symmetric session": (bytes.fromhex("8c0d0409030a") + bytes(60), "openpgp"),
    "new format": (bytes.fromhex("c1c14c03") + bytes(8) + b"\x01" + bytes(300), "openpgp"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(50), "other"),
    "transcript": (b"CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN = x\n---\nSSL-Session:\n", "transcript"),
    "keylog": (b"# SSL keys\nCLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 48 + b"\n", "keylog"),
    "mail": (
        b"Return-Path: <a@b.example>\r\nReceived: from x\r\n\tby y\r\nFrom: a@b.example\r\nSubject: x\r\n\r\nbody\r\n",
        "mail",
    ),
    "settings": (
        b'server = "email-smtp.eu-west-1.amazonaws.com"\nport = 587\nencryption = "STARTTLS"\nfrom = "a@b.example"\n',
        "settings",
    ),
    "settings json": (b'{"smtp_server": "email-smtp.us-east-1.amazonaws.com", "port": 465}', "settings"),
    "ciphers": (CIPHERS, "tls-ciphers"),
    "text": (b"Dear colleague,\nplease find attached what the customer sent.\n", "text"),
    "noise": (bytes(range(256)) * 20, "other"),
    "nothing": (b"", "other"),
    "log": (LOG, "log"),
    "mbox": (
        b"From a@b.example Tue Mar  5\nReceived: from x\n\tby y\nFrom: a@b.example\nTo: c@d.example\n\nbody\n",
        "mail",
    ),
    "mail debug": (
        b'DEBUG: setDebug: JavaMail version 1.6.2\nDEBUG SMTP: trying to connect to host "x", port 25, isSSL false\n'
        b"354 go ahead\nDate: Tue, 5 Mar 2024 10:12:44 +0000\nFrom: a@b.example\nTo: c@d.example\nSubject: x\n\nbody\n",
        "log",
    ),
    "json log": (
        b'{"@timestamp":"2024-03-05T10:12:44Z","host":"smc","port":587,"message":"Sending the e-mail failed",'
        b'"stack_trace":"javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\\n\\tat '
        b'com.sun.mail.smtp.SMTPTransport.authenticate(SMTPTransport.java:965)\\n"}\n',
        "log",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_by_content(kind: str) -> None:
    data, expected = KINDS[kind]
    for wrapped in (data, gzip.compress(data)):
        assert piped(wrapped).members["-"].kind == expected


@pytest.mark.parametrize("kind", ["armored", "7z"])
def test_what_must_be_opened_first_is_said(kind: str) -> None:
    assert "first" in piped(KINDS[kind][0]).problems()[0]


def test_an_empty_cipher_file_is_known_by_name() -> None:
    assert piped(tar_member(b"security/tls-ciphers")).members["security/tls-ciphers"].kind == "tls-ciphers"


SAMPLE_KINDS = {".p12": "store", ".jks": "store", ".pcap": "capture", ".pcapng": "capture", ".log": "log"}


def test_files_of_the_samples_are_recognised_without_their_names() -> None:
    checked = 0
    for path in sorted(SAMPLES.glob("*/*")):
        expected = SAMPLE_KINDS.get(path.suffix)
        if expected is None or path.parent.name == "lab":
            continue
        member = piped(path.read_bytes()).members["-"]
        assert member.kind == expected, path
        checked += 1
    if not checked:
        pytest.skip("no samples in this checkout")


def test_describe_lists_used_and_refused() -> None:
    data = tar_member(b"link", kind=b"2") + tar_member(b"c", CIPHERS) + tar_member(b"x.log.gz", gzip.compress(LOG)[:-5])
    entries = describe(["-"], Limits(), io.BytesIO(good_tar(data)))
    seen = [(entry.source.member, entry.kind, entry.size, bool(entry.problem)) for entry in entries]
    assert seen == [
        ("link", "other", 0, True),
        ("c", "tls-ciphers", len(CIPHERS), False),
        ("x.log.gz", "log", len(LOG), True),
        ("lancope/var/logs/containers/sw-response-mgmt.log", "log", len(LOG), False),
        (None, "archive", None, False),
    ]
    assert entries[2].compression == ("gzip",)
    assert entries[4].detail == "tar, 4 members"


@pytest.mark.parametrize("nuls", [1, 1000, 40_000, 65_535, 65_536, 65_537, 1 << 20])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_log_that_was_emptied_under_its_writer(nuls: int, pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Its writer went on at the old place: what was there before reads as NULs."""
    file = tmp_path / "sw-response-mgmt.log"
    file.write_bytes(pack(bytes(nuls) + LOG))
    for result in (walked(str(file)), piped(file.read_bytes())):
        ((name, content),) = result.content.items()
        assert result.members[name].kind == "log"
        assert content.lstrip(b"\0") == LOG


def test_nothing_but_nuls_is_said() -> None:
    result = piped(bytes(1 << 20))
    assert result.members["-"].kind == "other"
    assert "nothing but NUL bytes" in (result.members["-"].problem or "")


@pytest.mark.parametrize("unit", [b"\n", b" ", b",", b"a", b"a.", b"server ", b'"', b"x: ", b"\t:", b"{a"])
def test_recognition_takes_linear_time(unit: bytes) -> None:
    """Found by the fuzz run: 10 KiB of one sort of character kept a pattern busy for seconds."""
    assert_even(lambda size: piped(b"smtp\n" + unit * (size // len(unit))), 16_000)


def test_a_large_packed_member_that_is_left_early_spoils_nothing(tmp_path: Path) -> None:
    line = b"2026-03-02 04:00:00.001 INFO [main] a.b.C : nothing\n"
    with tarfile.open(tmp_path / "bundle.tar.gz", "w:gz", compresslevel=1) as archive:
        for name in ("a.log", "b.log"):
            info = tarfile.TarInfo(name)
            info.size = len(line) * 50_000
            archive.addfile(info, io.BytesIO(line * 50_000))
    notes: list[InputNote] = []
    seen = []
    for member in walk([str(tmp_path / "bundle.tar.gz")], Limits(), notes):
        with member.open() as stream:
            seen.append((member.ref.member, stream.read(len(line)) == line))
    assert seen == [("a.log", True), ("b.log", True)]
    assert [note.problem for note in notes] == [None]
