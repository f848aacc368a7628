"""Which events of a log are about mail, and in which order they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sestriage.engine.clock import to_utc
from sestriage.engine.duplicates import deduplicate
from sestriage.engine.order import in_order
from sestriage.engine.reading.collect import Inputs, LogFile
from sestriage.engine.reading.sieve import is_news
from sestriage.engine.shown import relevant_events, shown
from sestriage.formats.log import parse_text
from sestriage.model.source import SourceRef


def log(text: str, name: str = "sw-response-mgmt.log") -> LogFile:
    source = SourceRef(name)
    return LogFile(source, tuple(e for e in parse_text(text, source) if is_news(e)))


def outcomes(text: str) -> list[str]:
    (file,) = relevant_events(Inputs(logs=[log(text)]))
    return [event.outcome for event in file.events]


FAILURE = (
    "2026-05-01 10:00:01,000 ERROR [ActionRunner] Test email 'SOC' failed\n"
    "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n"
)


def test_a_generic_success_does_not_count_whoever_logs_it() -> None:
    for logger in ("ActionRunner", "ReportEngine"):
        text = FAILURE + f"2026-05-01 10:05:00,000 INFO [{logger}] Response action completed successfully\n"
        assert outcomes(text) == ["failure"]
        found = shown(Inputs(logs=[log(text)]))
        assert [event.perhaps for event in found.left_over] == ["success"]


NAMED = "2026-05-01 10:05:00,000 INFO [ActionRunner] Test action 'SOC' completed successfully\n"


def test_a_success_counts_of_an_action_that_another_line_shows_to_be_mail() -> None:
    failure = FAILURE.replace("Test email 'SOC'", "Test action 'SOC'")
    assert outcomes(failure + NAMED) == ["failure", "success"]
    assert outcomes(NAMED.replace("10:05", "09:05") + failure) == ["success", "failure"]
    assert outcomes(failure + NAMED.replace("'SOC'", "'SIEM'")) == ["failure"]


def test_a_line_that_shows_the_channel_names_the_action() -> None:
    shows = "2026-05-01 09:00:00,000 INFO [ActionRunner] Loaded action 'SOC' (EMAIL)\n"
    assert outcomes(shows + NAMED) == ["success"]
    assert outcomes(shows.replace("EMAIL", "SYSLOG") + NAMED) == []


def test_a_thread_goes_on_with_the_attempt_that_it_began() -> None:
    begun = "2026-05-01 10:00:00,000 INFO [pool-1] Sending test email to 1 recipient(s)\n"
    ended = (
        "2026-05-01 10:00:02,000 ERROR [pool-1] Trouble\n"
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: "
        "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path\n"
    )
    assert outcomes(begun + ended) == ["start", "failure"]
    assert outcomes(begun + ended.replace("pool-1", "pool-2")) == ["start", "failure"]  # weak: nothing else is known
    assert outcomes(begun + ended.replace("pool-1", "pool-2") + FAILURE) == ["start", "failure"]
    assert outcomes(begun + ended.replace("10:00:02", "10:30:02") + FAILURE) == ["start", "failure"]


def test_the_success_of_another_kind_of_action_does_not_count() -> None:
    text = FAILURE + "2026-05-01 10:05:00,000 INFO [ActionRunner] Syslog action 'X' completed successfully\n"
    assert outcomes(text) == ["failure"]


def test_a_log_of_another_service_gives_only_its_mail_events() -> None:
    text = (
        "2026-05-01 10:00:00,000 ERROR [Feed] update failed\n"
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: "
        "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path\n"
    )
    (file,) = relevant_events(Inputs(other_logs=[log(text + FAILURE, "smc-core.log")]))
    assert [event.reply_code for event in file.events] == [535]


def test_the_same_lines_in_two_files_count_once() -> None:
    first, second = deduplicate([log(FAILURE, "sw-response-mgmt.log.1"), log(FAILURE)])
    assert len(first.events) == 1
    assert second.events == ()


def test_events_of_several_files_come_in_time_order() -> None:
    late = FAILURE.replace("10:00:01", "11:00:01")
    timed = in_order([log(late, "a.log"), log(FAILURE, "b.log")], timedelta(0))
    assert [entry.event.source.path for entry in timed] == ["b.log", "a.log"]


def test_an_event_in_front_of_the_first_time_stamp_is_the_oldest_of_its_log() -> None:
    """A log that was rotated in the middle of an exception begins with lines without a time."""
    cut = FAILURE.split("\n", 1)[1]
    timed = in_order([log(cut + FAILURE, "a.log")], timedelta(0))
    assert [entry.event.source.line for entry in timed] == [1, 2]
    assert timed[0].at is None
    assert timed[0].placed == timed[1].placed
    earlier = FAILURE.replace("10:00:01", "09:00:00")
    both = in_order([log(cut + FAILURE, "a.log"), log(earlier, "b.log")], timedelta(0))
    assert [(e.event.source.path, e.event.source.line) for e in both] == [("b.log", 1), ("a.log", 1), ("a.log", 2)]


def test_times_become_instants() -> None:
    naive = datetime(2026, 5, 1, 10, 0)
    aware = datetime(2026, 5, 1, 10, 0, tzinfo=timezone(timedelta(hours=2)))
    assert to_utc(naive, timedelta(hours=-5)) == datetime(2026, 5, 1, 15, 0, tzinfo=UTC)
    assert to_utc(aware, timedelta(hours=-5)) == datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
    assert to_utc(datetime.max, timedelta(hours=-5)) is None
    assert to_utc(None, timedelta(0)) is None
