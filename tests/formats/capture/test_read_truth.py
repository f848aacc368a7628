"""Every stream of the foreign captures against what tshark says of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sestriage.formats.capture import looks_like_capture, read_capture
from sestriage.formats.tls.keylog import KeyLog
from sestriage.model.capture import Stream
from sestriage.model.source import SourceRef
from support import FOREIGN_CAPTURES

TRUTH = FOREIGN_CAPTURES / "truth.json"
pytestmark = pytest.mark.skipif(not TRUTH.is_file(), reason="the folder of foreign captures is not beside the checkout")

_CUT_HELLO = "the ServerHello is whole, but tshark shows none because the record around it is cut by the capture's end"
_EMPTY_HELLO = "the ServerHello says it is 0 bytes long; tshark reads version and suite from beyond its end"
_CUT_CHAIN = "the first certificate is whole; tshark shows none because the Certificate message is cut after it"

TRUTH_ERRS: dict[tuple[str, str, str], str] = {
    ("mercury__corner-cases.pcap", "10.82.252.206:53832", "version"): _CUT_HELLO,
    ("mercury__corner-cases.pcap", "10.82.252.206:53832", "cipher"): _CUT_HELLO,
    ("mercury__corner-cases.pcap", "10.82.252.206:53875", "version"): _CUT_HELLO,
    ("mercury__corner-cases.pcap", "10.82.252.206:53875", "cipher"): _CUT_HELLO,
    ("mercury__corner-cases.pcap", "192.168.10.12:51098", "version"): _EMPTY_HELLO,
    ("mercury__corner-cases.pcap", "192.168.10.12:51098", "cipher"): _EMPTY_HELLO,
    ("mercury__corner-cases.pcap", "192.168.10.12:57968", "certificates"): _CUT_CHAIN,
    ("mercury__full_cert_empty_second_cert.pcap", "192.168.10.12:57968", "certificates"): _CUT_CHAIN,
    ("ipfixprobe__tls.pcap", "192.168.0.228:52630", "certificates"): _CUT_CHAIN,
    ("ndpi__smtps.pcapng", "62.43.36.99:37682", "replies"): "tshark gives the banner and counts no reply for it",
    (
        "arkime__socks5-smtp-503.pcap",
        "10.0.0.2:53709",
        "banner",
    ): "tshark lists the reply 220 but takes the banner from the first bytes, which are SOCKS",
}
"""Where the truth is the one that errs: file, client, fact, and why."""

_LEVELS = {"warning": 1, "fatal": 2}
_NO_TLS: dict[str, Any] = {
    **dict.fromkeys(("version", "cipher", "sni", "dh_prime_bits")),
    **{key: [] for key in ("server_hellos", "server_cert_sha256", "alerts")},
}

Facts = dict[str, Any]


def expected(stream: dict[str, Any]) -> Facts:
    tls = stream["tls"] or _NO_TLS
    cipher = tls["cipher"]
    if cipher == "Unknown":
        cipher = f"0x{tls['server_hellos'][-1]['cipher']:04X}"
    facts = {
        "version": tls["version"],
        "cipher": cipher,
        "sni": tls["sni"],
        "certificates": tls.get("server_cert_sha256_by_reassembly") or tls["server_cert_sha256"],
        "dh_bits": tls["dh_prime_bits"],
        "alerts": [(a["from"], a["level"], a["description"]) for a in tls["alerts"] if not a.get("encrypted")],
        "starttls": bool(stream["smtp"] and stream["smtp"]["starttls_command"]),
        "smtp": stream["smtp"] is not None,
    }
    if stream["smtp"]:
        facts["banner"] = stream["smtp"]["banner"]
        facts["replies"] = stream["smtp"]["reply_codes"]
        facts["starttls_offered"] = stream["smtp"]["starttls_offered"]
    return facts


def found(stream: Stream) -> Facts:
    tls, smtp = stream.tls, stream.smtp
    facts: Facts = {
        "version": tls.version if tls else None,
        "cipher": tls.cipher if tls else None,
        "sni": tls.sni if tls else None,
        "certificates": [c.sha256 for c in tls.certificates] if tls else [],
        "dh_bits": tls.dh_bits if tls else None,
        "alerts": [(a.sender, _LEVELS.get(a.level), a.code) for a in tls.alerts] if tls else [],
        "starttls": bool(smtp and smtp.starttls_command),
        "smtp": smtp is not None,
    }
    if smtp:
        facts["banner"] = smtp.banner
        facts["replies"] = list(smtp.reply_codes)
        facts["starttls_offered"] = bool(smtp.starttls_offered)
    return facts


def cases() -> Iterator[tuple[str, str | None, list[dict[str, Any]], Any]]:
    """File, key log, the streams of the truth, the rest of the truth."""
    for capture in json.loads(TRUTH.read_text())["captures"]:
        truth = capture["truth"]
        with_keys = truth.get("streams_with_keys")
        has_secrets_inside = truth["container"].get("secrets_blocks")
        if not has_secrets_inside:
            yield capture["name"], None, truth["streams"] or [], truth
        if with_keys:
            yield capture["name"], capture.get("keylog"), with_keys, truth


def streams_by_ends(path: Path, keylog: str | None) -> dict[tuple[str, str], list[Stream]]:
    with path.open("rb") as file:
        secrets = KeyLog((FOREIGN_CAPTURES / keylog).read_bytes()) if keylog else None
        capture = read_capture(file, SourceRef(path.name), secrets)
    result: dict[tuple[str, str], list[Stream]] = {}
    for stream in capture.streams:
        result.setdefault((str(stream.client), str(stream.server)), []).append(stream)
    return result


def test_every_fact_of_every_stream(capsys: pytest.CaptureFixture[str]) -> None:
    agreed = compared = streams = 0
    wrong: list[str] = []
    excused: set[tuple[str, str, str]] = set()
    for name, keylog, truth_streams, _ in cases():
        got = streams_by_ends(FOREIGN_CAPTURES / name, keylog)
        for stream in truth_streams:
            streams += 1
            ends = (stream["client"], stream["server"])
            if not got.get(ends):
                wrong.append(f"{name}: no stream {ends}")
                continue
            want, have = expected(stream), found(got[ends].pop(0))
            for fact, value in want.items():
                compared += 1
                if have.get(fact) == value:
                    agreed += 1
                elif (name, stream["client"], fact) in TRUTH_ERRS:
                    excused.add((name, stream["client"], fact))
                else:
                    wrong.append(f"{name} {ends} {fact}: {have.get(fact)!r}, the truth says {value!r}")
    with capsys.disabled():
        sys.stdout.write(
            f"\n{agreed} of {compared} facts of {streams} streams agree; the truth errs in {len(excused)} named ones\n"
        )
    assert not wrong
    assert excused == set(TRUTH_ERRS), "a named disagreement is gone"


def test_no_stream_is_invented() -> None:
    for name, keylog, truth_streams, _ in cases():
        got = streams_by_ends(FOREIGN_CAPTURES / name, keylog)
        ends = {(s["client"], s["server"]) for s in truth_streams}
        assert set(got) <= ends, name


def test_the_bytes_of_both_directions() -> None:
    """How many bytes each direction had, where the truth knows it and the whole conversation was looked at."""
    light = "zeek__ssl.v3.pcap"  # its payload is not followed to the end
    for name, keylog, truth_streams, _ in cases():
        if name == light:
            continue
        got = streams_by_ends(FOREIGN_CAPTURES / name, keylog)
        for stream in truth_streams:
            have = got[stream["client"], stream["server"]].pop(0)
            for key, length in (("client_stream", have.tcp.client_bytes), ("server_stream", have.tcp.server_bytes)):
                if stream[key] and stream[key]["bytes"] is not None and not stream["tcp"]["truncated_frames"]:
                    assert length == stream[key]["bytes"], (name, stream["client"], key)


def test_damage_is_named_where_tshark_stops() -> None:
    damaged = set()
    for name, _, _, truth in cases():
        path = FOREIGN_CAPTURES / name
        with path.open("rb") as file:
            problem = read_capture(file, SourceRef(name)).problem
        assert (problem is not None) == bool(truth["tshark_said"]), (name, problem)
        if problem:
            damaged.add(name)
            assert "record 7" in problem
            assert "4325376 bytes" in problem
    assert damaged == {"suricata__tls_DER-incomplete-content.pcap", "suricata__tls_DER-incomplete-header.pcap"}


def test_recognised_by_content() -> None:
    for capture in json.loads(TRUTH.read_text())["captures"]:
        assert looks_like_capture((FOREIGN_CAPTURES / capture["name"]).read_bytes()[:4096]), capture["name"]
