"""The forecast held against the JDK: every changed world is signed for real, and Java is asked on the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import chain, combinations
from pathlib import Path

import pytest

from pki.forecastlab import FULL, INSPECTED, NOW, SHORT, SOURCE, World, day, encoded, read, store_of
from pki.probe import ask_java, javas, joined
from sestriage.engine.certs.public_roots import PublicRoots
from sestriage.model.forecast.result import Forecast, WhatIf
from sestriage.model.known.published import PUBLISHED_ROOTS
from sestriage.model.trust import LISTING, Certificate, StoreEntry, TrustStore
from sestriage.pki.forecast import forecast
from sestriage.pki.known_events import known_events
from sestriage.pki.lasting import lasting_note
from sestriage.pki.path import decide

ROTATED = ("leaf by M2", "M2", "A1x", "G2x")
CLASS_2 = frozenset({"C2"})
ROOT_1 = frozenset({"A1", "A1x", "false A1", "expired A1"})
WORLDS: list[tuple[WhatIf, tuple[str, ...], World]] = [
    (WhatIf(leaf_renewed=True), FULL, World("renewed", ("leaf renewed", *FULL[1:]))),
    (WhatIf(leaf_renewed=True), SHORT, World("renewed, short", ("leaf renewed", *SHORT[1:]))),
    (WhatIf(leaf_renewed=True), ("leaf", "M"), World("renewed, no root sent", ("leaf renewed", "M"))),
    (WhatIf(leaf_renewed=True), ("leaf",), World("renewed, alone", ("leaf renewed",))),
    (WhatIf(leaf_renewed=True), INSPECTED, World("renewed, inspected", ("leaf inspected renewed", "gateway"))),
    (WhatIf(intermediate_rotated=True), FULL, World("rotated", ROTATED)),
    (WhatIf(intermediate_rotated=True), SHORT, World("rotated, short", ROTATED[:3])),
    (WhatIf(intermediate_rotated=True), ("leaf", "M"), World("rotated, no root sent", ROTATED[:2])),
    (WhatIf(intermediate_rotated=True), ("leaf",), World("rotated, alone", ROTATED[:1])),
    (WhatIf(without_cross_signed=True), FULL, World("no cross", ("leaf", "M"))),
    (WhatIf(without_cross_signed=True), SHORT, World("no cross, short", ("leaf", "M"))),
    (WhatIf(("Starfield Class 2",)), FULL, World("no class 2", SHORT, CLASS_2)),
    (WhatIf(("starfield services",)), FULL, World("no G2", ("leaf", "M"), frozenset({"G2", "G2x"}))),
    (WhatIf(("Amazon Root CA 1",)), FULL, World("no A1", ("leaf", "G2x"), ROOT_1)),
    (WhatIf(("M01",)), FULL, World("no M01", ("leaf", "A1x", "G2x"), frozenset({"M"}))),
    (WhatIf(at=day(2026, 12, 2)), FULL, World("tomorrow", FULL, at=day(2026, 12, 2))),
    (WhatIf(at=day(2027, 6, 1)), FULL, World("leaf over", ("leaf renewed", *FULL[1:]), at=day(2027, 6, 1))),
    (WhatIf(at=day(2030, 9, 1)), FULL, World("M01 over", ROTATED, at=day(2030, 9, 1))),
    (WhatIf(at=day(2035, 1, 1)), FULL, World("G2x over", ROTATED[:3], at=day(2035, 1, 1))),
    (WhatIf(at=day(2038, 1, 5)), FULL, World("A1x over", ROTATED[:2], at=day(2038, 1, 5))),
    (
        WhatIf(at=day(2028, 1, 1)),
        INSPECTED,
        World("inspected", ("leaf inspected renewed", "gateway"), at=day(2028, 1, 1)),
    ),
    (
        WhatIf(("Class 2",), intermediate_rotated=True, at=day(2027, 6, 1)),
        FULL,
        World("rotated without class 2", ROTATED[:3], CLASS_2, day(2027, 6, 1)),
    ),
    (
        WhatIf(without_cross_signed=True, leaf_renewed=True),
        FULL,
        World("renewed without cross", ("leaf renewed", "M")),
    ),
]  # fmt: skip
"""What is asked, what is served today, and what the lab signs for it."""
STORED = ("leaf", "M", "A1", "A1x", "G2", "G2x", "C2", "false A1", "expired A1", "old leaf", "inner", "gateway")
STORES = [
    *chain.from_iterable(combinations(STORED, count) for count in (0, 1, 2)),
    ("leaf", "M", "C2"),
    ("M", "A1x", "C2"),
]
"""All stores of up to two certificates, and two of three."""


def answer(what_if: WhatIf, served: tuple[str, ...], stored: tuple[str, ...], jdk: str) -> str | None:
    found = forecast(store_of(*stored), read(*served), NOW, jdk, what_if)
    (step,) = found.steps
    return step.message


def line(name: str, at: datetime, served: list[bytes], stored: list[bytes]) -> str:
    return f"{name}\t{int(at.timestamp()) * 1000}\t{joined(served)}\t{joined(stored)}"


@pytest.mark.parametrize(("jdk", "java"), javas(), ids=[generation for generation, _ in javas()])
def test_every_what_if_has_javas_answer_for_the_chain_that_is_signed_for_it(
    jdk: str, java: str, tmp_path: Path
) -> None:
    lines, ours = [], {}
    for number, (what_if, served, world) in enumerate(WORLDS):
        for stored in STORES:
            name = f"{number} {world.name} {stored}"
            ours[name] = answer(what_if, served, stored, jdk) is None
            certificates = [encoded(role) for role in world.stored(stored)]
            lines.append(line(name, world.at, [encoded(role) for role in world.served], certificates))
    answers = ask_java(java, lines, tmp_path)
    theirs = {name: said == "OK" for name, said in answers.items()}
    assert {name: said for name, said in theirs.items() if said is not ours[name]} == {}
    assert 0.05 < sum(theirs.values()) / len(theirs) < 0.95, "the cases must exercise both answers"
    for number, (_, _, world) in enumerate(WORLDS):
        said = {theirs[f"{number} {world.name} {stored}"] for stored in STORES}
        assert said == ({False} if world.served == ROTATED[:1] else {True, False}), world.name


SIGNED = {
    "today": FULL,
    "leaf-renewed": ("leaf renewed", *FULL[1:]),
    "intermediate-rotated": ROTATED,
    "class-2-cross-dropped": ROTATED[:3],
    "cross-signed-ends": ROTATED[:2],
}


@pytest.mark.parametrize(("jdk", "java"), javas(), ids=[generation for generation, _ in javas()])
def test_every_step_has_javas_answer_on_its_day(jdk: str, java: str, tmp_path: Path) -> None:
    lines, ours = [], {}
    for stored in STORES:
        found = forecast(store_of(*stored), read(*FULL), NOW, jdk)
        for number, step in enumerate(found.steps):
            name = f"{stored} {number} {step.event}"
            ours[name] = step.trusted
            served = [encoded(role) for role in SIGNED[step.event]]
            lines.append(line(name, step.at, served, [encoded(role) for role in stored]))
        assert found.verdict == ("safe" if all(step.trusted for step in found.steps) else "breaks")
    answers = ask_java(java, lines, tmp_path)
    assert {name: said == "OK" for name, said in answers.items()} == ours


@pytest.mark.parametrize(("jdk", "java"), javas(), ids=[generation for generation, _ in javas()])
def test_mail_stops_when_the_last_key_is_gone(jdk: str, java: str, tmp_path: Path) -> None:
    """Each key alone completes a path, by Java; without all of them there is none."""
    lines, wanted = [], {}
    for stored in STORES:
        found = forecast(store_of(*stored), read(*FULL), NOW, jdk)
        served = [encoded(role) for role in FULL]
        keys = {key.spki_sha256: [each.der for each in key.certificates] for key in found.rests_on}
        for spki, alone in keys.items():
            lines.append(line(f"{stored} {spki}", NOW, served, alone))
            wanted[f"{stored} {spki}"] = True
        rest = [encoded(role) for role in stored if not any(encoded(role) in alone for alone in keys.values())]
        if rest and keys:
            lines.append(line(f"{stored} rest", NOW, served, rest))
            wanted[f"{stored} rest"] = False
    answers = ask_java(java, lines, tmp_path)
    assert {name: said == "OK" for name, said in answers.items()} == wanted


def event(found: Forecast) -> str | None:
    return found.broken.event if found.broken is not None else None


@pytest.mark.parametrize("served", [FULL, SHORT])
def test_what_triage_warns_of_is_what_the_forecast_says(served: tuple[str, ...]) -> None:
    """A success is warned of exactly where a known change that may come any day ends the mail, in the same words."""
    for stored in STORES:
        path = decide(read(*served), store_of(*stored), NOW, "now", None)
        found = forecast(store_of(*stored), read(*served), NOW)
        soon = found.broken is not None and found.broken.event not in ("today", "cross-signed-ends")
        assert (lasting_note(path) is not None) is soon, stored
        assert found.warning == lasting_note(path)


def published(role: str, name: str) -> Certificate:
    """The lab's certificate with the published key in the place of the lab's."""
    root = next(each for each in PUBLISHED_ROOTS if each.name == name)
    (made,) = read(role)
    return replace(made, spki_sha256=root.spki_sha256, subject_key_id=root.subject_key_id, published_as=root.name)


REAL = {
    "A1": ("A1", "Amazon Root CA 1"),
    "G2": ("G2", "Starfield Services Root CA - G2"),
    "C2": ("C2", "Starfield Class 2 CA"),
}


def below_the_real_root() -> Certificate:
    """The lab's issuing CA as if the real Amazon Root CA 1 had signed it."""
    (made,) = read("M")
    (root,) = (each for each in PUBLISHED_ROOTS if each.name == "Amazon Root CA 1")
    return replace(made, signed_by_key=root.spki_sha256, authority_key_id=root.subject_key_id)


