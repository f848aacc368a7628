"""A reply counts for the command that it answers: dialogues whole and cut, of several clients."""

from __future__ import annotations

import pytest

from formats.log.helpers import read
from sestriage.model.phase import Phase

STAMP = "2026-11-24 03:31:33.244 INFO [main] c.h.X - begun\n"
SENDING = "MAIL FROM:<a@b.example>\n250 Mail OK\nRCPT TO:<c@b.example>\n250 Ok\nDATA\n"
BODY = "354 End data with <CR><LF>.<CR><LF>\nSubject: x\n\nBody\n.\n"


def results(text: str) -> list[tuple[str, str | None]]:
    events = read((STAMP + text).encode())
    return [(e.outcome, e.success_grade) for e in events if e.outcome in ("success", "failure")]


@pytest.mark.parametrize("opening", ["", "EHLO manager\n250 Ok\n", "AUTH LOGIN\n334 VXNlcm5hbWU6\n***\n235 ok\n"])
def test_the_reply_to_the_data_is_an_acceptance(opening: str) -> None:
    assert results(opening + SENDING + BODY + "250 OK id=1abcDE-000123-4F\nQUIT\n221 Bye\n") == [
        ("success", "confirmed")
    ]


@pytest.mark.parametrize(
    "end",
    [
        "",
        "354 End data with <CR><LF>.<CR><LF>\nSubject: x\n",
        "QUIT\n250 Bye\n",
        "RSET\n250 Ok\n",
        "NOOP\n250 Ok\n",
        "225 OK\n",
    ],
)
def test_replies_to_other_commands_are_none(end: str) -> None:
    assert results(SENDING + end) == []


@pytest.mark.parametrize("start", ["250 Mail OK\n", "250 Ok\n", "S: 250 2.1.0 Sender OK\n", "250 2.1.5 Recipient OK\n"])
def test_a_reply_whose_command_is_not_known_is_none(start: str) -> None:
    assert results(start) == []
    assert results(start + "QUIT\n221 Bye\n") == []


def test_a_refusal_after_the_data_stays_one() -> None:
    assert results(SENDING + BODY + "554 Transaction failed\nQUIT\n221 Bye\n") == [("failure", None)]


def test_a_refusal_of_the_data_command_stays_one() -> None:
    assert results(SENDING + "554\n") == [] or results(SENDING + "554 no\n") == [("failure", None)]


@pytest.mark.parametrize(
    "line",
    [
        "Message sent: 250 2.0.0 Ok: queued as 4XyZ12abc",
        "Message sent: 250 Ok 0100018106685484-da415df0-02c4-412d-9382-1365360b5e47-000000",
        "response 250 OK id=1abcDE-000123-4F",
        "250 2.0.0 OK  1700000000 d9443c01a7336-1234 - gsmtp",
        "reply: 250 2.6.0 <1@x> [InternalId=123, Hostname=x] Queued mail for delivery",
    ],
)
def test_a_reply_with_an_id_of_the_servers_is_an_acceptance(line: str) -> None:
    assert results(f"2026-11-24 03:31:34.244 INFO [main] c.h.X - {line}\n") == [("success", "confirmed")]


def test_a_sentence_of_another_client_is_one() -> None:
    line = "2026-11-24 03:31:34.244 INFO [main] c.h.X - message successfully delivered to mail server\n"
    assert results(line) == [("success", "likely")]


def test_the_trace_of_phpmailer() -> None:
    talk = [
        *("CLIENT -> SERVER: EHLO x", "SERVER -> CLIENT: 250-mx", "SERVER -> CLIENT: 250 HELP"),
        *("CLIENT -> SERVER: MAIL FROM:<a@b.example>", "SERVER -> CLIENT: 250 OK"),
        *("CLIENT -> SERVER: RCPT TO:<c@b.example>", "SERVER -> CLIENT: 250 OK"),
        *("CLIENT -> SERVER: DATA", "SERVER -> CLIENT: 354 Start mail input", "CLIENT -> SERVER: Subject: x"),
        *("CLIENT -> SERVER: .", "SERVER -> CLIENT: 250 2.0.0 queued", "CLIENT -> SERVER: QUIT"),
    ]
    assert results("\n".join(talk) + "\n") == [("success", "confirmed")]
    cut = [line for line in talk if "EHLO" not in line and "250-" not in line and "HELP" not in line]
    assert results("\n".join(cut) + "\n") == [("success", "confirmed")]
    # a reply that is marked as the server's and comes after 354 answers the data, be the final dot logged or not
    assert results("\n".join(line for line in talk if line[-3:] != "R: .") + "\n") == [("success", "confirmed")]
    assert results("\n".join(line for line in talk if "354" not in line and line[-3:] != "R: .") + "\n") == []


