"""Detectors for secrets and private data, and consistent pseudonyms.

Secrets (passwords, keys, AUTH payloads) are removed always: `strip_secrets`, `strip_report`. Private data (addresses,
host names, accounts) gets pseudonyms unless the user wants to see it: `Redactor`, `redact_report`.

Modules: `spans` (what a detector found), `messages` (values of our own sentences), `view` (texts decoded), `tables`
(names that are known), `secrets`, `hosts`, `private`, `people` (the detectors), `redactor` (pseudonyms),
`fingerprints`, `commands` (values of commands), `certificates`, `walk` (a whole report), `stream` (block by block). The
room `forms` holds the forms in which secrets stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sestriage.redact.redactor import Redactor
    from sestriage.redact.secrets import strip_secrets
    from sestriage.redact.walk import redact_about, redact_facts, redact_report, strip_report, strip_secrets_of

__all__ = [
    "Redactor",
    "redact_about",
    "redact_facts",
    "redact_report",
    "strip_report",
    "strip_secrets",
    "strip_secrets_of",
]

_HOMES = {
    "Redactor": "redactor",
    "redact_about": "walk",
    "redact_facts": "walk",
    "redact_report": "walk",
    "strip_report": "walk",
    "strip_secrets": "secrets",
    "strip_secrets_of": "walk",
}


def __getattr__(name: str) -> object:
    """Everything is loaded when it is first used: cleaning a line does not need the classes of a report."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
