"""A name that was looked up by hand, beside a log that could not resolve it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Report

HOST, PROMPT = "email-smtp.us-east-1.amazonaws.com", "[root@smc ~]# "
LOG = f"""2026-11-20 10:00:00,000 ERROR [Mail] Test action 'x' (EMAIL) failed
com.sun.mail.util.MailConnectException: Couldn't connect to host, port: {HOST}, 587; timeout 5000;
  nested exception is:
\tjava.net.UnknownHostException: {HOST}
"""
INSIDE = f"docker exec sw-response-mgmt getent hosts {HOST}"


def judged(folder: Path, answer: str, log: str = LOG) -> Report:
    (folder / "sw-response-mgmt.log").write_text(log, encoding="utf-8")
    (folder / "terminal.txt").write_text(answer, encoding="utf-8")
    return triage([str(folder)], TriageOptions(now=datetime(2026, 11, 25, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("answer", "confidence", "first"),
    [
        ("", "likely", "Check the spelling"),
        (f"{PROMPT}getent hosts {HOST}\n{PROMPT}\n", "confirmed", "Check the spelling"),
        (f"{PROMPT}getent hosts email-smtp.eu-west-1.amazonaws.com\n{PROMPT}\n", "likely", "Check the spelling"),
        (f"198.51.100.7 {HOST}\n", "likely", f"The look-up in evidence found an address for `{HOST}`"),
        (
            f"{PROMPT}getent hosts {HOST}\n198.51.100.7 {HOST}\n{PROMPT}{INSIDE}\n{PROMPT}\n",
            "confirmed",
            f"The appliance finds `{HOST}` (198.51.100.7), the container",
        ),
        (
            f"{PROMPT}{INSIDE}\n198.51.100.7 {HOST}\n{PROMPT}\n",
            "likely",
            f"The look-up in evidence found an address for `{HOST}`",
        ),
    ],
)
def test_it_lifts_the_verdict(answer: str, confidence: str, first: str, tmp_path: Path) -> None:
    verdict = judged(tmp_path, answer).verdict
    assert verdict.primary is not None
    assert (verdict.primary.rule, verdict.confidence) == ("dns-lookup-failed", confidence)
    assert str(verdict.primary.fixes[0].text).startswith(first)
    assert not verdict.cleared, "what is found by hand does not say that the attempt found it"


def test_it_is_not_evidence_of_another_failure(tmp_path: Path) -> None:
    log = LOG.replace(f"java.net.UnknownHostException: {HOST}", "java.net.ConnectException: Connection refused")
    verdict = judged(tmp_path, f"{PROMPT}getent hosts {HOST}\n{PROMPT}\n", log).verdict
    assert verdict.primary is not None
    assert verdict.primary.rule == "connection-refused"


def test_it_alone_is_no_attempt(tmp_path: Path) -> None:
    assert judged(tmp_path, f"{PROMPT}getent hosts {HOST}\n{PROMPT}\n", "").verdict.primary is None
