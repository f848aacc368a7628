"""A short run of each target of the capture parsers; longer ones: capture_atheris.py, capture_mutations.py."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import slices
from formats.capture.damage import mutated
from fuzz.capture_seeds import seeds, streams_of
from fuzz.capture_targets import CAPTURE_TARGETS

EXAMPLES = slices.count(250, 6)
SHORT = settings(max_examples=EXAMPLES, deadline=10_000, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("target", CAPTURE_TARGETS)
def test_fuzzing_begins_with_something(target: str) -> None:
    streams = streams_of(target)
    assert any(stream.tls is not None and stream.tls.client_hello_seen for stream in streams)
    assert target == "tls" or any(stream.smtp is not None and stream.smtp.starttls_command for stream in streams)


@pytest.mark.parametrize("target", CAPTURE_TARGETS)
@given(data=st.data())
@SHORT
def test_any_bytes(target: str, data: st.DataObject) -> None:
    CAPTURE_TARGETS[target](data.draw(st.binary(max_size=600)))


@pytest.mark.parametrize("target", CAPTURE_TARGETS)
@given(data=st.data(), number=st.integers(0, 1 << 32))
@SHORT
def test_damaged_seeds(target: str, data: st.DataObject, number: int) -> None:
    seed = data.draw(st.sampled_from(seeds(target)))
    CAPTURE_TARGETS[target](mutated(random.Random(number), seed))
