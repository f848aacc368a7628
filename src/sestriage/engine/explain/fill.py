"""A rule's leaflet with the texts that a finding filled from evidence."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress

from sestriage.engine.explain.rule import Listing
from sestriage.model.command import Command, Instructions
from sestriage.model.explanation import Advice, RuleSummary, Wanted
from sestriage.model.known.ses import is_ses_endpoint
from sestriage.model.verdict import Finding, FixStep, Need
from sestriage.rules.files import packaged_folder
from sestriage.rules.texts.rule_summary import titles

Clean = Callable[[str], str]
"""Takes secrets and private data out of a text."""
Hide = Callable[[Command], Command]
"""Takes them out of a command, as values."""


def keep(command: Command) -> Command:
    """The command as it is."""
    return command


def _hidden(command: Command, hide: Hide) -> Command:
    """To hide values takes the detectors, which a command without any does not need."""
    values = (each.value for each in command.arguments if each.kind not in ("port", "region"))
    return command if all(value is None or is_ses_endpoint(value) for value in values) else hide(command)


def sparing(clean: Clean, path: str) -> Clean:
    """`clean` for texts that are not made of the words of one packaged rule file alone.

    What a published file says in the very same words is no secret, and to load the detectors takes longer than all the
    rest of a question about one message.
    """
    folder = packaged_folder()
    known: set[str] = set()
    if path.startswith(folder + os.sep):
        with suppress(OSError), open(path, encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
            known.update(word.strip("\"'") for word in stream.read().replace("\\t", " ").split())
    return lambda text: text if known.issuperset(text.split()) else clean(text)


def bound(
    leaflet: RuleSummary, finding: Finding, files: Listing, clean: Clean, language: str = "en", hide: Hide = keep
) -> RuleSummary:
    """The leaflet with the finding's texts, steps and needs; where the finding has none, those without a case stay.

    What the leaflet says without a case needs no cleaning. `hide` takes private values out of commands.
    """
    own = {text for row in (leaflet[:6], *leaflet.steps, *leaflet.needs) for text in row if isinstance(text, str)}

    def tidy(text: str) -> str:
        return text if text in own else clean(text)

    def maybe(text: str | None) -> str | None:
        return None if text is None else tidy(text)

    def told(said: Instructions | None) -> str | None:
        if said is None:
            return None
        return "\n".join(str(_hidden(line, hide)) if isinstance(line, Command) else tidy(line) for line in said.lines)

    def advice(step: FixStep) -> Advice:
        command = step.command and _hidden(step.command, hide)
        said = (command and str(command), maybe(step.risk), told(step.verify), told(step.undo))
        return Advice(tidy(step.text), *said, command and command.argv)

    def wanted(need: Need) -> Wanted:
        if isinstance(need.command, Instructions):
            return Wanted(tidy(need.evidence), tidy(need.why), told(need.command) or "")
        command = _hidden(need.command, hide)
        return Wanted(tidy(need.evidence), tidy(need.why), str(command), command.argv)

    steps = tuple(map(advice, finding.fixes))
    needs = tuple(map(wanted, finding.needs))
    return leaflet._replace(
        title=tidy(finding.title),
        why=tidy(finding.explanation),
        caution=maybe(finding.caution),
        steps=steps or leaflet.steps,
        needs=needs or leaflet.needs,
        alternatives=tuple(titles(finding.alternatives, files, language)),
    )
