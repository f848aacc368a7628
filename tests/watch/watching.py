"""A log that grows and rotates, and runs of the watch over it."""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sestriage.cli.check import _forecast, _judge
from sestriage.watch.judge import Judge
from sestriage.watch.run import Result, Surroundings, check
from sestriage.watch.settings import WatchSettings, resolve

START = datetime(2026, 3, 2, 4, 0, 0, tzinfo=UTC)
LOGGER = "com.harbor.response.action.EmailActionExecutor"
CAUSES = {
    "auth": ("javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",),
    "dh": (
        "javax.mail.MessagingException: Could not convert socket to TLS",
        "Caused by: javax.net.ssl.SSLHandshakeException: error:0A00018A:SSL routines::dh key too small",
    ),
}
HEADS = re.compile(
    r"^(?P<head>Alarm mail fails|Alarm mail failed for a time and works again|Alarm mail works again"
    r"|Alarm mail still fails, for another reason|Reminder: alarm mail still fails).*\n"
    r"  since   (?P<since>\S+ \S+?)(?:,|$)",
    re.MULTILINE,
)


@dataclass
class GrowingLog:
    """Writes events as the service does, and rotates the file in every way."""

    folder: Path
    name: str = "sw-response-mgmt.log"
    at: datetime = START
    zone: str = "Z"
    generation: int = field(default=0)

    @property
    def path(self) -> Path:
        return self.folder / self.name

    @property
    def second(self) -> datetime:
        """The last time stamp as a report shows it."""
        return self.at.replace(microsecond=0)

    def stamp(self) -> str:
        self.at += timedelta(milliseconds=10)
        return self.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.at.microsecond // 1000:03d}{self.zone}"

    def append(self, text: str) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(text)

    def chatter(self, lines: int = 3) -> str:
        return "".join(
            f"{self.stamp()} INFO  [scheduler-{n % 4}] com.harbor.response.rules.Evaluator - Evaluated {n} rules\n"
            for n in range(lines)
        )

    def start(self, action: str = "Mail to SOC") -> str:
        return f"{self.stamp()} INFO  [action-exec-1] {LOGGER} - Executing test action '{action}' (EMAIL)\n"

    def failure(self, cause: str = "auth", action: str = "Mail to SOC") -> str:
        first, *rest = CAUSES[cause]
        frames = "\tat com.sun.mail.smtp.SMTPTransport.protocolConnect(SMTPTransport.java:734)\n" * 3
        causes = "".join(f"{line}\n{frames}" for line in rest)
        head = f"{self.stamp()} ERROR [action-exec-1] {LOGGER} - Test action '{action}' failed\n"
        return f"{head}{first}\n{frames}{causes}"

    def success(self, action: str = "Mail to SOC") -> str:
        return f"{self.stamp()} INFO  [action-exec-1] {LOGGER} - Test action '{action}' completed successfully\n"

    def skip(self, minutes: float) -> None:
        self.at += timedelta(minutes=minutes)

    # --- rotation ---------------------------------------------------------------------------------------------------

    def _shift(self) -> None:
        """`.1` becomes `.2`, and so on, whatever the compression."""
        kin = sorted(self.folder.glob(f"{self.name}.*"), key=lambda p: -int(p.name.split(".")[2]))
        for path in kin:
            parts = path.name.split(".")
            parts[2] = str(int(parts[2]) + 1)
            path.rename(self.folder / ".".join(parts))

    def rename(self) -> None:
        self._shift()
        self.path.rename(self.folder / f"{self.name}.1")
        self.path.touch()

    def copy_and_truncate(self) -> None:
        self._shift()
        shutil.copyfile(self.path, self.folder / f"{self.name}.1")
        os.truncate(self.path, 0)

    def compress(self, number: int = 1) -> None:
        plain = self.folder / f"{self.name}.{number}"
        if not plain.exists():
            return
        status = plain.stat()
        packed = self.folder / f"{self.name}.{number}.gz"
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        os.utime(packed, ns=(status.st_atime_ns, status.st_mtime_ns))
        plain.unlink()


@cache
def judge() -> Judge:
    """The real engine, loaded once."""
    return _judge(resolve({}, None, {})[0])


@dataclass
class Watch:
    """Runs of `check` with one state; the report goes to a file, as cron's output does with `>>`."""

    log: GrowingLog
    state: Path
    out: Path
    options: dict[str, str | Sequence[str] | None] = field(default_factory=dict)
    now: datetime | None = None
    language: str = "en"

    def settings(self, **options: str | Sequence[str] | None) -> WatchSettings:
        base: dict[str, str | Sequence[str] | None] = {
            "log": str(self.log.path),
            "state": str(self.state),
            "grace": "0",
            "since": "2000-01-01",
            "redact": "no",
        }
        return resolve({**base, **self.options, **options}, None, {})[0]

    def run(self, **options: str | Sequence[str] | None) -> Result:
        handle = os.open(self.out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        now = self.now
        try:
            around = Surroundings(judge=judge, out=handle, wait=0.0, passwords=("changeit",), forecaster=_forecast)
            if now is not None:
                around = replace(around, now=now.timestamp, language=self.language)
            return check(self.settings(**options), around)
        finally:
            os.close(handle)

    def said(self) -> str:
        """What was written since the last call."""
        if not self.out.exists():
            return ""
        text = self.out.read_text(encoding="utf-8")
        self.out.unlink()
        return text


def heads(text: str) -> list[tuple[str, datetime]]:
    """The kind of every report in a text, and when its incident began."""
    return [(match["head"], datetime.fromisoformat(match["since"])) for match in HEADS.finditer(text)]
