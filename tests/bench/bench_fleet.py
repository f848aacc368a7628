"""What a fleet costs beside reading its bundles one after the other (see README.md).

python tests/bench/bench_fleet.py --dir /tmp/bench make --count 5000
python tests/bench/bench_fleet.py --dir /tmp/bench engine --count 500 --count 5000
python tests/bench/bench_fleet.py --dir /tmp/bench whole --count 500
"""

from __future__ import annotations

import argparse
import ctypes
import gzip
import io
import os
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sestriage import __version__
from sestriage.fleet.bundle import read_bundle, rules_digest
from sestriage.fleet.folder import make_folder
from sestriage.fleet.run import Plan, Reader, run
from sestriage.fleet.sources import find
from sestriage.fleet.task import Bounds, Done, Source, Task, Terms

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PADDED_EVERY = 1000
PADDED = 200 << 20
HOSTILE_EVERY = 100
CHATTER = (
    "{time} INFO  [pool-{a}-thread-{b}] com.lancope.sws.flow.FlowCache - evicted {c} flows of exporter 10.{a}.{b}.{d}\n"
    "{time} DEBUG [http-nio-{b}] org.springframework.web.servlet.DispatcherServlet - GET /api/v{a}/hosts?offset={c}\n"
    "{time} WARN  [quartz-{d}] com.lancope.sws.jobs.Trim - {c} rows of table flow_stats_{a} are older than {b} days\n"
)
PR_SET_CHILD_SUBREAPER = 36
QUIET = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
"""Dask's profiler looks into each worker a hundred times a second; docs/fleet.md says how to switch it off."""
_PAGE: dict[str, Done] = {}


# --- bundles ------------------------------------------------------------------------------------------------------


