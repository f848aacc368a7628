"""Bundles on more than one machine: Dask distributed, with the same function for one bundle and the same results.

Dask's wire carries programs (pickles) and customers' evidence: scheduler and workers are reached on this machine or by
TLS alone, unless the user says otherwise.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sestriage.errors import InputError
from sestriage.fleet.bundle import digest_of, stopped_rows
from sestriage.fleet.pool import ENDED_PROCESS, TRIES, Feed
from sestriage.fleet.remote_worker import Identity, identity, read_limited
from sestriage.fleet.task import Done, Task, Terms
from sestriage.model.message import Message

if TYPE_CHECKING:
    from distributed import Client, Future
    from distributed.security import Security

CONNECT_SECONDS = 20
AHEAD = 2
"""Bundles for each thread of a worker that wait there: no worker waits for the network."""
MAX_FILE = 1 << 20
_LOCAL: Final = ("localhost", "localhost.localdomain")
NO_WORKER = Message("no worker of this version and these rules is left")


@dataclass(frozen=True, slots=True)
class Safety:
    """How the cluster is reached. `insecure`: without TLS on other hosts, too; the files are in PEM."""

    insecure: bool = False
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None


class Cluster:
    """The workers of a scheduler.

    `complain` is told of workers that are refused. Raises `InputError` for a scheduler that must not be used, or that
    does not answer, and where no worker is what the terms ask for.
    """

    def __init__(
        self,
        address: str | None,
        file: str | None,
        terms: Terms,
        safety: Safety,
        complain: Callable[[str], object],
        read: Callable[[Task], Done] = read_limited,
    ) -> None:
        self._terms = terms
        self._read = read
        self._complain = complain
        self._refused: set[str] = set()
        self._number = count()
        self._open: dict[Future[Done], Task] = {}
        where = address or _address_in(file or "")
        refuse_plain(where, safety, Message("the scheduler"))
        self._client = _connected(where, _security(safety))
        try:
            self._look_at_workers(safety)
        except BaseException:
            self.close()
            raise

    def run(self, feed: Feed) -> Iterator[Done]:
        """All bundles that the feed gives, as they are done."""
        from distributed import as_completed

        done_ones = as_completed([], loop=self._client.loop)
        while True:
            while len(self._open) < self._most() and (task := feed()) is not None:
                done_ones.add(self._submit(task))
            if not self._open:
                return
            future = next(done_ones)
            task = self._open.pop(future)
            done = self._ended(future, task)
            if done.ending == "refused" and done.worker not in self._refused:
                self._refuse(done.worker, done.detail or "")
            if done.ending == "refused" and self._workers():
                done_ones.add(self._submit(task))
                continue
            yield done

    def close(self) -> None:
        """What is running is given up; scheduler and workers stay."""
        if self._open:
            self._client.cancel(list(self._open), force=True)
        self._open.clear()
        self._client.close(timeout=5)

    # --- inside --------------------------------------------------------------------------------------------------

    def _submit(self, task: Task) -> Future[Done]:
        """Under a name by which the scheduler's own pages and logs tell the bundle."""
        name = sha256(task.source.name.encode("utf-8", "replace")).hexdigest()[:12]
        workers = self._workers() if self._refused else None
        future = self._client.submit(
            self._read, task, key=f"bundle-{name}-{next(self._number)}", pure=False, workers=workers, retries=0
        )
        self._open[future] = task
        return future

    def _ended(self, future: Future[Done], task: Task) -> Done:
        from distributed import KilledWorker

        if future.status in ("cancelled", "lost"):
            raise InputError(Message("the scheduler has gone; what is done is kept"))
        error = future.exception()
        if error is None:
            done: Done = future.result()
            return done
        if isinstance(error, KilledWorker):  # the worker itself, not only the process in it
            return self._killed(task)
        return Done(task.source, "unreadable", detail=f"{type(error).__name__} on the worker")

    def _killed(self, task: Task) -> Done:
        known = digest_of(task)
        detail = str(Message(ENDED_PROCESS, count=TRIES, status="-"))
        if known.ending != "known":
            return Done(task.source, "unreadable", detail=detail)
        rows = stopped_rows(task.source, known.digest, "killed", detail, task.terms)
        return Done(task.source, "killed", known.digest, rows, detail=detail)

    def _most(self) -> int:
        known = self._client.scheduler_info(n_workers=-1)["workers"]
        threads = sum(int(each["nthreads"]) for name, each in known.items() if name not in self._refused)
        return max(2, AHEAD * threads)

    def _workers(self) -> list[str]:
        known = self._client.scheduler_info(n_workers=-1)["workers"]
        return [name for name in known if name not in self._refused]

    def _look_at_workers(self, safety: Safety) -> None:
        self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        for name in self._workers():
            refuse_plain(name, safety, Message("a worker"))
        found: dict[str, Any] = self._client.run(identity, self._terms.rule_dirs, on_error="return")
        for name, each in found.items():
            if not isinstance(each, Identity):
                self._refuse(name, Message("it has no such sestriage ({kind})", kind=type(each).__name__))
            elif (each.version, each.rules) != (self._terms.version, self._terms.rules):
                told = Message("it is sestriage {version} with rules {rules}", version=each.version, rules=each.rules)
                self._refuse(name, told)
        if not self._workers():
            raise InputError(NO_WORKER)

    def _refuse(self, name: str, why: str) -> None:
        self._refused.add(name)
        self._complain(Message("the worker {name} is not used: {why}", name=name, why=why))


def refuse_plain(address: str, safety: Safety, what: Message) -> None:
    """Raises `InputError` for a place on another host that is reached without TLS."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme == "tls" or parts.scheme == "inproc" or safety.insecure or _is_local(parts.hostname or ""):
        return
    raise InputError(
        Message(
            "{what} at {address} is on another host and has no TLS: evidence and programs would pass in clear text. "
            "Use tls://, or --insecure-scheduler where you trust the network and everyone in it",
            what=what,
            address=address,
        )
    )


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in _LOCAL


def _address_in(file: str) -> str:
    try:
        with Path(file).open("rb") as stream:
            return str(json.loads(stream.read(MAX_FILE))["address"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(Message("{file} is no file of a Dask scheduler", file=file)) from None


def _security(safety: Safety) -> Security | None:
    if not (safety.ca or safety.certificate or safety.key):
        return None
    from distributed.security import Security

    return Security(
        tls_ca_file=safety.ca,
        tls_client_cert=safety.certificate,
        tls_client_key=safety.key,
        require_encryption=not safety.insecure,
    )


def _connected(address: str, security: Security | None) -> Client:
    from distributed import Client

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        return Client(address, security=security, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        told = Message("the scheduler at {address} does not answer: {reason}", address=address, reason=str(error))
        raise InputError(told) from None
