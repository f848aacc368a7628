"""Captures: `sestriage triage` beside what an expert types (tcpdump, then tshark on what it kept), whole processes.

    python tests/bench/bench_capture.py --dir /tmp/bench [--runs 9] [--only plain,vlan] [--packets 1000000] [--whole]
    python tests/bench/bench_capture.py --dir /tmp/bench --families [--only flows,web] [--runs 5]

Makes the captures that are missing (make_capture.py, capture_families.py; about 6 GB each), reads each once before, so
that it is in the page cache, and runs the two sides in turn. Medians of the ratios of paired runs; peak memory is the
largest resident set of a process, child processes included. `--whole` also runs tshark once over the whole plain
capture. Nothing is asserted; limits are printed beside the figures. Needs tcpdump and tshark. `--families`: captures
that differ in kind, beside the same two in one pipe, by the processor time of whole processes.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from capture_families import FAMILIES, MAIL_ONLY, WITHOUT, family
from make_capture import BUILDS, PACKETS, VARIANTS, Build, packets, save
from surroundings import as_users_have_it

HERE = Path(__file__).resolve().parent
MAIL_FILTER = "tcp port 25 or 465 or 587 or 2465 or 2587"
CHAIN = "-Y tls.handshake.certificate -T fields -e tls.handshake.certificate"
HUGE = 5 * PACKETS


@dataclass(frozen=True, slots=True)
class Cost:
    """What a side took: wall seconds, processor seconds, peak memory in MiB."""

    wall: float
    cpu: float
    peak: float


def measure(command: str, environment: dict[str, str]) -> Cost:
    """Runs a command by the shell, its output thrown away. What is timed is the whole of it."""
    began = time.perf_counter()
    process = subprocess.Popen(
        ["sh", "-c", command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def need(path: Path, variant: str, count: int) -> Path:
    """Makes a capture once, and reads it so that it is in the page cache."""
    if not path.exists():
        partial = path.with_suffix(".part")
        frames = packets(variant, count) if variant in VARIANTS else family(variant, count)
        with partial.open("wb") as out:
            save(out, frames, BUILDS.get(variant.rpartition("-")[2], Build()))
        partial.rename(path)
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 22):
            pass
    return path


def ours(capture: Path) -> str:
    """Our side. Exit status 3 (undetermined) is an answer, so the shell must not mind it."""
    command = shlex.join([sys.executable, "-m", "sestriage", "triage", str(capture), "--format", "json"])
    return f"exec {command}"


def theirs(capture: Path, folder: Path) -> str:
    """The expert's pipeline."""
    mail = shlex.quote(str(folder / "mail.pcap"))
    return f"tcpdump -r {shlex.quote(str(capture))} '{MAIL_FILTER}' -w {mail} && exec tshark -r {mail} {CHAIN}"


def pipeline(capture: Path) -> str:
    """The expert's two programs in one pipe."""
    return f"tcpdump -r {shlex.quote(str(capture))} '{MAIL_FILTER}' -w - | tshark -r - {CHAIN}"


def compare_families(names: list[str], given: argparse.Namespace, environment: dict[str, str]) -> None:
    """Prints the table of the families."""
    print("| capture | MB | sestriage cpu s | tcpdump \\| tshark cpu s | ratio | peak MiB | limit |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for name in names:
        capture = need(given.dir / f"{name}-{given.packets}.pcap", name, given.packets)
        mine, other = ours(capture), pipeline(capture)
        measure(mine, environment)
        costs = [(measure(mine, environment), measure(other, environment)) for _ in range(given.runs)]
        ratio = statistics.median(a.cpu / b.cpu for a, b in costs)
        work, beside = (statistics.median(c[side].cpu for c in costs) for side in (0, 1))
        limit = "-" if name in MAIL_ONLY else "1.5 (aim 1.0)"
        size, peak = capture.stat().st_size / 1e6, max(a.peak for a, _ in costs)
        cells = (name, f"{size:.0f}", f"{work:.2f}", f"{beside:.2f}", f"{ratio:.2f}", f"{peak:.0f}")
        print("| " + " | ".join((*cells, f"{limit}; 100 MiB")) + " |", flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--packets", type=int, default=PACKETS)
    parser.add_argument("--only")
    parser.add_argument("--families", action="store_true", help="captures that differ in kind, beside a pipe")
    parser.add_argument("--whole", action="store_true", help="tshark over the whole plain capture too, once")
    given = parser.parse_args()
    given.dir.mkdir(parents=True, exist_ok=True)
    as_users_have_it()
    environment = dict(os.environ)
    environment.setdefault("PYTHONPATH", str(HERE.parents[1] / "src"))
    environment["XDG_STATE_HOME"] = str(given.dir / "state")
    if given.families:
        compare_families((given.only or ",".join((*FAMILIES, *WITHOUT, *MAIL_ONLY))).split(","), given, environment)
        return
    print("| capture | MB | sestriage s | tcpdump + tshark s | ratio | cpu ratio | to plain | peak MiB | limit |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    plain: float | None = None
    for name in (given.only or ",".join((*VARIANTS, "huge"))).split(","):
        count = HUGE if name == "huge" else given.packets
        capture = need(given.dir / f"{name}-{count}.pcap", "plain" if name == "huge" else name, count)
        mine, other = ours(capture), theirs(capture, given.dir)
        for side in (mine, other):
            measure(side, environment)
        costs = [(measure(mine, environment), measure(other, environment)) for _ in range(given.runs)]
        ratio = statistics.median(a.wall / b.wall for a, b in costs)
        work = statistics.median(a.cpu / b.cpu for a, b in costs)
        wall, beside = (statistics.median(c[side].wall for c in costs) for side in (0, 1))
        plain = plain or (wall if name == "plain" else None)
        compared = f"{wall / plain:.2f}" if plain else ""
        limit = "1.2 (aim 1.0)" if name == "plain" else "to plain 1.5" if name in ("vlan", "ipv6", "sll2") else "-"
        size = capture.stat().st_size / 1e6
        peak = max(a.peak for a, _ in costs)
        cells = (name, f"{size:.0f}", f"{wall:.3f}", f"{beside:.3f}", f"{ratio:.2f}", f"{work:.2f}", compared)
        print("| " + " | ".join((*cells, f"{peak:.0f}", f"{limit}; 100 MiB")) + " |", flush=True)
    if given.whole and plain:
        capture = given.dir / f"plain-{given.packets}.pcap"
        whole = measure(f"exec tshark -r {shlex.quote(str(capture))} {CHAIN}", environment)
        print(f"\ntshark over the whole plain capture: {whole.wall:.1f} s; sestriage takes 1/{whole.wall / plain:.0f}")


if __name__ == "__main__":
    main()
