"""Message ids of SES. The id of the Cisco document is the one sample whose time stands in print (27 May 2022)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sestriage.formats.message_id import REGION_CODES, decode_message_id, message_ids

TAIL = "fa246764-b234-4a11-8d5e-0c9a7a9d3b10-000000"
CISCO = f"0100018106685484-{TAIL}"


def test_the_id_of_the_cisco_document() -> None:
    found = decode_message_id(f"250 Ok {CISCO}")
    assert found is not None
    assert found.region == "us-east-1"
    assert found.time == datetime(2022, 5, 27, 16, 45, 9, 636000, tzinfo=UTC)
    assert found.text == CISCO


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("0101", "us-west-2"),
        ("0102", "eu-west-1"),
        ("0107", "eu-central-1"),
        ("010F", "us-east-2"),
        ("0110", "eu-north-1"),
    ],
)
def test_region_codes(code: str, region: str) -> None:
    found = decode_message_id(f"<{code}018106685484-{TAIL}@{region}.amazonses.com>")
    assert found is not None
    assert found.region == region


def test_an_unknown_code_has_a_time_and_no_region() -> None:
    found = decode_message_id(f"01ff018106685484-{TAIL}")
    assert found is not None
    assert (found.region, found.code) == (None, "01ff")
    assert found.time.year == 2022


@pytest.mark.parametrize(
    "text",
    [
        "",
        "250 Ok",
        "<1234567890.17.1757401200000@sna-manager.example.com>",
        f"x{CISCO}",
        f"{CISCO}0",
        f"0100ffffffffffff-{TAIL}",  # a time after the year 9999
        f"0100000000000000-{TAIL}",  # 1970
        "0100018106685484-fa246764-b234-4a11-8d5e-0c9a7a9d3b1-000000",
    ],
)
def test_what_is_no_id(text: str) -> None:
    assert decode_message_id(text) is None


def test_several_ids_in_a_log() -> None:
    second = CISCO.replace("0100", "0102", 1)
    assert [found.region for found in message_ids(f"a {CISCO} b {second} c")] == ["us-east-1", "eu-west-1"]


@given(st.sampled_from(sorted(REGION_CODES)), st.datetimes(datetime(2011, 1, 2), datetime(2099, 1, 1)))
def test_round_trip(code: str, moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    milliseconds = round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
    found = decode_message_id(f"{code}{milliseconds:012x}-{TAIL}")
    assert found is not None
    assert (found.region, found.time) == (REGION_CODES[code], moment)


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    decode_message_id(text)
