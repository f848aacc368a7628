"""Good archives of every kind, whole and cut off, made by the real tools where they exist."""

from __future__ import annotations

import gzip
import io
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.corpus import (
    BUNDLE,
    BUNDLE_CONTENT,
    COMPRESSORS,
    LOG,
    bundle_tar,
    bundle_zip,
    every_prefix,
    good_tar,
    pax,
    piped,
    piped_zip,
    tar_end,
    tar_member,
    walked,
    zip64_bundle,
)
from sestriage.ingest import Limits
from support import need_tool

ARCHIVES: dict[str, Callable[[], bytes]] = {
    "tar": bundle_tar,
    "tar with ./": lambda: bundle_tar("./"),
    **{f"tar in {name}": lambda name=name: COMPRESSORS[name](bundle_tar()) for name in COMPRESSORS},  # type: ignore[misc]
    "zip": bundle_zip,
    "zip stored": lambda: bundle_zip(zipfile.ZIP_STORED),
    "zip bzip2": lambda: bundle_zip(zipfile.ZIP_BZIP2),
    "zip piped": piped_zip,
    "zip64": zip64_bundle,
}


@pytest.mark.parametrize("kind", ARCHIVES)
@pytest.mark.parametrize("how", ["file", "pipe"])
def test_whole_bundle(kind: str, how: str, tmp_path: Path) -> None:
    data = ARCHIVES[kind]()
    path = tmp_path / "no-telling-name"
    path.write_bytes(data)
    result = piped(data) if how == "pipe" else walked(str(path))
    assert result.content == BUNDLE_CONTENT
    assert result.problems() == []
    kinds = [result.members[name].kind for name in BUNDLE]
    assert kinds == ["tls-ciphers", "log", "log", "log"]
    roles = [result.members[name].role for name in BUNDLE]
    assert roles == ["", "response", "other-service", "response"]


@pytest.mark.parametrize("outer", ARCHIVES)
@pytest.mark.parametrize("inner", ["tar in xz", "zip", "zip piped"])
def test_bundle_in_a_bundle(outer: str, inner: str) -> None:
    wrapped = {"x/inner": ARCHIVES[inner](), "plain.log": LOG}
    data = _wrap(outer, wrapped)
    expected = {f"x/inner!/{name}": content for name, content in BUNDLE_CONTENT.items()} | {"plain.log": LOG}
    result = piped(data)
    assert result.content == expected
    assert result.problems() == []


