"""The server's name: what stands in its place is not taken for one."""

from __future__ import annotations

import pytest

from formats.log.helpers import only

NESTED = "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: {name}, 587; timeout 5000;\n"
UNKNOWN = "  nested exception is:\n\tjava.net.UnknownHostException: {name}\n"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (NESTED + UNKNOWN, "mail.example.com"),
        ("javax.mail.MessagingException: Unknown SMTP host: {name};\n" + UNKNOWN, "mail.example.com"),
        (UNKNOWN.strip().partition("\t")[2], "mail.example.com"),
    ],
)
def test_a_name_an_address_with_a_scheme_and_none(text: str, host: str) -> None:
    assert only(text.format(name="mail.example.com")).host == host
    assert only(text.format(name="smtp://mail.example.com")).host is None
    assert only(text.format(name="")).host is None


@pytest.mark.parametrize(
    "text",
    [
        "x509: certificate is valid for email-smtp.us-east-1.amazonaws.com, not mail.example.com",
        "x509: certificate is valid for smtp.example.org, email-smtp.us-east-1.amazonaws.com, not mail.example.com",
        "Hostname/IP does not match certificate's altnames: Host: mail.example.com. is not in the cert's altnames:"
        " DNS:email-smtp.us-east-1.amazonaws.com",
        "certificate verify failed: Hostname mismatch, certificate is not valid for 'mail.example.com'. (_ssl.c:1007)",
    ],
)
def test_the_name_asked_for_and_not_those_of_the_certificate(text: str) -> None:
    message = "javax.mail.MessagingException: Could not convert socket to TLS;\n  nested exception is:\n\t"
    assert only(message + "javax.net.ssl.SSLHandshakeException: " + text).host == "mail.example.com"


def test_the_endpoint_asked_for_where_the_certificate_has_another_name() -> None:
    text = "x509: certificate is valid for mail.example.com, not email-smtp.us-east-1.amazonaws.com"
    assert only("javax.mail.MessagingException: " + text).host == "email-smtp.us-east-1.amazonaws.com"
