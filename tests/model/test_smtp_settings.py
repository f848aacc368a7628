"""What the SMTP form of a Manager shows of the server that it is meant for."""

from __future__ import annotations

import pytest

from sestriage.model.config import SmtpSettings
from sestriage.model.source import SourceRef

HERE = SourceRef("manager.toml")


@pytest.mark.parametrize(
    ("server", "user_shape", "shown"),
    [
        ("email-smtp.us-east-1.amazonaws.com", None, True),
        ("email.us-east-1.amazonaws.com", None, True),  # another interface of SES
        ("email-smtp.us-esat-1.amazonaws.com", None, True),  # an endpoint's form, of a region that cannot be
        ("email-relay.us-east-1.amazonaws.com", "mail-address", False),  # the name only resembles one
        ("email-smtp.us-east-1.example.com", None, False),
        ("email-relay.us-east-1.amazonaws.com", "access-key-id", True),
        ("mail.example.com", "access-key-id", False),
        (None, None, False),
        (None, "access-key-id", True),
    ],
)
def test_a_name_that_resembles_an_endpoint_shows_nothing(
    server: str | None, user_shape: str | None, shown: bool
) -> None:
    assert SmtpSettings(HERE, server=server, user_shape=user_shape).ses_shown is shown
