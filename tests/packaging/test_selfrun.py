"""The file that unpacks itself, on machines that have a shell and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chroots import NOBODY, Machine

VERDICT = b"FAILED (confirmed): The server's DH key is too small for the client (Logjam)\n"
RUN = "/sestriage.run"
TRIAGE = (RUN, "triage", "--no-save", "/bundle.tar.gz")
KEPT = "var/cache/sestriage"
NOEXEC = 'mount -t tmpfs -o noexec,mode=1777 none "$ROOT/tmp"'


def kept(machine: Machine) -> list[Path]:
    folder = machine.root / KEPT
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_it_unpacks_once_and_has_the_verdict(machine: Machine) -> None:
    done = machine.run(*TRIAGE)
    assert (done.status, done.err) == (1, b"")
    assert done.out.startswith(VERDICT)
    (tree,) = kept(machine)
    assert (machine.root / KEPT).stat().st_mode & 0o777 == 0o700
    assert tree.stat().st_mode & 0o777 == 0o700
    unit = machine.run(RUN, "check", "--print-unit")
    assert b"sh /sestriage.run --extract /opt/sestriage" in unit.out
    (tree / "boot.py").write_text("print('kept')\n")  # it is not unpacked again
    assert machine.run(RUN).out == b"kept\n"
    shutil.chown(tree, NOBODY, NOBODY)  # another account's is not used
    assert b"kept" not in machine.run(RUN, "--version").out


def test_two_that_start_at_once(machine: Machine) -> None:
    machine.shell("mkdir /dev && mknod /dev/null c 1 3")  # what a shell gives to what it starts in the background
    done = machine.shell(f"{RUN} --version >/a & {RUN} --version >/b; two=$?; wait $!; echo $? $two")
    assert (done.out, done.err) == (b"0 0\n", b"")
    assert len(kept(machine)) == 1
    assert (machine.root / "a").read_text() == (machine.root / "b").read_text() != ""


def test_no_home_and_nothing_is_left(machine: Machine) -> None:
    done = machine.run(*TRIAGE, user=NOBODY)
    assert (done.status, done.err) == (1, b"")
    assert done.out.startswith(VERDICT)
    assert list((machine.root / "tmp").iterdir()) == []


def test_a_folder_mounted_with_noexec(machine: Machine) -> None:
    done = machine.run(RUN, "--version", user=NOBODY, prepare=NOEXEC)
    assert (done.status, done.err) == (0, b"")
    named = machine.run(RUN, "--version", prepare=NOEXEC, env={"SESTRIAGE_UNPACK": "/tmp/here"})
    assert named.status == 2
    assert b"SESTRIAGE_UNPACK cannot be used:" in named.err
    assert b"/tmp/here: cannot be written to, or programs may not be started there (noexec)" in named.err


def test_a_root_that_is_mounted_for_reading_only(machine: Machine) -> None:
    read_only = 'mount --bind "$ROOT" "$ROOT" && mount -o remount,ro,bind "$ROOT"'
    done = machine.run(RUN, "--version", prepare=f'{read_only} && mount -t tmpfs none "$ROOT/tmp"')
    assert (done.status, done.err) == (0, b"")
    nowhere = machine.run(RUN, "--version", prepare=read_only)
    assert nowhere.status == 2
    assert b"no folder in which programs may be started" in nowhere.err
    assert b"/var/cache/sestriage: cannot be made" in nowhere.err


@pytest.mark.parametrize("prepared", ["other owner", "open to all", "link", "open above"])
def test_a_folder_that_another_account_prepared(machine: Machine, prepared: str) -> None:
    folder = machine.root / "tmp" / "mine"
    if prepared == "open above":
        (machine.root / "tmp").chmod(0o777)
    if prepared == "link":
        (machine.root / "tmp/real").mkdir(mode=0o700)
        folder.symlink_to("/tmp/real")
    else:
        folder.mkdir(mode=0o700)
    if prepared == "other owner":
        shutil.chown(folder, NOBODY, NOBODY)
    if prepared == "open to all":
        folder.chmod(0o777)
    before = machine.names()
    done = machine.run(RUN, "--version", env={"SESTRIAGE_UNPACK": "/tmp/mine"})
    assert done.status == 2
    assert b"SESTRIAGE_UNPACK cannot be used:\n  /tmp/mine: " in done.err
    assert machine.names() == before


@pytest.mark.parametrize("fault", ["changed", "cut"])
def test_a_file_that_is_not_whole(machine: Machine, fault: str) -> None:
    path = machine.root / "sestriage.run"
    whole = bytearray(path.read_bytes())
    if fault == "changed":
        whole[-100] ^= 1
    path.unlink()  # it may be a link to the one of all tests
    path.write_bytes(whole if fault == "changed" else whole[:-1000])
    path.chmod(0o755)
    done = machine.run(RUN, "--version")
    assert done.status == 2
    assert b"is not whole: its SHA-256 is another one" in done.err
    assert kept(machine) == []


def test_extracted_for_all_accounts(machine: Machine) -> None:
    done = machine.run("/bin/sh", RUN, "--extract", "/opt/sestriage")
    assert done.out == b"Unpacked. Start it as /opt/sestriage/bin/sestriage\n"
    started = machine.run("/opt/sestriage/bin/sestriage", *TRIAGE[1:], user=NOBODY)
    assert (started.status, started.err) == (1, b"")
    assert started.out.startswith(VERDICT)
    assert machine.run(RUN, "--extract", "/opt/sestriage").status == 2  # nothing is overwritten
    moved = machine.shell("mv /opt/sestriage /srv && ln -s /srv/bin/sestriage /bin/sestriage && sestriage --version")
    assert moved.status == 0, moved.err
