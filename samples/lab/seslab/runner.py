"""Runs one case and writes its folder."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from pathlib import Path

from . import stores
from .capture import capturing
from .client import ClientRun, run_client
from .dnsserver import resolving
from .model import DNS, Case, Store
from .server import deaf_port, serving

LOG_NAME = "sw-response-mgmt.log"


def docker_json(run: ClientRun) -> bytes:
    """The lines as Docker's json-file driver keeps them: one object a line, stamped when the line was read."""
    lines = []
    for when, line in run.lines:
        stamp = when.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
        text = line.decode("utf-8")
        record = json.dumps({"log": text, "stream": "stdout", "time": stamp}, separators=(",", ":"))
        lines.append(record.encode() + b"\n")
    return b"".join(lines)


def write_store(store: Store, folder: Path) -> None:
    """Writes the store as the case publishes it."""
    if store.kind == "PEM":
        stores.pem_folder(folder / store.file_name, store.entries)
    else:
        stores.keytool_store(folder / store.file_name, store.kind, store.entries)


def run_case(case: Case, folder: Path, work: Path) -> ClientRun:
    """Serves, captures and asks; returns what the client printed and leaves the capture in ``folder``."""
    run_folder = Path(tempfile.mkdtemp(dir=work))
    manager_store = run_folder / "manager.p12"
    if case.store is not None:
        stores.keytool_store(manager_store, "PKCS12", case.store.entries)
    with contextlib.ExitStack() as stack:
        if case.deaf is not None:
            stack.enter_context(deaf_port(*case.deaf))
        stack.enter_context(resolving(DNS, case.dns))
        if case.capture is not None:
            stack.enter_context(capturing(case.capture, folder / f"test-action{case.capture.suffix}"))
        stack.enter_context(serving(*case.endpoints))
        return run_client(case.client(str(manager_store)), work)


def build_case(case: Case, folder: Path, work: Path) -> None:
    """Rebuilds ``folder`` from nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run = run_case(case, folder, work)
    (folder / LOG_NAME).write_bytes(docker_json(run) if case.docker else run.log)
    if case.store is not None:
        write_store(case.store, folder)
    if case.tls_ciphers is not None:
        (folder / "tls-ciphers").write_text(case.tls_ciphers)
    (folder / "expected.json").write_text(case.expected.to_json())
