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
