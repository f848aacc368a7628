"""The documents of `sestriage compare` and of `sestriage triage --summary`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.compared.comparison import Done, Effect, Subject
from sestriage.model.document.parts import ReadHead
from sestriage.model.document.words import ConfidenceWord, Number, OutcomeWord, Time


class ComparedSide(TypedDict):
    """One of the reports that are compared."""

    name: Annotated[str, "What the user named."]
    case: Annotated[str | None, "The name of the Manager, where there are several."]
    schema_version: Annotated[int | None, "That of the report; null where it does not say."]
    version: Annotated[str | None, "The sestriage that made it."]
    analysed: Annotated[Time | None, "When it was made."]
    newest_attempt: Annotated[Time | None, "The newest attempt in it."]
    outcome: Annotated[OutcomeWord, "How that ended."]
    confidence: Annotated[str | None, "How sure that is."]
    rule: Annotated[str | None, "The rule that names the cause."]
    title: Annotated[str | None, "What it says."]


class Change(TypedDict):
    """Something that differs."""

    subject: Annotated[Subject, "What it is about."]
    text: Annotated[str, "The difference in a sentence."]
    new: Annotated[bool, "AFTER has something that BEFORE had not, not only something less."]


class FixCheck(TypedDict):
    """A step that BEFORE printed for its cause."""

    rule: Annotated[str, "The rule that it is of."]
    text: Annotated[str, "The step."]
    done: Annotated[Done, "Whether AFTER shows its result."]
    effect: Annotated[
        Effect,
        "What came of it. `worked`: it is done, and an attempt later than all of BEFORE was accepted; `accepted`: there"
        " is such an attempt, and the step is not seen to be done.",
    ]
    why: Annotated[str, "The ground of both."]


class ComparedCase(TypedDict):
    """Two reports of one case."""

    before: Annotated[ComparedSide, "The earlier one."]
    after: Annotated[ComparedSide, "The later one."]
    warnings: Annotated[list[str], "Why the two may not belong together."]
    changes: Annotated[list[Change], "What differs."]
    fixes: Annotated[list[FixCheck], "The steps of the fix that BEFORE printed for its cause."]
    not_compared: Annotated[list[str], "What could not be compared, and why."]


class Compare(ReadHead):
    """What `sestriage compare --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    cases: Annotated[list[ComparedCase], "Each case of AFTER beside its case of BEFORE."]
    unpaired: Annotated[list[ComparedSide], "Cases that only one side has."]


class SummaryCase(TypedDict):
    """A case at a glance."""

    case: Annotated[str, "The Manager's folder or archive, or the first file."]
    outcome: Annotated[OutcomeWord, "How its newest attempt ended."]
    confidence: Annotated[ConfidenceWord | None, "How sure that is."]
    rule: Annotated[str | None, "The rule that names the cause."]
    cause: Annotated[str | None, "What it says."]
    last_attempt: Annotated[Time | None, "When the newest attempt was."]
    next_step: Annotated[str | None, "The first step of its fix."]
    missing: Annotated[str | None, "The evidence that would help most."]


class SummaryCause(TypedDict):
    """A cause, and how often it stands there."""

    outcome: Annotated[OutcomeWord, "The outcome."]
    rule: Annotated[str | None, "The rule; null without a cause."]
    count: Annotated[Number, "How many cases have it."]


class Summary(ReadHead):
    """What `sestriage triage --summary --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    cases: Annotated[list[SummaryCase], "The cases, sorted by cause."]
    causes: Annotated[list[SummaryCause], "The causes, the most frequent first."]
