"""The catalogue of rules, and the leaflets that it is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from sestriage.model.facts import FactBase
from sestriage.rules import Rule, load_rules
from sestriage.rules.authoring.catalogue import FILE_NAME, catalogue
from sestriage.rules.files import folders, listing, packaged_folder, rule_files
from sestriage.rules.fixes.case import CaseFacts
from sestriage.rules.fixes.commands import GENERIC_STEPS
from sestriage.rules.language.evaluate import Selections, Selector
from sestriage.rules.loader import folders as loader_folders
from sestriage.rules.loader import rule_files as loader_rule_files
from sestriage.rules.matched import MatchedRule
from sestriage.rules.schema import Fix
from sestriage.rules.texts.rule_summary import read

RULES = load_rules().rules
FILES = listing()


def test_the_committed_catalogue_is_current() -> None:
    committed = (Path(packaged_folder()) / FILE_NAME).read_text(encoding="utf-8")
    assert committed == catalogue(), "run: python -m sestriage.rules.authoring.catalogue"


def test_every_rule_has_its_section_with_its_examples() -> None:
    text = catalogue()
    for rule in RULES.values():
        assert text.count(f"\n## {rule.id}\n") == 1
    sources = sum(Path(rule.path).read_text(encoding="utf-8").count("[[example]]\n") for rule in RULES.values())
    assert text.count("\nExample") == sources


def test_the_two_listings_agree(tmp_path: Path) -> None:
    (tmp_path / "a" / "b" / "c" / "d" / "e").mkdir(parents=True)
    (tmp_path / "locale" / "de").mkdir(parents=True)
    for place in ("x.toml", "shared.toml", ".hidden.toml", "a/y.toml", "locale/de/x.toml", "a/b/c/d/z.toml",
                  "a/b/c/d/e/deep.toml", "notes.txt"):  # fmt: skip
        (tmp_path / place).write_text("", encoding="utf-8")
    for folder in (str(tmp_path), f"{tmp_path}/", packaged_folder()):
        assert [Path(path) for path in rule_files(folder)] == list(loader_rule_files(Path(folder)))
    assert tuple(Path(name) for name in folders(["/x"])) == loader_folders([Path("/x")])


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_leaflet_says_what_the_rule_says(rule: Rule) -> None:
    leaflet = read(*FILES[rule.id][0], FILES)
    assert (leaflet.rule, leaflet.phase, leaflet.severity) == (rule.id, rule.phase, rule.severity)
    assert leaflet.references == rule.references
    assert [title.rule for title in leaflet.alternatives] == [name for name in rule.alternatives if name in RULES]
    assert [title.title for title in leaflet.alternatives] == [
        read(*FILES[name][0], FILES).title for name in rule.alternatives if name in RULES
    ]
    assert len(leaflet.needs) == len(rule.needs)
    assert len(leaflet.steps) >= len(rule.fixes)
    shown = " ".join(str(part) for part in leaflet)
    assert "builtin:" not in shown
    assert "{case." not in shown


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_proofs_name_the_kinds_of_the_selections(rule: Rule) -> None:
    kinds = {selection.kind for selection in rule.selections.values()}
    leaflet = read(*FILES[rule.id][0], FILES)
    assert {kind for proof in leaflet.proofs for way in proof.evidence for kind in way} <= kinds
    confidences = {"confirmed": rule.confirmed, "likely": rule.likely, "suspected": rule.when}
    assert {proof.confidence for proof in leaflet.proofs} <= {name for name, has in confidences.items() if has}


@pytest.mark.parametrize(
    ("rule", "confidence", "evidence"),
    [
        # confirmed = "weak_refused or (weak and (openssl or jsse))": the capture alone is enough
        ("dh-key-too-small", "confirmed", (("tcp.stream",),)),
        ("dh-key-too-small", "likely", (("log.event",),)),
        # likely = "logged", shared selection
        ("pkix-path-not-found", "likely", (("log.event",),)),
        ("smtp-credentials-invalid", "confirmed", (("log.event",), ("smtp.dialogue",))),
        # likely = "path", when = "(logged or (refused and ...)) and path": the path alone meets no rule
        ("look-alike-root", "likely", (("log.event", "trust.path"), ("tcp.stream", "trust.path"))),
        # likely = "sized or wire", when = "logged": the capture alone meets no rule
        ("dh-prime-too-large-for-client", "likely", (("log.event",),)),
    ],
)
def test_proofs(rule: str, confidence: str, evidence: tuple[tuple[str, ...], ...]) -> None:
    proofs = {proof.confidence: proof.evidence for proof in read(*FILES[rule][0], FILES).proofs}
    assert proofs[confidence] == evidence


@pytest.mark.parametrize(
    ("rule", "number", "fix"),
    [
        pytest.param(rule, number, fix, id=f"{rule.id}-{number}")
        for rule in RULES.values()
        for number, fix in enumerate(rule.fixes)
        if (fix.command or "").startswith("builtin:")
    ],
)
def test_generic_steps_are_those_of_the_builtins_without_evidence(rule: Rule, number: int, fix: Fix) -> None:
    from sestriage.rules.fixes.builtins import BUILTINS

    name = (fix.command or "").removeprefix("builtin:")
    assert name in GENERIC_STEPS
    facts = FactBase()
    selectors = {key: Selector.of(chosen) for key, chosen in rule.selections.items()}
    computed = BUILTINS[name](MatchedRule(rule, facts, CaseFacts.of(facts), Selections(selectors, facts)), fix)
    leaflet = read(*FILES[rule.id][0], FILES)
    shown = {(step.text, step.command, step.undo) for step in leaflet.steps}
    assert {(step.text, step.command and str(step.command), step.undo and str(step.undo)) for step in computed} <= shown
