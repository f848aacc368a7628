"""Special ways, each with and without: `python tests/bench/bench_ways.py --dir DIR [--runs 9] [--only hyperscan]`

Both sides are the same command in a process of its own, started in the same way; on the other side the way is taken
out by a line of Python in front of it. What brings less than a tenth of a whole command on a quiet machine is not worth
its lines. Logs are made where they are missing (`make_log.py`); the capture is the samples' mail among 300,000 packets.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import dropwhile, takewhile
from pathlib import Path

from bench_capture import need as need_capture
from bench_log import PYTHON, Cost, measure, need
from make_log import SEED, Writer, dense, of_family, parse_size, sparse, write
from surroundings import as_users_have_it

HERE = Path(__file__).resolve().parent
MAIN = "from sestriage.cli.entry import main; main()"


@dataclass(frozen=True, slots=True)
class Way:
    """A special way: the line that takes it out, the input it is for, and the command; `{log}` is the input."""

    without: str
    source: str
    command: tuple[str, ...] = ("triage", "--no-save", "{log}")
    grows: bool = False
    """The log gets 1 MiB of chatter before each run."""


CHECK = ("check", "--log", "{log}", "--state", "{log}.state", "--grace", "0")
WAYS: dict[str, Way] = {
    "lines remembered": Way(
        "from sestriage.formats.log.lines.weigh import Scale; Scale.SHORT = -1; Scale.MOST_SHAPES = 0",
        "spring",
    ),
    "lines remembered, without digits only": Way(
        "from sestriage.formats.log.lines.weigh import Scale; Scale.SHORT = -1",
        "access",
    ),
    "events remembered": Way(
        "from sestriage.formats.log.event_cache import Builder; Builder._key = lambda *_: None",
        "storm",
    ),
    "events remembered, no two alike": Way(
        "from sestriage.formats.log.event_cache import Builder; Builder._key = lambda *_: None",
        "dense",
    ),
    "left at once": Way("import sestriage.cli.entry as e, sys; e._leave = sys.exit", "bundle"),
    "check: nothing new": Way(
        "import sestriage.watch.shortcuts.nothing_new as n; n.nothing_to_do = lambda _: False", "watched", CHECK
    ),
    "check: chatter": Way(
        "import sestriage.watch.shortcuts.chatter as c; c.quiet_news = lambda *_: None", "watched", CHECK, grows=True
    ),
    "hyperscan": Way("import sys; sys.modules['hyperscan'] = None", "small"),
    "captures: the gate": Way(
        "from sestriage.formats.capture.packet_walk import Walker; Walker.gate = lambda *_: None", "flows"
    ),
}


def _log(path: Path, lines: Callable[[], object]) -> Path:
    def make(place: Path) -> None:
        with place.open("wb") as out:
            write(lines(), out)  # type: ignore[arg-type]  # lines of text

    return need(path, make)


def storm(size: int) -> Iterator[str]:
    """One failure of a sample, again every minute."""
    lines = (HERE.parents[1] / "samples/dh-openssl/sw-response-mgmt.log").read_text("utf-8").splitlines(True)
    head, *rest = dropwhile(lambda line: " ERROR " not in line, lines)
    stamp = len("2026-11-23 22:46:07")
    rest = [head[stamp:], *takewhile(lambda line: line[:1] in "\t.cj", rest)]
    time, written = datetime(2026, 3, 1), 0
    while written < size:
        yield "".join([f"{time:%Y-%m-%d %H:%M:%S}", *rest])
        written += stamp + sum(map(len, rest))
        time += timedelta(seconds=61)


def _inputs(folder: Path, size: int) -> dict[str, Callable[[], Path]]:
    def watched() -> Path:
        shutil.rmtree(folder / "ways", ignore_errors=True)
        (folder / "ways").mkdir()
        shutil.copyfile(_log(folder / "ways-small.log", lambda: sparse(64 << 20, 4, SEED)), folder / "ways" / "app.log")
        return folder / "ways" / "app.log"

    return {
        "sparse": lambda: _log(folder / "ways-sparse.log", lambda: sparse(size, 50, SEED)),
        "small": lambda: _log(folder / "ways-small.log", lambda: sparse(64 << 20, 4, SEED)),
        "spring": lambda: _log(folder / "ways-spring.log", lambda: of_family("spring", size, 12, SEED)),
        "access": lambda: _log(folder / "ways-access.log", lambda: of_family("access", size, 12, SEED)),
        "storm": lambda: _log(folder / "ways-storm.log", lambda: storm(64 << 20)),
        "bundle": lambda: HERE.parents[1] / "samples" / "bundle" / "bundle.tar.gz",
        "dense": lambda: _log(folder / "ways-dense.log", lambda: dense(64 << 20, SEED)),
        "watched": watched,
        "flows": lambda: need_capture(folder / "ways-flows.pcap", "flows", 300_000),
    }


def bench(name: str, way: Way, log: Path, runs: int) -> None:
    """Print the medians of paired runs."""
    command = [part.format(log=log) for part in way.command]
    chatter = "".join(Writer(SEED + 1).chatter(8000)).encode() if way.grows else b""

    def prepare() -> None:
        if chatter:
            with log.open("ab") as file:
                file.write(chatter)

    def run(before: str) -> Cost:
        return measure([PYTHON, "-c", f"{before}\n{MAIN}", *command], prepare)

    run("")  # the place of a log is remembered, modules are compiled
    pairs = [(run(""), run(way.without)) for _ in range(runs)]
    wall, cpu = (statistics.median(getattr(a, kind) / getattr(b, kind) for a, b in pairs) for kind in ("wall", "cpu"))
    with_it, without = (statistics.median(each[side].wall for each in pairs) for side in (0, 1))
    print(
        f"{name:<40} with {with_it:7.3f} s  without {without:7.3f} s  ratio {wall:5.2f}  (cpu {cpu:5.2f})", flush=True
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True, help="folder for the inputs")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--size", type=parse_size, default=parse_size("256MiB"))
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    as_users_have_it()
    options.dir.mkdir(parents=True, exist_ok=True)
    inputs = _inputs(options.dir, options.size)
    for name, way in WAYS.items():
        if not options.only or name in options.only.split(","):
            bench(name, way, inputs[way.source](), options.runs)


if __name__ == "__main__":
    main()
