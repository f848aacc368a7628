"""The file of known events: its form, and what it must not say."""

from __future__ import annotations

import re
from datetime import date

import pytest

from sestriage.model.forecast.events import EVENTS
from sestriage.pki.known_events import FILE, known_events, read_events

GOOD = """
[[event]]
id = "x"
certainty = "announced"
since = 2024-08-01
until = 2024-10-01
scope = "amazon"
what = "Something changes."
source = "its owner"
"""


def test_the_packaged_file_is_well_formed() -> None:
    events = known_events()
    assert events
    for name, event in events.items():
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert date(2015, 1, 1) < event.since < date(2100, 1, 1)
        assert event.what.endswith(".")
        assert event.source
        assert event.url is None or event.url.startswith("https://")


def test_what_is_warned_of_is_announced_and_has_words() -> None:
    """A guess may stand in the file, and in no report."""
    events = known_events()
    assert {name for name, event in events.items() if event.certainty == "announced"} <= set(EVENTS)
    assert not {name for name, event in events.items() if event.certainty == "guess"} & set(EVENTS)
    assert {"intermediate-rotated", "class-2-cross-dropped"} <= set(events)


def test_an_event_as_it_should_be() -> None:
    (event,) = read_events(GOOD).values()
    assert (event.since, event.until) == (date(2024, 8, 1), date(2024, 10, 1))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"announced"', '"likely"', "certainty"),
        ("2024-08-01", '"2024-08-01"', "dates"),
        ("2024-08-01", "2024-08-01T00:00:00Z", "dates"),
        ("2024-10-01", "2024-07-01", "ends before"),
        ('source = "its owner"', "", "source"),
        ('what = "Something changes."', 'what = " "', "what"),
        ('"amazon"', '"all"', "scope"),
        ('id = "x"', 'id = "x"\ncertain = true', "unknown key certain"),
    ],
)
def test_a_fault_is_named(was: str, becomes: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_events(GOOD.replace(was, becomes))


def test_an_event_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        read_events(GOOD + GOOD)


def test_every_event_has_its_place_in_the_domain_facts() -> None:
    """The days that the file names stand in docs/domain.md."""
    text = (FILE.parents[3] / "docs" / "domain.md").read_text(encoding="utf-8")
    announced = [event for event in known_events().values() if event.certainty == "announced"]
    for event in announced:
        day = event.since
        assert any(each in text for each in (day.isoformat(), f"{day:%B %Y}")), event.id
