"""Logs: sestriage beside ripgrep, grep and zcat on the same files, whole processes, medians of paired runs.

    python tests/bench/bench_log.py --dir /tmp/bench [--runs 9] [--size 1GiB] [--only sparse,dense,…]

Each run of a pair starts right after the other, output goes to a pipe, files are read once before to be in the page
cache. Peak memory is the child's own maximum resident set. Nothing is asserted; limits are printed beside the
figures. Needs the Debian packages ripgrep and grep; `searchkit` from PyPI for `peer`.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from families import FAMILIES
from make_log import MAIL, SEED, Writer, dense, of_family, parse_size, sparse, write
from surroundings import as_users_have_it

HERE = Path(__file__).resolve().parent
LITERALS = HERE / "literals.txt"
PYTHON = sys.executable
SESTRIAGE = [PYTHON, "-m", "sestriage"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: wall seconds, processor seconds, peak memory in MiB."""

    wall: float
    cpu: float
    peak: float


def measure(command: Sequence[str] | str, prepare: Callable[[], None] | None = None) -> Cost:
    """Run a command (text: by the shell) with its output going to a pipe."""
    if prepare is not None:
        prepare()
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, shell=isinstance(command, str))
    assert process.stdout is not None
    while process.stdout.read(1 << 16):
        pass
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = 0
    process.stdout.close()
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def pair(
    name: str,
    ours: Sequence[str] | str,
    theirs: Sequence[str] | str,
    runs: int,
    limit: str,
    prepare: Callable[[], None] | None = None,
) -> None:
    """Print the median ratio of paired runs."""
    costs = [(measure(ours, prepare), measure(theirs)) for _ in range(runs)]
    ratio = statistics.median(a.wall / b.wall for a, b in costs)
    work = statistics.median(a.cpu / b.cpu for a, b in costs)
    mine, other = (statistics.median(c[side].wall for c in costs) for side in (0, 1))
    peak = max(a.peak for a, _ in costs)
    print(
        f"{name:<44} {mine:8.3f} s  {other:8.3f} s  ratio {ratio:6.2f}  (cpu {work:5.2f})  "
        f"peak {peak:6.1f} MiB  limit {limit}"
    )


def need(path: Path, make: Callable[[Path], None]) -> Path:
    """Make a file once."""
    if not path.exists():
        make(path)
    with path.open("rb") as file:  # into the page cache
        while file.read(1 << 22):
            pass
    return path


def make_sparse(path: Path, size: int) -> None:
    """The realistic log."""
    with path.open("wb") as out:
        write(sparse(size, 50, SEED), out)


def make_dense(path: Path) -> None:
    """200 MiB of failed mails, no two alike."""
    with path.open("wb") as out:
        write(dense(200 << 20, SEED), out)


def make_gzip(source: Path, path: Path) -> None:
    """As logrotate compresses."""
    with source.open("rb") as log, gzip.open(path, "wb", compresslevel=6) as out:
        shutil.copyfileobj(log, out, 1 << 20)


def bench_sparse(folder: Path, runs: int, size: int) -> None:
    """1 GiB, 99.99 % chatter."""
    log = str(need(folder / "sparse.log", lambda path: make_sparse(path, size)))
    rg = ["rg", "-F", "-c", "-f", str(LITERALS), log]
    grep = ["grep", "-F", "-c", "-f", str(LITERALS), log]
    pair("triage, sparse : rg -F -c -f 25 literals", [*SESTRIAGE, "triage", log], rg, runs, "0.5 (aim 0.25), 80 MB")
    pair("triage, sparse : grep -F -c -f", [*SESTRIAGE, "triage", log], grep, runs, "0.35")


def bench_dense(folder: Path, runs: int, size: int) -> None:
    """Every event matters."""
    log = str(need(folder / "dense.log", make_dense))
    rg = ["rg", "-F", "-c", "-f", str(LITERALS), log]
    pair("triage, dense : rg -F -c", [*SESTRIAGE, "triage", log], rg, runs, "4")


