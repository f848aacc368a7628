"""What is said, when, and with which status."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from sestriage.watch.shortcuts.nothing_new import nothing_to_do
from watch.watching import START, GrowingLog, Watch, heads


def test_nothing_is_said_of_a_quiet_log(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter(50))
    assert watch.run().status == 0
    log.append(log.chatter(5))
    assert watch.run().status == 0
    assert watch.said() == ""


def test_a_problem_begins_changes_and_ends(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter() + log.start() + log.failure("dh"))
    assert watch.run().status == 1
    text = watch.said()
    assert heads(text) == [("Alarm mail fails", log.second)]
    assert "sestriage explain dh-key-too-small" in text
    assert "failed  once" in text
    assert f"{log.path}:" in text
    assert "\n  risk    edits a security policy file as root" in text, "who copies the command must see what it risks"

    assert watch.run().status == 0
    assert watch.said() == ""

    began = log.second
    log.skip(10)
    log.append(log.start() + log.failure("dh"))
    assert watch.run().status == 0, "more of the same is not news"
    log.skip(10)
    log.append(log.start() + log.failure("auth"))
    assert watch.run().status == 1
    text = watch.said()
    assert heads(text) == [("Alarm mail still fails, for another reason", began)]
    assert "sestriage explain smtp-credentials-invalid" in text
    assert "failed  3 times" in text
    assert "dh-key-too-small: 2, smtp-credentials-invalid: 1" in text

    log.skip(10)
    log.append(log.start() + log.success())
    assert watch.run().status == 0, "the end of a problem is told with status 0"
    text = watch.said()
    assert heads(text) == [("Alarm mail works again", began)]
    assert "after 30 min" in text
    assert watch.run().status == 0
    assert watch.said() == ""


def test_a_problem_that_came_and_went_between_two_runs_is_told(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    began = log.second
    log.append(log.success())
    assert watch.run().status == 1
    assert heads(watch.said()) == [("Alarm mail failed for a time and works again", began)]
    watch.run()
    assert watch.said() == ""


def test_start_and_result_in_two_runs_are_one_attempt(log: GrowingLog, watch: Watch) -> None:
    log.append(log.start())
    watch.run()
    log.append(log.failure())
    result = watch.run()
    assert [incident.count for incident in result.summary.open] == [1]


def test_a_second_report_of_one_failure_in_the_next_run_does_not_count(log: GrowingLog, watch: Watch) -> None:
    failure = log.failure()
    log.append(log.start() + failure)
    watch.run()
    log.append(failure.replace("[action-exec-1] com.harbor.response", "[action-exec-1] com.harbor.upper"))
    result = watch.run()
    assert [incident.count for incident in result.summary.open] == [1]


def test_the_first_run_looks_back_only_so_far(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure("dh"))
    log.skip(60 * 30)
    log.append(log.chatter())
    watch.now = log.at + timedelta(minutes=1)
    assert watch.run(since="24h").status == 0
    assert watch.said() == ""
    log.append(log.failure("auth"))
    assert watch.run(since="24h").status == 1
    assert "explain smtp-credentials-invalid" in watch.said()


def test_since_jumps_in_a_large_log_and_cites_the_right_line(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure("dh"))
    log.append(log.chatter(80_000))
    log.skip(60)
    since = log.at
    log.append(log.failure("auth"))
    lines = log.path.read_text().splitlines()
    assert log.path.stat().st_size > 6 << 20
    assert watch.run(since=since.isoformat()).status == 1
    text = watch.said()
    assert "smtp-credentials-invalid" in text
    assert "dh-key-too-small" not in text
    where = next(n for n, line in enumerate(lines, 1) if "535 Auth" in line)
    assert f"{log.path}:{where}: " in text
    assert watch.run().summary.open[0].count == 1


def test_reminders(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    watch.now = START + timedelta(hours=1)
    watch.run(remind="24h")
    watch.said()
    watch.now += timedelta(hours=23)
    assert watch.run(remind="24h").status == 0
    watch.now += timedelta(hours=2)
    assert watch.run().status == 0, "off unless asked for"
    assert watch.run(remind="24h").status == 1
    assert heads(watch.said())[0][0] == "Reminder: alarm mail still fails"
    assert watch.run(remind="24h").status == 0


def test_a_clock_that_was_set_back_does_not_silence_reminders(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    watch.now = START + timedelta(days=3000)
    watch.run(remind="24h")
    watch.now = START + timedelta(hours=1)
    watch.said()
    assert watch.run(remind="24h").status == 1
    watch.now += timedelta(hours=1)
    assert watch.run(remind="24h").status == 0
    watch.now += timedelta(hours=24)
    assert watch.run(remind="24h").status == 1


def test_mail_of_one_action_that_fails_is_not_ended_by_another_action(log: GrowingLog, watch: Watch) -> None:
    rejected = log.failure(action="Mail to Bob").replace(
        "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",
        "com.sun.mail.smtp.SMTPSendFailedException: 554 Message rejected: Email address is not verified. The following"
        " identities failed the check in region US-EAST-1: bob@example.com",
    )
    log.append(log.start("Mail to Bob") + rejected)
    result = watch.run()
    if not result.summary.open[0].scope:
        pytest.skip("the log reader names no action in this layout")
    log.skip(20)
    log.append(log.start("Mail to SOC") + log.success("Mail to SOC"))
    assert [i.scope for i in watch.run().summary.open] == ["Mail to Bob"]
    log.skip(20)
    log.append(log.start("Mail to Bob") + log.success("Mail to Bob"))
    assert watch.run().summary.open == ()


def test_an_exception_that_straddles_the_end_is_left_until_it_is_whole(log: GrowingLog, watch: Watch) -> None:
    failure = log.chatter() + log.start() + log.failure("dh") + log.chatter()
    watch.options["grace"] = "1h"
    ends = [at + 1 for at, letter in enumerate(failure) if letter == "\n"]
    for cut in sorted({*(end + n for end in ends for n in (-1, 0, 1)), *range(0, len(failure), 61), len(failure)}):
        log.path.write_text("")
        with log.path.open("w") as file:
            file.write(failure[:cut])
        watch.state = watch.state.with_name(f"state-{cut}")
        watch.out.unlink(missing_ok=True)
        watch.run()
        with log.path.open("a") as file:
            file.write(failure[cut:])
        result = watch.run()
        assert [(i.count, i.cause.rule) for i in result.summary.open] == [(1, "dh-key-too-small")], failure[:cut]
        assert watch.said().count("Alarm mail fails") == 1


def test_grace_ends(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    changed = 1_790_000_000
    os.utime(log.path, (changed, changed))
    watch.now = datetime.fromtimestamp(changed + 5, UTC)
    assert watch.run(grace="10s").status == 0
    watch.now = datetime.fromtimestamp(changed + 9, UTC)
    assert watch.run(grace="10s").status == 0
    watch.now = datetime.fromtimestamp(changed + 10, UTC)
    assert watch.run(grace="10s").status == 1


@pytest.mark.parametrize("piece", range(1, 8))
def test_an_exception_written_in_pieces_counts_once(log: GrowingLog, watch: Watch, piece: int) -> None:
    lines = log.failure("dh").splitlines(keepends=True)
    log.append(log.chatter() + "".join(lines[:piece]))
    failed = log.second
    watch.run()  # longer after it than the grace: what is there is judged
    log.append("".join(lines[piece:]))
    (incident,) = watch.run().summary.open
    assert (incident.count, incident.cause.rule) == (1, "dh-key-too-small")
    assert incident.causes == (("dh-key-too-small", 1),)
    assert incident.last.replace(microsecond=0) == failed
    log.skip(20)
    log.append(log.failure())
    assert [i.count for i in watch.run().summary.open] == [2]


def test_the_middle_of_a_line_is_waited_for(log: GrowingLog, watch: Watch) -> None:
    failure = log.failure("dh") + log.chatter()
    cut = failure.index("SSLHandshakeException")
    changed = 1_790_000_000
    log.append(failure[:cut])  # a writer with a buffer, which is full here
    os.utime(log.path, (changed, changed))
    watch.now = datetime.fromtimestamp(changed + 120, UTC)
    assert watch.run(grace="10s").status == 0
    log.append(failure[cut:])
    os.utime(log.path, (changed + 200, changed + 200))
    watch.now = datetime.fromtimestamp(changed + 300, UTC)
    (incident,) = watch.run(grace="10s").summary.open
    assert (incident.count, incident.cause.rule) == (1, "dh-key-too-small")

    # chatter that ends in a line, and a last line that nobody goes on with
    log.append(log.chatter() + "2026-03-02T")
    os.utime(log.path, (changed + 400, changed + 400))
    watch.now = datetime.fromtimestamp(changed + 450, UTC)
    watch.run(grace="10s")
    log.skip(20)
    log.append(log.failure().removeprefix("2026-03-02T").removesuffix("\n"))
    os.utime(log.path, (changed + 500, changed + 500))
    watch.now = datetime.fromtimestamp(changed + 500 + 599, UTC)
    assert [i.count for i in watch.run(grace="10s").summary.open] == [1]
    watch.now = datetime.fromtimestamp(changed + 500 + 600, UTC)
    (incident,) = watch.run(grace="10s").summary.open
    assert (incident.count, incident.cause.rule) == (2, "smtp-credentials-invalid")


def test_a_time_of_change_in_the_future_ends_the_grace_by_two_looks(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    changed = 1_790_000_000
    os.utime(log.path, (changed, changed))
    watch.now = datetime.fromtimestamp(changed - 86400, UTC)
    assert watch.run(grace="10s").status == 0
    watch.now += timedelta(seconds=11)
    assert watch.run(grace="10s").status == 1


def test_a_log_without_times(log: GrowingLog, watch: Watch) -> None:
    def bare(text: str) -> str:
        return "".join(line[25:] if line[:4] == "2026" else line for line in text.splitlines(keepends=True))

    log.append(bare(log.chatter() + log.start() + log.failure()))
    watch.now = datetime(2026, 5, 1, tzinfo=UTC)
    assert watch.run(since="24h").status == 1
    assert "the log has no full times" in watch.said()
    log.append(bare(log.chatter()))
    assert watch.run().status == 0
    log.append(bare(log.start() + log.success()))
    assert watch.run().status == 0
    assert "Alarm mail works again" in watch.said()


def test_stale(log: GrowingLog, watch: Watch) -> None:
    log.append(log.chatter())
    changed = 1_790_000_000
    os.utime(log.path, (changed, changed))
    watch.now = datetime.fromtimestamp(changed + 3599, UTC)
    assert watch.run(stale="1h").status == 0
    watch.now = datetime.fromtimestamp(changed + 3600, UTC)
    assert watch.run(stale="1h").status == 1
    assert "has not grown for 1 h" in watch.said()
    assert watch.run(stale="1h").status == 0
    log.append(log.chatter())
    os.utime(log.path, (changed + 3700, changed + 3700))
    watch.now += timedelta(seconds=120)
    assert watch.run(stale="1h").status == 0
    assert watch.said().startswith("No longer so: ")


def test_json_tells_the_same(log: GrowingLog, watch: Watch) -> None:
    log.append(log.failure())
    assert watch.run(format="json").status == 1
    data = json.loads(watch.said())
    assert [(c["change"], c["rule"], c["count"]) for c in data["changes"]] == [
        ("started", "smtp-credentials-invalid", 1)
    ]
    assert watch.run(format="json").status == 0
    assert json.loads(watch.said())["changes"] == []


def test_forms_that_show_the_state_leave_the_news_to_be_told(log: GrowingLog, watch: Watch) -> None:
    watch.run()
    log.append(log.failure())
    assert watch.run(format="plugin").status == 2
    assert watch.run(format="prometheus").status == 0
    watch.said()
    assert watch.run().status == 1
    assert "Alarm mail fails" in watch.said()


def test_the_history_is_bounded(log: GrowingLog, watch: Watch) -> None:
    for _ in range(8):
        log.skip(30)
        log.append(log.failure())
        log.skip(30)
        log.append(log.success())
        watch.run(keep_incidents="3")
    from sestriage.watch.state import State

    state = State(str(watch.state), str(log.path), reading=True)
    # an incident can go once its end was told: the last one is told in the run that would drop it
    assert [i.number for i in state.history(100)] in ([8, 7, 6], [8, 7, 6, 5])
    state.close()
    log.skip(30)
    log.append(log.failure())
    watch.now = log.at + timedelta(days=500)
    watch.run(keep="400d", keep_incidents="100")
    state = State(str(watch.state), str(log.path), reading=True)
    assert [i.number for i in state.history(100)] == [9]
    state.close()


def test_the_short_look_is_right(log: GrowingLog, watch: Watch) -> None:
    """`nothing_to_do` says so only when a full run would do nothing."""

    def idle(**options: str) -> bool:
        return nothing_to_do(watch.settings(**options))

    assert not idle(), "there is no log"
    log.append(log.chatter())
    assert not idle(), "there is no state"
    watch.run()
    assert idle()
    assert not idle(format="json")
    assert not idle(stale="1h")
    assert not idle(store="/x")
    log.append(log.failure())
    assert not idle()
    watch.run(format="plugin")
    assert not idle(), "what the plugin read is still to be told"
    watch.run()
    assert idle()
    assert not idle(remind="24h"), "it may be due"
    log.append(log.success())
    watch.run()
    assert idle(remind="24h")
    log.path.rename(log.folder / "aside")
    assert not idle()
    watch.run()
    (log.folder / "aside").rename(log.path)
    assert not idle(), "that the log is back is still to be told"
    watch.run()
    assert idle()
    log.append(log.chatter())
    watch.run(grace="1h")
    assert not idle(grace="1h"), "the last event is held back"
    watch.run()
    assert idle()
    log.rename()
    assert not idle()


def test_chatter_is_told_without_the_parser(log: GrowingLog, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    log.append(log.chatter() + log.failure())
    watch.run()
    log.append(log.chatter(500))
    with monkeypatch.context() as patch:
        patch.setattr("sestriage.watch.reading.read_news", None)
        assert watch.run(grace="1h").status == 0
        log.append(log.chatter(1))
        assert watch.run().status == 0
    where = log.path.read_text().count("\n")
    log.skip(20)
    log.append(log.start() + log.failure("dh"))
    assert watch.run().status == 1
    assert f"{log.path}:{where + 7}: " in watch.said()
