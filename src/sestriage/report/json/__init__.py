"""Documents for programs.

`verdict` (a triage, with `capture`), `certs`, `forecast`, `explain`; what they share: `parts` and `layout`. The
published JSON schemas are in `schemas`.
"""
