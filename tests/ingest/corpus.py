"""Archives made byte by byte, good and hostile, so that each holds exactly what it is meant to hold."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sestriage.ingest import Limits, Member, walk
from sestriage.model.source import InputNote

RESPONSE_LOG = "lancope/var/logs/containers/sw-response-mgmt.log"
LOG = (
    b"2024-03-05 10:12:44,120 ERROR [MailAction] Test email failed\n"
    b"javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n"
    b"\tjavax.net.ssl.SSLHandshakeException: PKIX path building failed\n"
    b"\tat com.sun.mail.smtp.SMTPTransport.startTLS(SMTPTransport.java:2155)\n"
) * 3
CIPHERS = b"ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256\n"

BUNDLE: Mapping[str, bytes] = {
    "lancope/services/swos-compliance/security/tls-ciphers": CIPHERS,
    RESPONSE_LOG: LOG,
    "lancope/var/smc/log/smc-core.log": LOG.replace(b"MailAction", b"SlicFeedGetter"),
    RESPONSE_LOG + ".1.gz": gzip.compress(LOG[: len(LOG) // 3], mtime=0),
}
"""A small bundle, as stored."""

BUNDLE_CONTENT = {**BUNDLE, RESPONSE_LOG + ".1.gz": LOG[: len(LOG) // 3]}
"""The same, as read."""


@dataclass
class Walked:
    """What a walk gave: content and member by shown name, and the notes."""

    content: dict[str, bytes] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    notes: list[InputNote] = field(default_factory=list)

    def problems(self) -> list[str]:
        return [f"{note.source.file}: {note.problem}" for note in self.notes if note.problem]


def walked(path: str, limits: Limits | None = None, stdin: bytes | None = None) -> Walked:
    """Walk one path and read every member to its end in small pieces."""
    out = Walked()
    piped = None if stdin is None else io.BytesIO(stdin)
    for member in walk([path], limits or Limits(), out.notes, piped):
        name = member.ref.member or member.ref.path
        assert name not in out.content, f"{name} came twice"
        with member.open() as stream:
            out.content[name] = b"".join(iter(lambda stream=stream: stream.read(1000), b""))  # type: ignore[misc]
        out.members[name] = member
    return out


def piped(data: bytes, limits: Limits | None = None) -> Walked:
    """Walk an archive on standard input."""
    return walked("-", limits, data)


# --- tar ---------------------------------------------------------------------------------------------------------


def tar_header(
    name: bytes, size: int = 0, kind: bytes = b"0", link: bytes = b"", size_field: bytes | None = None
) -> bytes:
    """A ustar header block with a right checksum, whatever else is wrong with it."""
    field_ = size_field if size_field is not None else b"%011o\0" % size
    block = bytearray(512)
    block[0 : min(100, len(name))] = name[:100]
    block[100:108] = b"0000644\0"
    block[124:136] = field_
    block[136:148] = b"14570000000\0"
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[157 : 157 + len(link)] = link
    block[257:265] = b"ustar\x0000"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def tar_member(name: bytes, data: bytes = b"", kind: bytes = b"0", link: bytes = b"") -> bytes:
    return tar_header(name, len(data), kind, link) + data + bytes(-len(data) % 512)


def tar_end() -> bytes:
    return bytes(1024)


def pax(records: Mapping[bytes, bytes]) -> bytes:
    """A pax extended header member."""
    payload = b""
    for key, value in records.items():
        body = b" " + key + b"=" + value + b"\n"
        length = len(body) + 1
        while len(str(length)) + len(body) != length:
            length += 1
        payload += str(length).encode() + body
    return tar_member(b"PaxHeaders/x", payload, b"x")


def good_tar(extra: bytes = b"", before: bool = True) -> bytes:
    """The attack, then the response log (or the other way round)."""
    log = tar_member(RESPONSE_LOG.encode(), LOG)
    return (extra + log if before else log + extra) + tar_end()


def bundle_tar(prefix: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in BUNDLE.items():
            info = tarfile.TarInfo(prefix + name)
            info.size = len(data)
            info.mtime = 1_700_000_000
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zeros_gzip(mib: int) -> bytes:
    """A gzip file of many members, each 16 MiB of zeros: a bomb that takes no time to make."""
    return gzip.compress(bytes(16 << 20), 9, mtime=0) * (mib // 16)


# --- zip ---------------------------------------------------------------------------------------------------------


@dataclass
class ZipPart:
    """One zip member, every field open to lies."""

    name: bytes
    data: bytes = b""
    method: int = 8
    flags: int = 0
    mode: int = 0o100644
    crc: int | None = None
    offset: int | None = None
    packed: bytes | None = None
    signature: bytes = b"PK\x03\x04"

    def body(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method != 8:
            return self.data
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflate.compress(self.data) + deflate.flush()

    def checksum(self) -> int:
        return zlib.crc32(self.data) if self.crc is None else self.crc


def local_header(part: ZipPart, packed: int) -> bytes:
    return (
        struct.pack(
            "<4s5H3L2H",
            part.signature,
            20,
            part.flags,
            part.method,
            0,
            0x5865,
            part.checksum(),
            packed,
            len(part.data),
            len(part.name),
            0,
        )
        + part.name
    )


def central_header(part: ZipPart, packed: int, offset: int) -> bytes:
    return (
        struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 0x031E, 20, part.flags, part.method, 0, 0x5865, part.checksum(), packed,
            len(part.data), len(part.name), 0, 0, 0, 0, part.mode << 16, offset,
        )
        + part.name
    )  # fmt: skip


def end_record(entries: int, size: int, start: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, size, start, 0)


def zip_of(*parts: ZipPart) -> bytes:
    out, directory = b"", b""
    for part in parts:
        packed = part.body()
        offset = len(out) if part.offset is None else part.offset
        directory += central_header(part, len(packed), offset)
        if part.offset is None:
            out += local_header(part, len(packed)) + packed
    return out + directory + end_record(len(parts), len(directory), len(out))


GOOD_PART = ZipPart(RESPONSE_LOG.encode(), LOG)


def good_zip(*attack: ZipPart) -> bytes:
    return zip_of(*attack, GOOD_PART)


def bundle_zip(method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in BUNDLE.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, method)
    return out.getvalue()


class Unseekable(io.RawIOBase):
    """Makes the standard library write zips as it does into a pipe: sizes behind the data."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self.parts.append(piece)
        return len(piece)


