"""What is asked for where no attempt is in the evidence: the log first, and a capture where a log tells of none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage import triage
from support import SAMPLES

STORE = SAMPLES / "proxy-web-not-there" / "truststore.p12"
CAPTURE = SAMPLES / "proxy-web-not-there" / "test-action.pcap"
"""Nothing of it is read as mail: the proxy was not reached."""


@pytest.mark.parametrize(
    ("evidence", "asked"),
    [
        (("store",), ["tail"]),
        (("store", "capture"), ["tail"]),
        (("store", "log"), ["tail", "tcpdump"]),
        (("log", "capture"), ["tail"]),
    ],
    ids="+".join,
)
def test_a_capture_is_asked_for_where_a_log_tells_of_no_attempt(
    evidence: tuple[str, ...], asked: list[str], tmp_path: Path
) -> None:
    quiet = tmp_path / "sw-response-mgmt.log"
    quiet.write_text("2026-11-24 03:31:33,244 INFO [main] c.h.Engine - engine up, 14 rules\n", encoding="utf-8")
    files = {"store": STORE, "capture": CAPTURE, "log": quiet}
    report = triage([str(files[kind]) for kind in evidence])
    assert report.attempts == ()
    commands = [str(need.command) for need in report.verdict.needs]
    assert len(commands) == len(asked)
    assert all(word in command for word, command in zip(asked, commands, strict=True))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("javax.mail.SendFailedException: No recipient addresses", False),
        ("javax.mail.AuthenticationFailedException: failed to connect, no password specified?", False),
        ("javax.mail.AuthenticationFailedException: failed to connect", True),  # the server may have been asked
    ],
)
def test_no_capture_is_asked_for_where_the_client_gave_up_before_it_connected(
    said: str, asked: bool, tmp_path: Path
) -> None:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(f"2026-11-20 09:12:44.310 ERROR 7 --- [mail-1] c.c.Mail : Failed to send email\n{said}\n")
    commands = [str(need.command) for need in triage([str(log)]).verdict.needs]
    assert any("tcpdump" in command for command in commands) is asked
