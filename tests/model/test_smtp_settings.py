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


@pytest.mark.parametrize(
    ("server", "identities", "shown"),
    [
        (None, ("example.com",), False),  # they are given for an ingress endpoint of Mail Manager, too
        ("email-relay.us-east-1.amazonaws.com", ("example.com",), True),
        ("email-smtp.us-east-1.example.com", ("example.com",), True),
        ("mail.example.com", ("example.com",), False),
    ],
)
def test_verified_identities_show_ses_together_with_a_name_like_its_own(
    server: str | None, identities: tuple[str, ...], shown: bool
) -> None:
    assert SmtpSettings(HERE, server=server, verified_domains=identities).ses_shown is shown


@pytest.mark.parametrize(
    ("server", "meant"),
    [
        ("email-smtp.us-east-1", True),  # the end was lost in copying
        ("email-smtp.us-east-1.amazonses.com", True),
        ("mail-smtp.us-east-1.example.com", False),  # a relay of another domain, or an alias
        (None, True),
    ],
)
def test_a_name_of_another_domain_is_not_taken_for_an_endpoint(server: str | None, meant: bool) -> None:
    assert SmtpSettings(HERE, server=server).for_ses is meant
