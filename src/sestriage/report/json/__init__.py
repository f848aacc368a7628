"""Documents for programs.

`verdict` (a triage, with `capture`), `certs`, `explain`; `saved` (a saved triage read again); what they share: `parts`
and `layout`. `schemas` holds the published JSON schema.
"""
