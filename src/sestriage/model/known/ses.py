"""Facts about Amazon SES: endpoints, regions, ports. The one home of these facts.

Grounds: the SES developer guide (pages "Connecting to an SES SMTP endpoint", "Obtaining SMTP credentials", "Regions"),
state of the table below; regions that no document names either way are absent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sestriage.model.known.ports import PORT_MODES as PORT_MODES

TABLE_DATE = "2026-11"
"""When the tables of this module were last checked."""

SMTP_REGIONS: frozenset[str] = frozenset(
    (
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"),
        *("ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-south-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
    )
)
"""Regions that have an SMTP endpoint."""

REGIONS_WITHOUT_SMTP: frozenset[str] = frozenset({"af-south-1", "ap-southeast-3", "me-south-1", "eu-central-2"})
"""Regions that offer SES without an SMTP endpoint: the endpoint's name does not resolve there."""

FIPS_REGIONS: frozenset[str] = frozenset({"us-east-1", "us-east-2", "us-west-2", "us-gov-west-1"})
"""Regions for which a FIPS endpoint has been seen."""

_REGION = r"(?P<region>[a-z]{2}(?:-[a-z]+){1,2}-\d{1,2})"
_HOST_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("smtp", rf"email-smtp\.{_REGION}\.amazonaws\.com"),
        ("smtp-fips", rf"email-smtp-fips\.{_REGION}\.amazonaws\.com"),
        ("smtp-dualstack", rf"email-smtp(?:-fips)?\.{_REGION}\.api\.aws"),
        ("smtp-vpce", rf"[a-z0-9-]+\.email-smtp\.{_REGION}\.vpce\.amazonaws\.com"),
        ("https-api", rf"email(?:-fips)?\.{_REGION}\.(?:amazonaws\.com|api\.aws)"),
        ("inbound", rf"inbound-smtp\.{_REGION}\.amazonaws\.com"),
        ("feedback", rf"feedback-smtp\.{_REGION}\.amazonses\.com"),
        ("mail-manager", r"[a-z0-9-]+(?:\.[a-z0-9-]+){0,3}\.mail-manager-smtp\.(?:[a-z0-9-]+\.)?amazonaws\.com"),
        ("smtp-name-only", r"email-smtp\.amazonaws\.com"),
    )
)


@dataclass(frozen=True, slots=True)
class HostForm:
    """Classify a mail server's host name.

    `kind` is one of `smtp`, `smtp-fips`, `smtp-dualstack`, `smtp-vpce` (SES SMTP endpoints), `https-api`, `inbound`,
    `feedback` (AWS, but no SES SMTP endpoint), `mail-manager` (an ingress endpoint: a mail server with
    credentials and rules of its own), `smtp-name-only` (the greeting's name, which is no
    endpoint). `region` is None where the form has none.
    """

    kind: str
    region: str | None

    @property
    def is_endpoint(self) -> bool:
        """True for an SES SMTP endpoint by the form of its name."""
        return self.kind in ("smtp", "smtp-fips", "smtp-dualstack", "smtp-vpce")

    @property
    def region_has_smtp(self) -> bool | None:
        """The region has an SMTP endpoint, by the tables of this module; None for a region that they do not list."""
        if self.region in SMTP_REGIONS:
            return True
        return False if self.region in REGIONS_WITHOUT_SMTP else None


def host_form(host: str | None) -> HostForm | None:
    """The form of an AWS mail host name; None for any other name (and for None)."""
    if not host:
        return None
    name = host.strip().rstrip(".").lower()
    for kind, pattern in _HOST_FORMS:
        if match := pattern.fullmatch(name):
            return HostForm(kind, match.groupdict().get("region"))
    return None


def is_ses_endpoint(host: str | None) -> bool:
    """True if the name is that of an SES SMTP endpoint."""
    form = host_form(host)
    return form is not None and form.is_endpoint
