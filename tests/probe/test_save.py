"""Certificates and cases on disk: names that a server chose, nothing overwritten."""

from __future__ import annotations

import os
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mailserver as ms
from sestriage.errors import InputError, ParseError
from sestriage.formats.certs import pem
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.formats.transcript.pieces import served_pieces
from sestriage.formats.transcript.probe import dump_probe, load_probe, transcripts_of
from sestriage.model.probe import Probe
from sestriage.model.source import SourceRef
from sestriage.model.trust import Certificate
from sestriage.probe.save import file_name, save_case, save_certificates

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(scope="module")
def chain() -> list[Certificate]:
    made = ms.make_pki()
    blocks = pem.blocks(made.leaf + made.issuing)
    return [parse_certificate(block.content, SourceRef("x")) for block in blocks if block.content is not None]


def named(common_name: str | None) -> Certificate:
    return Certificate("ab" * 32, b"der", common_name=common_name)


@pytest.mark.parametrize(
    ("common_name", "file"),
    [
        ("email-smtp.us-east-1.amazonaws.com", "email-smtp.us-east-1.amazonaws.com.pem"),
        ("Amazon Root CA 1", "AmazonRootCA1.pem"),
        ("Starfield Services Root Certificate Authority - G2", "StarfieldServicesRootCertificateAuthority-G2.pem"),
        ("../../etc/cron.d/x", "etc_cron.d_x.pem"),
        ("/etc/passwd", "etc_passwd.pem"),
        ("..", "certificate-abababababababab.pem"),
        ("-rf", "rf.pem"),
        ("*.example.com", "example.com.pem"),
        ("a\nb\x1b[31m\0c", "a_b_31m_c.pem"),
        ("CON", "certificate-abababababababab.pem"),
        ("nul.txt", "certificate-abababababababab.pem"),
        ("", "certificate-abababababababab.pem"),
        (None, "certificate-abababababababab.pem"),
        ("x" * 500, "x" * 100 + ".pem"),
    ],
)
def test_file_names(common_name: str | None, file: str) -> None:
    assert file_name(named(common_name)) == file


@given(st.text(max_size=300))
def test_any_name_is_one_harmless_file(common_name: str) -> None:
    name = file_name(named(common_name))
    assert name == Path(name).name
    assert os.sep not in name
    assert name.endswith(".pem")
    assert not name.startswith((".", "-"))
    assert name.isascii()
    assert len(name) <= 104


def test_written_as_the_document_does(chain: list[Certificate], tmp_path: Path) -> None:
    paths = save_certificates(chain, str(tmp_path / "certs"))
    assert [path.name for path in paths] == ["email-smtp.us-east-1.amazonaws.com.pem", "ExampleRSA2048M01.pem"]
    for index, (path, certificate) in enumerate(zip(paths, chain, strict=True)):
        (piece,) = served_pieces(path.read_bytes(), SourceRef("x"))
        assert (piece.index, piece.certificate.sha256) == (index, certificate.sha256)


def test_nothing_is_overwritten(chain: list[Certificate], tmp_path: Path) -> None:
    taken = tmp_path / "ExampleRSA2048M01.pem"
    taken.write_text("mine")
    first = save_certificates(chain, str(tmp_path))
    assert taken.read_text() == "mine"
    assert first[1].name == f"ExampleRSA2048M01-{chain[1].sha256[:16]}.pem"
    assert save_certificates(chain, str(tmp_path)) == first  # again: nothing new


def test_no_link_is_followed(chain: list[Certificate], tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "ExampleRSA2048M01.pem").symlink_to(target)
    save_certificates(chain, str(tmp_path / "certs"))
    assert not target.exists()


def test_two_certificates_of_one_name(chain: list[Certificate], tmp_path: Path) -> None:
    twins = [chain[0], replace(chain[1], common_name=chain[0].common_name)]
    paths = save_certificates(twins, str(tmp_path))
    assert len(set(paths)) == 2
    assert all(path.is_file() for path in paths)


def test_a_certificate_that_is_served_again_and_again(chain: list[Certificate], tmp_path: Path) -> None:
    paths = save_certificates([chain[0]] * 4, str(tmp_path))
    assert len(set(paths)) == 4
    assert all(path.is_file() for path in paths)


def test_folder_that_cannot_be(tmp_path: Path, chain: list[Certificate]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write certificates"):
        save_certificates(chain, str(tmp_path / "file"))


def probe() -> Probe:
    return Probe("mail.example.com", 587, "starttls", NOW, NOW, ("192.0.2.1",))


def test_case_holds_all_and_is_not_overwritten(chain: list[Certificate], tmp_path: Path) -> None:
    file = tmp_path / "case.tar.gz"
    save_case(probe(), chain, str(file))
    with tarfile.open(file) as archive:
        assert archive.getnames() == [
            "probe.json",
            "README.txt",
            "chain/email-smtp.us-east-1.amazonaws.com.pem",
            "chain/ExampleRSA2048M01.pem",
        ]
    with pytest.raises(InputError, match="exists already"):
        save_case(probe(), chain, str(file))


GOOD = dump_probe(probe())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"sestriage_probe": 1', '"sestriage_probe": 2', "no probe case"),
        ('"port": 587', '"port": 70000', "`port` is no port"),
        ('"port": 587', '"port": true', "`port` is no port"),
        ('"mode": "starttls"', '"mode": "smtp"', "`mode` is none of"),
        ("2026-11-24", "9999-99-99", "is no time"),
        ("2026-11-24T", "0001-01-01T", "is no time of this century"),
        ('"conversations": []', '"conversations": {}', "is no list"),
        ('"conversations": []', '"conversations": [1]', "`started` is no text"),
        ("{", "[" * 100_000 + "{", "no JSON"),
    ],
)
def test_damaged_cases_give_a_sentence(old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    with pytest.raises(ParseError, match=sentence):
        load_probe(GOOD.replace(old, new, 1).encode())


def test_cut_anywhere() -> None:
    for end in range(len(GOOD) - 2):
        with pytest.raises(ParseError):
            load_probe(GOOD[:end].encode())
    assert transcripts_of(load_probe(GOOD.encode()), SourceRef("x")) == []
