"""Who the server is: each kind by what shows it, with look-alikes that show nothing."""

from __future__ import annotations

import pytest

from sestriage.formats.log import parse_text
from sestriage.model.capture import Endpoint, SmtpDialogue, Stream, TcpConnection
from sestriage.model.facts import FactBase
from sestriage.model.known.servers import server_of
from sestriage.model.source import SourceRef

HERE = SourceRef("a.log")
AUTH = "javax.mail.AuthenticationFailedException: "


def of_host(host: str | None, text: str = "") -> tuple[str, str]:
    events = parse_text(text, HERE) if text else ()
    stream = Stream(HERE, Endpoint("10.0.0.1", 1), Endpoint("10.0.0.2", 587), TcpConnection(), server_name=host)
    server = server_of(events, (stream,) if host else ())
    return server.kind, server.ground


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("email-smtp.us-east-1.amazonaws.com", "ses"),
        ("email-smtp-fips.us-gov-west-1.amazonaws.com", "ses"),
        ("vpce-0a1b-2c3d.email-smtp.eu-west-1.vpce.amazonaws.com", "ses"),
        ("abcdef123456.hkph.mail-manager-smtp.amazonaws.com", "mail-manager"),
        ("smtp.office365.com", "microsoft-365"),
        ("smtp.gmail.com", "gmail"),
        ("smtp.sendgrid.net", "sendgrid"),
        ("relay.corp.example", "relay"),
        ("smtp.gmail.com.attacker.example", "relay"),
        ("notsmtp.office365.com.example", "relay"),
    ],
)
def test_by_host_name(host: str, kind: str) -> None:
    assert of_host(host) == (kind, "host")


@pytest.mark.parametrize("host", ["10.0.0.6", "localhost", "mailhost", None])
def test_an_address_or_a_bare_name_says_nothing(host: str | None) -> None:
    assert of_host(host) == ("unknown", "none")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("535 Authentication Credentials Invalid", "ses"),
        ("535-5.7.8 Username and Password not accepted. d9443c01a7336-xyz.12 - gsmtp", "gmail"),
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "microsoft-365"),
        ("535 5.7.8 Error: authentication failed: authentication failure", "relay"),
        ("535 5.7.8 authentication refused", "unknown"),
    ],
)
def test_by_the_style_of_a_reply(reply: str, kind: str) -> None:
    assert of_host(None, AUTH + reply)[0] == kind


def test_an_alias_of_ses_speaks_as_ses() -> None:
    assert of_host("mail.corp.example", AUTH + "535 Authentication Credentials Invalid") == ("ses", "reply")
    assert of_host("mail.corp.example", AUTH + "535 5.7.8 no") == ("relay", "host")


def test_the_greeting_outweighs_a_reply() -> None:
    smtp = SmtpDialogue(banner="220 mx.example ESMTP Postfix (Debian)", greeting_code=220)
    stream = Stream(HERE, Endpoint("10.0.0.1", 1), Endpoint("10.0.0.2", 25), TcpConnection(), smtp=smtp)
    server = server_of(parse_text(AUTH + "535 Authentication Credentials Invalid", HERE), (stream,))
    assert (server.kind, server.name, server.ground) == ("relay", "Postfix", "greeting")


def test_every_base_of_facts_says_who_the_server_is() -> None:
    (server,) = FactBase.about({}, ()).of("smtp.server")
    assert server == server_of((), ())
    assert "smtp.server" in FactBase.about({}, ()).handed_in
