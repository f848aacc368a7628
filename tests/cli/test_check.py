"""`sestriage check` as a user sees it: statuses, help, units, and what it does not import."""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inprocess import ran
from pki.test_path import encoded
from support import ROOT, SAMPLES, need_tool

FAILED = SAMPLES / "dh-openssl" / "sw-response-mgmt.log"
ACCEPTED = SAMPLES / "success" / "sw-response-mgmt.log"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    path = folder / "sw-response-mgmt.log"
    shutil.copyfile(FAILED, path)
    return path


def run(
    *arguments: str, state: Path, env: dict[str, str] | None = None, command: str = "check"
) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SESTRIAGE_")}
    return ran(command, *arguments, environment=environment | {"SESTRIAGE_STATE": str(state), **(env or {})})


def test_statuses_and_silence(log: Path, tmp_path: Path) -> None:
    options = ("--log", str(log), "--since", "2000-01-01", "--grace", "0")
    first = run(*options, state=tmp_path / "s")
    assert (first.returncode, first.stderr) == (1, "")
    assert first.stdout.startswith("Alarm mail fails: The server's DH key is too small")
    assert "sestriage explain dh-key-too-small" in first.stdout
    assert len(first.stdout.splitlines()) < 20
    again = run(*options, state=tmp_path / "s")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    with log.open("ab") as file:
        file.write(ACCEPTED.read_bytes())
    over = run(*options, state=tmp_path / "s")
    assert over.returncode == 0
    assert over.stdout.startswith("Alarm mail works again")
    history = run("--log", str(log), "--format", "json", state=tmp_path / "s", command="history")
    (incident,) = json.loads(history.stdout)["incidents"]
    assert (incident["rule"], incident["state"], incident["count"]) == ("dh-key-too-small", "ended", 1)
    log.unlink()
    assert run(*options, state=tmp_path / "s").returncode == 3


def test_private_data_is_left_out(log: Path, tmp_path: Path) -> None:
    text = log.read_text().replace(
        "dh key too small", "dh key too small (sent to somebody@private.example by 198.51.100.77)"
    )
    log.write_text(text)
    options = ("--log", str(log), "--since", "2000-01-01", "--grace", "0")
    shown = run(*options, state=tmp_path / "a")
    assert shown.returncode == 1
    assert "somebody@private.example" not in shown.stdout
    open_ = run(*options, "--no-redact", state=tmp_path / "b")
    assert open_.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--remind", "soon"), 2),
        (("--format", "html"), 2),
        (("--nonsense",), 2),
        (("--config", "/nowhere/x.toml"), 2),
        (("--format", "text", "-o", "x"), 2),
        (("--format", "plugin", "--nonsense"), 3),
        (("--format=plugin", "--remind", "soon"), 3),
        (("--format", "plugin", "-w", "x"), 3),
        (("--format", "plugin", "--log", "/nowhere/x.log"), 3),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: tuple[str, ...], status: int) -> None:
    result = run(*arguments, state=tmp_path / "s")
    assert result.returncode == status
    assert "Traceback" not in result.stderr
    if status == 3:
        assert result.stdout.startswith("SESTRIAGE UNKNOWN - ")


def test_a_state_that_cannot_be_used_is_said(log: Path, tmp_path: Path) -> None:
    (tmp_path / "s").write_text("")
    result = run("--log", str(log), state=tmp_path / "s")
    assert result.returncode == 2
    assert "cannot use the state folder" in result.stderr


def test_help() -> None:
    result = run("--help", state=Path("unused"))
    assert result.returncode == 0
    for words in ("Exit status", "SESTRIAGE_<NAME>", "--print-unit", "Examples", "UNKNOWN"):
        assert words in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 120