def piped_zip(method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = Unseekable()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in BUNDLE.items():
            archive.writestr(name, data)
    return b"".join(out.parts)


def zip64_bundle() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in BUNDLE.items():
            with archive.open(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), "w", force_zip64=True) as member:
                member.write(data)
    return out.getvalue()


def overlapping_zip(copies: int, size: int) -> bytes:
    """Full overlap: many directory entries, one body (D. Fifield, "A better zip bomb", 2019)."""
    first = ZipPart(b"kernel", bytes(size))
    others = [ZipPart(b"copy%d" % at, bytes(size), offset=0) for at in range(copies)]
    return zip_of(first, *others, GOOD_PART)


# --- the table of attacks ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attack:
    """One hostile member in an otherwise good archive: how it is called in the finding, and the reason given."""

    archive: Callable[[], bytes]
    named: str
    reason: str


def _zip_bomb_part(mib: int) -> ZipPart:
    return ZipPart(b"zeros.log", bytes(mib << 20))


LONG = b"n" * 65_000

ATTACKS: Mapping[str, Attack] = {
    "tar-symlink": Attack(
        lambda: good_tar(tar_member(b"s.log", kind=b"2", link=b"/etc/passwd")), "s.log", "symbolic link"
    ),
    "tar-hardlink": Attack(
        lambda: good_tar(tar_member(b"h.log", kind=b"1", link=b"/etc/shadow")), "h.log", "hard link"
    ),
    "tar-char-device": Attack(lambda: good_tar(tar_member(b"zero", kind=b"3")), "zero", "device"),
    "tar-block-device": Attack(lambda: good_tar(tar_member(b"sda", kind=b"4")), "sda", "device"),
    "tar-fifo": Attack(lambda: good_tar(tar_member(b"pipe", kind=b"6")), "pipe", "named pipe"),
    "tar-absolute": Attack(lambda: good_tar(tar_member(b"/etc/x.log", LOG)), "/etc/x.log", "absolute"),
    "tar-dotdot": Attack(lambda: good_tar(tar_member(b"a/../../x.log", LOG)), "a/../../x.log", ".."),
    "tar-dotdot-pax": Attack(
        lambda: good_tar(pax({b"path": b"../x.log"}) + tar_member(b"fine.log", LOG)), "../x.log", ".."
    ),
    "tar-dotdot-folder": Attack(lambda: good_tar(tar_member(b"../../d/", kind=b"5")), "../../d/", ".."),
    "tar-duplicate": Attack(
        lambda: good_tar(tar_member(b"a.log", b"one") + tar_member(b"./a.log", b"two")), "a.log", "case or form"
    ),
    "tar-same-name": Attack(
        lambda: good_tar(tar_member(b"a.log", b"one") + tar_member(b"a.log", b"two")), "a.log", "same name"
    ),
    "tar-case-clash": Attack(
        lambda: good_tar(tar_member(b"a.log", b"one") + tar_member(b"A.LOG", b"two")), "A.LOG", "case"
    ),
    "tar-control-name": Attack(lambda: good_tar(tar_member(b"x\x1b[2Jy", LOG)), "x\\x1b[2Jy", "control characters"),
    "tar-newline-name": Attack(lambda: good_tar(tar_member(b"x\ny", LOG)), "x\\x0ay", "control characters"),
    "tar-long-name-gnu": Attack(
        lambda: good_tar(tar_member(b"././@LongLink", LONG + b"\0", b"L") + tar_member(b"short", LOG)),
        "short", "too long",
    ),
    "tar-long-name-pax": Attack(
        lambda: good_tar(pax({b"path": LONG}) + tar_member(b"short", LOG)), "nnnn", "longer than"
    ),
    "tar-huge-pax": Attack(
        lambda: good_tar(pax({b"comment": bytes(2 << 20)}) + tar_member(b"after.log", LOG)),
        "after.log", "extended header",
    ),
    "tar-broken-pax": Attack(
        lambda: good_tar(tar_member(b"P", b"99 path=x\n", b"x") + tar_member(b"after.log", LOG)), "after.log", "damaged"
    ),
    "tar-pax-length-zero": Attack(
        lambda: good_tar(tar_member(b"P", b"0 path=x\n", b"x") + tar_member(b"after.log", LOG)), "after.log", "damaged"
    ),
    "tar-sparse-pax": Attack(
        lambda: good_tar(pax({b"GNU.sparse.major": b"1", b"GNU.sparse.realsize": b"9" * 15}) + tar_member(b"s", LOG)),
        "s", "sparse",
    ),
    "tar-sparse-gnu": Attack(lambda: good_tar(tar_member(b"s.log", LOG, b"S")), "s.log", "sparse"),
    "tar-unknown-type": Attack(lambda: good_tar(tar_member(b"u.log", LOG, b"Z")), "u.log", "type"),
    "tar-multi-volume": Attack(lambda: good_tar(tar_member(b"m.log", LOG, b"M")), "m.log", "volume"),
    "tar-declared-size": Attack(
        lambda: good_tar(tar_header(b"big.log", size_field=b"\x80" + (1 << 50).to_bytes(11, "big")), before=False),
        "big.log", "bytes, more than",
    ),
    "zip-symlink": Attack(lambda: good_zip(ZipPart(b"s.log", b"/etc/passwd", mode=0o120777)), "s.log", "symbolic link"),
    "zip-device": Attack(lambda: good_zip(ZipPart(b"d.log", b"", mode=0o020666)), "d.log", "device"),
    "zip-absolute": Attack(lambda: good_zip(ZipPart(b"/x.log", LOG)), "/x.log", "absolute"),
    "zip-drive": Attack(lambda: good_zip(ZipPart(b"C:\\x.log", LOG)), "C:\\x.log", "absolute"),
    "zip-dotdot": Attack(lambda: good_zip(ZipPart(b"../x.log", LOG)), "../x.log", ".."),
    "zip-dotdot-backslash": Attack(lambda: good_zip(ZipPart(b"a\\..\\..\\x.log", LOG)), "a\\..\\..\\x.log", ".."),
    "zip-control-name": Attack(
        lambda: good_zip(ZipPart(b"x\x07\x1b]0;y", LOG)), "x\\x07\\x1b]0;y", "control characters"
    ),
    "zip-nul-name": Attack(lambda: good_zip(ZipPart(b"x.log\0.txt", LOG)), "x.log\\x00.txt", "control characters"),
    "zip-long-name": Attack(lambda: good_zip(ZipPart(LONG, LOG)), "nnnn", "longer than"),
    "zip-duplicate": Attack(lambda: good_zip(ZipPart(b"a", b"one"), ZipPart(b"a", b"two")), "a", "same name"),
    "zip-case-clash": Attack(lambda: good_zip(ZipPart(b"a", b"one"), ZipPart(b"A", b"two")), "A", "case"),
    "zip-encrypted": Attack(lambda: good_zip(ZipPart(b"e.log", LOG, flags=1)), "e.log", "encrypted"),
    "zip-method": Attack(lambda: good_zip(ZipPart(b"m.log", LOG, method=9)), "m.log", "method 9"),
    "zip-overlap": Attack(lambda: overlapping_zip(50, 1000), "copy49", "overlaps"),
    "zip-outside": Attack(lambda: good_zip(ZipPart(b"o.log", LOG, offset=1 << 30)), "o.log", "outside"),
    "zip-no-header": Attack(
        lambda: zip_of(GOOD_PART, ZipPart(b"o.log", b"x", signature=b"XXXX")), "o.log", "no member at"
    ),
    "zip-checksum": Attack(lambda: good_zip(ZipPart(b"c.log", LOG, crc=1)), "c.log", "checksum"),
    "zip-damaged": Attack(lambda: good_zip(ZipPart(b"c.log", LOG, packed=b"\x07" * 50)), "c.log", "damaged"),
    "zip-cut-member": Attack(
        lambda: good_zip(ZipPart(b"c.log", LOG, packed=ZipPart(b"", LOG).body()[:-9])), "c.log", "cut off"
    ),
}  # fmt: skip

COMPRESSORS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}


def nested_gzip(depth: int) -> bytes:
    data = LOG
    for _ in range(depth):
        data = gzip.compress(data, mtime=0)
    return data


def nested_zip(depth: int, copies: int) -> bytes:
    """Zips in zips, each with several copies: what a quine unfolds to."""
    data = zip_of(GOOD_PART)
    for level in range(depth):
        data = zip_of(*(ZipPart(b"%d-%d.zip" % (level, copy), data) for copy in range(copies)))
    return data


def every_prefix(data: bytes, step: int = 1) -> Iterator[bytes]:
    for end in range(0, len(data), step):
        yield data[:end]
