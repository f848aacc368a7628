"""isal and zlib give the same bytes and the same messages, whatever happened to the data."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slices
from ingest.corpus import LOG, bundle_tar, bundle_zip, piped, piped_zip, walked
from sestriage.ingest import Limits, inflate
from sestriage.ingest.codecs import DEFLATE, GZIP, Codec, Decompressed
from sestriage.ingest.inflate import CompressedReplay, IsalInflate, ZlibInflate
from sestriage.ingest.layers import DecompressionBudget, Layer, Peekable, Source

LOADED = inflate._isal


@pytest.fixture(params=["isal", "zlib"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both back ends in turn."""
    name = str(request.param)
    if name == "isal":
        pytest.importorskip("isal")
    else:
        monkeypatch.setattr(inflate, "_isal", lambda: None)
    return name


def unpack(data: bytes, codec: Codec = GZIP, *, piped: bool = False, size: int = 1 << 20) -> tuple[bytes, str | None]:
    """The content and the problem, read `size` bytes at a time."""
    source = Source(io.BytesIO(data), None if piped else len(data))
    layer = Decompressed(Peekable(source), codec, DecompressionBudget(Limits()), 1 << 26, single=codec is DEFLATE)
    return b"".join(iter(lambda: layer.read(size), b"")), layer.problem


