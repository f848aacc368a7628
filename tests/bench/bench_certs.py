"""How long `sestriage certs compare` takes: ``python tests/bench/bench_certs.py [RUNS]``.

A chain of five certificates against stores of 150 and 10,000 entries (JKS and PEM), the whole process, medians of runs
that alternate with `sestriage --version`. Aims: 150 entries at most 150 ms over `--version`, 10,000 at most 2 s.
"""

from __future__ import annotations

import base64
import hashlib
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from surroundings import as_users_have_it

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

from pki.certgen import CN, Name, O, Spec, certificate, ec_key, rsa_key  # noqa: E402

PASSWORD = "changeit"
WHITENER = b"Mighty Aphrodite"
SIZES = (150, 10_000)
AIMS = {150: 0.150, 10_000: 2.0}
"""Entries to seconds: above `--version` for the small store, of the whole process for the large one."""


def chain() -> list[bytes]:
    """Leaf, two issuing CAs, a cross-signed root and the root that signed it."""
    labels = ("leaf", "issuing", "policy", "cross", "top")
    names: list[Name] = [((O, "Example Trust"), (CN, f"Example {label}")) for label in labels]
    keys = [rsa_key(f"bench {label}", 2048) for label in labels]
    made = []
    for at in range(len(labels)):
        up = min(at + 1, len(labels) - 1)
        host = ("mail.example.com",) if at == 0 else ()
        made.append(certificate(Spec(names[at], names[up], keys[at], keys[up], ca=at > 0, dns=host)))
    return made


def others(count: int) -> Iterator[bytes]:
    """Self-signed CAs with names of their own; every tenth shares a name with its neighbour."""
    for number in range(count):
        name: Name = ((O, "Example Roots"), (CN, f"Root {number - (number % 10 == 9)}"))
        key = ec_key(f"bench root {number % 500}")
        yield certificate(Spec(name, name, key, key, serial=number + 1, ca=True, usage=("keyCertSign",)))


def pem(certificates: Sequence[bytes]) -> bytes:
    """PEM, one after the other."""
    parts = []
    for each in certificates:
        parts += [b"-----BEGIN CERTIFICATE-----\n", base64.encodebytes(each), b"-----END CERTIFICATE-----\n"]
    return b"".join(parts)


def jks(certificates: Sequence[bytes]) -> bytes:
    """A JKS of trusted entries, with its digest (sun.security.provider.JavaKeyStore)."""
    parts = [struct.pack(">III", 0xFEEDFEED, 2, len(certificates))]
    for number, each in enumerate(certificates):
        alias = f"root-{number}".encode()
        parts.append(struct.pack(">IH", 2, len(alias)) + alias + struct.pack(">QH", 1_700_000_000_000, 5) + b"X.509")
        parts.append(struct.pack(">I", len(each)) + each)
    body = b"".join(parts)
    return body + hashlib.sha1(PASSWORD.encode("utf-16-be") + WHITENER + body).digest()


def seconds(*arguments: str) -> tuple[float, float]:
    """One run of the whole process, by the clock and in processor time; statuses 0 and 1 are answers."""
    start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "sestriage", *arguments], capture_output=True, cwd=ROOT / "src")
    assert done.returncode in (0, 1), done.stderr.decode()
    wall, now = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def main() -> int:
    """Prints the table; 0 when every aim is met."""
    as_users_have_it()
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        served = Path(folder, "served.pem")
        certificates = chain()
        served.write_bytes(pem(certificates))
        print("store entries --version   compare   over it  ratio  cpu over it  aim (by the clock)")
        for size in SIZES:
            entries = [*others(size - 1), certificates[-1]]
            for kind, data in (("jks", jks(entries)), ("pem", pem(entries))):
                store = Path(folder, f"store-{size}.{kind}")
                store.write_bytes(data)
                command = ("certs", "compare", str(served), "--store", str(store), "--at", "2024-06-01")
                pairs = [(seconds("--version"), seconds(*command)) for _ in range(runs)]
                start = statistics.median(first[0] for first, _ in pairs)
                whole = statistics.median(second[0] for _, second in pairs)
                over = statistics.median(second[0] - first[0] for first, second in pairs)
                cpu = statistics.median(second[1] - first[1] for first, second in pairs)
                met = (over if size == SIZES[0] else whole) <= AIMS[size]
                missed += not met
                times = f"{start:>8.3f}s {whole:>8.3f}s {over:>8.3f}s {whole / start:>6.2f} {cpu:>11.3f}s"
                print(f"{kind:>5} {size:>7} {times}  {'met' if met else 'missed'}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
