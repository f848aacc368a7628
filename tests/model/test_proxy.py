"""Which port of a logged failure is a proxy's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.test_join import failure
from sestriage.model.known.proxy import proxy_port, server_port

SES = "email-smtp.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("text", "host", "port", "proxy", "server"),
    [
        ("Couldn't connect to host, port: X, 587; timeout 1; Using web proxy host, port: p, 8888", SES, 587, 8888, 587),
        ("Couldn't connect to host, port: X, 587; timeout 1; Using SOCKS host, port: p, 1080", SES, 587, 1080, 587),
        ("Got bad greeting from SMTP host: X, port: 3128, response: [EOF]", SES, 3128, 3128, None),
        ("Could not connect to SMTP host: X, port: 8080, response: -1", SES, 8080, 8080, None),
        ("Got bad greeting from SMTP host: X, port: 587, response: [EOF]", SES, 587, None, 587),
        # nothing answered there: the port that somebody configured
        ("Couldn't connect to host, port: X, 8080; timeout 1", SES, 8080, None, 8080),
        # a mail server of one's own may listen anywhere
        ("Got bad greeting from SMTP host: X, port: 8080, response: [EOF]", "mail.example.com", 8080, None, 8080),
    ],
)
def test_the_proxys_port_and_the_servers(
    text: str, host: str, port: int, proxy: int | None, server: int | None
) -> None:
    event = replace(failure(None, host, port), text=text)
    assert (proxy_port(event), server_port(event)) == (proxy, server)
