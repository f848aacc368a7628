"""The set-up of a Manager for SES as data: values, steps, commands. The words are the renderer's."""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.model.command import Command
from sestriage.model.known.ses import host_form
from sestriage.model.vocabulary import ConnectionMode


@dataclass(frozen=True, slots=True)
class GuideValues:
    """The values that are filled in. `mode` is `starttls` or `wrapper`; the last four are None when not given."""

    server: str
    port: int
    mode: ConnectionMode
    region: str | None = None
    sender: str | None = None
    recipient: str | None = None
    domain: str | None = None
    iam_user: str | None = None

    @property
    def ingress(self) -> bool:
        """The server is an ingress endpoint of Mail Manager, the second of the two ways into SES."""
        form = host_form(self.server)
        return form is not None and form.kind == "mail-manager"

    @property
    def encryption(self) -> str:
        """The ENCRYPTION TYPE of the form."""
        return "SMTPS" if self.mode == "wrapper" else "STARTTLS"


@dataclass(frozen=True, slots=True)
class GuideStep:
    """A step. `key` names its words; `commands` are copied as they are, in order, into a shell of the Manager (or where
    the words say); `rules` are the ids that catch its typical failures."""

    key: str
    rules: tuple[str, ...]
    commands: tuple[Command, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    """Form fields with their values; an empty value is to be filled in by the reader."""
    document: str | None = None
    """A text to paste (the IAM policy)."""


@dataclass(frozen=True, slots=True)
class Guide:
    """The whole procedure."""

    values: GuideValues
    steps: tuple[GuideStep, ...]
