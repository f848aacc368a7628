"""All loaded rules, and their evaluation over the facts of one attempt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from sestriage.errors import RuleError
from sestriage.model.facts import FactBase
from sestriage.model.known.servers import MailServer
from sestriage.model.message import Message
from sestriage.model.reference import Reference
from sestriage.model.verdict import Confidence, Evidence, Finding, FixStep, Need, RulePack
from sestriage.rules.fixes.case import CaseFacts
from sestriage.rules.fixes.commands import is_on_the_manager
from sestriage.rules.language.conditions import Condition, paths
from sestriage.rules.language.evaluate import Selections, Selector, Tri
from sestriage.rules.matched import MatchedRule
from sestriage.rules.schema import Fix, Rule
from sestriage.rules.texts.cite import cite

if TYPE_CHECKING:
    from sestriage.rules.language.memo import Sameness

MAX_PER_SELECTION = 3
"""Facts of one selection that are cited."""
MAX_EVIDENCE = 12
MANY = 4
"""After so many attempts it pays to find out which of them look alike to the rules."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules by id, and the problems of those that could not be loaded."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    problems: tuple[RuleError, ...] = ()
    language: str = "en"
    """Of titles, explanations and steps of findings."""
    digest: str = ""
    """SHA-256 over the files of all these rules, shortened; equal rules have equal digests."""
    packs: tuple[RulePack, ...] = ()
    """The folders of site rules that gave any, in search order."""
    _selectors: dict[str, Mapping[str, Selector]] = field(default_factory=dict)
    _translated: dict[str, Rule] = field(default_factory=dict)
    _not_translated: dict[str, RuleError] = field(default_factory=dict)
    _evaluated: Iterator[int] = field(default_factory=count)
    _sameness: list[Sameness] = field(default_factory=list)
    """One at most."""

    def evaluate(self, facts: FactBase, problems: list[RuleError] | None = None) -> tuple[Finding, ...]:
        """The findings of all rules that hold, in the order of rule ids; superseded ones included.

        Fallback rules hold only where no other rule (warnings aside) does. A rule that fails to evaluate is skipped
        and, when a list is given, its problem is added to `problems`.
        """
        findings: list[Finding] = []
        case = CaseFacts.of(facts)
        same = self._same()
        alike = None if same is None else same.of(facts)
        worth: list[str] = []

        def take(rule: Rule) -> None:
            finding, failed = self._guarded(rule, facts, case, problems)
            if finding is not None:
                findings.append(finding)
            if finding is not None or failed:
                worth.append(rule.id)

        known = None if alike is None else alike.worth
        for rule in self.rules.values() if known is None else [self.rules[rule_id] for rule_id in known]:
            if not rule.fallback:
                take(rule)
        if alike is not None and known is None:
            alike.worth = tuple(worth)
        if all(finding.severity == "warning" for finding in findings):
            for rule in self.rules.values():
                if rule.fallback:
                    take(rule)
        possible: dict[str, bool] = {} if alike is None else alike.possible
        return tuple(self._with_alternatives(finding, facts, possible) for finding in findings)

    def decide(self, rule_id: str, facts: FactBase) -> Tri:
        """Whether a rule holds; None when that is not known, or there is no such rule."""
        rule = self.rules.get(rule_id)
        return None if rule is None else self.selections(rule, facts).decide(rule.when)

    def undecided(self, rule_id: str, facts: FactBase) -> tuple[str, ...]:
        """The kinds of facts that leave open whether a rule holds, in the order of its condition; nothing where the
        facts decide it."""
        rule = self.rules[rule_id]
        names = self.selections(rule, facts).undecided(rule.when)
        return tuple(dict.fromkeys(rule.selections[name].kind for name in names))

    def in_language(self, rule: Rule) -> Rule:
        """The rule with its texts in the language of this set; in English where its translation is missing or broken,
        which `not_translated` then tells."""
        if self.language == "en":
            return rule
        if rule.id not in self._translated:
            from sestriage.rules.texts.overlays import translated

            try:
                self._translated[rule.id] = translated(rule, self.language)
            except RuleError as error:
                self._translated[rule.id] = rule
                self._not_translated[rule.id] = error
        return self._translated[rule.id]

    @property
    def not_translated(self) -> Mapping[str, RuleError]:
        """Why rules that were asked for speak English instead of the language of this set, by id."""
        return self._not_translated

    def _selectors_of(self, rule: Rule) -> Mapping[str, Selector]:
        found = self._selectors.get(rule.id)
        if found is None:
            found = {name: Selector.of(chosen) for name, chosen in rule.selections.items()}
            self._selectors[rule.id] = found
        return found

    def _same(self) -> Sameness | None:
        """Remembers attempts that look alike; None for the first attempts, because most cases hold no more."""
        if next(self._evaluated) < MANY:
            return None
        if not self._sameness:
            from sestriage.rules.language.memo import Sameness

            self._sameness.append(Sameness(self.rules.values()))
        return self._sameness[0]

    def selections(self, rule: Rule, facts: FactBase) -> Selections:
        """The selections of a rule over facts, each evaluated when it is asked for."""
        return Selections(self._selectors_of(rule), facts)

    def _guarded(
        self, rule: Rule, facts: FactBase, case: CaseFacts, problems: list[RuleError] | None
    ) -> tuple[Finding | None, bool]:
        """The finding of a rule that holds, and whether the rule failed."""
        try:
            return self._finding(rule, facts, case), False
        except Exception as error:
            if problems is not None:
                problems.append(
                    RuleError(
                        rule.path or rule.id,
                        Message("failed to evaluate: {kind}: {reason}", kind=type(error).__name__, reason=error),
                    )
                )
            return None, True

    def _finding(self, rule: Rule, facts: FactBase, case: CaseFacts) -> Finding | None:
        selections = self.selections(rule, facts)
        if selections.decide(rule.when) is not True:
            return None
        rule = self.in_language(rule)
        bound = MatchedRule(rule, facts, case, selections)
        conflicting = rule.conflicts is not None and selections.decide(rule.conflicts) is True
        return Finding(
            rule=rule.id,
            title=bound.text(rule.title) or rule.title,
            phase=rule.phase,
            severity=rule.severity,
            confidence=_confidence(rule, selections),
            explanation=bound.text(rule.why) or rule.why,
            evidence=_evidence(rule, bound),
            fixes=_fixes(rule, bound),
            needs=_needs(rule, bound),
            conflicts=_conflicts(rule.conflicts, bound) if conflicting and rule.conflicts else (),
            contradiction=bound.text(rule.contradiction) if conflicting else None,
            alternatives=rule.alternatives,
            supersedes=rule.supersedes,
            references=_fitting(rule.references, facts),
            caution=bound.text(rule.caution),
            of_server=rule.of_server,
        )

    def _with_alternatives(self, finding: Finding, facts: FactBase, possible: dict[str, bool]) -> Finding:
        """Leaves out alternatives that the evidence excludes; a confirmed finding has none, a suspected
        one always some. `possible` is added to."""
        if not finding.alternatives:
            return finding
        kept: list[str] = []
        for rule_id in finding.alternatives if finding.confidence is not Confidence.CONFIRMED else ():
            if rule_id not in possible:
                possible[rule_id] = self._possible(rule_id, facts)
            if possible[rule_id]:
                kept.append(rule_id)
        if finding.confidence is Confidence.SUSPECTED and not kept:  # what nothing shows is not excluded by that
            kept = [rule_id for rule_id in finding.alternatives if rule_id in self.rules]
        return replace(finding, alternatives=tuple(kept))

    def _possible(self, rule_id: str, facts: FactBase) -> bool:
        try:
            return rule_id in self.rules and self.decide(rule_id, facts) is not False
        except Exception:
            return False


