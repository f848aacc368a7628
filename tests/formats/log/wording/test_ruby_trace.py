"""What Ruby's Net::SMTP was doing, by the places of its backtrace."""

from __future__ import annotations

import pytest

from sestriage.formats.log.wording.ruby_trace import net_smtp_step

PLACE = "/usr/lib/ruby/2.7.0/net/smtp.rb:{line}:in "
START = PLACE.format(line=555) + "`block in do_start'"


@pytest.mark.parametrize(
    ("inner", "step"),
    [
        ("`tcp_socket'", "connect"),
        ("'Net::SMTP#tcp_socket'", "connect"),
        ("'block in Net::SMTP#do_start'", "greeting"),
        ("`tlsconnect'", None),
        ("`recv_response'", "greeting"),
        ("`ehlo'", "ehlo"),
        ("`auth_plain'", "auth"),
        ("`block in rcptto'", "rcpt"),
        ("`quit'", "quit"),
    ],
)
def test_the_innermost_telling_place(inner: str, step: str | None) -> None:
    assert net_smtp_step(f"Net::ReadTimeout\n{PLACE.format(line=942)}{inner}\n{START}") == step


def test_other_places() -> None:
    assert net_smtp_step("Net::OpenTimeout\n/usr/lib/ruby/2.7.0/net/http.rb:987:in `initialize'") is None
