"""A scripted SMTP server that answers in the words of Amazon SES, over the OpenSSL of Python's ssl module."""

from __future__ import annotations

import base64
import contextlib
import secrets
import socket
import ssl
import string
import struct
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import pki
from .weakdh import WeakDhe

#: A realistic Ethernet segment, so that a certificate message spans several packets as it does on a real line.
SEGMENT_BYTES = 1460
#: An SES endpoint closes a silent connection after about ten seconds.
IDLE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Tls:
    """The TLS side of a server. ``ciphers`` is an OpenSSL list for TLS 1.2; ``small_dh`` serves a 1024-bit group.

    ``dh_bits`` serves a group of that size; 0 leaves the choice to OpenSSL.
    """

    served: pki.Served
    ciphers: str = "ECDHE-RSA-AES128-GCM-SHA256"
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    small_dh: bool = False
    dh_bits: int = 0

    def context(self, keylog: Path | None = None) -> ssl.SSLContext:
        """A server context; key and chain pass through a file that is gone when this returns.

        With ``keylog`` the secrets of each session are added to that file.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version, context.maximum_version = self.minimum, self.maximum
        context.set_ciphers(self.ciphers + ":@SECLEVEL=0")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "server.pem")
            path.write_bytes(pki.key_pem(self.served.key) + pki.pem(self.served.chain))
            context.load_cert_chain(path)
            if bits := 1024 if self.small_dh else self.dh_bits:
                path = Path(folder, "dh.pem")
                path.write_bytes(pki.dh_parameters_pem(bits))
                context.load_dh_params(str(path))
        if keylog is not None:
            context.keylog_filename = str(keylog)
        return context


@dataclass(frozen=True, slots=True)
class Account:
    """What a server checks for itself, in the words of SES: the login at AUTH, the sender once the message is there."""

    user: str
    password: str
    verified: tuple[str, ...]  # domains
    region: str = "US-EAST-1"

    def refusal(self, sender: str) -> str:
        """The answer to the end of data when ``sender`` is not verified, "" when it is."""
        if sender.rpartition("@")[2].lower() in self.verified:
            return ""
        return (
            "554 Message rejected: Email address is not verified. "
            f"The following identities failed the check in region {self.region}: {sender}"
        )


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a server leaves the session, and how.

    ``at`` is the command that gets no answer any more; CONNECT stands for the greeting, HELLO for the handshake (the
    ClientHello is read), BODY for the end of the data. ``how`` is "close" (FIN, after a close_notify where there is
    TLS), "reset" (RST) or "silence" (until the client goes).
    """

    at: str
    how: str


