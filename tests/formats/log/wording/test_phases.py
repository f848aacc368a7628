"""The phase that the wording of a failure proves."""

from __future__ import annotations

import pytest

from sestriage.formats.log import parse_text
from sestriage.model.phase import Phase
from sestriage.model.source import SourceRef

EOF = "javax.net.ssl.SSLException: error:0A000126:SSL routines::unexpected eof while reading"
CUT = "javax.net.ssl.SSLException: SSL peer shut down incorrectly"


@pytest.mark.parametrize(
    ("outer", "cause", "phase"),
    [
        ("Could not convert socket to TLS", EOF, Phase.TLS),
        ("Could not convert socket to TLS", CUT, Phase.TLS),
        ("Exception reading response", EOF, None),
        ("Exception reading response", CUT, None),
        ("Can't send command to SMTP host", CUT, None),
        (
            "Exception reading response",
            "javax.net.ssl.SSLException: error:0A000410:SSL routines::sslv3 alert handshake failure",
            Phase.TLS,
        ),
    ],
)
def test_an_end_of_the_stream_is_of_the_handshake_only_where_that_was_under_way(
    outer: str, cause: str, phase: Phase | None
) -> None:
    text = f"javax.mail.MessagingException: {outer};\n  nested exception is:\n\t{cause}\n"
    (event,) = parse_text(text, SourceRef("mail.log"))
    assert event.phase == phase


def test_an_address_that_was_not_resolved_failed_at_dns() -> None:
    text = (
        "ERROR Test Action failed: email action 'AWS' via mail.example.com:587\n"
        "java.nio.channels.UnresolvedAddressException: null\n"
    )
    (event,) = parse_text(text, SourceRef("mail.log"))
    assert event.phase == Phase.DNS