def test_nothing_new_imports_little(log: Path, tmp_path: Path) -> None:
    options = ("--log", str(log), "--since", "2000-01-01", "--grace", "0")
    run(*options, state=tmp_path / "s")
    code = (
        "import sys; from sestriage.cli.main import cli\n"
        "status = cli.main(['check', *sys.argv[1:]], standalone_mode=False)\n"
        "print(status, *sorted(m for m in sys.modules if m.startswith(('sestriage.', 'rich', 'pyparsing', 'scapy',"
        " 'cryptography'))))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *options, "--state", str(tmp_path / "s")],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=True,
    )
    status, *modules = result.stdout.split()
    assert status == "0"
    rooms = {name.split(".")[1] for name in modules if name.startswith("sestriage.")}
    assert rooms <= {"cli", "errors", "watch", "times", "i18n", "model", "system"}
    assert {name for name in modules if name.startswith("sestriage.model.")} <= {"sestriage.model.message"}
    assert {name for name in modules if name.startswith("sestriage.times.")} <= {
        f"sestriage.times.{name}" for name in ("spans", "zone", "named")
    }
    assert "sestriage.watch.reading" not in modules
    assert not {name.split(".")[0] for name in modules} - {"sestriage"}


def test_units_are_valid(log: Path, tmp_path: Path) -> None:
    analyze = need_tool("systemd-analyze", "systemd")
    printed = run("--print-unit", "--log", str(log), "--remind", "24h", state=tmp_path / "s")
    assert printed.returncode == 0
    assert not (tmp_path / "s").exists()
    parts = re.split(r"^# /etc/systemd/system/(\S+)\n", printed.stdout, flags=re.MULTILINE)
    names = parts[1::2]
    assert names == ["sestriage-check.service", "sestriage-check.timer"]
    for name, text in zip(names, parts[2::2], strict=True):
        (tmp_path / name).write_text(text)
    service = (tmp_path / names[0]).read_text()
    assert f"--log={log} --remind=1d" in service
    for line in ("PrivateNetwork=yes", "ProtectSystem=strict", "StateDirectory=sestriage", "SupplementaryGroups=adm"):
        assert line in service.splitlines()
    result = subprocess.run(
        [analyze, "verify", *(str(tmp_path / name) for name in names)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in result.stderr.splitlines() if "sestriage" in line and "man:" not in line]
    assert complaints == []


def test_the_crontab_line(log: Path, tmp_path: Path) -> None:
    printed = run("--print-cron", "--log", str(log), "--stale", "1h", state=tmp_path / "s")
    assert printed.returncode == 0
    (line,) = [line for line in printed.stdout.splitlines() if line.startswith("*/5 ")]
    assert f"check --log={log} --state={tmp_path / 's'} --stale=1h" in line
    assert "/etc/logrotate.d/" in printed.stdout


def _words(tmp_path: Path, kind: str, *more: str, **variables: str) -> list[str]:
    """The words of the printed command; a systemd line has no quoting here that the shell does not have."""
    done = ran("check", f"--print-{kind}", *more, environment=os.environ | variables, folder=tmp_path)
    assert done.returncode == 0
    printed = done.stdout
    start = {"cron": "*/5 * * * * ", "unit": "ExecStart="}[kind]
    (line,) = [line for line in printed.splitlines() if line.startswith(start)]
    return shlex.split(line.removeprefix(start).split(" >>")[0])


@pytest.mark.parametrize("kind", ["unit", "cron"])
def test_what_is_printed_does_not_need_the_shell_that_printed_it(tmp_path: Path, kind: str) -> None:
    (tmp_path / "own.toml").write_text("[check]\ncert_days = 9\n")
    words = _words(
        tmp_path, kind, "--config", "own.toml", "--log", "x.log", SESTRIAGE_REMIND="2h", SESTRIAGE_SYSLOG="1"
    )
    assert f"--config={tmp_path / 'own.toml'}" in words
    assert f"--log={tmp_path / 'x.log'}" in words
    assert {"--remind=2h", "--syslog"} <= set(words)
    words = _words(tmp_path, kind, SESTRIAGE_CONFIG="own.toml", SESTRIAGE_REDACT="no")
    assert {f"--config={tmp_path / 'own.toml'}", "--no-redact"} <= set(words)


def test_characters_that_systemd_and_cron_would_replace(tmp_path: Path) -> None:
    assert "--log=/a b/%%d$$x.log" in _words(tmp_path, "unit", "--log", "/a b/%d$x.log")
    assert "--log=/a b/\\%d$x.log" in _words(tmp_path, "cron", "--log", "/a b/%d$x.log")


def test_a_program_in_a_folder_with_a_blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sestriage.watch import install

    monkeypatch.setattr(sys, "argv", ["/opt/my tools/bin/sestriage"])
    assert "\nExecStart='/opt/my tools/bin/sestriage' check\n" in install.units((), "")
    assert "* * * * '/opt/my tools/bin/sestriage' check >>" in install.cron((), "")


def test_a_program_that_the_service_would_not_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sestriage.watch import install

    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    monkeypatch.setattr(sys, "argv", ["/root/sestriage/.venv/bin/sestriage"])
    assert "does not see /root/sestriage/.venv/bin/sestriage" in install.units((), "")
    monkeypatch.setattr(sys, "argv", ["/opt/sestriage/bin/sestriage"])
    assert "CAUTION" not in install.units((), "")


def test_a_unit_that_writes_a_file_may_write_it(tmp_path: Path) -> None:
    options = ("--format", "prometheus", "-o", "/var/lib/node_exporter/x.prom")
    text = run("--print-unit", *options, state=tmp_path / "s").stdout
    service = text.splitlines()
    assert "ReadWritePaths=/var/lib/node_exporter" in service
    assert service.index("UMask=0022") > service.index("UMask=0077")  # the last one counts
    assert (
        "@" not in run("--print-unit", state=tmp_path / "s").stdout.split("SystemCallFilter")[0].split("[Service]")[1]
    )


def test_prometheus_into_a_file(log: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.prom"
    result = run(
        *("--log", str(log), "--since", "2000-01-01", "--grace", "0", "--format", "prometheus", "-o", str(file)),
        state=tmp_path / "s",
    )
    assert (result.returncode, result.stdout) == (0, "")
    assert 'sestriage_attempts_total{outcome="failed"} 1' in file.read_text()
    if shutil.which("promtool"):
        with file.open() as metrics:
            subprocess.run(["promtool", "check", "metrics"], stdin=metrics, check=True)


def test_environment_and_file(log: Path, tmp_path: Path) -> None:
    file = tmp_path / "sestriage.toml"
    file.write_text('[check]\nformat = "json"\nsince = "2000-01-01"\n')
    environment = {"SESTRIAGE_CONFIG": str(file), "SESTRIAGE_LOG": str(log), "SESTRIAGE_GRACE": "0"}
    result = run(state=tmp_path / "s", env=environment)
    assert result.returncode == 1
    assert json.loads(result.stdout)["changes"][0]["rule"] == "dh-key-too-small"


def test_certificates_that_end(log: Path, tmp_path: Path) -> None:
    store = SAMPLES / "dh-openssl" / "truststore.p12"
    options = ("--log", str(log), "--store", str(store), "--cert-days", "10000", "--grace", "0")
    first = run(*options, state=tmp_path / "s")
    assert first.returncode == 1
    assert re.search(
        r"Warning: certificate '.*' in .*truststore\.p12 expires on \d{4}-\d\d-\d\d, in \d+ days", first.stdout
    )
    assert run(*options, state=tmp_path / "s").stdout == ""
    plugin = run(*options, "--format", "plugin", state=tmp_path / "s")
    assert "cert_days=" in plugin.stdout
    missing = run("--log", str(log), "--store", "/nowhere", state=tmp_path / "t")
    assert "Warning: /nowhere cannot be read: No such file or directory" in missing.stdout


def pem_file(folder: Path, *roles: str) -> Path:
    bodies = [base64.encodebytes(encoded(role, plain=False)).decode() for role in roles]
    texts = [f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n" for body in bodies]
    file = folder / ("-".join(roles) + ".pem")
    file.write_text("".join(texts))
    return file


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        (("leaf",), "holds no root, only a server's own certificate"),
        (("leaf", "M"), "holds no root, only an issuing CA"),
        (("C2",), "only by Starfield Class 2"),
        (("A1",), None),
        (("leaf", "M", "G2"), None),
    ],
)
def test_a_store_without_a_root_that_lasts(log: Path, tmp_path: Path, roles: tuple[str, ...], said: str | None) -> None:
    store = pem_file(tmp_path, *roles)
    options = ("--log", str(log), "--grace", "0", "--cert-days", "0")
    first = run(*options, "--store", str(store), state=tmp_path / "s")
    warnings = [line for line in first.stdout.splitlines() if f"the trust store {store}" in line]
    assert [(said or "-") in line for line in warnings] == ([True] if said else [])
    assert str(store) not in run(*options, "--store", str(store), state=tmp_path / "s").stdout
    served = run(*options, "--chain", str(store), state=tmp_path / "t")
    assert "the trust store" not in served.stdout


def test_a_chain_seen_in_a_capture_is_watched(log: Path, tmp_path: Path) -> None:
    chain = SAMPLES / "dh-openssl" / "test-action.pcap"
    result = run("--log", str(log), "--chain", str(chain), "--cert-days", "10000", "--grace", "0", state=tmp_path / "s")
    assert "test-action.pcap expires on " in result.stdout


def test_history_without_a_state(tmp_path: Path) -> None:
    result = run(state=tmp_path / "none", command="history")
    assert result.returncode == 2
    assert "there is no history" in result.stderr


def test_closed_streams_lose_no_report(log: Path, tmp_path: Path) -> None:
    common = f"check --log '{log}' --state '{tmp_path / 's'}' --since 2000-01-01 --grace 0"
    program = f"{sys.executable} -m sestriage {common}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    for closed, said in (("<&- >&- 2>&-", b""), (">&-", b"sestriage: standard output is closed")):
        ended = subprocess.run(["bash", "-c", f"{program} {closed}"], capture_output=True, check=False, env=environment)
        assert ended.returncode == 2
        assert ended.stderr.startswith(said)
    ended = subprocess.run(["bash", "-c", f"{program} 2>&- <&-"], capture_output=True, check=False, env=environment)
    assert ended.returncode == 1
    assert ended.stdout.startswith(b"Alarm mail fails")


def test_wrong_usage_of_a_plugin_is_unknown_wherever_that_was_set(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "sestriage", "check"]
    file = tmp_path / "own.toml"
    file.write_text('[check]\nformat = "plugin"\nremind = "soon"\n')
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    for more, variables in (
        (["--config", str(file)], {}),
        (["--nonsense"], {"SESTRIAGE_CONFIG": str(file)}),
        (["--nonsense"], {"SESTRIAGE_FORMAT": "plugin"}),
        (["--remind", "x"], {"SESTRIAGE_FORMAT": "plugin"}),
    ):
        ended = subprocess.run(
            [*program, *more], capture_output=True, text=True, check=False, env={**environment, **variables}
        )
        assert ended.returncode == 3, ended.stderr
        assert ended.stdout.startswith("SESTRIAGE UNKNOWN - ")


def test_a_path_that_is_no_utf8(log: Path, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    moved = folder / "x.log"
    shutil.copy(log, moved)
    options = ("--log", str(moved), "--since", "2000-01-01", "--grace", "0", "--store", str(folder / "no.p12"))
    first = run(*options, state=tmp_path / "s")
    assert (first.returncode, first.stderr) == (1, "")
    assert "Alarm mail fails" in first.stdout
    again = run(*options, state=tmp_path / "s")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
