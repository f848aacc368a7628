"""The Debian package, on a machine that has a shell and nothing else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import chroots
import slices
from chroots import NOBODY, Machine
from support import ROOT, SAMPLES, need_tool
from watch.watching import GrowingLog

SESTRIAGE = "/usr/bin/sestriage"
CHECK = (SESTRIAGE, "check", "--log", "/var/log/sw-response-mgmt.log")
whole_only = pytest.mark.skipif(not slices.WHOLE, reason="takes minutes: .ci/run --long")


MOMENT = re.compile(rb"20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?= UTC|Z)")


def moment_apart(report: bytes) -> bytes:
    """A report without the moment at which it was made, which is the last one in it."""
    *_, last = sorted(MOMENT.findall(report))
    return report.replace(last, b"(now)")


def test_the_right_verdict_and_the_report_of_the_venv(installed: Machine) -> None:
    """In every form, byte by byte."""
    for form in ("text", "markdown", "html"):
        words = ("triage", "--no-save", "--format", form, "bundle.tar.gz")
        done = installed.run(SESTRIAGE, *words)
        venv = subprocess.run(
            [sys.executable, "-m", "sestriage", *words],
            cwd=installed.root,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert (done.status, done.err) == (1, b"")
        assert moment_apart(done.out) == moment_apart(venv.stdout), form
        assert b"dh-key-too-small" in done.out


def test_it_tests_itself(installed: Machine) -> None:
    done = installed.run(SESTRIAGE, "self-test")
    assert (done.status, done.err) == (0, b"")
    assert b"All 10 samples have the verdict" in done.out
    assert b"Without the Python package" not in done.out
    assert b"its parts the newest of" in done.out


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("explain", "dh-key-too-small"), 0),
        (("inspect", "/bundle.tar.gz"), 0),
        (("rules", "list"), 0),
        (("rules", "lint"), 0),
        (("guide", "--region", "us-east-1"), 0),
        (("schema", "triage"), 0),
        (("config", "show"), 0),
        (("redact", "/etc/motd"), 0),
        (("triage", "/bundle.tar.gz", "--lang", "de", "--tz", "Europe/Berlin", "--no-save"), 1),
        (("certs", "show", "/store.p12"), 0),
        (("forecast", "/store.p12"), 3),
        (("credentials", "--region", "us-east-1", "--secret-file", "/none"), 2),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_every_command_finds_its_modules(installed: Machine, words: tuple[str, ...], status: int) -> None:
    (installed.root / "etc/motd").write_text("mail to someone@customer.example\n")
    (installed.root / "store.p12").write_bytes((SAMPLES / "dh-openssl" / "truststore.p12").read_bytes())
    done = installed.run(SESTRIAGE, *words)
    assert b"internal error" not in done.err
    assert done.status == status, done.err


def test_odd_link_types_are_read(installed: Machine) -> None:
    """What is kept of scapy suffices: a packet of Linux cooked mode 1 and one of PPP are unwrapped."""
    code = (
        "import sys; sys.path.append('/opt/sestriage/site')\n"
        "from sestriage.formats.capture import oddlink\n"
        "print([oddlink._layer(kind).__name__ for kind in (9, 113)])"
    )
    tree = "/opt/sestriage"
    python = f"{tree}/python/bin/python3.11"
    loader = [f"{tree}/lib/ld-linux-x86-64.so.2", "--library-path", f"{tree}/lib", "--argv0", python]
    done = installed.run(*loader, python, "-ISBc", code)
    assert done.out == b"['PPP', 'CookedLinux']\n", done.err


def test_cron_is_silent_until_mail_fails(installed: Machine) -> None:
    log = GrowingLog(installed.root / "var/log", at=datetime.now(UTC) - timedelta(minutes=30))
    log.folder.mkdir()
    log.append(log.chatter())
    for _ in range(2):
        quiet = installed.run(*CHECK)
        assert (quiet.status, quiet.out, quiet.err) == (0, b"", b"")
    log.append(log.start() + log.failure())
    past = datetime.now(UTC).timestamp() - 60  # the last event is written to no more
    os.utime(log.path, (past, past))
    told = installed.run(*CHECK)
    assert (told.status, told.err) == (1, b"")
    assert told.out.startswith(b"Alarm mail fails")
    again = installed.run(*CHECK)
    assert (again.status, again.out, again.err) == (0, b"", b"")


@whole_only
@pytest.mark.slow
def test_a_week_of_cron(installed: Machine) -> None:
    """A run every hour while the log grows and rotates each day; mail fails on the third day until the fifth."""
    log = GrowingLog(installed.root / "var/log", at=datetime.now(UTC) - timedelta(days=7, hours=1))
    log.folder.mkdir()
    log.append(log.chatter())
    spoken = []
    for hour in range(7 * 24):
        log.at += timedelta(hours=1)
        if hour % 24 == 0 and hour:
            log.path.rename(log.path.with_name(f"{log.name}-{log.at:%Y%m%d}"))
        event = log.failure() if 50 <= hour < 100 else log.success()
        log.append(log.chatter() + log.start() + event + log.chatter())
        past = datetime.now(UTC).timestamp() - 120
        os.utime(log.path, (past, past))
        done = installed.run(*CHECK, "--since", "30d")
        assert done.err == b""
        if done.out:
            spoken.append((hour, done.out.split(b"\n")[0]))
    assert [hour for hour, _ in spoken] == [50, 100]
    assert spoken[0][1].startswith(b"Alarm mail fails")
    assert spoken[1][1].startswith(b"Alarm mail works again")


def test_site_rules_are_read(installed: Machine) -> None:
    folder = installed.root / "etc/sestriage/rules.d"
    assert folder.is_dir()
    (folder / "broken.toml").write_text("no rule\n")
    done = installed.run(SESTRIAGE, "rules", "lint")
    (folder / "broken.toml").unlink()
    assert b"/etc/sestriage/rules.d/broken.toml" in done.out + done.err


def test_cron_and_units_name_the_installed_command(installed: Machine) -> None:
    assert b" /usr/bin/sestriage check" in installed.run(SESTRIAGE, "check", "--print-cron").out
    printed = installed.run(SESTRIAGE, "check", "--print-unit").out
    assert b"ExecStart=/usr/bin/sestriage check\n" in printed
    assert b"CAUTION" not in printed
    packaged = installed.root / "usr/lib/systemd/system"
    assert packaged.joinpath("sestriage-check.service").read_bytes() in printed
    assert packaged.joinpath("sestriage-check.timer").read_bytes() in printed
    assert not (installed.root / "etc/systemd").exists()  # none is enabled


def test_children_see_nothing_of_its_libraries(installed: Machine) -> None:
    """A pager that shows its surroundings."""
    variables = {"SESTRIAGE_PAGER": "env", "TERM": "xterm", "PATH": "/bin"}
    words = ["chroot", str(installed.root), SESTRIAGE, "guide", "--region", "us-east-1"]
    child, screen = pty.fork()
    if child == 0:  # pragma: no cover - another process
        os.execvpe("/usr/sbin/chroot", words, variables)
    shown = b""
    while True:
        try:
            data = os.read(screen, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
    os.waitpid(child, 0)
    assert b"SESTRIAGE_PAGER=env" in shown
    assert b"LD_LIBRARY_PATH" not in shown


def test_removal_leaves_only_what_it_names(machine: Machine, built: Path) -> None:
    before = machine.names()
    chroots.install(machine, chroots.the(built, "*_amd64.deb"))
    log = machine.root / "sw-response-mgmt.log"
    log.touch()
    before.add(log.name)
    assert machine.run(SESTRIAGE, "check", "--log", f"/{log.name}").status == 0
    assert machine.run(SESTRIAGE, "self-test", user=NOBODY).status == 0
    (machine.root / "etc/sestriage/rules.d/ours.toml").touch()
    said = chroots.dpkg(machine, "--purge", "sestriage")
    left = {name for name in machine.names() - before if not name.startswith("var/lib/dpkg")} - {"var/lib"}
    state = {name for name in left if name.startswith("var/lib/sestriage")}
    assert state
    assert left - state == {"etc/sestriage", "etc/sestriage/rules.d", "etc/sestriage/rules.d/ours.toml"}
    assert "left as it is: /var/lib/sestriage\n" in said
    assert "left as it is: /etc/sestriage\n" in said


@whole_only
@pytest.mark.slow
def test_debian_11(built: Path, tmp_path: Path) -> None:
    """Its C library is older than the one that the package was made with."""
    need_tool("debootstrap", "debootstrap")
    root = tmp_path / "root"
    mirror = os.environ.get("SESTRIAGE_DEBIAN_MIRROR", "http://deb.debian.org") + "/debian"
    command = ["debootstrap", "--variant=minbase", "bullseye", str(root), mirror]
    subprocess.run(command, check=True, capture_output=True, timeout=900)
    machine = Machine(root)
    (root / "bundle.tar.gz").write_bytes((SAMPLES / "bundle" / "bundle.tar.gz").read_bytes())
    deb = chroots.the(built, "*_amd64.deb")
    (root / "sestriage.deb").write_bytes(deb.read_bytes())
    assert machine.run("dpkg", "-i", "/sestriage.deb").status == 0
    assert machine.run("sestriage", "self-test").status == 0
    done = machine.run("sestriage", "triage", "--no-save", "/bundle.tar.gz")
    assert (done.status, done.err) == (1, b"")
    assert b"dh-key-too-small" in done.out
    assert machine.run("dpkg", "-P", "sestriage").status == 0
    assert not (root / "opt/sestriage").exists()
    (root / "sestriage.run").write_bytes(chroots.the(built, "*.run").read_bytes())
    unpacked = machine.run("sh", "/sestriage.run", "triage", "--no-save", "/bundle.tar.gz")
    assert moment_apart(unpacked.out) == moment_apart(done.out)


@whole_only
@pytest.mark.slow
def test_lintian_has_no_error(built: Path) -> None:
    lintian = need_tool("lintian", "lintian")
    command = [lintian, "--allow-root", "--fail-on", "error", str(chroots.the(built, "*_amd64.deb"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout


@whole_only
@pytest.mark.slow
def test_two_builds_are_equal(tmp_path: Path) -> None:
    """In two folders, each with its own tools."""
    sums = []
    for name in ("one", "other"):
        checkout = tmp_path / name
        subprocess.run(["git", "clone", "-q", str(ROOT), str(checkout)], check=True, timeout=300)
        build = [str(checkout / "packaging" / "build"), "--level", "1", "--out", str(tmp_path / f"{name}-dist")]
        subprocess.run(build, check=True, capture_output=True, timeout=900)
        sums.append((tmp_path / f"{name}-dist" / "SHA256SUMS").read_text())
    assert sums[0] == sums[1]
