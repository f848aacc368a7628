"""The server's side of a TLS 1.2 handshake with a DH group that OpenSSL will not serve any more.

It goes as far as ServerHelloDone, in order and correctly signed (RFC 5246); a client that refuses the group says so
then, and one that takes it is hung up on.
"""

from __future__ import annotations

import secrets
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from . import pki

#: The 512-bit group that Apache's mod_ssl once had built in (weakdh.org).
PRIME_512 = int(
    "9FDB8B8A004544F0045F1737D0BA2E0B274CDF1A9F588218FB435316A16E3741"
    "71FD19D8D8F37C39BF863FD60E3E300680A3030C6E4C3757D08F70E6AA871033",
    16,
)
DHE_RSA_AES128_GCM = b"\x00\x9e"
RSA_PKCS1_SHA256 = b"\x04\x01"
SERVER_HELLO, CERTIFICATE, SERVER_KEY_EXCHANGE, SERVER_HELLO_DONE = 2, 11, 12, 14


def _vector(size: int, data: bytes) -> bytes:
    return len(data).to_bytes(size, "big") + data


def _record(kind: int, body: bytes) -> bytes:
    """A handshake message in a record of its own."""
    message = bytes([kind]) + _vector(3, body)
    return b"\x16\x03\x03" + _vector(2, message)


def _exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        portion = sock.recv(size - len(data))
        if not portion:
            raise ConnectionError("the peer is gone")
        data += portion
    return data


@dataclass(frozen=True, slots=True)
class WeakDhe:
    """TLS settings of an endpoint; also its own context."""

    served: pki.Served

    def context(self, keylog: Path | None = None) -> WeakDhe:
        """What wraps sockets; there will be no secrets for a key log."""
        return self

    def wrap_socket(self, sock: socket.socket, *, server_side: bool) -> ssl.SSLSocket:
        """Shakes hands up to ServerHelloDone, and waits for what the client says. Always raises `OSError`."""
        assert server_side
        hello = _exactly(sock, int.from_bytes(_exactly(sock, 5)[3:], "big"))
        client_random, server_random = hello[6:38], secrets.token_bytes(32)
        extensions = _vector(2, b"\xff\x01\x00\x01\x00")  # secure renegotiation, for the first time
        server_hello = b"\x03\x03" + server_random + b"\x00" + DHE_RSA_AES128_GCM + b"\x00" + extensions
        ders = [c.public_bytes(serialization.Encoding.DER) for c in self.served.chain]
        sock.sendall(
            _record(SERVER_HELLO, server_hello)
            + _record(CERTIFICATE, _vector(3, b"".join(_vector(3, der) for der in ders)))
            + _record(SERVER_KEY_EXCHANGE, self._key_exchange(client_random + server_random))
            + _record(SERVER_HELLO_DONE, b"")
        )
        sock.recv(4096)
        raise ConnectionError("the handshake ends here")

    def _key_exchange(self, randoms: bytes) -> bytes:
        public = pow(2, secrets.randbits(500) | 1, PRIME_512)
        numbers = (PRIME_512.to_bytes(64, "big"), b"\x02", public.to_bytes(64, "big"))
        parameters = b"".join(_vector(2, number) for number in numbers)
        signature = self.served.key.sign(randoms + parameters, padding.PKCS1v15(), hashes.SHA256())
        return parameters + RSA_PKCS1_SHA256 + _vector(2, signature)
