"""tcpdump around a block of code."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Time for the last packets to reach the capture.
SETTLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """How a case is captured. ``interface`` "any" gives Linux cooked frames, "lo" Ethernet ones."""

    filter: str
    interface: str = "lo"
    nanoseconds: bool = False
    pcapng: bool = False

    @property
    def suffix(self) -> str:
        """The ending of the file name."""
        return ".pcapng" if self.pcapng else ".pcap"


@contextlib.contextmanager
def capturing(options: CaptureOptions, path: Path) -> Iterator[None]:
    """Writes ``path`` while the block runs; raises RuntimeError when tcpdump does not start."""
    raw = path.with_suffix(".raw")
    command = ["tcpdump", "-Z", "root", "-i", options.interface, "--immediate-mode", "-U", "-n", "-w", str(raw)]
    if options.nanoseconds:
        command.append("--time-stamp-precision=nano")
    process = subprocess.Popen([*command, options.filter], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    first = ""
    while "listening on" not in first:
        first = process.stderr.readline()
        if not first:
            raise RuntimeError("tcpdump did not start")
    try:
        yield
        time.sleep(SETTLE_SECONDS)
    finally:
        process.terminate()  # not SIGINT: in the background of a script that is ignored
        process.communicate(timeout=10)
    if options.pcapng:
        subprocess.run(["editcap", "-F", "pcapng", raw, path], check=True)
        raw.unlink()
    else:
        raw.rename(path)
