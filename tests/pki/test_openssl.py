"""Our answers held against `openssl verify`, with and without -partial_chain."""

from __future__ import annotations

import re
import ssl
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pki.trustcases import Case, generate
from sestriage.formats.certs.x509 import parse_certificate
from sestriage.pki.openssl import openssl_verify
from support import need_tool

SEED, COUNT = 30, 130


def pem_file(path: Path, certificates: Sequence[bytes]) -> str:
    path.write_text("".join(map(ssl.DER_cert_to_PEM_cert, certificates)))
    return str(path)


def openssl_says(case: Case, partial: bool, folder: Path) -> str:
    command = [need_tool("openssl", "openssl"), "verify", "-purpose", "sslserver", "-no-CApath", "-no-CAstore"]
    command += ["-attime", str(int(case.at.timestamp()))]
    command += ["-CAfile", pem_file(folder / "store.pem", case.store)] if case.store else ["-no-CAfile"]
    if partial:
        command.append("-partial_chain")
    if len(case.served) > 1:
        command += ["-untrusted", pem_file(folder / "served.pem", case.served[1:])]
    command.append(pem_file(folder / "leaf.pem", case.served[:1]))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    error = re.search(r"error (\d+) at \d+ depth lookup: ?(.*)", done.stdout + done.stderr)
    if error is not None:
        return f"error {error[1]} {error[2]}"
    assert done.returncode == 0, done.stderr
    return "ok"


def ours(case: Case, partial: bool) -> str:
    chain, store = ([parse_certificate(each, None) for each in group] for group in (case.served, case.store))
    return openssl_verify(chain, store, case.at, partial=partial)


def test_every_case_has_openssls_answer(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    differing = []
    for case in generate(SEED, COUNT):
        for partial in (False, True):
            theirs = openssl_says(case, partial, tmp_path)
            seen[theirs] += 1
            if (mine := ours(case, partial)) != theirs:
                differing.append((case.name, partial, case.notes, theirs, mine))
    assert differing == []
    assert seen["ok"] > 50
    assert len(seen) > 6, "the cases must exercise several errors"
