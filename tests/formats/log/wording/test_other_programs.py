"""What other programs than Java ones log of a mail: relays, PHP's mailers, Node's, Alertmanager, Grafana."""

from __future__ import annotations

import pytest

from formats.log.helpers import only, read
from sestriage.model.phase import Phase

SENDMAIL = "Nov 20 09:12:44 relay sendmail[811]: 4AK9Ci000811: to=<ops@example.com>, delay=00:00:02, xdelay=00:00:01, "
OUTSIDE = f"{SENDMAIL}mailer=relay, pri=120419, relay=mx.example.com. [192.0.2.25], "
EXIM = "2026-11-20 09:12:44 1tDgH2-000000001Ab-1cde == ops@example.com R=smarthost T=remote_smtp_smarthost defer (-38) "
TOOK = "0100018106685484-da415df0-02c4-412d-9382-1365360b5e47-000000"


def test_sendmail_handed_a_mail_on() -> None:
    event = only(f"{OUTSIDE}dsn=2.0.0, stat=Sent (Ok {TOOK})\n")
    assert (event.outcome, event.mail, event.message_id, event.host) == ("success", True, TOOK, "mx.example.com")
    assert only(f"{OUTSIDE}dsn=2.0.0, stat=Sent (4AK9Ci000811 Message accepted for delivery)\n").outcome == "success"


@pytest.mark.parametrize(
    "line",
    [
        f"{SENDMAIL}mailer=local, pri=120419, dsn=2.0.0, stat=Sent",
        f"{SENDMAIL}mailer=local, pri=120419, dsn=2.0.0, stat=Sent (mailbox)",
        f"{SENDMAIL}mailer=relay, pri=120419, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0, stat=Sent (x Message accepted)",
        f"{SENDMAIL}mailer=relay, pri=120419, relay=localhost [127.0.0.1], dsn=4.0.0, stat=Deferred: x",
        f"{OUTSIDE}dsn=2.0.0, stat=queued",
    ],
)
def test_what_sendmail_did_on_its_own_machine_is_none(line: str) -> None:
    assert {event.outcome for event in read(f"{line}\n".encode())} <= {"other"}


@pytest.mark.parametrize(
    ("said", "phase"),
    [
        ("Connection timed out with mx.example.com.", Phase.TCP),
        ("Connection refused by mx.example.com.", Phase.TCP),
        ("Name server: mx.example.com.: host name lookup failure", Phase.DNS),
    ],
)
def test_sendmail_could_not_hand_a_mail_on(said: str, phase: Phase) -> None:
    event = only(f"{OUTSIDE}dsn=4.0.0, stat=Deferred: {said}\n")
    assert (event.outcome, event.mail, event.phase, event.host) == ("failure", True, phase, "mx.example.com")


@pytest.mark.parametrize(
    ("said", "phase"),
    [
        ("a TLS session is required, but an attempt to start TLS failed", Phase.STARTTLS),
        ("a TLS session is required, but the server did not offer TLS support", Phase.STARTTLS),
        ("TLS session: (SSL_connect): error:0A000086:SSL routines::certificate verify failed", Phase.CERTIFICATE),
    ],
)
def test_tls_of_exim(said: str, phase: Phase) -> None:
    event = only(f"{EXIM}H=mx.example.com [192.0.2.25]: {said}\n")
    assert (event.outcome, event.mail, event.phase, event.host) == ("failure", True, phase, "mx.example.com")


@pytest.mark.parametrize(
    ("said", "phase"),
    [
        ('"mx.example.com:587": stream_socket_client(): Unable to connect (Connection timed out)', Phase.TCP),
        ("mx.example.com [Connection refused #111]", Phase.TCP),
    ],
)
def test_phps_mailers_could_not_connect(said: str, phase: Phase) -> None:
    event = only(
        f"[2026-11-20T09:12:44.000000+00:00] app.ERROR: Connection could not be established with host {said}\n"
    )
    assert (event.outcome, event.mail, event.phase) == ("failure", True, phase)


NODE = "[Error: 7F21:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:ssl3_record.c:354:\n] {\n"


@pytest.mark.parametrize(
    ("fields", "mail"), [("  code: 'ESOCKET',\n  command: 'CONN'\n}\n", True), ("  code: 'E'\n}\n", False)]
)
def test_an_error_of_node_is_mails_where_nodemailer_says_its_command(fields: str, mail: bool) -> None:
    events = [event for event in read((NODE + fields).encode()) if event.outcome == "failure"]
    assert [event.mail for event in events] == [mail]


@pytest.mark.parametrize(("integration", "mail"), [("email[0]", True), ("webhook[0]", False), ("emailer[0]", False)])
def test_alertmanager_names_its_integration(integration: str, mail: bool) -> None:
    failed = (
        f'"team/{integration}: notify retry canceled after 8 attempts: x509: certificate signed by unknown authority"'
    )
    line = f'level=error ts=2026-11-20T09:12:44.061Z caller=dispatch.go:354 msg="Notify failed" err={failed}\n'
    assert {event.mail for event in read(line.encode()) if event.outcome == "failure"} <= {mail}
    assert any(event.mail for event in read(line.encode())) is mail


def test_a_line_that_begins_with_grafanas_key_of_the_time_has_a_time_and_a_level() -> None:
    said = 'msg="Failed to send alert notification email" error="x509: certificate signed by unknown authority"'
    event = only(f"t=2026-11-20T09:12:44-0400 lvl=eror {said}\n")
    assert event.time is not None
    assert (event.time.isoformat(), event.level, event.mail) == ("2026-11-20T09:12:44-04:00", "ERROR", True)
    assert only(f"t=0.3 lvl_x=eror {said}\n").time is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("permanent error (535): 5.7.8 Error: authentication failed", 535),
        ("transient error (454): Temporary authentication failure", 454),
    ],
)
def test_the_reply_in_an_error_of_lettre(said: str, code: int) -> None:
    event = only(f"[2026-11-20 09:12:44.345][app::mail][ERROR] SMTP error: {said}\n")
    assert event.reply is not None
    assert (event.outcome, event.mail, event.reply.code) == ("failure", True, code)


@pytest.mark.parametrize("said", ["permanent error (503): Service Unavailable", "transient error (404): not found"])
def test_the_same_words_of_a_client_of_web_servers_are_no_reply(said: str) -> None:
    assert {event.mail for event in read(f"[2026-11-20 09:12:44.345][app::web][ERROR] {said}\n".encode())} <= {False}


@pytest.mark.parametrize("where", ["192.0.2.5:587", "192.0.2.9:40112->192.0.2.5:587", "[2001:db8::5]:587"])
def test_the_port_in_an_error_of_go(where: str) -> None:
    line = f"2026/11/20 09:12:44 Failed to send email: dial tcp {where}: connect: connection refused\n"
    assert only(line).port == 587


def test_recipients_in_an_advice_do_not_tell_the_step() -> None:
    said = "550 5.7.1 Test addresses only. Add the address to authorized recipients."
    event = only(f'2026-11-20 09:12:44,310 ERROR [mail-1] c.x.Mailer : Expected code "250" but got "550": "{said}"\n')
    assert (event.outcome, event.phase) == ("failure", None)
