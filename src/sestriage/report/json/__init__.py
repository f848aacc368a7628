"""Documents for programs.

`verdict` (a triage, with `capture`), `certs`, `explain`; what they share: `parts` and `layout`. `schemas` holds the
published JSON schema.
"""
