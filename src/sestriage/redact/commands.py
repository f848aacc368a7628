"""Private values in commands: hidden as values, before anything is quoted. The text of a command is never searched."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from sestriage.model.command import Argument, Command, Instructions
from sestriage.model.known.ses import host_form
from sestriage.model.verdict import Finding, FixStep, Need
from sestriage.redact.secrets import strip_secrets

if TYPE_CHECKING:
    from sestriage.redact.redactor import Redactor

_PUBLIC_KINDS = frozenset({"port", "region", "fingerprint"})
"""Kinds whose values say nothing of a customer."""


def hide_in_command(command: Command, redactor: Redactor | None) -> Command:
    """The command with variables in place of secrets and, with a redactor, of private data."""
    return command.hiding(lambda argument: _is_private(argument, redactor))


def hide_in_instructions(instructions: Instructions, redactor: Redactor | None) -> Instructions:
    """The instructions with every command so treated; their sentences stay."""
    lines = tuple(hide_in_command(x, redactor) if isinstance(x, Command) else x for x in instructions.lines)
    return Instructions(lines)


def hide_in_finding(finding: Finding, redactor: Redactor | None) -> Finding:
    """The finding with all its commands so treated; its sentences stay."""
    return replace(
        finding,
        fixes=tuple(_step(step, redactor) for step in finding.fixes),
        needs=tuple(hide_in_need(need, redactor) for need in finding.needs),
    )


def hide_in_need(need: Need, redactor: Redactor | None) -> Need:
    """What is missing, with its command so treated."""
    if isinstance(need.command, Command):
        return replace(need, command=hide_in_command(need.command, redactor))
    return replace(need, command=hide_in_instructions(need.command, redactor))


def _step(step: FixStep, redactor: Redactor | None) -> FixStep:
    return replace(
        step,
        command=step.command and hide_in_command(step.command, redactor),
        verify=step.verify and hide_in_instructions(step.verify, redactor),
        undo=step.undo and hide_in_instructions(step.undo, redactor),
    )


def _is_private(argument: Argument, redactor: Redactor | None) -> bool:
    value = argument.value or ""
    if argument.kind in _PUBLIC_KINDS:
        return False
    if re.fullmatch(r"<[a-z-]+\d*>", value):
        return True  # a pseudonym of a redacted log names nothing that a command could reach
    if strip_secrets(value) != value:
        return True
    if redactor is None:
        return False
    if argument.kind in ("host", "address"):
        name = value.strip("[]")
        return not _is_public_endpoint(name) and (redactor.host(name) != name or redactor.redact(name) != name)
    return redactor.redact(value) != value


def _is_public_endpoint(name: str) -> bool:
    """A server of SES by the form of its name: the diagnosis lives on it, and it is nobody's secret."""
    form = host_form(name)
    return form is not None and (form.is_endpoint or form.kind == "mail-manager")
