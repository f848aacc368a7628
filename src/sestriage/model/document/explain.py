"""The document of `sestriage explain`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.parts import GeneralFix, GeneralNeed, Head, Reference
from sestriage.model.document.words import ConfidenceWord, PhaseWord, SeverityWord


class Match(TypedDict):
    """A rule that the text leads to."""

    rule: Annotated[str, "The id of the rule."]
    confidence: Annotated[ConfidenceWord, "How sure that is."]
    quote: Annotated[str | None, "The line that decided; null for a rule that was asked for by its name."]
    title: Annotated[str, "What it says, in one sentence."]
    source: Annotated[str | None, "Where that line stands: `paste:3`."]
    earlier: Annotated[bool, "It is about an attempt before the newest one of the text."]


class RuleName(TypedDict):
    """A rule by its name."""

    rule: Annotated[str, "The id of the rule."]
    title: Annotated[str, "What it says."]


class Proof(TypedDict):
    """How sure a rule is with which evidence."""

    confidence: Annotated[ConfidenceWord, "How sure it then is."]
    kinds: Annotated[list[list[str]], "Kinds of facts (`log.event`); each set is enough by itself."]


class Scope(TypedDict):
    """Where a rule speaks; empty: everywhere."""

    servers: Annotated[list[str], "Kinds of servers: `ses`, `mail-manager`."]
    clients: Annotated[list[str], "Products, with a version where it holds for some only: `JDK 9+`."]


class Explained(TypedDict):
    """A rule in words."""

    rule: Annotated[str, "The id of the rule."]
    title: Annotated[str, "What it says, in one sentence."]
    phase: Annotated[PhaseWord, "The step of the submission that it is about."]
    any_step: Annotated[bool, "The step that failed is not the rule's to say: the evidence shows it."]
    severity: Annotated[SeverityWord, "How bad it is."]
    explanation: Annotated[str, "What happens, and why."]
    caution: Annotated[str | None, "What to know before acting."]
    fixes: Annotated[list[GeneralFix], "What to do; those that depend on the case are all listed."]
    needs: Annotated[list[GeneralNeed], "Evidence that would settle it."]
    proofs: Annotated[list[Proof], "How sure the rule is with which evidence."]
    contradiction: Annotated[str | None, "What it usually means when other evidence speaks against the rule."]
    alternatives: Annotated[list[RuleName], "Rules that the same evidence may also fit."]
    applies: Annotated[Scope, "For which servers and clients the rule speaks."]
    references: Annotated[list[str], "The titles of the documents that it rests on."]
    reference_links: Annotated[list[Reference], "Those of the documents that have a link."]
    not_translated: Annotated[str | None, "Why the texts are English although another language was asked for."]


class ExplainedTest(TypedDict):
    """A run of another client in the text."""

    program: Annotated[str, "The client."]
    server: Annotated[str | None, "The server that it was told to ask; null where the run does not say."]
    source: Annotated[str, "Where the run stands."]
    notes: Annotated[list[str], "What it shows, and what it does not."]


class Explain(Head):
    """What `sestriage explain --format json` prints."""

    schema_version: Annotated[Literal[2], "The version of this layout."]
    matches: Annotated[list[Match], "The rules that the text leads to, the best first."]
    cleared: Annotated[list[PhaseWord], "The steps that the text proves to work."]
    phase: Annotated[PhaseWord | None, "The step that failed by the text; null when it says none."]
    accepted: Annotated[bool, "The newest attempt of the text was accepted by the mail server."]
    word: Annotated[str | None, "The bare word that was explained, where it proves no rule."]
    wrapper: Annotated[str | None, "What `word` stands around, when it is the outside of a cause."]
    nearest: Annotated[list[str], "Rules that come closest, when none matches; what a search found."]
    explanation: Annotated[Explained | None, "The best match in words; null when there is none."]
    needs: Annotated[list[GeneralNeed], "What a support case needs when nothing matches."]
    tests: Annotated[list[ExplainedTest], "Runs of other clients in the text."]
    notes: Annotated[list[str], "Sentences on the text."]
