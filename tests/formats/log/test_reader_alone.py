"""What the words of a line say when it is an event by itself."""

from __future__ import annotations

import pytest

from sestriage.formats.log.reader import says_nothing

HEAD = "2026-03-02 04:00:00.123 INFO [action-1] c.h.response.Runner - "


@pytest.mark.parametrize(
    "text",
    [
        "Syslog action 12 done in 4 ms",
        "SNMP trap action 4711 completed",
        "Rule 7 saved",
    ],
)
def test_no_event(text: str) -> None:
    assert says_nothing(HEAD + text)


@pytest.mark.parametrize(
    "text",
    [
        "Email sent to 3 recipients",
        "Action 12 done in 4 ms",  # may be a mail action
        "Action a1b2 done in 4 ms",  # and the next of the kind has a number
        "Mail sent to 0 of 5 recipients",
        "Statistics: 3 of 5 saved",  # other numbers may say something else
        "S: 250 Email accepted",  # of a dialogue
        "535 Syslog action done",
    ],
)
def test_an_event_or_a_doubt(text: str) -> None:
    assert not says_nothing(HEAD + text)


def test_a_line_without_header_is_in_doubt() -> None:
    assert not says_nothing("Syslog action 12 done in 4 ms")