@dataclass(frozen=True, slots=True)
class Replies:
    """What the server says. A reply of more than one line is written with ``\\n`` between.

    With an ``account`` the answers to AUTH, MAIL and the end of data depend on what the client sends. ``rcpts`` are the
    answers to the first recipients, ``rcpt`` that to each further one.
    """

    banner_host: str = "email-smtp.amazonaws.com"
    greeting: str = ""  # "" makes the one of SES
    auth: str = "235 Authentication successful."
    mail: str = "250 Ok"
    rcpt: str = "250 Ok"
    end_of_data: str = ""  # "" makes "250 Ok <message id>"
    ehlo: str = ""  # "" makes the list of SES
    starttls: str = "220 Ready to start TLS"
    rcpts: tuple[str, ...] = ()
    stop: Stop | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One listening port. The n-th connection is served by the n-th script, later ones by the last."""

    address: str
    port: int
    tls: Tls | WeakDhe | None
    wrapper: bool = False
    scripts: tuple[Replies, ...] = (Replies(),)


def message_id(region_code: str = "0100") -> str:
    """A message id in the form of SES: region, milliseconds since 1970, a UUID and six zeros."""
    return f"{region_code}{int(time.time() * 1000):012x}-{uuid.uuid4()}-000000"


def _token(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def _decoded(text: str) -> str:
    """Base64 of the client; "" for what is none."""
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""


class _HangupError(Exception):
    """The peer is gone."""


class _StopError(Exception):
    """The server leaves, as its script says."""


@dataclass(slots=True)
class _Conversation:
    sock: socket.socket
    endpoint: Endpoint
    context: ssl.SSLContext | WeakDhe | None
    replies: Replies
    secure: bool = False
    logged_in: bool = False
    sender: str = ""
    recipients: int = 0
    buffer: bytearray = field(default_factory=bytearray)

    def run(self) -> None:
        if self.endpoint.wrapper:
            self._wrap()
        self._stop_at("CONNECT")
        host = self.replies.banner_host
        greeting = self.replies.greeting or f"220 {host} ESMTP SimpleEmailService-d-{_token(9).upper()} {_token(20)}"
        self._say(greeting)
        while True:
            line = self._line()
            verb = line.split(" ", 1)[0].upper()
            if not self._answer(verb, line):
                return

    def _answer(self, verb: str, line: str) -> bool:
        """Answers one command; False ends the conversation."""
        self._stop_at(verb)
        match verb:
            case "EHLO" | "HELO":
                self._say(self.replies.ehlo or self._capabilities())
            case "STARTTLS":
                self._say(self.replies.starttls)
                if self.replies.starttls.startswith("220"):
                    self._wrap()
            case "AUTH":
                self._auth(line)
            case "MAIL":
                self._mail(line)
            case "RCPT":
                self._rcpt()
            case "DATA":
                self._data()
            case "QUIT":
                self._say("221 Bye")
                return False
            case "NOOP" | "RSET":
                self._say("250 Ok")
            case _:
                self._say("500 Error: command not implemented")
        return True

    def _capabilities(self) -> str:
        lines = [self.replies.banner_host, "8BITMIME"]
        if not self.secure and self.context is not None:
            lines.append("STARTTLS")
        lines += ["AUTH PLAIN LOGIN", "Ok"]
        return "\n".join(f"250{'-' if line != 'Ok' else ' '}{line}" for line in lines)

    def _auth(self, line: str) -> None:
        if not self.secure:
            self._say("530 Must issue a STARTTLS command first")
            return
        if line.upper().startswith("AUTH LOGIN"):
            given = [self._prompt("334 VXNlcm5hbWU6"), self._prompt("334 UGFzc3dvcmQ6")]
        else:
            given = _decoded(line.rpartition(" ")[2]).split("\0")[1:]
        account = self.replies.account
        self.logged_in = account is None or given == [account.user, account.password]
        self._say(self.replies.auth if self.logged_in else "535 Authentication Credentials Invalid")

    def _prompt(self, text: str) -> str:
        self._say(text)
        return _decoded(self._line())

    def _mail(self, line: str) -> None:
        self.sender = line.partition("<")[2].partition(">")[0]
        refused = self.replies.account is not None and not self.logged_in
        self._say("530 Authentication required" if refused else self.replies.mail)

    def _rcpt(self) -> None:
        given = self.replies.rcpts[self.recipients : self.recipients + 1]
        self.recipients += 1
        self._say(given[0] if given else self.replies.rcpt)

    def _data(self) -> None:
        self._say("354 End data with <CR><LF>.<CR><LF>")
        while self._line() != ".":
            pass
        self._stop_at("BODY")
        refusal = self.replies.account.refusal(self.sender) if self.replies.account else ""
        self._say(refusal or self.replies.end_of_data or f"250 Ok {message_id()}")

    def _wrap(self) -> None:
        assert self.context is not None, "the case has no TLS on this port"
        if self.replies.stop is not None and self.replies.stop.at == "HELLO":
            self.sock.recv(65536)  # what is left unread would make a reset of a close
            raise _StopError
        self.sock = self.context.wrap_socket(self.sock, server_side=True)
        self.secure = True

    def _stop_at(self, step: str) -> None:
        if self.replies.stop is not None and self.replies.stop.at == step:
            raise _StopError

    def leave(self) -> None:
        """Does what the script says at the place where it ends."""
        how = self.replies.stop.how if self.replies.stop is not None else "close"
        if how == "reset":
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.sock.close()
        while how == "silence" and self.sock.recv(65536):
            pass

    def _say(self, reply: str) -> None:
        self.sock.sendall(reply.replace("\n", "\r\n").encode("ascii") + b"\r\n")

    def _line(self) -> str:
        while b"\n" not in self.buffer:
            data = self.sock.recv(4096)
            if not data:
                raise _HangupError
            self.buffer += data
        line, _, rest = bytes(self.buffer).partition(b"\n")
        self.buffer[:] = rest
        return line.rstrip(b"\r").decode("latin-1")


class Server:
    """Serves one endpoint from ``start`` to ``stop``; one thread a connection."""

    def __init__(self, endpoint: Endpoint, keylog: Path | None = None) -> None:
        self._endpoint = endpoint
        self._context = endpoint.tls.context(keylog) if endpoint.tls else None
        family = socket.AF_INET6 if ":" in endpoint.address else socket.AF_INET
        self._listener = socket.socket(family, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
        self._threads: list[threading.Thread] = []
        self._count = 0

    def start(self) -> None:
        """Binds and listens."""
        self._listener.bind((self._endpoint.address, self._endpoint.port))
        self._listener.listen(16)
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Stops listening and waits for the conversations to end."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=IDLE_SECONDS + 2)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            scripts = self._endpoint.scripts
            replies = scripts[min(self._count, len(scripts) - 1)]
            self._count += 1
            thread = threading.Thread(target=self._converse, args=(sock, replies), daemon=True)
            thread.start()
            self._threads.append(thread)  # a thread that was not started cannot be waited for

    def _converse(self, sock: socket.socket, replies: Replies) -> None:
        sock.settimeout(IDLE_SECONDS)
        conversation = _Conversation(sock, self._endpoint, self._context, replies)
        try:
            try:
                conversation.run()
            except _StopError:
                conversation.leave()
        except (_HangupError, OSError):
            pass  # the client's refusal is what most cases are about
        finally:
            if conversation.secure:
                with contextlib.suppress(OSError, ValueError):
                    conversation.sock.settimeout(0.5)
                    conversation.sock = conversation.sock.unwrap()  # type: ignore[attr-defined]
            conversation.sock.close()
            sock.close()


@contextlib.contextmanager
def serving(*endpoints: Endpoint, keylog: Path | None = None) -> Iterator[None]:
    """Runs the endpoints while the block runs; the secrets of their sessions go to ``keylog``."""
    servers = [Server(endpoint, keylog) for endpoint in endpoints]
    try:
        for server in servers:
            server.start()
        yield
    finally:
        for server in servers:
            server.stop()


@contextlib.contextmanager
def deaf_port(address: str, port: int) -> Iterator[None]:
    """A port whose backlog is full: the kernel drops every further SYN, as a filtering firewall does."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(0)
    fillers = []
    for _ in range(2):
        filler = socket.socket()
        filler.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            filler.connect((address, port))
        fillers.append(filler)
    time.sleep(0.3)
    try:
        yield
    finally:
        for filler in fillers:
            filler.close()
        listener.close()
