"""Trust that works and will not last: on what it rests, told for the chain that Amazon's is like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pki.test_path import FULL, judged, read
from sestriage.engine.lasting import lasting_note, lasting_notes
from sestriage.i18n import translated
from sestriage.pki.lasting import rootless


@pytest.mark.parametrize(
    ("stored", "kind"),
    [
        (("leaf",), "server"),
        (("M",), "issuing-ca"),
        (("leaf", "M"), "issuing-ca"),
        (("C2",), "starfield-class-2"),
        (("leaf", "M", "C2"), "starfield-class-2"),
        (("A1",), None),
        (("A1x",), None),
        (("G2",), None),
        (("G2x",), None),
        (("C2", "A1"), None),
        (("leaf", "M", "G2"), None),
        (("leaf", "false A1"), "server"),
        (("M", "old leaf"), "issuing-ca"),
    ],
)
def test_what_the_trust_rests_on(stored: tuple[str, ...], kind: str | None) -> None:
    path = judged(FULL, stored)
    assert path.status == "trusted"
    assert (path.weak_anchor.kind if path.weak_anchor else None) == kind


def test_a_chain_that_is_not_trusted_rests_on_nothing() -> None:
    assert judged(FULL, ("false A1",)).weak_anchor is None


def test_the_day_is_that_of_the_served_certificate() -> None:
    path = judged(FULL, ("M",))
    (leaf,) = read("leaf")
    assert leaf.not_after is not None
    assert f"{leaf.not_after:%Y-%m-%d}" in (lasting_note(path) or "")


@pytest.mark.parametrize("stored", ["leaf", "M", "C2"])
def test_both_languages_and_no_repeats(stored: str) -> None:
    path = judged(FULL, (stored,))
    english, german = lasting_note(path), translated(lasting_note(path) or "", "de")
    assert english is not None
    assert german is not None
    assert english != german
    assert lasting_notes([path, path]) == [english]
    assert lasting_notes([judged(FULL, ("A1",))]) == []


def test_nothing_is_said_of_amazon_for_a_private_chain() -> None:
    path = judged(FULL, ("M",))
    assert "Amazon chooses" in (lasting_note(path) or "")
    assert "Amazon chooses" not in (lasting_note(replace(path, private_ca=True)) or "")


@pytest.mark.parametrize(
    ("stored", "kind"),
    [
        (("leaf",), "server"),
        (("M",), "issuing-ca"),
        (("leaf", "M"), "issuing-ca"),
        (("C2", "leaf", "M"), "starfield-class-2"),
        (("A1",), None),
        (("A1x",), None),
        (("leaf", "M", "G2"), None),
        (("C2", "A1"), None),
        ((), None),
    ],
)
def test_what_a_store_rests_on_whatever_is_served(stored: tuple[str, ...], kind: str | None) -> None:
    weak = rootless(read(*stored))
    assert (weak.kind if weak else None) == kind
    assert weak is None or weak.leaf_ends is None