def held(*roles: str) -> TrustStore:
    made = {**{role: published(*told) for role, told in REAL.items()}, "M": below_the_real_root()}
    made["lab's M"] = read("M")[0]
    entries = [made[role] if role in made else read(role)[0] for role in roles]
    return TrustStore(SOURCE, "pem", tuple(StoreEntry(each) for each in entries))


@pytest.mark.parametrize(
    ("stored", "ground", "verdict", "event_id", "latest"),
    [
        (("A1",), "published", "safe", None, None),
        (("G2",), "published", "breaks", "cross-signed-ends", day(2037, 12, 31, 1)),
        (("C2",), "published", "breaks", "class-2-cross-dropped", day(2034, 6, 28, 17, 39, 16)),
        (("M",), "stored", "breaks", "intermediate-rotated", None),
        (("leaf",), "stored", "breaks", "leaf-renewed", day(2027, 4, 17)),
        (("old leaf",), "stored", "breaks", "leaf-renewed", day(2026, 5, 1)),
        (("old leaf", "A1"), "stored", "safe", None, None),
        (("leaf", "M", "G2"), "stored", "breaks", "cross-signed-ends", day(2037, 12, 31, 1)),
        (("M", "C2"), "stored", "breaks", "class-2-cross-dropped", day(2034, 6, 28, 17, 39, 16)),
        ((), "published", "breaks", "today", None),
        (("inner",), "published", "unknown", None, None),
        (("false A1",), "published", "unknown", None, None),
        (("lab's M",), "published", "unknown", None, None),
        (("lab's M", "A1"), "published", "safe", None, None),
        (("leaf inspected",), "published", "unknown", None, None),
    ],
)
def test_a_store_alone_is_held_against_what_is_published(
    stored: tuple[str, ...], ground: str, verdict: str, event_id: str | None, latest: datetime | None
) -> None:
    found = forecast(held(*stored), None, NOW)
    assert (found.ground, found.verdict, event(found)) == (ground, verdict, event_id)
    assert (found.broken.latest if found.broken else None) == latest
    assert (found.lacks is not None) is (verdict == "unknown")