def test_what_a_mail_quotes_is_its_text_also_behind_googles_two_blanks() -> None:
    quoted = "Subject: x\n\njavax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid\n.\n"
    taken = "250 2.0.0 OK  1700000000 d9443c01a7336-1234 - gsmtp\nQUIT\n221 2.0.0 Bye\n"
    for go_ahead in ("354  Go ahead x - gsmtp\n", "354 Go ahead x - gsmtp\n"):
        assert results(SENDING + go_ahead + quoted + taken) == [("success", "confirmed")]
    assert results(SENDING + "554  Not today\n" + quoted)[0] == ("failure", None)


HEADED = "2026-11-24 03:31:34.244 INFO [mail] "


@pytest.mark.parametrize("head", [HEADED, HEADED.partition(" INFO")[0] + " "], ids=["with a level", "time stamp only"])
@pytest.mark.parametrize("dot", ["", ".\n"], ids=["end not logged", "end logged"])
def test_a_header_on_each_line_of_the_dialogue(head: str, dot: str) -> None:
    taken = "250 Ok 0100018106685484-da415df0-02c4-412d-9382-1365360b5e47-000000\n"
    talk = SENDING + "354 End data with <CR><LF>.<CR><LF>\n" + dot + taken + "QUIT\n221 Bye\n"
    assert results("".join(f"{head}{line}\n" for line in talk.splitlines())) == [("success", "confirmed")]


@pytest.mark.parametrize("after", ["RSET\n250 Ok\n", "NOOP\n250 Ok\n", "QUIT\n250 Bye\n", "250 Ok\n"])
def test_with_a_header_on_each_line_another_command_s_reply_is_no_acceptance(after: str) -> None:
    talk = SENDING + "354 End data with <CR><LF>.<CR><LF>\n" + after
    assert results("".join(f"{HEADED}{line}\n" for line in talk.splitlines())) == []


def test_javamail_s_last_word_counts_where_the_dialogue_is_not_there() -> None:
    said = "DEBUG SMTP: message successfully delivered to mail server\n"
    assert results(f"{said}QUIT\n221 2.0.0 Bye\n") == [("success", "likely")]
    assert results("DEBUG SMTP: message successfully delivered to mail\n") == []


def test_the_next_server_of_javamails_list_names_host_and_port() -> None:
    events = read(
        b"javax.mail.MessagingException: Could not connect to SMTP host;\n"
        b"following server failed : email-smtp.us-east-1.amazonaws.com:587\n"
    )
    assert ("email-smtp.us-east-1.amazonaws.com", 587) in {(event.host, event.port) for event in events}


ERROR = "2026-11-24 03:31:33.300 ERROR [kafka-1] o.a.kafka.Client - Failed to send\n"
WHOLE_TRACE = ERROR + "java.net.ConnectException: refused\n\tat kafka.Client.poll(Client.java:7)\n\t... 3 more\n"
GREETING = "220 mx.example ESMTP\nEHLO x\n250-mx.example\n250 HELP\n"


@pytest.mark.parametrize(
    "between",
    [WHOLE_TRACE, WHOLE_TRACE + "DEBUG SMTP: use8bit false\n", ERROR + "DEBUG SMTP: use8bit false\n"],
    ids=["a trace to its last frame", "a trace, and a line of the dialogue", "an error without exception"],
)
@pytest.mark.parametrize("before", ["EHLO x\n", "250 HELP\n", "250 Mail OK\n", "DATA\n", "Body\n.\n"])
def test_a_dialogue_goes_on_behind_another_service_s_error(before: str, between: str) -> None:
    talk = GREETING + SENDING + BODY + "250 OK id=1abcDE-000123-4F\nQUIT\n221 Bye\n"
    assert talk.count(before) == 1
    assert results(talk.replace(before, before + between)) == [("success", "confirmed")]


