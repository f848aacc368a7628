"""The form of a placeholder in the texts of rules."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)((?:\.[a-z_][a-z0-9_]*)+)(?:\|([^{}]*))?\}")
"""`{name.field}` and `{name.field|default}` in the texts of rules."""
