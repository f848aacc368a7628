"""Documents for programs.

`verdict` (a triage, with `capture`), `certs`, `forecast`, `explain`, `rules`, `fleet`, `sarif` (faults for editors);
`saved` (a saved triage read again); what they share: `parts` and `layout`. Those of `inspect`, `mail`, `probe` and
`settings` stand beside their texts. What the keys mean is declared in `model.document`.
"""