@pytest.mark.parametrize("reply", ["250 Mail queued", "250-first\n250 Ok"])
def test_a_reply_that_another_service_s_exception_quotes_answers_no_dialogue(reply: str) -> None:
    quoting = ERROR + f"com.relay.RelayException: the relay said\n{reply}\n\tat com.relay.Relay.put(Relay.java:7)\n"
    assert ("success", "confirmed") not in results(GREETING + SENDING + BODY + quoting)
    assert ("success", "confirmed") not in results(GREETING + SENDING + BODY + "QUIT\n" + quoting)


LATER = (
    "2026-11-24 03:31:40.336 INFO [main] c.h.X - action 'SOC' begun\n"
    "2026-11-24 03:31:43.386 ERROR [main] c.h.X - Failed to send email\n"
    "javax.mail.AuthenticationFailedException: [EOF]\n"
)


@pytest.mark.parametrize(
    ("end", "region"),
    [
        ("250 OK id=1abcDE-000123-4F\nQUIT\n221 Bye\n", None),
        ("554 Transaction failed\nQUIT\n221 Bye\n", "us-east-1"),
        ("250 OK id=1abcDE-000123-4F\nQUIT\n", "us-east-1"),
    ],
    ids=["delivered and over", "look-alike: refused", "look-alike: it broke at QUIT"],
)
def test_a_dialogue_whose_mail_was_delivered_lends_nothing_to_a_later_failure(end: str, region: str | None) -> None:
    opening = 'DEBUG SMTP: trying to connect to host "email-smtp.us-east-1.amazonaws.com", port 587, isSSL false\n'
    events = read((STAMP + opening + "220 ESMTP\n" + SENDING + BODY + end + LATER).encode())
    assert [event.region for event in events if event.outcome == "failure"][-1] == region


@pytest.mark.parametrize("between", [30, 600])
def test_the_greeting_of_the_next_server_answers_no_starttls(between: int) -> None:
    """The first dialogue ends behind its STARTTLS, as when the service is stopped there; lines are left out between."""
    begun = "220 smtp.corp.example ESMTP\nEHLO manager\n250-smtp.corp.example\n250 STARTTLS\n"
    lines = (
        f"2026-11-24 03:{33 + n // 60}:{n % 60:02d}.100 INFO [w] c.h.Rules - Evaluated {n}\n" for n in range(between)
    )
    failed = (
        "2026-11-24 03:50:00.000 ERROR [main] c.h.X - Email action failed\n"
        "javax.mail.MessagingException: Could not connect\n\tat com.sun.mail.smtp.SMTPTransport.openServer(X.java:1)\n"
    )
    events = read((STAMP + begun + "STARTTLS\n" + "".join(lines) + begun + failed).encode())
    answered = [set(event.answered) for event in events if event.outcome == "failure"]
    assert answered == [{Phase.GREETING}]


def test_the_answer_to_starttls_may_be_printed_twice() -> None:
    """As PHPMailer does at its lowest level; it has an enhanced status code, and the word SMTP in it."""
    said = (
        "2026-11-24 03:31:33\tCLIENT -> SERVER: STARTTLS\n"
        '2026-11-24 03:31:33\tSMTP INBOUND: "220 2.0.0 SMTP server ready"\n'
        "2026-11-24 03:31:33\tSERVER -> CLIENT: 220 2.0.0 SMTP server ready\n"
        "2026-11-24 03:31:33\tConnection failed. stream_socket_enable_crypto(): SSL: Connection reset by peer\n"
    )
    failures = [event for event in read(said.encode()) if event.outcome == "failure"]
    assert [(event.mail, event.phase) for event in failures] == [(True, Phase.TLS)]