def bench_gzip(folder: Path, runs: int, size: int) -> None:
    """The sparse log, compressed."""
    plain = need(folder / "sparse.log", lambda path: make_sparse(path, size))
    packed = str(need(folder / "sparse.log.gz", lambda path: make_gzip(plain, path)))
    zcat = f"zcat '{packed}' | grep -F -c -f '{LITERALS}'"
    pair("triage, gzip : zcat | grep -F -c", [*SESTRIAGE, "triage", packed], zcat, runs, "0.4")


def bench_check(folder: Path, runs: int, size: int) -> None:
    """The watch with nothing new, and with 1 MiB new."""
    log = folder / "watched" / "sw-response-mgmt.log"
    log.parent.mkdir(exist_ok=True)
    if not log.exists():
        shutil.copyfile(need(folder / "sparse.log", lambda path: make_sparse(path, size)), log)
    state = folder / "state"
    check = [*SESTRIAGE, "check", "--log", str(log), "--state", str(state), "--grace", "0"]
    click = [PYTHON, "-I", "-c", "import click"]
    measure(check)
    pair("check, nothing new : import click", check, click, runs * 3, "2")
    for name, lines in (("chatter", Writer(SEED + 1).chatter(8000)), ("two mails", sparse(1 << 20, 2, SEED + 1))):
        fresh = folder / f"{name.replace(' ', '-')}.log"
        with fresh.open("wb") as out:
            write(lines, out)

        def grow(fresh: Path = fresh) -> None:
            with log.open("ab") as file:
                file.write(fresh.read_bytes())

        pair(f"check, 1 MiB new, {name} : import click", check, click, runs, "4" if name == "chatter" else "8", grow)
    for name in FAMILIES:
        fresh = folder / f"{name}-1MiB.log"
        with fresh.open("wb") as out:
            write(of_family(name, 1 << 20, 0, SEED + 1), out)

        def grow_by(fresh: Path = fresh) -> None:
            with log.open("ab") as file:
                file.write(fresh.read_bytes())

        pair(f"check, 1 MiB new of {name} : import click", check, click, runs, "4", grow_by)


FORMS = {
    "gzip": ("gzip -kc '{log}' > '{log}.gz'", [*SESTRIAGE, "triage", "{log}.gz"]),
    "pipe": ("true", "cat '{log}' | {ours} triage -"),
    "tar": ("tar -C '{folder}' -cf '{log}.tar' '{name}'", [*SESTRIAGE, "triage", "{log}.tar"]),
}
"""How to make another form of a log, and how to read it."""


def bench_forms(folder: Path, runs: int, size: int) -> None:
    """A dense log through gzip, a pipe and a tar archive, beside the plain file."""
    log = need(folder / "dense.log", make_dense)
    names = {"log": str(log), "folder": str(folder), "name": log.name, "ours": " ".join(SESTRIAGE)}
    for form, (make, read) in FORMS.items():
        subprocess.run(make.format(**names), shell=True, check=True)
        ours = read.format(**names) if isinstance(read, str) else [part.format(**names) for part in read]
        pair(f"triage, dense as {form} : plain file", ours, [*SESTRIAGE, "triage", str(log)], runs, "1.5")


WEEK = 7 * 24 * 60


def bench_week(folder: Path, runs: int, size: int) -> None:
    """`check` every minute of a week over a log that grows and is rotated daily: 10,080 processes, once."""
    log = folder / "week" / "sw-response-mgmt.log"
    shutil.rmtree(log.parent, ignore_errors=True)
    log.parent.mkdir()
    writer = Writer(SEED + 2)
    check = [*SESTRIAGE, "check", "--log", str(log), "--state", str(log.parent / "state"), "--grace", "0"]
    spent, peaks = 0.0, []
    for minute in range(WEEK):
        if minute and minute % (24 * 60) == 0:
            log.rename(log.with_suffix(".log.1"))
        lines = [*writer.chatter(40), *(writer.failure() if minute % 997 == 500 else ())]
        with log.open("a", encoding="utf-8") as file:
            file.writelines(lines)
        cost = measure(check)
        spent += cost.cpu
        peaks.append(cost.peak)
    print(
        f"check, {WEEK:,} runs of a week: {spent:.0f} s of processor time, {spent / WEEK * 1000:.0f} ms a run, peak "
        f"{max(peaks[: WEEK // 7]):.0f} MiB on the first day, {max(peaks[-WEEK // 7 :]):.0f} MiB on the last"
    )


