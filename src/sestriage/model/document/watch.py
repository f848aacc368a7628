"""The documents of `sestriage check`, `history` and `config show`."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from sestriage.model.document.words import PHASES, Argv, ConfidenceWord, Number, OneOf, SeverityWord, Size, Time

ChangeWord = Annotated[str, OneOf(("started", "changed", "ended", "passed", "reminded"))]
"""Why something is reported; `passed`: it began and ended since the last report. `watch.incidents.Change` has them."""


class FirstFix(TypedDict):
    """The first thing to do; the keys mean what they mean in `fixes` of a triage."""

    text: Annotated[str, "What to do."]
    command: Annotated[str | None, "Exactly what to type; null for what is done in a menu."]
    argv: Annotated[Argv, "The words of each program of `command`; null where it is more than one pipeline."]
    risk: Annotated[str | None, "What it may break."]


class CauseCount(TypedDict):
    """A cause of an incident."""

    rule: Annotated[str, "The id of the rule."]
    count: Annotated[Size, "How many attempts failed by it."]


class Incident(TypedDict):
    """A time in which alarm mail failed."""

    number: Annotated[Number, "Its number in the history."]
    state: Annotated[Literal["open", "ended"], "Whether it lasts."]
    first_failure: Annotated[Time, "When the first attempt failed."]
    last_failure: Annotated[Time, "When the last attempt failed."]
    times_from_log: Annotated[bool, "False: the log has no times; these are times of reading."]
    count: Annotated[Size, "How many attempts failed."]
    scope: Annotated[str | None, "The action whose mail fails, where only that fails."]
    rule: Annotated[str, "The rule that names the cause; `unclassified-error` where none does."]
    title: Annotated[str, "The cause, in one sentence."]
    phase: Annotated[str, OneOf((*PHASES, "unknown")), "The step that failed."]
    severity: Annotated[SeverityWord, "How bad it is."]
    confidence: Annotated[ConfidenceWord, "How sure the cause is."]
    source: Annotated[str, "File and place of the failure, in one text."]
    quote: Annotated[str, "What stands there."]
    first_fix: Annotated[FirstFix | None, "The first thing to do; null where there is none."]
    causes: Annotated[list[CauseCount], "All causes, where there were several."]
    ended: Annotated[Time | None, "When it ended; null while it lasts."]
    resolution: Annotated[str | None, "File and place of the mail that was accepted."]


class ChangedIncident(Incident):
    """An incident that is reported."""

    change: Annotated[ChangeWord, "Why it is reported."]


class ConditionChange(TypedDict):
    """A condition that is reported."""

    change: Annotated[ChangeWord, "Why it is reported."]
    name: Annotated[str, "Its name."]
    text: Annotated[str, "The condition, in a sentence."]
    since: Annotated[Time, "Since when it holds."]


class Condition(TypedDict):
    """A condition that holds now: the log is unreadable or silent, certificates end."""

    name: Annotated[str, "Its name."]
    stage: Annotated[str, "Changes when it gets worse."]
    text: Annotated[str, "The condition, in a sentence."]


class Check(TypedDict):
    """What `sestriage check --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    version: Annotated[str | None, "The version of sestriage that wrote the document."]
    exit_status: Annotated[int, "The exit status of the command; docs/check.md has the meaning of each."]
    log: Annotated[str, "The log that is watched."]
    time: Annotated[Time, "When the run was (UTC)."]
    readable: Annotated[bool, "The log could be read."]
    changes: Annotated[list[ChangedIncident], "Incidents that are news."]
    condition_changes: Annotated[list[ConditionChange], "Conditions that are news."]
    open_incidents: Annotated[list[Incident], "Incidents that last, news or not."]
    conditions: Annotated[list[Condition], "Conditions that hold, news or not."]
    notes: Annotated[list[str], "Sentences that a user must know: a fresh start, a gap."]


class History(TypedDict):
    """What `sestriage history --format json` prints."""

    schema_version: Annotated[Literal[1], "The version of this layout."]
    version: Annotated[str | None, "The version of sestriage that wrote the document."]
    log: Annotated[str, "The log whose incidents these are."]
    incidents: Annotated[list[Incident], "The incidents, the newest first."]


Plain = str | float | bool | list[str] | None
"""The value of a setting."""


class SettingValue(TypedDict):
    """A setting of `sestriage check`."""

    value: Annotated[Plain, "Its value, spans in seconds; null: not set, or switched off."]


Origin = TypedDict("Origin", {"from": Annotated[str, "Where it is set: a variable, a file, or `default`."]})
"""`from` cannot be the name of a field in a class."""


class Setting(SettingValue, Origin):
    """A setting of `sestriage check`, and where it is set."""


class ConfigShow(TypedDict):
    """What `sestriage config show --format json` prints."""

    schema_version: Annotated[Literal[2], "The version of this layout."]
    version: Annotated[str | None, "The version of sestriage that wrote the document."]
    settings: Annotated[dict[str, Setting], "Every setting, by its name in the configuration file (docs/check.md)."]