@pytest.mark.parametrize(
    ("store", "lacks"),
    [
        (TrustStore(SOURCE, "pkcs12", problem="wrong password", readable=False), "wrong password"),
        (replace(store_of("inner"), problem="damaged at byte 7", problem_kind="partial"), "damaged at byte 7"),
    ],
)
def test_what_cannot_be_read_is_lacking(store: TrustStore, lacks: str) -> None:
    found = forecast(store, read(*FULL), NOW)
    assert found.verdict == "unknown"
    assert lacks in str(found.lacks)


def test_a_store_that_was_read_in_part_is_safe_by_what_was_read() -> None:
    part = replace(store_of("A1"), problem="damaged at byte 7", problem_kind="partial")
    assert forecast(part, read(*FULL), NOW).verdict == "safe"


def test_a_listing_gives_an_answer_where_its_fingerprints_do() -> None:
    known, (other,) = read("A1x"), read("A1")
    unknown = replace(other, sha256="ab" * 32, der=b"", spki_sha256="", subject_key_id=None)
    for certificates, verdict in ((known, "safe"), ([unknown], "unknown")):
        store = TrustStore(SOURCE, LISTING, tuple(StoreEntry(each) for each in certificates))
        assert forecast(store, read(*FULL), NOW).verdict == verdict


