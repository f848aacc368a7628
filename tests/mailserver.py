"""A small SMTP server for tests of the probe and for recording transcripts: real TLS, scripted clear text."""

from __future__ import annotations

import base64
import contextlib
import datetime
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "email-smtp.us-east-1.amazonaws.com"
Handler = Callable[[socket.socket], None]


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example Trust"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


@dataclass(frozen=True)
class Pki:
    """PEM texts of a chain of three, and of a certificate that is its own issuer."""

    leaf: bytes
    issuing: bytes
    root: bytes
    key: bytes


def make_pki(common: str = HOST, dns_name: str = HOST, days: int = 90) -> Pki:
    """A root, an issuing CA and a server certificate."""
    now = datetime.datetime.now(datetime.UTC)
    keys = [rsa.generate_private_key(65537, 2048) for _ in range(3)]
    names = [_name("Example Root CA 1"), _name("Example RSA 2048 M01"), _name(common)]
    built: list[x509.Certificate] = []
    for index, (key, name) in enumerate(zip(keys, names, strict=True)):
        issuer = max(index - 1, 0)
        identifier = x509.SubjectKeyIdentifier.from_public_key(keys[issuer].public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(names[issuer])
            .public_key(key.public_key())
            .serial_number(1000 + index)
            .not_valid_before(now - datetime.timedelta(days=30))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=index < 2, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        )
        if index == 2:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(dns_name)]), critical=False)
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
            builder = builder.add_extension(usage, critical=False)
        built.append(builder.sign(keys[issuer], hashes.SHA256()))
    pem = serialization.Encoding.PEM
    key_pem = keys[2].private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Pki(built[2].public_bytes(pem), built[1].public_bytes(pem), built[0].public_bytes(pem), key_pem)


_MODP = {
    1024: (
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
        "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
        "49286651ECE65381FFFFFFFFFFFFFFFF"
    ),
    2048: (
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
        "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
        "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"
        "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
        "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF"
    ),
}
"""The second Oakley group (RFC 2409 section 6.2) and group 14 (RFC 3526 section 3)."""


def dh_parameters(folder: Path, bits: int) -> Path:
    """A file with DH parameters of this size: published groups, for 512 bits one of our own."""
    path = folder / f"dh{bits}.pem"
    if bits in _MODP:
        body = _integer(bytes.fromhex(_MODP[bits])) + _integer(b"\x02")
        encoded = base64.encodebytes(_tagged(0x30, body)).decode()
        path.write_text(f"-----BEGIN DH PARAMETERS-----\n{encoded}-----END DH PARAMETERS-----\n")
    else:
        subprocess.run(["openssl", "dhparam", "-out", str(path), str(bits)], check=True, capture_output=True)
    return path


def _integer(magnitude: bytes) -> bytes:
    return _tagged(2, b"\0" * (magnitude[0] >> 7) + magnitude)


def _tagged(tag: int, body: bytes) -> bytes:
    """DER: tag, length, body (lengths below 65536)."""
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 0xFF])
    return bytes([tag]) + length + body


def tls_context(
    folder: Path,
    pki: Pki,
    *,
    served: bytes | None = None,
    ciphers: str = "ECDHE+AESGCM:DHE+AESGCM:AES128-GCM-SHA256",
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    dh_bits: int | None = None,
) -> ssl.SSLContext:
    """A server's context. `served` is the chain that it sends (default: leaf and issuing CA)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers + ":@SECLEVEL=0")
    context.minimum_version, context.maximum_version = minimum, maximum
    chain = folder / "chain.pem"
    chain.write_bytes(pki.key + (served if served is not None else pki.leaf + pki.issuing))
    context.load_cert_chain(chain)
    if dh_bits is not None:
        context.load_dh_params(str(dh_parameters(folder, dh_bits)))
    return context


def smtp(
    context: ssl.SSLContext | None,
    *,
    banner: str = "220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-EXAMPLE01 abcdefghij0123456789",
    capabilities: tuple[str, ...] = ("email-smtp.amazonaws.com", "8BITMIME", "STARTTLS", "AUTH PLAIN LOGIN", "Ok"),
    starttls: str = "220 Ready to start TLS",
    wrapper: bool = False,
) -> Handler:
    """A handler that talks as an SES endpoint does; without a context STARTTLS leads nowhere."""

    def handle(sock: socket.socket) -> None:
        if wrapper:
            assert context is not None
            sock = context.wrap_socket(sock, server_side=True)
        with contextlib.ExitStack() as stack:
            stack.callback(lambda: sock.close())
            talk(sock, stack)

    def talk(sock: socket.socket, stack: contextlib.ExitStack) -> None:
        file = stack.enter_context(sock.makefile("rb"))
        sock.sendall(banner.encode() + b"\r\n")
        while line := file.readline(2000):
            verb = line.split()[0].upper() if line.split() else b""
            if verb in (b"EHLO", b"HELO"):
                lines = [f"250{'-' if i < len(capabilities) - 1 else ' '}{c}" for i, c in enumerate(capabilities)]
                sock.sendall("\r\n".join(lines).encode() + b"\r\n")
            elif verb == b"STARTTLS":
                sock.sendall(starttls.encode() + b"\r\n")
                if context is None or not starttls.startswith("220"):
                    continue
                sock = context.wrap_socket(sock, server_side=True)
                stack.callback(sock.close)
                file = stack.enter_context(sock.makefile("rb"))
            elif verb == b"QUIT":
                sock.sendall(b"221 Bye\r\n")
                break
            else:
                sock.sendall(b"500 Error: command not implemented\r\n")

    return handle


@contextlib.contextmanager
def serving(handler: Handler, port: int = 0, address: str = "127.0.0.1") -> Iterator[int]:
    """Serve every connection with the handler in a thread of its own; gives the port."""
    listener = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
    stopping = threading.Event()

    def converse(sock: socket.socket) -> None:
        sock.settimeout(20)
        with contextlib.suppress(OSError, ValueError):
            handler(sock)
        with contextlib.suppress(OSError):
            sock.close()

    def accept() -> None:
        while not stopping.is_set():
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=converse, args=(sock,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        stopping.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
