"""What somebody hands in who does what a `needs` line asks for: from the evidence of the sample that was held back."""

from __future__ import annotations

import base64
import re
import textwrap
from pathlib import Path

from calibration.evidence import Sample
from calibration.truth import is_one_sessions
from sestriage.model.verdict import Need, Report

_ASKED_BY = (
    ("tcpdump", "capture"),
    ("keylogfile", "keylog"),
    ("sw-response-mgmt.log", "log"),
    ("tls-ciphers", "ciphers"),
    ("truststore", "store"),
    ("docker", "store"),
)
"""A word in the command, and the kind of evidence that it collects."""


def answer(need: Need, sample: Sample, held: frozenset[str], whole: Report, scratch: Path) -> list[str] | None:
    """Files that answer the need; None where the sample has nothing to answer it with, an empty list where the
    evidence is at hand already."""
    command = need.command if isinstance(need.command, str) else str(need.command)
    if "showcerts" in command and "keylogfile" not in command:
        return _served_chain(command, whole, scratch / f"{sample.name}-served-chain.txt")
    kind = next((kind for word, kind in _ASKED_BY if word in command), None)
    if kind is None or kind not in sample.pieces:
        return None
    if kind in ("log", "capture") and not is_one_sessions(sample.name):
        return None
    return [] if kind in held else sample.paths(frozenset({kind}))


_TRACED = re.compile(r"\( ?set -x ; (.{1,400}?) </dev/null \)")


def _served_chain(command: str, whole: Report, path: Path) -> list[str] | None:
    """What `openssl s_client -showcerts` prints of the chain that the sample's server sends: as the file that a command
    writes, else as pasted from the terminal."""
    streams = [stream for capture in whole.captures for stream in capture.streams]
    served = [stream.tls.certificates for stream in streams if stream.tls is not None and stream.tls.certificates]
    if not served:
        return None
    chain = max(reversed(served), key=len)  # a run of s_client in the sample may have printed the leaf alone
    lines = [f"[root@smc ~]# {command}", "Wed Nov 25 08:00:00 UTC 2026"]
    if " > " in command:  # the file has what it is asked for, and with `set -x` the command itself
        traced = _TRACED.search(command)
        lines = [f"+ {traced[1]}"] if traced is not None else []
    lines += ["CONNECTED(00000003)", "---", "Certificate chain"]
    for number, certificate in enumerate(chain):
        lines += [f" {number} s:{certificate.subject}", f"   i:{certificate.issuer}", "-----BEGIN CERTIFICATE-----"]
        lines += [*textwrap.wrap(base64.b64encode(certificate.der).decode("ascii"), 64), "-----END CERTIFICATE-----"]
    path.write_text("\n".join([*lines, "---", "DONE", ""]), encoding="utf-8")
    return [str(path)]
