"""The expected.json of every sample keeps to its form, and its certificates are those in the capture."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from seslab.bundle import current
from seslab.cases import CASES as LAB_CASES
from seslab.passed import with_proven
from seslab.pki import Hierarchy

STARTTLS = ("dns", "tcp", "greeting", "starttls", "tls", "certificate", "auth", "mail", "rcpt", "data", "accepted")
SMTPS = ("dns", "tcp", "tls", "certificate", "greeting", "auth", "mail", "rcpt", "data", "accepted")
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CASES = sorted(path.parent.name for path in SAMPLES.glob("*/expected.json"))

RULES = {path.stem for path in (SAMPLES.parent / "rules").glob("*/*.toml")}
PHASES = {"dns", "tcp", "greeting", "starttls", "tls", "certificate", "auth", "mail", "rcpt", "data", "accepted"}
REQUIRED = {
    *("identity-not-verified", "credentials-invalid", "pkix-root-missing", "dh-openssl", "dh-jsse", "success"),
    *("success-debug", "same-name-other-key", "leaf-only-chain", "tls-inspection", "self-signed", "smtps-on-587"),
    *("starttls-on-465", "expired", "not-yet-valid", "hostname-mismatch", "unknown-host", "refused", "timed-out"),
    *("tls-version-rejected", "tls13", "several-attempts-success", "several-attempts-failure", "spring-wrapped"),
    *("double-connect", "bundle"),
}


@cache
def hierarchy() -> Hierarchy:
    """One for all cases: making keys takes time."""
    return Hierarchy()


def _load(case: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((SAMPLES / case / "expected.json").read_text(encoding="utf-8"))
    return loaded


def test_the_cases_of_the_issue_are_there() -> None:
    assert set(CASES) >= REQUIRED


def test_all_samples_together_stay_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 5 * 1024 * 1024


@pytest.mark.parametrize("case", CASES)
def test_no_private_key_is_published(case: str) -> None:
    for path in (SAMPLES / case).rglob("*"):
        assert not path.is_file() or b"PRIVATE KEY-----" not in path.read_bytes()


@pytest.mark.parametrize("case", CASES)
def test_top_level_keys(case: str) -> None:
    expected = _load(case)
    keys = ["title", "configured", "whole", "log", "capture", "facts", "hand_made"]
    assert list(expected) in (keys, [*keys, "keyed"]), "keyed: what the capture gives with its key log"
    assert expected["title"]
    assert expected["configured"]
    assert all(isinstance(text, str) for text in expected["hand_made"])


@pytest.mark.parametrize("view_name", ["whole", "log", "capture", "keyed"])
@pytest.mark.parametrize("case", CASES)
def test_views(case: str, view_name: str) -> None:
    view = _load(case).get(view_name)
    if view is None:
        assert view_name != "whole"
        return
    assert list(view) == ["outcome", "rule", "phase", "confidence", "alternatives", "notes", "proven"]
    assert set(view["alternatives"]) <= RULES
    if view["outcome"] == "failed":
        assert view["rule"] in RULES
        assert view["rule"] not in view["alternatives"]
        assert view["phase"] in PHASES - {"accepted"} or (view["phase"], view["confidence"]) == (None, "suspected")
        assert view["confidence"] in {"confirmed", "likely", "suspected"}
    elif view["outcome"] == "accepted":
        assert (view["rule"], view["phase"]) == (None, "accepted")
        assert view["confidence"] in {"confirmed", "likely"}
    else:
        assert view["outcome"] == "undetermined"
        assert (view["rule"], view["confidence"], view["alternatives"]) == (None, None, [])


@pytest.mark.campaign(3)
@pytest.mark.parametrize("case", CASES)
def test_what_may_be_claimed_is_what_the_lab_configures(case: str) -> None:
    made = current(hierarchy()) if case == "bundle" else LAB_CASES[case](hierarchy())
    settings = made.client(dict.fromkeys(("manager", *made.other_stores), "unused.p12"))
    configured, written = with_proven(made, settings), _load(case)
    for name in ("whole", "log", "capture", "keyed"):
        view = getattr(configured, name)
        assert (view is None) == (written.get(name) is None)
        assert view is None or written[name]["proven"] == list(view.proven)


@pytest.mark.parametrize("view_name", ["whole", "log", "capture", "keyed"])
@pytest.mark.parametrize("case", CASES)
def test_what_may_be_claimed_ends_before_the_step_that_failed(case: str, view_name: str) -> None:
    """The two are told apart: the failed step by who made the case, the passed ones from its configuration."""
    view = _load(case).get(view_name)
    if view is None or view["outcome"] != "failed" or view["phase"] is None:
        return
    order = {"STARTTLS": STARTTLS, "SMTPS": SMTPS}[_load(case)["configured"]["mode"]]
    before = [step for step in order if order.index(step) < order.index(view["phase"])]
    hidden = set() if view_name != "capture" else {"greeting"} if order is SMTPS else set()
    unchecked = set() if view["phase"] != "certificate" else {"tls"}
    unchecked |= {"auth"} if _load(case)["configured"].get("login") is False else set()
    unchecked |= {"dns"} if _load(case)["configured"].get("proxy") else set()  # the proxy looks the name up
    assert set(before) - hidden - unchecked <= set(view["proven"]) <= set(before)


@pytest.mark.parametrize("case", CASES)
def test_facts(case: str) -> None:
    facts = _load(case)["facts"]
    keys = ["host", "port", "tls_version", "cipher", "dh_bits", "sni", "certificates", "alert"]
    assert list(facts) in (keys, [*keys, "hidden_alert", "replies"]), "the last two need a key log to be seen"
    assert facts["port"] in {25, 465, 587, 2465, 2587}
    assert facts["tls_version"] in {None, "TLSv1.2", "TLSv1.3"}
    assert (facts["cipher"] is None) == (facts["tls_version"] is None)
    assert all(len(value) == 64 and set(value) <= set("0123456789abcdef") for value in facts["certificates"])
    if facts["alert"] is not None:
        assert set(facts["alert"]) == {"sender", "description"}
        assert facts["alert"]["sender"] in {"client", "server"}


# A reader of captures that shares nothing with the product: good for these files only (no loss, no reordering).


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Link type and frame of every packet; classic pcap of either resolution, pcapng with one interface."""
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        position, link = 0, 0
        while position < len(data):
            kind, length = struct.unpack_from("<II", data, position)
            if kind == 1:
                (link,) = struct.unpack_from("<H", data, position + 8)
            elif kind == 6:
                (size,) = struct.unpack_from("<I", data, position + 20)
                yield link, data[position + 28 : position + 28 + size]
            position += length
        return
    (link,) = struct.unpack_from("<I", data, 20)
    position = 24
    while position < len(data):
        (size,) = struct.unpack_from("<I", data, position + 8)
        yield link, data[position + 16 : position + 16 + size]
        position += 16 + size


