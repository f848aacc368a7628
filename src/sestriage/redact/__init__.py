"""Detectors for secrets and private data, and consistent pseudonyms.

Secrets (passwords, keys, AUTH payloads) are removed always: `strip_secrets`, `strip_report`. Private data (addresses,
host names, accounts) gets pseudonyms unless the user wants to see it: `Redactor`, `redact_report`.
"""

from sestriage.redact.redactor import Redactor
from sestriage.redact.secrets import strip_secrets
from sestriage.redact.walk import redact_report, strip_report

__all__ = ["Redactor", "redact_report", "strip_report", "strip_secrets"]
