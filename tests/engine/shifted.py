"""Real samples moved in time: the log by what its clock shows, the capture by true time."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from support import SAMPLES

_STAMP = re.compile(rb"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_FORM = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Sample:
    """A sample whose log has times without zone; `recorded` is its first log time in UTC."""

    name: str
    zone: timedelta

    def _first(self) -> datetime:
        match = _STAMP.search(self._log())
        assert match is not None
        return datetime.strptime(match[0].decode(), _FORM)

    def _log(self) -> bytes:
        return (SAMPLES / self.name / "sw-response-mgmt.log").read_bytes()

    def log(self, true_time: datetime, clock_ahead: timedelta) -> bytes:
        """The log of the same run at another time (UTC, naive), on a clock that is ahead of UTC by so much."""
        move = true_time + clock_ahead - self._first()

        def moved(match: re.Match[bytes]) -> bytes:
            return (datetime.strptime(match[0].decode(), _FORM) + move).strftime(_FORM).encode()

        return _STAMP.sub(moved, self._log())

    def capture(self, true_time: datetime) -> bytes:
        """The capture of that run, every packet at the same distance from the log's lines."""
        move = round((true_time + self.zone - self._first()).total_seconds())
        (file,) = (SAMPLES / self.name).glob("test-action.pcap*")
        data = bytearray(file.read_bytes())
        return bytes(_moved_pcapng(data, move) if data[:4] == b"\n\r\r\n" else _moved_pcap(data, move))


def _moved_pcap(data: bytearray, seconds: int) -> bytearray:
    """Classic pcap (pcap-savefile(5)); the samples are little-endian."""
    assert bytes(data[:4]) in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1")
    at = 24
    while at < len(data):
        then, _, length, _ = struct.unpack_from("<4I", data, at)
        struct.pack_into("<I", data, at, then + seconds)
        at += 16 + length
    return data


def _moved_pcapng(data: bytearray, seconds: int) -> bytearray:
    """pcapng (draft-ietf-opsawg-pcapng), one interface, little-endian, packets in enhanced packet blocks."""
    at, units = 0, 1_000_000
    while at < len(data):
        kind, length = struct.unpack_from("<2I", data, at)
        if kind == 1 and (resolution := data.find(b"\x09\0\x01\0", at + 16, at + length)) >= 0:
            units = 10 ** data[resolution + 4]
        if kind == 6:
            high, low = struct.unpack_from("<2I", data, at + 12)
            stamp = (high << 32 | low) + seconds * units
            struct.pack_into("<2I", data, at + 12, stamp >> 32, stamp & 0xFFFFFFFF)
        at += length
    return data


FAILING = Sample("pkix-root-missing", timedelta(0))
WORKING = Sample("success-smtps", timedelta(hours=-5))
"""Zones as the lab configured them (`log_zone` in expected.json)."""
