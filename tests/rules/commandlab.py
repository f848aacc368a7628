"""A place where printed commands are run as a person would type them: the Manager's files in a folder of their own,
servers on loopback, and stand-ins for the container and for AWS."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import os
import re
import select
import shlex
import socket
import ssl
import struct
import subprocess
import sys
import threading
import warnings
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mailserver import Handler, Pki, serving, smtp, tls_context
from realservers import s_server
from rules.printed import READY
from sestriage.model.command import s_client
from sestriage.rules.fixes.commands import PUBLISHED_LIST, dialogue

HOST = "localhost"
_LOOPBACK = ipaddress.ip_address("127.0.0.1")
LOG = """\
2026-11-20 09:12:44.310 ERROR 7 --- [ponse-actions-2] c.c.s.r.a.EmailActionExecutor : Test Action failed
javax.mail.AuthenticationFailedException: failed to connect
\tat javax.mail.Service.connect(Service.java:388)
2026-11-20 09:13:44.310 ERROR 7 --- [ponse-actions-2] c.c.s.r.a.EmailActionExecutor : Test Action failed
javax.mail.MessagingException: Could not convert socket to TLS
java.io.IOException: Exception in startTLS using javax.net.ssl.SSLSocketFactory socket factory
javax.mail.MessagingException: IOException while sending message
Caused by: java.lang.ClassCastException: the reason
2026-11-20 09:14:44.310 ERROR 7 --- [ponse-actions-2] c.c.s.r.a.EmailActionExecutor : Test Action failed
javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure
"""

_MOUNTS = '{{range .Mounts}}{{.Source}} -> {{.Destination}}{{"\\n"}}{{end}}'
_DOCKER = """\
#!/bin/sh
# the container is the folder {container}, its process 1 a java with a trust store
echo "$*" >> {folder}/docker.log
name=sw-response-mgmt
case "$1" in
restart) [ "$2" = $name ] && echo $name ;;
inspect)
    [ "$2" = -f ] && [ "$4" = $name ] || exit 64
    case "$3" in
    '{{{{.State.StartedAt}}}}') echo 2026-11-20T09:00:00.123456789Z ;;
    '{mounts}') echo '/lancope/store -> /store' ;;
    *) exit 64 ;;
    esac ;;
exec)
    [ "$2" = $name ] || exit 64
    shift 2
    case "$1" in
    find) shift 2; exec find {container} "$@" ;;
    sh)
        printf '%s' "$3" | sed 's#/proc/1/cmdline#{container}/cmdline#' > {folder}/inner.sh
        exec sh {folder}/inner.sh ;;
    *) exec "$@" ;;
    esac ;;
