"""What scanners of TLS print about a server: sslscan, testssl.sh, and nmap with its script ssl-enum-ciphers.

Forms: sslscan 1.11 to 2.1 (rows `Accepted  TLSv1.2  256 bits  NAME  DHE 1024 bits`), testssl.sh 3.0 (rows `x9f  NAME
DH 1024 …`, `Negotiated cipher`), nmap 7 (`NAME (dh 1024) - A` below a version).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from sestriage.formats.log.wording.text import strip_ansi

Scanner = Literal["sslscan", "testssl.sh", "nmap ssl-enum-ciphers"]
MAX_LINES: Final = 20_000
MAX_LINE: Final = 1000
MAX_SUITES: Final = 2000
MAX_SCANS: Final = 64

VERSIONS: Final = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
"""Oldest first."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A suite that the server took. `dh_bits`: the size of its DH prime, None for every other key exchange."""

    version: str
    name: str
    dh_bits: int | None
    line: int


@dataclass(slots=True)
class Scan:
    """The lines of one scanned server, `first` to `last`."""

    program: Scanner
    first: int
    last: int = 0
    host: str | None = None
    port: int | None = None
    smtp: bool = False
    """The scan says that it began TLS by STARTTLS."""
    started: str | None = None
    """Date and time in UTC as printed; None where the zone is not told."""
    versions: dict[str, bool] = field(default_factory=dict)
    suites: list[Taken] = field(default_factory=list)
    subject: str | None = None
    issuer: str | None = None
    served: int | None = None
    """How many certificates came; only testssl.sh tells."""
    section: str | None = None
    """The version whose suites are listed just now."""


_SSLSCAN_HEAD: Final = re.compile(
    r"Testing SSL server (?P<host>\S{1,253}) on port (?P<port>\d{1,5})(?: using SNI name (?P<name>\S{1,253}))?"
)
_TESTSSL_HEAD: Final = re.compile(
    r" ?Start \d{4}-\d\d-\d\d \d\d:\d\d:\d\d {1,20}-->> \S{1,60}:(?P<port>\d{1,5})"
    r" \((?P<host>[^\s()]{1,253})\) <<--"
)
_HEADS: Final[tuple[tuple[Scanner, re.Pattern[str]], ...]] = (
    ("sslscan", _SSLSCAN_HEAD),
    ("testssl.sh", _TESTSSL_HEAD),
)
_NMAP_START: Final = re.compile(r"Starting Nmap \S+ .{0,80} at (?P<at>\d{4}-\d\d-\d\d \d\d:\d\d) UTC\s*$")
_NMAP_HOST: Final = re.compile(r"Nmap scan report for (?P<host>\S{1,253})")
_NMAP_PORT: Final = re.compile(r"(?P<port>\d{1,5})/tcp\s+open\s+(?P<service>\S+)")
_NMAP_SCRIPT: Final = re.compile(r"\|_? ?ssl-enum-ciphers:")
_VERSION: Final = r"(?P<version>SSLv[23]|TLS ?v?1(?:\.[0-3])?)"
_SSLSCAN_VERSION: Final = re.compile(rf"{_VERSION}\s+(?P<state>enabled|disabled)\s*$")
_SSLSCAN_SUITE: Final = re.compile(
    rf"(?:Preferred|Accepted)\s+{_VERSION}\s+\d{{1,4}} bits\s+(?P<name>[A-Za-z0-9_-]{{3,80}})"
    r"(?:\s+DHE (?P<bits>\d{1,5}) bits)?"
)
_TESTSSL_VERSION: Final = re.compile(rf" {_VERSION} {{2,12}}(?P<state>not offered|offered)\b")
_TESTSSL_SECTION: Final = re.compile(rf"{_VERSION}\s*$")
_TESTSSL_SUITE: Final = re.compile(
    r" x[0-9a-f]{2,6} {2,8}(?P<name>[A-Za-z0-9_-]{3,80})\s+(?P<kind>DH|ECDH|RSA)(?:/\w+)?(?: (?P<bits>\d{1,5}))?\s"
)
_TESTSSL_SETTLED: Final = re.compile(
    r" Negotiated cipher\s+(?P<name>[A-Za-z0-9_-]{3,80})(?:, (?P<bits>\d{1,5}) bit DH\b)?"
)
_TESTSSL_PROTOCOL: Final = re.compile(rf" Negotiated protocol\s+{_VERSION}\s*$")
_NMAP_SECTION: Final = re.compile(rf"\|   {_VERSION}: *$")
_NMAP_SUITE: Final = re.compile(r"\|       (?P<name>[A-Z0-9_a-z]{5,80}) \((?P<kind>\w{2,12})(?: (?P<bits>\d{1,5}))?\)")
_NMAP_NAME: Final = re.compile(r"\| (?:\S+: )?(?P<who>Subject|Issuer): (?P<name>\w+=.{1,400})")
_SSLSCAN_NAME: Final = re.compile(r" {4}(?P<who>Subject|Issuer): (?P<name>/.{1,400})")
_TESTSSL_ISSUER: Final = re.compile(r" Issuer {4,}(?P<cn>.{1,200}?) \((?P<o>.{1,200}?)(?: from (?P<c>[A-Z]{2}))?\)\s*$")
_TESTSSL_COUNT: Final = re.compile(r" # of certificates provided\s+(?P<count>\d{1,3})\b")
_TESTSSL_SMTP: Final = re.compile(r" Service set:\s+STARTTLS via SMTP")


def find_scans(text: str) -> list[Scan]:
    """The scans in a text, in its order; those of a server that let no TLS come about have no suites. Never raises."""
    found: list[Scan] = []
    nmap = _Nmap()
    for number, raw in enumerate(text.split("\n", MAX_LINES)[:MAX_LINES], start=1):
        line = strip_ansi(raw[:MAX_LINE]).rstrip("\r")
        scan = _begun(line, number, nmap)
        if scan is not None and len(found) < MAX_SCANS:
            found.append(scan)
        if found:
            _read(found[-1], line, number)
    return found


