"""Derivation and forms of SMTP passwords. The vectors were computed by hand from AWS's published example secret and
AWS's published algorithm (SES developer guide, "Obtaining Amazon SES SMTP credentials"), outside of sestriage."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.formats.smtp_password import (
    Origin,
    derive,
    derive_old,
    identify,
    password_shape,
    possible_regions,
    shape_of_beginning,
    user_shape,
)
from sestriage.model.known.ses import REGIONS_WITHOUT_SMTP, SMTP_REGIONS

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
OTHER_SECRET = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
VECTORS = {
    "us-east-1": "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
    "us-west-2": "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd",
    "eu-west-1": "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk",
}
OLD = "An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy"


@pytest.mark.parametrize(("region", "password"), VECTORS.items())
def test_derives_the_test_vectors(region: str, password: str) -> None:
    assert derive(SECRET, region) == password


def test_derives_the_old_signature() -> None:
    assert derive_old(SECRET) == OLD
    assert identify(SECRET, OLD) == Origin(2, None)


@pytest.mark.parametrize("region", sorted(SMTP_REGIONS | REGIONS_WITHOUT_SMTP))
def test_finds_the_region_of_the_table(region: str) -> None:
    assert identify(SECRET, derive(SECRET, region)) == Origin(4, region)


@pytest.mark.parametrize("region", ["ap-southeast-7", "mx-central-1", "ca-west-1", "il-central-1", "us-gov-east-1"])
def test_finds_regions_that_the_table_lacks(region: str) -> None:
    assert identify(SECRET, derive(SECRET, region)) == Origin(4, region)


def test_a_password_of_another_secret_is_of_none() -> None:
    assert identify(OTHER_SECRET, VECTORS["us-east-1"]) is None
    assert identify(OTHER_SECRET, OLD) is None


def test_one_changed_character_is_no_match() -> None:
    for position in range(44):
        password = VECTORS["us-east-1"]
        other = "A" if password[position] != "A" else "B"
        assert identify(SECRET, password[:position] + other + password[position + 1 :], ["us-east-1"]) is None


def test_no_region_is_tried_twice() -> None:
    regions = list(possible_regions())
    assert len(regions) == len(set(regions))
    assert set(regions) >= SMTP_REGIONS


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (VECTORS["us-east-1"], "current"),
        (OLD, "old-signature"),
        (SECRET, "iam-secret"),
        ("0123456789abcdef" * 2 + "01234567", "other"),  # a token of another mail service
        ("BA23456789ABCDEF" * 2 + "01234567", "other"),
        (VECTORS["us-east-1"][:-1], "truncated"),
        (VECTORS["us-east-1"] + "A", "too-long"),
        (VECTORS["us-east-1"] + "==", "padded"),
        (VECTORS["us-east-1"] + " ", "stray-blank"),
        ("\u200b" + VECTORS["us-east-1"], "stray-blank"),
        (VECTORS["us-east-1"][:20] + "\n" + VECTORS["us-east-1"][20:], "stray-blank"),
        (f'"{VECTORS["us-east-1"]}"', "quoted"),
        ("AKIAIOSFODNN7EXAMPLE", "access-key-id"),
        ("Z" + VECTORS["us-east-1"][1:], "other-version"),
        ("", "empty"),
        ("hunter2", "other"),
        ("Pässwort", "other"),
    ],
)
def test_password_shapes(text: str, shape: str) -> None:
    assert password_shape(text) == shape


@given(st.binary(min_size=32, max_size=32))
def test_every_derived_form_is_recognised(tail: bytes) -> None:
    """`^B[A-P]` and `^A[g-v]` are what the version bytes 4 and 2 come to."""
    current = base64.b64encode(b"\x04" + tail).decode()
    old = base64.b64encode(b"\x02" + tail).decode()
    assert password_shape(current) == "current"
    assert password_shape(old) == "old-signature"
    assert current[0] == "B"
    assert "A" <= current[1] <= "P"
    assert old[0] == "A"
    assert "g" <= old[1] <= "v"


@given(st.text(max_size=100))
def test_shapes_never_fail(text: str) -> None:
    assert password_shape(text)
    assert user_shape(text)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("AKIAIOSFODNN7EXAMPLE", "access-key-id"),
        ("ASIAIOSFODNN7EXAMPLE", "temporary"),
        ("AKIAIOSFODNN7EXAMPL", "damaged-key-id"),
        ("ASIAIOSFODNN7EXAMPL", "damaged-key-id"),
        ("asiapacific", "iam-user-name"),
        ("AsiaAlarms", "iam-user-name"),
        ("akiama", "iam-user-name"),
        ("Akiakane", "iam-user-name"),
        ("akiaiosfodnn7example", "damaged-key-id"),
        ("AKIAIOSFODNN7EXAMPLES", "damaged-key-id"),
        ("AIDACKCEVSQ6C2EXAMPLE", "iam-unique-id"),
        ("arn:aws:iam::123456789012:user/ses", "arn"),
        ("ses-smtp-user.20220527-104500", "iam-user-name"),
        ("alarms@example.com", "mail-address"),
        ("AKIAIOSFODNN7EXAMPLE ", "stray-blank"),
        (VECTORS["us-east-1"], "smtp-password"),
        (VECTORS["us-east-1"][:-2], "smtp-password"),
        (SECRET, "iam-secret"),
        ("", "empty"),
    ],
)
def test_user_shapes(text: str, shape: str) -> None:
    assert user_shape(text) == shape


@pytest.mark.parametrize(
    "password",
    [
        derive(SECRET, "us-east-1"),
        derive_old(SECRET),
        SECRET,
        derive(SECRET, "eu-west-1")[:30],
        derive(SECRET, "eu-west-1") + "AAAA",
        "AKIAIOSFODNN7EXAMPLE",
        "secret",
        "",
    ],
)
def test_length_and_beginning_tell_the_same_class(password: str) -> None:
    assert shape_of_beginning(len(password), password[:2]) == password_shape(password)


def test_a_beginning_that_is_none() -> None:
    assert shape_of_beginning(44, "$x") == "other"
    assert shape_of_beginning(44, "B") == "other"
    assert shape_of_beginning(46, '"B') == "quoted"