def _streams(data: bytes) -> dict[tuple[bytes, bytes], bytes]:
    """The TCP payload of each direction, in the order of the capture."""
    streams: dict[tuple[bytes, bytes], bytes] = defaultdict(bytes)
    for link, frame in _packets(data):
        packet = frame[{1: 14, 276: 20}[link] :]
        if packet[0] >> 4 == 4:
            protocol, head = packet[9], (packet[0] & 15) * 4
            packet, ends = packet[: int.from_bytes(packet[2:4], "big")], packet[12:20]
        else:
            protocol, head, ends = packet[6], 40, packet[8:40]
        if protocol == 6:
            segment = packet[head:]
            streams[ends, segment[:4]] += segment[(segment[12] >> 4) * 4 :]
    return streams


def _certificates(stream: bytes) -> list[str]:
    """SHA-256 of the certificates of the first TLS 1.2 Certificate message (RFC 5246 section 7.4.2)."""
    start = stream.find(b"\x16\x03\x03")
    handshake = b""
    while start >= 0 and stream[start : start + 1] == b"\x16":
        size = int.from_bytes(stream[start + 3 : start + 5], "big")
        handshake += stream[start + 5 : start + 5 + size]
        start += 5 + size
    while len(handshake) >= 4 and handshake[0] != 11:
        handshake = handshake[4 + int.from_bytes(handshake[1:4], "big") :]
    chain, result = handshake[7 : 4 + int.from_bytes(handshake[1:4], "big")], []
    while chain:
        size = int.from_bytes(chain[:3], "big")
        result.append(hashlib.sha256(chain[3 : 3 + size]).hexdigest())
        chain = chain[3 + size :]
    return result


def _captures(folder: Path) -> Iterator[bytes]:
    for path in folder.glob("test-action.pcap*"):
        yield path.read_bytes()
    for path in folder.glob("*.tar.gz"):
        with tarfile.open(fileobj=io.BytesIO(path.read_bytes())) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.name.endswith(".pcap") else None
                if content is not None:
                    yield content.read()


@pytest.mark.parametrize("case", CASES)
def test_the_captured_certificates_are_the_configured_ones(case: str) -> None:
    facts = _load(case)["facts"]
    visible = facts["certificates"] if facts["tls_version"] == "TLSv1.2" else []
    captures = list(_captures(SAMPLES / case))
    assert captures
    for capture in captures:
        found = [chain for chain in map(_certificates, _streams(capture).values()) if chain]
        assert bool(found) == bool(visible)
        assert all(chain == visible for chain in found)
