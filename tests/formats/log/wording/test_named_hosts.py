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
