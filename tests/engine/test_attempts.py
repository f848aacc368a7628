"""Grouping log events into attempts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from growth import assert_even
from sestriage.engine.attempts import AttemptDraft, group_events
from sestriage.engine.order import Timed
from sestriage.model.log import LogEvent, SmtpReply, Throwable
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef

T0 = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def event(outcome: str, second: float | None, text: str = "", **more: object) -> Timed:
    at = None if second is None else T0 + timedelta(seconds=second)
    values: dict[str, object] = {
        "source": SourceRef("x.log", line=1),
        "time": at,
        "level": "INFO",
        "logger": None,
        "thread": None,
        "message": text,
        "throwables": (),
        "text": text or outcome,
        "quote": text,
        "outcome": outcome,
        "mail": True,
    }
    values.update(more)
    return Timed(LogEvent(**values), at)  # type: ignore[arg-type]


def shape(drafts: list[AttemptDraft]) -> list[list[str]]:
    return [[entry.event.outcome for entry in draft.events] for draft in drafts]


def test_a_start_and_its_result_are_one_attempt() -> None:
    drafts = group_events([event("start", 0), event("failure", 1)])
    assert shape(drafts) == [["start", "failure"]]
    assert drafts[0].result == "failure"


def test_differently_worded_starts_announce_one_attempt() -> None:
    drafts = group_events([event("start", 0, "action"), event("start", 0.1, "connecting"), event("success", 1)])
    assert shape(drafts) == [["start", "start", "success"]]


def test_the_same_start_again_is_a_new_attempt() -> None:
    drafts = group_events([event("start", 0, "go"), event("start", 5, "go"), event("failure", 6)])
    assert shape(drafts) == [["start"], ["start", "failure"]]
    assert drafts[0].result is None


def test_two_loggers_report_one_failure() -> None:
    reply = SmtpReply(535, "Authentication Credentials Invalid")
    one = event("failure", 1, "first logger", reply=reply)
    other = event("failure", 1.2, "second logger", reply=reply)
    assert shape(group_events([event("start", 0), one, other])) == [["start", "failure", "failure"]]


def test_another_failure_without_start_is_an_attempt_of_its_own() -> None:
    first = event("failure", 1, reply=SmtpReply(535, "Authentication Credentials Invalid"))
    second = event("failure", 2, reply=SmtpReply(554, "Message rejected"))
    assert shape(group_events([first, second])) == [["failure"], ["failure"]]


def test_the_same_failure_later_is_an_attempt_of_its_own() -> None:
    reply = SmtpReply(535, "Authentication Credentials Invalid")
    drafts = group_events([event("failure", 1, reply=reply), event("failure", 61, reply=reply)])
    assert shape(drafts) == [["failure"], ["failure"]]


def test_without_times_a_result_belongs_to_the_start_before_it() -> None:
    entries = [event("start", None, "go"), event("failure", None, "PKIX")] * 2
    assert shape(group_events(entries)) == [["start", "failure"], ["start", "failure"]]


def test_interleaved_threads_keep_their_attempts() -> None:
    entries = [
        event("start", 0, "go", thread="a"),
        event("start", 0.1, "go", thread="b"),
        event("failure", 1, "bad", thread="a"),
        event("success", 2, "good", thread="b"),
    ]
    drafts = group_events(entries)
    assert [{t.event.thread for t in draft.events} for draft in drafts] == [{"a"}, {"b"}]
    assert [draft.result for draft in drafts] == ["failure", "success"]


def test_a_result_long_after_the_start_is_another_attempt() -> None:
    drafts = group_events([event("start", 0), event("failure", 3600)])
    assert shape(drafts) == [["start"], ["failure"]]


def test_a_success_of_another_action_does_not_end_this_one() -> None:
    entries = [event("start", 0, "go", action="A"), event("success", 1, "done", action="B")]
    assert shape(group_events(entries)) == [["start"], ["success"]]


def test_host_and_port_come_from_any_event() -> None:
    entries = [event("start", 0, "x", host="relay.example", port=587), event("failure", 1)]
    (draft,) = group_events(entries)
    assert (draft.host, draft.port) == ("relay.example", 587)


def test_the_end_of_a_session_that_the_server_had_ended_is_no_second_failure() -> None:
    said = event("failure", None, "451 Timeout waiting for data from client.", reply=SmtpReply(451, "Timeout waiting"))
    after = event("failure", None, "javax.mail.MessagingException: Can't send command to SMTP host")
    assert shape(group_events([said, after])) == [["failure"]]
    assert shape(group_events([after, said])) != [["failure"]]
    later = event("failure", 60, "javax.mail.MessagingException: Can't send command to SMTP host")
    first = event("failure", 0, "451 Timeout", reply=SmtpReply(451, "Timeout waiting"))
    assert shape(group_events([first, later])) == [["failure"], ["failure"]]


def test_a_farewell_that_fails_behind_a_mail_that_was_taken_is_no_failure_of_it() -> None:
    taken = event("success", 0, "250 2.0.0 Ok: queued as 4F1A2B3C5D", smtp_step="data", thread="m-1")
    behind: dict[str, object] = {"smtp_step": "quit", "answered": (Phase.RCPT, Phase.ACCEPTED)}
    farewell = event("failure", 40, "Exception reading response", thread="m-1", **behind)
    (draft,) = group_events([taken, farewell])
    assert (draft.result, shape([draft])) == ("success", [["success", "failure"]])
    for after in (
        # another mail was begun, or the session was over
        event("failure", 40, "Exception reading response", smtp_step="quit", thread="m-1", answered=(Phase.RCPT,)),
        event("failure", 40, "Exception reading response", smtp_step="quit", thread="m-1"),
        event("failure", 40, "Exception reading response", thread="m-2", **behind),
        event("failure", 40, "Exception reading response", thread="m-1", **(behind | {"smtp_step": "mail"})),
        event("failure", 1000, "Exception reading response", thread="m-1", **behind),
        event("failure", 40, "421 too late", thread="m-1", reply=SmtpReply(421, "too late"), **behind),
    ):
        assert [draft.result for draft in group_events([taken, after])] == ["success", "failure"]
    (alone,) = group_events([farewell])
    assert alone.result == "failure"
    begun = event("start", 10, "connecting", thread="m-1")
    assert [draft.result for draft in group_events([taken, begun, farewell])] == ["success", "failure"]


def test_a_wrapper_that_says_nothing_repeats_the_failure_of_its_thread() -> None:
    refused = event("failure", 1, "not sent", reply=SmtpReply(535, "authentication failed"), thread="m-1")

    def wrapped(second: float, thread: str, **more: object) -> Timed:
        unknown = (Throwable("javax.mail.MessagingException", "MessagingException", "could not send", "outer", 1),)
        return event("failure", second, "job failed: could not send", throwables=unknown, thread=thread, **more)

    for second, thread, more, attempts in (
        (1.1, "m-1", {}, 1),
        (1.1, "m-2", {}, 2),
        (9, "m-1", {}, 2),
        (1.1, "m-1", {"phase": Phase.TLS}, 2),
        (1.1, "m-1", {"host": "mail.example.com"}, 2),
    ):
        assert len(group_events([refused, wrapped(second, thread, **more)])) == attempts


def test_a_busy_manager_s_successes_are_no_single_attempt() -> None:
    """One every 300 ms, all of one action: what repeats a success comes soon after it."""
    drafts = group_events([event("success", 0.3 * n, "mail sent", action="A", thread="t") for n in range(300)])
    assert 15 <= len(drafts) <= 20
    assert sum(len(draft.events) for draft in drafts) == 300
    for draft in drafts:
        first, last = draft.log_started, draft.log_ended
        assert first is not None
        assert last is not None
        assert last - first <= timedelta(seconds=5)


def test_grouping_grows_as_its_events_do() -> None:
    def successes(count: int) -> None:
        group_events([event("success", 0.001 * n, "mail sent", action="A", thread="t") for n in range(count)])

    assert_even(successes, 4000)


def refused(line: int, code: int, text: str, **more: object) -> Timed:
    source = SourceRef("x.log", line=line)
    said = f"{code} {text}"
    return event("failure", None, said, source=source, phase=Phase.RCPT, reply=SmtpReply(code, text), **more)


def test_recipients_of_one_mail_that_are_refused_one_after_the_other_are_one_attempt() -> None:
    told = Throwable("SMTPAddressFailedException", "x", "550 unknown", "outer", 12)
    first, second = refused(4, 550, "unknown"), refused(6, 452, "too many")
    last = refused(12, 452, "too many", throwables=(told,))
    assert len(group_events([first, second, last])) == 1


def test_recipients_of_two_mails_are_two_attempts() -> None:
    assert len(group_events([refused(4, 550, "unknown <a>"), refused(10, 550, "unknown <b>")])) == 2
    other = Throwable("SMTPAddressFailedException", "x", "550 blocked", "outer", 9)
    assert len(group_events([refused(4, 550, "unknown"), refused(9, 550, "blocked", throwables=(other,))])) == 2
