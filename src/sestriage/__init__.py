"""Find out why a Secure Network Analytics Manager cannot mail its alarms through Amazon SES.

The public API: `triage()` reads evidence and returns a `Report`; `load_rules()` reads the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.2.0"
__all__ = ["__version__", "load_rules", "triage"]

if TYPE_CHECKING:
    from sestriage.engine.triage import triage
    from sestriage.rules import load_rules


def __getattr__(name: str) -> object:
    """Import the API when it is used: `import sestriage` alone stays cheap."""
    if name == "triage":
        from sestriage.engine.triage import triage

        return triage
    if name == "load_rules":
        from sestriage.rules import load_rules

        return load_rules
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