def _wrap(kind: str, files: dict[str, bytes]) -> bytes:
    tar = b"".join(tar_member(name.encode(), data) for name, data in files.items()) + tar_end()
    if kind.startswith("tar in"):
        return COMPRESSORS[kind.removeprefix("tar in ")](tar)
    if kind.startswith("tar"):
        return tar
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["zip", "zip stored", "zip64", "zip piped"])
def test_a_zip_without_room_in_memory_is_streamed(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Front to back, without the directory."""
    monkeypatch.setattr("sestriage.ingest.walker.HEAD_BYTES", 600)
    result = piped(_wrap("tar", {"z": ARCHIVES[kind]()}), Limits(max_spool_bytes=600))
    assert result.content == {f"z!/{name}": content for name, content in BUNDLE_CONTENT.items()}
    assert result.problems() == []


TOOLS = {
    "gzip": ("tar czf {out} -C {src} .", "tar"),
    "bzip2": ("tar cjf {out} -C {src} .", "bzip2"),
    "xz": ("tar cJf {out} -C {src} .", "xz-utils"),
    "zstd": ("tar --zstd -cf {out} -C {src} .", "zstd"),
    "tar": ("tar cf {out} -C {src} .", "tar"),
    "pax": ("tar --format=pax -cf {out} -C {src} lancope", "tar"),
    "v7": ("tar --format=v7 -cf {out} -C {src} lancope", "tar"),
    "xattr": ("tar --xattrs --acls -cf {out} -C {src} lancope", "tar"),
}


@pytest.mark.parametrize("kind", TOOLS)
def test_tar_of_the_real_tool(kind: str, tmp_path: Path) -> None:
    command, package = TOOLS[kind]
    need_tool("tar", "tar")
    if package != "tar":
        need_tool(package.removesuffix("-utils"), package)
    _unpacked(tmp_path / "src")
    out = tmp_path / "out"
    subprocess.run(command.format(out=out, src=tmp_path / "src").split(), check=True)
    result = walked(str(out))
    assert result.content == BUNDLE_CONTENT
    assert result.problems() == []


@pytest.mark.parametrize("options", ["-qr", "-qr0", "-qr -fz", "-qr -fd"])
@pytest.mark.parametrize("into", ["file", "pipe"])
def test_zip_of_the_real_tool(options: str, into: str, tmp_path: Path) -> None:
    need_tool("zip", "zip")
    _unpacked(tmp_path / "src")
    out = tmp_path / "out.zip"
    if into == "pipe":
        data = subprocess.run(
            ["zip", *options.split(), "-", "."], cwd=tmp_path / "src", check=True, capture_output=True
        ).stdout
        result = piped(data)
    else:
        subprocess.run(["zip", *options.split(), str(out), "."], cwd=tmp_path / "src", check=True)
        result = walked(str(out))
    assert result.content == BUNDLE_CONTENT
    assert result.problems() == []


def _unpacked(folder: Path) -> None:
    for name, data in BUNDLE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def test_long_names_of_gnu_tar(tmp_path: Path) -> None:
    name = "d" * 90 + "/" + "e" * 90 + "/" + "f" * 90 + "/sw-response-mgmt.log"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        path = tmp_path / "t"
        with tarfile.open(path, "w", format=form) as archive:
            info = tarfile.TarInfo(name)
            info.size = len(LOG)
            archive.addfile(info, io.BytesIO(LOG))
        assert walked(str(path)).content == {name: LOG}


def test_pax_size_and_time_count() -> None:
    header = pax({b"size": str(len(LOG)).encode(), b"mtime": b"1700000000.25"})
    member = bytearray(tar_member(b"a.log", LOG))
    result = piped(header + bytes(member) + tar_end())
    assert result.content == {"a.log": LOG}
    mtime = result.members["a.log"].mtime
    assert mtime is not None
    assert mtime.timestamp() == 1700000000.25


def test_tar_of_a_folder_whose_name_is_a_dot() -> None:
    result = piped(tar_member(b"./", kind=b"5") + good_tar())
    assert result.problems() == []


def test_multi_member_gzip_is_one_log() -> None:
    assert piped(b"".join(gzip.compress(LOG) for _ in range(3))).content == {"-": LOG * 3}


@pytest.mark.parametrize("padding", [1, 511, 100_000])
def test_zeros_behind_gzip_are_padding(padding: int) -> None:
    result = piped(gzip.compress(LOG) + bytes(padding))
    assert result.content == {"-": LOG}
    assert result.problems() == []


def test_something_else_behind_gzip_is_said() -> None:
    result = piped(gzip.compress(LOG) + b"trailing garbage")
    assert result.content == {"-": LOG}
    assert "followed by something else" in result.problems()[0]


def test_a_gzip_with_a_wrong_checksum_gives_all_of_its_content() -> None:
    data = bytearray(gzip.compress(LOG))
    data[-6] ^= 1
    result = piped(bytes(data))
    assert result.content == {"-": LOG}
    assert "damaged" in result.problems()[0]


@pytest.mark.campaign(3)
@pytest.mark.parametrize("kind", ["tar", "tar in gzip", "zip", "zip stored", "zip piped", "zip64"])
def test_cut_anywhere_what_comes_before_is_used(kind: str) -> None:
    whole = ARCHIVES[kind]()
    step = 97 if kind == "tar" else 1
    seen_all = 0
    for cut in every_prefix(whole, step):
        result = piped(cut)
        for name, content in result.content.items():
            if name != "-":
                # of a compressed member, a few first bytes are no compression yet
                assert BUNDLE_CONTENT[name].startswith(content) or BUNDLE[name].startswith(content)
        problems = result.problems()
        if set(result.content) != set(BUNDLE_CONTENT):
            assert problems or "-" in result.content, len(cut)
        seen_all += result.content == BUNDLE_CONTENT
    assert seen_all >= 1  # the directory, or the end mark, alone is missing


def test_a_cut_inside_a_member_names_member_and_place() -> None:
    data = tar_member(b"first", b"1") + tar_member(b"second.log", LOG * 9) + tar_end()
    cut = data[: 512 * 3 + 700]
    result = piped(cut)
    assert result.content == {"first": b"1", "second.log": (LOG * 9)[:700]}
    assert [text for text in result.problems() if f"cut off at byte {len(cut)}" in text and "second.log" in text]


def test_each_byte_of_a_gzip_counts_before_the_cut() -> None:
    whole = gzip.compress(LOG)
    lengths = [len(piped(whole[:end]).content.get("-", b"")) for end in range(20, len(whole))]
    assert lengths == sorted(lengths)
    assert lengths[-1] == len(LOG)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(ARCHIVES)), st.data())
def test_damage_never_raises_and_never_invents(kind: str, data: st.DataObject) -> None:
    whole = bytearray(ARCHIVES[kind]())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    result = piped(bytes(whole), Limits(max_total_bytes=64 << 20))
    for note in result.notes:
        assert f"{note.source.file}{note.problem}{note.detail}".isprintable()
    for member in result.members.values():
        assert str(member.ref).isprintable()


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=3000),
    st.sampled_from([b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0", b"(\xb5/\xfd", b""]),
)
def test_any_bytes(data: bytes, magic: bytes) -> None:
    result = piped(magic + data, Limits(max_total_bytes=16 << 20))
    assert result.content or result.notes


def test_response_log_is_found_in_a_misspelt_tree() -> None:
    name = b"iancope/var/logs/containers/sw-reponse-mgmt.log"
    result = piped(tar_member(name, LOG) + tar_end())
    assert result.members[name.decode()].role == "response"
