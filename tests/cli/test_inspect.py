"""`sestriage inspect`: every file is accounted for, with what it is and what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.terminal import Run
from ingest.corpus import ATTACKS, LOG, good_tar, tar_member, zeros_gzip
from sestriage.engine.inspect import EDGE_BYTES
from sestriage.engine.reading.collect import Options, collect
from support import SAMPLES

FAILED = "ERROR [MailAction] Unable to send email\n"
CHATTER = "INFO [Poller] polled 0 items, nothing to do here at all\n"
SECRET = "AKIAIOSFODNN7EXAMPLE"  # the key id of AWS's own documentation


def inspected(run: Run, *arguments: str, stdin: bytes = b"") -> dict[str, Any]:
    result = run("inspect", "--format", "json", *arguments, stdin=stdin)
    assert result.err == ""
    document: dict[str, Any] = json.loads(result.out)
    return document


def by_name(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["member"] or item["path"]: item for item in document["inputs"]}


def one_log(run: Run, tmp_path: Path, data: bytes | str) -> dict[str, Any]:
    file = tmp_path / "x.log"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    (item,) = inspected(run, str(file))["inputs"]
    log: dict[str, Any] = item["log"]
    return log


def test_the_bundle(run: Run) -> None:
    """What the lab put into the bundle (samples/bundle/expected.json) is what is listed."""
    items = by_name(inspected(run, str(SAMPLES / "bundle" / "bundle.tar.gz")))
    logs = "lancope/var/logs/containers/"
    names = ("sw-response-mgmt.log", "sw-response-mgmt.log.1", "sw-response-mgmt.log.2.gz")
    assert {name: items[logs + name]["role"] for name in names} == dict.fromkeys(names, "response")
    assert items[logs + "sw-response-mgmt.log.2.gz"]["compression"] == ["gzip"]
    assert items[logs + "svc-central-management.log"]["role"] == "other-service"
    for name in names:
        assert items[logs + name]["log"]["mail_events"] == {"started": 1, "failed": 1, "succeeded": 0}
        assert items[logs + name]["log"]["zones"] == ["none"]
    assert items["lancope/services/swos-compliance/security/tls-ciphers"]["kind"] == "tls-ciphers"
    assert items["lancope/var/tcpdump/test-action.pcap"]["capture"]["mail_conversations"] == 1
    assert items["lancope/services/trust-store/AmazonRootCA1.pem"]["store"]["trusted"] == 1
    assert items[str(SAMPLES / "bundle" / "bundle.tar.gz")]["detail"].startswith("tar in gzip")


def test_the_tree_names_everything_and_what_it_is(run: Run) -> None:
    result = run("inspect", str(SAMPLES / "bundle" / "bundle.tar.gz"))
    assert result.status == 0
    lines = result.out.splitlines()
    (log,) = [number for number, line in enumerate(lines) if " sw-response-mgmt.log " in line]
    assert lines[log].startswith("+ ")
    assert "response management" in lines[log]
    below = " ".join(" ".join(lines[log + 1 : log + 6]).split())  # lines wrap at 80 columns
    assert "no time zone in the log attempts to send mail: 1 started, 1 failed" in below
    assert result.out.isascii()


@pytest.mark.campaign(3)
@pytest.mark.parametrize("folder", sorted(p for p in SAMPLES.iterdir() if p.name != "lab"), ids=lambda p: p.name)
def test_what_is_listed_as_used_is_what_triage_uses(run: Run, folder: Path) -> None:
    notes = collect([str(folder)], Options()).notes
    items = inspected(run, str(folder))["inputs"]
    used = {(i["path"], i["member"]) for i in items if i["use"] == "used" and i["kind"] != "archive"}
    assert used == {(n.source.path, n.source.member) for n in notes if n.used and n.kind != "archive"}


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_what_is_refused_is_listed_with_its_reason(run: Run, tmp_path: Path, name: str) -> None:
    attack = ATTACKS[name]
    file = tmp_path / "bundle"
    file.write_bytes(attack.archive())
    items = inspected(run, str(file))["inputs"]
    said = [f"{i['why']} {i['problem']}" for i in items if attack.named in (i["member"] or i["path"])]
    assert any(attack.reason in text for text in said), items
    assert "used" in {i["use"] for i in items if i["kind"] == "log"}


def test_a_bomb_in_the_tree(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    file.write_bytes(good_tar(tar_member(b"deep/er/zeros.gz", zeros_gzip(1024))))
    result = run("inspect", str(file))
    assert "decompression bomb" in result.out
    assert "sw-response-mgmt.log" in result.out


def test_time_span_of_a_log_larger_than_what_is_read_closely(run: Run, tmp_path: Path) -> None:
    """First and last stamp are those of chatter; the failure lies between."""
    fill = "".join(f"2026-05-01 10:{n // 60 % 60:02d}:{n % 60:02d},000 {CHATTER}" for n in range(EDGE_BYTES // 40))
    middle = f"2026-05-01 12:30:00,000 {FAILED}"
    text = f"2026-05-01 01:00:00,000 {CHATTER}{fill}{middle}{fill}2026-05-02 23:00:00,000 {CHATTER}"
    assert len(text) > 3 * EDGE_BYTES
    log = one_log(run, tmp_path, text)
    assert (log["first"], log["last"]) == ("2026-05-01T01:00:00", "2026-05-02T23:00:00")
    assert log["mail_events"]["failed"] == 1
    wide = one_log(run, tmp_path, text.encode("utf-16"))
    assert (wide["encoding"], wide["first"], wide["last"]) == ("utf-16-le", log["first"], log["last"])


@pytest.mark.parametrize("length", [n * EDGE_BYTES + more for n in (1, 2) for more in (-3, 0, 1, 40, 79, 80, 81, 90)])
def test_the_edges_meet(run: Run, tmp_path: Path, length: int) -> None:
    """The last stamp is found whether the end is cut inside, before or behind its line."""
    last = f"2026-05-02 23:00:00,000 {CHATTER}"
    first = f"2026-05-01 01:00:00,000 {CHATTER}"
    room = length - len(first) - len(last)
    text = first + ("\n" + " " * 998 + "\n") * (room // 1000) + "\n" * (room % 1000) + last
    assert len(text) == length
    log = one_log(run, tmp_path, text)
    assert (log["first"], log["last"]) == ("2026-05-01T01:00:00", "2026-05-02T23:00:00")


def test_zones_wrapping_and_a_clock_that_goes_back(run: Run, tmp_path: Path) -> None:
    docker = json.dumps({"log": f"10:00:00,000 {FAILED}", "stream": "stdout", "time": "2026-05-01T08:00:00.123456789Z"})
    text = (
        f"2026-05-01T11:00:00.000+05:30 {FAILED}2026-05-01 10:00:00,000 {FAILED}"
        f"2026-05-01 09:00:00,000 {FAILED}{docker}\n"
    )
    log = one_log(run, tmp_path, text)
    assert log["zones"] == ["+05:30", "none", "UTC"]
    assert log["clock_jumps"] == [{"line": 3, "seconds_back": 3600.0}]
    assert log["wrappings"] == ["docker-json"]


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (b"", "other", "empty"),
        (bytes(5000), "other", "not recognised"),
        (b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", "openpgp", "OpenPGP"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "other", "7z"),
        (b"just a note\nof no use\n" * 20, "text", "not a log"),
    ],
    ids=["empty", "nul", "openpgp", "7z", "note"],
)
def test_why_something_is_of_no_use(run: Run, tmp_path: Path, data: bytes, kind: str, why: str) -> None:
    file = tmp_path / "evidence.txt"  # under the name of response management's log any text is read
    file.write_bytes(data)
    (item,) = inspected(run, str(file))["inputs"]
    assert (item["kind"], item["use"]) == (kind, "set-aside")
    assert why in item["why"]
    assert run("inspect", str(file)).status == 3


def test_standard_input(run: Run) -> None:
    document = inspected(run, "-", stdin=LOG)
    assert [(i["path"], i["kind"], i["role"]) for i in document["inputs"]] == [("-", "log", "response")]


def test_nothing_private_or_secret_is_shown(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / SECRET
    folder.mkdir()
    (folder / "a.p12").write_bytes((SAMPLES / "dh-openssl" / "truststore.p12").read_bytes()[:-7])
    (folder / "sw-response-mgmt.log").write_bytes(LOG)
    for form in ("text", "json"):
        result = run("inspect", str(folder), "--format", form)
        assert SECRET not in result.out
        assert "sw-response-mgmt.log" in result.out


def test_terminal_escapes_in_names_are_written_out(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    file.write_bytes(good_tar(tar_member(b"a\x1b]0;x\x07\xe2\x80\xae/b.log", LOG)))
    for form in ("text", "json"):
        out = run("inspect", str(file), "--format", form).out
        assert "\x1b" not in out
        assert "\x07" not in out
        assert "\u202e" not in out


def test_limits_can_be_raised(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    file.write_bytes(good_tar(tar_member(b"big.bin", bytes(70_000))))
    for command in ("inspect", "triage"):
        small = run(command, str(file), "--format", "json", "--max-member-bytes", "64K")
        assert "more than one member may have" in small.out
        large = run(command, str(file), "--format", "json", "--max-member-bytes", "69K")
        assert "more than one member may have" not in large.out


@pytest.mark.parametrize("value", ["0", "-1", "x", "1X", "", "1.5G", "99999999999999999999"])
def test_a_wrong_limit_is_a_usage_error(run: Run, value: str) -> None:
    result = run("inspect", "--max-total-bytes", value, str(SAMPLES / "success"))
    assert result.status == 2
    assert "is not a size" in result.err


def test_a_missing_path_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    result = run("inspect", str(tmp_path / "none"))
    assert (result.status, result.out) == (2, "")
    assert "cannot read" in result.err
