"""More than one machine: a Dask cluster of processes, with the same results."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fleet.making import SMALL, Here, content, fleet_of, folder, need_extra, once_each, ran, terms
from sestriage.errors import InputError
from sestriage.fleet.cluster import Cluster, Safety, refuse_plain
from sestriage.fleet.task import Done, Task
from sestriage.model.message import Message

need_extra("duckdb", "pebble", "distributed")

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.timeout(600)]


@contextmanager
def workers(count: int, *, processes: bool = True, **options: Any) -> Iterator[Any]:
    """A scheduler and its workers on this machine, each worker a process with a nanny, or in this one."""
    from distributed import LocalCluster

    made: Any = LocalCluster
    with made(
        n_workers=count,
        threads_per_worker=1,
        processes=processes,
        host="127.0.0.1",
        dashboard_address=None,
        worker_dashboard_address=None,
        silence_logs=50,
        **options,
    ) as cluster:
        yield cluster


class Killed:
    """A cluster of which one worker is killed after some bundles."""

    def __init__(self, inner: Cluster, cluster: Any, after: int) -> None:
        self.inner = inner
        self.cluster = cluster
        self.after = after

    def run(self, feed: Callable[[], Task | None]) -> Iterator[Done]:
        for number, done in enumerate(self.inner.run(feed)):
            if number == self.after:
                nanny = next(iter(self.cluster.workers.values()))
                threading.Thread(target=os.kill, args=(nanny.process.pid, signal.SIGKILL)).start()
            yield done

    def close(self) -> None:
        self.inner.close()


@pytest.mark.slow
def test_the_same_rows_with_a_worker_killed_on_the_way(tmp_path: Path) -> None:
    fleet_of(tmp_path / "in", 60)
    at, plain = folder(tmp_path / "out"), folder(tmp_path / "plain")
    refused: list[str] = []
    with workers(2) as cluster:
        inner = Cluster(cluster.scheduler_address, None, terms(), Safety(), refused.append)
        counts = ran([tmp_path / "in"], at, Killed(inner, cluster, 15))
        assert (counts.read, counts.failed, refused) == (60, 0, [])
        with pytest.raises(InputError, match="no worker of this version"):
            Cluster(cluster.scheduler_address, None, terms(rules="0" * 12), Safety(), refused.append)
        assert refused
        assert all("is not used: it is sestriage" in sentence for sentence in refused)
    assert len(set(once_each(at.path))) == len(once_each(at.path)) == 60
    ran([tmp_path / "in"], plain, Here())
    assert content(at.path) == content(plain.path)


@pytest.mark.slow
def test_by_tls(tmp_path: Path) -> None:
    from distributed.security import Security

    fleet_of(tmp_path / "in", 2, SMALL[:1])
    certificate, key = (str(path) for path in own_certificate(tmp_path))
    files = {"tls_ca_file": certificate, "require_encryption": True}
    for role in ("client", "scheduler", "worker"):
        files |= {f"tls_{role}_cert": certificate, f"tls_{role}_key": key}
    made: Any = Security
    at = folder(tmp_path / "out")
    with workers(1, processes=False, security=made(**files), protocol="tls://") as cluster:
        safety = Safety(False, certificate, certificate, key)
        reader = Cluster(cluster.scheduler_address, None, terms(), safety, pytest.fail)
        assert ran([tmp_path / "in"], at, reader).read == 2
        with pytest.raises(InputError, match="does not answer"):
            Cluster(cluster.scheduler_address, None, terms(), Safety(), pytest.fail)


def own_certificate(at: Path) -> tuple[Path, Path]:
    """A key with a certificate that is its own CA, for this machine."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "fleet")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (at / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (at / "key.pem").write_bytes(private)
    return at / "cert.pem", at / "key.pem"


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("tcp://127.0.0.1:8786", True),
        ("tcp://[::1]:8786", True),
        ("tcp://localhost:8786", True),
        ("tls://10.0.0.1:8786", True),
        ("tcp://10.0.0.1:8786", False),
        ("10.0.0.1:8786", False),
        ("tcp://scheduler.example.com:8786", False),
        ("tcp://127.0.0.1.example.com:8786", False),
        ("ws://10.0.0.1:8786", False),
        ("ucx://10.0.0.1:8786", False),
        ("tcp://", False),
    ],
)
def test_no_clear_text_to_other_hosts(address: str, safe: bool) -> None:
    refuse_plain(address, Safety(insecure=True), Message("x"))
    if safe:
        refuse_plain(address, Safety(), Message("x"))
        return
    with pytest.raises(InputError, match="--insecure-scheduler"):
        refuse_plain(address, Safety(), Message("x"))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"address": "tcp://10.0.0.1:8786"}'])
def test_a_scheduler_file_is_no_way_around(tmp_path: Path, text: str) -> None:
    (tmp_path / "scheduler.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        Cluster(None, str(tmp_path / "scheduler.json"), terms(), Safety(), print)
