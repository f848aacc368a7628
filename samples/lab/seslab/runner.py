"""Runs one case and writes its folder."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from . import stores
from .capture import capturing
from .client import ClientRun, ClientSettings, run_client
from .dnsserver import resolving
from .expected import Expected
from .model import DNS, RELAY, RELAY_HOST, SES, SES_HOST, Case, Store
from .passed import with_proven
from .proxies import relaying
from .server import deaf_port, serving
from .terminal import typed

LOG_NAME = "sw-response-mgmt.log"
KEYLOG_NAME = "tls-keys.txt"
TERMINAL_NAME = "terminal.txt"


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
    if store.kind == "LISTING":
        (folder / store.file_name).write_bytes(stores.listing(store.entries))
    elif store.kind == "PEM":
        stores.pem_folder(folder / store.file_name, store.entries)
    else:
        stores.keytool_store(folder / store.file_name, store.kind, store.entries)


def _private_stores(case: Case, folder: Path) -> dict[str, str]:
    wanted = dict(case.other_stores)
    if case.store is not None:
        wanted["manager"] = case.store.entries
    for name, entries in wanted.items():
        stores.keytool_store(folder / f"{name}.p12", "PKCS12", entries)
    return {name: str(folder / f"{name}.p12") for name in wanted}


def _type(case: Case, work: Path, *, early: bool) -> bytes:
    """Types the case's commands of this time; gives back the terminal."""
    hosts = dict.fromkeys((SES_HOST,), SES) | {RELAY_HOST: RELAY}
    lines = [each.line for each in case.by_hand if each.early == early]
    return b"".join(typed(line, hosts, work) for line in lines)


def run_case(case: Case, capture: Path, work: Path) -> tuple[ClientSettings, ClientRun]:
    """Serves, captures (to ``capture``, where the case wants one) and asks; returns settings and output."""
    settings = case.client(_private_stores(case, Path(tempfile.mkdtemp(dir=work))))
    with contextlib.ExitStack() as stack:
        if case.deaf is not None:
            stack.enter_context(deaf_port(*case.deaf))
        stack.enter_context(resolving(DNS, case.dns))
        if case.capture is not None:
            stack.enter_context(capturing(case.capture, capture))
        stack.enter_context(serving(*case.endpoints, keylog=capture.with_name(KEYLOG_NAME) if case.keylog else None))
        stack.enter_context(relaying(case.proxy))
        terminal = _type(case, work, early=True)
        run = run_client(settings, work)
        terminal += _type(case, work, early=False)
    if terminal:
        capture.with_name(TERMINAL_NAME).write_bytes(terminal)
    return settings, run


def describe(case: Case, settings: ClientSettings) -> Expected:
    """The expectation of a case, with what every case has in common written in."""
    common: dict[str, object] = {
        "client": "JavaMail 1.6.5 and logback 1.2.11 on OpenJDK 17, posing as "
        f"{settings.package}.{settings.class_name}",
        "log_layout": settings.layout + (", wrapped as Docker json-file" if case.docker else ""),
        "log_zone": settings.zone,
    }
    expected = with_proven(case, settings)
    hand_made = list(expected.hand_made)
    if case.docker:
        hand_made.append("the Docker json-file wrapping (the lab's Python, from the client's stdout as it came)")
    if case.tls_ciphers is not None:
        hand_made.append("tls-ciphers: a list in the form of the appliance's, not the appliance's own")
    return replace(expected, configured={**expected.configured, **common}, hand_made=tuple(hand_made))


def build_case(case: Case, folder: Path, work: Path) -> None:
    """Rebuilds ``folder`` from nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    suffix = case.capture.suffix if case.capture else ""
    capture = folder / f"test-action{suffix}"
    settings, run = run_case(case if case.captured is None else replace(case, capture=None), capture, work)
    if case.captured is not None:
        run_case(case.captured, capture, work)
    (folder / LOG_NAME).write_bytes(docker_json(run) if case.docker else run.log)
    for store in case.published or ((case.store,) if case.store is not None else ()):
        write_store(store, folder)
    if case.tls_ciphers is not None:
        (folder / "tls-ciphers").write_text(case.tls_ciphers)
    (folder / "expected.json").write_text(describe(case, settings).to_json())
