"""Times without a zone stay the log's own, wherever the event has its time from."""

from __future__ import annotations

from pathlib import Path

from sestriage.engine.triage import TriageOptions, triage
from sestriage.model.verdict import Report

NO_ZONE = "2026-05-01 10:00:01.000  WARN 6 --- [exec-3] c.x.mail.Health : Mail check failed"
REFUSED = (
    "javax.mail.MessagingException: Could not connect to SMTP host: localhost, port: 25\n"
    "Caused by: java.net.ConnectException: Connection refused\n"
)


def judged(tmp_path: Path, text: str) -> Report:
    log = tmp_path / "sw-response-mgmt.log"
    log.write_text(text, encoding="utf-8")
    return triage([str(log)], TriageOptions())


def test_a_time_lent_by_the_line_before_has_no_zone_either(tmp_path: Path) -> None:
    inside = "".join(f"app_1  | {line}\n" for line in REFUSED.splitlines())
    (attempt,) = judged(tmp_path, f"{NO_ZONE}\napp_1  |\n{inside}").attempts
    assert attempt.started is not None
    assert attempt.started.isoformat() == "2026-05-01T10:00:01"


def test_a_time_with_a_zone_keeps_it_beside_one_without(tmp_path: Path) -> None:
    login = "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
    zoned = f"2026-05-01T15:30:00.000+02:00 ERROR [mail] send failed\n{login}"
    first, second = judged(tmp_path, f"2026-05-01 10:00:00.000 ERROR [mail] send failed\n{login}{zoned}").attempts
    assert (first.started, second.started) != (None, None)
    assert str(first.started) == "2026-05-01 10:00:00"
    assert str(second.started) == "2026-05-01 13:30:00+00:00"