def member(data: bytes, level: int = 6, flags: int = 0, extra: bytes = b"") -> bytes:
    """A gzip member (RFC 1952); `flags` and the `extra` bytes of its header as wanted."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    body = deflate.compress(data) + deflate.flush()
    head = b"\x1f\x8b\x08" + bytes([flags]) + bytes(4) + b"\x02\x03" + extra
    return head + body + struct.pack("<2L", zlib.crc32(data), len(data))


def full_header() -> bytes:
    """A member with extra field, name, comment and header checksum."""
    extra = b"\x05\x00abcde" + b"smc.log\0" + b"a comment\0"
    head = b"\x1f\x8b\x08\x1e" + bytes(4) + b"\x02\x03" + extra
    return member(LOG, flags=0x1E, extra=extra + struct.pack("<H", zlib.crc32(head) & 0xFFFF))


def test_the_fast_one_is_used_where_it_is_installed() -> None:
    if LOADED() is None:
        assert isinstance(inflate.inflater(31, CompressedReplay(None)), ZlibInflate)
    else:
        assert isinstance(inflate.inflater(31, CompressedReplay(None)), IsalInflate)


@pytest.mark.usefixtures("library")
class TestWithEither:
    @pytest.mark.parametrize("piped", [False, True])
    def test_members_empty_ones_and_padding(self, piped: bool) -> None:
        data = member(b"") + member(b"one\n") + member(b"") + member(b"two\n", 0) + bytes(1000) + full_header()
        assert unpack(data, piped=piped) == (b"one\ntwo\n" + LOG, None)

    def test_something_else_behind(self) -> None:
        data = member(LOG)
        after = "the gzip data is followed by something else after {} bytes"
        assert unpack(data + b"garbage") == (LOG, after.format(len(data) + 7))
        assert unpack(data + b"\x1f\x8b") == (LOG, after.format(len(data) + 2))

    @pytest.mark.parametrize("at", range(4))
    def test_wrong_checksum_and_wrong_length(self, at: int) -> None:
        for field in (-8, -4):
            data = bytearray(member(LOG))
            data[field + at] ^= 0x10
            assert unpack(bytes(data)) == (LOG, f"the gzip data is damaged after {len(data)} bytes")

    def test_header_cut_anywhere(self) -> None:
        whole = full_header()
        body = len(whole) - len(member(LOG)) + 10
        assert unpack(whole) == (LOG, None)
        for end in range(1, body):
            assert unpack(whole[:end]) == (b"", f"the gzip data is cut off after {end} bytes")

    def test_header_damaged(self) -> None:
        wrong = bytearray(full_header())
        wrong[12] ^= 1  # its checksum is wrong now
        assert unpack(bytes(wrong)) == (b"", f"the gzip data is damaged after {len(wrong)} bytes")
        for bit in (0x20, 0x40, 0x80):
            data = member(LOG, flags=bit)
            assert unpack(data) == (b"", f"the gzip data is damaged after {len(data)} bytes")

    def test_what_comes_before_damage_is_kept(self) -> None:
        text = b"".join(b"%d: a line of the log\n" % number for number in range(30_000))
        data = member(text)
        middle = len(data) // 2
        got, problem = unpack(data[:middle] + b"\xff" * 300 + data[middle + 300 :])
        assert problem is not None
        assert "is damaged" in problem
        shorter = zlib.decompressobj(31).decompress(data[:middle])
        assert len(shorter) > len(text) // 3
        assert got.startswith(shorter)
        assert unpack(data[:middle]) == (shorter, f"the gzip data is cut off after {middle} bytes")

    def test_every_byte_of_it(self) -> None:
        """Output that zlib holds back when no more than one byte is asked for comes at the end."""
        data = member(b"a" * 3000)
        for end in range(11, len(data) - 8):
            assert unpack(data[:end], size=1) == unpack(data[:end])

    def test_raw_deflate_leaves_what_follows(self) -> None:
        raw = member(LOG)[10:-8]
        source = Source(io.BytesIO(raw + b"PK\x07\x08rest"))
        layer = Decompressed(Peekable(source), DEFLATE, DecompressionBudget(Limits()), 1 << 26, single=True)
        assert b"".join(layer.chunks()) == LOG
        assert layer.unused == b"PK\x07\x08rest"


# --- both against each other -------------------------------------------------------------------------------------


def with_both(*arguments: object, **named: object) -> Iterator[tuple[bytes, str | None]]:
    for loader in (lambda: None, LOADED):
        inflate._isal = loader
        try:
            yield unpack(*arguments, **named)  # type: ignore[arg-type]
        finally:
            inflate._isal = LOADED


def assert_same(data: bytes, codec: Codec, piped: bool, size: int) -> None:
    """The one permitted difference: what isal delivers goes on behind the place where zlib noticed the damage."""
    (slow, said), (fast, says) = with_both(data, codec, piped=piped, size=size)
    if said is not None and "is damaged" in said and len(fast) > len(slow):
        assert fast.startswith(slow)
        return
    assert (fast, says) == (slow, said)


TEXTS = st.one_of(
    st.binary(max_size=3000),
    st.builds(lambda word, times: word * times, st.binary(min_size=1, max_size=40), st.integers(0, 9000)),
    st.builds(lambda seed: b"".join(b"%d %d\n" % (n, n * seed % 9973) for n in range(20_000)), st.integers(1, 99)),
)
DAMAGE = st.one_of(
    st.none(),
    st.tuples(st.just("cut"), st.floats(0, 1), st.just(0)),
    st.tuples(st.just("flip"), st.floats(0, 1), st.integers(1, 255)),
    st.tuples(st.just("zeros"), st.floats(0, 1), st.integers(1, 200)),
    st.tuples(st.just("start"), st.floats(0, 1), st.integers(1, 255)),
)


def damaged(data: bytes, damage: tuple[str, float, int] | None) -> bytes:
    if damage is None or not data:
        return data
    how, where, what = damage
    at = min(int(where * (min(len(data), 120) if how == "start" else len(data))), len(data) - 1)
    if how == "cut":
        return data[:at]
    if how == "zeros":
        return data[:at] + bytes(what) + data[at + what :]
    return data[:at] + bytes([data[at] ^ what]) + data[at + 1 :]


@settings(max_examples=slices.count(300, 6), deadline=None)
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=3),
    level=st.sampled_from([0, 1, 6, 9]),
    raw=st.booleans(),
    tail=st.sampled_from([b"", bytes(9), b"garbage", b"\x1f", b"\x1f\x8b\x08"]),
    damage=DAMAGE,
    piped=st.booleans(),
    size=st.sampled_from([97, 5000, 1 << 18]),
    kept=st.sampled_from([inflate.KEPT, 70_000, 10]),
)
def test_isal_and_zlib_agree(
    texts: list[bytes],
    level: int,
    raw: bool,
    tail: bytes,
    damage: tuple[str, float, int] | None,
    piped: bool,
    size: int,
    kept: int,
) -> None:
    pytest.importorskip("isal")
    data = member(texts[0], level)[10:-8] if raw else b"".join(member(text, level) for text in texts)
    usual, inflate.KEPT = inflate.KEPT, kept  # type: ignore[misc]
    try:
        assert_same(damaged(data + tail, damage), DEFLATE if raw else GZIP, piped, size)
    finally:
        inflate.KEPT = usual  # type: ignore[misc]


@pytest.mark.campaign(3)
@pytest.mark.parametrize("kind", ["tar.gz", "zip", "zip piped"])
def test_archives_agree_cut_or_damaged_anywhere(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("isal")
    data = {"tar.gz": lambda: gzip.compress(bundle_tar(), mtime=0), "zip": bundle_zip, "zip piped": piped_zip}[kind]()
    path = tmp_path / "bundle"
    for at in range(0, len(data), 5):
        for broken in (data[:at], data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :]):
            path.write_bytes(broken)
            seen = []
            for loader in (LOADED, lambda: None):
                monkeypatch.setattr(inflate, "_isal", loader)
                result = walked(str(path)) if kind != "zip piped" else piped(broken)
                seen.append(result)
            fast, slow = seen
            assert fast.problems() == slow.problems(), at
            for name in fast.content.keys() | slow.content.keys():
                less, more = slow.content.get(name, b""), fast.content.get(name, b"")
                noted = f"{name}: the gzip data is damaged" in str(slow.problems())
                assert more == less or (noted and more.startswith(less)), at


# --- the bytes once more -----------------------------------------------------------------------------------------


def test_a_pipe_is_kept_up_to_the_limit_and_no_further() -> None:
    replay = CompressedReplay(None)
    assert replay.add(b"x" * inflate.KEPT)
    assert not replay.add(b"y")
    assert b"".join(replay.chunks()) == b"x" * inflate.KEPT + b"y"


def test_a_file_is_not_kept() -> None:
    data = bytes(range(256)) * 100
    inner = Peekable(Source(io.BytesIO(data), len(data)))
    inner.peek(1000)
    first = inner.read(300)
    replay = CompressedReplay(inner.again(), before=len(first))
    given_ = [first, inner.read(5000), b"", inner.read(1 << 20)]
    assert all(map(replay.add, given_))
    assert replay._size == 300
    assert b"".join(replay.chunks()) == data
    assert inner.read(1) == b""


def test_a_layer_read_again_does_not_move() -> None:
    data = bytes(range(256)) * 1000
    inner = Peekable(Source(io.BytesIO(data), len(data)))
    inner.read(10)
    inner.peek(100)
    again = inner.again()
    assert isinstance(again, Layer)
    assert inner.read(50) == data[10:60]
    assert again.read_exactly(5000) == data[10:5010]
    assert inner.read_exactly(2000) == data[60:2060]
    assert Peekable(Source(io.BytesIO(data))).again() is None


def test_a_file_that_became_shorter_is_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was cut between the first and the second look: an end, not an endless loop."""
    pytest.importorskip("isal")
    text = b"".join(b"%d: a line of the log\n" % number for number in range(60_000))
    data = bytearray(member(text))
    data[-3] ^= 1
    file = io.BytesIO(data)
    source = Source(file, len(data))
    layer = Decompressed(Peekable(source), GZIP, DecompressionBudget(Limits()), 1 << 26)
    first = layer.read(1000)
    kept = layer.read_exactly(len(text) - 5000)
    file.truncate(3000)
    rest = b"".join(layer.chunks())
    assert (first + kept + rest).startswith(text[: len(text) - 4000])
    assert layer.problem is not None
