"""What sentences say: wordings of many programs."""

from __future__ import annotations

import pytest

from formats.log.helpers import only

SUCCESSES = """
Email sent to 1 recipient(s)
Test email successfully sent to soc@example.com
Message delivered to the mail relay
Notification was accepted by the mail server
ResponseAction[id=17,type=EMAIL] dispatch ok in 1 try
action=41 kind=email trigger=test state=SUCCEEDED
Sent email notification for alarm 'Login Failures' to 2 recipients
E-Mail wurde gesendet
Test-Mail erfolgreich versendet
1 of 1 mails delivered
Email dispatched, 0 errors
Mail sent on attempt 2
You've successfully sent your test email.
Delivery of notification email complete
Sending email... done
Finished sending mail to 3 recipients
Email sent for alarm, see https://smc.example.com/a/1
smtp: message accepted for delivery
"""
NO_SUCCESSES = """
Sending test email to 1 recipient(s)
Email will be sent shortly
Email queued for delivery
0 of 1 mails sent
mail sent to 1 of 2 recipients
SMTP configuration saved successfully
Email action 'X' created successfully
Successfully connected to mail server
Mail server connection OK
Email not sent
Email could not be delivered
Email was not accepted
Mail sent? no
Skipping email, already sent
Email notification disabled, not sending
Email action completed with errors
waiting until mail is sent
email sent=false
E-Mail konnte nicht gesendet werden
mail service started
Number of emails sent: 0
Emails sent total: 5
Email validated successfully
"""
FAILURES = """
Something went wrong while sending Mail
Email not sent
Email could not be delivered
Failed to deliver email
Unable to send email
Email sending failed
Retrying: mail not accepted
0 of 1 mails sent
E-Mail konnte nicht gesendet werden
action=41 kind=email trigger=test state=FAILED
Email action completed with errors
email sent=false
"""
STARTS = """
Sending test email to 1 recipient(s)
Executing test action 'Mail to SOC' (EMAIL)
ResponseAction[id=17,type=EMAIL] dispatch begin
Handing 1 queued message to the mail relay
action=41 kind=email trigger=test state=STARTED
Attempting to send notification email to a@b.example
Email delivery started
"""
PERHAPS = """
Test action 'Failed logins' completed successfully
Testaktion erfolgreich
Test action requested for 'Mail to SOC'
Notification sent to soc@example.com
Action 'Tell the SOC' failed
action=41 trigger=test state=SUCCEEDED
"""
NOTHING = """
mail service started
Email templates loaded successfully
Alarm mail rule list has 3 entries
"""


def each(block: str) -> list[str]:
    return [line for line in block.splitlines() if line]


def outcome(sentence: str, level: str = "INFO") -> tuple[str, bool]:
    event = only(f"2026-11-24 03:31:33.244 {level} [main] c.h.X - {sentence}")
    return event.outcome, event.mail


@pytest.mark.parametrize("sentence", each(SUCCESSES))
def test_success(sentence: str) -> None:
    assert outcome(sentence) == ("success", True)


@pytest.mark.parametrize("sentence", each(SUCCESSES))
def test_an_error_is_no_success_whatever_it_says(sentence: str) -> None:
    assert outcome(sentence, "ERROR")[0] != "success"


@pytest.mark.parametrize("sentence", each(NO_SUCCESSES))
def test_no_success(sentence: str) -> None:
    assert outcome(sentence)[0] != "success"


@pytest.mark.parametrize("sentence", each(FAILURES))
def test_failure(sentence: str) -> None:
    assert outcome(sentence) == ("failure", True)


@pytest.mark.parametrize("sentence", each(STARTS))
def test_start(sentence: str) -> None:
    assert outcome(sentence)[0] == "start"


@pytest.mark.parametrize("sentence", each(NOTHING))
def test_neither(sentence: str) -> None:
    assert outcome(sentence)[0] == "other"


@pytest.mark.parametrize("sentence", each(PERHAPS))
def test_an_action_of_unknown_kind_is_no_mail_but_may_be(sentence: str) -> None:
    event = only(f"2026-11-24 03:31:33.244 INFO [main] c.h.X - {sentence}")
    assert (event.outcome, event.mail) == ("other", False)
    assert event.perhaps in ("success", "failure", "start")


def test_the_loggers_name_alone_makes_no_success() -> None:
    event = only("2026-11-24 03:31:33.244 INFO [main] net.x.MailDispatcher - Cache warmed up successfully")
    assert event.outcome == "other"


def test_other_channels_are_not_mail() -> None:
    assert outcome("Test action 'x' (SYSLOG) completed successfully") == ("other", False)


def test_ses_reply_with_a_message_id_is_proof() -> None:
    identifier = "0100018106685484-da415df0-02c4-412d-9382-1365360b5e47-000000"
    event = only(f"2026-11-24 03:31:33.244 DEBUG [main] c.h.X - last response: 250 Ok {identifier}")
    assert (event.outcome, event.success_grade, event.message_id) == ("success", "confirmed", identifier)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Executing test action 'Mail to SOC' (EMAIL)", "Mail to SOC"),
        ("ResponseAction[id=17,type=EMAIL] dispatch begin", "17"),
        ("action=41 kind=email trigger=test state=STARTED", "41"),
        ("Sending test email to 1 recipient(s)", None),
    ],
)
def test_name_of_the_action(text: str, action: str | None) -> None:
    assert only(f"2026-11-24 03:31:33.244 INFO [main] c.h.X - {text}").action == action
