"""Key stores for the tests: made by keytool and openssl where they are there, else byte by byte."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from pki.certgen import CN, O, Spec, certificate, ec_key
from seslab.stores import QUICK
from support import need_tool

PASSWORD = "changeit"


def made_certificates(count: int) -> list[bytes]:
    key = ec_key("store")
    return [
        certificate(
            Spec(
                ((O, "Example"), (CN, f"CA {number}")),
                ((O, "Example"), (CN, f"CA {number}")),
                key,
                key,
                number + 1,
                ca=True,
            )
        )
        for number in range(count)
    ]


def pem(certificates: Sequence[bytes]) -> bytes:
    return "".join(map(ssl.DER_cert_to_PEM_cert, certificates)).encode()


def keytool(path: Path, kind: str, entries: Mapping[str, bytes], *options: str, password: str = PASSWORD) -> bytes:
    """The bytes of a store that keytool makes; `options` are system properties of its JVM."""
    program = need_tool("keytool", "default-jdk-headless")
    for alias, encoded in entries.items():
        source = path.with_suffix(".one")
        source.write_bytes(encoded)
        command = [program, *QUICK, "-importcert", "-noprompt", "-alias", alias, "-file", str(source)]
        command += ["-keystore", str(path), "-storetype", kind, "-storepass", password]
        command += [f"-J-D{each}" for each in options]
        subprocess.run(command, check=True, capture_output=True)
    return path.read_bytes()


def keytool_key(path: Path, kind: str, *more: str) -> bytes:
    """A store with one key entry `mine`."""
    command = [need_tool("keytool", "default-jdk-headless"), *QUICK, "-genkeypair", "-alias", "mine", "-keyalg", "EC"]
    command += ["-dname", "CN=mine", "-keystore", str(path), "-storetype", kind, "-storepass", PASSWORD, *more]
    command += ["-keypass", PASSWORD]
    subprocess.run(command, check=True, capture_output=True)
    return path.read_bytes()


def openssl(folder: Path, *arguments: str, stdin: bytes | None = None) -> bytes:
    """What an openssl command writes with `-out`; the folder is where it runs."""
    out = folder / "openssl.out"
    command = [need_tool("openssl", "openssl"), *arguments, "-out", str(out)]
    subprocess.run(command, check=True, capture_output=True, input=stdin, cwd=folder)
    return out.read_bytes()


def utf(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2) + raw


def jks(
    entries: Mapping[str, bytes], password: str = PASSWORD, version: int = 2, magic: bytes = b"\xfe\xed\xfe\xed"
) -> bytes:
    """A JKS store of trusted entries."""
    body = magic + version.to_bytes(4) + len(entries).to_bytes(4)
    for alias, encoded in entries.items():
        kind = utf("X.509") if version == 2 else b""
        body += (2).to_bytes(4) + utf(alias) + bytes(8) + kind + len(encoded).to_bytes(4) + encoded
    return body + hashlib.sha1(password.encode("utf-16-be") + b"Mighty Aphrodite" + body).digest()
