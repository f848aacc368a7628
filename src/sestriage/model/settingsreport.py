"""The result of a settings check."""

from __future__ import annotations

from dataclasses import dataclass

from sestriage.model.config import SmtpSettings
from sestriage.model.verdict import Finding


@dataclass(frozen=True, slots=True)
class SettingsReport:
    """`findings`: the worst first. `missing`: fields (as in `FieldOrigin`) that were not given, so that checks which
    need them were left out. `rules`: how many rules were evaluated over the settings."""

    settings: SmtpSettings
    findings: tuple[Finding, ...]
    missing: tuple[str, ...] = ()
    rules: int = 0
    version: str = ""

    @property
    def failed(self) -> bool:
        """True if a finding is an error; False for warnings alone."""
        return any(finding.severity != "warning" for finding in self.findings)
