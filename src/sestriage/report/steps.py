"""Steps and missing evidence, as blocks and as JSON: the one place where commands of a report become text.

A command is written as it is; only the sentences around it go through `clean`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sestriage.model.command import Command, Instructions
from sestriage.model.known.programs import effect_of
from sestriage.model.verdict import FixStep, Need
from sestriage.report.blocks import Step
from sestriage.report.clean import Clean, keep

if TYPE_CHECKING:
    from sestriage.model.document.parts import Fix
    from sestriage.model.document.parts import Need as NeedJson


def step_block(number: int, step: FixStep, labels: Mapping[str, str], text: str | None = None) -> Step:
    """A step to be drawn. `labels` name risk, check and undo (`risk`, `verify`, `undo`), `text` stands in for the
    step's own. Where they have words for it, the command is labelled by what it does."""
    label, told = _command_label(step, labels) if "reads-only" in labels else ("", False)
    said = (("risk", None if told else step.risk), ("verify", step.verify), ("undo", step.undo))
    details = tuple((labels[key], value) for key, value in said if value)
    return Step(number, step.text if text is None else text, step.command, details, label)


MAX_LABEL = 60
"""Characters of a risk that fit into the label of a command; a longer one is told below it."""


def _command_label(step: FixStep, labels: Mapping[str, str]) -> tuple[str, bool]:
    """What a command does, and whether that tells the risk; a long one must be told in a sentence of its own."""
    if step.command is None:
        return "", False
    effect, harmless = effect_of(str(step.command)), step.risk == labels["reads-only"]
    if effect == "reads" or harmless:  # the risk may be that of the rest of the step
        return labels["command-reads"], harmless
    if effect == "saves":
        return labels["command-saves"], False
    if not step.risk or len(step.risk) > MAX_LABEL or step.risk == labels["no-risk"]:
        return labels["command"], False
    return labels["command-changes"].format(risk=step.risk), True


def need_block(number: int, need: Need, why: str) -> Step:
    """Missing evidence to be drawn; `why` is the label of the reason."""
    reason = ((why, need.why),) if need.why else ()
    if isinstance(need.command, Command):
        return Step(number, need.evidence, need.command, reason)
    return Step(number, need.evidence, None, (*reason, ("", need.command)))


def fix_dict(step: FixStep, clean: Clean = keep) -> Fix:
    """A step for JSON. `argv` is the pipeline of `command`: the words of each of its programs; null where the shell
    has more to do (several commands, variables of its own), or there is no command. `verify_argv` and `undo_argv` have
    one such pipeline for each command among the lines of `verify` and `undo`. Words that must be set first stand as
    `${NAME}` there, and `variables` says to what."""
    return {
        "rule": step.rule,
        "text": clean(step.text),
        "command": None if step.command is None else str(step.command),
        "argv": argv(step.command),
        "risk": step.risk and clean(step.risk),
        "verify": told(step.verify, clean),
        "verify_argv": lines_argv(step.verify),
        "undo": told(step.undo, clean),
        "undo_argv": lines_argv(step.undo),
        "variables": _variables(step.command, step.verify, step.undo),
    }


def need_dict(need: Need, clean: Clean = keep) -> NeedJson:
    """Missing evidence for JSON, with the keys of `fix_dict`."""
    command = need.command
    return {
        "evidence": clean(need.evidence),
        "why": clean(need.why),
        "command": str(command) if isinstance(command, Command) else told(command, clean) or "",
        "argv": argv(command) if isinstance(command, Command) else None,
        "variables": _variables(command),
    }


def argv(command: Command | None) -> list[list[str]] | None:
    """The pipeline of a command, for JSON."""
    stages = None if command is None else command.argv
    return None if stages is None else [list(stage) for stage in stages]


def lines_argv(instructions: Instructions | None) -> list[list[list[str]] | None]:
    """The pipelines of the commands among instructions, in order."""
    return [] if instructions is None else [argv(command) for command in instructions.commands]


def told(instructions: Instructions | None, clean: Clean = keep) -> str | None:
    """Instructions as text, the sentences cleaned."""
    if instructions is None:
        return None
    return "\n".join(str(line) if isinstance(line, Command) else clean(line) for line in instructions.lines)


def _variables(*parts: Command | Instructions | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts:
        commands = (part,) if isinstance(part, Command) else () if part is None else part.commands
        for command in commands:
            found.update(command.variables)
    return found