def make(folder: Path, count: int) -> None:
    """Bundles of all samples in turn, no two alike; some hostile, some of 200 MB."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds = [path for path in sorted(SAMPLES.iterdir()) if (path / "sw-response-mgmt.log").exists()]
    for number in range(count):
        at = folder / f"bundle-{number:06}.tgz"
        if not at.exists():
            at.write_bytes(_bundle(kinds[number % len(kinds)], number))


def _bundle(kind: Path, number: int) -> bytes:
    chance = random.Random(number)
    files = {path.name: path.read_bytes() for path in sorted(kind.iterdir()) if path.is_file()}
    files.pop("expected.json", None)
    files["serial.txt"] = f"{number}\n".encode()
    if number % PADDED_EVERY == PADDED_EVERY // 2:
        files["sw-response-mgmt.log"] = _chatter(chance, PADDED) + files["sw-response-mgmt.log"]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"lancope/var/logs/containers/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    packed = gzip.compress(out.getvalue(), 1, mtime=0)
    if number % HOSTILE_EVERY == HOSTILE_EVERY // 2:
        return _damaged(packed, chance)
    return packed


def _chatter(chance: random.Random, size: int) -> bytes:
    block = "".join(
        CHATTER.format(
            time="2026-11-20 00:00:00,000",
            a=chance.randrange(9),
            b=chance.randrange(250),
            c=chance.randrange(10**6),
            d=chance.randrange(250),
        )
        for _ in range(3000)
    ).encode()
    return (block * (size // len(block) + 1))[:size]


def _damaged(packed: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(3)
    if kind == 0:
        return packed[: chance.randrange(len(packed))]
    if kind == 1:
        return gzip.compress(b"\0" * (64 << 20), 1) + chance.randbytes(20)  # unpacks like a bomb
    spoiled = bytearray(packed)
    for _ in range(20):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


# --- what is measured ---------------------------------------------------------------------------------------------


def terms() -> Terms:
    return Terms(__version__, rules_digest(()), datetime.now(UTC), b"k" * 32)


def canned(task: Task) -> Done:
    """The rows of an ordinary bundle without the work: what is left is the engine."""
    if not _PAGE:
        _PAGE["page"] = read_bundle(Task(Source(str(SAMPLES / "credentials-invalid"), "folder"), task.terms))
    page = _PAGE["page"]
    digest = f"{abs(hash(task.source.path)):064x}"
    rows = tuple((table, text.replace(page.digest, digest)) for table, text in page.rows)
    return Done(task.source, "read", digest, rows)


def canned_limited(task: Task) -> Done:
    """The same, in a worker of a cluster."""
    from sestriage.fleet.remote_worker import limited

    return limited(task, canned)


def child(how: str, folder: Path, count: int, out: Path, workers: int) -> None:
    """One way through all bundles, in this process and those that it starts."""
    import bench_fleet as ours  # workers import it, too

    asked = terms()
    reading = ours.canned if how.startswith("engine") else read_bundle
    names = (str(path) for path in sorted(folder.glob("bundle-*.tgz"))[:count])
    if how.endswith("plain"):
        for source in find(names):
            if isinstance(source, Source):
                reading(Task(source, asked))
    else:
        with _reader(how, asked, workers) as reader:
            counts = run(find(names), Plan(make_folder(str(out), "k"), asked), reader, lambda counts: None)
        print("counts", counts.read, counts.failed, counts.equal)
    print("parent", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


class _reader:  # noqa: N801
    def __init__(self, how: str, asked: Terms, workers: int) -> None:
        self.how, self.asked, self.workers = how, asked, workers
        self.cluster: Any = None

    def __enter__(self) -> Reader:
        import bench_fleet as ours

        if self.how.endswith("pool"):
            from sestriage.fleet.pool import Pool

            return Pool(self.workers, Bounds(), ours.canned if self.how.startswith("engine") else read_bundle)
        from distributed import LocalCluster

        from sestriage.fleet.cluster import Cluster, Safety
        from sestriage.fleet.remote_worker import read_limited

        made: Any = LocalCluster
        self.cluster = made(
            n_workers=self.workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
        )
        read = ours.canned_limited if self.how.startswith("engine") else read_limited
        return Cluster(self.cluster.scheduler_address, None, self.asked, Safety(), print, read)

    def __exit__(self, *_: object) -> None:
        if self.cluster is not None:
            self.cluster.close()


def measured(how: str, folder: Path, count: int, workers: int) -> tuple[float, float, int]:
    """Processor seconds of all processes, seconds, and the peak memory of the parent in MiB."""
    out = folder / f"out-{how}-{count}"
    shutil.rmtree(out, ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    command = [sys.executable, __file__, "--dir", str(folder), "child", "--how", how, "--count", str(count)]
    here = f"{Path(__file__).parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    done = subprocess.run(
        [*command, "--workers", str(workers)],
        env={**os.environ, "PYTHONPATH": here, "PYTHONHASHSEED": "0", **QUIET},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    spent = time.monotonic() - began
    _reap()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    shutil.rmtree(out, ignore_errors=True)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{how:14} {count:6} bundles  {processor:8.2f} cpu s  {spent:8.1f} s  {told.get('counts', '')}", flush=True)
    return processor, spent, int(told["parent"]) >> 10


def _reap() -> None:
    """Wait for what the child left behind, so that its time counts."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def compared(part: str, folder: Path, counts: list[int], ways: list[str], workers: int) -> Iterator[str]:
    """A table of what each way costs beside the plain loop, by bundle."""
    yield "| bundles | way | cpu s | more than the plain loop, ms a bundle | parent, MiB |"
    yield "| --- | --- | --- | --- | --- |"
    for count in counts:
        plain, _, memory = measured(f"{part}-plain", folder, count, workers)
        yield f"| {count} | plain loop | {plain:.1f} | - | {memory} |"
        for way in ways:
            cost, _, memory = measured(f"{part}-{way}", folder, count, workers)
            yield f"| {count} | {way} | {cost:.1f} | {(cost - plain) / count * 1000:.2f} | {memory} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("part", choices=["make", "engine", "whole", "child"])
    parser.add_argument("--count", type=int, action="append", required=True)
    parser.add_argument("--ways", default="pool,dask")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--how", default="")
    asked = parser.parse_args()
    if asked.part == "make":
        make(asked.dir, max(asked.count))
    elif asked.part == "child":
        child(asked.how, asked.dir, asked.count[0], asked.dir / f"out-{asked.how}-{asked.count[0]}", asked.workers)
    else:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
        table = list(compared(asked.part, asked.dir, asked.count, asked.ways.split(","), asked.workers))
        print("\n".join(table))


if __name__ == "__main__":
    main()
