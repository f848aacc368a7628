"""Renderers, one file each; they see the model only.

Pieces: `blocks` (what a report is made of), `safe` (hostile strings), `wrapping`, `clean` (a function over every
string), `common`, `heading` (the verdict in one line), `words` (sentences of the reports), `language` (a whole
report translated), `references`, `steps`.
From findings to blocks: `verdict` (a triage), `ticket` (its lines for a ticket, its foot, any report in a few lines),
`trust` (its certificates), `ladder` (its conversations), `certs`, `explain` with `explain_words`, `mail`, `probe`,
`settings`, the rooms `guides`, `forecast`, `rules` and `several` (several cases, two reports compared), `inspect` with
`inspect_tree`.
From blocks to a form: `text` and `explain_text` (terminal), `markdown`; `json` (documents for programs), `html` (a page
with pictures).
"""
