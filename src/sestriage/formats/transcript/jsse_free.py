"""Lines of `-Djavax.net.debug` in the free form of JDK 7 and of 8 before 8u251 (`*** ClientHello, TLSv1.2`,
`thread, RECV TLSv1.2 ALERT:  fatal, handshake_failure`).

Written after Oracle's guide "Debugging SSL/TLS Connections" and traces in public reports; no such JDK was at hand.
"""

from __future__ import annotations

import re
from typing import Final

from sestriage.formats.transcript.jsse_handshake import MAX_TEXT, Handshake, PrintedCertificate

_HEAD: Final = re.compile(
    r"\*\*\* (?P<name>[A-Z][\w -]{3,40}?)(?:, (?P<version>TLSv1(?:\.\d)?|SSLv\d)|, [A-Z]\w{1,20})?\s*$"
)
_LINE: Final = re.compile(
    r"(?P<thread>[^,\n]{1,120}), (?P<what>READ|WRITE|RECV|SEND|called|handling|fatal|setSoTimeout)\b(?P<rest>.*)"
)
_ALERT: Final = re.compile(
    r"[ :]*(?:TLSv1(?:\.\d)?|SSLv\d) ALERT: {1,3}(?P<level>fatal|warning), (?:description = )?(?P<name>[a-z_]{3,40})"
)
_VALUE: Final = re.compile(r"\s*(?P<key>Subject|Issuer|SerialNumber|Validity|To|Signature Algorithm) ?: ?(?P<value>.*)")
_SUITES: Final = re.compile(r"Cipher Suites?: (?P<list>.{1,20000})")
_DH: Final = re.compile(r"DH Modulus: {1,3}\{ ?(?P<bytes>\d{1,3}(?:, ?\d{1,3}){1,2100}) ?\}")
_SNI: Final = re.compile(r"server_name: \[.{0,60}?value=(?P<host>[^\s\])]{1,253})")
_FROM: Final = re.compile(r"\[From: (?P<date>[^,\]\n]{10,60})")
_HANDLED: Final = re.compile(r" exception: (?P<fault>.{3,500})")
_NAMES: Final = {"Certificate chain": "Certificate"}


class FreeForm:
    """Takes the lines that are of this form; only its handshakes name no thread at their beginning."""

    def __init__(self) -> None:
        self._known: Handshake | None = None
        self._kind = ""

    @property
    def inside(self) -> bool:
        """The next lines may belong to a handshake."""
        return self._known is not None and not self._known.over

    def take(self, number: int, text: str) -> Handshake | None:
        """The next line, its wrappings off; gives the handshake that begins with it."""
        if match := _HEAD.match(text):
            return self._message(number, match["name"], match["version"])
        known = self._known
        if known is None:
            return None
        if text.startswith("***"):
            self._kind = ""
        elif (match := _LINE.match(text)) is not None:
            self._of_thread(known, number, match)
        elif self._body(known, number, text):
            known.last = number
        return None

    def _message(self, number: int, name: str, version: str | None) -> Handshake | None:
        """`*** Name`: the lines below name no thread, the next `thread, WRITE:` does."""
        self._kind = name
        if name == "ClientHello":
            self._known = Handshake(number, None, number, offered_versions=(version,) if version else ())
            self._known.step("client", name, number, None)
            return self._known
        known = self._known
        if known is None:
            return None
        known.last = number
        sender = "client" if name.startswith(("ClientKeyExchange", "CertificateVerify")) else "server"
        named = _NAMES.get(name, "ServerKeyExchange" if name.endswith("ServerKeyExchange") else name.partition(",")[0])
        if named == "Finished":
            sender = "server" if "client" in known.finished else "client"
            known.finished.add(sender)
        elif named == "ServerHello":
            known.version = version
        elif named == "CertificateRequest":
            known.asks_for_certificate = True
        known.step(sender, named, number, None)
        return None

    def _of_thread(self, known: Handshake, number: int, match: re.Match[str]) -> None:
        thread, what, rest = match["thread"].strip(), match["what"], match["rest"]
        known.thread = known.thread or thread
        if known.thread != thread:
            return
        known.last, self._kind = number, ""
        if what in ("RECV", "SEND") and (alert := _ALERT.match(rest)):
            known.alerts.append(("server" if what == "RECV" else "client", alert["level"], alert["name"], number))
        elif what == "handling" and (handled := _HANDLED.match(rest)) and not known.fault:
            known.fault, known.fault_line = [handled["fault"]], number
        elif what in ("READ", "WRITE") and "Application Data" in rest and len(known.finished) == 2:
            known.data.add("client" if what == "WRITE" else "server")

    def _body(self, known: Handshake, number: int, text: str) -> bool:
        """A line below a message; False: it tells nothing."""
        if text.startswith("%% "):
            known.resumed = known.resumed or text.startswith("%% Server resumed")
        elif text.startswith("Found trusted certificate"):
            known.trusted, self._kind = True, ""
        elif match := _SNI.search(text):
            known.sni = match["host"].lower()
        elif match := _SUITES.match(text):
            values = tuple(part.strip() for part in match["list"].strip("[] ").split(","))
            if self._kind == "ClientHello":
                known.offered_suites = values
            else:
                known.suite = values[0]
        elif match := _DH.match(text):
            known.dh_bits = _bits(match["bytes"])
        elif self._kind == "Certificate chain":
            _certificate(known, number, text)
        else:
            return False
        return True


def _bits(printed: str) -> int:
    """The size of a number that is printed byte by byte."""
    return int.from_bytes(bytes(int(byte) & 255 for byte in printed.split(","))).bit_length()


def _certificate(known: Handshake, number: int, text: str) -> None:
    if text.startswith("chain ["):
        known.certificate(number)
        return
    if not known.certificates:
        return
    item = known.certificates[-1]
    if not item.takes_name(text) and (match := _VALUE.match(text)):
        _value(item, match["key"], match["value"].strip())


def _value(item: PrintedCertificate, key: str, value: str) -> None:
    if key == "Validity":
        since = _FROM.match(value)
        key, value = "not before", since["date"].strip() if since else ""
    elif key == "To":
        key, value = "not after", value.strip("] ")
    elif key == "SerialNumber":
        key, value = "serial number", value.strip("[] ")
    elif key == "Signature Algorithm":
        value = value.partition(",")[0]
    item.values.setdefault(key.lower(), value[:MAX_TEXT])
