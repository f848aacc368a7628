"""A real OpenSSL on both ends of a TLS connection, in memory: what each end puts on the wire, and the key log.

Run as a program so that OpenSSL's configuration (the TLS 1.3 suites) can be chosen: reads one JSON object from standard
input (version, suites12, turns, verify, tickets), writes one with `wire` and `keylog`.
"""

from __future__ import annotations

import datetime
import json
import os
import ssl
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

Turns = list[tuple[bool, bytes]]
"""(sent by the client, bytes) in order."""


@dataclass(frozen=True)
class Spoken:
    """What went over the wire, and its key log. `refused` is True when the client did not accept the server."""

    wire: Turns
    keylog: bytes
    refused: bool
    leaf: bytes
    """The server's certificate (DER)."""


def _certificate(folder: Path) -> Path:
    """A self-signed certificate with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "email-smtp.us-east-1.amazonaws.com")])
    begin = datetime.datetime(2020, 1, 1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(begin).not_valid_after(begin.replace(year=2090))
    made = builder.sign(key, hashes.SHA256())
    pem = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return pem


class _Ends:
    """Two TLS engines joined back to back."""

    def __init__(self, client: ssl.SSLContext, server: ssl.SSLContext) -> None:
        self.wire: Turns = []
        self.bios = [ssl.MemoryBIO() for _ in range(4)]
        self.client = client.wrap_bio(self.bios[0], self.bios[1], server_hostname="email-smtp.us-east-1.amazonaws.com")
        self.server = server.wrap_bio(self.bios[2], self.bios[3], server_side=True)

    def carry(self) -> None:
        for from_client, outgoing, incoming in ((True, 1, 2), (False, 3, 0)):
            data = self.bios[outgoing].read()
            if data:
                self.wire.append((from_client, data))
                self.bios[incoming].write(data)

    def shake(self) -> bool:
        """Handshake; False when the client refuses the server."""
        done = [False, False]
        for _ in range(20):
            for index, end in enumerate((self.client, self.server)):
                try:
                    end.do_handshake()
                    done[index] = True
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLError:
                    self.carry()
                    return False
                self.carry()
            if all(done):
                return True
        raise AssertionError("no end of the handshake")

    def say(self, from_client: bool, data: bytes) -> None:
        sender, receiver = (self.client, self.server) if from_client else (self.server, self.client)
        sender.write(data)
        self.carry()
        received = b""
        while len(received) < len(data):
            received += receiver.read(65536)


def _contexts(order: dict[str, object], folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    version = ssl.TLSVersion[str(order["version"])]
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_REQUIRED if order["verify"] else ssl.CERT_NONE
    server.load_cert_chain(_certificate(folder))
    server.options |= ssl.OP_NO_TICKET if not order["tickets"] else 0
    for context in (server, client):
        context.minimum_version = context.maximum_version = version
        context.set_ciphers(f"{order['suites12']}:@SECLEVEL=0")
    server.keylog_filename = str(folder / "keys.log")
    return client, server


def main() -> None:
    order = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ends = _Ends(*_contexts(order, folder))
        accepted = ends.shake()
        if accepted:
            for from_client, text in order["turns"]:
                ends.say(from_client, bytes.fromhex(text))
        leaf = ssl.PEM_cert_to_DER_cert(
            "-----BEGIN CERT" + (folder / "server.pem").read_text().split("-----BEGIN CERT")[1]
        )
        log = folder / "keys.log"
        answer = {
            "wire": [(from_client, data.hex()) for from_client, data in ends.wire],
            "keylog": log.read_bytes().hex() if log.exists() else "",
            "refused": not accepted,
            "leaf": leaf.hex(),
        }
    json.dump(answer, sys.stdout)


def speak(
    version: str,
    turns: Turns,
    *,
    suites12: str = "ALL",
    suites13: str | None = None,
    verify: bool = False,
    tickets: bool = True,
) -> Spoken:
    """A conversation over real TLS. `version` is a name of `ssl.TLSVersion`."""
    order = {
        "version": version,
        "suites12": suites12,
        "turns": [(from_client, data.hex()) for from_client, data in turns],
        "verify": verify,
        "tickets": tickets,
    }
    with tempfile.TemporaryDirectory() as name:
        environment = dict(os.environ)
        if suites13 is not None:
            config = Path(name) / "openssl.cnf"
            config.write_text(
                "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
                f"Ciphersuites = {suites13}\nMinProtocol = TLSv1\n"
            )
            environment["OPENSSL_CONF"] = str(config)
        done = subprocess.run(
            [sys.executable, __file__],
            input=json.dumps(order).encode(),
            capture_output=True,
            env=environment,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    answer = json.loads(done.stdout)
    wire = [(from_client, bytes.fromhex(data)) for from_client, data in answer["wire"]]
    return Spoken(wire, bytes.fromhex(answer["keylog"]), answer["refused"], bytes.fromhex(answer["leaf"]))


if __name__ == "__main__":
    main()
