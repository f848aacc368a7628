"""Lines of `-Djavax.net.debug`, gathered to handshakes.

Form: `sun.security.ssl.SSLLogger` of JDK 11 to 25, and of 8 since 8u251 (`javax.net.ssl|LEVEL|id|thread|time|place|`
and a body; run with JDK 17 and 25). The older form is `jsse_free`'s.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import datetime
from typing import Final

from sestriage.formats.log.header import parse_header
from sestriage.formats.transcript.jsse_free import FreeForm
from sestriage.formats.transcript.jsse_handshake import MAX_TEXT, Handshake

MAX_HANDSHAKES: Final = 1000
"""Handshakes that are kept, the newest ones."""
MAX_FAULT_LINES: Final = 120
MAX_THREADS: Final = 64

_PEERS: Final = {"Produced": "client", "Consuming": "server"}
_MESSAGE: Final = re.compile(
    r"(?P<who>Produced|Consuming) (?:server |client )?(?P<name>(?:[A-Z]{2,5} )?[A-Z][A-Za-z]{4,24})"
    r"(?: handshake)?(?: message)?(?: \(|\s*$)"
)
_FATAL: Final = re.compile(r"Fatal \((?P<alert>[A-Z_]{3,40})\): (?P<text>.{0,500})")
_RECORD: Final = re.compile(
    r"(?:Raw )?(?P<way>READ|WRITE|received|write)[:a-z ]{0,12}(?P<version>TLSv?[\d.]{1,3}|SSLv?\d)"
    r" (?P<kind>[a-zA-Z_ ]{4,20})(?:\((?P<alert>[a-z_]{3,40})\))?, length"
)
_VERSION: Final = re.compile(r"Negotiated protocol version: (?P<version>\S{1,20})")
_STORE: Final = re.compile(r"trustStore is ?: (?P<store>.{1,400})")
_STORE_SIZE: Final = re.compile(r"Reloaded (?P<count>\d{1,6}) trust certs")
_FIELD: Final = re.compile(r'\s*"(?P<key>[A-Za-z][A-Za-z _]{1,40}?) {0,30}" {0,30}: {0,4}(?P<value>.*)')
_SNI: Final = re.compile(r"type=host_name \(0\), value=(?P<host>[^\s\])]{1,253})")
_LIST: Final = re.compile(r'"?\[(?P<list>[^\]]{0,20000})\]"?')
_GROUP: Final = re.compile(r'\s*"named group": "?(?P<group>[\w-]{2,40})')
_HEX: Final = re.compile(r"\s*[0-9A-F]{4}: (?P<bytes>(?:[0-9A-F]{2} {1,3}){1,16})")


def _value(field: re.Match[str]) -> str:
    """The value of a field, without the comma behind it and its quotes."""
    return field["value"].rstrip().removesuffix(",").strip('"')


class TraceLines:
    """Takes the lines of a text one after the other; `handshakes` holds what they tell."""

    def __init__(self) -> None:
        self.handshakes: deque[Handshake] = deque(maxlen=MAX_HANDSHAKES)
        self._open: dict[str | None, Handshake] = {}
        self._free = FreeForm()
        self._body: Handshake | None = None
        self._kind = ""
        self._section = ""
        self._modulus = ""
        self._store: tuple[str | None, int | None] = None, None
        self._when: datetime | None = None

    @property
    def inside(self) -> bool:
        """The next lines may belong to what was read before."""
        return bool(self._kind) or self._free.inside or any(not each.over for each in self._open.values())

    def take(self, number: int, text: str) -> None:
        """The next line, its wrappings off."""
        if text.startswith("javax.net.ssl|"):
            self._head(number, text)
        elif self._kind:
            self._in_body(number, text)
        elif (begun := self._free.take(number, text)) is not None:
            self.handshakes.append(begun)

    def _head(self, number: int, text: str) -> None:
        header = parse_header(text)
        self._kind = ""
        if header is None:
            return
        self._when = header.stamp.when if header.stamp is not None else None
        said = header.message
        if match := _STORE.match(said):
            self._store = match["store"].strip()[:MAX_TEXT], None
        elif match := _STORE_SIZE.match(said):
            self._store = self._store[0], int(match["count"])
        elif match := _MESSAGE.match(said):
            self._message(number, header.thread, match["who"], match["name"])
        elif (open_one := self._open.get(header.thread)) is not None:
            self._said(open_one, number, said)

    def _message(self, number: int, thread: str | None, who: str, name: str) -> None:
        """A message of the handshake, sent or received."""
        known = self._open.get(thread)
        serves = (who, name) in (("Consuming", "ClientHello"), ("Produced", "ServerHello"))
        if name == "ClientHello" and not (known is not None and known.retried):
            known = self._begin(number, thread, serves=serves)
        if known is None:
            return
        name = "ServerKeyExchange" if name.endswith("ServerKeyExchange") else name
        known.retried = name == "HelloRetryRequest"
        sender = _PEERS[who]
        self._reached(known, number)
        known.step(sender, name, number, self._when)
        if name == "Finished":
            known.finished.add(sender)
        known.asks_for_certificate = known.asks_for_certificate or name == "CertificateRequest"
        if name == "Certificate" and sender == "server":
            known.certificates.clear()
        self._body, self._kind, self._section, self._modulus = known, name, "", ""

    def _begin(self, number: int, thread: str | None, *, serves: bool = False) -> Handshake:
        store, size = self._store
        found = Handshake(number, thread, serves=serves, started=self._when, store=store, store_size=size)
        self.handshakes.append(found)
        if len(self._open) >= MAX_THREADS:
            self._open.pop(next(iter(self._open)))
        self._open[thread] = found
        return found

    def _reached(self, known: Handshake, number: int) -> None:
        known.last = number
        known.ended = self._when or known.ended

    def _said(self, known: Handshake, number: int, said: str) -> None:
        """A line that is no message of the handshake."""
        if match := _VERSION.match(said):
            known.version = match["version"]
        elif said.startswith("Found trusted certificate"):
            known.trusted = True
        elif said.startswith("Resuming session"):
            known.resumed = True
        elif said.startswith("Received alert message"):
            self._body, self._kind, self._section = known, "alert", ""
        elif match := _FATAL.match(said):
            if not known.fault:
                known.fault_line, known.fault_alert = number, match["alert"].lower()
                known.fault = [match["text"].removesuffix(" (")]
                self._body, self._kind, self._section = known, "fault", ""
        elif match := _RECORD.match(said):
            self._record(known, match, number)
        else:
            return
        self._reached(known, number)

    def _record(self, known: Handshake, match: re.Match[str], number: int) -> None:
        sender = "client" if match["way"].lower() == "write" else "server"
        kind = match["kind"].strip().lower().replace(" ", "_")
        if kind == "application_data" and len(known.finished) == 2:
            known.data.add(sender)
        elif match["alert"] and sender == "client":
            level = "warning" if match["alert"] in ("close_notify", "user_canceled") else "fatal"
            known.alerts.append((sender, level, match["alert"], number))

    def _in_body(self, number: int, text: str) -> None:
        known = self._body
        if known is None or text == ")":
            self._kind = ""
            return
        known.last = number
        reader = _BODIES.get(self._kind)
        if reader is not None:
            reader(self, known, number, text)

    def _client_hello(self, known: Handshake, number: int, text: str) -> None:
        if match := _SNI.search(text):
            known.sni = match["host"].lower()
        elif '"supported_versions' in text:
            self._section = "versions"
        elif (match := _FIELD.match(text)) and (listed := _LIST.match(match["value"])):
            values = tuple(part.strip() for part in listed["list"].split(",") if part.strip())
            if match["key"] == "cipher suites":
                known.offered_suites = tuple(value.partition("(")[0] for value in values)
            elif match["key"] == "versions" and self._section == "versions":
                known.offered_versions = values[::-1]
                self._section = ""
        elif match and match["key"] == "client version" and not known.offered_versions:
            known.offered_versions = (_value(match),)

    def _server_hello(self, known: Handshake, number: int, text: str) -> None:
        if match := _GROUP.match(text):
            known.group = match["group"]
        elif match := _FIELD.match(text):
            value = _value(match)
            if match["key"] == "cipher suite":
                known.suite = value.partition("(")[0]
            elif match["key"] == "selected version":
                known.version = value.strip("[]")
            elif match["key"] == "server version" and known.version is None:
                known.version = value

    def _certificate(self, known: Handshake, number: int, text: str) -> None:
        if text.lstrip().startswith('"certificate" :'):
            known.certificate(number)
            return
        if not known.certificates:
            return
        item = known.certificates[-1]
        if not item.takes_name(text) and (match := _FIELD.match(text)):
            key = " ".join(match["key"].split())
            item.values.setdefault(key, _value(match)[:MAX_TEXT])

    def _key_exchange(self, known: Handshake, number: int, text: str) -> None:
        if match := _GROUP.match(text):
            known.group = match["group"]
        elif '"dh_p"' in text:
            self._section = "dh_p"
        elif self._section == "dh_p" and (match := _HEX.match(text)):
            self._modulus += match["bytes"].replace(" ", "")[: 4096 - len(self._modulus)]
        elif self._section == "dh_p":
            self._section = ""
            known.dh_bits = int(self._modulus, 16).bit_length() if self._modulus else None

    def _alert(self, known: Handshake, number: int, text: str) -> None:
        if match := _FIELD.match(text):
            value = _value(match)
            if match["key"] == "level":
                self._section = value
            elif match["key"] == "description":
                known.alerts.append(("server", self._section, value, known.last))

    def _fault(self, known: Handshake, number: int, text: str) -> None:
        if text.startswith('"throwable"'):
            known.fault.clear()
            known.fault_line = number
        elif len(known.fault) < MAX_FAULT_LINES:
            known.fault.append(text[2:].removesuffix("}") if text.startswith("  ") else text)


_BODIES: Final = {
    "ClientHello": TraceLines._client_hello,
    "ServerHello": TraceLines._server_hello,
    "HelloRetryRequest": TraceLines._server_hello,
    "Certificate": TraceLines._certificate,
    "ServerKeyExchange": TraceLines._key_exchange,
    "alert": TraceLines._alert,
    "fault": TraceLines._fault,
}
