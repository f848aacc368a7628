"""What a name in the SMTP SERVER field is, and which endpoint was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.model.known.ses import SMTP_REGIONS
from sestriage.model.known.ses_names import (
    bare_kind,
    is_private_address,
    nearest_endpoint,
    nearest_region,
    region_status,
    server_kind,
)
from sestriage.model.known.spelling import typos

EAST = "email-smtp.us-east-1.amazonaws.com"


@pytest.mark.parametrize("region", sorted(SMTP_REGIONS))
def test_every_endpoint_is_one(region: str) -> None:
    name = f"email-smtp.{region}.amazonaws.com"
    assert (server_kind(name), region_status(region), nearest_endpoint(name)) == ("smtp", "smtp", name)


@pytest.mark.parametrize(
    ("name", "kind", "nearest"),
    [
        ("email-smtp.us-east1.amazonaws.com", "misspelt", EAST),
        ("email-smtp.us-esat-1.amazonaws.com", "misspelt", EAST),
        ("email-smtp-us-east-1.amazonaws.com", "misspelt", EAST),
        ("email-smtp.us-east-1.amazonses.com", "misspelt", EAST),
        ("email-smtp.us-east-1.amazonaws", "misspelt", EAST),
        ("email-smtp.us-east-1", "misspelt", EAST),
        ("smtp.us-east-1.amazonaws.com", "misspelt", EAST),
        ("emailsmtp.us-east-1.amazonaws.com", "misspelt", EAST),
        (f"https://{EAST}/", "stray", EAST),
        (f"{EAST}:587", "stray", EAST),
        (f" {EAST}", "stray", EAST),
        ("email.us-east-1.amazonaws.com", "https-api", EAST),
        ("email-fips.us-east-1.amazonaws.com", "https-api", "email-smtp-fips.us-east-1.amazonaws.com"),
        ("email-fips.ca-central-1.amazonaws.com", "https-api", "email-smtp.ca-central-1.amazonaws.com"),
        ("inbound-smtp.us-east-1.amazonaws.com", "inbound", EAST),
        ("feedback-smtp.us-east-1.amazonses.com", "feedback", EAST),
        ("abc.mail-manager-smtp.amazonaws.com", "mail-manager", None),
        ("email-smtp.amazonaws.com", "smtp-name-only", None),
        ("email-smtp-fips.us-east-1.amazonaws.com", "smtp-fips", EAST),
        ("email-smtp.us-east-1.api.aws", "smtp-dualstack", EAST),
        ("vpce-0a1b-2c3d.email-smtp.us-east-1.vpce.amazonaws.com", "smtp-vpce", EAST),
        ("54.240.8.30", "ip-address", None),
        ("2600:1f18::1", "ip-address", None),
        ("[2600:1f18::1]", "ip-address", None),
        ("[54.240.8.30]", "stray", None),
        ("[54.240.8.30", "stray", None),
        ("[[2600:1f18::1]]", "stray", None),
        ("54.240.8.30 ", "stray", None),
        ("[mail.example.com]", "stray", None),
        (f"[{EAST}]:587", "stray", EAST),
        ("email-smtp.af-south-1.amazonaws.com", "smtp", None),
        ("email-smtp.ap-southeast-5.amazonaws.com", "smtp", None),
        ("smtp.gmail.com", "other", None),
        ("mail.example.com", "other", None),
        ("email-smtp.example.com", "other", None),
        ("relay", "other", None),
        ("email-smtp.cn-north-1.amazonaws.com.cn", "other", None),
        ("email-smtp.eusc-de-east-1.amazonaws.eu", "other", None),
    ],
)
def test_names(name: str, kind: str, nearest: str | None) -> None:
    assert (server_kind(name), nearest_endpoint(name)) == (kind, nearest)


@pytest.mark.parametrize(
    ("region", "status"),
    [
        ("us-east-1", "smtp"),
        ("af-south-1", "no-smtp"),
        ("eu-central-2", "no-smtp"),
        ("ap-southeast-7", "unverified"),
        ("us-gov-west-1", "smtp"),
        ("us-esat-1", "misspelt"),
        ("us-east-11", "misspelt"),
        ("useast1", "misspelt"),
        ("", "misspelt"),
    ],
)
def test_regions(region: str, status: str) -> None:
    assert region_status(region) == status


def test_nearest_regions() -> None:
    assert nearest_region("us-esat-1") == "us-east-1"
    assert nearest_region("eu-wst-1") == "eu-west-1"
    assert nearest_region("completely-else") is None


@pytest.mark.parametrize(
    ("one", "other", "count"), [("", "", 0), ("ab", "ba", 1), ("abc", "abd", 1), ("abc", "", 3), ("a", "abc", 2)]
)
def test_typos(one: str, other: str, count: int) -> None:
    assert typos(one, other) == typos(other, one) == count


@given(st.text(max_size=300))
def test_any_name(name: str) -> None:
    server_kind(name)
    nearest_endpoint(name)
    is_private_address(name)


@pytest.mark.parametrize(
    ("server", "kind"),
    [
        ("mail.example.com:25", "other"),
        ("smtp://mail.example.com", "other"),
        ("192.0.2.25:25", "ip-address"),
        ("[192.0.2.25]", "ip-address"),
        ("192.0.2.25 ", "ip-address"),
        ("[mail.example.com]", "other"),
        ("email-smtp.us-east-1.amazonaws.com:587", "smtp"),
        ("abcdef123456.hkph.mail-manager-smtp.amazonaws.com:587", "mail-manager"),
        ("mail.example.com", "other"),
    ],
)
def test_the_name_alone_in_a_field_with_more(server: str, kind: str) -> None:
    assert bare_kind(server) == kind


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("10.1.2.3", True),
        ("192.168.1.1", True),
        ("100.64.0.1", True),
        ("::1", True),
        ("fd00::1", True),
        ("54.240.8.30", False),
        ("203.0.113.9", False),
        ("mail.example.com", False),
    ],
)
def test_private_addresses(address: str, private: bool) -> None:
    assert is_private_address(address) is private