def test_what_has_ended_since_it_was_seen_counts_as_renewed() -> None:
    later = day(2027, 9, 1)
    found = forecast(store_of("A1"), read(*FULL), later, seen=NOW)
    assert (found.verdict, found.renewed_since) == ("safe", True)
    ended_then = forecast(store_of("A1"), read(*FULL), later, seen=later)
    assert (ended_then.verdict, event(ended_then)) == ("breaks", "today")
    assert not forecast(store_of("A1"), read(*FULL), NOW, seen=NOW).renewed_since


@pytest.mark.parametrize(
    ("stored", "at", "event_id"),
    [
        (("leaf",), day(2027, 9, 1), "leaf-renewed"),
        (("M",), day(2031, 1, 1), "intermediate-rotated"),
        (("inner",), day(2027, 9, 1), "today"),
    ],
)
def test_what_broke_since_it_was_seen_broke_by_the_renewal(
    stored: tuple[str, ...], at: datetime, event_id: str
) -> None:
    """Not "today": an old leaf that is stored would be trusted for ever, if the server sent it for ever."""
    found = forecast(store_of(*stored), read(*FULL), at, seen=NOW)
    assert (found.verdict, event(found)) == ("breaks", event_id)
    assert found.broken is not None
    assert found.broken.latest == (None if event_id == "today" else day(2027, 4, 17))
    assert bool(found.warning) is bool(found.rests_on) is (event_id != "today")


def test_nothing_is_announced_for_the_chain_of_another_company() -> None:
    steps = [step.event for step in forecast(store_of("inner"), read(*INSPECTED), NOW).steps]
    assert steps == ["today", "leaf-renewed"]
    pinned = forecast(store_of("leaf inspected"), read(*INSPECTED), NOW)
    assert pinned.broken is not None
    assert (pinned.broken.earliest, pinned.broken.latest) == (day(2027, 4, 17), day(2027, 4, 17))


def test_no_guess_is_a_step() -> None:
    assert "guess" in {each.certainty for each in known_events().values()}
    for stored in STORES:
        found = forecast(store_of(*stored), read(*FULL), NOW)
        assert {step.certainty for step in found.steps} <= {"certain", "announced"}


def test_the_published_roots_end_when_their_certificates_do() -> None:
    """Of the roots in this machine's bundle."""
    roots = PublicRoots()
    found = [(root, hit) for root in PUBLISHED_ROOTS if (hit := roots(root)) is not None]
    if not found:
        pytest.skip("no CA bundle on this machine")
    assert {root.name: root.ends for root, _ in found} == {root.name: hit[0].not_after for root, hit in found}


@pytest.mark.parametrize("name", ["Amazon Root CA 1", "Starfield Services Root CA - G2", "Starfield Class 2 CA"])
def test_the_published_chain_ends_at_the_real_roots(name: str) -> None:
    root = next(each for each in PUBLISHED_ROOTS if each.name == name)
    hit = PublicRoots()(root)
    if hit is None:
        pytest.skip("the root is not in this machine's bundle")
    found = forecast(TrustStore(SOURCE, "pem", (StoreEntry(hit[0]),)), None, NOW)
    assert [key.spki_sha256 for key in found.rests_on] == [root.spki_sha256]


def test_what_is_announced_has_its_source() -> None:
    for step in forecast(store_of("A1"), read(*FULL), NOW).steps:
        assert (step.known is not None) is (step.certainty == "announced")
        assert step.known is None or (step.known.id, step.known.certainty) == (step.event, "announced")


def test_a_search_that_is_given_up_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sestriage.pki.java.MAX_STEPS", 0)
    found = forecast(store_of("G2"), read("leaf", "A1x", "M"), NOW)
    assert found.verdict == "unknown"
    assert "given up" in str(found.lacks)


def test_certificates_without_names_are_no_chain() -> None:
    (leaf,) = read("leaf")
    found = forecast(store_of("A1"), [replace(leaf, subject_name_id="", problem="damaged")], NOW)
    assert found.verdict == "unknown"
    assert found.lacks
