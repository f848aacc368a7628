"""Holds the facts of expected.json against the capture as tshark reads it (tshark shares no code with sestriage)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PORTS = (25, 587, 2587, 3128)
"""Read as mail: behind the CONNECT of a web proxy tshark would take the sides for each other. SOCKS it knows."""
ALERTS = {
    "10": "unexpected_message",
    "40": "handshake_failure",
    "42": "bad_certificate",
    "45": "certificate_expired",
    "46": "certificate_unknown",
} | {
    "70": "protocol_version",
    "71": "insufficient_security",
}
SUITES = {
    "0xc02f": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "0x009e": "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
    "0x1301": "TLS_AES_128_GCM_SHA256",
    "0x1302": "TLS_AES_256_GCM_SHA384",
    "0x1303": "TLS_CHACHA20_POLY1305_SHA256",
}

_FILTER: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""Debian 12's Python knows none yet; the archives are our own."""


def _fields(
    capture: Path, decode: str, display_filter: str, *names: str, keylog: Path | None = None
) -> list[list[str]]:
    command = ["tshark", "-r", str(capture), "-Y", display_filter, "-T", "fields"]
    if keylog is not None:
        command += ["-o", f"tls.keylog_file:{keylog}"]
    for port in PORTS:
        command += ["-d", f"tcp.port=={port},{decode}"]
    for name in names:
        command += ["-e", name]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [line.split("\t") for line in output.splitlines()]


def seen(capture: Path, port: int, decode: str) -> dict[str, Any]:
    """What tshark sees when it takes the port for ``decode``: the newest conversation, but the alerts of all."""
    hello = _fields(capture, decode, "tls.handshake.type == 1", "tls.handshake.extensions_server_name")
    server = _fields(
        capture,
        decode,
        "tls.handshake.type == 2",
        "tls.handshake.version",
        "tls.handshake.extensions.supported_version",
        "tls.handshake.ciphersuite",
    )
    result: dict[str, Any] = {"tls_version": None, "cipher": None, "sni": hello[-1][0] if hello else None}
    if server:
        version, newer, suite = server[-1]
        result["tls_version"] = "TLSv1.3" if newer == "0x0304" else {"0x0303": "TLSv1.2"}.get(version, version)
        result["cipher"] = SUITES.get(suite.lower(), suite)
    primes = _fields(capture, decode, "tls.handshake.p_len", "tls.handshake.p_len")
    result["dh_bits"] = int(primes[-1][0]) * 8 if primes else None
    chains = _fields(capture, decode, "tls.handshake.certificate", "tls.handshake.certificate")
    result["certificates"] = chains[-1][0].split(",") if chains else []
    alerts = _fields(capture, decode, "tls.alert_message.level == 2", "tcp.dstport", "tls.alert_message.desc")
    result["alerts"] = [("client" if to == str(port) else "server", ALERTS.get(code, code)) for to, code in alerts]
    return result


def revealed(capture: Path, port: int, keylog: Path) -> dict[str, Any]:
    """What the key log adds: the chain, the alerts behind the handshake, and all replies."""
    chains = _fields(capture, "smtp", "tls.handshake.certificate", "tls.handshake.certificate", keylog=keylog)
    names = "tcp.dstport", "tls.alert_message.desc"
    alerts = _fields(capture, "smtp", "tls.alert_message.level == 2", *names, keylog=keylog)
    replies = _fields(capture, "smtp", "smtp.response.code", "smtp.response.code", keylog=keylog)
    return {
        "certificates": chains[-1][0].split(",") if chains else [],
        "alerts": [("client" if to == str(port) else "server", ALERTS.get(code, code)) for to, code in alerts],
        "replies": [int(code) for (codes,) in replies for code in dict.fromkeys(codes.split(","))],
    }


def _hidden_differences(facts: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    result = []
    if [hashlib.sha256(bytes.fromhex(der)).hexdigest() for der in found["certificates"]] != facts["certificates"]:
        result.append("the served certificates differ behind the encryption")
    alert = facts["hidden_alert"] and (facts["hidden_alert"]["sender"], facts["hidden_alert"]["description"])
    if alert and alert not in found["alerts"]:
        result.append(f"hidden alert: configured {alert}, captured {found['alerts']}")
    if facts["replies"] != found["replies"]:
        result.append(f"replies: configured {facts['replies']}, captured {found['replies']}")
    return result


def _differences(facts: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    result = []
    for key in ("tls_version", "cipher", "dh_bits", "sni"):
        if facts[key] != found[key]:
            result.append(f"{key}: configured {facts[key]}, captured {found[key]}")
    served = [hashlib.sha256(bytes.fromhex(der)).hexdigest() for der in found["certificates"]]
    if served and served != list(facts["certificates"]):
        result.append("the served certificates differ")
    if not served and facts["certificates"] and facts["tls_version"] != "TLSv1.3":
        result.append("no certificate in the capture")
    alert = facts["alert"] and (facts["alert"]["sender"], facts["alert"]["description"])
    if alert and alert not in found["alerts"]:
        result.append(f"alert: configured {alert}, captured {found['alerts']}")
    return result


def verify_case(folder: Path) -> list[str]:
    """What differs between the facts of a case and its capture; empty when all is well."""
    expected = json.loads((folder / "expected.json").read_text())
    facts, decode = expected["facts"], "tls" if expected["configured"].get("mode") == "SMTPS" else "smtp"
    port = expected["configured"].get("proxy_port", facts["port"])
    with tempfile.TemporaryDirectory() as scratch:
        for archive in folder.glob("*.tar.gz"):
            with tarfile.open(archive) as tar:
                tar.extractall(scratch, **_FILTER)
        captures = [*folder.rglob("*.pcap*"), *Path(scratch).rglob("*.pcap*")]
        result = [text for capture in captures for text in _differences(facts, seen(capture, port, decode))]
        for keylog in folder.glob("tls-keys.txt"):
            for capture in captures:
                result += _hidden_differences(facts, revealed(capture, port, keylog))
        return result
