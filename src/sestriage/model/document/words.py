"""The values of documents: texts of a form, numbers with a bound, closed vocabularies.

What stands in `Annotated` behind a type is what a schema says of it: a text is the description, the classes here are
its bounds.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple, get_args

from sestriage.model.phase import Phase
from sestriage.model.verdict import Confidence, Ground, Outcome
from sestriage.model.vocabulary import Severity


class Pattern(NamedTuple):
    """A text has this form (ECMA-262, as JSON Schema wants it)."""

    expression: str


class AtLeast(NamedTuple):
    """A number is not below this one."""

    least: int


class OneOf(NamedTuple):
    """A text is one of these words."""

    words: tuple[str, ...]


Sha256 = Annotated[str, Pattern("^[0-9a-f]{64}$")]
Digest = Annotated[str, Pattern("^([0-9a-f]{64})?$")]
"""A SHA-256, or empty where only a listing by keytool is known, which names another digest."""
Time = Annotated[str, Pattern(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$")]
"""ISO 8601: `Z` for UTC, an offset for another zone, none at all where the zone is not known."""
Socket = Annotated[str, Pattern(r":\d{1,5}$")]
Number = Annotated[int, AtLeast(1)]
"""Counts from 1."""
Size = Annotated[int, AtLeast(0)]
PHASES = tuple(phase.value for phase in Phase)
PhaseWord = Annotated[str, OneOf(PHASES)]
ConfidenceWord = Annotated[str, OneOf(tuple(each.value for each in Confidence))]
OutcomeWord = Annotated[str, OneOf(tuple(each.value for each in Outcome))]
GroundWord = Annotated[str, OneOf(tuple(each.value for each in Ground))]
SeverityWord = Annotated[str, OneOf(get_args(Severity))]
StoreFormat = Annotated[
    str,
    OneOf(
        (
            *("jks", "jceks", "pkcs12", "pem", "der", "p7b", "pem-folder", "bks", "bcfks", "keytool-listing"),
            "unknown",
        )
    ),
]
Argv = list[list[str]] | None
"""The words of each program of a pipeline."""
