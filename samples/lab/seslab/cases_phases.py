"""Cases in which the server leaves: closes, resets and silences in every phase of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .capture import CaptureOptions
from .cases_trust import ECDHE, WHOLE_CHAIN
from .client import ClientSettings
from .expected import ENCRYPTED_SESSION, Expected, Facts, View, failed, hashes
from .model import SES, SES_HOST, Case, CaseMaker
from .pki import Hierarchy
from .server import Endpoint, Replies, Stop, Tls
from .settings import own_factory
from .voices import ALDER, FERN, GANNET, HARBOR, LUMEN, POSTBOX, QUARRY, TIDE, Voice

TIMEOUT_MS = 3000
_HOW = {
    "close": "closes the connection",
    "reset": "resets the connection",
    "silence": f"falls silent; the client waits {TIMEOUT_MS // 1000} s",
}
_AT = {
    "CONNECT": "instead of a greeting",
    "EHLO": "at EHLO",
    "STARTTLS": "at STARTTLS",
    "HELLO": "behind the ClientHello",
    "AUTH": "at AUTH",
    "MAIL": "at MAIL",
    "RCPT": "at RCPT",
    "DATA": "at DATA",
    "BODY": "behind the end of the data",
    "QUIT": "at QUIT, the mail is accepted",
}
_CLEAR = ("CONNECT", "EHLO", "STARTTLS", "HELLO")


@dataclass(frozen=True, slots=True)
class _Left:
    """A server that leaves, and what must come out of it."""

    voice: Voice
    at: str
    how: str
    whole: View
    log: View
    capture: View
    mode: str = "STARTTLS"

    @property
    def port(self) -> int:
        return 465 if self.mode == "SMTPS" else 587

    def case(self, ca: Hierarchy) -> Case:
        served, stop = ca.ses(), Stop(self.at, self.how)
        endpoint = Endpoint(SES, self.port, Tls(served), wrapper=self.mode == "SMTPS", scripts=(Replies(stop=stop),))

        def client(stores: Mapping[str, str]) -> ClientSettings:
            extra = own_factory("jsse", stores["trusted"])
            return self.voice.client(self.port, self.mode.lower(), extra=extra, timeout_ms=TIMEOUT_MS)

        return Case(
            client=client,
            endpoints=(endpoint,),
            other_stores={"trusted": {"amazon-root-ca-1": ca.a1_root}},
            capture=CaptureOptions(f"tcp port {self.port}"),
            expected=Expected(
                title=f"The server {_HOW[self.how]} {_AT[self.at]}",
                configured={"mode": self.mode, "server": f"{self.how} {_AT[self.at]}", "served": WHOLE_CHAIN},
                whole=self.whole,
                log=self.log,
                capture=self.capture,
                facts=self._facts(hashes(served.chain)),
            ),
        )

    def _facts(self, chain: tuple[str, ...]) -> Facts:
        if self.at == "HELLO":
            return Facts(SES_HOST, self.port, sni=SES_HOST)
        if self.at in _CLEAR and self.mode == "STARTTLS":
            return Facts(SES_HOST, self.port)
        return Facts(SES_HOST, self.port, "TLSv1.2", ECDHE, None, SES_HOST, chain)


def _same(rule: str, phase: str, capture: str) -> tuple[View, View, View]:
    """Whole, log and capture for one rule."""
    views = (failed(rule, phase, each) for each in ("confirmed", "likely", capture))
    return next(views), next(views), next(views)


def _hidden(rule: str, phase: str, whole: str = "likely") -> tuple[View, View, View]:
    """The same where the capture shows an encrypted session that ends."""
    return failed(rule, phase, whole), failed(rule, phase, "likely"), ENCRYPTED_SESSION


_LEAVING = View("failed", "closed-in-transaction", None, "suspected").because(
    "JavaMail reports the reset from close(): whether the message was accepted before is hidden by that exception"
)
_OVER = (_LEAVING, _LEAVING, ENCRYPTED_SESSION)

_LEFT: Mapping[str, _Left] = {
    "close-greeting": _Left(HARBOR, "CONNECT", "close", *_same("closed-before-greeting", "greeting", "likely")),
    "reset-greeting": _Left(LUMEN, "CONNECT", "reset", *_same("closed-before-greeting", "greeting", "likely")),
    "silence-greeting": _Left(TIDE, "CONNECT", "silence", *_same("greeting-timed-out", "greeting", "likely")),
    "close-ehlo": _Left(QUARRY, "EHLO", "close", *_same("closed-in-transaction", "starttls", "likely")),
    "silence-ehlo": _Left(FERN, "EHLO", "silence", *_same("reply-timed-out", "starttls", "suspected")),
    "close-starttls": _Left(GANNET, "STARTTLS", "close", *_same("closed-in-transaction", "starttls", "likely")),
    "silence-starttls": _Left(ALDER, "STARTTLS", "silence", *_same("reply-timed-out", "starttls", "suspected")),
    "close-handshake": _Left(LUMEN, "HELLO", "close", *_same("handshake-closed", "tls", "likely")),
    "reset-handshake": _Left(HARBOR, "HELLO", "reset", *_same("handshake-reset", "tls", "likely")),
    "silence-handshake": _Left(GANNET, "HELLO", "silence", *_same("handshake-timed-out", "tls", "likely")),
    "close-handshake-smtps": _Left(QUARRY, "HELLO", "close", *_same("handshake-closed", "tls", "likely"), mode="SMTPS"),
    "silence-greeting-smtps": _Left(
        TIDE, "CONNECT", "silence", *_hidden("greeting-timed-out", "greeting"), mode="SMTPS"
    ),
    "close-auth": _Left(TIDE, "AUTH", "close", *_hidden("closed-in-transaction", "auth")),
    "silence-auth": _Left(HARBOR, "AUTH", "silence", *_hidden("reply-timed-out", "auth")),
    "reset-mail": _Left(FERN, "MAIL", "reset", *_hidden("closed-in-transaction", "mail")),
    "silence-rcpt": _Left(LUMEN, "RCPT", "silence", *_hidden("reply-timed-out", "rcpt")),
    "close-data": _Left(ALDER, "DATA", "close", *_hidden("closed-in-transaction", "data")),
    "silence-body": _Left(QUARRY, "BODY", "silence", *_hidden("reply-timed-out", "data")),
    "close-body": _Left(POSTBOX, "BODY", "close", *_hidden("closed-in-transaction", "data")),
    "reset-quit": _Left(GANNET, "QUIT", "reset", *_OVER),
}

CASES: Mapping[str, CaseMaker] = {name: left.case for name, left in _LEFT.items()}
