"""Renderers, one file each; they see the model only.

Pieces: `blocks` (what a report is made of), `safe` (hostile strings), `wrapping`, `clean` (a function over every
string), `common`, `words` (sentences of the reports), `problems` (what is wrong with the input), `references`, `steps`.
From findings to blocks: `verdict` (a triage), `trust` (its certificates), `ladder` (its conversations), `certs`,
`explain` with `explain_words`, `mail`, `probe`, `settings`, the room `guides`, `inspect` with `inspect_tree`. From
blocks to a form: `text` and `explain_text` (terminal), `markdown`; `json` (documents for programs).
"""
