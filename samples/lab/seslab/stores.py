"""Trust stores as keytool writes them, and folders of PEM files."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509

from . import pki

PASSWORD = "changeit"
QUICK = ("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC")
"""For `keytool` and `javac`, which end after a second: the quick compiler and the small collector halve their cost."""
KEYTOOL = ("keytool", *QUICK)


def keytool_store(path: Path, kind: str, entries: Mapping[str, x509.Certificate]) -> None:
    """A store of ``kind`` (PKCS12 or JKS) with one trusted entry an alias."""
    path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for alias, certificate in entries.items():
            source = Path(folder, "one.pem")
            source.write_bytes(pki.pem([certificate]))
            command = [*KEYTOOL, "-importcert", "-noprompt", "-alias", alias, "-file", str(source)]
            command += ["-keystore", str(path), "-storetype", kind, "-storepass", PASSWORD]
            subprocess.run(command, check=True, capture_output=True)


def empty_store(path: Path, certificate: x509.Certificate) -> None:
    """A JKS without an entry: keytool makes none, so that one is put in and taken out again."""
    keytool_store(path, "JKS", {"gone": certificate})
    command = ["keytool", "-delete", "-alias", "gone", "-keystore", str(path), "-storetype", "JKS"]
    subprocess.run([*command, "-storepass", PASSWORD], check=True, capture_output=True)


def pem_folder(path: Path, entries: Mapping[str, x509.Certificate]) -> None:
    """A folder with one PEM file an alias, as ``openssl s_client -showcerts`` and awk leave them."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    for alias, certificate in entries.items():
        (path / f"{alias}.pem").write_bytes(pki.pem([certificate]))


def listing(entries: Mapping[str, x509.Certificate]) -> bytes:
    """What ``keytool -list -v`` prints of a store, with prompt and command line before it."""
    with tempfile.TemporaryDirectory() as folder:
        keytool_store(Path(folder, "truststore.p12"), "PKCS12", entries)
        command = ["keytool", "-list", "-v", "-keystore", "truststore.p12", "-storepass", PASSWORD]
        done = subprocess.run(["env", "LC_ALL=C", *command], check=True, capture_output=True, cwd=folder)
    return f"[root@smc ~]# {' '.join(command)}\n".encode() + done.stdout