_OF_SES = re.compile(r"(?!Cisco\b).*\b(?:SES|AWS|Amazon)\b")
"""The title of a document on SES; Cisco's hold the steps on the Manager too."""


def _fitting(references: tuple[Reference, ...], facts: FactBase) -> tuple[Reference, ...]:
    """Documents on SES only where the server may be SES (or is its Mail Manager)."""
    servers = [server for server in facts.of("smtp.server") if isinstance(server, MailServer)]
    if all(server.may_be_ses or server.kind == "mail-manager" for server in servers):
        return references
    return tuple(reference for reference in references if not _OF_SES.match(reference.title))


def drop_superseded(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings without those that another one of them replaces."""
    replaced = {rule_id for finding in findings for rule_id in finding.supersedes if rule_id != finding.rule}
    return tuple(finding for finding in findings if finding.rule not in replaced)


def _confidence(rule: Rule, selections: Selections) -> Confidence:
    for condition, confidence in ((rule.confirmed, Confidence.CONFIRMED), (rule.likely, Confidence.LIKELY)):
        if condition is not None and selections.decide(condition) is True:
            return confidence
    return Confidence.SUSPECTED


def _evidence(rule: Rule, bound: MatchedRule) -> tuple[Evidence, ...]:
    """Citations of the facts behind the verdict: those of selections that are true and not under a `not`."""
    names: dict[str, None] = {}
    for condition in (rule.when, rule.confirmed, rule.likely):
        if condition is not None:
            names.update((str(path), None) for path, negated in paths(condition) if not negated)
    return _cited(names, bound)


def _cited(names: Mapping[str, None] | Sequence[str], bound: MatchedRule) -> tuple[Evidence, ...]:
    found: dict[tuple[object, str], Evidence] = {}
    for name in names:
        kind = bound.rule.selections[name].kind
        for fact in bound.selections[name].bound[:MAX_PER_SELECTION]:
            for evidence in cite(kind, fact, bound.facts):
                found.setdefault((evidence.source, evidence.quote), evidence)
    return tuple(found.values())[:MAX_EVIDENCE]


def _conflicts(condition: Condition, bound: MatchedRule) -> tuple[Evidence, ...]:
    """The evidence against the rule: facts of the selections that hold, and for `not x` the facts that are not `x`."""
    found = list(_cited([str(path) for path, negated in paths(condition) if not negated], bound))
    for path, negated in paths(condition):
        if negated:
            kind = bound.rule.selections[str(path)].kind
            for fact in bound.facts.of(kind)[:MAX_PER_SELECTION]:
                found.extend(cite(kind, fact, bound.facts))
    return tuple(found)[:MAX_EVIDENCE]


def _fixes(rule: Rule, bound: MatchedRule) -> tuple[FixStep, ...]:
    steps: list[FixStep] = []
    for fix in rule.fixes:
        if bound.case.program is not None and fix.command is not None and is_on_the_manager(fix.command):
            continue
        if fix.when is not None and bound.selections.decide(fix.when) is not True:
            continue
        if fix.command is not None and fix.command.startswith("builtin:"):
            from sestriage.rules.fixes.builtins import BUILTINS

            steps += [
                replace(step, rule=rule.id) for step in BUILTINS[fix.command.removeprefix("builtin:")](bound, fix)
            ]
        elif step := _step(rule, fix, bound):
            steps.append(step)
    return tuple(steps)


def _step(rule: Rule, fix: Fix, bound: MatchedRule) -> FixStep | None:
    text = bound.text(fix.text)
    command = bound.command(fix.command)
    if text is None or (fix.command is not None and command is None):
        return None
    verify, undo = bound.instructions(fix.verify), bound.instructions(fix.undo)
    return FixStep(rule.id, text, command, bound.text(fix.risk), verify, undo)


def _needs(rule: Rule, bound: MatchedRule) -> tuple[Need, ...]:
    needs: list[Need] = []
    for wanted in rule.needs:
        if bound.case.program is not None and is_on_the_manager(wanted.command):
            continue
        if wanted.when is not None and bound.selections.decide(wanted.when) is not True:
            continue
        evidence, why, command = bound.text(wanted.evidence), bound.text(wanted.why), bound.command(wanted.command)
        if evidence and why and command is not None:
            needs.append(Need(evidence, why, command))
    return tuple(needs)