*) exit 64 ;;
esac
"""
_AWS = """\
#!/bin/sh
for word; do printf '%s\\n' "$word"; done >> {folder}/aws.log
echo -- >> {folder}/aws.log
"""


@dataclass(frozen=True)
class Lab:
    """`run` types a command. `port` is where the server of the mode `mode` listens."""

    folder: Path
    port: int = 0
    host: str = HOST

    def at(self, port: int, host: str = HOST) -> Lab:
        """The same with another server."""
        return replace(self, port=port, host=host)

    @property
    def ciphers(self) -> Path:
        """The Manager's cipher list."""
        return self.folder / "lancope/services/swos-compliance/security/tls-ciphers"

    def run(self, command: str, stdin: str = "", **variables: str) -> str:
        """What a command of this shape prints, on both outputs."""
        done = subprocess.run(
            ["bash", "-c", self._typed(command)],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            cwd=self.folder,
            env={**self._environment(), **variables},
        )
        assert "syntax error" not in done.stderr, done.stderr
        assert "command not found" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def start(self, command: str) -> subprocess.Popen[str]:
        """A command that a person ends."""
        typed = ["bash", "-c", "exec " + self._typed(command)]
        return subprocess.Popen(typed, stderr=subprocess.PIPE, text=True, cwd=self.folder, env=self._environment())

    def _environment(self) -> dict[str, str]:
        path = f"{self.folder}/bin:{os.environ['PATH']}:/usr/sbin:/sbin"
        return {"PATH": path, "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "SMTP_SERVER": self.host}

    def _typed(self, command: str) -> str:
        ready = {
            **READY,
            "{s_client}": str(s_client(self.host, self.port)),
            "{s_client smtps}": str(s_client(self.host, self.port, "wrapper")),
            "{s_client address}": str(s_client("127.0.0.1", self.port)),
            "{dialogue}": str(dialogue(self.host, self.port)),
            "{dialogue smtps}": str(dialogue(self.host, self.port, "wrapper")),
            "{host}": self.host,
        }
        for name, meant in ready.items():
            command = command.replace(name, meant)
        return re.sub(r"(?<![\w{.-])/(lancope|tmp)/", rf"{self.folder}/\1/", command)


def make_lab(folder: Path) -> Lab:
    """The Manager's files, and what stands in for `docker`, `aws` and the installed `sestriage`."""
    lab = Lab(folder)
    for path in ("tmp", "lancope/var/logs/containers", "bin", "container/store"):
        (folder / path).mkdir(parents=True)
    lab.ciphers.parent.mkdir(parents=True)
    lab.ciphers.write_text(PUBLISHED_LIST + "\n")
    (folder / "lancope/var/logs/containers/sw-response-mgmt.log").write_text(LOG)
    container = folder / "container"
    (container / "store/truststore.p12").write_bytes(b"")
    (container / "cmdline").write_bytes(
        b"java\0-Djavax.net.ssl.trustStore=/store/truststore.p12\0-Djavax.net.ssl.trustStorePassword=hidden\0-jar\0"
    )
    scripts = {
        "docker": _DOCKER.format(folder=folder, container=container, mounts=_MOUNTS),
        "aws": _AWS.format(folder=folder),
        "sestriage": f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m sestriage "$@"\n',
    }
    for name, text in scripts.items():
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    return lab


# --- what commands show -------------------------------------------------------------------------------------------


def both(lab: Lab, pki: Pki, command: str) -> Generator[str]:
    """What a command shows against a server of its mode (for SMTPS that of OpenSSL), then against a closed port."""
    if "{s_client smtps}" in command:
        with s_server(lab.folder, pki) as port:
            yield lab.at(port).run(command)
    else:
        with mail_server(lab, tls_context(lab.folder, pki)) as served:
            yield served.run(command)
    yield lab.at(closed_port()).run(command)


def names(output: str, what: str) -> list[str]:
    """The common names behind `i:` or `subject=`, in the form of any OpenSSL."""
    return re.findall(rf"{what}.*CN ?= ?(.+)", output)


# --- servers -----------------------------------------------------------------------------------------------------


def punishing(banner: str = "220 mail.example.com ESMTP") -> Handler:
    """Refuses a client that speaks before the greeting (RFC 5321 section 4.3.1), and one that sends a bare CR."""

    def handle(sock: socket.socket) -> None:
        if select.select([sock], [], [], 0.3)[0]:
            sock.sendall(b"554 SMTP synchronization error\r\n")
            return
        sock.sendall(banner.encode() + b"\r\n")
        pending = b""
        while True:
            data = sock.recv(1000)
            if not data:
                return
            pending += data
            while b"\n" in pending:
                line, _, pending = pending.partition(b"\n")
                if b"\r" in line[:-1] or not line.endswith(b"\r"):
                    sock.sendall(b"500 bare CR or LF\r\n")
                    return
                if line.upper().startswith(b"EHLO"):
                    sock.sendall(b"250-mail.example.com\r\n250-SIZE 10485760\r\n250-STARTTLS\r\n250 Ok\r\n")
                elif line.upper().startswith(b"QUIT"):
                    sock.sendall(b"221 Bye\r\n")
                    return

    return handle


def strict_in_tls(context: ssl.SSLContext) -> Handler:
    """Speaks TLS after STARTTLS; there it refuses a bare CR, and offers a login only there."""

    def handle(sock: socket.socket) -> None:
        sock.sendall(b"220 mail.example.com ESMTP\r\n")
        file = sock.makefile("rb")
        while (line := file.readline(2000)) and not line.upper().startswith(b"STARTTLS"):
            sock.sendall(b"250-mail.example.com\r\n250 STARTTLS\r\n")
        sock.sendall(b"220 go\r\n")
        with context.wrap_socket(sock, server_side=True) as tls, tls.makefile("rb") as words:
            while line := words.readline(2000):
                if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                    tls.sendall(b"500 bare CR or LF\r\n")
                    return
                if line.upper().startswith(b"QUIT"):
                    tls.sendall(b"221 Bye\r\n")
                    return
                tls.sendall(b"250-mail.example.com\r\n250 AUTH PLAIN LOGIN\r\n")

    return handle


def without_renegotiation_info(sock: socket.socket) -> None:
    """A server's first message of TLS 1.2 without the extension of RFC 5746, as old servers send it; then the end."""
    sock.sendall(b"220 mail.example.com ESMTP\r\n")
    sock.recv(1000)
    sock.sendall(b"250-mail.example.com\r\n250 STARTTLS\r\n")
    sock.recv(1000)
    sock.sendall(b"220 go\r\n")
    sock.recv(5000)
    body = b"\x03\x03" + bytes(32) + b"\0" + b"\xc0\x2f" + b"\0"
    hello = b"\x02" + len(body).to_bytes(3, "big") + body
    sock.sendall(b"\x16\x03\x03" + len(hello).to_bytes(2, "big") + hello)


@contextlib.contextmanager
def mail_server(lab: Lab, context: ssl.SSLContext) -> Iterator[Lab]:
    """The lab with a server that speaks STARTTLS."""
    with serving(smtp(context)) as port:
        yield lab.at(port)


@contextlib.contextmanager
def old_server(
    lab: Lab, pki: Pki, *, smtps: bool = False, only: ssl.TLSVersion = ssl.TLSVersion.TLSv1_1
) -> Iterator[Lab]:
    """The lab with a server that speaks one old version only (TLS 1.1 for SMTPS)."""
    if smtps:
        with s_server(lab.folder, pki, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0") as port:
            yield lab.at(port)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = tls_context(lab.folder, pki, ciphers="ALL", minimum=only, maximum=only)
    with mail_server(lab, context) as served:
        yield served


def closed_port() -> int:
    """A port on which nothing listens."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as closed:
        return int(closed.getsockname()[1])


def make_full_certificate() -> Pki:
    """A self-signed certificate that names an address, and where its revocation is published."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "relay.example.com")])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    place = x509.DistributionPoint([x509.UniformResourceIdentifier("http://crl.example.com/a.crl")], None, None, None)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(0x0123456789ABCDEF0123).not_valid_before(start)
    builder = builder.not_valid_after(start + datetime.timedelta(days=90))
    names: list[x509.GeneralName] = [x509.DNSName("relay.example.com"), x509.IPAddress(_LOOPBACK)]
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    built = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    key_pem = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Pki(built.public_bytes(pem), b"", built.public_bytes(pem), key_pem)


@contextlib.contextmanager
def txt_server(text: str) -> Iterator[tuple[int, list[str]]]:
    """A DNS server that answers every question with one TXT record (RFC 1035); its port, and the names asked for."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(0.2)
    asked: list[str] = []
    ended = threading.Event()

    def answer(query: bytes) -> bytes:
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1 : at + 1 + query[at]].decode())
            at += 1 + query[at]
        asked.append(".".join(labels))
        value = bytes([len(text)]) + text.encode()
        record = b"\xc0\x0c" + struct.pack("!HHIH", 16, 1, 60, len(value)) + value
        return query[:2] + struct.pack("!HHHHH", 0x8180, 1, 1, 0, 0) + query[12 : at + 5] + record

    def serve() -> None:
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                query, peer = sock.recvfrom(1500)
                sock.sendto(answer(query), peer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(sock.getsockname()[1]), asked
    finally:
        ended.set()
        thread.join()
        sock.close()