@dataclass(slots=True)
class _Nmap:
    """What nmap prints above the output of a script: the host, then the port."""

    started: str | None = None
    host: str | None = None
    port: int | None = None
    smtp: bool = False
    names: dict[str, str] = field(default_factory=dict)
    """Subject and issuer by the script ssl-cert, which may come first."""


def _begun(line: str, number: int, nmap: _Nmap) -> Scan | None:
    """A new scan, if this line is its head."""
    for program, head in _HEADS:
        if match := head.match(line):
            parts = match.groupdict()
            return Scan(program, number, host=parts.get("name") or match["host"], port=int(match["port"]))
    if match := _NMAP_START.match(line):
        nmap.started = match["at"]
    elif match := _NMAP_HOST.match(line):
        nmap.host, nmap.port = match["host"], None
    elif match := _NMAP_PORT.match(line):
        nmap.port, nmap.smtp, nmap.names = int(match["port"]), match["service"] in ("smtp", "submission"), {}
    elif match := _NMAP_NAME.match(line):
        nmap.names[match["who"]] = _comma_form(match["name"])
    elif _NMAP_SCRIPT.match(line):
        names = nmap.names
        return Scan(
            *("nmap ssl-enum-ciphers", number, number, nmap.host, nmap.port, nmap.smtp, nmap.started),
            subject=names.get("Subject"),
            issuer=names.get("Issuer"),
        )
    return None


def _read(scan: Scan, line: str, number: int) -> None:
    before = len(scan.suites), len(scan.versions), scan.subject, scan.issuer, scan.served
    _READERS[scan.program](scan, line, number)
    if before != (len(scan.suites), len(scan.versions), scan.subject, scan.issuer, scan.served):
        scan.last = number


def _read_sslscan(scan: Scan, line: str, number: int) -> None:
    if match := _SSLSCAN_VERSION.match(line):
        scan.versions[version_of(match["version"])] = match["state"] == "enabled"
    elif match := _SSLSCAN_SUITE.match(line):
        _take(scan, version_of(match["version"]), match["name"], match["bits"], number)
    elif match := _SSLSCAN_NAME.match(line):
        _name(scan, match["who"], match["name"])


def _read_testssl(scan: Scan, line: str, number: int) -> None:
    if match := _TESTSSL_SECTION.match(line):
        scan.section = version_of(match["version"])
    elif match := _TESTSSL_VERSION.match(line):
        scan.versions[version_of(match["version"])] = match["state"] == "offered"
    elif match := _TESTSSL_PROTOCOL.match(line):
        scan.section = version_of(match["version"])
    elif (match := _TESTSSL_SETTLED.match(line)) and scan.section is not None:
        _take(scan, scan.section, match["name"], match["bits"], number)
    elif (match := _TESTSSL_SUITE.match(line)) and scan.section is not None:
        _take(scan, scan.section, match["name"], match["bits"] if match["kind"] == "DH" else None, number)
    elif match := _TESTSSL_ISSUER.match(line):
        country = f"C = {match['c']}, " if match["c"] else ""
        scan.issuer = f"{country}O = {_quoted(match['o'])}, CN = {_quoted(match['cn'])}"
    elif match := _TESTSSL_COUNT.match(line):
        scan.served = int(match["count"])
    scan.smtp = scan.smtp or _TESTSSL_SMTP.match(line) is not None


def _read_nmap(scan: Scan, line: str, number: int) -> None:
    if match := _NMAP_SECTION.match(line):
        scan.section = version_of(match["version"])
        scan.versions[scan.section] = True
    elif (match := _NMAP_SUITE.match(line)) and scan.section is not None:
        _take(scan, scan.section, match["name"], match["bits"] if match["kind"] == "dh" else None, number)
    elif match := _NMAP_NAME.match(line):
        _name(scan, match["who"], _comma_form(match["name"]))


_READERS: Final = {"sslscan": _read_sslscan, "testssl.sh": _read_testssl, "nmap ssl-enum-ciphers": _read_nmap}


def _take(scan: Scan, version: str, name: str, bits: str | None, line: int) -> None:
    scan.versions.setdefault(version, True)
    if len(scan.suites) < MAX_SUITES:
        scan.suites.append(Taken(version, name, int(bits) if bits else None, line))


def _name(scan: Scan, who: str, name: str) -> None:
    if who == "Subject":
        scan.subject = scan.subject or name
    else:
        scan.issuer = scan.issuer or name


def version_of(printed: str) -> str:
    """`TLS 1`, `TLSv1`, `TLS 1.2` as `TLSv1.0`, `TLSv1.2`."""
    if printed.startswith("SSL"):
        return printed
    number = printed.removeprefix("TLS").strip().removeprefix("v")
    return f"TLSv{number}" if "." in number else "TLSv1.0"


_LONG_KEYS: Final = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU", "countryName": "C"}
_NMAP_PARTS: Final = re.compile(r"/(?=[A-Za-z]{1,40}=)")


def _comma_form(name: str) -> str:
    """nmap's `commonName=…/organizationName=…` as OpenSSL prints names today."""
    return ", ".join(_pairs(name))


def _pairs(name: str) -> Iterator[str]:
    for part in _NMAP_PARTS.split(name.strip()):
        key, _, value = part.partition("=")
        yield f"{_LONG_KEYS.get(key, key)} = {_quoted(value)}"


def _quoted(value: str) -> str:
    """A value with a comma in quotes, as OpenSSL prints it."""
    return f'"{value}"' if "," in value and '"' not in value else value
