"""`sestriage redact`: streams, line ends, the private map, and input that is no text."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from cli.terminal import Run

TEXT = (
    b"from soc@corp.example to mgr01.corp.example\r\nat 10.1.2.3 password=Hunter22x\n"
    b"535 Authentication Credentials Invalid"
)


def test_secrets_and_private_data_go_and_line_ends_stay(run: Run) -> None:
    out = run("redact", "-", stdin=TEXT).out
    assert out.splitlines(keepends=True) == [
        "from <address-1> to <host-1>\r\n",
        "at <ip-1> password=<secret>\n",
        "535 Authentication Credentials Invalid",
    ]


def test_bytes_that_are_no_utf8_come_through(run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(b"caf\xe9 soc@corp.example\n")
    assert run("redact", str(source), "-o", str(target)).status == 0
    assert target.read_bytes() == b"caf\xe9 <address-1>\n"
    assert source.read_bytes() == b"caf\xe9 soc@corp.example\n"


def test_a_value_has_one_pseudonym_in_all_files_of_a_case(run: Run, tmp_path: Path) -> None:
    case = tmp_path / "case.map"
    (tmp_path / "a.log").write_text("soc@corp.example mail.corp.example\n", encoding="utf-8")
    (tmp_path / "b.log").write_text("new@corp.example soc@corp.example\n", encoding="utf-8")
    assert run("redact", "--map", str(case), str(tmp_path / "a.log")).out == "<address-1> <host-1>\n"
    assert run("redact", "--map", str(case), str(tmp_path / "b.log")).out == "<address-2> <address-1>\n"
    assert stat.S_IMODE(case.stat().st_mode) == 0o600
    assert json.loads(case.read_text(encoding="utf-8"))["host:mail.corp.example"] == "<host-1>"
    assert run("redact", str(tmp_path / "a.log"), str(tmp_path / "b.log")).out == (
        "<address-1> <host-1>\n<address-2> <address-1>\n"
    )


def test_a_name_of_the_map_goes_wherever_it_stands(run: Run, tmp_path: Path) -> None:
    case = tmp_path / "case.map"
    assert "<hostname-1>" in run("redact", "--map", str(case), "-", stdin=b"host: mgr-01\n").out
    assert (
        run("redact", "--map", str(case), "-", stdin=b"seen near mgr-01 today\n").out
        == "seen near <hostname-1> today\n"
    )


def test_a_name_of_one_file_goes_in_the_next_one(run: Run, tmp_path: Path) -> None:
    """The map carries on over files of one run and of further ones, whatever gives a name away."""
    one, two, case = tmp_path / "a.log", tmp_path / "b.log", tmp_path / "case.map"
    one.write_text("UnknownHostException: mgr-01\nuser=joe at 10.1.2.3\n", encoding="utf-8")
    two.write_text("near mgr-01, login as joe from ::ffff:10.1.2.3 to mgr-02\n", encoding="utf-8")
    lines = run("redact", "--map", str(case), str(one), str(two)).out.splitlines()
    assert lines[1:] == ["user=<name-1> at <ip-1>", "near <hostname-1>, login as <name-1> from <ip-1> to mgr-02"]
    assert run("redact", "--map", str(case), str(two)).out == lines[2] + "\n"
    assert run("redact", "--map", str(case), "-", stdin=b"EHLO mgr-02\n").out == "EHLO <hostname-2>\n"
    assert run("redact", "--map", str(case), str(two)).out.endswith(" to <hostname-2>\n")


def test_an_open_map_is_closed_to_others(run: Run, tmp_path: Path) -> None:
    case = tmp_path / "case.map"
    case.write_text("{}", encoding="utf-8")
    case.chmod(0o644)
    run("redact", "--map", str(case), "-", stdin=TEXT)
    assert stat.S_IMODE(case.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', "no json", "\x00"])
def test_a_file_that_is_no_map_is_left_alone(run: Run, tmp_path: Path, text: str) -> None:
    case = tmp_path / "case.map"
    case.write_text(text, encoding="utf-8")
    result = run("redact", "--map", str(case), "-", stdin=TEXT)
    assert result.status == 2
    assert "is no map of pseudonyms" in result.err
    assert case.read_text(encoding="utf-8") == text


def test_what_is_no_text_is_refused_with_its_place(run: Run) -> None:
    result = run("redact", "-", stdin=b"line\nab\x00cd\n")
    assert result.status == 2
    assert "standard input is not text (byte 0x00 at offset 7)" in result.err


def test_a_missing_file_and_the_input_as_output(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "a.log"
    source.write_bytes(TEXT)
    assert run("redact", str(tmp_path / "none")).status == 2
    assert run("redact", str(source), "-o", str(source)).status == 2
    assert source.read_bytes() == TEXT


def test_a_secret_across_blocks_goes(run: Run, tmp_path: Path) -> None:
    """Blocks of 64 KiB: a key block that lies across their edges is taken out as one."""
    body = "\n".join("QUJD" * 16 for _ in range(40))
    key = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"
    for before in range(65_200, 65_700, 97):
        filler = ("x" * 63 + "\n") * (before // 64) + "x" * (before % 64) + "\n"
        source = tmp_path / "in"
        source.write_text(filler + key + filler, encoding="utf-8")
        lines = run("redact", str(source)).out.split("\n")
        whole = (filler + key + filler).split("\n")
        head = filler.count("\n")
        assert lines[:head] == whole[:head]
        assert lines[head] == "<private-key>"
        assert set(lines[head + 1 : head + 42]) == {""}, "the lines of the key stay, empty"
        assert lines[head + 42 :] == whole[head + 42 :]


def test_the_output_is_neither_the_map_nor_the_map_an_input(run: Run, tmp_path: Path) -> None:
    source, case = tmp_path / "a.log", tmp_path / "case.map"
    source.write_bytes(TEXT)
    assert run("redact", "--map", str(case), str(source), "-o", str(case)).status == 2
    assert not case.exists()
    assert run("redact", "--map", str(source), str(source)).status == 2
    assert source.read_bytes() == TEXT
    (tmp_path / "folder").symlink_to(tmp_path)
    assert run("redact", "--map", str(case), str(source), "-o", str(tmp_path / "folder" / "case.map")).status == 2
    assert not case.exists(), "neither is there yet, but both names mean the same file"


def test_a_label_that_is_none_makes_a_map_no_map(run: Run, tmp_path: Path) -> None:
    case = tmp_path / "case.map"
    case.write_text('{"host:mail.corp.example": "\\u001b[2J"}', encoding="utf-8")
    result = run("redact", "--map", str(case), "-", stdin=TEXT)
    assert result.status == 2
    assert "\x1b" not in result.out + result.err
