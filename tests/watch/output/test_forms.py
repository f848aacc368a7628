"""The forms of the report, and the settings."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sestriage.errors import InputError
from sestriage.watch.output.plugin import Range
from sestriage.watch.settings import SETTINGS, resolve, state_folder
from watch.watching import START, GrowingLog, Watch

PERFDATUM = re.compile(r"'?[^'=\s]+'?=-?[0-9.]+(?:s|us|ms|%|B|KB|MB|TB|c)?(?:;[^;\s]*){0,4}")


@pytest.mark.parametrize(
    ("text", "alerts", "fine"),
    [
        ("10", [-1, 11], [0, 5, 10]),
        ("10:", [9.9, -5], [10, 11, 1e9]),
        ("~:10", [10.1], [-1e9, 0, 10]),
        ("10:20", [9, 21], [10, 15, 20]),
        ("@10:20", [10, 15, 20], [9, 21]),
    ],
)
def test_ranges_as_in_the_guidelines(text: str, alerts: list[float], fine: list[float]) -> None:
    limits = Range.parse(text)
    assert [limits.alerts(value) for value in alerts] == [True] * len(alerts)
    assert [limits.alerts(value) for value in fine] == [False] * len(fine)


@pytest.mark.parametrize("text", ["", ":", "x", "20:10", "1:2:3", "@"])
def test_bad_ranges(text: str) -> None:
    with pytest.raises(ValueError, match="range"):
        Range.parse(text)


def plugin(watch: Watch, **options: str) -> tuple[int, str, list[str]]:
    result = watch.run(format="plugin", **options)
    first, *rest = watch.said().splitlines()
    line, _, perfdata = first.partition(" | ")
    assert all(PERFDATUM.fullmatch(item) for item in perfdata.split(" ")), perfdata
    assert "|" not in "".join(rest)
    return result.status, line, rest


def test_plugin(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter())
    assert plugin(watch)[:2] == (0, "SESTRIAGE OK - no failed alarm mail")
    log.append(log.failure())
    status, line, rest = plugin(watch)
    assert status == 2
    assert line.startswith("SESTRIAGE CRITICAL - alarm mail failed once since 2026-03-02 ")
    assert len(rest) == 1
    assert "sestriage explain smtp-credentials-invalid" in rest[0]
    assert plugin(watch, critical="5")[0] == 1
    assert plugin(watch, critical="5", warning="5")[0] == 0
    log.append(log.success())
    assert plugin(watch)[0] == 0


def test_plugin_cannot_tell(log: GrowingLog, watch: Watch) -> None:
    status, line, _ = plugin(watch)
    assert (status, line) == (3, f"SESTRIAGE UNKNOWN - the log {log.path} does not exist")


def test_plugin_stale(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter())
    os.utime(log.path, (1_790_000_000, 1_790_000_000))
    watch.now = datetime.fromtimestamp(1_790_007_200, UTC)
    status, line, _ = plugin(watch, stale="1h")
    assert status == 1
    assert "has not grown for 2 h" in line
    assert plugin(watch, stale="3h")[0] == 0


def metrics(path: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            assert name not in found
            found[name] = float(value)
    return found


def test_prometheus(log: GrowingLog, watch: Watch, tmp_path: Path) -> None:
    file = tmp_path / "metrics" / "sestriage.prom"
    file.parent.mkdir()
    log.append(log.failure() + log.success())
    log.skip(20)
    log.append(log.failure("dh"))
    watch.now = datetime(2026, 3, 3, tzinfo=UTC)
    assert watch.run(format="prometheus", output=str(file)).status == 0
    first = metrics(file)
    assert first['sestriage_attempts_total{outcome="failed"}'] == 2
    assert first['sestriage_attempts_total{outcome="accepted"}'] == 1
    assert first['sestriage_failures_total{rule="dh-key-too-small"}'] == 1
    assert first["sestriage_incidents_total"] == 2
    assert first["sestriage_open_incidents"] == 1
    assert first["sestriage_last_run_timestamp_seconds"] == watch.now.timestamp()
    assert first["sestriage_last_success_timestamp_seconds"] == watch.now.timestamp()
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert watch.said() == ""
    good = watch.now.timestamp()

    log.path.rename(log.folder / "aside")
    watch.now = datetime(2026, 3, 4, tzinfo=UTC)
    assert watch.run(format="prometheus", output=str(file)).status == 3
    second = metrics(file)
    assert second["sestriage_last_run_timestamp_seconds"] == watch.now.timestamp()
    assert second["sestriage_last_success_timestamp_seconds"] == good
    assert second["sestriage_log_readable"] == 0
    (log.folder / "aside").rename(log.path)

    # the state is lost: the counters go on
    for path in watch.state.iterdir():
        path.unlink()
    watch.run(format="prometheus", output=str(file), since="2026-03-03")
    third = metrics(file)
    counters = [name for name in first if "_total" in name]
    assert counters
    assert all(third[name] >= first[name] for name in counters)

    # lost again, and a run for people makes the new state
    for path in watch.state.iterdir():
        path.unlink()
    watch.run(since="2026-03-03")
    watch.run(format="prometheus", output=str(file))
    fourth = metrics(file)
    assert all(fourth[name] >= third[name] for name in counters)


def _corp_ca(end: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Corp CA")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, START, end)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_prometheus_tells_certificates_of_one_name_apart(watch: Watch, log: GrowingLog, tmp_path: Path) -> None:
    file = tmp_path / "sestriage.prom"
    (tmp_path / "two.pem").write_bytes(b"".join(_corp_ca(START + timedelta(days=days)) for days in (10, 400)))
    log.append(log.chatter())
    watch.run(format="prometheus", output=str(file), store=(str(tmp_path / "two.pem"),))
    found = {name: value for name, value in metrics(file).items() if "certificate" in name}
    assert sorted(found.values()) == [(START + timedelta(days=days)).timestamp() for days in (10, 400)]


# --- times -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("runs", [1, 2])
def test_a_dst_change_in_a_watched_log(log: GrowingLog, watch: Watch, runs: int) -> None:
    log.zone = ""
    log.at = datetime(2026, 10, 25, 2, 50, tzinfo=UTC)
    log.append(log.failure())
    if runs == 2:
        watch.run(tz="Europe/Berlin")
    log.at = datetime(2026, 10, 25, 2, 20, tzinfo=UTC)  # the second 02:20: half an hour later
    log.append(log.success())
    watch.run(tz="Europe/Berlin")
    text = watch.said()
    assert "after 30 min" in text


# --- settings --------------------------------------------------------------------------------------------------------


def test_the_order_of_settings(tmp_path: Path) -> None:
    file = tmp_path / "sestriage.toml"
    file.write_text('[check]\nremind = "1h"\nstale = "2h"\ncert-days = 7\nstore = ["/a", "/b"]\n')
    environment = {"SESTRIAGE_STALE": "3h", "SESTRIAGE_GRACE": "4s", "SESTRIAGE_CHAIN": "/x:/y"}
    settings, values = resolve({"grace": "5s"}, str(file), environment)
    assert (settings.remind, settings.stale, settings.grace, settings.cert_days) == (3600, 10800, 5, 7)
    assert (settings.store, settings.chain) == (("/a", "/b"), ("/x", "/y"))
    origins = {value.name: value.origin for value in values}
    assert (origins["remind"], origins["store"]) == (f"{file}, line 2", f"{file}, line 5")
    assert origins["stale"] == "variable SESTRIAGE_STALE"
    assert origins["grace"] == "option --grace"
    assert origins["since"] == "default"
    assert list(origins) == list(SETTINGS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[check]\nremin = 1\n", "toml, line 2: .*did you mean 'remind'"),
        ("[check]\nstale = '1h'\n\n'remind' = 'x'\n", "toml, line 4"),
        ("check.remind = 'x'\n", "toml, line 1"),
        ("[check]\nlog = ['/a', '/b']\n", "line 2.*only one value"),
        ("\n[chek]\nremind = '1h'\n", "line 2: there is no table .chek.; settings stand below .check."),
        ("remind = '1h'\n", "line 1: 'remind' must stand below .check."),
        ("[check]\nformat = 'html'\n", "format .*none of text, plugin"),
        ("[check]\nremind = 'soon'\n", "no span"),
        ("[check]\ncert_days = -1\n", "no number from"),
        ("[check]\nstore = [1]\n", "store must be"),
        ("check = 1\n", "must be a table"),
        ("[check\n", "no valid TOML"),
        ("\xff", "no valid TOML"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "sestriage.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=words):
        resolve({}, str(file), {})


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no configuration file"):
        resolve({}, str(tmp_path / "x"), {})
    with pytest.raises(InputError, match="no configuration file"):
        resolve({}, None, {"SESTRIAGE_CONFIG": str(tmp_path / "x")})


def test_where_the_state_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, _ = resolve({}, None, {})
    assert state_folder(settings, {"STATE_DIRECTORY": "/a:/b"}) == "/a"
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert state_folder(settings, {"XDG_STATE_HOME": "/x"}) == "/x/sestriage"
    assert state_folder(settings, {"HOME": "/home/me"}) == "/home/me/.local/state/sestriage"
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert state_folder(settings, {}) == "/var/lib/sestriage"
    assert state_folder(resolve({"state": "/s"}, None, {})[0], {"STATE_DIRECTORY": "/a"}) == "/s"
