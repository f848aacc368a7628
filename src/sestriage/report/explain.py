"""From an explanation to the blocks that people read, made for a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sestriage.model.explanation import Explanation, Match, Proof, RuleSummary
from sestriage.model.phase import Phase
from sestriage.model.scope import Scope
from sestriage.report import explain_words
from sestriage.report import words as report_words
from sestriage.report.blocks import Block, Headline, Link, Prose, Quote, Section, Step
from sestriage.report.heading import failed_step, phase_word
from sestriage.report.language import in_language

Words = Mapping[str, str]

_ALWAYS_PASSED = frozenset({Phase.TCP, Phase.GREETING, Phase.MAIL})
"""Steps that every session passes, whatever its mode, and passes only if they work: with one recipient refused a client
may go on for the others, and one message fails where the next one passes."""
_NEXT = dict(zip(Phase, tuple(Phase)[1:], strict=False))


def outline(explanation: Explanation, language: str = "en") -> tuple[Block, ...]:
    """The whole explanation as blocks, in the language in which it was made."""
    explanation = in_language(explanation, language)
    return tuple(_Outline(explain_words.words_of(language), report_words.words_of(language)).blocks(explanation))


class _Outline:
    def __init__(self, words: Words, names: Words) -> None:
        self._words = words
        self._names = names

    def blocks(self, explanation: Explanation) -> Iterator[Block]:
        leaflet = explanation.leaflet
        yield Headline(self._headline(explanation), "bad" if leaflet and not _only_tests(explanation) else "open")
        for note in explanation.notes:
            yield Prose(note, self._words["note"])
        yield from self._tests(explanation)
        if explanation.origin != "name" and explanation.matches:
            yield from self._shows(explanation)
        if leaflet is not None:
            yield from self._leaflet(leaflet)
        yield from self._others(explanation)
        yield from self._no_match(explanation)

    def _tests(self, explanation: Explanation) -> Iterator[Block]:
        for number, test in enumerate(explanation.tests):
            if number == 0:
                yield Section(self._names["tests"])
            yield Prose(f"{test.program}, {test.server or self._names['server-unknown']} ({test.place})")
            yield from (Prose(note, self._words["note"]) for note in test.notes)

    def _headline(self, explanation: Explanation) -> str:
        if _only_tests(explanation):
            return self._words["test-by-hand"].format(program=explanation.tests[0].program)
        if explanation.leaflet is not None:
            return explanation.leaflet.title
        if explanation.origin == "misspelt":
            return self._words["misspelt"].format(word=explanation.word, rule=explanation.nearest[0].rule)
        if explanation.origin == "search":
            return self._words["found" if explanation.nearest else "not-found"].format(word=explanation.word)
        if explanation.wrapper:
            return self._words[f"wrapper-{explanation.wrapper}"].format(word=explanation.word)
        if explanation.word:
            meaning = self._words.get(f"reply-{explanation.word}")
            return self._words["shared-code" if meaning else "shared"].format(word=explanation.word, meaning=meaning)
        return self._words["no-match-accepted" if explanation.accepted else "no-match"]

    # --- the excerpt ---------------------------------------------------------------------------------------------

    def _shows(self, explanation: Explanation) -> Iterator[Block]:
        best = explanation.matches[0]
        only_tests = _only_tests(explanation)
        yield Section(self._words["test-leads-to" if only_tests else f"shows-{explanation.origin}"])
        if only_tests:
            yield Prose(best.title)
        if explanation.accepted:
            yield Prose(self._words["accepted"])
        if best.quote:
            yield Quote(best.place or "", best.quote)
        confidence = self._names[best.confidence]
        if explanation.phase is not None:
            yield Prose(
                self._words["proves"].format(phase=failed_step(explanation.phase, self._names), confidence=confidence)
            )
        else:
            yield Prose(self._words["proves-rule"].format(rule=best.rule, confidence=confidence))
        if explanation.cleared:
            yield Prose(self._words["clears"].format(phases=self._phases(explanation.cleared)))

    # --- the rule ------------------------------------------------------------------------------------------------

    def _leaflet(self, leaflet: RuleSummary) -> Iterator[Block]:
        words = self._words
        yield Section(words["means"])
        yield Prose(
            words["rule"].format(
                rule=leaflet.rule,
                severity=words.get(f"severity-{leaflet.severity}", leaflet.severity),
                phase=words["step-open"] if leaflet.any_step else failed_step(leaflet.phase, self._names),
            )
        )
        if (scope := self._scope(leaflet.applies)) is not None:
            yield Prose(words["applies"].format(scope=scope))
        yield Section(words["why"])
        yield Prose(leaflet.why)
        if leaflet.caution:
            yield Prose(leaflet.caution, words["caution"])
        yield from self._sure(leaflet)
        yield from self._steps(leaflet)
        yield Section(words["references"])
        yield from map(Link._make, leaflet.references)
        if not leaflet.references:
            yield Prose(words["no-references"])

    def _scope(self, scope: Scope) -> str | None:
        """For whom the rule speaks, in words; None for everybody."""
        clients = (self._client(name) for name in scope.clients)
        named = [*(self._words[f"server-{name}"] for name in scope.servers), *clients]
        return ", ".join(named) if named else None

    def _client(self, name: str) -> str:
        ending = {"+": "and-later", "-": "and-older"}.get(name[-1])
        return f"{name[:-1]} {self._words[ending]}" if ending else name

    def _sure(self, leaflet: RuleSummary) -> Iterator[Block]:
        words = self._words
        yield Section(words["sure"])
        for proof in _without_repeats(leaflet.proofs):
            yield Prose(words[f"proof-{proof.confidence}"].format(evidence=self._evidence(proof)))
        if (later := _rules_out(leaflet)) is not None:
            yield Prose(words["ruled-out"].format(phase=phase_word(later, self._names)))
        if leaflet.against:
            yield Prose(leaflet.against, words["against"])
        for number, need in enumerate(leaflet.needs, start=1):
            why = ((words["reason"], need.why),) if need.why else ()
            yield Step(number, _sentence(need.evidence), need.command or None, why)
        if leaflet.alternatives:
            yield Prose(words["alternatives"])
            for other in leaflet.alternatives:
                yield Prose(f"- {other.title} ({other.rule})")

    def _steps(self, leaflet: RuleSummary) -> Iterator[Block]:
        words = self._words
        yield Section(words["do"])
        for number, step in enumerate(leaflet.steps, start=1):
            risk = ((words["risk"], step.risk),) if step.risk else ()
            yield Step(number, step.text, step.command, risk)
        for key, texts, otherwise in (
            ("verify", [step.verify for step in leaflet.steps], "nothing-to-verify"),
            ("undo", [step.undo for step in leaflet.steps], "nothing-to-undo"),
        ):
            yield Section(words[key])
            if not any(texts):
                yield Prose(words[otherwise])
            yield from self._numbered(texts)

    def _numbered(self, texts: Iterable[str | None]) -> Iterator[Block]:
        """Texts that belong to steps; equal ones are given once, for the first step that has them."""
        seen: set[str] = set()
        for number, text in enumerate(texts, start=1):
            if text and text not in seen:
                seen.add(text)
                yield Prose(text, self._words["step"].format(number=number))

    # --- the rest ------------------------------------------------------------------------------------------------

    def _others(self, explanation: Explanation) -> Iterator[Block]:
        for key, earlier in (("others", False), ("earlier", True)):
            others = [match for match in explanation.matches[1:] if match.earlier is earlier]
            if others:
                yield Section(self._words[key])
            for match in others:
                yield from self._other(match)

    def _other(self, match: Match) -> Iterator[Block]:
        yield Prose(
            f"- {match.title} ({match.rule}, {self._names[match.confidence]}): "
            + self._words["more"].format(rule=match.rule)
        )
        if match.quote:
            yield Quote(match.place or "", match.quote)

    def _no_match(self, explanation: Explanation) -> Iterator[Block]:
        if explanation.origin == "misspelt":
            return
        if explanation.wrapper:
            yield Prose(self._words["paste-causes"])
        if explanation.nearest:
            means = explanation.word and explanation.origin != "search"
            yield Section(self._words["can-mean" if means else "nearest"])
            if not means:
                yield Prose(self._words["only-close"])
            for title in explanation.nearest:
                yield Prose(f"- {title.title}: " + self._words["more"].format(rule=title.rule))
        for number, need in enumerate(explanation.attach, start=1):
            if number == 1:
                yield Section(self._words["attach"])
            why = ((self._words["reason"], need.why),) if need.why else ()
            yield Step(number, _sentence(need.evidence), need.command or None, why)

    # --- words ---------------------------------------------------------------------------------------------------

    def _phases(self, phases: Iterable[Phase]) -> str:
        return ", ".join(phase_word(phase, self._names) for phase in phases)

    def _evidence(self, proof: Proof) -> str:
        ways: dict[frozenset[str], str] = {}
        for way in proof.evidence:
            named = dict.fromkeys(self._words.get(kind, kind) for kind in way)
            ways.setdefault(frozenset(named), self._words["and"].join(named))
        return self._words["or"].join(ways.values())


def _only_tests(explanation: Explanation) -> bool:
    """The text shows nothing but tests by hand; what it leads to is no failure of the Manager."""
    return bool(explanation.tests) and explanation.phase is None


def _rules_out(leaflet: RuleSummary) -> Phase | None:
    """The next step, which an attempt reaches only when this one works; None where a session may go without it (no
    TLS, no login, no name to look up), and for warnings."""
    if leaflet.phase not in _ALWAYS_PASSED or leaflet.severity == "warning" or leaflet.any_step:
        return None
    return _NEXT[leaflet.phase]


def _without_repeats(proofs: Iterable[Proof]) -> Iterator[Proof]:
    """Each set of evidence at its highest confidence only."""
    seen: set[tuple[str, ...]] = set()
    for proof in proofs:
        fresh = tuple(way for way in proof.evidence if way not in seen)
        seen.update(fresh)
        if fresh:
            yield Proof(proof.confidence, fresh)


def _sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
