"""The real log daemons: rsyslogd on a socket of its own, and journald's files written and read by its own tools."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from children import usual_signals
from matrix.lablogs import LabLog
from support import need_tool

RSYSLOG_CONFIG = """\
global(workDirectory="{folder}" maxMessageSize="64k")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{socket}" CreatePath="on" RateLimit.Interval="0" UseSysTimeStamp="off")
{templates}
ruleset(name="all") {{
{actions}
}}
call all
"""

TEMPLATES = {
    "traditional": "RSYSLOG_TraditionalFileFormat",
    "iso": "RSYSLOG_FileFormat",
    "5424": "RSYSLOG_SyslogProtocol23Format",
}
"""Names of rsyslog's own templates."""


@contextmanager
def rsyslogd(folder: Path) -> Iterator[Path]:
    """A running rsyslogd; gives its socket. It writes to `folder/TEMPLATE/TAG.log`."""
    program = need_tool("rsyslogd", "rsyslog")
    socket = folder / "log.sock"
    templates = "\n".join(
        f'template(name="to-{key}" type="string" string="{folder}/{key}/%programname%.log")' for key in TEMPLATES
    )
    actions = "\n".join(
        f'  action(type="omfile" dynaFile="to-{key}" template="{name}" dynaFileCacheSize="100")'
        for key, name in TEMPLATES.items()
    )
    config = folder / "rsyslog.conf"
    config.write_text(RSYSLOG_CONFIG.format(folder=folder, socket=socket, templates=templates, actions=actions))
    command = [program, "-n", "-f", str(config), "-i", str(folder / "pid")]
    with usual_signals():
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait(lambda: socket.exists() or process.poll() is not None)
        assert process.poll() is None, process.communicate()[1]
        yield socket
    finally:
        process.terminate()
        process.wait(10)
        if process.stderr is not None:
            process.stderr.close()


def log_through(socket: Path, log: LabLog, folder: Path) -> None:
    """Send the lines of a log, one message each, by logger(1)."""
    text = folder / "lines"
    text.write_text(log.text, encoding="utf-8")
    logger = need_tool("logger", "bsdutils")
    subprocess.run([logger, "-u", socket, "-t", log.name, "--size", "60KiB", "-f", text], check=True)


def written(folder: Path, template: str, logs: Sequence[LabLog]) -> dict[str, Path]:
    """The files of all logs, when rsyslogd has written their last lines."""
    paths = {log.name: folder / template / f"{log.name}.log" for log in logs}

    def complete() -> bool:
        return all(
            paths[log.name].exists() and paths[log.name].read_bytes().count(b"\n") >= _lines(log) for log in logs
        )

    _wait(complete)
    return paths


def _lines(log: LabLog) -> int:
    """rsyslogd drops a line that is empty."""
    return sum(bool(line.strip()) for line in log.lines)


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not done():
        assert time.monotonic() < end, "the daemon did not get ready"
        time.sleep(0.05)


# --- the journal -------------------------------------------------------------------------------------------------

JOURNAL_FORMS = ("short", "short-iso", "short-precise", "short-full", "short-unix", "with-unit", "json", "cat")
REMOTE = "/lib/systemd/systemd-journal-remote"


def journal(log: LabLog, folder: Path, *, whole_events: bool) -> Path:
    """A journal file with the log: an entry for each line as the service manager makes them, or one for each event.

    Written by systemd-journal-remote from the export format (systemd.io/JOURNAL_EXPORT_FORMATS).
    """
    program = REMOTE if Path(REMOTE).exists() else need_tool("systemd-journal-remote", "systemd-journal-remote")
    borders = (
        [0, *(start for start in log.starts if start), len(log.lines)] if whole_events else range(len(log.lines) + 1)
    )
    entries = b""
    for number, (begin, end) in enumerate(pairwise(borders)):
        message = "\n".join(log.lines[begin:end]).rstrip()
        if message:
            entries += _entry(message.encode(), round(log.times[begin].timestamp() * 1e6), number)
    target = folder / f"{log.name}.journal"
    subprocess.run([program, "-o", target, "-"], input=entries, check=True, capture_output=True)
    return target


def _entry(message: bytes, microseconds: int, number: int) -> bytes:
    fields = {
        "__REALTIME_TIMESTAMP": str(microseconds),
        "__MONOTONIC_TIMESTAMP": str(1_000_000 + number),
        "_BOOT_ID": "0123456789abcdef0123456789abcdef",
        "_MACHINE_ID": "fedcba9876543210fedcba9876543210",
        "_HOSTNAME": "smc",
        "SYSLOG_IDENTIFIER": "sw-response-mgmt",
        "_PID": "812",
        "_SYSTEMD_UNIT": "sw-response-mgmt.service",
        "PRIORITY": "6",
        "_TRANSPORT": "stdout",
    }
    head = "".join(f"{key}={value}\n" for key, value in fields.items()).encode()
    return head + b"MESSAGE\n" + len(message).to_bytes(8, "little") + message + b"\n\n"


def journalctl(file: Path, form: str) -> bytes:
    """What journalctl prints of the file; times in UTC."""
    program = need_tool("journalctl", "systemd")
    command = [program, "--file", str(file), "-o", form, "--no-pager", "--utc", "--all"]
    printed = subprocess.run(command, check=True, capture_output=True).stdout
    return re.sub(rb"(?m)^-- (?:Boot|No entries).*\n", b"", printed)