FAILURES = {0: "0.6", 50: "0.6", 5000: "2"}
"""Failed mails a GiB, and the limit of the processor time against ripgrep's."""


def bench_families(folder: Path, runs: int, size: int) -> None:
    """Each family of chatter with no, few and many failed mails; one file at a time."""
    for name, family in FAMILIES.items():
        for failures, limit in FAILURES.items():
            mails = round(failures * size / (1 << 30)) if failures else 0

            def make(path: Path, name: str = name, mails: int = mails) -> None:
                with path.open("wb") as out:
                    write(of_family(name, size, mails, SEED), out)

            log = need(folder / f"{name}-{failures}.log", make)
            rg = ["rg", "-F", "-c", "-f", str(LITERALS), str(log)]
            wanted = "6" if family.success_every else limit
            pair(f"triage, {name}, {mails} failures : rg -F -c -f", [*SESTRIAGE, "triage", str(log)], rg, runs, wanted)
            log.unlink()


PEER = f"""
import sys
from searchkit import FileSearcher, SearchDef
searcher = FileSearcher()
searcher.add(SearchDef([r'.*({"|".join(("javax.mail", "smtp", "SSLHandshake", "PKIX"))}).*']), sys.argv[1])
print(len(searcher.run()))
"""


def bench_peer(folder: Path, runs: int, size: int) -> None:
    """Canonical's searchkit with four of the words."""
    log = str(need(folder / "sparse.log", lambda path: make_sparse(path, size)))
    pair("triage : searchkit", [*SESTRIAGE, "triage", log], [PYTHON, "-c", PEER, log], max(1, runs // 4), "reported")


def stamp_at(log: Path, share: float) -> str:
    """The time stamp of a line of the sparse log, so far into it."""
    with log.open("rb") as file:
        file.seek(int(log.stat().st_size * share))
        file.readline()
        while not (line := file.readline()).startswith(b"20"):  # a line of a stack trace
            pass
    return line[:19].decode()


def bench_window(folder: Path, runs: int, size: int) -> None:
    """The end of the sparse log, found by its time stamps: the last 1 % (no mail in it), and the last 5 % (some: then
    the lines before are counted, to cite the right ones)."""
    log = need(folder / "sparse.log", lambda path: make_sparse(path, size))
    whole = [*SESTRIAGE, "triage", "--no-save", str(log)]
    rg = ["rg", "-F", "-c", "-f", str(LITERALS), str(log)]
    for share in (0.99, 0.95):
        window = [*SESTRIAGE, "triage", "--no-save", "--since", stamp_at(log, share), str(log)]
        name = f"triage --since, last {1 - share:.0%}"
        pair(f"{name} : triage of all", window, whole, runs, "reported")
        pair(f"{name} : rg -F -c -f", window, rg, runs, "reported")
    begin = [*SESTRIAGE, "triage", "--no-save", "--until", stamp_at(log, 0.01), str(log)]
    pair("triage --until, first 1% : triage of all", begin, whole, runs, "reported")


PARTS = {
    "sparse": bench_sparse,
    "dense": bench_dense,
    "gzip": bench_gzip,
    "check": bench_check,
    "families": bench_families,
    "peer": bench_peer,
    "window": bench_window,
    "forms": bench_forms,
    "week": bench_week,
}
LONG = ("week",)
"""Parts that take an hour: only with `--long`, or by name."""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True, help="folder for the logs (several GiB)")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--size", type=parse_size, default=parse_size("1GiB"))
    parser.add_argument("--only", default="")
    parser.add_argument("--long", action="store_true", help=f"also {', '.join(LONG)}")
    options = parser.parse_args()
    as_users_have_it()
    wanted = options.only.split(",") if options.only else [part for part in PARTS if options.long or part not in LONG]
    options.dir.mkdir(parents=True, exist_ok=True)
    print(f"{'':<44} {'ours':>10}  {'theirs':>10}   ({len(MAIL)} kinds of failures in the log)")
    for name in wanted:
        PARTS[name](options.dir, options.runs, options.size)


if __name__ == "__main__":
    main()
